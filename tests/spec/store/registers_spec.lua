-- Registers out of a workspace: batches, figures, cases and questions, through the
-- store as Lua has it. Files come in by the imports that a user would run.

local core = require "waymark.core"
local codes = require "tests.support.codes"
local declarations = require "waymark.store.declarations"
local events = require "waymark.store.events"
local folder = require "tests.support.folder"
local pupils_room = require "waymark.store.pupils"
local registers = require "waymark.store.registers"
local runs = require "waymark.store.runs"
local suggestions = require "waymark.store.suggestions"

local NOW = 1790000000 -- 21 September 2026, after everything here
local AT = { first = 1757350800, second = 1757440800 } -- 8 and 9 September 2025, in the evening

local dir, store

local function give(kind, text, at)
  local path = dir .. "/" .. kind .. ".csv"
  folder.write(path, text)
  local report = assert(store:import(kind, path, { at = at or NOW, today = false, am_code = "/", pm_code = "\\" }))
  assert.are.equal(0, report.left_out, report.reasons[1] and report.reasons[1].name)
  return report
end

-- Every weekday from first to last, as rows of calendar.csv.
local function weekdays(school, first, last)
  local rows, day = {}, first
  while day <= last do
    if core.date.weekday(day) <= 5 then rows[#rows + 1] = ("%s,%s,1,1"):format(school, day) end
    day = core.date.add(day, 1)
  end
  return table.concat(rows, "\n") .. "\n"
end

local PUPILS = [[
school,upn,surname,forename,dob,year,form,sex,sen,fsm,admission_number,joined,left
Alder,A000000000001,Byron,Ada,2015-05-05,5,5A,F,K,1,77,,
Alder,A000000000002,Stone,Ben,2015-05-06,5,5B,M,N,0,78,,
Alder,A000000000003,Gone,Lee,2014-05-06,6,6A,M,N,0,79,2023-09-01,2025-07-18
Beech,A000000000004,Byron,Eve,2016-05-06,4,4A,F,N,0,77,2025-12-01,
]]

before_each(function()
  dir = folder.new()
  store = assert(core.store.open(dir .. "/waymark.db", "create"))
  assert(store:begin())
  assert(store:add_codes(codes))
  give("schools", "school,name,phase,la\nAlder,Alder School,primary,881\nBeech,Beech School,primary,881\n")
  give("calendar", "school,date,am,pm\n" .. weekdays("Alder", "2025-06-02", "2025-07-18") ..
    weekdays("Alder", "2025-09-01", "2025-12-19") .. weekdays("Beech", "2025-09-01", "2025-12-19"))
  give("pupils", PUPILS)
  assert(store:commit())
end)

after_each(function()
  store:close()
  folder.remove(dir)
end)

local function marks(text, at) return give("marks", "school,upn,date,session,code\n" .. text, at) end

local function pupils(options)
  local list = {}
  options.as_of = options.as_of or "2025-12-19"
  for block in assert(store:batches(options)) do
    local batch = assert(core.batch(block, core.codes(store:codes())))
    for i = 1, #batch do list[#list + 1] = batch[i] end
  end
  return list
end

local function names(options)
  local list = {}
  for i, pupil in ipairs(pupils(options)) do list[i] = pupil.forename end
  return table.concat(list, " ")
end

local function figures(options)
  local list = {}
  options.as_of = options.as_of or "2025-12-19"
  for row in assert(store:figures(options)) do list[#list + 1] = row end
  return list
end

describe("who is in a batch", function()
  it("is on roll in the academic year, school by school in the order imported", function()
    assert.are.equal("Ada Ben Eve", names {})
  end)

  it("leaves out who has not come yet and takes back who had not left by 1 August", function()
    assert.are.equal("Ada Ben", names { as_of = "2025-11-30" })
    assert.are.equal("Ada Ben Lee", names { as_of = "2025-07-31" })
  end)

  it("takes everyone on request", function()
    assert.are.equal("Ada Ben Lee Eve", names { everyone = true })
  end)

  it("does not take a leaver for a mark from after leaving", function()
    marks "Alder,A000000000003,2025-07-18,AM,/\nAlder,A000000000003,2025-09-02,AM,O\n"
    assert.are.equal("Ada Ben Eve", names {})
    assert.are.equal("Ada Ben", names { as_of = "2025-09-02" })
  end)

  it("can be narrowed", function()
    assert.are.equal("Eve", names { school = "beech" })
    assert.are.equal("Ada Ben", names { year = 5 })
    assert.are.equal("Ben", names { form = "5b" })
    assert.are.equal("Eve", names { upn = "A000000000004" })
    assert.are.equal("", names { upn = "A000000000003" })
    assert.are.equal("Ben", names { enrolment = pupils({})[2].id })
  end)

  it("comes in batches of 256", function()
    local rows = { "school,upn,surname,forename" }
    for i = 1, 600 do rows[#rows + 1] = ("Beech,B%012d,S%d,F%d"):format(i, i, i) end
    give("pupils", table.concat(rows, "\n") .. "\n")
    local sizes = {}
    for block in store:batches { as_of = "2025-12-19", fields = { "pupil.name" } } do
      sizes[#sizes + 1] = #core.batch(block, core.codes(store:codes()))
    end
    assert.are.same({ 2, 256, 256, 89 }, sizes)
  end)
end)

describe("what a record says", function()
  it("is what was asked for and no more", function()
    give("contacts", [[
school,upn,forename,surname,relationship,parental_responsibility,confidential_address,priority,email,address
Alder,A000000000001,Kim,Byron,mother,1,1,2,kim@example,1 Hidden Lane
Alder,A000000000001,Sam,Byron,father,0,0,1,sam@example,2 Open Road
]])
    local ada = pupils {}[1]
    assert.are.equal("A000000000001", ada.upn)
    assert.are.equal("Ada Byron", ada.name)
    assert.are.equal("2015-05-05", ada.dob)
    assert.are.equal("K", ada.sen)
    assert.are.equal("Sam", ada.contacts[1].forename)
    assert.is_false(ada.contacts[1].parental_responsibility)
    assert.are.equal("2 Open Road", ada.contacts[1].address)
    assert.is_true(ada.contacts[2].confidential_address)
    assert.is_nil(ada.contacts[2].address)

    local block = store:batches { as_of = "2025-12-19", fields = { "registers", "pupil.groups" } } ()
    assert.is_truthy(block:find('"form":"5A"', 1, true))
    for _, secret in ipairs { "Byron", "Ada", "A000000000001", "2015-05-05", "Open Road", "sen" } do
      assert.is_nil(block:find(secret, 1, true), secret)
    end
  end)

  it("has no marks without the grant of registers", function()
    marks "Alder,A000000000001,2025-09-08,AM,N\n"
    local with = pupils { fields = { "registers" } }[1]
    local without = pupils { fields = { "pupil.upn" } }[1]
    assert.are.equal("N", (with:mark("2025-09-08", "AM")))
    assert.are_not.equal("N", (without:mark("2025-09-08", "AM")))
  end)

  it("refuses a field that nobody knows", function()
    local ok, message = pcall(store.batches, store, { as_of = "2025-12-19", fields = { "pupil.shoe" } })
    assert.is_false(ok)
    assert.is_truthy(message:find("registers, pupil.upn", 1, true))
  end)

  it("tells the case up to the as-of day, without suggestions", function()
    local id = pupils({})[1].id
    assert(store:add_entry { at = 10, on = "2025-09-10", enrolment = id, kind = "entry.recorded", step = "call",
      body = { outcome = "agreed" } })
    assert(store:add_entry { at = 20, on = "2025-10-10", enrolment = id, kind = "entry.recorded", step = "visit",
      body = { note = "x" } })
    assert(store:make_suggestion { at = 30, on = "2025-09-09", enrolment = id, step = "call", concern = "c" })
    assert.are.equal(2, #pupils({})[1].case)
    local case = pupils({ as_of = "2025-09-30" })[1].case
    assert.are.equal(1, #case)
    assert.are.same({ "recorded", "2025-09-10", "call", "Alder", "agreed" },
      { case[1].kind, case[1].on, case[1].step, case[1].school, case[1].outcome })
    assert.are.equal(1, #pupils({ known_at = 15 })[1].case)
  end)
end)

describe("what was known", function()
  before_each(function()
    marks("Alder,A000000000001,2025-09-08,AM,N\nAlder,A000000000002,2025-09-08,AM,/\n", AT.first)
    marks("Alder,A000000000001,2025-09-08,AM,I\nAlder,A000000000001,2025-09-09,AM,/\n", AT.second)
  end)

  local function ada(known_at, as_of)
    local words = {}
    for _, mark in ipairs(pupils({ known_at = known_at, as_of = as_of })[1]:marks("2025-09-08", "2025-09-09")) do
      if mark.code and mark.code ~= "" then words[#words + 1] = mark.date .. " " .. mark.session .. " " .. mark.code end
    end
    return table.concat(words, ", ")
  end

  it("is today's register unless a time is given", function()
    assert.are.equal("2025-09-08 AM I, 2025-09-09 AM /", ada())
    assert.are.equal("2025-09-08 AM I", ada(nil, "2025-09-08"))
  end)

  it("undoes what was learnt later", function()
    assert.are.equal("2025-09-08 AM N", ada(AT.first))
    assert.are.equal("2025-09-08 AM N", ada "2025-09-08T18:00Z")
    assert.are.equal("", ada(AT.first - 1))
  end)

  it("says what changed since", function()
    local enrolment = pupils({})[1].id
    local function told_at(at)
      return assert(store:add_event { at = at, on = "2025-09-10", kind = "entry.noted", enrolment = enrolment })
    end
    local list = registers.amendments(store, enrolment, told_at(AT.first))
    assert.are.equal(1, #list)
    assert.are.same({ "2025-09-08", "AM", "N", "I" }, { list[1].date, list[1].session, list[1].was, list[1].now })
    assert.are.same(list, registers.amendments_of(store, enrolment, "2025-09-08", "2025-09-08"))
    assert.are.same({}, registers.amendments(store, enrolment, told_at(AT.second + 1)))
    assert.are.same({}, registers.amendments_of(store, enrolment, "2025-09-09", "2025-09-30"))
  end)
end)

describe("figures", function()
  local rule = core.rule.rolling { name = "national", codes = "GNOU", at_least = 3, weeks = 2 }

  it("count the academic year to date, and thresholds over all history", function()
    local rows = {}
    for _, day in ipairs { "2025-06-02", "2025-06-03", "2025-06-04", "2025-09-08", "2025-09-09" } do
      rows[#rows + 1] = ("Alder,A000000000001,%s,AM,O\nAlder,A000000000001,%s,PM,\\\n"):format(day, day)
    end
    marks(table.concat(rows) .. "Alder,A000000000001,2025-09-10,AM,I\nAlder,A000000000001,2025-09-10,PM,X\n" ..
      "Alder,A000000000001,2025-09-11,AM,V\n")
    local ada, ben = table.unpack(figures { rules = { rule }, as_of = "2025-09-11" })
    assert.are.same({ 6, 3, 3, 2, 1, 2, 1 }, { ada.possible, ada.attended, ada.absent, ada.unauthorised,
      ada.authorised, ada.present, ada.educational })
    assert.are.equal(5000, ada.percent)
    assert.are.same({ { date = "2025-06-04", session = "AM", largest = 3 } }, ada.thresholds)
    assert.are.equal(10, ada.missing) -- four days and two half days in September
    assert.are.equal(0, ben.possible)
    assert.is_nil(ben.percent)
    assert.are.same({ { largest = 0 } }, ben.thresholds)
  end)

  it("leave a threshold unmet that an amendment undid", function()
    local text = "Alder,A000000000001,2025-09-0%d,AM,%s\n"
    marks(text:format(1, "O") .. text:format(2, "O") .. text:format(3, "N"), AT.first)
    assert.are.equal("2025-09-03", figures({ rules = { rule } })[1].thresholds[1].date)
    marks(text:format(3, "I"), AT.second)
    assert.is_nil(figures({ rules = { rule } })[1].thresholds[1].date)
    assert.are.equal("2025-09-03", figures({ rules = { rule }, known_at = AT.first })[1].thresholds[1].date)
  end)

  it("refuse a rule that is never met for the first time", function()
    local count = core.rule.count { name = "lates", codes = "L", at_least = 1 }
    local rows, message = store:figures { as_of = "2025-12-19", rules = { count } }
    assert.is_nil(rows)
    assert.is_truthy(message:find('"lates"', 1, true))
  end)
end)

describe("a calendar that is cut", function()
  it("begins on the day asked for", function()
    marks "Alder,A000000000001,2025-06-02,AM,O\nAlder,A000000000001,2025-09-10,AM,O\n"
    local ada = pupils({ first_day = "2025-09-03" })[1]
    local list = ada:marks("2025-06-01", "2025-09-30")
    assert.are.equal("2025-09-03", list[1].date)
    assert.are.equal("O", (ada:mark("2025-09-10", "AM")))
  end)
end)

describe("suggestions", function()
  local key

  before_each(function()
    key = { at = 100, on = "2025-09-08", enrolment = pupils({})[1].id, step = "absence-callback",
      concern = "n from 2025-09-08 AM", plugin = "essex", version = "1", data = { reason = "why" } }
  end)

  it("are made once, lapse once and can come back", function()
    local id, made = store:make_suggestion(key)
    assert.is_true(made)
    assert.are.same({ id, false }, { store:make_suggestion(key) })
    assert.are.equal("why", suggestions.list(store, { state = "open" })[1].data.reason)
    key.data = { why = "N → I" }
    assert(store:lapse_suggestion(key))
    assert.are.same({}, suggestions.list(store, { state = "open" }))
    assert.is_nil((store:lapse_suggestion(key)))
    local again
    again, made = store:make_suggestion(key)
    assert.is_true(made)
    assert.are_not.equal(id, again)
    local kinds = {}
    for i, event in ipairs(events.list(store, { upn = "A000000000001" })) do kinds[i] = event.kind end
    assert.are.same({ "suggestion.made", "suggestion.lapsed", "suggestion.made" }, kinds)
    assert.are.same({}, store:check())
  end)

  it("go when the transaction goes", function()
    assert(store:begin())
    assert(store:make_suggestion(key))
    assert(store:rollback())
    assert.are.same({}, suggestions.list(store, {}))
    assert.are.same({}, events.list(store, {}))
  end)

  it("want a pupil that is there, and data that are JSON", function()
    key.enrolment = 999
    local id, message = store:make_suggestion(key)
    assert.is_nil(id)
    assert.is_truthy(message:find("not there", 1, true))
    key.enrolment, key.data = pupils({})[1].id, "{"
    assert.is_nil((store:make_suggestion(key)))
    assert.are.same({}, suggestions.list(store, {}))
  end)
end)

describe("what is kept beside", function()
  it("is the last run", function()
    assert.is_nil(runs.last(store))
    runs.record(store, { at = 5, as_of = "2025-09-08", made = 2, lapsed = 1,
      failures = { { plugin = "local", verdict = "failed", message = "boom" } } })
    assert.are.same({ id = 1, at = 5, as_of = "2025-09-08", made = 2, lapsed = 1 }, runs.last(store))
    local _, rows = store:query "SELECT plugin, message FROM run_failure"
    assert.are.same({ "local", "boom" }, rows())
  end)

  it("is what plugins declared, the newest 64 of it", function()
    assert.is_nil(declarations.get(store, "a"))
    assert(store:begin())
    for i = 1, 70 do declarations.put(store, "key" .. i, "{}", i) end
    assert(store:commit())
    declarations.put(store, "key70", '{"new":1}', 71)
    assert.are.equal('{"new":1}', declarations.get(store, "key70"))
    assert.is_nil(declarations.get(store, "key6"))
    assert.are.equal("{}", declarations.get(store, "key7"))
  end)
end)

describe("finding a pupil", function()
  local function found(text)
    local list = {}
    for i, each in ipairs(pupils_room.find(store, text)) do list[i] = each.name .. ", " .. each.school_name end
    return table.concat(list, "; ")
  end

  it("takes a UPN, a number, a name; the surest reading wins", function()
    assert.are.equal("Ada Byron, Alder School", found "a000000000001")
    assert.are.equal("Ben Stone, Alder School", found "78")
    assert.are.equal("Ada Byron, Alder School; Eve Byron, Beech School", found "77")
    assert.are.equal("Ada Byron, Alder School", found "ada byron")
    assert.are.equal("Eve Byron, Beech School", found " BYRON ,  eve ")
    assert.are.equal("Ada Byron, Alder School; Eve Byron, Beech School", found "Byron")
    assert.are.equal("Ben Stone, Alder School", found "ben")
  end)

  it("never guesses", function()
    assert.are.equal("", found "Byro")
    assert.are.equal("", found "")
    assert.are.equal("", found "%")
  end)
end)

describe("a query", function()
  local function refused(sql)
    local columns, message = store:query(sql)
    assert.is_nil(columns, sql)
    return message
  end

  it("gives columns and rows", function()
    local columns, rows = store:query "SELECT upn, left, 1.5, joined FROM pupils WHERE school = 'Alder' ORDER BY upn"
    assert.are.same({ "upn", "left", "1.5", "joined" }, columns)
    assert.are.same({ "A000000000001", nil, 1.5 }, rows())
    rows()
    assert.are.same({ "A000000000003", "2025-07-18", 1.5, "2023-09-01" }, rows())
    assert.is_nil(rows())
    assert.is_nil(rows())
  end)

  it("only reads", function()
    for _, sql in ipairs { "DELETE FROM pupil", "UPDATE sheet SET am = ''", "DROP VIEW pupils", "BEGIN", "VACUUM",
      "PRAGMA journal_mode = DELETE", "PRAGMA user_version = 9", "ATTACH 'x.db' AS x", "CREATE TEMP TABLE t (x)",
      "INSERT INTO mark VALUES (1, 2, 3, 4, 5, 6, 7)", "SELECT load_extension('x')", "SAVEPOINT a", "REINDEX",
      "WITH t AS (SELECT 1) DELETE FROM event", "EXPLAIN DELETE FROM pupil" } do
      assert.is_truthy(refused(sql):find("more than read", 1, true), sql)
    end
  end)

  it("is one statement", function()
    assert.is_truthy(refused("SELECT 1; SELECT 2"):find("several", 1, true))
    assert.is_truthy(refused("SELECT 1; DROP TABLE pupil"):find("several", 1, true))
    assert.is_truthy(refused("  -- nothing"):find("empty", 1, true))
    assert.are.same({ 1 }, select(2, store:query "SELECT 1 ; -- done\n ;")())
  end)

  it("says what tables there are", function()
    assert.is_truthy(refused("SELECT * FROM pupil_list"):find("mark, mark_count, pupils, schools", 1, true))
    for _, view in ipairs { "schools", "pupils", "contacts", "suggestions", "amendments" } do
      assert(store:query("SELECT * FROM " .. view))
    end
  end)

  it("let go of a school's room at their end, whatever Lua still holds", function()
    local blocks = store:batches { as_of = "2025-12-19" }
    while blocks() do end -- luacheck: ignore 542
    assert.has_error(blocks, "this list has been closed")
  end)

  it("cannot be walked once the store is closed", function()
    local _, rows = store:query "SELECT * FROM mark"
    local blocks = store:batches { as_of = "2025-12-19" }
    store:close()
    assert.has_error(rows)
    assert.has_error(blocks)
    store = assert(core.store.open(dir .. "/waymark.db", "write"))
  end)
end)
