-- A changed byte of what was recorded is found by `check`, in whichever table and column it is: what tables and
-- columns there are is read from the schema, so that a new one cannot be forgotten here.

local core = require "waymark.core"
local flips = require "tests.fault.flips"
local folder = require "tests.support.folder"
local sqlite = require "tests.support.sqlite"
local workspace = require "tests.support.workspace"

local now = " --now 2025-09-27T18:00Z"

describe("check", function()
  local w, path, whole, schema

  -- The database as it was; or after SQL that no digest and no trigger knows of.
  local function restore()
    for _, ending in ipairs { "-wal", "-shm" } do os.remove(path .. ending) end
    folder.write(path, whole)
  end
  local function quietly(sql) return (assert(sqlite.quietly(path, sql))) end

  -- Tables of the schema: { name, sql, columns = { { name, type }, … } }; `digest`: its digest as SQL, if it has one.
  local function read_schema()
    local tables, by_name = {}, {}
    local lines = assert(sqlite.run(path, [[SELECT t.name, c.name, c.type FROM sqlite_schema t,
      pragma_table_xinfo(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND c.hidden = 0
      ORDER BY t.rowid, c.cid]]))
    for line in lines:gmatch "[^\n]+" do
      local name, column, kind = line:match "^(.-)|(.-)|(.-)$"
      if not by_name[name] then
        by_name[name] = { name = name, columns = {} }
        tables[#tables + 1] = by_name[name]
        local text = assert(sqlite.run(path, ("SELECT sql FROM sqlite_schema WHERE name = '%s'"):format(name)))
        by_name[name].digest = text:match "row_digest INTEGER AS %((row_digest%b())%) STORED"
      end
      table.insert(by_name[name].columns, { name = column, kind = kind })
    end
    return tables
  end

  local changed = { INTEGER = "ifnull(%s, 0) + 1000003", TEXT = "ifnull(%s, '') || 'x'",
    BLOB = "CAST(ifnull(%s, x'') || x'41' AS BLOB)" }
  local function change(each, column)
    local name = ('"%s"'):format(column.name)
    return ("UPDATE %s SET %s = %s;"):format(each.name, name, assert(changed[column.kind], column.kind):format(name))
  end

  -- A row that the program's functions know of, for a table that has none.
  local function add_row(each)
    local values = {}
    for i, column in ipairs(each.columns) do values[i] = column.kind == "INTEGER" and "1" or "'on'" end
    return ("INSERT INTO %s SELECT %s WHERE NOT EXISTS (SELECT 1 FROM %s);"):format(each.name,
      table.concat(values, ", "), each.name)
  end

  local function findings()
    local store, message = core.store.open(path, "read")
    if not store then return message end
    local found
    found, message = store:check()
    store:close()
    return table.concat(found or { message }, "\n")
  end

  setup(function()
    w = workspace.new {}
    path = w.dir .. "/waymark.db"
    assert(os.execute(("rm -f '%s'*"):format(path)))
    assert(sqlite.run(path, folder.read "tests/fixtures/workspace-v9.sql"))
    w:ok("suggest" .. now)
    schema = read_schema()
    for _, name in ipairs { "calendar_day", "run_failure", "action", "hook_place", "plugin_state", "upn_alias",
      "school_alias", "mark_detail", "import_row" } do
      for _, each in ipairs(schema) do
        if each.name == name then assert(sqlite.run(path, add_row(each))) end
      end
    end
    assert(sqlite.run(path, "INSERT INTO effect VALUES (1, 'local', '1', 1, 1, 'note', '{}', 1, 'waiting', NULL, NULL);"
      .. "INSERT INTO withdrawal VALUES (1, 1, 'Sam', 'why', NULL, NULL);"
      .. "INSERT INTO first_marks VALUES (1, 1, 2025, x'0001');"
      .. "INSERT INTO school_event VALUES (1, 1, 1, 1, 'policy', 'local', '1', 'd', 'Sam', '{}', '"
      .. core.system.sha256 "{}" .. "'); PRAGMA wal_checkpoint(TRUNCATE)"))
    whole = folder.read(path)
    assert.equal("", findings())
  end)
  teardown(function() w:remove() end)
  after_each(restore)

  it("has a row in every table to look at", function()
    assert.is_true(#schema > 25)
    for _, each in ipairs(schema) do
      assert.equal("1\n", assert(sqlite.run(path, ("SELECT EXISTS (SELECT 1 FROM %s)"):format(each.name))), each.name)
    end
  end)

  it("has a digest that any change of any column changes", function()
    local parts, expected = {}, {}
    for _, each in ipairs(schema) do
      if each.name ~= "suggestion" and each.name ~= "schema_digest" then
        assert.is_truthy(each.digest, each.name .. " has no digest")
        for _, column in ipairs(each.columns) do
          parts[#parts + 1] = ("SAVEPOINT one; %s SELECT '%s.%s', sum(row_digest IS NOT %s) = count(*) FROM %s;"
            .. " ROLLBACK TO one; RELEASE one;"):format(change(each, column), each.name, column.name, each.digest,
            each.name)
          expected[#expected + 1] = ("%s.%s|1\n"):format(each.name, column.name)
        end
      end
    end
    assert.is_true(#expected > 150)
    assert.equal(table.concat(expected), quietly(table.concat(parts)))
  end)

  it("finds a change of each table, and says of which row; of each column in the long form", function()
    for _, each in ipairs(schema) do
      for _, column in ipairs(each.columns) do
        quietly("PRAGMA ignore_check_constraints = ON;" .. change(each, column))
        local said = findings()
        if each.digest then
          assert.is_truthy(said:find("of the table " .. each.name .. " .-is not what was recorded")
            or said:find "the code table is damaged", each.name .. said)
        else
          assert.are_not.equal("", said, each.name .. "." .. column.name)
        end
        restore()
        if each.digest and not os.getenv "SLOW" then break end
      end
    end
  end)

  it("says whom or what a row is about", function()
    quietly [[UPDATE contact SET phone = '1' WHERE id = 1;
      UPDATE sheet SET am = x'11' WHERE key = (SELECT min(key) FROM sheet)]]
    local said = findings()
    assert.is_truthy(said:find("row 1 of the table contact (Ada Byron) is not what was recorded", 1, true), said)
    assert.is_truthy(said:find("%(the register of 881/2345 of 2025%-%d%d%-%d%d%) is not what was recorded"), said)
  end)

  it("finds rows that are gone", function()
    for _, name in ipairs { "settings", "event", "contact", "enrolment", "run", "list" } do
      quietly(("DELETE FROM %s WHERE id = 1"):format(name))
      assert.is_truthy(findings():find(("row 1 of the table %s is gone"):format(name), 1, true), name)
      restore()
    end
    quietly "DELETE FROM event WHERE id BETWEEN 2 AND 4"
    assert.is_truthy(findings():find("rows 2 to 4 of the table event are gone", 1, true))
  end)

  it("finds what is gone of the schema, or was changed, or is not of Waymark", function()
    for _, kind in ipairs { "trigger", "index", "view", "table" } do
      local names, drops = {}, {}
      for name in assert(sqlite.run(path, ("SELECT name FROM sqlite_schema WHERE type = '%s' AND sql IS NOT NULL"
        .. " ORDER BY rowid DESC"):format(kind))):gmatch "[^\n]+" do
        names[#names + 1], drops[#drops + 1] = name, ("DROP %s %s;"):format(kind, name)
      end
      if kind == "table" then drops = { drops[1], "DROP TABLE effect;" } end
      quietly(table.concat(drops))
      local said = findings()
      if kind == "table" then
        assert.is_truthy(said:find("the table effect is gone", 1, true), said)
      else
        assert.is_truthy(#names > 3)
        local _, count = said:gsub(("the %s [%%w_]+ is gone"):format(kind), "")
        assert.equal(#names, count + (tonumber(said:match "and (%d+) more like this") or 0), said)
      end
      restore()
    end
    assert(sqlite.run(path, "CREATE TRIGGER mine AFTER INSERT ON pupil BEGIN SELECT 1; END"))
    assert.is_truthy(findings():find("the trigger mine is not one of Waymark's", 1, true))
    restore()
    quietly [[PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = replace(sql, 'never', 'ever') WHERE name = 'event_kept']]
    assert.is_truthy(findings():find("the trigger event_kept is not as Waymark made it", 1, true))
    restore()
    quietly "DROP TABLE schema_digest"
    assert.is_truthy(findings():find("the table schema_digest is gone", 1, true))
  end)

  it("is named, in one line, by commands that meet what they cannot read", function()
    for sql, lines in pairs {
      ["UPDATE entry SET body = '{'"] = { "pupil B801200005001" },
      ["UPDATE entry SET body = '3'"] = { "today --all", "suggest", "record B801200005001 absence-callback" },
      ["UPDATE enrolment SET groups = '{x'"] = { "today --owner Sam" },
      ["UPDATE event SET on_day = 99999999"] = { "today --all", "pupil B801200005001" },
    } do
      quietly(sql)
      for _, line in ipairs(lines) do
        local err = w:expect(1, line .. now).err
        assert.is_truthy(err:find "^waymark: .*look at: waymark check, and restore a backup\n$", line .. ": " .. err)
        assert.is_nil(err:find "fault in Waymark" or err:find "\n.", err)
      end
      restore()
    end
    local err = w:expect(1, [[sql "SELECT json('x')"]]).err
    assert.is_truthy(err:find("the query fails: malformed JSON", 1, true), err)
  end)

  it("is not what to do when the disk cannot be read, of which SQLite says that the file is damaged", function()
    assert(os.execute(("env -u LD_PRELOAD gcc -std=c11 -D_GNU_SOURCE -O1 -shared -fPIC -o '%s/loose.so' "
      .. "tests/support/loose.c"):format(w.top)))
    local r = w:run("record B801200005001 absence-callback --outcome spoke" .. now,
      ("LOOSE_FROM=40000 LD_PRELOAD=\"${LD_PRELOAD:+$LD_PRELOAD }%s/loose.so\""):format(w.top))
    assert.equal(1, r.status)
    assert.is_truthy(r.err:find("the disk cannot be read (Input/output error); look at the disk, its cable and its "
      .. "power, then try again; if it stays so, restore a backup on another disk", 1, true), r.err)
    assert.equal("", findings())
  end)

  it("finds any byte of the file that changes what can be read", function()
    local faults = {}
    local result = flips(path, os.getenv "SLOW" and 400 or 30, { visit = function(place)
      if place % (os.getenv "SLOW" and 1 or 5) ~= 0 then return end
      for _, line in ipairs { "today --all", "pupil B801200005001", "suggest --dry-run" } do
        local r = w:run(line .. now)
        if r.status ~= 0 and r.status ~= 1 and r.status ~= 3 or r.err:find "fault in Waymark" then
          faults[#faults + 1] = ("%d: %s: %s"):format(place, line, r.err)
        end
      end
    end })
    assert.same({}, faults)
    assert.same({}, result.missed)
    assert.is_true(result.changed > 20)
    assert.equal(result.changed, result.found)
  end)
end)
