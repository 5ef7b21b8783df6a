-- Trends: early identification (Working together to improve school attendance): the first
-- dip of a pupil who was fine, beside the weeks before and the rest of the school.

local core = require "waymark.core"
local pupils = require "tests.support.pupils"
local school = require "tests.support.school"
local workspace = require "tests.support.workspace"

core.sdk "evidence" -- the words

local rule = core.rule
local away, fields = pupils.away, pupils.fields
local FIRST, LAST = "2025-09-02", "2026-03-27"

local function trend(what)
  local spec = { name = "dip", weeks = 3, before = 6, points = 10 }
  for name, value in pairs(what or {}) do spec[name] = value end
  return rule.trend(spec)
end

local function fine() return workspace.with(FIRST, LAST, {}) end

describe("a trend", function()
  after_each(pupils.remove)

  -- Weeks of 29 September to 20 October beside those of 3, 10 and 17 November; half term between.
  it("finds the first dip of a pupil who was fine", function()
    local ada = pupils.with({ BEN = fine(),
      ADA = away(FIRST, LAST, "I I", { "2025-10-01", "2025-11-11", "2025-11-12", "2025-11-18", "2025-11-19",
        "2025-11-20" }) }, "2025-11-21").ADA
    local e = ada:trend(trend { was_at_least = 95 })
    assert.equal("true 10 28", fields(e, "met", "count", "of"))
    assert.equal("18 28 56 58", fields(e, "attended", "possible", "attended_before", "possible_before"))
    assert.equal("2025-11-04 2025-11-21 2025-09-15 2025-10-23", fields(e, "from", "to", "before_from", "before_to"))
    assert.equal("3227 0 2025-11-10", fields(e, "fall", "school_fall", "since"))
    assert.equal("attendance fell from 96.6 % to 64.3 % in the last 3 school weeks (in the rest of the school it "
      .. "stayed the same)", tostring(e))
    assert.is_nil(e:why_not())
    assert.equal("fell", e:because("fell").words)
    assert.equal(10, #e:sessions())
    assert.equal("2025-11-11", e:sessions()[1].date)
  end)

  -- Weeks of 13 and 20 October and 3 November beside the four before: 38 of 40 is 95 %.
  it("is of nobody who was not fine before, if it is asked so: exactly at 95 % is", function()
    local dates = { "2025-09-16", "2025-10-20", "2025-10-21", "2025-11-04", "2025-11-05" }
    local ada = pupils.with({ ADA = away(FIRST, LAST, "I I", dates), BEN = fine() }, "2025-11-07").ADA
    local e = ada:trend(trend { before = 4, was_at_least = 95 })
    assert.equal("true 38 40 18 26", fields(e, "met", "attended_before", "possible_before", "attended", "possible"))
    e = ada:trend(trend { before = 4, was_at_least = 96 })
    assert.is_false(e.met)
    assert.equal("attendance was 95.0 % in the 4 school weeks before; asked for is 96 % or more", e:why_not())
  end)

  it("compares counts: a fall that is shown as 10.00 points may be less", function()
    -- 3 of 79 half days away, then 4 of 29: 9.9956 points
    local marks = away(FIRST, LAST, "I I", { "2025-12-10", "2025-12-11" })
    marks["2025-12-12"], marks["2025-10-01"], marks["2025-10-02"] = "/ D", "I I", "I \\"
    for i, date in ipairs { "2025-11-10", "2025-11-11", "2025-11-12", "2025-11-13" } do
      marks[date] = i < 4 and "D D" or "D \\"
    end
    local ada = pupils.with({ ADA = marks }, "2025-12-19").ADA
    local e = ada:trend(trend { before = 9 })
    assert.equal("25 29 76 79", fields(e, "attended", "possible", "attended_before", "possible_before"))
    assert.equal("1000 false", fields(e, "fall", "met"))
    assert.equal("attendance fell from 96.2 % to 86.2 % in the last 3 school weeks; 10 points are asked for",
      e:why_not())
    marks["2025-12-12"] = "I I" -- 6 of 30
    e = pupils.with({ ADA = marks }, "2025-12-19").ADA:trend(trend { before = 9 })
    assert.is_true(e.met)
  end)

  it("is quiet where the whole school declines", function()
    local ill = { "2025-11-11", "2025-11-12", "2025-11-18", "2025-11-19" }
    local marks = {}
    for _, upn in ipairs { "ADA", "BEN", "CAL", "DEE" } do marks[upn] = away(FIRST, LAST, "I I", ill) end
    local ada = pupils.with(marks, "2025-11-21").ADA
    local e = ada:trend(trend())
    assert.equal("false 2857 2857", fields(e, "met", "fall", "school_fall"))
    assert.equal("attendance fell from 100.0 % to 71.4 % in the last 3 school weeks (in the rest of the school it "
      .. "fell by 28.6 points); 10 points are asked for beyond what the school shares", e:why_not())
    assert.equal("true nil", fields(ada:trend(trend { beside_school = false }), "met", "school_fall"))
  end)

  it("takes off what the others fell, exactly, and adds nothing where they rose", function()
    -- Ada 6 of 30 lately, the others 3 of 30: 20 points less 10
    local monday = { "2025-12-08", "2025-12-09", "2025-12-10" }
    local others = away(FIRST, LAST, "I \\", monday)
    local of = pupils.with({ ADA = away(FIRST, LAST, "I I", monday), BEN = others, CAL = others }, "2025-12-19")
    assert.equal("2000 1000 true", fields(of.ADA:trend(trend()), "fall", "school_fall", "met"))
    assert.is_false(of.ADA:trend(trend { points = 11 }).met)
    -- Ada fell by 6.7 points, the others came back from an illness
    local before = school.on({ "2025-11-18", "2025-11-19", "2025-11-20" }, "I I", nil)
    local back = workspace.with(FIRST, LAST, before)
    of = pupils.with({ ADA = away(FIRST, LAST, "I I", { "2025-12-08" }), BEN = back, CAL = back }, "2025-12-19")
    local e = of.ADA:trend(trend())
    assert.is_true(e.school_fall < -900)
    assert.equal("667 false", fields(e, "fall", "met"))
  end)

  it("is compared with the others alone: with nobody else, nothing is taken off", function()
    local ada = pupils.with({ ADA = away(FIRST, LAST, "I I", { "2025-12-08", "2025-12-09" }) }, "2025-12-19").ADA
    assert.equal("1333 nil true", fields(ada:trend(trend()), "fall", "school_fall", "met"))
  end)

  it("is one concern as long as it lasts, over half term and week by week", function()
    local dates = { "2025-10-14", "2025-10-15", "2025-10-21", "2025-10-22" }
    local marks = { ADA = away(FIRST, LAST, "I I", dates), BEN = fine() }
    pupils.with(marks, "2025-10-17")
    for _, day in ipairs { "2025-10-15", "2025-10-17", "2025-10-23", "2025-10-29", "2025-11-03", "2025-11-07" } do
      local e = pupils.on(day).ADA:trend(trend { before = 4, weeks = 2, least_possible = 16 })
      assert.equal("dip from 2025-10-13 2025-10-13", fields(e, "concern", "since"), day)
    end
    local over = pupils.on("2025-11-21").ADA:trend(trend { before = 4, weeks = 2, least_possible = 16 })
    assert.equal("false nil dip 2025-26", fields(over, "met", "since", "concern"))
  end)

  it("is a new concern when it comes again; it begins on the Monday, whether or not school was open", function()
    local dates = { "2025-09-30", "2025-10-01", "2025-11-04", "2025-11-05", "2025-11-06" }
    pupils.with({ ADA = away(FIRST, LAST, "I I", dates), BEN = fine() }, "2025-10-03")
    local one = trend { weeks = 1, before = 3, least_possible = 6 }
    assert.equal("dip from 2025-09-29", pupils.on("2025-10-03").ADA:trend(one).concern)
    assert.is_false(pupils.on("2025-10-10").ADA:trend(one).met)
    assert.equal("dip from 2025-11-03", pupils.on("2025-11-06").ADA:trend(one).concern) -- Monday: training
  end)

  it("looks back over the summer, and says when there is too little to look back on", function()
    local days = away(FIRST, LAST, "I I", { "2025-09-09", "2025-09-10" })
    local of = pupils.with({ ADA = days, BEN = fine() }, "2025-09-19")
    local e = of.ADA:trend(trend { before = 9 })
    assert.equal("false true", fields(e, "met", "too_few"))
    assert.equal("too few half days to say: 28 possible in the last 3 school weeks, 0 in the 9 school weeks before",
      e:why_not())
    for date, pair in pairs(workspace.present("2025-06-02", "2025-07-22")) do days[date] = pair end
    e = pupils.with({ ADA = days, BEN = fine() }, "2025-09-19").ADA:trend(trend { before = 9 })
    assert.equal("true 74 74 2025-06-02 2025-07-22", fields(e, "met", "attended_before", "possible_before",
      "before_from", "before_to"))
    assert.is_nil(e.school_fall) -- of the others nothing is known before the summer
    assert.is_true(pupils.on("2025-09-19").ADA:trend(trend { before = 9, least_possible = 28 }).met)
    assert.is_true(pupils.on("2025-09-19").ADA:trend(trend { before = 9, least_possible = 29 }).too_few)
  end)

  it("says so when nothing was possible, and before there was any school", function()
    local ada = pupils.with({ ADA = { ["2025-09-09"] = "D D" }, BEN = fine() }, "2025-09-19").ADA
    assert.equal("not available: no possible half days in the last 3 school weeks", tostring(ada:trend(trend())))
    local e = pupils.on("2025-05-01").ADA:trend(trend())
    assert.equal("false true 0 0 nil", fields(e, "met", "too_few", "count", "of", "to"))
  end)

  it("sees nothing after the day looked at, neither of the pupil nor of the school", function()
    local ill = { "2025-12-15", "2025-12-16", "2025-12-17", "2025-12-18", "2025-12-19" }
    local of = pupils.with({ ADA = away(FIRST, LAST, "I I", ill), BEN = away(FIRST, LAST, "I I", ill) }, "2025-12-12")
    assert.equal("0 0 30", fields(of.ADA:trend(trend()), "fall", "school_fall", "possible"))
  end)

  it("says the same of one pupil as of everybody, and as it was known then", function()
    local marks = { ADA = away(FIRST, LAST, "I I", { "2025-12-08", "2025-12-09" }), BEN = fine(), CAL = fine() }
    pupils.with(marks, "2025-12-19")
    pupils.learn({ CAL = { ["2025-12-10"] = "I I", ["2025-12-11"] = "I I" }, BEN = { ["2025-12-10"] = "I I" } },
      "2026-08-02T09:00Z")
    for _, filter in ipairs { {}, { upn = "ADA" }, { on_roll = true } } do
      assert.equal("1333 1000", fields(pupils.on("2025-12-19", filter).ADA:trend(trend()), "fall", "school_fall"))
    end
    local then_known = { upn = "ADA", known_at = "2026-08-02T08:00Z" }
    assert.equal("1333 0", fields(pupils.on("2025-12-19", then_known).ADA:trend(trend()), "fall", "school_fall"))
  end)

  -- A batch's header is ten numbers; then come sessions, weeks, and three numbers of the
  -- school for each session.
  local HEADER = 40

  local function school_at(block, session)
    local sessions = string.unpack("<I4", block, 9)
    return HEADER + sessions * 8 + (session - 1) * 12
  end

  local function with_school(block, counts) -- { { session, possible, authorised, unauthorised }, … }
    local sessions = string.unpack("<I4", block, 9)
    local at = school_at(block, 1)
    block = block:sub(1, at) .. ("\0"):rep(sessions * 12) .. block:sub(at + sessions * 12 + 1)
    for _, each in ipairs(counts) do
      at = school_at(block, each[1])
      block = block:sub(1, at) .. string.pack("<I4I4I4", each[2], each[3], each[4]) .. block:sub(at + 13)
    end
    return block
  end

  it("is exact beside a school of two thousand million marks", function()
    -- Ada fell by 20 points; the others by exactly 10, and by a thousand-millionth of it more
    pupils.with({ ADA = away(FIRST, LAST, "I I", { "2025-12-08", "2025-12-09", "2025-12-10" }) }, "2025-12-19")
    local block = pupils.block "2025-12-19"
    local last = string.unpack("<I4", block, 17) -- the sessions up to that day
    local lately, before = last - 29, last - 59
    local own = trend { before = 3 }
    for extra = 0, 1 do
      local batch = assert(pupils.opened(with_school(block, {
        { lately, 999999990 + 30, 99999999 + 6 + extra, 0 }, { before, 1000000000 + 30, 0, 0 } })))
      local e = batch[1]:trend(own)
      assert.equal(("2000 1000 %s"):format(extra == 0), fields(e, "fall", "school_fall", "met"))
    end
  end)

  it("is never asked of a batch whose school cannot be", function()
    pupils.with({ ADA = fine() }, "2025-12-19")
    local block = pupils.block "2025-12-19"
    local last = string.unpack("<I4", block, 17)
    local function fault(counts) return select(2, pupils.opened(with_school(block, counts))) end
    assert.equal("a damaged batch: more absent than possible", fault { { 1, 5, 3, 3 } })
    assert.equal("a damaged batch: more absent than possible", fault { { 1, 5, 0xffffffff, 2 } })
    assert.equal("a damaged batch: a session of the school after the last day", fault { { last + 1, 1, 0, 0 } })
    assert.equal("a damaged batch: more marks than a school has", fault { { 1, 0x7fffffff, 0, 0 }, { 2, 1, 0, 0 } })
    assert.equal("a damaged batch: its header",
      select(2, pupils.opened(block:sub(1, 24) .. string.pack("<I4", 2) .. block:sub(29))))
    assert.truthy(pupils.opened(with_school(block, { { last, 0x7fffffff, 0, 0x7fffffff } })))
  end)

  it("is not sent to who may not see registers", function()
    pupils.with({ ADA = fine() }, "2025-12-19")
    assert.equal(0, (string.unpack("<I4", pupils.block("2025-12-19", { fields = { "pupil.name" } }), 25)))
    assert.equal(1, (string.unpack("<I4", pupils.block("2025-12-19", { fields = { "registers" } }), 25)))
  end)

  it("tells who writes one wrongly", function()
    local function refused(what)
      local spec = { name = "dip", weeks = 3, before = 6, points = 10 }
      for name, value in pairs(what) do spec[name] = value or nil end
      local _, message = pcall(rule.trend, spec)
      return message
    end
    for _, case in ipairs {
      { { weeks = false }, "say over how many school weeks: weeks = 12" },
      { { before = false }, "say beside how many school weeks before them: before = 9" },
      { { points = false }, "say how many percentage points are worth a look: points = 10" },
      { { points = 101 }, '"points" is a whole number from 1 to 100' },
      { { was_at_least = 95.5 }, '"was_at_least" is a whole number from 1 to 100' },
      { { beside_school = "yes" }, '"beside_school" is true or false' },
      { { codes = "I" }, 'it has no field "codes"' },
      { { point = 3 }, 'it has no field "point"; did you mean "points"?' },
    } do
      assert.truthy(refused(case[1]):find(case[2], 1, true), refused(case[1]))
    end
    local ada = pupils.with({ ADA = fine() }, "2025-12-19").ADA
    local _, message = pcall(ada.trend, ada, trend(), "2025-12-01")
    assert.truthy(message:find("a trend rule has its own period: give it no dates", 1, true))
    _, message = pcall(ada.weekday, ada, trend())
    assert.truthy(message:find('"dip" is a trend rule: use pupil:trend()', 1, true))
  end)
end)

-- E6-1: Ada is ill on five days in the two weeks to 21 November 2025, having missed one day in
-- September and October; her class was there.
describe("a step that asks for a trend", function()
  teardown(school.remove_all)

  it("is suggested with the figures as the host measures them, and explained", function()
    local w = school.with({ BEN = fine(), ADA = away(FIRST, "2025-11-21", "I I", { "2025-10-01", "2025-11-11",
      "2025-11-12", "2025-11-18", "2025-11-19", "2025-11-20" }) })
    w:file("w/plugins/look/plugin.lua",
      'return { name = "look", version = "1.0", api = 2, extends = "essex", reads = { "registers" } }')
    w:file("w/plugins/look/init.lua", 'return { road_map = { "look" },\n'
      .. 'dip = trend { name = "dip", weeks = 3, before = 6, points = 10, was_at_least = 95 } }')
    w:file("w/plugins/look/steps/look.lua", 'local dip = require("look").dip\n'
      .. 'return step { title = "Look", principle = "listen", suggest = function(pupil)\n'
      .. '  return pupil:trend(dip):because "a first dip"\nend }')
    w:file("w/waymark.lua", workspace.essex:gsub('use "essex"', 'use "look"'))
    local list = w:json(school.AFTER .. "suggest --dry-run --as-of 2025-11-21")
    assert.equal(1, #list)
    assert.equal("ADA look dip from 2025-11-10", ("%s %s %s"):format(list[1].upn, list[1].step, list[1].concern))
    assert.equal("dip 10 28 10", ("%s %d %d %d"):format(list[1].evidence[1].rule, list[1].evidence[1].count,
      list[1].evidence[1].of, #list[1].evidence[1].sessions))
    local text = w:ok(school.AFTER .. "explain ADA look --as-of 2025-11-21")
    assert.truthy(text:find("dip: attendance fell from 96.6 % to 64.3 % in the last 3 school weeks (in the rest of "
      .. "the school it stayed the same), Tue 4 Nov 2025 to Fri 21 Nov 2025: met", 1, true), text)
    assert.truthy(text:find("beside the 6 school weeks before; a fall of 10 points; only for attendance of 95 % or "
      .. "more before; what the rest of the school shares is taken off; at least 20 half days possible in both", 1,
      true), text)
    text = w:ok(school.AFTER .. "explain BEN look --as-of 2025-11-21")
    assert.truthy(text:find("Not suggested", 1, true))
    assert.truthy(text:find("attendance stayed at 100.0 %", 1, true), text)
  end)
end)
