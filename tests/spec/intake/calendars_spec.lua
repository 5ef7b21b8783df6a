-- Calendars that others publish: iCalendar files of terms and holidays, and GOV.UK's bank holidays; what each event is
-- taken for, and what is left out.

local calendars = require "waymark.intake.calendars"
local workspace = require "tests.support.workspace"

-- Events as the core gives them: { summary, first, last }.
local function judged(list)
  local events = {}
  for i, each in ipairs(list) do
    events[i] = { summary = each[1], first = each[2], last = each[3] or each[2], starts = "", ends = "",
      repeats = each.repeats or "", status = each.status or "", line = i }
  end
  return calendars.judge(events)
end

-- "open" of what is open from when to when, in weeks that join: "2025-09-02..2025-12-19".
local function days_of(result)
  local open, closed = {}, {}
  for _, day in ipairs(result.days) do table.insert(day.open and open or closed, day.date) end
  return open, closed
end

local function why(...) return (judged { { ... } }.left[1] or {}).why end

describe("an event", function()
  it("is of days that are open or closed, by its words", function()
    local open, closed = days_of(judged { { "Autumn Term 2025", "2025-09-01", "2025-10-03" },
      { "INSET Day", "2025-09-01" }, { "Half-term", "2025-09-22", "2025-09-28" }, { "Sports day", "2025-09-10" },
      { "School closed for polling", "2025-09-11" }, { "School holiday club", "2025-09-12" } })
    assert.same({ "2025-09-01", "2025-09-11", "2025-09-22", "2025-09-23", "2025-09-24", "2025-09-25", "2025-09-26" },
      closed)
    assert.equal(18, #open)
    assert.same({ "2025-09-02", "2025-10-03" }, { open[1], open[18] })
  end)

  it("may be a beginning or an end: of terms, of half terms", function()
    local result = judged { { "Term starts", "2025-09-02" }, { "Break up for half term", "2025-09-05" },
      { "Back to school", "2025-09-15" }, { "Last day of term", "2025-09-19" },
      { "Half term begins", "2025-09-08" }, { "Half term ends", "2025-09-12" } }
    local open, closed = days_of(result)
    assert.same({ 9, 5, 0 }, { #open, #closed, #result.left })
    assert.same({ "Tue 2 Sep 2025: Term starts: the first day that school is open",
      "Fri 5 Sep 2025: Break up for half term: the last day that school is open",
      "Mon 8 Sep 2025: Half term begins: the first day that school is closed",
      "Fri 12 Sep 2025: Half term ends: the last day that school is closed",
      "Mon 15 Sep 2025: Back to school: the first day that school is open",
      "Fri 19 Sep 2025: Last day of term: the last day that school is open" }, calendars.preview(result))
  end)

  it("is left out with the reason where its words do not decide", function()
    assert.equal("it is of a part of a day; give that day in a CSV file, with am and pm",
      why("School closes at 1.30pm", "2025-12-19"))
    assert.equal("it is for some of the pupils; give the days of the whole school in a CSV file",
      why("Term starts for Year 7", "2025-09-02"))
    assert.equal("a term of 1 day; say whether it begins or ends there", why("Summer term", "2026-04-13"))
    assert.equal("54 days are too many for a holiday; say whether school is open or closed",
      why("Half term", "2025-09-01", "2025-10-24"))
    assert.equal("its words do not say whether school is open or closed",
      why("Holiday after the summer term", "2026-07-21", "2026-08-31"))
    assert.equal("nothing says when that ends", why("Term starts", "2025-09-02"))
    assert.equal("it is cancelled", (judged { { "INSET", "2025-09-01", status = "cancelled" } }).left[1].why)
    assert.truthy((judged { { "INSET", "2025-09-01", repeats = "yes" } }).left[1].why:find "again and again")
    assert.is_nil(why("Parents' evening", "2025-11-03"))
    assert.is_nil(why("Open evening for Year 6", "2025-11-03"))
  end)
end)

describe("import calendar", function()
  local w

  setup(function() w = workspace.new {} end)
  teardown(function() w:remove() end)

  local function ics(events)
    local lines = { "BEGIN:VCALENDAR", "VERSION:2.0" }
    for _, event in ipairs(events) do
      lines[#lines + 1] = ("BEGIN:VEVENT\r\n%s\r\nSUMMARY:%s\r\nEND:VEVENT"):format(event[2], event[1])
    end
    return table.concat(lines, "\r\n") .. "\r\nEND:VCALENDAR\r\n"
  end

  it("takes an iCalendar file, says what each event was taken for, and leaves out what it cannot tell", function()
    w:file("terms.ics", ics { { "INSET day", "DTSTART;VALUE=DATE:20260602" },
      { "Summer term", "DTSTART;VALUE=DATE:20260601\r\nDTEND;VALUE=DATE:20260722" },
      { "School closed\\, polling", "DTSTART:20260610T230000Z\r\nDTEND:20260611T230000Z" },
      { "Early finish", "DTSTART;TZID=Europe/London:20260721T133000\r\nDURATION:PT1H" },
      { "Sports day", "DTSTART;VALUE=DATE:20260703" } })
    local r = w:run "import calendar terms.ics"
    assert.equal(3, r.status, r.err)
    assert.truthy(r.out:find("terms.ics, UTF-8", 1, true), r.out)
    assert.truthy(r.out:find("Mon 1 Jun 2026 to Tue 21 Jul 2026: Summer term: open, Mondays to Fridays\n", 1, true))
    assert.truthy(r.out:find("Tue 2 Jun 2026: INSET day: closed\n", 1, true), r.out)
    assert.truthy(r.out:find("Thu 11 Jun 2026: School closed, polling: closed\n", 1, true), r.out)
    assert.truthy(r.out:find("1 event is about something else", 1, true), r.out)
    assert.truthy(r.out:find("Tue 21 Jul 2026: Early finish: it is of a part of a day", 1, true), r.out)
    local days = w:ok "calendar show --format csv"
    assert.truthy(days:find("2026-06-02,0,0", 1, true) and days:find("2026-06-11,0,0", 1, true))
    assert.truthy(days:find("2026-07-21,1,1", 1, true))
    local again = w:json "import calendar terms.ics --format json"
    assert.same({ 0, 0, 37 }, { again.added, again.changed, again.unchanged })
    r = w:run "import calendar terms.ics --strict"
    assert.equal(1, r.status)
    assert.truthy(r.err:find("1 event could not be", 1, true), r.err)
  end)

  it("takes GOV.UK's bank holidays, of the years that have a calendar", function()
    w:file("bank-holidays.json", [[{"england-and-wales":{"division":"england-and-wales","events":[
      {"title":"New Year’s Day","date":"2019-01-01","notes":"","bunting":true},
      {"title":"Good Friday","date":"2026-04-03","notes":"","bunting":false},
      {"title":"Spring bank holiday","date":"2026-05-25","notes":"","bunting":true}]},
      "scotland":{"division":"scotland","events":[{"title":"St Andrew’s Day","date":"2025-12-01"},
      {"title":"2nd January","date":"2026-01-02"},{"title":"Good Friday","date":"2026-04-03"},
      {"title":"Summer bank holiday","date":"2026-08-03"}]}}]])
    local report = w:json "import calendar bank-holidays.json --format json"
    assert.same({ 2, 0, 1 }, { report.rows, report.left_out, report.other_events })
    assert.same({ "Fri 3 Apr 2026: Good Friday, bank holiday: closed",
      "Mon 25 May 2026: Spring bank holiday, bank holiday: closed" }, report.events)
  end)

  it("of an inbox is known as one", function()
    local inbox = require "waymark.intake.inbox"
    assert.equal("calendar", (inbox.kind(w.top .. "/terms.ics", "terms.ics")))
    assert.equal("calendar", (inbox.kind(w.top .. "/bank-holidays.json", "bank-holidays.json")))
  end)
end)
