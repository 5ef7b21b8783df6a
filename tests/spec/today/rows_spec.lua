-- What stands on each row of the list beside why the child is on it: the need, whom to ring, what was tried,
-- that a number is wrong, and brothers and sisters.

local workspace = require "tests.support.workspace"

local PUPILS = [[
upn,surname,forename,dob,year,form,admission_number
ADA,Byron,Ada,2016-05-05,4,4A,101
BEN,Byron,Ben,2017-06-06,3,3B,102
CAL,Moss,Cal,2015-06-06,5,5A,103
DEE,Okafor,Dee,2015-07-06,5,5A,104
EVE,Reed,Eve,2015-01-01,5,5B,105
]]

local HEAD = "upn,title,forename,surname,relationship,priority,parental_responsibility,no_contact,"
  .. "confidential_address,phone,email,address\n"

-- Ada and Ben have one mother; Ada's grandmother is asked first and nobody knows that she is a parent, and with her
-- father there is no contact. Dee's mother has a confidential address; Cal has both parents.
local CONTACTS = HEAD .. [[
ADA,Mrs,Nan,Hill,grandmother,1,,0,0,01632 960001,,
ADA,Mr,Joe,Byron,father,2,1,1,0,01632 960002,,
ADA,Mrs,Anne,Byron,mother,3,1,0,0,01632 960003,,1 Elm Road
BEN,Mrs,Anne,Byron,mother,1,1,0,0,(01632) 960003,,1 Elm Road
CAL,Ms,Mary,Moss,mother,1,1,0,0,01632 960005,,
CAL,Mr,Max,Moss,father,2,1,0,0,01632 960006,,
DEE,Mrs,Ngozi,Okafor,mother,1,1,0,1,01632 960007,,9 Hidden Lane
EVE,Ms,Rosa,Reed,aunt,1,0,0,0,01632 960008,,
]]

local w

teardown(function() if w then w:remove() end end)

local function at(time, command) return ("--now 2025-10-%s %s"):format(time, command) end

local function by_upn(list)
  local rows = {}
  for _, row in ipairs(list) do rows[row.upn] = rows[row.upn] or row end
  return rows
end

local function rows_at(time) return by_upn(w:json(at(time, "today"))) end

-- A terminal's lines of one row, joined.
local function row_of(out, name)
  local lines = out:match("%d  " .. name .. ".-\n(.-)\n +%d") or out:match("%d  " .. name .. ".-\n(.-)\n\n")
  return (lines:gsub("%s+", " "))
end

describe("a row of the list", function()
  -- All were away on the Friday, and nobody knows why; Ben was away more often than Ada, and Cal than both.
  setup(function()
    w = workspace.new { files = { ["pupils.csv"] = PUPILS, ["contacts.csv"] = CONTACTS } }
    w:ok(at("10T08:00", "import pupils pupils.csv"))
    w:ok(at("10T08:00", "import contacts contacts.csv"))
    local function days(...)
      local list = { ["2025-10-10"] = "N N" }
      for _, day in ipairs { ... } do list[day] = "O O" end
      return workspace.with("2025-09-02", "2025-10-10", list)
    end
    w:file("marks.csv", workspace.registers { ADA = days(), BEN = days("2025-09-09", "2025-09-10", "2025-09-11"),
      CAL = days("2025-09-09", "2025-09-10"), DEE = days(), EVE = days() })
    w:ok(at("10T16:00", "import marks marks.csv"))
    w:ok(at("10T17:00", "suggest --first 0"))
  end)

  it("has need and the number of the first parent who may be rung, and nobody else's, everywhere", function()
    local rows = rows_at "10T18:00"
    assert.same({ name = "Mrs Anne Byron", relationship = "mother", phone = "01632 960003" }, rows.ADA.ring)
    assert.same({ 15, "attendance 96 %, 2 half days unauthorised or not explained yet, nothing tried this school "
      .. "year" }, { rows.ADA.need - 1, rows.ADA.need_for })
    w:ok(at("10T18:00", "today -o " .. w.top .. "/list.csv"))
    w:ok(at("10T18:00", "today -o " .. w.top .. "/list.html"))
    local csv, html = workspace.read(w.top .. "/list.csv"), workspace.read(w.top .. "/list.html")
    local shown = w:ok(at("10T18:00", "today"))
    assert.truthy(csv:find('"Ring Mrs Anne Byron (mother), 01632 960003"', 1, true), csv)
    assert.truthy(html:find("Ring Mrs Anne Byron (mother) <b>01632 960003</b>", 1, true), html)
    assert.truthy(row_of(shown, "Ada Byron"):find("attendance 96 %, 2 half days unauthorised or not explained yet, "
      .. "nothing tried this school year Of the family too: 1 Ben Byron; one call does for both Ring Mrs Anne Byron "
      .. "(mother), 01632 960003", 1, true), shown)
    local json = w:ok(at("10T18:00", "today --format json"))
    for name, text in pairs { csv = csv, html = html, shown = shown, json = json } do
      for _, never in ipairs { "960001", "960002", "960007", "960008", "Nan Hill", "Joe Byron", "Hidden" } do
        assert.is_nil(text:find(never, 1, true), name .. ": " .. never)
      end
      assert.truthy(text:find("Ngozi Okafor", 1, true), name)
    end
    assert.truthy(row_of(shown, "Dee Okafor"):find("Ring Mrs Ngozi Okafor (mother); the number is confidential", 1,
      true), shown)
    assert.truthy(row_of(shown, "Eve Reed"):find("No number of a parent who may be rung is known", 1, true), shown)
  end)

  it("stands beside those of brothers and sisters, by the need of the one who needs most", function()
    local list = w:json(at("10T18:00", "today"))
    assert.same({ "BEN", "ADA", "CAL" }, { list[1].upn, list[2].upn, list[3].upn })
    assert.is_true(list[3].need > list[2].need and list[1].need > list[3].need)
    assert.same({ { 2 }, { 1 } }, { list[1].siblings, list[2].siblings })
    assert.is_nil(list[3].siblings)
    w:ok(at("10T18:10", "hold BEN --until 2025-10-10 --ask 'Jo Marsh'"))
    local shown = row_of(w:ok(at("10T18:20", "today")), "Ada Byron")
    assert.truthy(shown:find("Of the family too: 1 Ben Byron (on hold) Ring", 1, true), shown)
  end)

  it("says what was tried and when, and that a number is wrong until another of that contact comes in", function()
    w:ok(at("10T18:30", "record CAL absence-callback --outcome no-answer"))
    w:ok(at("13T09:00", "record CAL absence-callback --outcome wrong-number"))
    local row = rows_at("13T10:00").CAL
    assert.same({ "2025-10-13 wrong-number", "2025-10-10 no-answer" }, { row.tried[1].on .. " " .. row.tried[1].outcome,
      row.tried[2].on .. " " .. row.tried[2].outcome })
    assert.truthy(row.need_for:find(", nobody reached this school year", 1, true))
    assert.same({ { { name = "Ms Mary Moss", relationship = "mother", since = "2025-10-13" } }, "01632 960006" },
      { row.wrong_numbers, row.ring.phone })
    local shown = w:ok(at("13T10:00", "today"))
    assert.truthy(row_of(shown, "Cal Moss"):find("Tried: Absence call-back on Monday 13 October: wrong number; Absence "
      .. "call-back on Friday 10 October: no answer Wrong number: Ms Mary Moss (mother), since Monday 13 October. Ring "
      .. "Mr Max Moss (father), 01632 960006", 1, true), shown)
    assert.is_nil(shown:find("960005", 1, true))
    w:ok(at("13T10:30", "record CAL absence-callback --outcome wrong-number --with father"))
    row = rows_at("13T11:00").CAL
    assert.is_nil(row.ring)
    assert.equal(2, #row.wrong_numbers)
    assert.truthy(row_of(w:ok(at("13T11:00", "today")), "Cal Moss"):find("No other number of a parent is known", 1,
      true))
    assert.is_nil(w:ok("sql \"SELECT body FROM entry\" --format json"):find("960005", 1, true)) -- plugins read entries
    w:file("contacts.csv", (CONTACTS:gsub("960005", "960055"):gsub("01632 960006", "(01632) 960 006")))
    w:ok(at("14T08:00", "import contacts contacts.csv"))
    row = rows_at("14T09:00").CAL
    assert.same({ "01632 960055", 1 }, { row.ring.phone, #row.wrong_numbers }) -- the father's is the same number
  end)

  it("gives no number on which somebody marked no contact, or with a confidential address, is rung too", function()
    local function cal(mother, fathers, flags)
      w:file("contacts.csv", CONTACTS:gsub("CAL,[^\n]*\n", "")
        .. ("CAL,Ms,Mary,Moss,mother,1,1,0,0,%s,,\nCAL,Mr,Max,Moss,father,2,1,%s,%s,,\n"):format(mother, flags,
        fathers))
      w:ok(at("14T09:02", "import contacts contacts.csv"))
      return rows_at("14T09:03").CAL, w:ok(at("14T09:03", "today"))
    end
    for mother, fathers in pairs { ["01632 960077"] = "01632 960077", ["+44 (0)1632 960078"] = "(01632) 960078",
      ["1632960079"] = "0044 1632 960079", ["07700 900111 or 01632 960080"] = "01632-960080 (home)" } do
      local row, shown = cal(mother, fathers, "1,0")
      assert.is_nil(row.ring, mother)
      assert.truthy(row_of(shown, "Cal Moss"):find("The number of Ms Mary Moss (mother) is also that of somebody "
        .. "marked \"no contact\": ask for another. No other number of a parent is known: ask for one", 1, true), shown)
      row = cal(mother, fathers, "0,1")
      assert.same({ name = "Ms Mary Moss", relationship = "mother" }, row.ring)
    end
    assert.equal("01632 960077", cal("01632 960077", "01632 960078", "1,1").ring.phone)
    assert.equal("01632 960077 ext. 12", cal("01632 960077 ext. 12", "01632 960078 ext. 12", "1,1").ring.phone)
  end)

  it("has a number that is wrong under however it is written", function()
    local function max(phone)
      w:file("contacts.csv", (CONTACTS:gsub("960005", "960055"):gsub("01632 960006", phone)))
      w:ok(at("14T09:04", "import contacts contacts.csv"))
      return #rows_at("14T09:05").CAL.wrong_numbers
    end
    for _, phone in ipairs { "+44 (0)1632 960 006", "0044 1632 960006", "441632960006", "1632960006" } do
      assert.equal(1, max(phone), phone)
    end
    max "01632 960006"
  end)

  it("says that one call does only where the same person is rung for all", function()
    w:file("contacts.csv", CONTACTS .. "BEN,Mr,Joe,Byron,father,0,1,0,0,01632 960002,,\n")
    w:ok(at("14T09:06", "import contacts contacts.csv"))
    local shown = w:ok(at("14T09:07", "today"))
    assert.truthy(row_of(shown, "Cal Moss"))
    assert.truthy(shown:find("Of the family too", 1, true))
    assert.is_nil(shown:find("one call does", 1, true), shown)
    w:file("contacts.csv", CONTACTS)
    w:ok(at("14T09:08", "import contacts contacts.csv"))
  end)

  it("says that a letter was sent, once where it went to both parents", function()
    w:ok(at("14T09:10", "letter CAL initial-concern-letter -o letters"))
    assert.equal("Absence call-back", rows_at("14T09:20").CAL.tried[1].title)
    w:ok(at("14T09:30", "attach CAL --as sent"))
    local tried = rows_at("14T09:40").CAL.tried
    assert.same({ { on = "2025-10-14", title = "How can we help?", outcome = "sent" }, "Absence call-back" },
      { tried[1], tried[2].title })
  end)

  it("offers the next number after a list that came back with a wrong one", function()
    w:ok(at("14T09:00", "today -o " .. w.top .. "/back.csv"))
    local text = workspace.read(w.top .. "/back.csv")
    text = text:gsub("(\n%d+,Ben Byron[^\n]-),,,,,,,,(list)", "%1,14 Oct,,wrong number,,,,,%2")
    w:file("filled.csv", text)
    w:ok(at("14T10:00", "import actions filled.csv"))
    local rows = rows_at("14T11:00")
    assert.equal("wrong-number", rows.BEN.tried[1].outcome)
    assert.same({ nil, "Mrs Anne Byron" }, { rows.BEN.ring, rows.BEN.wrong_numbers[1].name })
    assert.same({ nil, "Mrs Anne Byron" }, { rows.ADA.ring, rows.ADA.wrong_numbers[1].name }) -- Ben's sister
  end)
end)

describe("a row of one school's part of the list", function()
  it("names nobody of the family at another school", function()
    w:remove()
    w = workspace.new { settings = [[
school { name = "Alder", laestab = "881/2001", phase = "primary" }
school { name = "Beech", laestab = "881/4002", phase = "secondary" }
year "2025-26" { term { "2025-09-01", "2025-12-19" } }
use "essex"
]] }
    w:file("inbox/pupils.csv", "school,upn,surname,forename,dob,year,form\n881/2001,ADA,Byron,Ada,2016-05-05,4,4A\n"
      .. "881/2001,BEN,Byron,Ben,2017-06-06,3,3B\n881/4002,CAL,Byron,Cal,2012-06-06,8,8A\n")
    w:file("inbox/contacts.csv", "school,upn,forename,surname,relationship,phone\n"
      .. "881/2001,ADA,Anne,Byron,mother,01632 960003\n881/2001,BEN,Anne,Byron,mother,01632 960003\n"
      .. "881/4002,CAL,Anne,Byron,mother,01632 960003\n")
    local marks = { "school,upn,date,session,code\n" }
    for _, who in ipairs { "881/2001,ADA", "881/2001,BEN", "881/4002,CAL" } do
      for _, half in ipairs { "AM", "PM" } do marks[#marks + 1] = ("%s,2025-10-10,%s,N\n"):format(who, half) end
    end
    w:file("inbox/marks.csv", table.concat(marks))
    w:ok(at("10T17:00", "update inbox -o lists"))
    assert.truthy(w:ok(at("10T18:00", "today")):find("2 Ben Byron, 3 Cal Byron; one call does for all", 1, true))
    for _, ending in ipairs { "csv", "html" } do
      local alder = workspace.read(w.top .. "/lists/list-881-2001-2025-10-10." .. ending)
      local beech = workspace.read(w.top .. "/lists/list-881-4002-2025-10-10." .. ending)
      assert.truthy(alder:find("Of the family too: 2 Ben Byron; one call does for both", 1, true), alder)
      assert.is_nil(alder:find("Cal Byron", 1, true) or beech:find("Of the family", 1, true), beech)
    end
  end)
end)
