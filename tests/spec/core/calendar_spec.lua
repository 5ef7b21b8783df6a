-- Calendars: school weeks, adding school days and school weeks, the year as a person
-- would check it, and the settings that it is written in.

local core = require "waymark.core"
local settings = require "waymark.workspace.settings"
local workspace = require "tests.support.workspace"

-- The school days that a text of settings plans, as { date, am, pm }.
local function days_of(text) return settings.days(assert(settings.evaluate(text)).years) end

-- A calendar from lines such as "2025-09-08 am pm", each a day with what is open.
local function calendar_of(lines)
  local days = {}
  for date, open in lines:gmatch "(%d%d%d%d%-%d%d%-%d%d)([^\n]*)" do
    days[#days + 1] = { date, open:find "am" ~= nil, open:find "pm" ~= nil }
  end
  return assert(core.calendar(days))
end

-- The calendar of Essex in 2025-26: half terms from 27 October, 16 February and 25 May.
local essex = assert(core.calendar(days_of(workspace.essex)))

describe("a school week", function()
  it("is a week with school, and half terms and holidays use up none", function()
    for _, case in ipairs {
      { "2025-09-02", 1 }, { "2025-09-08", 2 }, { "2025-10-23", 8 }, { "2025-10-28", nil }, { "2025-11-04", 9 },
      { "2025-12-19", 15 }, { "2025-12-24", nil }, { "2025-12-31", nil }, { "2026-01-05", 16 },
      { "2026-02-18", nil }, { "2026-02-23", 22 }, { "2026-08-10", nil },
    } do
      assert.are.equal(case[2], essex:week_of(case[1]), case[1])
    end
  end)

  it("holds all seven days from Monday to Sunday, training days among them", function()
    for _, date in ipairs { "2025-11-03", "2025-11-04", "2025-11-08", "2025-11-09" } do
      assert.are.equal(9, essex:week_of(date), date)
    end
  end)

  it("goes on counting over the summer", function()
    local two_years = assert(core.calendar(days_of [[
      year "2024-25" { term { "2025-07-14", "2025-07-22" } }
      year "2025-26" { term { "2025-09-02", "2025-09-12" } }
    ]]))
    assert.are.same({ 1, 2, 3, 4 }, { two_years:week_of "2025-07-14", two_years:week_of "2025-07-22",
      two_years:week_of "2025-09-02", two_years:week_of "2025-09-08" })
    assert.is_nil(two_years:week_of "2025-08-11")
  end)

  it("is not one when it has training days only", function()
    local c = calendar_of "2025-09-05 am pm\n2025-09-08\n2025-09-09\n2025-09-10\n2025-09-15 am pm"
    assert.are.same({ 1, 2 }, { c:week_of "2025-09-05", c:week_of "2025-09-15" })
    assert.is_nil(c:week_of "2025-09-08")
  end)

  it("is one with a single session in it", function()
    local c = calendar_of "2025-09-05 am pm\n2025-09-10 pm\n2025-09-15 am pm"
    assert.are.same({ 1, 2, 3 }, { c:week_of "2025-09-01", c:week_of "2025-09-08", c:week_of "2025-09-21" })
  end)

  it("includes school on a Saturday, and a Saturday alone makes one", function()
    local c = calendar_of "2025-09-05 am pm\n2025-09-06 am\n2025-09-13 am\n2025-09-15 am"
    assert.are.same({ 1, 1, 2, 3 }, { c:week_of "2025-09-05", c:week_of "2025-09-06", c:week_of "2025-09-08",
      c:week_of "2025-09-15" })
  end)
end)

describe("a calendar", function()
  it("knows which half days are open", function()
    local c = calendar_of "2025-09-08 am pm\n2025-09-09 am\n2025-09-10 pm\n2025-09-11"
    local open = {}
    for _, date in ipairs { "2025-09-08", "2025-09-09", "2025-09-10", "2025-09-11", "2025-09-12" } do
      for _, half in ipairs { "AM", "PM" } do
        if c:is_open(date, half) then open[#open + 1] = date .. " " .. half end
      end
      assert.are.equal(date < "2025-09-11", c:is_open(date), date)
    end
    assert.are.same({ "2025-09-08 AM", "2025-09-08 PM", "2025-09-09 AM", "2025-09-10 PM" }, open)
    assert.are.equal("2025-09-08", c:first())
    assert.are.equal("2025-09-10", c:last())
  end)

  it("can be empty", function()
    local none = calendar_of ""
    assert.is_nil(none:first())
    assert.is_nil(none:week_of "2025-09-08")
    assert.are.equal(0, none:days_between("2025-09-01", "2026-07-31"))
    assert.is_nil((none:weeks_period("2025-09-08", 1)))
  end)

  it("has each day once, in order", function()
    for _, lines in ipairs { "2025-09-08 am\n2025-09-08 pm", "2025-09-09 am\n2025-09-08 am" } do
      local days = {}
      for date in lines:gmatch "[%d-]+" do days[#days + 1] = { date, true, true } end
      local made, message = core.calendar(days)
      assert.is_nil(made)
      assert.is_truthy(message:find("2025-09-08", 1, true))
    end
  end)

  it("counts school days, both ends included", function()
    for _, case in ipairs {
      { "2025-09-01", "2026-07-31", 190 }, { "2025-10-23", "2025-11-04", 2 }, { "2025-10-24", "2025-11-03", 0 },
      { "2025-09-08", "2025-09-08", 1 }, { "2025-09-09", "2025-09-08", 0 },
    } do
      assert.are.equal(case[3], essex:days_between(case[1], case[2]), case[1])
    end
  end)
end)

describe("the days of several years", function()
  it("come once each and in order, whichever year is written first", function()
    local early = 'year "2024-25" { term { "2025-06-30", "2025-07-04" } }\n'
    local late = 'year "2025-26" { term { "2025-09-01", "2025-09-05" } }\n'
    local in_order = days_of(early .. late)
    assert.are.equal(10, #in_order)
    for i = 2, #in_order do assert.is_true(in_order[i - 1][1] < in_order[i][1]) end
    assert.are.same(in_order, days_of(late .. early))
  end)

  it("of a year that is written again are those written last, in their places", function()
    local year = settings.evaluate 'year "2025-26" { term { "2025-09-01", "2025-09-03" } }'.years[1]
    local again = { days = { { "2025-09-02", 1, 0 } } }
    assert.are.same({ year.days[1], again.days[1], year.days[3] }, settings.days { year, again })
  end)
end)

describe("so many school days", function()
  it("after a day skip weekends, training days and holidays", function()
    for _, case in ipairs {
      { "2025-09-08", 1, "2025-09-09" },  -- within one school day
      { "2025-09-08", 5, "2025-09-15" },  -- an N is to be resolved within five school days
      { "2025-09-12", 1, "2025-09-15" },  -- from a Friday
      { "2025-09-13", 1, "2025-09-15" },  -- from a Saturday
      { "2025-10-22", 2, "2025-11-04" },  -- over half term, with a training day on either side
      { "2025-12-19", 3, "2026-01-07" },
    } do
      assert.are.equal(case[3], essex:days_after(case[1], case[2]), case[1])
    end
  end)

  it("from a day on count that day, or the next school day", function()
    for _, case in ipairs {
      { "2025-09-08", 1, "2025-09-08" }, { "2025-09-08", 5, "2025-09-12" }, { "2025-09-13", 1, "2025-09-15" },
      { "2025-10-23", 2, "2025-11-04" }, { "2025-11-24", 30, "2026-01-16" },
    } do
      assert.are.equal(case[3], essex:days_period(case[1], case[2]), case[1])
    end
  end)

  it("that go beyond the calendar are refused, and the message says what to add", function()
    for _, ask in ipairs { "days_after", "days_period", "weeks_period" } do
      local last, message = essex[ask](essex, "2026-07-16", 3)
      assert.is_nil(last)
      assert.is_truthy(message:find "calendar ends before", message)
      assert.is_truthy(message:find "add the next school year", message)
    end
    assert.are.equal("2026-07-17", essex:days_after("2026-07-16", 1))
    assert.is_nil((essex:days_after("2026-07-17", 1)))
  end)
end)

describe("so many school weeks", function()
  it("E5: six from Monday 24 November 2025 end on Friday 16 January 2026", function()
    assert.are.equal("2026-01-16", essex:weeks_period("2025-11-24", 6))
  end)

  it("from the start of a week are that week and the next ones with school", function()
    for _, case in ipairs {
      { "2025-09-08", 1, "2025-09-12" }, { "2025-10-20", 1, "2025-10-23" }, { "2025-10-20", 2, "2025-11-07" },
      { "2026-02-09", 2, "2026-02-27" }, { "2026-06-29", 3, "2026-07-17" },
    } do
      assert.are.equal(case[3], essex:weeks_period(case[1], case[2]), case[1])
    end
  end)

  it("begin with the week when only training days and weekends lie before", function()
    for _, case in ipairs {
      { "2025-11-03", 6, "2025-12-12" },  -- a training day
      { "2025-11-04", 6, "2025-12-12" },  -- the first school day of that week
      { "2025-10-28", 6, "2025-12-12" },  -- in half term
      { "2025-11-22", 6, "2026-01-16" },  -- a Saturday
      { "2025-12-25", 1, "2026-01-09" },  -- at Christmas
    } do
      assert.are.equal(case[3], essex:weeks_period(case[1], case[2]), case[1])
    end
  end)

  it("from the middle of a week go day for day, with holidays skipped", function()
    for _, case in ipairs {
      { "2025-09-10", 1, "2025-09-16" },  -- Wednesday to Tuesday
      { "2025-11-26", 6, "2026-01-20" },
      { "2025-12-17", 2, "2026-01-13" },
      { "2025-09-12", 1, "2025-09-18" },  -- Friday to Thursday
      { "2025-10-22", 1, "2025-11-04" },  -- over half term
    } do
      assert.are.equal(case[3], essex:weeks_period(case[1], case[2]), case[1])
    end
  end)

  it("that end with the calendar are known, one more is not", function()
    assert.are.equal("2026-07-17", essex:weeks_period("2026-07-13", 1))
    assert.is_nil((essex:weeks_period("2026-07-13", 2)))
    assert.is_nil((essex:weeks_period("2026-07-15", 1)))
    assert.is_nil((essex:weeks_period("2026-07-20", 1)))
  end)
end)

-- The command ----------------------------------------------------------------------

local function with_workspace(what)
  local w = workspace.new(what)
  finally(function() w:remove() end)
  return w
end

local AUTUMN_ONLY = [[
school { name = "Oakfield", laestab = "881/2345" }
year "2025-26" { term { "2025-09-01", "2025-12-19", half_term = { "2025-10-27", "2025-10-31" } } }
use "england"
use "essex"
]]

describe("waymark calendar show", function()
  it("prints the year with its number of days, and has nothing to remark on 190", function()
    local out = with_workspace({}):ok "calendar show"
    assert.is_truthy(out:find "Oakfield Primary School, 2025%-26")
    assert.is_truthy(out:find "190 school days, 380 sessions")
    assert.is_truthy(out:find("Fri 24 Oct 2025", 1, true))
    assert.is_truthy(out:find "2025%-10%-27[^\n]*no school\n")
    assert.is_nil(out:find "Please check")
  end)

  it("asks to check a year that has not about 190 days", function()
    local out = with_workspace({ settings = AUTUMN_ONLY }):ok "calendar show"
    assert.is_truthy(out:find "Please check: [^\n]*190[^\n]*75", out)
  end)

  it("asks to check a day too many, and names the bank holidays that are open; so does check", function()
    local forgotten = workspace.essex:gsub("\n  closed { .- },", "")
    local w = with_workspace({ settings = forgotten })
    local out = w:ok "calendar show"
    assert.is_truthy(out:find("Please check: a school year usually has about 190 days, this one has 191.", 1, true))
    assert.is_truthy(out:find("Please check: 1 bank holiday is open in it: Mon 4 May 2026.", 1, true), out)
    w:ok "suggest"
    local checked = w:expect(0, "check")
    assert.is_truthy(checked.out:find("as it was recorded", 1, true))
    local where = "waymark: the calendar of Oakfield Primary School, 2025-26: "
    assert.are.equal(where .. "a school year usually has about 190 days, this one has 191; see: waymark calendar show\n"
      .. where .. "1 bank holiday is open in it: Mon 4 May 2026; see: waymark calendar show\n", checked.err)
    assert.are.equal("", with_workspace({}):expect(0, "check").err)
  end)

  it("gives every day to other programs, closed ones too", function()
    local w = with_workspace {}
    local rows, columns = w:csv "calendar show"
    assert.are.same({ "school", "date", "am", "pm" }, columns)
    local open = 0
    for _, row in ipairs(rows) do open = open + row.am + row.pm end
    assert.are.equal(380, open)
    assert.are.same({ school = "881/2345", date = "2025-09-01", am = "0", pm = "0" }, rows[1])
    local same = w:json "calendar show"
    assert.are.equal(#rows, #same)
    assert.are.same({ school = "881/2345", date = "2025-09-02", am = 1, pm = 1 }, same[2])
  end)

  it("shows the year that was asked for", function()
    local w = with_workspace { settings = AUTUMN_ONLY .. 'year "2024-25" { term { "2025-06-02", "2025-07-22" } }' }
    local both, one = w:ok "calendar show", w:ok "calendar show --year 2024-25"
    assert.is_truthy(both:find "2024%-25" and both:find "2025%-26")
    assert.is_truthy(one:find "2024%-25")
    assert.is_nil(one:find "2025%-26")
    local got = w:expect(1, "calendar show --year 2026-27")
    assert.is_truthy(got.err:find "no calendar for 2026%-27")
  end)

  it("lays imported days over those of the settings, day by day", function()
    local w = with_workspace { settings = AUTUMN_ONLY,
      files = { ["calendar.csv"] = "date,am,pm\n2025-09-10,0,0\n2025-09-11,1,0\n2025-09-13,1,0\n" } }
    assert.is_truthy(w:ok "calendar show":find "75 school days")
    w:ok "--now 2025-09-01T08:00Z import calendar calendar.csv"
    local day = {}
    for _, row in ipairs(w:csv "calendar show") do day[row.date] = row.am .. row.pm end
    assert.are.same({ "11", "00", "10", "11", "10" },
      { day["2025-09-09"], day["2025-09-10"], day["2025-09-11"], day["2025-09-12"], day["2025-09-13"] })
    local out = w:ok "calendar show"
    assert.is_truthy(out:find "75 school days, 148 sessions")
    assert.is_truthy(out:find "2025%-09%-08  █ █ × ▀ █ ▀", out)
  end)

  it("keeps schools apart", function()
    local w = with_workspace { settings = 'use "england"\nuse "essex"\n', files = {
      ["schools.csv"] = "school,name\nA1,Alder School\nB2,Beech School\n",
      ["calendar.csv"] = "school,date,am,pm\nA1,2025-09-08,1,1\nB2,2025-09-09,1,0\nA1,2025-09-10,0,1\n" } }
    w:ok "--now 2025-09-01T08:00Z import schools schools.csv"
    w:ok "--now 2025-09-01T08:00Z import calendar calendar.csv"
    assert.are.equal("school,date,am,pm\nA1,2025-09-08,1,1\nA1,2025-09-10,0,1\nB2,2025-09-09,1,0\n",
      w:ok "calendar show --format csv")
    assert.are.equal("school,date,am,pm\nB2,2025-09-09,1,0\n",
      w:ok "calendar show --school 'beech school' --format csv")
    assert.are.equal(3, #w:json "calendar show")
    assert.is_truthy(w:expect(1, "calendar show --school C3").err:find 'no school "C3"')
  end)

  it("names a school that has no calendar, and says what to do", function()
    local w = with_workspace { settings = 'school { name = "Oakfield" }\nuse "england"\nuse "essex"\n' }
    local got = w:expect(1, "calendar show")
    assert.is_truthy(got.err:find "^waymark: Oakfield has no calendar; [^\n]*import a calendar[^\n]*\n$", got.err)
  end)

  it("says what to do when there is no school yet", function()
    local w = with_workspace { settings = 'use "england"\nuse "essex"\n' }
    assert.is_truthy(w:expect(1, "calendar show").err:find "^waymark: there is no school yet; [^\n]+\n$")
  end)
end)

-- Settings -------------------------------------------------------------------------

describe("a mistake in the settings", function()
  -- { what, the second line of waymark.lua, what the message says }
  local mistakes = {
    { "an unknown word, with the nearest one",
      'scool { name = "Oakfield" }',
      'unknown word "scool"; did you mean "school"?' },
    { "a word of Lua that settings do not have",
      'os.remove "waymark.db"', 'unknown word "os"' },
    { "a name of one's own",
      "weeks = 6", '"weeks" cannot be set' },
    { "an unknown field of the school",
      'school { nme = "Oakfield" }', 'no field "nme"; did you mean "name"?' },
    { "a school without a name",
      "school {}", 'needs the field "name"' },
    { "a date that does not exist",
      'year "2025-26" { term { "2025-02-30", "2025-03-31" } }',
      '"2025-02-30" is not a date' },
    { "a date written the other way round",
      'year "2025-26" { inset { "01/09/2025" } }',
      '"01/09/2025" is not a date' },
    { "a term that ends before it begins",
      'year "2025-26" { term { "2025-12-19", "2025-09-01" } }',
      "2025-12-19 comes after 2025-09-01" },
    { "a half term that ends before it begins",
      'year "2025-26" { term { "2025-09-01", "2025-12-19", half_term = { "2025-10-31", "2025-10-27" } } }',
      "2025-10-31 comes after 2025-10-27" },
    { "a term of another year",
      'year "2026-27" { term { "2025-09-08", "2025-12-12" } }',
      'year "2026-27": term: 2025-09-08 is in the school year 2025-26; put it there' },
    { "a training day of another year",
      'year "2025-26" { term { "2025-09-01", "2025-12-19" }, inset { "2026-09-01" } }',
      'year "2025-26": inset: 2026-09-01 is in the school year 2026-27' },
    { "a closed day of another year",
      'year "2025-26" { term { "2025-09-01", "2025-12-19" }, closed { "2031-05-05" } }', "closed: 2031-05-05" },
    { "a year that is two",
      'year "2025-27" { }', 'year "2025-27" is not one school year; it would be "2025-26"' },
    { "a year that is there twice",
      'year "2025-26" { term { "2025-09-01", "2025-10-24" } } year "2025-26" { term { "2025-11-03", "2025-12-19" } }',
      'year "2025-26" is there twice' },
    { "a half term outside of its term",
      'year "2025-26" { term { "2025-09-01", "2025-12-19", half_term = { "2026-02-16", "2026-02-20" } } }',
      "half_term: 2026-02-16 to 2026-02-20 is not within the term from 2025-09-01 to 2025-12-19" },
    { "terms that overlap",
      'year "2025-26" { term { "2025-09-01", "2025-12-19" }, term { "2025-12-15", "2026-03-27" } }',
      "the term from 2025-12-15 to 2026-03-27 begins before that from 2025-09-01 to 2025-12-19 has ended" },
    { "a training day on a Saturday",
      'year "2025-26" { term { "2025-09-01", "2025-12-19" }, inset { "2025-09-06" } }',
      "inset: 2025-09-06 is a Saturday, and no pupil comes anyway" },
    { "a training day in half term",
      'year "2025-26" { term { "2025-09-01", "2025-12-19", half_term = { "2025-10-27", "2025-10-31" } }, '
        .. 'inset { "2025-10-27" } }', "inset: 2025-10-27 is in half term" },
    { "a training day on a closed day",
      'year "2025-26" { term { "2026-04-13", "2026-07-20" }, inset { "2026-05-04" }, closed { "2026-05-04" } }',
      "inset: 2026-05-04 is closed" },
    { "a training day in the holidays",
      'year "2025-26" { term { "2025-09-01", "2025-12-19" }, inset { "2025-12-22" } }',
      "inset: 2025-12-22 is in no term" },
    { "a misspelt half term",
      'year "2025-26" { term { "2025-09-01", "2025-12-19", halfterm = {} } }',
      'no field "halfterm"; did you mean "half_term"?' },
    { "a year with something else in it",
      'year "2025-26" { "2025-09-01" }', "item 1 should be term" },
    { "a plugin that is not a name",
      "use { }", "use takes the name of a plugin" },
    { "a loop without an end",
      "while true do end", "do not come to an end" },
    { "calls without an end",
      "local function f() return f() end f()", "do not come to an end" },
    { "a missing bracket",
      'school { name = "Oakfield"', "'}' expected" },
    { "a missing quotation mark",
      'school { name = "Oakfield }', "unfinished string" },
    { "a length that is none",
      'use "essex" { notice_period = school_weeks(0) }', "from 1 to 1000" },
  }

  local w

  setup(function() w = workspace.new {} end)
  teardown(function() w:remove() end)

  -- What a command says of these settings, in one line.
  local function told(command, text)
    workspace.write(w.dir .. "/waymark.lua", text)
    local got = w:expect(1, command)
    assert.are.equal("", got.out)
    assert.is_truthy(got.err:find "^waymark: [^\n]+\n$", got.err)
    return got.err
  end

  for _, case in ipairs(mistakes) do
    it(("is told with its place: %s"):format(case[1]), function()
      local message = told("calendar show", 'use "england"\n' .. case[2] .. "\n")
      assert.is_truthy(message:find "/waymark%.lua:[23]: ", message)
      assert.is_truthy(message:find(case[3], 1, true), message)
    end)
  end

  it("is told with its own line, not that of the block it is in", function()
    local message = told("calendar show", (workspace.essex:gsub('"2026%-02%-20"', '"2026-02-31"')))
    assert.is_truthy(message:find('waymark.lua:4: half_term: "2026-02-31" is not a date', 1, true), message)
  end)

  it("stops every command", function()
    for _, command in ipairs { "figures", "suggest", "check", "-e 'print(1)'", "sql 'SELECT 1'",
      "import pupils p.csv" } do
      assert.is_truthy(told(command, "scool {}"):find 'did you mean "school"', command)
    end
  end)

  -- Those that only a plugin can see.
  local options = {
    { "an unknown plugin, with the nearest",
      'use "esex"', 'no plugin "esex"; did you mean "essex"?' },
    { "an unknown option, with the nearest",
      'use "essex" { notice_perod = school_weeks(6) }',
      'no option "notice_perod"; did you mean "notice_period"?' },
    { "an option out of range",
      'use "essex" { callback_sessions = 0 }',
      '"callback_sessions" should be from 1 to 10' },
    { "an option of another type",
      'use "essex" { notice_period = 6 }', '"notice_period" should be a duration' },
    { "a list with a wrong item",
      'use "essex" { early_help_bands = { 90, "85" } }', "each item an integer" },
  }

  for _, case in ipairs(options) do
    it(("is told when the plugins are asked: %s"):format(case[1]), function()
      local message = told("figures", 'use "england"\n' .. case[2] .. "\n")
      assert.is_truthy(message:find(case[3], 1, true), message)
    end)
  end
end)
