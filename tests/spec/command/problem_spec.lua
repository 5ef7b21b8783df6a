-- What could not be done, as fields: what, what to do, and the file that it is about. What is
-- filled in is never taken for the sentence.

local core = require "waymark.core"
local files = require "waymark.base.files"
local folder = require "tests.support.folder"
local hooks = require "waymark.mail.hooks"
local host = require "waymark.workspace"
local lfs = require "lfs"
local outbox = require "waymark.mail.outbox"
local plugins = require "tests.support.plugins"
local problem = require "waymark.base.problem"
local settings = require "waymark.workspace.settings"
local sqlite = require "tests.support.sqlite"

local function raised_by(work, ...)
  local ok, raised = pcall(work, ...)
  assert.is_false(ok)
  assert.is_true(problem.is(raised))
  return raised
end

describe("a problem", function()
  it("has what was found and what to do, and is one text where it is shown", function()
    local raised = raised_by(problem.raise, "%s is no folder; give one of %d", "a; b", 3)
    assert.same({ "a; b is no folder", "give one of 3" }, { raised.what, raised.todo })
    assert.equal("a; b is no folder; give one of 3", tostring(raised))
    assert.equal(tostring(raised), raised.message)
  end)

  it("may have nothing to do, signs of per cent, and no place", function()
    for _, each in ipairs { { "100 %", "100 %" }, { "%d %% of %s", "5 % of x; y", 5, "x; y" } } do
      local raised = raised_by(problem.raise, each[1], table.unpack(each, 3))
      assert.same({ each[2], each[2] }, { raised.what, tostring(raised) })
      assert.is_nil(raised.todo)
    end
    assert.equal("5 % of it; take 10 %", tostring(raised_by(problem.raise, "%d %% of it; take %d %%", 5, 10)))
  end)

  it("of what a binding says, and about a file", function()
    local raised = raised_by(problem.check, nil, "the file is damaged; restore a backup")
    assert.same({ "the file is damaged", "restore a backup" }, { raised.what, raised.todo })
    assert.equal("x.lua, line 3: 2 are too many; take one out",
      tostring(problem.at("x.lua", 3, "%d are too many; take one out", 2)))
    raised = raised_by(problem.check, nil, problem.at("a; b.lua", nil, "this is over 1 MB; make it smaller"))
    assert.same({ "a; b.lua", "this is over 1 MB", "make it smaller" }, { raised.where, raised.what, raised.todo })
    assert.equal("a; b.lua: this is over 1 MB; make it smaller", raised.message)
    assert.equal(7, problem.check(7))
    assert.equal("7", tostring(problem.check(false) == false and "7"))
  end)
end)

describe("a plugin that cannot be read", function()
  it("is a finding about its file, whatever that is called", function()
    local w = plugins.school()
    finally(function() w:remove() end)
    local function finding() return core.decode(w:run("plugin check broken --format json").out)[1] end
    plugins.write(w, "broken", "", { ["steps/latin.lua"] = "-- caf\xe9\nreturn nil" })
    local found = finding()
    assert.same({ "this is not UTF-8 text", "save it as UTF-8", 1 }, { found.what, found.todo, found.line })
    assert.truthy(found.file:find "steps/latin%.lua$")
    plugins.write(w, "broken", "", { ["a; b.lua"] = "return nil" })
    found = finding()
    assert.same({ "a; b.lua", "a plugin's files are named with letters, digits, _, . and -", "rename it" },
      { found.file:match "[^/]+$", found.what, found.todo })
  end)
end)

describe("what is no fault of Waymark's own", function()
  it("a folder that may not be read is a problem with its name", function()
    local dir, top = lfs.dir, folder.new()
    finally(function()
      lfs.dir = dir
      folder.remove(top)
    end)
    lfs.dir = function(path) error(("cannot open %s: Permission denied"):format(path)) end
    assert.equal(("cannot read the folder %s: Permission denied; check the permissions of the folder"):format(top),
      tostring(raised_by(files.names, top)))
  end)

  it("a workspace that may not be looked into is not taken for none", function()
    local attributes = lfs.attributes
    finally(function() lfs.attributes = attributes end)
    for number, words in pairs { [2] = "there is no workspace in no/such", [20] = "there is no workspace in no/such",
      [13] = "cannot read no/such/waymark.lua", [5] = "cannot read no/such/waymark.lua" } do
      lfs.attributes = function() return nil, "cannot obtain information", number end
      local read, message = settings.read "no/such"
      assert.is_nil(read)
      assert.truthy(message:find(words, 1, true), message)
    end
  end)

  it("messages that cannot be written are told of as that, and not as a command to run again", function()
    local w, write = plugins.school(), outbox.write
    local space = host.open(w.dir, "write", core.system.time "2026-03-18T10:00:00Z")
    finally(function()
      outbox.write = write
      space:close()
      w:remove()
    end)
    outbox.write = function() problem.raise("the disk is full; run the command again; nothing was changed") end
    local _, report = hooks.change(space, false, function() return true end)
    assert.same({ "the disk is full; what the command did is kept, and the next one that changes something makes up "
      .. "for it" }, report.outbox.trouble)
  end)

  it("a record that was damaged is said as that, wherever it is met", function()
    local w = plugins.school()
    finally(function() w:remove() end)
    assert(sqlite.run(w.dir .. "/waymark.db", "UPDATE enrolment SET form = CAST(x'e94f' AS TEXT)"))
    for _, line in ipairs { "pupil ADA --format json", "explain ADA visit", "today" } do
      local r = w:run(line)
      assert.is_nil(r.err:find("fault in Waymark", 1, true), line .. ": " .. r.err)
      local words = r.err:match "^waymark: a damaged record: [^\n]+; look with: waymark check[^\n]+\n$"
      assert.is_truthy(r.status == 0 or words, line .. ": " .. r.err)
    end
    assert.equal(1, w:run("pupil ADA").status)
  end)
end)
