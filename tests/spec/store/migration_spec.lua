-- A database of any version before (fixtures/workspace-v1.sql …) is brought to this
-- version by the first command that changes something, whole or not at all, and keeps
-- every row.

local contacts = require "waymark.store.contacts"
local core = require "waymark.core"
local events = require "waymark.store.events"
local folder = require "tests.support.folder"
local kill = require "tests.fault.kill"
local spaces = require "waymark.workspace"
local sqlite = require "tests.support.sqlite"
local statements = require "waymark.store.sql"
local workspace = require "tests.support.workspace"

local settings = [[
school { name = "Oakfield Primary School", laestab = "881/2345", phase = "primary" }
year "2025-26" {
  term { "2025-09-01", "2025-12-19", half_term = { "2025-10-27", "2025-10-31" } },
}
use "england"
use "essex"
]]

-- Those of the workspace of version 2, which had marks of the summer before too.
local with_summer = settings:gsub('year "2025', 'year "2024-25" {\n  term { "2025-06-02", "2025-07-22" },\n}\n%0', 1)

local now = " --now 2025-09-19T18:00Z"

local function database(w) return w.dir .. "/waymark.db" end

local function sql(w, text) return assert(sqlite.run(database(w), text)) end

local function version(w) return tonumber(sql(w, "PRAGMA user_version")) end

-- A workspace as the program of that version left it.
local function old(number)
  local w = workspace.new { settings = number == 1 and settings or with_summer }
  assert(os.execute(("rm -f '%s'*"):format(database(w))))
  sql(w, folder.read(("tests/fixtures/workspace-v%d.sql"):format(number)))
  if number >= 3 then w:file("w/documents/3dd7131bf1c92dd2a9c9eb03891f3fba.pdf", "contract\n") end
  return w
end

-- The tables of version 1; what they hold, but for the cache and what a run adds. The
-- table of sheets has other columns since version 3, that of contacts more since 4, that of runs more since 6, that of
-- imports since 13; what events hold is packed since 5 (event_data).
local tables = { "settings", "code", "import", "school", "calendar_day", "pupil", "enrolment", "contact", "slot",
  "coverage", "amendment", "run", "run_failure", "event", "suggestion" }

-- All of them in two questions: a process each would be most of the time of this spec.
local function content(w)
  local columns, parts = {}, { "SELECT school, day, hex(am), hex(pm) FROM sheet ORDER BY school, day;" }
  for i, name in ipairs(tables) do
    columns[i] = ("SELECT '%s', group_concat('quote(' || name || ')') FROM pragma_table_info('%s')"
      .. " WHERE ('%s' <> 'contact' OR cid < 15) AND ('%s' <> 'event' OR name NOT IN ('data', 'pattern', 'packed',"
      .. " 'plugin_digest'))"
      .. " AND name NOT IN ('first_event', 'last_event', 'undoes');"):format(name, name, name, name)
  end
  for name, list in sql(w, table.concat(columns)):gmatch "([^|\n]*)|([^\n]*)\n" do
    parts[#parts + 1] = ("SELECT '%s'; SELECT %s FROM %s ORDER BY 1, 2, 3;"):format(name, list, name)
  end
  assert.equal(#tables + 1, #parts)
  return sql(w, table.concat(parts, "\n"))
end

-- What each event holds, to the byte: { [id] = JSON }.
local function event_data(w)
  local data = {}
  if version(w) < 5 then
    for id, text in sql(w, "SELECT id, data FROM event"):gmatch "(%d+)|([^\n]*)\n" do data[tonumber(id)] = text end
  else
    for _, row in ipairs(w:json 'sql "SELECT id, data FROM events"') do data[row.id] = row.data end
  end
  assert.is_truthy(#data > 0)
  return data
end

describe("a workspace of version 1", function()
  local w

  before_each(function() w = old(1) end)
  after_each(function() w:remove() end)

  it("is what it says", function()
    assert.equal(1, version(w))
    local text = content(w)
    for _, words in ipairs { "'suggestion.lapsed'", "'suggestion.made'", "'O''Marsh'", "'Čapek'", "'Sam Reed'",
      "'lapsed'" } do
      assert.is_truthy(text:find(words, 1, true), words)
    end
  end)

  it("is refused by a command that only reads, which says what to do", function()
    local was = content(w)
    for _, line in ipairs { "figures", "check", "explain Ada absence-callback", 'sql "SELECT 1"' } do
      local err = w:expect(1, line).err
      assert.is_truthy(err:find("older Waymark (data version 1)", 1, true), err)
      assert.is_truthy(err:find("run any changing command once", 1, true))
    end
    assert.equal(1, version(w))
    assert.equal(was, content(w))
  end)

  it("is migrated by a changing command, and keeps every row", function()
    local was, data = content(w), event_data(w)
    w:expect(3, "suggest --as-of 2025-09-12" .. now) -- before the last run: records nothing
    assert.is_true(version(w) >= 2)
    assert.equal(was, content(w))
    assert.same(data, event_data(w))
    w:ok "check"
  end)

  it("is migrated by a dry run too, which keeps every row", function()
    local was = content(w)
    w:ok("suggest --dry-run" .. now)
    assert.equal(was, content(w))
    w:ok "check"
  end)

  it("goes on as if it had always been of this version", function()
    w:ok("suggest" .. now)
    assert.is_truthy(w:ok("suggest" .. now):find("0 new suggestions, 0 lapsed", 1, true))
    local out = w:ok('record B801200005001 absence-callback --outcome spoke --note "Well again."' .. now)
    assert.is_truthy(out:find("Recorded for Ada Byron", 1, true))
    w:ok("record D801200005003 absence-callback --outcome spoke" .. now)
    assert.is_truthy(sql(w, "SELECT state FROM suggestion WHERE enrolment = 3"):find "answered")
    w:ok "check"
  end)

  it("can be backed up as it is, and the backup restored as of this version", function()
    local was = content(w)
    w:ok "backup copy"
    assert.equal(1, version(w))
    w:ok "restore copy new"
    w.dir = w.top .. "/new"
    assert.is_true(version(w) >= 2)
    assert.equal(was, content(w))
    w:ok "check"
  end)
end)

describe("a workspace of version 2", function()
  local w

  before_each(function() w = old(2) end)
  after_each(function() w:remove() end)

  it("is what it says", function()
    assert.equal(2, version(w))
    local schema = sql(w, "SELECT sql FROM sqlite_schema WHERE name = 'sheet'")
    assert.is_truthy(schema:find("PRIMARY KEY (school, day)", 1, true))
    assert.equal("2|29|20283|20346\n",
      sql(w, "SELECT count(DISTINCT school), count(*), min(day), max(day) FROM sheet"))
  end)

  it("is refused by a command that only reads, which says what to do", function()
    local err = w:expect(1, "figures").err
    assert.is_truthy(err:find("older Waymark (data version 2)", 1, true), err)
    assert.is_truthy(err:find("run any changing command once", 1, true))
    assert.equal(2, version(w))
  end)

  it("is migrated by a changing command, and keeps every row", function()
    local rows = "SELECT event, salt, body FROM entry; SELECT id, at, as_of FROM list;"
      .. " SELECT list, number, enrolment, step FROM list_row"
    local was = content(w) .. sql(w, rows)
    w:expect(3, "suggest --as-of 2025-09-12" .. now) -- before the last run: records nothing
    assert.is_true(version(w) >= 3)
    assert.equal(was, content(w) .. sql(w, rows))
    w:ok "check"
  end)

  it("goes on with its registers: marks are read, changed and added", function()
    w:expect(3, "suggest --as-of 2025-09-12" .. now)
    local query = [[sql "SELECT date, session, code FROM mark WHERE upn = 'B801200005001' AND date >= '2025-09-12'"]]
    assert.equal([[date        session  code
2025-09-12  AM       /
2025-09-12  PM       \
2025-09-15  AM       N
2025-09-15  PM       N
]], w:ok(query))
    folder.write(w.dir .. "/new.csv", "school,upn,date,session,code\n" ..
      "881/2345,B801200005001,2025-09-15,AM,I\n881/2345,B801200005001,2025-09-16,AM,/\n")
    w:ok("import marks " .. w.dir .. "/new.csv" .. now)
    local out = w:ok(query)
    assert.is_truthy(out:find("2025-09-15  AM       I", 1, true), out)
    assert.is_truthy(out:find("2025-09-16  AM       /", 1, true), out)
    w:ok "check"
  end)

  it("keeps its pages, where a new one has larger ones", function()
    w:expect(3, "suggest --as-of 2025-09-12" .. now)
    assert.equal("4096\n", sql(w, "PRAGMA page_size"))
    local new = workspace.new {}
    finally(function() new:remove() end)
    new:ok("suggest" .. now)
    assert.equal("16384\n", sql(new, "PRAGMA page_size"))
  end)

  it("has no sheet of a school that there is not", function()
    w:expect(3, "suggest --as-of 2025-09-12" .. now)
    local done, why = sqlite.run(database(w), "PRAGMA foreign_keys = ON;"
      .. " INSERT INTO sheet (key, am, pm) VALUES ((9 << 20) + 45900, x'', x'')")
    assert.is_nil(done)
    assert.is_truthy(why:find("FOREIGN KEY", 1, true), why)
  end)
end)

describe("a workspace of version 3", function()
  local w

  before_each(function() w = old(3) end)
  after_each(function() w:remove() end)

  local later = " --now 2025-09-20T18:00Z"
  local kept = "SELECT event, salt, body FROM entry; SELECT list, number, enrolment, step FROM list_row;"
    .. " SELECT school, day, am, pm FROM sheet"

  it("is what it says", function()
    assert.equal(3, version(w))
    assert.equal("3|3\n", sql(w, "SELECT count(*), max(id) FROM contact"))
    assert.equal("", sql(w, "SELECT name FROM sqlite_schema WHERE name = 'school_event'"))
  end)

  it("is refused by a command that only reads, which says what to do", function()
    local err = w:expect(1, "figures").err
    assert.is_truthy(err:find("older Waymark (data version 3)", 1, true), err)
    assert.equal(3, version(w))
  end)

  it("is migrated by a changing command, and keeps every row", function()
    local was = content(w) .. sql(w, kept)
    w:expect(3, "suggest --as-of 2025-09-12" .. later) -- before the last run: records nothing
    assert.is_true(version(w) >= 4)
    assert.equal(was, content(w) .. sql(w, kept))
    assert.equal("0\n", sql(w, "SELECT sum(gone) FROM contact"))
    w:ok "check"
  end)

  it("keeps its contacts and their ids when the next file comes in", function()
    w:file("contacts.csv", "school,upn,title,forename,surname,relationship,checked_on\n"
      .. "881/2345,B801200005001,Mrs,Annabella,Byron,mother,2025-09-20\n")
    local out = w:ok("import contacts contacts.csv" .. later)
    assert.is_truthy(out:find "1  changed", out)
    assert.equal("1|Annabella|07700 900111|0\n2|George|07700 900112|1\n3|Siobhán|NULL|0\n",
      sql(w, "SELECT id, forename, phone, gone FROM contact ORDER BY id"))
    w:ok "check"
  end)
end)

describe("a workspace of version 4", function()
  local w

  before_each(function() w = old(4) end)
  after_each(function() w:remove() end)

  local later = " --now 2025-09-21T18:00Z"

  it("is migrated by a changing command, and keeps every row and what events hold", function()
    assert.equal(4, version(w))
    local was, data = content(w), event_data(w)
    w:expect(3, "suggest --as-of 2025-09-12" .. later) -- before the last run: records nothing
    assert.is_true(version(w) >= 5)
    assert.equal(was, content(w))
    assert.same(data, event_data(w))
    w:ok "check"
  end)

  it("has the evidence of its suggestions packed in a few dozen bytes, and can show it", function()
    w:expect(3, "suggest --as-of 2025-09-12" .. later)
    assert.equal("6|0|1\n", sql(w, "SELECT count(packed), sum(data <> '{}'), max(length(packed)) < 40 FROM event"
      .. " WHERE kind = 'suggestion.made'"))
    assert.equal("2\n", sql(w, "SELECT count(*) FROM pattern"))
    assert.equal([[date        session  code  rule                 count  from_day
2025-07-17  AM       O     recent-unauthorised      6  2025-06-30
2025-07-17  PM       O     recent-unauthorised      6  2025-06-30
2025-09-05  AM       O     recent-unauthorised      6  2025-06-30
]], w:ok [[sql "SELECT date, session, code, rule, count, from_day FROM evidence
      WHERE upn = 'B801200005001' AND step = 'initial-concern' LIMIT 3"]])
    local store <close> = assert(core.store.open(database(w), "read"))
    local both = assert(store:rows [[SELECT unpacked(p.text, e.packed) AS whole, unpacked(p.text, e.packed, 1) AS brief
      FROM event e JOIN pattern p ON p.id = e.pattern]])
    assert.equal(6, #both)
    for _, each in ipairs(both) do
      assert.equal((each.whole:gsub("%[%[.-%]%]", "[]")), each.brief)
      assert.is_true(#each.brief < #each.whole)
    end
  end)

  it("says so when what was packed is damaged", function()
    w:expect(3, "suggest --as-of 2025-09-12" .. later)
    sql(w, "DROP TRIGGER event_unchanged; UPDATE event SET packed = substr(packed, 1, 9) WHERE id = 1")
    local out = w:expect(1, "check")
    assert.is_truthy((out.out .. out.err):find("what event 1 (suggestion.made) holds cannot be read", 1, true),
      out.out .. out.err)
  end)
end)

describe("a workspace of version 5", function()
  local w

  before_each(function() w = old(5) end)
  after_each(function() w:remove() end)

  local later = " --now 2025-09-21T18:00Z"

  it("is migrated by a changing command, and keeps every row and what events hold", function()
    assert.equal(5, version(w))
    local held = "SELECT id, data, pattern, hex(packed) FROM event"
    local was, data = content(w), sql(w, held)
    w:expect(3, "suggest --as-of 2025-09-12" .. later) -- before the last run: records nothing
    assert.is_true(version(w) >= 6)
    assert.equal(was, content(w))
    assert.equal(data, sql(w, held))
    w:ok "check"
  end)

  it("knows which events each run raised, so that one of before can be withdrawn", function()
    w:expect(3, "suggest --as-of 2025-09-12" .. later)
    assert.equal("1|1|3\n2|4|8\n3|15|15\n4|NULL|NULL\n", sql(w, "SELECT id, first_event, last_event FROM run"))
    w:ok("suggest --undo 4" .. later)
    w:ok("suggest --undo 3" .. later)
    assert.is_truthy(w:ok("suggest" .. later):find("1 new threshold met", 1, true)) -- told anew
    w:ok "check"
  end)
end)

describe("a workspace of version 6", function()
  local w

  before_each(function() w = old(6) end)
  after_each(function() w:remove() end)

  local later = " --now 2025-09-22T18:00Z"

  it("is migrated by a changing command, and keeps every row and what was withdrawn", function()
    assert.equal(6, version(w))
    local rows = "SELECT run, at, by, why, first_event, last_event FROM withdrawal;"
      .. " SELECT id, first_event, last_event FROM run;"
      .. " SELECT * FROM suggestions ORDER BY upn, step, concern"
    local was = content(w) .. sql(w, rows)
    w:expect(3, "suggest --as-of 2025-09-12" .. later) -- before the last run: records nothing
    assert.is_true(version(w) >= 7)
    assert.equal(was, content(w) .. sql(w, rows))
    w:ok "check"
  end)

  it("keeps what plugins were once, beside the events of before, which hold it themselves", function()
    w:file("marks.csv", "school,upn,date,session,code\n881/2345,B801200005001,2025-09-19,AM,N\n"
      .. "881/2345,B801200005001,2025-09-19,PM,N\n")
    w:ok(("import marks %s/marks.csv"):format(w.top) .. later)
    w:ok("suggest" .. later)
    w:ok("record B801200005001 absence-callback --by Sam --outcome no-answer" .. later)
    assert.equal("0|1|2\n", sql(w, [[SELECT sum(digest IS NOT NULL), count(DISTINCT plugin_digest),
      count(plugin_digest) FROM event WHERE id > 16 AND kind IN ('suggestion.made', 'entry.recorded')]]))
    local space, seen = spaces.open(w.dir, "read"), {}
    finally(function() space:close() end)
    for _, each in ipairs(events.list(space.store, {})) do
      if each.kind == "suggestion.made" then
        assert.is_truthy(each.digest:find "^%x+$" and #each.digest == 64)
        seen[each.id > 16] = true
      end
    end
    assert.same({ [true] = true, [false] = true }, seen)
    w:ok "check"
  end)

  it("has in the index of what ended only what did, and no other states than there are", function()
    w:expect(3, "suggest --as-of 2025-09-12" .. later)
    assert.is_truthy(sql(w, "EXPLAIN QUERY PLAN SELECT step FROM suggestion WHERE ended BETWEEN 1 AND 9")
      :find "suggestion_ended")
    local done = sqlite.run(database(w), "UPDATE suggestion SET state = 'shut'")
    assert.is_nil(done)
  end)
end)

describe("a workspace of version 7", function()
  local w

  before_each(function() w = old(7) end)
  after_each(function() w:remove() end)

  local later = " --now 2025-09-23T18:00Z"

  it("is migrated by a changing command, and keeps every row and what plugins were", function()
    assert.equal(7, version(w))
    local rows = "SELECT id, text FROM plugin_digest; SELECT id, plugin_digest, data, hex(packed) FROM event;"
      .. " SELECT id, pupil, phone, address, dob, gone FROM contact;"
      .. " SELECT * FROM suggestions ORDER BY upn, step, concern"
    local was = content(w) .. sql(w, rows)
    w:expect(3, "suggest --as-of 2025-09-12" .. later) -- before the last run: records nothing
    assert.is_true(version(w) >= 8)
    assert.equal(was, content(w) .. sql(w, rows))
    w:ok "check"
  end)

  it("finds the same person among the contacts of others without reading all contacts", function()
    w:expect(3, "suggest --as-of 2025-09-12" .. later)
    assert.is_true(version(w) >= 8)
    local space, rows, texts = spaces.open(w.dir, "read"), statements.rows, {}
    finally(function()
      statements.rows = rows
      space:close()
    end)
    statements.rows = function(_, text)
      texts[#texts + 1] = text:gsub("%?1", "1")
      return {}
    end
    for _, ask in ipairs { contacts.hidden_addresses, contacts.sibling_names, contacts.siblings } do
      ask(space.store, 1)
    end
    assert.equal(3, #texts)
    for _, text in ipairs(texts) do
      local plan = sql(w, "EXPLAIN QUERY PLAN " .. text)
      assert.is_truthy(plan:find("contact_name", 1, true), plan)
      assert.is_nil(plan:find("SCAN", 1, true), plan)
    end
  end)
end)

describe("a workspace of version 8", function()
  local w

  before_each(function() w = old(8) end)
  after_each(function() w:remove() end)

  local later = " --now 2025-09-24T18:00Z"

  it("is migrated by a changing command, keeps every row, and knows of each school what the next run says", function()
    assert.equal(8, version(w))
    local was = content(w)
    w:expect(3, "suggest --as-of 2025-09-12" .. later) -- before the last run: records nothing
    assert.is_true(version(w) >= 9)
    assert.equal(was, content(w))
    assert.equal("0\n", sql(w, "SELECT count(*) FROM looked_at"))
    w:ok("suggest" .. later)
    assert.equal("1|9\n", sql(w, "SELECT school, import FROM looked_at WHERE school = 1"))
    w:ok "check"
  end)
end)

describe("a workspace of version 9", function()
  local w

  before_each(function() w = old(9) end)
  after_each(function() w:remove() end)

  local later = " --now 2025-09-26T18:00Z"

  it("is migrated by a changing command, and keeps every row", function()
    assert.equal(9, version(w))
    local rows = "SELECT event, salt, body FROM entry; SELECT id, data, pattern, hex(packed) FROM event;"
      .. " SELECT list, number, enrolment, step FROM list_row; SELECT school, basis FROM looked_at"
    local was = content(w) .. sql(w, rows)
    w:expect(3, "suggest --as-of 2025-09-12" .. later) -- before the last run: records nothing
    assert.is_true(version(w) >= 10)
    assert.equal(was, content(w) .. sql(w, rows))
    w:ok "check"
  end)

  it("has a digest of each row from then on, and of the rows that were there", function()
    w:expect(3, "suggest --as-of 2025-09-12" .. later)
    assert.equal("20|20\n", sql(w, "SELECT count(*), count(row_digest) FROM event"))
    w:ok("record D801200005003 absence-callback --outcome spoke" .. later)
    w:ok "check"
    assert(sqlite.quietly(database(w), "UPDATE event SET by = 'Another' WHERE id >= 20"))
    local err = w:expect(1, "check").err
    for _, id in ipairs { 20, 21 } do
      assert.is_truthy(err:find(("row %d of the table event (Cal Čapek) is not what was recorded"):format(id), 1, true))
    end
    assert.is_nil(err:find "row 19")
  end)

  it("still has no byte of a code, and no state of an effect or a plugin, that there is not", function()
    w:expect(3, "suggest --as-of 2025-09-12" .. later)
    for _, change in ipairs { "INSERT INTO code VALUES (112, 'X', 'present', '', 1, NULL, NULL)",
      "INSERT INTO plugin_state (at, plugin, state) VALUES (1, 'local', 'shut')",
      "INSERT INTO effect (plugin, version, event, number, kind, body, at, state)"
        .. " VALUES ('local', '', 1, 1, '', '', 1, '')" } do
      local done, why = sqlite.run(database(w), change)
      assert.is_nil(done)
      assert.is_truthy(why:find("byte of a code", 1, true) or why:find("no state", 1, true), why)
    end
  end)
end)

describe("a workspace of version 10", function()
  it("is migrated by a changing command, keeps every row, and knows a child by a UPN of before", function()
    local w = old(10)
    finally(function() w:remove() end)
    local later = " --now 2025-09-26T18:00Z"
    assert.equal(10, version(w))
    local was = content(w)
    w:expect(3, "suggest --as-of 2025-09-12" .. later) -- before the last run: records nothing
    assert.is_true(version(w) >= 11)
    assert.equal(was, content(w))
    w:file("pupils.csv", "school,upn,surname,forename,dob,admission_number\n"
      .. "881/2345,E801200005003,BYRON,ada,2017-03-02,012\n")
    w:ok("import pupils pupils.csv" .. later)
    assert.equal("B801200005001|1\nE801200005003|1\n", sql(w, "SELECT upn, pupil FROM upns WHERE pupil = 1 ORDER BY 1"))
    w:ok("record B801200005001 absence-callback --outcome spoke" .. later)
    w:ok "check"
  end)
end)

describe("a workspace of version 11", function()
  local w

  before_each(function() w = old(11) end)
  after_each(function() w:remove() end)

  it("is migrated by a changing command, keeps every row, and finds who came and went without reading all", function()
    assert.equal(11, version(w))
    local was = content(w)
    w:expect(3, "suggest --as-of 2025-09-12 --now 2025-09-27T18:00Z") -- before the last run: records nothing
    assert.is_true(version(w) >= 12)
    assert.equal(was, content(w))
    w:ok "check"
    for _, column in ipairs { "joined > ", "left < " } do
      local plan = sql(w, "EXPLAIN QUERY PLAN SELECT id FROM enrolment WHERE school = 1 AND " .. column .. "20000")
      assert.is_truthy(plan:find("enrolment_" .. column:match "%a+", 1, true), plan)
    end
  end)
end)

describe("a workspace of version 12", function()
  it("is migrated by a changing command, keeps every row, and undoes no import from before", function()
    local w = old(12)
    finally(function() w:remove() end)
    local later = " --now 2025-09-28T18:00Z"
    assert.equal(12, version(w))
    local was = content(w)
    w:expect(3, "suggest --as-of 2025-09-12" .. later) -- before the last run: records nothing
    assert.is_true(version(w) >= 13)
    assert.equal(was, content(w))
    w:ok "check"
    local err = w:expect(1, "import --undo 10" .. later).err
    assert.is_truthy(err:find("taken in by an older Waymark, which did not keep what an import changed", 1, true), err)
    w:file("marks.csv", "school,upn,date,session,code\n881/2345,E801200005003,2025-09-24,AM,N\n")
    w:ok(("import marks %s/marks.csv"):format(w.top) .. later)
    w:ok("import --undo 14" .. later)
    assert.equal("13\n", sql(w, "SELECT max(import) FROM covered"))
    w:ok "check"
  end)
end)

describe("a migration that is interrupted", function()
  local function leaves(from)
    local function state(each)
      return version(each) .. content(each) .. sql(each, "SELECT name FROM sqlite_schema ORDER BY 1")
    end
    local c = kill.new(old(from), "suggest --as-of 2025-09-12" .. now, { state = state })
    finally(function() c:remove() end)
    local rounds = tonumber(os.getenv "ROUNDS") or os.getenv "SLOW" and 4 or 3
    local killed = c:killed(rounds)
    assert.is_true(killed.before > 0 and killed.after > 0)
    c.steps = true -- what comes after the migration may be refused by itself
    assert.is_true(c:full(rounds).refused > 0)
    c.w:ok "check"
  end

  it("leaves version 1, or this one, and the next command completes it", function() leaves(1) end)
  it("leaves version 2, or this one, and the next command completes it", function() leaves(2) end)
  it("leaves version 3, or this one, and the next command completes it", function() leaves(3) end)
end)

describe("a workspace of a newer version", function()
  it("is refused by every command, and stays as it is", function()
    local w = old(1)
    finally(function() w:remove() end)
    w:expect(3, "suggest --as-of 2025-09-12" .. now)
    sql(w, "PRAGMA user_version = 99")
    local was = content(w)
    for _, line in ipairs { "figures", "suggest", "check", "backup copy" } do
      local err = w:expect(1, line).err
      assert.is_truthy(err:find "newer Waymark %(data version 99, this one knows %d+%); update Waymark", err)
    end
    assert.equal(99, version(w))
    assert.equal(was, content(w))
  end)
end)
