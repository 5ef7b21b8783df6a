-- The list that people work from: one line a child, the greatest need first, no more
-- new lines a week than agreed, what runs, what is overdue; and the numbers on it.

local core = require "waymark.core"
local folder = require "tests.support.folder"
local queue = require "waymark.today.queue"
local sqlite = require "tests.support.sqlite"
local secondary = require "tests.support.secondary"
local workspace = require "tests.support.workspace"

local PUPILS = [[
upn,surname,forename,dob,year,form,admission_number,tutor
ADA,Byron,Ada,2016-05-05,4,4A,101,Ms Hill
BEN,Marsh,Ben,2016-06-06,4,4B,102,Mr Dale
CAL,Moss,Cal,2015-06-06,5,5A,1,Ms Hill
DEE,Okafor,Dee,2015-07-06,5,5A,104,Mr Dale
]]

local CONTACTS = [[
upn,forename,surname,relationship,parental_responsibility
ADA,Anne,Byron,mother,1
CAL,Mary,Moss,mother,1
]]

local w

after_each(function() if w then w:remove() end w = nil end)

local function import(day, marks)
  w:file("marks.csv", workspace.registers(marks))
  w:ok(("--now %sT16:00Z import marks marks.csv"):format(day))
end

local function start(day, marks, settings)
  w = workspace.new { settings = settings, files = { ["pupils.csv"] = PUPILS, ["contacts.csv"] = CONTACTS } }
  w:ok(("--now %sT08:00Z import pupils pupils.csv"):format(day))
  w:ok(("--now %sT08:00Z import contacts contacts.csv"):format(day))
  import(day, marks)
end

local function suggest(day) w:json(("--now %sT17:00Z suggest --as-of %s"):format(day, day)) end

local function today(day, options) return w:json(("--now %sT18:00Z today %s"):format(day, options or "")) end

local function section(list, name)
  local found = {}
  for _, row in ipairs(list) do
    if row.section == name then found[#found + 1] = row end
  end
  return found
end

local function present(day, changes) return workspace.with("2025-09-02", day, changes or {}) end

-- Days off: { ["2025-09-08"] = code … } for so many school days up to a day.
local function away(first, count, code)
  local days, day = {}, first
  while count > 0 do
    if core.date.weekday(day) <= 5 and not workspace.closed(day) then
      days[day], count = code .. " " .. code, count - 1
    end
    day = core.date.add(day, 1)
  end
  return days
end

describe("the list", function()
  it("has one line a child, with the earliest step, and names the further ones", function()
    start("2025-10-10", { ADA = present("2025-10-10", away("2025-10-03", 6, "O")), BEN = present "2025-10-10" })
    suggest "2025-10-10"
    local list = today "2025-10-10"
    assert.equal(1, #list)
    assert.equal("absence-callback", list[1].step)
    assert.equal("decisions", list[1].section)
    assert.same({ "Pupil check-in", "Initial concern conversation" }, { list[1].further[1], list[1].further[2] })
    assert.truthy(list[1].why:find("12 half days in a row, from Friday 3 October, morning", 1, true), list[1].why)
  end)

  it("puts calls first: those of whom nobody knows why they are away", function()
    start("2025-10-10", { ADA = present("2025-10-10", away("2025-10-03", 6, "O")),
      BEN = present("2025-10-10", { ["2025-10-10"] = "N N" }) })
    suggest "2025-10-10"
    local list = today "2025-10-10"
    assert.same({ "calls BEN absence-callback", "decisions ADA absence-callback" }, {
      ("%s %s %s"):format(list[1].section, list[1].upn, list[1].step),
      ("%s %s %s"):format(list[2].section, list[2].upn, list[2].step) })
    assert.same({}, section(list, "reasons"), "who is called is not named a second time")
  end)

  it("has a holiday among the calls while it is news, and among what is suggested after that", function()
    start("2025-10-10", { ADA = present("2025-10-10", away("2025-09-26", 5, "G")) })
    w:json "--now 2025-10-02T17:00Z suggest --as-of 2025-10-02"
    for day, name in pairs { ["2025-10-09"] = "calls", ["2025-10-10"] = "decisions" } do
      local row = section(today(day, "--as-of " .. day), name)[1] or {}
      assert.same({ "ADA", "absence-callback" }, { row.upn, row.step }, day)
    end
  end)

  it("says how far registers reach, and in the first weeks that there is too little to say", function()
    start("2025-09-12", { ADA = present "2025-09-12" })
    suggest "2025-09-12"
    local out = w:ok "--now 2025-09-12T18:00Z today"
    assert.truthy(out:find("Registers up to Friday 12 September 2025, afternoon.", 1, true), out)
    assert.truthy(out:find("2 school weeks old: too few half days to say", 1, true), out)
    assert.is_nil(w:ok("--now 2025-09-15T08:00Z today"):find("no register", 1, true))
    for day, words in pairs { ["2025-09-16"] = "1 school day since then has no register yet",
      ["2025-09-17"] = "2 school days since then have no register yet: who is back, and who is away, is not known" } do
      out = w:ok(("--now %sT08:00Z today"):format(day)):gsub("%s+", " ")
      assert.truthy(out:find(words, 1, true), out)
    end
    import("2025-10-03", { ADA = present "2025-10-03" })
    assert.is_nil(w:ok("--now 2025-10-03T18:00Z today"):find "too few")
  end)

  it("is only of a year, a form, or an owner", function()
    start("2025-10-10", { ADA = present("2025-10-10", { ["2025-10-10"] = "N N" }),
      BEN = present("2025-10-10", { ["2025-10-10"] = "N N" }),
      CAL = present("2025-10-10", { ["2025-10-10"] = "N N" }) })
    suggest "2025-10-10"
    assert.equal(3, #today "2025-10-10")
    assert.equal(2, #today("2025-10-10", "--year 4"))
    assert.equal("CAL", today("2025-10-10", "--form 5A")[1].upn)
    w:ok '--now 2025-10-10T18:00Z record BEN absence-callback --outcome no-answer --by "Łucja Żak"'
    local mine = today("2025-10-10", '--owner "łucja"')
    assert.same({ 1, "BEN" }, { #mine, mine[1].upn })
  end)

  it("leaves out what began before the school began with Waymark, until asked", function()
    start("2025-10-10", { ADA = present("2025-10-10", away("2025-09-15", 6, "O")),
      BEN = present("2025-10-10", { ["2025-10-10"] = "N N" }) },
      workspace.essex .. 'start "2025-10-06"\n')
    suggest "2025-10-10"
    local list = today "2025-10-10"
    assert.same({ 1, "BEN" }, { #list, list[1].upn })
    local all = today("2025-10-10", "--baseline")
    assert.equal(2, #all)
    assert.is_true(all[2].baseline)
  end)

  it("shows a hold with whom to ask, and is silent about why", function()
    start("2025-10-10", { ADA = present("2025-10-10", { ["2025-10-10"] = "N N" }) })
    suggest "2025-10-10"
    w:ok '--now 2025-10-10T18:00Z hold ADA --until 2025-10-24 --ask "Jo Marsh" --note "a private thing"'
    local list = today "2025-10-10"
    assert.same({ ["until"] = "2025-10-24", ask = "Jo Marsh" }, section(list, "calls")[1].hold)
    assert.equal(1, #section(list, "holds"))
    local out = w:ok "--now 2025-10-10T18:00Z today"
    assert.truthy(out:find("On hold until Friday 24 October: ask Jo Marsh first", 1, true), out)
    assert.is_nil(out:find "private")
    out = w:ok "--now 2025-10-24T18:00Z today"
    assert.truthy(out:find("On hold to the end of today: ask Jo Marsh first", 1, true), out)
    local ended = section(today "2025-10-31", "holds")
    assert.same({ 1, "The hold has ended", "2025-10-24" }, { #ended, ended[1].title, ended[1].since })
    assert.equal("The hold ended on Friday 24 October: letters and messages go out again; if that is not right, ask "
      .. "Jo Marsh", ended[1].why)
    assert.same({}, section(today "2025-11-03", "holds"))
  end)

  it("says that entries are of a day to come, as pupil and check do; a hold among them counts by its end", function()
    start("2025-10-10", { ADA = present("2025-10-10", { ["2025-10-10"] = "N N" }) })
    suggest "2025-10-10"
    w:ok '--now 2026-10-12T09:00Z hold ADA --until 2026-11-30 --ask "Jo Marsh"'
    w:ok "--now 2026-10-12T09:05Z record BEN absence-callback"
    local said = "2 entries are of a day to come (entry 2 of Monday 12 October 2026, Ada Byron; entry 3 of Monday 12 "
      .. "October 2026, Ben Marsh): is the clock right? What is wrong is struck out with waymark correct"
    local out = w:ok "--now 2025-10-13T09:00Z today"
    assert.truthy(out:find(said, 1, true), out)
    assert.truthy(out:find("On hold until Monday 30 November 2026: ask Jo Marsh first", 1, true), out)
    assert.truthy(w:run("--now 2025-10-13T09:00Z today --format json").err:find(said, 1, true))
    assert.truthy(w:run("--now 2025-10-13T09:00Z check").err:find(said, 1, true))
    assert.truthy(w:json("--now 2025-10-13T09:00Z pupil Ada").to_come:find("1 entry is of a day to come (entry 2 of", 1,
      true))
    assert.truthy(w:ok("--now 2025-10-13T09:00Z pupil Ben"):find "1 entry is of a day to come")
    assert.is_nil(w:json("--now 2026-10-12T10:00Z pupil Ben").to_come)
    w:ok '--now 2025-10-13T09:30Z hold ADA --until 2025-10-12 --ask "Jo Marsh"' -- ends it
    assert.is_nil(section(today "2025-10-13", "calls")[1].hold)
    w:ok '--now 2025-10-13T09:30Z correct BEN 3 --why "The clock was ahead."'
    assert.truthy(w:ok("--now 2025-10-13T10:00Z today"):find "1 entry is of a day to come")
  end)

  it("names half days without a reason, when they are due, and when they are overdue", function()
    start("2025-09-12", { ADA = present("2025-09-12", { ["2025-09-08"] = "N N" }) })
    local row = section(today "2025-09-12", "reasons")[1]
    assert.same({ "ADA", "2025-09-15", false }, { row.upn, row.due, row.overdue })
    import("2025-09-16", { ADA = { ["2025-09-15"] = "/ \\", ["2025-09-16"] = "/ \\" } })
    row = section(today "2025-09-16", "reasons")[1]
    assert.is_true(row.overdue)
    assert.truthy(row.why:find("it was due by Monday 15 September", 1, true), row.why)
  end)

  it("does not raise a worry again that people looked at and that has become smaller", function()
    start("2025-10-14", { ADA = present("2025-10-14", away("2025-09-22", 7, "I")) }) -- 31 days: 77.4 %
    suggest "2025-10-14"
    w:ok '--now 2025-10-14T18:00Z not-now ADA early-help --note "She was in hospital."'
    import("2025-10-23", { ADA = workspace.with("2025-10-15", "2025-10-23", {}) }) -- 38 days: 81.6 %
    local list = w:json "--now 2025-10-23T17:00Z suggest --as-of 2025-10-23"
    for _, each in ipairs(list) do assert.not_equal("early-help", each.step) end
    local rows = w:json "sql \"SELECT concern FROM suggestions WHERE step = 'early-help'\""
    assert.same({ { concern = "early-help 2025-26 at 80" } }, rows)
  end)

  it("names reviews that are due until the step is recorded again", function()
    start("2025-09-12", { ADA = present "2025-09-12" })
    w:ok "--now 2025-09-12T18:00Z record ADA early-help --outcome support-agreed --review-on 2025-09-26"
    assert.same({}, section(today "2025-09-25", "reviews"))
    local row = section(today "2025-09-26", "reviews")[1]
    assert.equal("Review: Early help and support", row.title)
    w:ok "--now 2025-09-26T18:00Z record ADA early-help --outcome working"
    assert.same({}, section(today "2025-09-26", "reviews"))
  end)

  it("counts down a Notice to Improve, and the unauthorised half days since it began", function()
    start("2025-11-28", { ADA = present("2025-11-28", { ["2025-11-25"] = "O \\", ["2025-11-20"] = "O O" }) })
    w:ok('--now 2025-11-20T18:00Z record ADA notice-to-improve --on 2025-11-20 --set parent=mother ' ..
      '--set period_from=2025-11-24 --set tolerated=1 --despite "agreed with the head"')
    local row = section(today "2025-11-28", "running")[1]
    assert.equal(1, row.count)
    assert.equal(26, row.days_left) -- 28 November; 1-5, 8-12, 15-19 December; 5-9, 12-16 January
    assert.truthy(row.why:find("to Friday 16 January", 1, true), row.why)
    row = section(today "2026-01-19", "ended")[1]
    assert.truthy(row.why:find("Ended on Friday 16 January", 1, true), row.why)
    w:ok "--now 2026-01-19T18:00Z record ADA notice-to-improve --outcome improved --despite ended"
    assert.same({}, section(today "2026-01-19", "ended"))
  end)

  it("says which decision stands on marks that were changed", function()
    local days = {}
    for _, tuesday in ipairs { "2025-09-09", "2025-09-16", "2025-09-23", "2025-09-30", "2025-10-07", "2025-10-14",
      "2025-10-21", "2025-11-04", "2025-11-11", "2025-11-18" } do days[tuesday] = "O \\" end
    start("2025-11-20", { CAL = workspace.with("2025-09-02", "2025-11-20", days) })
    w:ok "--now 2025-11-01T18:00Z record CAL early-help --on 2025-10-01 --outcome not-engaged"
    w:ok "--now 2025-11-20T18:00Z record CAL notice-to-improve --set parent=mother"
    assert.same({}, section(today "2025-11-20", "changed"))
    import("2025-11-25", { CAL = { ["2025-09-09"] = "M \\" } })
    suggest "2025-11-25"
    local row = section(today "2025-11-25", "changed")[1]
    assert.equal("notice-to-improve", row.step)
    assert.truthy(row.why:find("10 counted then, 9 count now", 1, true), row.why)
    w:ok "--now 2025-11-26T18:00Z record CAL notice-to-improve --outcome withdrawn --despite seen"
    assert.same({}, section(today "2025-11-26", "changed"))
  end)

  it("does not call support what was not taken up", function()
    start("2025-11-21", { ADA = workspace.with("2025-09-02", "2025-11-21", away("2025-09-08", 8, "I")) })
    w:ok "--now 2025-09-10T18:00Z record ADA early-help --set support=A_club"
    w:ok "--now 2025-10-01T18:00Z record ADA early-help --set support=A_club"
    assert.same({}, section(today "2025-11-21", "improved"), "it was only offered")
    w:ok "--now 2025-10-02T18:00Z record ADA early-help --outcome not-taken-up"
    assert.same({}, section(today "2025-11-21", "improved"))
    w:ok "--now 2025-10-03T18:00Z record ADA early-help --outcome support-agreed"
    local improved = section(today "2025-11-21", "improved")
    assert.truthy(improved[1].why:find("before early help and support, taken up, on Friday 3 October", 1, true))
    w:ok "--now 2025-10-17T18:00Z record ADA early-help --outcome not-taken-up"
    assert.same({}, section(today "2025-11-21", "improved"))
  end)

  it("asks without a colon behind the question", function()
    local words = require "waymark.today.words"
    local evidence = { { kind = "weekday", words = "away on 4 of 12 Mondays" } }
    assert.equal("Why? away on 4 of 12 Mondays", words.why("why?", evidence, "2025-11-21"))
    assert.equal("Away: away on 4 of 12 Mondays", words.why("away", evidence, "2025-11-21"))
  end)

  it("names who improved after support", function()
    start("2025-11-21", { ADA = workspace.with("2025-09-02", "2025-11-21", away("2025-09-08", 8, "I")),
      BEN = present "2025-11-21" })
    for _, upn in ipairs { "ADA", "BEN" } do
      w:ok(("--now 2025-10-02T18:00Z record %s early-help --outcome support-agreed"):format(upn))
    end
    local list = section(today "2025-11-21", "improved")
    assert.same({ 1, "ADA" }, { #list, list[1].upn })
    assert.truthy(list[1].why:find("Attendance 100 % in the last 4 school weeks", 1, true), list[1].why)
  end)
end)

describe("a number on the list", function()
  before_each(function()
    start("2025-10-10", { BEN = present("2025-10-10", { ["2025-10-10"] = "N N" }),
      DEE = present("2025-10-10", { ["2025-10-09"] = "N N", ["2025-10-10"] = "N N" }) })
    suggest "2025-10-10"
  end)

  -- Nobody has the admission number 1.
  local function import_others()
    w:file("others.csv", (PUPILS:gsub(",1,Ms Hill", ",103,Ms Hill")))
    w:ok "--now 2025-10-10T17:30Z import pupils others.csv"
  end

  it("means the child on the list that was given out: it is refused when a newer one gives it to another", function()
    import_others()
    today "2025-10-10" -- in a pipe: given out; 1 is Dee, 2 is Ben
    assert.equal(0, w:run("--now 2025-10-10T19:00Z today --form 4B", "LOGNAME=jmarsh").status) -- 1 is Ben
    local at = "--now 2025-10-10T19:10Z "
    local err = w:expect(1, at .. "record 1 absence-callback --outcome spoke").err
    assert.equal("waymark: 1 is Dee Okafor on the list of 2025-10-10 18:00 (given out), and Ben Marsh on the list of "
      .. "2025-10-10 19:00 (given out); say which by UPN or name\n", err)
    local out = w:ok(at .. "record 2 absence-callback --outcome no-answer")
    assert.truthy(out:find("Recorded for Ben Marsh (number 2 on the list of 2025-10-10 18:00): Absence call-back, no "
      .. "answer", 1, true), out)
    assert.truthy(w:run(at .. "explain 1 absence-callback", "LOGNAME=jmarsh").out:find "^Ben Marsh")
    today "2025-10-10" -- a newer one that was given out is the one that counts
    assert.truthy(w:ok(at .. "explain 1 absence-callback"):find "^Dee Okafor")
  end)

  it("on paper holds against what the same person was only shown since, for a week", function()
    import_others()
    today "2025-10-10"
    today("2025-10-10", "--form 4B")
    assert(sqlite.run(w.dir .. "/waymark.db", "UPDATE list SET given_out = 0 WHERE id = 2")) -- as on a terminal
    assert.truthy(w:expect(1, "--now 2025-10-16T09:00Z explain 1 absence-callback").err:find "say which by UPN")
    assert.truthy(w:ok("--now 2025-10-20T09:00Z explain 1 absence-callback"):find "^Ben Marsh")
  end)

  it("is of the list before when the file of a newer one could not be written", function()
    assert.same({ "DEE", "BEN" }, { today("2025-10-10")[1].upn, today("2025-10-10")[2].upn })
    w:expect(1, "--now 2025-10-10T18:00Z today --form 4B -o missing/list.csv")
    assert.is_truthy(w:ok("--now 2025-10-10T18:00Z record 2 absence-callback --outcome spoke --dry-run"):find "Ben")
    assert.equal(1, w:json('sql "SELECT count(*) AS n FROM list"')[1].n)
  end)

  it("names its pupil until the next list", function()
    assert.same({ "DEE", "BEN" }, { today("2025-10-10")[1].upn, today("2025-10-10")[2].upn })
    w:ok "--now 2025-10-10T18:00Z record 2 absence-callback --outcome spoke"
    assert.same({ { upn = "BEN" } }, w:json [[sql "SELECT p.upn FROM event v JOIN pupil p ON p.id = v.pupil
      WHERE v.kind = 'entry.recorded'"]])
    today("2025-10-10", "--form 4B")
    assert.truthy(w:expect(1, "explain 9 early-help").err:find "9 is on no list")
  end)

  it("that is somebody else's admission number is refused, with both", function()
    today "2025-10-10"
    local err = w:expect(1, "explain 1 absence-callback").err
    assert.truthy(err:find "Dee Okafor" and err:find "Cal Moss", err)
    assert.truthy(w:ok("explain 102 absence-callback"):find "Ben Marsh")
  end)

  it("is kept: the same list once, another list anew", function()
    local first = today("2025-10-10")[1].list
    assert.equal(first, today("2025-10-10")[1].list)
    assert.not_equal(first, today("2025-10-10", "--form 4B")[1].list)
  end)
end)

describe("the list as a file", function()
  before_each(function()
    w = workspace.new { files = { ["pupils.csv"] = PUPILS .. 'EVE,"<b>Reed</b>","=Eve",2015-01-01,5,"5""B",,\n',
      ["contacts.csv"] = "upn,surname,forename,relationship,phone,email,address\nEVE,Reed,Rosa,mother,01234 567890,"
        .. "rosa@example.org,1 Elm Road\n" } }
    w:ok "--now 2025-10-10T08:00Z import pupils pupils.csv"
    w:ok "--now 2025-10-10T08:00Z import contacts contacts.csv"
    import("2025-10-10", { EVE = present("2025-10-10", { ["2025-10-10"] = "N N" }) })
    suggest "2025-10-10"
  end)

  it("opens in a spreadsheet: a mark for UTF-8, no formulas, ref last and always filled", function()
    w:ok("--now 2025-10-10T18:00Z today -o " .. w.top .. "/list.csv")
    local text = workspace.read(w.top .. "/list.csv")
    assert.equal("\u{FEFF}number,pupil,form,what to do,what it is for,why,since,need,whom to ring,what was tried,"
      .. "of the family too,outcomes to choose from,done on,with whom,outcome,reason given,note,review on,audience,ref",
      text:match "^[^\n]*")
    assert.truthy(text:find("\n1,'=Eve <b>Reed</b>,\"5\"\"B\",Absence call-back,", 1, true), text)
    assert.truthy(text:find(",,,,,,,list%-1%-1%-absence%-callback%-%x+\n$"), text)
    assert.truthy(text:find("spoke / no answer / wrong number / message left / not now / bypass", 1, true))
  end)

  it("prints as a page: escaped, no script, of other adults who is to be rung, nothing technical", function()
    w:ok("--now 2025-10-10T18:00Z today -o " .. w.top .. "/list.html")
    local text = workspace.read(w.top .. "/list.html")
    assert.truthy(text:find("=Eve &lt;b&gt;Reed&lt;/b&gt;", 1, true), text)
    for _, never in ipairs { "<script", "https?:", "rosa@", "Elm Road", "EVE", "2025%-10", "N%-streak",
      "session" } do
      assert.is_nil(text:find(never), never)
    end
    assert.truthy(text:find("2 half days in a row, from Friday 10 October, morning", 1, true))
    assert.truthy(text:find("Ring Rosa Reed (mother) <b>01234 567890</b>", 1, true))
    assert.truthy(text:find("Illness", 1, true))
    assert.truthy(text:find("Content-Security-Policy\" content=\"default-src 'none'", 1, true))
  end)

  it("shows a tab as a space and nothing that cannot be seen", function()
    w:ok("--now 2025-10-10T18:00Z hold EVE --until 2025-12-12 --ask 'Jo\tMar\u{200B}sh\u{202E}'")
    w:ok("--now 2025-10-10T18:00Z today -o " .. w.top .. "/held.html")
    local text = workspace.read(w.top .. "/held.html")
    assert.truthy(text:find("ask Jo Marsh first", 1, true), text)
    assert.is_nil(text:find "\\[xu]")
  end)

  it("is readable by its owner alone", function()
    w:ok("--now 2025-10-10T18:00Z today -o " .. w.top .. "/list.csv")
    assert.equal("rw-------", require "lfs".attributes(w.top .. "/list.csv", "permissions"))
  end)

  it("is a .csv or a .html", function()
    assert.truthy(w:expect(1, "today -o list.xlsx").err:find ".csv or a .html")
  end)
end)

describe("new lines a week", function()
  local function row(enrolment, place, made_on, more)
    local each = { enrolment = enrolment, place = place, made_on = made_on, began = made_on, concern = "c" .. place }
    for name, value in pairs(more or {}) do each[name] = value end
    return each
  end

  local function admitted(rows, rules, day)
    local lines, waiting, new = queue.lines(rows, rules, day)
    local list = {}
    for _, each in ipairs(rows) do
      if lines[each] then list[#list + 1] = each.enrolment end
    end
    return list, #waiting, new
  end

  it("are the earliest steps; the others wait, and come in another week", function()
    local rows = { row(1, 5, "2025-10-10"), row(2, 3, "2025-10-10"), row(3, 4, "2025-10-10"), row(4, 3, "2025-10-17",
      { ended_on = "2025-10-17" }) }
    local list, waiting = admitted(rows, { most = 2 }, "2025-10-10")
    assert.same({ 2, 3 }, list)
    assert.equal(1, waiting)
    assert.same({ 1, 2, 3, 4 }, (admitted(rows, { most = 2 }, "2025-10-17")))
  end)

  it("come to who waits in a week in which suggest ran and found nothing new", function()
    local rows = { row(1, 5, "2025-10-10"), row(2, 3, "2025-10-10"), row(3, 4, "2025-10-10") }
    local rules = { most = 2 }
    assert.same({ 2, 3 }, (admitted(rows, rules, "2025-10-17"))) -- nobody looked
    rules.days = { "2025-10-10", "2025-10-17" }
    assert.same({ 2, 3 }, (admitted(rows, rules, "2025-10-10")))
    assert.same({ 1, 2, 3 }, (admitted(rows, rules, "2025-10-17")))
  end)

  it("are all, on a Monday too, where the road map sets no limit", function()
    local rows = {}
    for i = 1, 10 do rows[i] = row(i, 3, "2025-10-06") end
    local list, waiting = admitted(rows, {}, "2025-10-06")
    assert.same({ 10, 0 }, { #list, waiting })
  end)

  it("open a fifth a day, so that Monday leaves room for the days after it", function()
    local rows = {}
    for i = 1, 10 do rows[i] = row(i, 3, "2025-10-06") end
    for i = 11, 14 do rows[i] = row(i, 3, "2025-10-08") end
    local list, waiting = admitted(rows, { most = 5 }, "2025-10-08")
    assert.same({ 3, 11 }, { #list, waiting })
  end)

  it("never keep a call waiting, and a call takes room", function()
    local rows = { row(1, 2, "2025-10-10", { call = true }), row(2, 2, "2025-10-10", { call = true }),
      row(3, 3, "2025-10-10") }
    assert.same({ 1, 2 }, (admitted(rows, { most = 1 }, "2025-10-10")))
  end)

  it("are children: what joins a child's line takes no room", function()
    local rows = { row(1, 3, "2025-10-10"), row(1, 5, "2025-10-10"), row(2, 4, "2025-10-10") }
    local list, _, new = admitted(rows, { most = 2 }, "2025-10-10")
    assert.same({ 1, 1, 2 }, list)
    assert.same({ ["2025-10-06"] = 2 }, new)
  end)

  it("go by need before the step, and nobody waits while less need is listed", function()
    local needs = { 20, 5, 30, 20 }
    local rows = { row(1, 5, "2025-10-03"), row(2, 1, "2025-10-03"), row(3, 8, "2025-10-10") }
    local rules = { most = 1, need = function(enrolment) return needs[enrolment] end }
    assert.same({ 1 }, (admitted(rows, rules, "2025-10-03")))
    local list, waiting, new = admitted(rows, rules, "2025-10-10")
    assert.same({ 1, 3 }, list)
    assert.equal(1, waiting)
    assert.same({ ["2025-09-29"] = 1, ["2025-10-06"] = 1 }, new)
    needs[2] = 25 -- they change places: the list does not grow
    list, waiting = admitted(rows, rules, "2025-10-10")
    assert.same({ 2, 3 }, list)
    assert.equal(1, waiting)
    rows[1].call = true -- a call stays, whatever the need
    assert.same({ 1, 3 }, (admitted(rows, rules, "2025-10-10")))
  end)

  it("keep their line before others of the same need", function()
    local rows = { row(1, 5, "2025-10-03"), row(2, 2, "2025-10-06") }
    assert.same({ 1 }, (admitted(rows, { most = 1, need = function() return 7 end, days = {} }, "2025-10-05")))
    rows[3] = row(3, 1, "2025-10-06")
    local list = admitted(rows, { most = 1, need = function() return 7 end }, "2025-10-06")
    assert.same({ 1, 3 }, list)
  end)

  it("come to who has waited long before who is new", function()
    local rows = { row(1, 2, "2025-10-03"), row(2, 5, "2025-10-03"), row(3, 2, "2025-10-17") }
    assert.same({ 1, 3 }, (admitted(rows, { most = 1 }, "2025-10-17")))
    assert.same({ 1, 2 }, (admitted(rows, { most = 1, patience = 2 }, "2025-10-17")))
  end)
end)

describe("a secondary of 1,100 at national rates, over the autumn", function()
  -- England 2025/26: absence 8.49 %, unauthorised 3.27 %, persistently absent 23.8 % of pupils.
  local function check_rates()
    local possible, absent, unauthorised, persistent, pupils = 0, 0, 0, 0, 0
    for _, row in ipairs(w:csv "figures") do
      pupils, possible = pupils + 1, possible + row.possible
      absent, unauthorised = absent + row.authorised + row.unauthorised, unauthorised + row.unauthorised
      persistent = persistent + row.persistent
    end
    local function near(value, expected, allowed) assert.is_true(math.abs(value - expected) <= allowed, value) end
    assert.equal(1100, pupils)
    near(100 * absent / possible, 8.49, 0.5)
    near(100 * unauthorised / possible, 3.27, 0.3)
    near(100 * persistent / pupils, 23.8, 2)
  end

  -- The lines of a day with all of them, but for reviews.
  local function lines_of(now, options)
    local list = w:json(now .. "today " .. (options or ""))
    local calls, decisions = section(list, "calls"), section(list, "decisions")
    return table.move(decisions, 1, #decisions, #calls + 1, calls)
  end

  -- Nobody waits while a child with less need has a line, calls aside, and the lines come in the order of need. The
  -- week as a line of the table in tests/README.md; who was listed, and who waited, goes to `out`, if there is one.
  local function beside_need(now, monday, lines, out)
    local listed, calls, least, waiting, most = {}, 0, math.huge, 0, 0
    local function tell(row, state)
      if out then out:write(("%s,%s,%s,%d\n"):format(monday, row.upn, state, row.need)) end
    end
    for _, row in ipairs(lines) do
      listed[row.upn] = true
      if row.section == "decisions" then
        assert.is_true(row.need <= least, row.why)
        least = row.need
      else
        calls = calls + 1
      end
      tell(row, row.section)
      assert.truthy(row.need_for:find "^attendance %d+ %%, %d+ half days? unauthorised or not explained yet")
    end
    for _, row in ipairs(lines_of(now, "--all")) do
      if not listed[row.upn] then
        waiting, most = waiting + 1, math.max(most, row.need)
        assert.is_true(row.need <= least, row.why)
        tell(row, "waits")
      end
    end
    return ("| %s | %d | %d | %s | %d | %s |"):format(core.date.short(monday), calls, #lines - calls,
      #lines > calls and least or "", waiting, waiting > 0 and most or "")
  end

  -- The table of a term stands in the README, where UPDATE=1 writes it.
  local function check_table(weeks)
    local page, path = folder.read "tests/README.md", "tests/README.md"
    local head = "| week of | calls | other lines | least need of these | waiting | most need waiting |\n"
      .. "|---|--:|--:|--:|--:|--:|\n"
    local first, last = page:find(head, 1, true)
    local said, made = page:match("^(.-)\n\n", last + 1), table.concat(weeks, "\n")
    if os.getenv "UPDATE" and said ~= made then
      folder.write(path, page:sub(1, first - 1) .. head .. made .. page:sub(last + #said + 1))
    else
      assert.equal(made, said)
    end
  end

  it("has at most 40 new lines a week, and every step of early support has its turn", function()
    local school = secondary.new { first = "2025-09-01", last = "2025-12-19", closed = workspace.closed, seed = 7 }
    w = workspace.new { files = { ["pupils.csv"] = school.pupils } }
    w:ok "--now 2025-09-01T08:00Z import pupils pupils.csv"
    local turns, weeks, listed = {}, {}, {}
    local out = os.getenv "LISTED" and assert(io.open(os.getenv "LISTED", "w"))
    if out then out:write "week,upn,state,need\n" end
    local outcomes = { ["absence-callback"] = "spoke", ["pupil-check-in"] = "spoke" }
    for _, week in ipairs(school.weeks) do
      w:file("marks.csv", week.marks)
      local now = ("--now %sT17:00Z "):format(week.friday)
      w:ok(now .. "import marks marks.csv")
      w:ok(now .. "suggest --first 0")
      -- The officer works through the whole list.
      local list = w:ok(now .. "today --format csv"):gsub("\r", "")
      local now_listed, new = {}, 0 -- who has a further step that is open stays, and is not new
      local shown = lines_of(now)
      for _, row in ipairs(shown) do
        now_listed[row.upn] = true
        if not listed[row.upn] then new = new + 1 end
      end
      listed = now_listed
      assert.is_true(new <= 40, ("%d new lines in the week of %s"):format(new, week.monday))
      weeks[#weeks + 1] = beside_need(now, week.monday, shown, out)
      local filled = {}
      for line in list:gmatch "[^\n]+" do
        local step = line:match ",list%-%d+%-%d+%-([%w-]+)%-%x+$"
        if step and not line:find "Review: " then
          turns[step] = (turns[step] or 0) + 1
        end
        filled[#filled + 1] = step and (line:gsub(",,,,,,,,(list[^,]*)$", (",%s,,%s,,,,,%%1"):format(week.friday,
          outcomes[step] or "support agreed"))) or line
      end
      w:file("filled.csv", table.concat(filled, "\n") .. "\n")
      w:ok(now .. "import actions filled.csv")
    end
    if out then out:close() end
    check_table(weeks)
    check_rates()
    for _, step in ipairs { "absence-callback", "pupil-check-in", "initial-concern", "early-help" } do
      assert.is_true((turns[step] or 0) > 20, ("%s: %d lines"):format(step, turns[step] or 0))
    end
  end)
end)
