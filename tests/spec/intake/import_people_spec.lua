-- Importing pupils, contacts, calendars and schools from CSV, and what the workspace
-- file keeps beside them.

local codes = require "tests.support.codes"
local core = require "waymark.core"
local given = require "tests.support.import_store"
local workspace = require "tests.support.workspace"

local ADA, CAL, AT, MARKS = given.ADA, given.CAL, given.AT, given.MARKS
local import, marks, pupils, rows, value = given.import, given.marks, given.pupils, given.rows, given.value
local assert_left_out = given.assert_left_out

before_each(given.open)
after_each(given.close)

describe("a school", function()
  local ways = { "881/2345", "8812345", "881-2345", "Oakfield Primary School", "OAKFIELD primary school" }

  it("is meant by its key or by its name at every door", function()
    assert(given.store:put_school { key = "AB/1", name = "Elm" })
    for _, text in ipairs(ways) do
      assert.equal(1, given.store:school_id(text), text)
      local report = pupils(("%s,%s,Able,Ada,2015-01-02,5,5A,F,,\n"):format(text, ADA))
      assert.same({ 1, 0 }, { report.unchanged, report.left_out }, text)
      local block = assert(given.store:batches { as_of = "2026-03-20", everyone = true, school = text })()
      assert.equal(2, #assert(core.batch(block, assert(core.codes(given.store:codes())))), text)
    end
    assert.equal(2, given.store:school_id "ab1")
    assert.equal(2, given.store:school_id "elm")
  end)

  it("that nobody knows is named with the nearest, or with where to look", function()
    local id, message = given.store:school_id "881/2346"
    assert.is_nil(id)
    assert.equal('there is no school "881/2346"; did you mean "881/2345"?', message)
    for _, text in ipairs { "", "/", " - ", "Birchwood Academy" } do
      id, message = given.store:school_id(text)
      assert.is_nil(id)
      assert.truthy(message:find(('there is no school "%s"; see the schools'):format(text), 1, true), message)
    end
  end)

  it("is not meant by a name that two have, unless it is the key of one", function()
    assert(given.store:put_school { key = "B", name = "Oakfield Primary School" })
    assert.is_nil(given.store:school_id "Oakfield Primary School")
    assert(given.store:put_school { key = "Oakfield Primary School", name = "C" })
    assert.equal(3, given.store:school_id "oakfieldprimaryschool")
    assert.equal(3, given.store:school_id "Oakfield Primary School")
  end)
end)

describe("importing pupils", function()
  it("says new, changed and unchanged", function()
    local line = ("881/2345,%s,Able,Ada,2015-01-02,5,%%s,F,,\n"):format(ADA)
    assert.are.equal(1, pupils(line:format "5A").unchanged)
    assert.are.equal(1, pupils(line:format "5B").changed)
    assert.are.equal(1, pupils(line:format "5B").unchanged)
    assert.are.equal("5B", value("SELECT form FROM enrolment WHERE id = 1"))
    assert.are.equal(2, value "SELECT count(*) FROM enrolment")
  end)

  it("takes the later row for a UPN that is twice in the file, and warns", function()
    local text = ("881/2345,%s,Coe,Cal,,5,5A,M,,\n881/2345,%s,Coe,Cal,,5,5B,M,,\n"):format(CAL, CAL)
    local report = pupils(text)
    assert.are.equal(1, report.added)
    assert.are.equal(1, report.repeated)
    assert.are.equal(1, given.named(report.warnings, "twice").count)
    assert.are.equal("5B", value "SELECT form FROM enrolment WHERE id = 3")
    assert.are.equal(1, pupils(text).unchanged)
  end)

  it("makes a second enrolment of the same pupil at another school", function()
    assert(given.store:put_school { key = "881/9999", name = "Elm" })
    local report = pupils(("881/9999,%s,Able,Ada,2015-01-02,5,5A,F,,\n"):format(ADA))
    assert.are.equal(1, report.added)
    assert.are.equal(2, value "SELECT count(*) FROM pupil")
    assert.are.equal(2, value "SELECT count(*) FROM enrolment WHERE pupil = 1")
  end)

  it("makes a new enrolment for a pupil who comes back", function()
    local function stay(joined, left)
      local text = "upn,surname,forename,joined,left\n%s,Able,Ada,%s,%s\n"
      return assert(import("pupils", text:format(ADA, joined, left)))
    end
    assert.are.equal(1, stay("2024-09-02", "2025-03-01").changed)
    assert.are.equal(1, stay("2025-06-02", "").added)
    assert.are.equal(1, stay("2025-06-02", "").unchanged)
    assert.are.equal(1, stay("2024-09-02", "2025-03-01").unchanged)
    assert.are.equal(2, value "SELECT count(*) FROM enrolment WHERE pupil = 1")
  end)

  it("joins pupils without a UPN by admission number, and gives them one later", function()
    local head = "upn,surname,forename,admission_number\n"
    assert.are.equal(1, assert(import("pupils", head .. ",Doe,Dee,0042\n")).added)
    assert.are.equal(1, assert(import("pupils", head .. ",Doe,Dee,0042\n")).unchanged)
    assert.are.equal(1, assert(import("pupils", head .. CAL .. ",Doe,Dee,0042\n")).changed)
    assert.are.same({ { CAL } }, rows "SELECT upn FROM pupil WHERE surname = 'Doe'")
    assert_left_out("pupils", "881/2345,,Doe,Dee,,,", "no-pupil", "neither a UPN nor an admission number")
  end)

  it("keeps further columns as groups, in order of their names", function()
    local text = "upn,surname,forename,House,\"Re \"\"x\"\"\",Band\n" .. CAL .. ",Coe,Cal,Red,\\,2\n"
    local report = assert(import("pupils", text))
    assert.are.same({ "House", 'Re "x"', "Band" }, report.groups)
    assert.are.equal('{"Band":"2","House":"Red","Re \\"x\\"":"\\\\"}',
      value "SELECT groups FROM enrolment WHERE id = 3")
    assert.are.equal(1, assert(import("pupils", text)).unchanged)
    assert.are.equal(1, assert(import("pupils", "upn,surname,forename\n" .. CAL .. ",Coe,Cal\n")).unchanged)
  end)

  it("warns about a UPN whose check letter or form is wrong, and keeps it", function()
    local report = pupils("881/2345,A801200005001,Coe,Cal,,5,5A,M,,\n881/2345,X1,Doe,Dee,,R,,F,,\n")
    assert.are.equal(2, report.added)
    assert.are.equal(1, given.named(report.warnings, "upn-letter").count)
    assert.are.equal(1, given.named(report.warnings, "upn-form").count)
    assert.are.equal("R", value "SELECT year FROM enrolment WHERE id = 4")
  end)

  it("takes a UPN in small letters as the same", function()
    assert.are.equal(1, pupils(("881/2345,%s,Able,Ada,2015-01-02,5,5A,F,,\n"):format(ADA:lower())).unchanged)
  end)

  it("leaves out rows with dates that cannot be", function()
    assert_left_out("pupils", "881/2345,X,A,B,2015-02-30,,", "no-such-date", '"2015-02-30"')
    assert_left_out("pupils", "881/2345,X,A,B,02/01/15,,", "two-digit-year", '"02/01/15"')
    assert_left_out("pupils", "881/2345,X,A,B,,2025-09-01,2024-09-01", "dates-order", "before joining")
  end)

  it("keeps a known date of birth against an empty cell", function()
    pupils(("881/2345,%s,Able,Ada,,5,5A,F,,\n"):format(ADA))
    assert.are.equal(1, value "SELECT count(dob) FROM pupil WHERE id = 1")
  end)

  it("warns when the dates of birth are not there at all", function()
    local report = assert(import("pupils", "upn,surname,forename\n" .. CAL .. ",Coe,Cal\n"))
    assert.is_truthy(given.named(report.warnings, "no-column").examples[1].words:find('"dob"', 1, true))
    assert.is_nil(given.named(assert(import("pupils", given.PUPILS)).warnings, "no-column"))
  end)
end)

describe("importing contacts", function()
  local HEAD = "school,upn,title,forename,surname,relationship,parental_responsibility,lives_with,no_contact," ..
    "confidential_address,priority,email,phone,address,language\n"

  local function contacts(text) return assert(import("contacts", HEAD .. text)) end

  local MOTHER = "881/2345," .. ADA .. ',Ms,Mia,Able,mother,1,Yes,N,false,1,mia@x.example,0123,"1 High St\nTown",\n'
  local FATHER = "881/2345," .. ADA .. ",Mr,Fin,Able,father,TRUE,0,,y,2,,,,Polish\n"

  it("keeps them in order, and changes nothing when they come again", function()
    assert.are.equal(2, contacts(MOTHER .. FATHER).added)
    assert.are.same({ { "Mia", 1, 1, 0, 0, 1, "1 High St\nTown" }, { "Fin", 1, 0, "unknown", 1, 2, "" } }, rows [[
      SELECT forename, parental_responsibility, lives_with, ifnull(no_contact, 'unknown'),
      confidential_address, priority, ifnull(address, '') FROM contact ORDER BY id]])
    local ids = rows "SELECT id FROM contact"
    assert.are.equal(2, contacts(MOTHER .. FATHER).unchanged)
    assert.are.same(ids, rows "SELECT id FROM contact")
  end)

  local function known(sql) return rows("SELECT id, forename, gone FROM contact " .. (sql or "ORDER BY id")) end

  it("takes a pupil's contacts as a set: each keeps its id, and one that is missing is gone", function()
    contacts(MOTHER .. FATHER)
    local report = contacts((MOTHER:gsub("0123", "0999")))
    assert.are.equal(1, report.changed)
    assert.are.equal(1, report.removed)
    assert.are.same({ { 1, "Mia", 0 }, { 2, "Fin", 1 } }, known())
    assert.are.same({ { "Mia", "0999", 1 } }, rows "SELECT forename, phone, contact FROM contacts")
    local nothing = contacts((MOTHER:gsub("0123", "0999")))
    assert.are.same({ 0, 0, 0 }, { nothing.changed, nothing.removed, nothing.added })
  end)

  it("gives one that comes back its id again", function()
    contacts(MOTHER .. FATHER)
    contacts(MOTHER)
    local report = contacts(FATHER:gsub("Polish", "English") .. MOTHER)
    assert.are.same({ 1, 1, 0, 0 }, { report.added, report.unchanged, report.changed, report.removed })
    assert.are.same({ { 1, "Mia", 0 }, { 2, "Fin", 0 } }, known())
    assert.are.same({ "English" }, rows "SELECT language FROM contact WHERE id = 2"[1])
  end)

  it("knows a contact in other letters, and two of the same names by the relationship", function()
    local uncle = "881/2345," .. ADA .. ",Mr,Fin,Able,uncle,0,0,,,3,,0555,,\n"
    contacts(MOTHER .. FATHER .. uncle)
    local changed = FATHER:gsub("TRUE,0", "TRUE,1"):gsub("Fin", "FIN")
    local report = contacts((uncle:gsub("0555", "0666")) .. changed .. MOTHER)
    assert.are.same({ 2, 1, 0, 0 }, { report.changed, report.unchanged, report.added, report.removed })
    assert.are.same({ { 2, "FIN", "father" }, { 3, "Fin", "uncle" } },
      rows "SELECT id, forename, relationship FROM contact WHERE id > 1 ORDER BY id")
  end)

  it("takes date of birth, communication needs and when the details were checked", function()
    local more = "upn,forename,surname,dob,communication_needs,checked_on\n" .. ADA
      .. ",Mia,Able,1984-02-29,large print,22/09/2025\n"
    assert.are.equal(1, assert(import("contacts", more)).added)
    assert.are.same({ { "Mia", "1984-02-29", "large print", "2025-09-22" } },
      rows "SELECT forename, dob, communication_needs, checked_on FROM contacts")
    local wrong = assert(import("contacts", (more:gsub("22/09/2025", "last week"))))
    assert.are.equal('not a date: "last week"', given.named(wrong.reasons, "not-a-date").examples[1].words)
  end)

  it("keeps what a file has no column for", function()
    contacts(MOTHER)
    local text = "upn,forename,surname,checked_on\n" .. ADA .. ",Mia,Able,2025-09-02\n"
    assert.are.equal(1, assert(import("contacts", text)).changed)
    assert.are.same({ { "0123", 1, 0, "2025-09-02" } },
      rows "SELECT phone, lives_with, no_contact, checked_on FROM contacts")
    assert.are.equal(1, contacts(MOTHER).unchanged)
  end)

  it("leaves out what is neither yes nor no, and numbers that are none", function()
    assert_left_out("contacts", "881/2345," .. ADA .. ",Able,maybe,1", "yes-or-no",
      'lives_with is neither yes (1) nor no (0): "maybe"')
    assert_left_out("contacts", "881/2345," .. ADA .. ",Able,1,first", "number", '"first"')
    assert_left_out("contacts", "881/2345," .. ADA .. ",,1,1", "empty", "no name")
    assert_left_out("contacts", "881/2345," .. CAL .. ",Able,1,1", "unknown-pupil", CAL)
  end)
end)

describe("importing a calendar", function()
  local HEAD = "school,date,am,pm\n"

  it("wins over the days of the settings, day by day", function()
    local report = assert(import("calendar", HEAD .. "881/2345,2025-09-06,1,0\n881/2345,2025-09-08,0,0\n"))
    assert.are.equal(2, report.added)
    assert.are.equal(1, given.named(report.warnings, "weekend").count)
    assert.are.same({ { "2025-09-05", true, true }, { "2025-09-06", true, false }, { "2025-09-07", false, false },
      { "2025-09-08", false, false } }, given.store:days(1, "2025-09-05", "2025-09-08"))
    local same = HEAD .. "881/2345,2025-09-06,yes,no\n881/2345,2025-09-08,0,0\n"
    assert.are.equal(2, assert(import("calendar", same)).unchanged)
    assert.are.equal(1, marks(("881/2345,%s,2025-09-08,AM,/\n"):format(ADA)).left_out)
  end)

  it("takes the later of two rows for one day, and names it", function()
    local text = HEAD .. "881/2345,2025-09-08,1,1\n881/2345,2025-09-08,0,0\n"
    local report = assert(import("calendar", text))
    assert.are.equal(1, report.added)
    assert.are.equal(3, report.repeats.examples[1].line)
    assert.are.equal(1, assert(import("calendar", text)).unchanged)
  end)

  it("leaves out what it cannot read", function()
    assert_left_out("calendar", "881/2345,2025-09-31,1,1", "no-such-date", '"2025-09-31"')
    assert_left_out("calendar", "881/2345,2025-09-08,1,open", "yes-or-no", '"open"')
    assert_left_out("calendar", "881/2345,2025-09-08,1,", "empty", "pm is empty")
  end)
end)

describe("importing schools", function()
  it("adds, updates by number however written, and leaves the rest", function()
    local report = assert(import("schools", "school,name,phase,la\n8812345,Oakfield,primary,Essex\n881/9999,Elm,,\n"))
    assert.are.equal(1, report.added)
    assert.are.equal(1, report.changed)
    local list = given.store:schools()
    assert.are.equal("881/2345", list[1].key)
    assert.are.equal("Oakfield", list[1].name)
    assert.are.equal("Essex", list[1].la)
    assert.are.equal("881/9999", list[2].key)
    assert_left_out("schools", ",Nobody", "no-school", "missing")
  end)

  it("comes first: other kinds refuse a workspace without schools", function()
    local empty = assert(core.store.open(given.dir .. "/empty.db", "create"))
    local report, message = empty:import("marks", given.dir .. "/pupils.csv", { at = AT })
    assert.is_nil(report)
    assert.is_truthy(message:find("no school yet", 1, true))
    empty:close()
  end)
end)

describe("a school that came in by mistake", function()
  local w
  setup(function()
    w = workspace.new { files = { ["schools.csv"] = "school,name\n881/8888,Elm\n881/9999,Ash\n881/7777,Oak\n",
      ["pupils.csv"] = "upn,surname,forename\nADA,Able,Ada\n",
      ["calendar.csv"] = "school,date,am,pm\n881/9999,2025-09-15,no,no\n",
      ["removed.csv"] = "school\n8818888\n881/9999\n\n881/8888\n\"\"\n", ["ours.csv"] = "school\n881/2345\n" } }
  end)
  teardown(function() w:remove() end)

  local function schools()
    local keys = {}
    for i, each in ipairs(w:json 'sql "SELECT school FROM schools"') do keys[i] = each.school end
    return table.concat(keys, " ")
  end

  it("is taken out again, unless something is kept of it", function()
    w:ok "import schools schools.csv"
    w:ok "import calendar calendar.csv"
    assert.matches("school", w:expect(1, "import pupils pupils.csv").err)
    assert.matches("1  taken out\n", w:expect(3, "import removed-schools removed.csv --dry-run").out)
    assert.equal("881/2345 881/7777 881/8888 881/9999", schools())
    local report = w:expect(3, "import removed-schools removed.csv").out
    assert.matches("1  taken out\n", report)
    assert.matches('line 3: "881/9999" has a calendar\n', report, 1, true)
    assert.matches('line 5: unknown school "881/8888"\n', report, 1, true)
    assert.matches("line 6: the school is missing\n", report, 1, true)
    assert.equal("881/2345 881/7777 881/9999", schools())
    w:ok "check" -- a number that nobody has any more is none that is missed
    local row = w:json "sql \"SELECT rows, left_out FROM import WHERE kind = 'removed-schools'\""
    assert.same({ { rows = 4, left_out = 3 } }, row)
  end)

  it("is not one that the settings name", function()
    assert.equal("waymark: waymark.lua names the school 881/2345; take it out there first\n",
      w:expect(1, "import removed-schools ours.csv").err)
    assert.equal("881/2345 881/7777 881/9999", schools())
  end)
end)

describe("the workspace file", function()
  it("keeps the settings when they differ", function()
    assert.is_nil(given.store:last_settings())
    assert.is_true(given.store:settings("a", 1))
    assert.is_false(given.store:settings("a", 2))
    assert.is_true(given.store:settings("b\0", 3))
    local text, at = given.store:last_settings()
    assert.are.equal("b\0", text)
    assert.are.equal(3, at)
  end)

  it("keeps codes for ever, the same one only once", function()
    local before = given.store:codes()
    assert.are.equal(#codes, #before)
    assert(given.store:add_codes(codes))
    assert.are.same(before, given.store:codes())
    local _, message = given.store:add_codes { { text = "I", class = "present", meaning = "" } }
    assert.is_truthy(message:find('"I" is there twice', 1, true))
    assert(given.store:begin())
    assert(given.store:add_codes { { text = "ZZ", class = "present", meaning = "new" } })
    assert(given.store:rollback())
    assert.are.same(before, given.store:codes())
  end)

  it("is not written by a reader", function()
    given.store:close()
    given.store = assert(core.store.open(given.dir .. "/waymark.db", "read"))
    local _, message = import("marks", MARKS)
    assert.is_truthy(message:find("reading only", 1, true))
    assert.is_true(given.store:add_codes(codes))
  end)
end)
