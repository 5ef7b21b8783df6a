-- Rules: what each measure says of a pupil's register, session by session, and what
-- somebody who writes a rule wrongly is told.

local codes = require "tests.support.codes"
local core = require "waymark.core"
local folder = require "tests.support.folder"
local liar = require "tests.support.liar"
local settings = require "waymark.workspace.settings"
local workspace = require "tests.support.workspace"

local rule = core.rule
local NOW = assert(core.system.time "2026-08-01T12:00Z")

local SUMMER = 'year "2024-25" { term { "2025-06-02", "2025-07-22" } }\n'
local open_days = settings.days(assert(settings.evaluate(SUMMER .. workspace.essex)).years)

local dir, store

before_each(function()
  dir = folder.new()
  store = assert(core.store.open(dir .. "/waymark.db", "create"))
end)

after_each(function()
  store:close()
  folder.remove(dir)
end)

local function give(kind, text)
  folder.write(dir .. "/" .. kind .. ".csv", text)
  local report = assert(store:import(kind, dir .. "/" .. kind .. ".csv", { at = NOW }))
  assert.are.equal(0, report.left_out)
end

-- A pupil with these marks, { ["2025-09-08"] = "N N" }, at a school with the calendar of
-- DESIGN, as of a day. `what`: dob, joined, left; others: marks of a second pupil.
local function pupil_with(days, as_of, what)
  what = what or {}
  assert(store:begin())
  assert(store:add_codes(codes))
  assert(store:put_school { key = "oakfield", name = "Oakfield" })
  assert(store:default_days(nil, open_days))
  give("pupils", ("upn,surname,forename,dob,joined,left\nADA,Byron,Ada,%s,%s,%s\nBEN,Stone,Ben,,,\n"):format(
    what.dob or "2015-01-01", what.joined or "", what.left or ""))
  give("marks", workspace.registers { ADA = days, BEN = what.others })
  assert(store:commit())
  local block = store:batches { as_of = as_of, upn = "ADA", everyone = true } ()
  return assert(core.batch(block, core.codes(store:codes())))[1]
end

-- "2025-09-08 AM N, 2025-09-08 PM N"
local function listed(sessions)
  local words = {}
  for i, each in ipairs(sessions) do words[i] = ("%s %s %s"):format(each.date, each.session, each.code) end
  return table.concat(words, ", ")
end

local function fields(evidence, ...)
  local values = {}
  for i, name in ipairs { ... } do values[i] = evidence[name] == nil and "nil" or tostring(evidence[name]) end
  return table.concat(values, " ")
end

describe("rate", function()
  local week = { ["2025-09-08"] = "/ \\", ["2025-09-09"] = "I I", ["2025-09-10"] = "V L", ["2025-09-11"] = "O D",
    ["2025-09-12"] = "Y1 /" }

  it("counts attended of possible, with blanks and impossible sessions in neither", function()
    local e = pupil_with(week, "2025-09-15"):rate(rule.rate { name = "attendance" })
    assert.are.equal("5 8 3", fields(e, "attended", "possible", "absent"))
    assert.are.equal("4 1 2 1 2", fields(e, "present", "educational", "authorised", "unauthorised", "not_possible"))
    assert.are.equal("62.5 6250", fields(e, "percent", "hundredths"))
  end)

  it("lists the sessions absent", function()
    local e = pupil_with(week, "2025-09-15"):rate()
    assert.are.equal("2025-09-09 AM I, 2025-09-09 PM I, 2025-09-11 AM O", listed(e:sessions()))
  end)

  it("stops at the day it is asked about", function()
    local e = pupil_with(week, "2025-09-09"):rate()
    assert.are.equal("2 4", fields(e, "attended", "possible"))
  end)

  it("is not available when nothing was possible: neither 0 nor 100", function()
    local e = pupil_with({ ["2025-09-08"] = "X X" }, "2025-09-09"):rate(rule.rate { name = "r", bands = { 90 } })
    assert.are.equal("0 nil nil nil false true", fields(e, "possible", "percent", "hundredths", "band", "met",
      "too_few"))
  end)

  it("rounds half up, by whole numbers, for people only", function()
    local days = workspace.with("2025-09-02", "2025-09-23", {})
    for i, date in ipairs { "2025-09-02", "2025-09-03", "2025-09-04" } do days[date] = i < 3 and "I I" or "I \\" end
    local ada = pupil_with(days, "2025-09-23")
    for _, case in ipairs {
      { "2025-09-02", "2025-09-23", 32, 27, 8438 }, -- 84.375
      { "2025-09-04", "2025-09-09", 8, 7, 8750 },
      { "2025-09-04", "2025-09-08", 6, 5, 8333 },
    } do
      assert.are.equal(("%d %d %d"):format(case[3], case[4], case[5]),
        fields(ada:rate(nil, case[1], case[2]), "possible", "attended", "hundredths"))
    end
  end)

  it("reaches a band exactly at it, and names the lowest that it reaches", function()
    local days = workspace.with("2025-09-02", "2025-09-08", { ["2025-09-02"] = "I \\" }) -- 9 of 10
    local ada = pupil_with(days, "2025-09-08")
    assert.are.equal("90 true", fields(ada:rate(rule.rate { name = "a", bands = { 95, 90, 85 } }), "band", "met"))
    assert.are.equal("nil false", fields(ada:rate(rule.rate { name = "b", bands = { 89 } }), "band", "met"))
    assert.are.equal("9000 9", fields(ada:rate(), "hundredths", "attended"))
  end)

  it("says too little of too few sessions", function()
    local ada = pupil_with({ ["2025-09-08"] = "O O" }, "2025-09-08")
    local bands = { 90 }
    assert.are.equal("true nil false", fields(ada:rate(rule.rate { name = "a", bands = bands, least_possible = 3 }),
      "too_few", "band", "met"))
    assert.are.equal("false 90 true", fields(ada:rate(rule.rate { name = "b", bands = bands, least_possible = 2 }),
      "too_few", "band", "met"))
  end)

  it("looks at the academic year, at school weeks, at everything, or at the days it is asked for", function()
    local days = workspace.with("2025-09-02", "2025-09-19", { ["2025-07-21"] = "O O", ["2025-09-03"] = "O O" })
    local ada = pupil_with(days, "2025-09-19")
    assert.are.equal("28 2 2025-09-02 2025-09-19", fields(ada:rate(), "possible", "absent", "from", "to"))
    assert.are.equal("20 0 2025-09-08 2025-09-19", fields(ada:rate(rule.rate { name = "a", weeks = 2 }), "possible",
      "absent", "from", "to"))
    assert.are.equal("30 4", fields(ada:rate(rule.rate { name = "b", period = "all" }), "possible", "absent"))
    assert.are.equal("4 2", fields(ada:rate(nil, "2025-09-02", "2025-09-03"), "possible", "absent"))
    assert.are.equal("30 4", fields(ada:rate(nil, "2025-07-01"), "possible", "absent"))
    assert.are.equal("2 2", fields(ada:rate(nil, nil, "2025-08-31"), "possible", "absent"))
    assert.are.equal("28 2", fields(ada:rate(rule.rate { name = "c", period = "all", since = "2025-07-22" }),
      "possible", "absent"))
  end)
end)

describe("count", function()
  local days = { ["2025-09-04"] = "O O", ["2025-09-09"] = "/ U", ["2025-09-15"] = "I G", ["2025-09-16"] = "/ \\" }

  it("counts the sessions with one of the codes, and lists them", function()
    local e = pupil_with(days, "2025-09-16"):count(rule.count { name = "c", codes = "OU", at_least = 3 })
    assert.are.equal("3 3 true", fields(e, "count", "of", "met"))
    assert.are.equal("2025-09-04 AM O, 2025-09-04 PM O, 2025-09-09 PM U", listed(e:sessions()))
  end)

  it("counts by class, codes of two characters, and both together", function()
    local ada = pupil_with({ ["2025-09-08"] = "Y1 C1", ["2025-09-09"] = "O /" }, "2025-09-16")
    for _, case in ipairs {
      { { classes = "unauthorised" }, 1 }, { { classes = { "authorised", "unauthorised" } }, 2 },
      { { codes = { "Y1", "C1" } }, 2 }, { { codes = { "C" } }, 0 }, { { codes = { "Y1" }, classes = "present" }, 2 },
      { { classes = "unauthorised", codes = "O" }, 1 },
    } do
      case[1].name = "c"
      assert.are.equal(case[2], ada:count(rule.count(case[1])).count)
    end
  end)

  it("over school weeks knows since when it has been met", function()
    local ada = pupil_with(days, "2025-09-19")
    local e = ada:count(rule.count { name = "c", classes = "unauthorised", at_least = 3, weeks = 2 })
    assert.are.equal("2 false c 2025-26", fields(e, "count", "met", "concern"))
    e = ada:count(rule.count { name = "c", classes = "unauthorised", at_least = 3, weeks = 3 })
    assert.are.equal("4 true c from 2025-09-09 PM", fields(e, "count", "met", "concern"))
    assert.are.equal("2025-09-04 AM O, 2025-09-04 PM O, 2025-09-09 PM U, 2025-09-15 PM G", listed(e:sessions()))
  end)

  it("is not met by nothing", function()
    local e = pupil_with({ ["2025-09-08"] = "/ \\" }, "2025-09-08"):count(rule.count { name = "c", codes = "O" })
    assert.are.equal("0 1 false", fields(e, "count", "of", "met"))
    assert.are.equal("", listed(e:sessions()))
  end)
end)

describe("streak", function()
  local three_days = rule.streak { name = "s", codes = "NOGU", at_least = 6 }

  -- { what, marks, count, first, last }
  local cases = {
    { "is the run that lasts to the day asked about",
      { ["2025-09-09"] = "O /", ["2025-09-11"] = "/ N", ["2025-09-12"] = "O N" }, 3, "2025-09-11 PM", "2025-09-12 PM" },
    { "is none when the last session was another",
      { ["2025-09-11"] = "O O", ["2025-09-12"] = "O \\" }, 0 },
    { "goes on over a weekend",
      { ["2025-09-05"] = "/ N", ["2025-09-08"] = "N N" }, 3, "2025-09-05 PM", "2025-09-08 PM" },
    { "passes over sessions that were not possible",
      { ["2025-09-10"] = "O O", ["2025-09-11"] = "Y1 X", ["2025-09-12"] = "O Z" }, 3, "2025-09-10 AM",
      "2025-09-12 AM" },
    { "ends at a mark that is missing, as nobody knows what it was",
      { ["2025-09-10"] = "O O", ["2025-09-11"] = "- O", ["2025-09-12"] = "O O" }, 3, "2025-09-11 PM",
      "2025-09-12 PM" },
    { "is not ended by what has not come in yet",
      { ["2025-09-10"] = "O O" }, 2, "2025-09-10 AM", "2025-09-10 PM" },
    { "goes on over half term",
      { ["2025-10-23"] = "/ O", ["2025-11-04"] = "O O" }, 3, "2025-10-23 PM", "2025-11-04 PM" },
    { "goes on over the summer, and from one academic year to the next",
      { ["2025-07-21"] = "/ G", ["2025-07-22"] = "G G", ["2025-09-02"] = "G G" }, 5, "2025-07-21 PM",
      "2025-09-02 PM" },
  }

  for _, case in ipairs(cases) do
    it(case[1], function()
      local last = "2025-09-12"
      for date in pairs(case[2]) do last = date > last and date or last end
      local e = pupil_with(case[2], last):streak(three_days)
      assert.are.equal(("%d %s %s"):format(case[3], case[4], case[5]), fields(e, "count", "first", "last"))
      assert.are.equal(case[3], #e:sessions())
    end)
  end

  it("is met from its least length on, and is the same concern on the next day", function()
    local days = { ["2025-09-08"] = "N N", ["2025-09-09"] = "N N", ["2025-09-10"] = "O N" }
    local ada = pupil_with(days, "2025-09-10")
    assert.are.equal("6 true s from 2025-09-08 AM", fields(ada:streak(three_days), "count", "met", "concern"))
    local longer = rule.streak { name = "s", codes = "NOGU", at_least = 7 }
    assert.are.equal("6 7 false", fields(ada:streak(longer), "count", "of", "met"))
  end)
end)

describe("longest", function()
  local ill = rule.longest { name = "ill", codes = "I", at_least = 4 }

  it("is the longest run of the year, wherever it lies", function()
    local e = pupil_with({ ["2025-09-08"] = "I /", ["2025-09-10"] = "I I", ["2025-09-11"] = "I \\",
      ["2025-09-12"] = "I I" }, "2025-09-15"):longest(ill)
    assert.are.equal("3 4 false 2025-09-10 AM 2025-09-11 AM", fields(e, "count", "of", "met", "first", "last"))
    assert.are.equal("2025-09-10 AM I, 2025-09-10 PM I, 2025-09-11 AM I", listed(e:sessions()))
  end)

  it("is the first of two that are as long", function()
    local e = pupil_with({ ["2025-09-08"] = "I I", ["2025-09-09"] = "/ \\", ["2025-09-10"] = "I I" },
      "2025-09-15"):longest(ill)
    assert.are.equal("2 2025-09-08 AM", fields(e, "count", "first"))
  end)

  it("passes over closed days and sessions that were not possible, not over missing marks", function()
    local e = pupil_with({ ["2025-09-05"] = "I I", ["2025-09-08"] = "Y4 Y4", ["2025-09-09"] = "I I",
      ["2025-09-10"] = "- I", ["2025-09-11"] = "/ \\" }, "2025-09-15"):longest(ill)
    assert.are.equal("4 true 2025-09-05 AM 2025-09-09 PM", fields(e, "count", "met", "first", "last"))
  end)

  it("can be asked about some days only", function()
    local ada = pupil_with({ ["2025-09-08"] = "I I", ["2025-09-09"] = "I I" }, "2025-09-15")
    assert.are.equal("2 2025-09-09 AM", fields(ada:longest(ill, "2025-09-09"), "count", "first"))
    assert.are.equal(0, ada:longest(ill, "2025-09-10").count)
  end)
end)

describe("by days", function()
  local week = { ["2025-09-08"] = "I \\", ["2025-09-09"] = "I I", ["2025-09-10"] = "I I", ["2025-09-11"] = "Y4 Y4",
    ["2025-09-12"] = "I I", ["2025-09-15"] = "I -" }

  it("a count has the days that have one", function()
    local e = pupil_with(week, "2025-09-15"):count(rule.count { name = "c", codes = "I", unit = "days", at_least = 5 })
    assert.are.equal("5 5 true days 8", fields(e, "count", "of", "met", "unit") .. " " .. #e:sessions())
  end)

  it("the longest run has school days of which every half day counts, and passes over nothing", function()
    local days = rule.longest { name = "d", codes = "I", unit = "days", at_least = 3 }
    local ada = pupil_with(week, "2025-09-15")
    assert.are.equal("2 false 2025-09-09 AM 2025-09-10 PM d from 2025-09-09 AM",
      fields(ada:longest(days), "count", "met", "first", "last", "concern"))
    assert.are.equal("d from 2025-09-09 AM", ada:longest(days, "2025-09-10").concern)
    for _, code in ipairs { "D", "X", "Q", "I" } do
      local e = pupil_with({ ["2025-09-09"] = "I I", ["2025-09-10"] = code .. " I", ["2025-09-11"] = "I I" },
        "2025-09-11"):longest(days)
      assert.are.equal(code == "I" and 3 or 1, e.count, code)
    end
  end)

  it("a day that has not come in whole does not count yet, and a closed one is passed over", function()
    local e = pupil_with({ ["2025-09-05"] = "I I", ["2025-09-08"] = "# #", ["2025-09-09"] = "I I",
      ["2025-09-10"] = "I -" }, "2025-09-10"):longest(rule.longest { name = "e", codes = "I", unit = "days" })
    assert.are.equal("2 2025-09-05 AM 2025-09-09 PM", fields(e, "count", "first", "last"))
  end)

  it("are not counted over school weeks", function()
    assert.error_matches(function() rule.count { name = "w", codes = "I", unit = "days", weeks = 3 } end,
      "not over school weeks")
    assert.error_matches(function() rule.count { name = "w", codes = "I", unit = "weeks" } end, '"sessions" or "days"')
  end)
end)

describe("a run just after codes", function()
  local function longest(days, from)
    return pupil_with(days, "2025-09-15"):longest(rule.longest { name = "f", codes = "GO", unit = "days",
      after = { "C", "C1" }, at_least = 2 }, from).count
  end

  it("counts from its first whole day, when the absence began with the end of those", function()
    assert.are.equal(2, longest { ["2025-09-08"] = "C C", ["2025-09-09"] = "G G", ["2025-09-10"] = "O G" })
    assert.are.equal(2, longest { ["2025-09-08"] = "C1 G", ["2025-09-09"] = "G G", ["2025-09-10"] = "G G" })
    assert.are.equal(1, longest({ ["2025-09-08"] = "C C", ["2025-09-09"] = "G G", ["2025-09-10"] = "G G" },
      "2025-09-10"))
  end)

  it("is none after anything else", function()
    assert.are.equal(0, longest { ["2025-09-09"] = "G G", ["2025-09-10"] = "G G" })
    assert.are.equal(0, longest { ["2025-09-05"] = "C C", ["2025-09-08"] = "Y4 Y4", ["2025-09-09"] = "G G" })
    assert.are.equal(0, longest { ["2025-09-08"] = "C \\", ["2025-09-09"] = "G G" })
  end)
end)

describe("rolling", function()
  local three_in_two = rule.rolling { name = "r", codes = "OU", unresolved = "N", at_least = 3, weeks = 2 }

  it("says when it was first met, since when it is met now, and the largest count", function()
    local days = { ["2025-09-08"] = "O O", ["2025-09-16"] = "/ U", ["2025-09-30"] = "U O", ["2025-10-02"] = "O O" }
    local ada = pupil_with(days, "2025-10-03")
    local e = ada:rolling(three_in_two)
    assert.are.equal("true 4 3", fields(e, "met", "count", "of"))
    assert.are.equal("2025-09-16 PM 2025-10-02 AM 4", fields(e, "first_met", "since", "largest"))
    assert.are.equal("r from 2025-10-02 AM", e.concern)
    assert.are.equal("2025-09-30 AM U, 2025-09-30 PM O, 2025-10-02 AM O, 2025-10-02 PM O", listed(e:sessions()))
    assert.are.equal("2025-09-22 2025-10-03", fields(e, "from", "to"))
  end)

  it("is over when the window moves on, and when it was first met stays", function()
    local days = { ["2025-09-08"] = "O O", ["2025-09-16"] = "/ U" }
    local e = pupil_with(days, "2025-09-22"):rolling(three_in_two)
    assert.are.equal("false 1 2025-09-16 PM nil 3", fields(e, "met", "count", "first_met", "since", "largest"))
    assert.are.equal("2025-09-16 PM U", listed(e:sessions()))
  end)

  it("names the sessions of the window that would count if they were decided so", function()
    local days = { ["2025-09-02"] = "N N", ["2025-09-08"] = "O O", ["2025-09-16"] = "N I" }
    local e = pupil_with(days, "2025-09-16"):rolling(three_in_two)
    assert.are.equal("false 2 nil", fields(e, "met", "count", "first_met"))
    assert.are.equal("2025-09-16 AM N", listed(e:unresolved()))
  end)

  it("stays as it was in the holidays after the last session", function()
    local days = { ["2025-07-21"] = "O O", ["2025-07-22"] = "O /" }
    local e = pupil_with(days, "2025-08-20"):rolling(three_in_two)
    assert.are.equal("true 3 2025-07-22 AM", fields(e, "met", "count", "since"))
  end)

  it("counts nothing before its first day", function()
    local days = { ["2025-09-08"] = "O O", ["2025-09-09"] = "O O" }
    local function since(date)
      return rule.rolling { name = "r", codes = "O", at_least = 3, weeks = 2, since = date }
    end
    local ada = pupil_with(days, "2025-09-10")
    assert.are.equal("4 true", fields(ada:rolling(since "2025-09-08"), "count", "met"))
    assert.are.equal("2 false", fields(ada:rolling(since "2025-09-09"), "count", "met"))
    assert.are.equal("0 nil", fields(ada:rolling(since "2026-09-09"), "count", "first_met"))
  end)
end)

describe("missing", function()
  local any = rule.missing { name = "m" }

  it("is every blank up to the last session that has come in for the school, and none after it", function()
    local ada = pupil_with({ ["2025-09-02"] = "/ \\", ["2025-09-03"] = "/ -" }, "2025-09-12",
      { others = { ["2025-09-04"] = "/ \\" } })
    local e = ada:missing(any)
    assert.are.equal("3 true", fields(e, "count", "met"))
    assert.are.equal("2025-09-03 PM , 2025-09-04 AM , 2025-09-04 PM ", listed(e:sessions()))
    assert.are.equal("missing", e:sessions()[1].class)
  end)

  it("does not count days before somebody came and after they left", function()
    local ada = pupil_with({ ["2025-09-10"] = "/ \\" }, "2025-09-19",
      { joined = "2025-09-09", left = "2025-09-11", others = { ["2025-09-12"] = "/ \\" } })
    assert.are.equal("2025-09-09 AM , 2025-09-09 PM , 2025-09-11 AM , 2025-09-11 PM ",
      listed(ada:missing(any):sessions()))
  end)

  it("is met from a number on, over a period of its own", function()
    local ada = pupil_with({ ["2025-09-02"] = "/ -", ["2025-09-12"] = "- \\" }, "2025-09-12")
    assert.are.equal("16 true", fields(ada:missing(rule.missing { name = "m", at_least = 16 }), "count", "met"))
    assert.are.equal("9 10 false", fields(ada:missing(rule.missing { name = "m", at_least = 10, weeks = 1 }),
      "count", "of", "met"))
    assert.are.equal(2, ada:missing(any, "2025-09-11").count - ada:missing(any, "2025-09-12").count)
  end)
end)

describe("ages", function()
  -- From the first of some days of the year on or after a birthday, to the last weekday of a
  -- month of the school year of another: { changed, born, count, first, last }.
  local usual = { from_age = 9, from_on = { "09-10" }, to_age = 9, year_begins = "09-01", to_month = 9,
    to_last = "tuesday" }
  local all = "2025-09-02 AM"
  local cases = {
    { {}, "2016-09-09", 15, "2025-09-10 AM", "2025-09-30 AM" },
    { {}, "2016-09-10", 15, "2025-09-10 AM", "2025-09-30 AM" },
    { {}, "2016-09-11", 0 },
    { { from_on = { "12-31", "09-12", "03-31" } }, "2016-09-11", 13, "2025-09-12 AM", "2025-09-30 AM" },
    { { to_last = "monday" }, "2016-09-09", 14, "2025-09-10 AM", "2025-09-29 AM" },
    { { to_month = 7 }, "2016-09-09", 18, "2025-09-10 AM", "2025-10-03 AM" },
    { { year_begins = "09-11", to_age = 10 }, "2016-09-09", 15, "2025-09-10 AM", "2025-09-30 AM" },
    { { to_age = 12 }, "2015-01-01", 24, all, "2025-10-03 AM" },
    { { from_on = { "02-28", "09-09" }, to_age = 12 }, "2016-02-29", 19, "2025-09-09 AM", "2025-10-03 AM" },
    { {}, "", 24, all, "2025-10-03 AM" },
  }

  for i, case in ipairs(cases) do
    it(("limit what is counted, by the day of each session: %d"):format(i), function()
      local ages, days = {}, workspace.with("2025-09-02", "2025-10-03", {})
      for name, value in pairs(usual) do ages[name] = case[1][name] or value end
      for date in pairs(days) do days[date] = "O \\" end
      local e = pupil_with(days, "2025-10-03", { dob = case[2] }):count(rule.count { name = "c", codes = "O",
        ages = ages })
      local sessions = e:sessions()
      local first, last = sessions[1], sessions[#sessions]
      assert.are.equal(case[3], e.count)
      assert.are.equal(case[3], #sessions)
      assert.are.equal(case[4], first and first.date .. " " .. first.session)
      assert.are.equal(case[5], last and last.date .. " " .. last.session)
    end)
  end
end)

-- Asking ---------------------------------------------------------------------------

describe("asking a pupil", function()
  local function told(work)
    local ok, message = pcall(work)
    assert.is_false(ok)
    return message
  end

  it("by the wrong measure is told the right one", function()
    local ada = pupil_with({}, "2025-09-08")
    local message = told(function() ada:count(rule.streak { name = "s", codes = "O" }) end)
    assert.is_truthy(message:find('"s" is a streak rule: use pupil:streak()', 1, true), message)
    assert.are.equal("s", ada:measure(rule.streak { name = "s", codes = "O" }).rule)
  end)

  it("about some days is refused where a rule has its own period", function()
    local ada = pupil_with({}, "2025-09-08")
    for _, each in ipairs { rule.streak { name = "s", codes = "O" },
      rule.rolling { name = "r", codes = "O", weeks = 1 } } do
      local message = told(function() ada:measure(each, "2025-09-01") end)
      assert.is_truthy(message:find("own period", 1, true), message)
    end
  end)

  it("with a code that the workspace does not have names it and the nearest", function()
    local ada = pupil_with({}, "2025-09-08")
    for _, case in ipairs { { { "Q9" }, 'unknown code: "Q9"' }, { "Oo", 'unknown code: "o"' } } do
      local message = told(function() ada:count(rule.count { name = "odd", codes = case[1] }) end)
      assert.is_truthy(message:find('the rule "odd" names an ' .. case[2], 1, true), message)
      assert.is_truthy(message:find "nearest code is", message)
    end
    local message = told(function()
      ada:rolling(rule.rolling { name = "r", codes = "O", unresolved = "%", weeks = 1 })
    end)
    assert.is_truthy(message:find('unknown code: "%"', 1, true), message)
  end)

  it("with something that is no rule, or a day that is none, raises", function()
    local ada = pupil_with({}, "2025-09-08")
    assert.has_error(function() ada:count {} end)
    assert.has_error(function() ada:count() end)
    assert.has_error(function() ada:rate(nil, "08/09/2025") end)
    assert.has_error(function() ada:rate(nil, "2025-02-30") end)
  end)

  it("before anything has come in says nothing, wrongly or otherwise", function()
    local ada = pupil_with({}, "2025-09-08")
    assert.are.equal("0 nil", fields(ada:rate(), "possible", "percent"))
    assert.are.equal(0, ada:missing(rule.missing { name = "m" }).count)
    assert.are.equal("0 false", fields(ada:streak(rule.streak { name = "s", codes = "O" }), "count", "met"))
    assert.are.equal("0 false nil", fields(ada:rolling(rule.rolling { name = "r", codes = "O", weeks = 3 }), "count",
      "met", "first_met"))
  end)
end)

-- Writing a rule -------------------------------------------------------------------

describe("a rule that is written wrongly", function()
  local ages = { from_age = 5, from_on = { "08-31" }, to_age = 16, year_begins = "09-01", to_month = 6,
    to_last = "friday" }

  -- The ages with one thing changed.
  local function ages_with(name, value)
    local copy = {}
    for key, each in pairs(ages) do copy[key] = each end
    copy[name] = value
    return copy
  end

  local long = ("a"):rep(40)
  -- { kind, its fields (named "x" when they have no name), what the message says }
  local cases = {
    { "rolling", { atleast = 10 }, 'no field "atleast"; did you mean "at_least"?' },
    { "rate", { codes = "O" }, 'no field "codes"' },
    { "missing", { codes = "O" }, 'no field "codes"' },
    { "count", { codes = "O", bands = { 90 } }, 'no field "bands"' },
    { "streak", { codes = "O", unresolved = "N" }, 'no field "unresolved"' },
    { "streak", { codes = "O", weeks = 2 }, 'no field "weeks"' },
    { "rolling", { codes = "O", weeks = 10, period = "all" }, 'no field "period"' },
    { "count", { "O" }, "named fields only" },
    { "count", { name = "" }, "a name is up to 39" },
    { "count", { name = "two words" }, "a name is up to 39" },
    { "count", { name = long }, "a name is up to 39" },
    { "count", { name = 7 }, "a name is up to 39" },
    { "count", {}, "say what it counts" },
    { "count", { codes = "" }, "say what it counts" },
    { "streak", { at_least = 2 }, "say what it counts" },
    { "rolling", { weeks = 10 }, "say what it counts" },
    { "rolling", { codes = "O" }, "say over how many school weeks" },
    { "count", { codes = 7 }, "its codes are a text or a list" },
    { "count", { codes = { 7 } }, "each code is a text" },
    { "count", { codes = { "Y10" } }, "one-character codes, or a list of codes" },
    { "count", { codes = { "" } }, "one-character codes, or a list of codes" },
    { "count", { codes = ("O"):rep(41) }, "codes" },
    { "count", { classes = "absent" }, "a class is present, educational" },
    { "count", { classes = 7 }, "a class is present, educational" },
    { "count", { classes = { "present", 7 } }, "a class is present, educational" },
    { "count", { codes = "O", at_least = 0 }, '"at_least" is a whole number from 1 to 10000' },
    { "count", { codes = "O", at_least = 2.5 }, '"at_least" is a whole number' },
    { "count", { codes = "O", at_least = "10" }, '"at_least" is a whole number' },
    { "count", { codes = "O", at_least = 1 << 40 }, '"at_least" is a whole number' },
    { "rolling", { codes = "O", weeks = 0 }, '"weeks" is a whole number from 1 to 520' },
    { "rolling", { codes = "O", weeks = 521 }, '"weeks" is a whole number' },
    { "rate", { least_possible = -1 }, '"least_possible" is a whole number' },
    { "rate", { period = "term" }, 'its period is "year", "weeks" or "all"' },
    { "rate", { period = 1 }, 'its period is "year", "weeks" or "all"' },
    { "rate", { period = "weeks" }, "goes with weeks = a number" },
    { "rate", { period = "year", weeks = 2 }, "goes with weeks = a number" },
    { "rate", { since = "19/08/2024" }, '"since" is a date' },
    { "rate", { since = "2024-02-30" }, '"since" is a date' },
    { "rate", { since = 2024 }, '"since" is a date' },
    { "rate", { bands = 90 }, "a list of 1 to 12 percentages" },
    { "rate", { bands = {} }, "a list of 1 to 12 percentages" },
    { "rate", { bands = { 85, 90 } }, "the highest first" },
    { "rate", { bands = { 90, 90 } }, "the highest first" },
    { "rate", { bands = { 101 } }, "whole percentages" },
    { "rate", { bands = { 89.5 } }, "whole percentages" },
    { "rate", { bands = { "90" } }, "whole percentages" },
    { "count", { codes = "O", ages = 5 }, "its ages are a table" },
    { "count", { codes = "O", ages = {} }, "ages." },
    { "count", { codes = "O", ages = ages_with("from_age", "five") }, "ages.from_age is a whole number" },
    { "count", { codes = "O", ages = ages_with("to_month", 13) }, "ages.to_month is a whole number from 1 to 12" },
    { "count", { codes = "O", ages = ages_with("to_last", "Friday") }, 'a weekday: "friday"' },
    { "count", { codes = "O", ages = ages_with("year_begins", "1 Sep") }, 'a day of the year is written "08-31"' },
    { "count", { codes = "O", ages = ages_with("from_on", { "02-30" }) }, 'a day of the year is written "08-31"' },
    { "count", { codes = "O", ages = ages_with("from_on", {}) }, "ages.from_on is a list of 1 to 4" },
    { "count", { codes = "O", ages = ages_with("until_age", 16) }, 'no field "until_age"' },
    { "count", { codes = "O", ages = ages_with("to_monht", 6) }, 'no field "to_monht"; did you mean "to_month"?' },
    { "count", { codes = "O", ages = ages_with(1, 6) }, "named fields only" },
    { "count", { codes = "O", ages = ages_with("from_age", "5") }, "ages.from_age is a whole number" },
  }

  for _, case in ipairs(cases) do
    it(("is refused with a reason: %s, %s"):format(case[1], case[3]), function()
      local written = case[2]
      written.name = written.name or "x"
      local ok, message = pcall(rule[case[1]], written)
      assert.is_false(ok)
      assert.is_truthy(message:find(case[3], 1, true), message)
      assert.is_truthy(message:find(case[1] .. " {", 1, true), message)
    end)
  end

  it("needs a name, and to be a table", function()
    for _, kind in ipairs { "rate", "count", "streak", "longest", "rolling", "missing" } do
      local ok, message = pcall(rule[kind], {})
      assert.is_false(ok)
      assert.is_truthy(message:find("give it a name", 1, true), message)
      assert.is_false(pcall(rule[kind], "GNOU"))
      assert.is_false(pcall(rule[kind]))
    end
  end)

  it("is told by its name", function()
    local _, message = pcall(rule.rolling, { name = "national", codes = "GNOU" })
    assert.is_truthy(message:find('rolling { name = "national" }', 1, true), message)
  end)
end)

describe("a rule", function()
  it("shows what it was made of", function()
    local national = rule.rolling { name = "national", codes = "GNOU", at_least = 10, weeks = 10 }
    assert.are.equal('rolling "national"', tostring(national))
    assert.are.equal("national GNOU 10 10 rolling",
      fields(national, "name", "codes", "at_least", "weeks", "kind"))
    assert.is_true(rule.is_rule(national))
    assert.is_false(rule.is_rule {})
    local spec, kind = rule.describe(national)
    assert.are.same({ name = "national", codes = "GNOU", at_least = 10, weeks = 10 }, spec)
    assert.are.equal("rolling", kind)
  end)
end)

-- What a mark means is its code set's: here one in which two codes have changed places.
describe("a rule that is asked of registers with different codes", function()
  local week = { ["2025-09-08"] = "O O", ["2025-09-09"] = "N /", ["2025-09-10"] = "O /" }
  local block, these, others

  local function swapped(list)
    for _, code in ipairs(list) do
      code.text = code.text == "O" and "N" or code.text == "N" and "O" or code.text
    end
    return list
  end

  before_each(function()
    pupil_with(week, "2025-09-12")
    block = store:batches { as_of = "2025-09-12", upn = "ADA", everyone = true } ()
    these, others = core.codes(store:codes()), core.codes(swapped(store:codes()))
  end)

  local function ada(codes_set) return assert(core.batch(block, codes_set))[1] end

  it("lists the sessions that it counted, whatever it was asked since", function()
    for _, kind in ipairs { "count", "rolling", "longest" } do
      local away = rule[kind] { name = kind, codes = "O", weeks = 4 }
      local mine = ada(these)[kind](ada(these), away)
      local before = listed(mine:sessions())
      local theirs = ada(others)[kind](ada(others), away)
      assert.are.equal(before, listed(mine:sessions()))
      assert.are.equal(mine.count, #mine:sessions())
      assert.are.equal(theirs.count, #theirs:sessions())
      assert.are_not.equal(mine.count, theirs.count)
    end
  end)

  it("keeps what was not resolved apart from what is", function()
    local away = rule.rolling { name = "away", codes = "O", unresolved = "N", weeks = 4 }
    local mine, theirs = ada(these):rolling(away), ada(others):rolling(away)
    assert.are.equal("3 1", ("%d %d"):format(mine.count, #mine:unresolved()))
    assert.are.equal("1 3", ("%d %d"):format(theirs.count, #theirs:unresolved()))
  end)

  it("answers a worker's reference with the codes of its form", function()
    local away = rule.count { name = "away", codes = "O", at_least = 2, period = "all" }
    local form = core.worker.form { steps = { "visit" }, codes = these, rules = { away } }
    local answer = liar.suggested { { record = 1, step = "visit", verdict = "suggest", words = "x",
      rules = { { rule = "away" } } } }
    assert.is_false(ada(others):count(away).met)
    local it_lies = liar.new()
    finally(function() it_lies:remove() end)
    local job <close> = it_lies:answers("suggested", answer)
    assert(job:send("batch", ""))
    assert.is_true(assert(job:receive(form, assert(core.batch(block, these))))[1].measured[1].met)
  end)

  it("does not take new codes for old ones that lay at the same place", function()
    local away = rule.count { name = "away", codes = "O", period = "all" }
    local list, exchanged = store:codes(), swapped(store:codes())
    these, others = nil, nil
    for round = 1, 200 do
      local odd = round % 2 == 1
      assert.are.equal(odd and 3 or 1, ada(core.codes(odd and list or exchanged)):count(away).count)
      collectgarbage()
    end
  end)
end)
