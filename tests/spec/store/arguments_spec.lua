-- What the store's methods and the system's say of wrong arguments: a typo is named, with the
-- nearest; a type that is wrong, or a path that cannot be one, is refused before anything is done.

local core = require "waymark.core"
local folder = require "tests.support.folder"
local given = require "tests.support.import_store"

before_each(given.open)
after_each(given.close)

local function says(words, work, ...)
  local ok, message = pcall(work, ...)
  assert.is_false(ok, words)
  assert.is_truthy(tostring(message):find(words, 1, true), message)
end

describe("an import", function()
  local function import(options, path)
    options.at = options.at or given.AT
    return given.store:import("marks", path or given.dir .. "/none.csv", options)
  end

  it("knows its options by name, and names the nearest", function()
    for wrong, right in pairs { strickt = "strict", dry_runs = "dry_run", pm_coed = "pm_code", memroy = "memory",
      progres = "progress", todya = "today", left_outdir = "left_out_dir" } do
      says(("there is no option '%s' here; the nearest is '%s'"):format(wrong, right), import, { [wrong] = true })
    end
    says("there is no option 'fail_after' here", import, { fail_after = 1 })
    says("there is no option 'something else' here", import, { ["something else"] = 1 })
    says("options have names", import, { true })
  end)

  it("takes each option by its type", function()
    for name, values in pairs {
      strict = { 1, "yes", {} }, dry_run = { "true", 0 }, by = { {}, true, "a\0b" }, left_out_dir = { true, "\0b" },
      am_code = { {}, "/\0" }, memory = { "many", -1, 1.5 }, progress = { true, "f" },
      today = { true, "01/09/2025", 7 },
      at = { "now", -1, 1.5, math.maxinteger },
    } do
      for _, value in ipairs(values) do says("'" .. name .. "'", import, { [name] = value }) end
    end
  end)

  it("takes a path whole or not at all", function()
    folder.write(given.dir .. "/marks.csv", given.MARKS)
    says("not a path", import, {}, given.dir .. "/marks.csv\0.txt")
    says("not a path", import, {}, "")
    assert(import({}, given.dir .. "/marks.csv"))
  end)

  it("keeps its options while it reads, whatever becomes of their table", function()
    local rows = { given.MARKS }
    for i = 1, 40000 do rows[i + 1] = ("881/2345,NOBODY%d,2025-09-08,AM,/\n"):format(i) end
    folder.write(given.dir .. "/marks.csv", table.concat(rows))
    local options, called = { at = given.AT, by = ("Sam "):rep(20) .. "Reed", left_out_dir = given.dir .. "/left" }, 0
    function options.progress()
      called = called + 1
      options.by, options.left_out_dir = nil, nil
      collectgarbage()
    end
    local report = assert(given.store:import("marks", given.dir .. "/marks.csv", options))
    assert.is_true(called > 0)
    assert.are.equal(given.dir .. "/left/", report.left_out_path:sub(1, #given.dir + 6))
    assert.are.equal(("Sam "):rep(20) .. "Reed", given.value "SELECT by FROM import ORDER BY id DESC LIMIT 1")
  end)
end)

describe("other methods", function()
  it("name a wrong option and a wrong type too", function()
    says("there is no option 'sep' here; the nearest is 'step'", function()
      given.store:add_event { at = 1, on = "2026-03-03", kind = "a", sep = "x" }
    end)
    says("'everyone' must be true or false", function() given.store:batches { as_of = "2026-03-03", everyone = 1 } end)
    says("'threads' must be", function() given.store:figures { as_of = "2026-03-03", threads = 1000 } end)
    says("'as_of' is missing", function() given.store:sweep {} end)
    says("there is no option 'phse' here; the nearest is 'phase'", function()
      given.store:put_school { key = "1", phse = "primary" }
    end)
  end)

  it("refuse a path with a NUL", function()
    for _, work in ipairs { core.csv, core.system.make_folder, core.system.private,
      function(path) core.system.read(path, 1) end, function(path) core.system.write(path, "") end,
      core.system.history_load, function(path) core.store.open(path, "create") end,
      function(path) core.store.backup(path, given.dir .. "/b", 1) end } do
      says("not a path", work, given.dir .. "/x\0y")
    end
    says("'left_out_dir'", core.csv, given.dir .. "/x", { left_out_dir = "a\0b", kind = "rows", at = 1 })
    assert.is_nil(folder.exists and folder.exists(given.dir .. "/x"))
  end)
end)

describe("making a folder", function()
  it("is done when it is there already, and no link", function()
    assert.is_true(core.system.make_folder(given.dir .. "/new"))
    assert.is_true(core.system.make_folder(given.dir .. "/new"))
    os.execute(("ln -s new '%s/link'"):format(given.dir))
    local message = select(2, core.system.make_folder(given.dir .. "/link"))
    assert.truthy(message:find("a link has its name; put a folder there", 1, true), message)
  end)

  it("cannot be done where something else is", function()
    folder.write(given.dir .. "/file", "x")
    os.execute(("ln -s nowhere '%s/broken' && mkfifo '%s/pipe'"):format(given.dir, given.dir))
    for _, name in ipairs { "file", "broken", "pipe", "file/below", "none/below" } do
      local done, message = core.system.make_folder(given.dir .. "/" .. name)
      assert.is_nil(done, name)
      assert.is_truthy(message:find("cannot make the folder " .. given.dir .. "/" .. name, 1, true), message)
    end
  end)
end)
