-- Nothing is loaded from the folder that a command is started in: it may be a plugin's or a
-- workspace, and what lies there is other people's.

local folder = require "tests.support.folder"
local lfs = require "lfs"
local workspace = require "tests.support.workspace"

local w, marker

-- Modules that the program or Busted loads, or looks for and does without.
local wanted = { "lfs", "lpeg", "re", "argparse", "waymark", "waymark/cli", "waymark/core", "waymark/commands/today",
  "busted", "busted/runner", "busted/core", "busted/options", "busted/modules/luacov", "luassert", "luassert/init",
  "say", "say/init", "mediator", "cliargs", "cliargs/core", "pl/path", "pl/pretty", "term", "system", "moonscript",
  "luacov", "luarocks/loader", "luacov/runner", "cjson", "dkjson" }

-- Whoever runs a trap leaves its name in the marker.
local function lay_traps(dir)
  local function trap(name)
    local path = dir .. "/" .. name
    if lfs.attributes(path) then return end -- waymark.lua is the settings of a workspace
    os.execute(("mkdir -p '%s'"):format(path:match "^(.*)/"))
    folder.write(path, ("local f = io.open(%q, 'a') f:write(%q, ' ') f:close() return {}"):format(marker, path))
  end
  for _, name in ipairs(wanted) do
    trap(name .. ".lua")
    trap("src/" .. name .. ".lua")
    trap("src/" .. name .. "/" .. name:match "[^/]+$" .. ".lua")
  end
  for _, name in ipairs { ".busted", ".luacheckrc", ".luacov" } do trap(name) end
  for _, name in ipairs { "lfs", "lpeg", "term", "system", "waymark/core", "csrc/lfs", "csrc/lpeg" } do
    os.execute(("mkdir -p '%s/csrc' && cp '%s/trap.so' '%s/%s.so'"):format(dir, w.top, dir, name))
  end
end

local function make_trap_library()
  folder.write(w.top .. "/trap.c", ([[
    #include <stdio.h>
    __attribute__((constructor)) static void run(void) {
      FILE *f = fopen("%s", "a");
      if (f) fputs("a library ", f), fclose(f);
    }]]):format(marker))
  assert(os.execute(("env -u LD_PRELOAD gcc -shared -fPIC -o '%s/trap.so' '%s/trap.c'"):format(w.top, w.top)))
end

setup(function()
  w = workspace.new { files = {
    ["pupils.csv"] = "upn,surname,forename,dob,year\nA801200005001,Byron,Ada,2015-05-05,5\n",
    ["marks.csv"] = workspace.registers { A801200005001 = workspace.with("2025-09-02", "2025-09-12",
      { ["2025-09-10"] = "N N" }) },
    ["script.lua"] = "for p in pupils {} do print(p.name) end",
    ["w/plugins/own/plugin.lua"] = 'plugin { name = "own", version = "1", title = "Own", api = 2 }\n',
    ["w/plugins/own/init.lua"] = "-- nothing\n",
    ["w/plugins/own/spec/own_spec.lua"] = [[
      local kit = require "waymark.kit"
      describe("own", function() it("is there", function() assert.is_function(kit.school) end) end)]],
  } }
  marker = w.top .. "/marker"
  w:ok "import pupils pupils.csv"
  w:ok "import marks marks.csv"
  make_trap_library()
  assert(lfs.mkdir(w.top .. "/elsewhere"))
  for _, dir in ipairs { w.dir, w.dir .. "/plugins/own", w.top .. "/elsewhere" } do lay_traps(dir) end
  assert(lfs.link(w.dir, w.top .. "/link", true))
end)
teardown(function() w:remove() end)

-- Lines that need most of what there is; DIR is the workspace, TOP the folder above it.
local lines = { "--help", "--version", "help", "-C DIR today", "-C DIR suggest --dry-run", "-C DIR figures",
  "-C DIR sql 'SELECT 1'", "-C DIR -e 'print(1)'", "-C DIR run TOP/script.lua", "-C DIR repl", "-C DIR check",
  "-C DIR explain Ada absence-callback", "-C DIR pupil Ada", "-C DIR chronology Ada", "-C DIR returns",
  "-C DIR import marks TOP/marks.csv", "-C DIR calendar", "-C DIR plugin list", "-C DIR plugin info essex",
  "-C DIR plugin check own", "-C DIR plugin test own", "-C DIR backup TOP/copy.db", "-C DIR outbox list",
  "-C DIR record Ada absence-callback --outcome spoke", "-C DIR referral Ada", "plugin jail", "no-such-command" }

-- Each command by itself reads its module before it says how it is used.
local function with_help()
  local all = {}
  for name in w:ok("--help"):match("\nCommands:\n(.-)\n\n"):gmatch "\n?   ([%l-]+)" do
    all[#all + 1] = name .. " --help"
  end
  assert.is_true(#all > 20)
  return all
end

local function run_all(list, dir, environment)
  for _, line in ipairs(list) do
    line = line:gsub("DIR", w.dir):gsub("TOP", w.top)
    local status = select(3, os.execute(("cd '%s' && %s '%s' %s >'%s/.out' 2>&1 </dev/null"):format(dir, environment,
      workspace.program(), line, w.top)))
    local out = folder.read(w.top .. "/.out")
    local ran = lfs.attributes(marker) and folder.read(marker)
    os.remove(marker)
    assert.is_nil(ran, line .. " in " .. dir)
    assert.is_true(status < 4 and not out:find "fault in Waymark", line .. ": " .. out)
    if line:find "plugin test" then assert.is_truthy(out:find "1 passed, 0 failed", out) end
  end
end

local unset = "env -u LUA_PATH -u LUA_PATH_5_4 -u LUA_CPATH -u LUA_CPATH_5_4"

describe("a command started where Lua files lie", function()
  it("runs none of them, in the workspace", function() run_all(lines, w.dir, unset) end)
  it("runs none of them, in the folder of a plugin", function() run_all(lines, w.dir .. "/plugins/own", unset) end)
  it("runs none of them, in any other folder", function() run_all(lines, w.top .. "/elsewhere", unset) end)
  it("runs none of them, in a folder by a link", function()
    run_all(lines, w.top .. "/link", unset)
    run_all({ "-C . plugin test own", "plugin test plugins/own", "today" }, w.top .. "/link", unset)
  end)
  it("runs none of them, whichever command it is", function() run_all(with_help(), w.dir, unset) end)

  it("runs none of them when the environment has paths", function()
    for _, path in ipairs { ";;", "./?.lua;./?/init.lua;;", "?.lua;;", "./?.lua", "src/?.lua;;./?.lua" } do
      local both = ("env LUA_PATH='%s' LUA_PATH_5_4='%s' LUA_CPATH='%s' LUA_CPATH_5_4='%s'"):format(path, path,
        path:gsub("%.lua", ".so"), path:gsub("%.lua", ".so"))
      if path == "./?.lua" then both = "env LUA_PATH_5_4='./?.lua;;' LUA_CPATH_5_4='./?.so;;'" end
      run_all({ "-C DIR today", "-C DIR -e 'print(1)'", "-C DIR plugin test own", "--help" }, w.dir, both)
    end
  end)

  it("gives scripts a path without it", function()
    local out = w:ok [[-e 'print(package.path) print(package.cpath) print(pcall(require, "lfs"))']]
    for template in out:match("^(.-)\n[^\n]*\n[^\n]*$"):gmatch "[^;\n]+" do
      assert.equal("/", template:sub(1, 1), template)
    end
  end)
end)

describe("the library in stock Lua", function()
  it("leaves the paths of whoever requires it as they are", function()
    local out = io.popen [[lua5.4 -e 'local a, b = package.path, package.cpath require "waymark"
      print(a == package.path and b == package.cpath)']]:read "a"
    assert.equal("true\n", out)
  end)
end)
