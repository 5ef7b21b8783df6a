-- What is given as a file and is none: a pipe that nobody writes to, a device, a folder, a file
-- that is too large. Each is named in a moment. What is written is written to a new file, never
-- through a link that lies there.

local core = require "waymark.core"
local lfs = require "lfs"
local files = require "waymark.base.files"
local folder = require "tests.support.folder"
local workspace = require "tests.support.workspace"

local w

local function shell(format, ...) assert(os.execute(("cd '%s' && " .. format):format(w.top, ...))) end

-- `timeout` ends a command that waits: its status is 124.
local function refused(line, words)
  local r = w:run(line, "timeout 60")
  assert.equal(1, r.status, line .. ": " .. r.err)
  assert.truthy(r.err:find(words, 1, true), r.err)
  assert.equal(1, select(2, r.err:gsub("\n", "")), r.err)
end

setup(function()
  w = workspace.new { files = { ["pupils.csv"] = "upn,surname,forename,dob,year\nADA,Byron,Ada,2015-05-05,5\n" } }
  w:ok "import pupils pupils.csv"
  shell("mkfifo pipe && ln -s /dev/zero zero && truncate -s 3G huge && mkdir folder && ln -s /dev/tty terminal")
end)
teardown(function() w:remove() end)

local no_files = { pipe = "is not an ordinary file; save what it holds as a file", zero = "is not an ordinary file",
  huge = "is over 256 MB; make it smaller", folder = "is a folder; name a file" }

describe("a file that is none", function()
  it("is named by whoever reads it", function()
    for name, words in pairs(no_files) do
      local text, message = files.read(w.top .. "/" .. name)
      assert.is_nil(text)
      assert.truthy(message:find(name .. " " .. words, 1, true), message)
    end
    assert.truthy(select(2, files.read(w.top .. "/terminal")):find "terminal", "no terminal is opened")
    local pupils = w.top .. "/pupils.csv"
    assert.equal(folder.read(pupils), (files.read(pupils, files.size(pupils))))
    assert.truthy(select(2, files.read(pupils, files.size(pupils) - 1)):find "pupils.csv is over")
  end)

  it("is no history of the REPL", function()
    for name in pairs(no_files) do
      if name ~= "huge" then assert.is_false(core.system.history_load(w.top .. "/" .. name)) end
    end
    assert.is_true(core.system.history_load(w.top .. "/pupils.csv"))
  end)

  it("is refused in the place of a backup, a list, a script", function()
    for _, line in ipairs { "restore %s new", "import marks %s", "import calendar %s", "run %s", "plugin try %s",
      "attach ADA %s" } do
      refused(line:format "pipe", "pipe is not an ordinary file")
    end
    refused("plugin try zero", "zero is not an ordinary file")
    refused("import entries folder", "folder has no file to take in")
  end)

  it("is refused in the place of what a workspace has", function()
    for _, name in ipairs { "waymark.lua", "waymark.db" } do
      shell("mv w/%s kept && mkfifo w/%s", name, name)
      for _, command in ipairs { "today", "sql 'SELECT 1'" } do refused(command, name .. " is not an ordinary file") end
      shell("rm w/%s && mv kept w/%s", name, name)
    end
    shell "mv w/waymark.lua kept && ln -s ../huge w/waymark.lua"
    refused("figures", "waymark.lua is over 256 KB; make it smaller")
    shell "mv kept w/waymark.lua"
  end)
end)

describe("what is written", function()
  it("is a new file for its owner alone, and leaves what lies beside it", function()
    w:file("precious", "precious")
    shell "mkdir lists && ln -s ../precious lists/list.new && mkfifo lists/list.part"
    assert.is_true(files.write(w.top .. "/lists/list", "a list"))
    assert.equal("a list", folder.read(w.top .. "/lists/list"))
    assert.equal("precious", folder.read(w.top .. "/precious"))
    assert.equal("rw-------", lfs.attributes(w.top .. "/lists/list", "permissions"))
    assert.equal("list list.new list.part", table.concat(files.names(w.top .. "/lists"), " "))
    assert.is_nil((files.write(w.top .. "/folder", "a list")))
    local written, _, machine = files.write(w.top .. "/nowhere/list", "a list")
    assert.same({ nil, true }, { written, machine })
  end)

  it("takes the place of nothing that is there, nor follows a link", function()
    w:file("kept", "edited")
    shell "ln -s kept linked && ln -s nowhere dangling && mkdir kinds"
    assert.is_false(files.write(w.top .. "/kept", "edited"))
    for _, name in ipairs { "kept", "linked", "dangling", "pipe" } do
      local written, message = files.write(w.top .. "/" .. name, "new")
      assert.is_nil(written)
      assert.truthy(message:find(name .. " is there already; choose another name", 1, true), message)
    end
    assert.equal("edited", folder.read(w.top .. "/kept"))
    assert.is_true(files.replace(w.top .. "/linked", "new"))
    assert.equal("file", files.kind(w.top .. "/linked"))
    assert.equal("edited", folder.read(w.top .. "/kept"))
    assert.is_nil(files.kind(w.top .. "/nowhere"))
  end)

  it("is refused by every command where somebody else's file has the name", function()
    w:file("mine.html", "mine")
    for _, command in ipairs { "chronology ADA", "today" } do
      refused(command .. " -o mine.html", "mine.html is there already")
    end
    assert.equal("mine", folder.read(w.top .. "/mine.html"))
  end)

  it("is gone with the command that is killed in the middle", function()
    shell "mkdir killed"
    local line = [[(ulimit -c 0; ulimit -f 1; lua5.4 -e 'require("waymark.core").system.write("%s/killed/list",
      ("x"):rep(1 << 20), false)') 2>/dev/null]] -- ended by SIGXFSZ
    local _, _, status = os.execute(line:format(w.top))
    assert.equal(128 + 25, status)
    assert.same({}, files.names(w.top .. "/killed"))
  end)

  it("does not go where a link in the workspace leads", function()
    shell "rmdir w/documents; mkdir outside && ln -s ../outside w/documents"
    refused("attach ADA pupils.csv", "documents: a link has its name; put a folder there, or take it away")
    assert.same({}, files.names(w.top .. "/outside"))
    shell "rm w/documents"
    w:ok "attach ADA pupils.csv"
    local kept = files.names(w.dir .. "/documents")[1]
    shell("mv w/documents/%s outside/ && ln -s ../../precious w/documents/%s", kept, kept)
    w:ok "attach ADA pupils.csv"
    assert.equal("file", files.kind(w.dir .. "/documents/" .. kept))
    assert.equal("precious", folder.read(w.top .. "/precious"))
  end)

  it("does not reach what an inbox links to", function()
    shell "mkdir inbox && ln -s ../w/waymark.db inbox/.waymark-update"
    local before = core.system.sha256(folder.read(w.dir .. "/waymark.db"))
    refused("update inbox", ".waymark-update is a link, not a file of Waymark's; take it away")
    assert.equal(before, core.system.sha256(folder.read(w.dir .. "/waymark.db")))
    shell "rm inbox/.waymark-update && mkfifo inbox/.waymark-update"
    refused("update inbox", ".waymark-update is a named pipe")
  end)
end)

it("nothing of the host's Lua opens a file but by these", function()
  local found = {}
  for line in io.popen "grep -rlE 'io\\.(open|lines|input|output)|dofile|loadfile' lua/waymark":lines() do
    found[#found + 1] = line
  end
  table.sort(found)
  -- The first lines of what is an ordinary file; standard input is copied into a new one.
  assert.same({ "lua/waymark/exports/sources.lua", "lua/waymark/intake/calendars.lua", "lua/waymark/plugin/words.lua" },
    found)
end)
