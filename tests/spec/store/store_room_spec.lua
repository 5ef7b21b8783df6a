-- lua/waymark/store is the one room of Lua that holds SQL, with bound values; what changes rows is
-- out of reach for scripts.

local core = require "waymark.core"
local folder = require "tests.support.folder"
local given = require "tests.support.import_store"
local lfs = require "lfs"
local workspace = require "tests.support.workspace"

local function lua_files(dir, list)
  list = list or {}
  for name in lfs.dir(dir) do
    local path = dir .. "/" .. name
    if lfs.attributes(path, "mode") == "directory" then
      if not name:find "^%." then lua_files(path, list) end
    elseif name:find "%.lua$" then
      list[#list + 1] = path
    end
  end
  table.sort(list)
  return list
end

describe("SQL in Lua", function()
  -- What people may ask is shown by examples; they ask it by themselves.
  local examples = { ["lua/sdk/api/scripts.lua"] = true, ["lua/waymark/commands/sql.lua"] = true }

  local marks = { "SELECT%s", "INSERT%s+INTO", "INSERT%s+OR", "UPDATE%s+%w+%s+SET", "DELETE%s+FROM", "%sFROM%s+%l",
    "%sJOIN%s+%l", ":rows%(", ":run%(%[", ':run%("', "store:run", "store:rows" }

  local function has_sql(path)
    local text = folder.read(path):gsub("%-%-[^\n]*", "")
    for _, mark in ipairs(marks) do
      if text:find(mark) then return true end
    end
    return false
  end

  it("is in the room waymark.store alone", function()
    local found = {}
    for _, dir in ipairs { "lua", "plugins" } do
      for _, path in ipairs(lua_files(dir)) do
        if not path:find "^lua/waymark/store/" and not path:find "/spec/" and has_sql(path) then
          if not examples[path] then found[#found + 1] = path end
        end
      end
    end
    assert.are.same({}, found)
    for path in pairs(examples) do assert.is_true(has_sql(path), path .. " has no example any more") end
    assert.is_true(has_sql "lua/waymark/store/pupils.lua")
  end)

  it("has no value written into its text", function()
    for _, path in ipairs(lua_files "lua/waymark/store") do
      local text = folder.read(path):gsub("%-%-[^\n]*", ""):gsub("problem%.raise[^\n]*", "")
      if not path:find "/sql%.lua$" then
        assert.is_nil(text:find("format", 1, true), path)
      end
    end
  end)
end)

describe("rows of a store", function()
  before_each(given.open)
  after_each(given.close)

  it("take values as they are, and give them back so", function()
    local text = "O'Neill\"; DROP TABLE pupil; -- \0 ?1"
    local row = given.store:rows("SELECT ?1 AS a, ?2 AS b, ?3 AS c, ?4 AS d, ?5 AS e, ?6 AS f, ?7 AS g", text, 7, -2.5,
      true, false, nil, "")[1]
    assert.are.same({ a = text, b = 7, c = -2.5, d = 1, e = 0, g = "" }, row)
    assert.are.equal("integer", math.type(row.b))
    assert.are.same({ { n = math.mininteger } }, given.store:rows("SELECT ?1 AS n", math.mininteger))
    local columns, rows = given.store:query("SELECT ?1, ?1 + ?2", 3, 4)
    assert.are.equal(2, #columns)
    assert.are.same({ 3, 7 }, rows())
  end)

  it("come decoded where they are JSON by name", function()
    assert.are.same({ data = { a = { 1, 2 } }, text = "{}" },
      given.store:rows([[SELECT '{"a":[1,2]}' AS data, '{}' AS text]])[1])
  end)

  it("are asked with a value for each place", function()
    assert.has_error(function() given.store:rows("SELECT ?1, ?2", 1) end, "the SQL takes 2 values, not 1")
    assert.has_error(function() given.store:rows("SELECT 1", nil) end, "the SQL takes 0 values, not 1")
    assert.has_error(function() given.store:run("DELETE FROM contact", 1) end)
    for _, wrong in ipairs { {}, print, io.stdout } do
      assert.has_error(function() given.store:rows("SELECT ?1", wrong) end)
    end
  end)

  it("are read, and changed, by one statement of the kind", function()
    for _, sql in ipairs { "DELETE FROM pupil", "WITH x AS (SELECT 1) DELETE FROM pupil", "PRAGMA user_version = 9",
      "ATTACH 'x.db' AS x", "SELECT 1; SELECT 2", "VACUUM", "", "EXPLAIN SELECT 1",
      "UPDATE pupil SET upn = 1 RETURNING id" } do
      local list, message = given.store:rows(sql)
      assert.is_nil(list, sql)
      assert.are.equal("string", type(message))
    end
    for _, sql in ipairs { "SELECT 1", "DROP TABLE pupil", "PRAGMA user_version = 9", "BEGIN", "ATTACH 'x.db' AS x",
      "DELETE FROM contact; DELETE FROM contact", "CREATE TABLE x (y)", "REPLACE INTO list VALUES (1, 1, 1)",
      "DELETE FROM no_such_table" } do
      local changes, message = given.store:run(sql)
      assert.is_nil(changes, sql)
      assert.are.equal("string", type(message))
    end
    assert.are.same({}, given.store:check())
  end)

  it("are counted as they change, with the number of the last", function()
    local add = "INSERT INTO list (at, as_of) VALUES (?1, ?2)"
    assert.are.same({ 1, 1 }, { given.store:run(add, 5, 20000) })
    assert.are.same({ 1, 2 }, { given.store:run(add, 6, 20001) })
    assert.are.equal(2, (given.store:run("UPDATE list SET at = ?1", 7)))
    local changes, message = given.store:run("INSERT INTO list (id, at, as_of) VALUES (1, 1, 1)")
    assert.is_nil(changes)
    assert.is_truthy(message:find("UNIQUE", 1, true), message)
    assert.is_nil((given.store:run("INSERT INTO list_row VALUES (9, 1, 1, '')"))) -- names no list
    assert(given.store:add_event { at = 1, on = "2026-03-03", kind = "threshold.met", enrolment = 1 })
    changes, message = given.store:run "UPDATE event SET by = 'X'"
    assert.is_nil(changes)
    assert.is_truthy(message:find("events are never changed", 1, true), message)
  end)

  it("do not change in a store that is opened for reading", function()
    given.store:close()
    given.store = assert(core.store.open(given.dir .. "/waymark.db", "read"))
    assert.has_error(function() given.store:run("DELETE FROM contact") end)
    assert.are.equal(2, #given.store:rows "SELECT id FROM pupil")
  end)
end)

describe("a script", function()
  local w
  setup(function() w = workspace.new {} end)
  teardown(function() w:remove() end)

  -- Ways to a function that changes rows, each an expression for it and a store to call it with.
  local ways = {
    ["a store opened by hand"] = [[
      local core = require "waymark.core"
      local store, why = core.store.open(DB, "write")
      print(store == nil, why)]],
    ["a new one"] = [[
      local store = require("waymark.core").store
      print(store.open(DB .. ".new", "create") == nil and store.create(DB .. ".new") == nil)]],
    ["a copy put in place"] = [[
      local core = require "waymark.core"
      assert(core.store.backup(DB, DB .. ".copy", 1))
      print(core.store.restore(DB .. ".copy", DB .. ".other") == nil)
      os.remove(DB .. ".copy")]],
    ["the metatable"] = [[
      local core = require "waymark.core"
      local store = core.store.open(DB, "read")
      local methods = debug.getmetatable(store).__index
      print(pcall(methods.run, store, "DELETE FROM settings") == false)]],
    ["the registry"] = [[
      local core = require "waymark.core"
      local store = core.store.open(DB, "read")
      local run = debug.getregistry()["waymark.store"].__index.run
      print(pcall(run, store, "DELETE FROM settings") == false)]],
    ["the library's own store"] = [[
      local opened = require("waymark").open(FOLDER)
      print(pcall(opened.space.store.run, opened.space.store, "DELETE FROM settings") == false)]],
    ["the room"] = [[
      local opened = require("waymark").open(FOLDER)
      print(pcall(require("waymark.store.lists").make, opened.space.store, 1, "2025-09-01") == false)]],
    ["the module loaded again"] = [[
      package.loaded["waymark.core"] = nil
      print(require("waymark.core").store.open(DB, "write") == nil)]],
    ["the module opened again"] = [[
      local open = package.preload["waymark.core"]
      print(open "waymark.core" .store.open(DB, "write") == nil)]],
    ["the workspace opened for writing"] = [[
      print(pcall(require("waymark.workspace").open, FOLDER, "write") == false)]],
    ["a coroutine"] = [[
      print(coroutine.wrap(function() return require("waymark.core").store.open(DB, "write") == nil end)())]],
  }

  local function prepared(text)
    return (text:gsub("DB", ("%q"):format(w.dir .. "/waymark.db")):gsub("FOLDER", ("%q"):format(w.dir)))
  end

  for name, text in pairs(ways) do
    it("changes no row: " .. name, function()
      local before = folder.read(w.dir .. "/waymark.db")
      w:file("way.lua", prepared(text))
      for _, line in ipairs { "run way.lua", "-e 'dofile \"way.lua\"'" } do
        local out = w:ok(line)
        assert.are.equal("true", out:match "^%a+", line .. ": " .. out)
      end
      assert.are.equal(before, folder.read(w.dir .. "/waymark.db"))
    end)
  end

  it("is told how workspaces change", function()
    w:file("way.lua", prepared('print(require("waymark.core").store.open(DB, "write"))'))
    assert.is_truthy(w:ok("run way.lua"):find("a script opens a workspace for reading only; change it by a command", 1,
      true))
  end)

  it("changes nothing from the REPL", function()
    local command = ("printf '%%s\\n' '%s' | '%s' -C '%s' repl"):format(
      prepared('print(require("waymark.core").store.open(DB, "write") == nil)'):gsub("'", "'\\''"),
      workspace.program(), w.dir)
    assert.is_truthy(io.popen("HOME='" .. w.top .. "' " .. command):read("a"):find("true", 1, true))
  end)
end)
