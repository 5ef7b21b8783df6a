-- Weekdays: a pattern of a pupil, read against the school's own. Fridays are about a fifth
-- worse than Monday to Thursday everywhere (DOMAIN.md), so a bad Friday alone says little.

local core = require "waymark.core"
local pupils = require "tests.support.pupils"
local school = require "tests.support.school"
local workspace = require "tests.support.workspace"

core.sdk "evidence" -- the words

local rule = core.rule
local away, fields = pupils.away, pupils.fields
local FIRST, LAST = "2025-09-02", "2026-03-27"
local DAY = "2025-12-19" -- its twelve school weeks begin on 22 September

local function weekday(what)
  local spec = { name = "fixed", weeks = 12, points = 20 }
  for name, value in pairs(what or {}) do spec[name] = value end
  return rule.weekday(spec)
end

local function fine() return workspace.with(FIRST, LAST, {}) end

local fridays = { "2025-10-10", "2025-10-17", "2025-11-07", "2025-11-14", "2025-12-05" }

describe("a weekday", function()
  after_each(pupils.remove)

  -- Eleven Fridays in those weeks: on 24 October there was training.
  it("is the one on which a pupil is away most", function()
    local dates = table.move(fridays, 1, 5, 2, { "2025-10-01" })
    local ada = pupils.with({ ADA = away(FIRST, LAST, "I I", dates), BEN = fine() }, DAY).ADA
    local e = ada:weekday(weekday())
    assert.equal("true friday 10 22", fields(e, "met", "weekday", "count", "of"))
    assert.equal("10 22 2 94", fields(e, "absent", "possible", "others_absent", "others_possible"))
    assert.equal("5 11 4333 0", fields(e, "days", "of_days", "difference", "school_difference"))
    assert.equal("0 22 0 94", fields(e, "school_absent", "school_possible", "school_others_absent",
      "school_others_possible"))
    assert.equal("2025-09-22 2025-12-19 fixed friday 2025-26", fields(e, "from", "to", "concern"))
    assert.equal("away on 5 of 11 Fridays: for 10 of 22 half days, on other days for 2 of 94 (the rest of the school: "
      .. "0.0 %, on other days 0.0 %)", tostring(e))
    assert.is_nil(e:why_not())
    assert.equal(10, #e:sessions())
    for _, each in ipairs(e:sessions()) do assert.equal(5, core.date.weekday(each.date)) end
  end)

  it("is no pattern of the pupil where the school's Fridays are as bad", function()
    local marks = {}
    for _, upn in ipairs { "ADA", "BEN", "CAL" } do marks[upn] = away(FIRST, LAST, "I I", fridays) end
    local e = pupils.with(marks, DAY).ADA:weekday(weekday())
    assert.equal("false friday 4545 4545", fields(e, "met", "weekday", "difference", "school_difference"))
    assert.equal("away on 5 of 11 Fridays: for 10 of 22 half days, on other days for 0 of 94 (the rest of the school: "
      .. "45.5 %, on other days 0.0 %); 20 points are asked for beyond what the school shares", e:why_not())
  end)

  it("is another one than Friday, where Fridays are everybody's", function()
    local dates = table.move({ "2025-11-10", "2025-11-17", "2025-11-24", "2025-12-01" }, 1, 4, 6,
      table.move(fridays, 1, 5, 1, {}))
    local marks = { ADA = away(FIRST, LAST, "I I", dates), BEN = away(FIRST, LAST, "I I", fridays),
      CAL = away(FIRST, LAST, "I I", fridays) }
    local e = pupils.with(marks, DAY).ADA:weekday(weekday())
    assert.equal("true monday 8 22 fixed monday 2025-26", fields(e, "met", "weekday", "count", "of", "concern"))
    assert.is_true(e.school_difference < 0) -- others are there on Mondays more than else: nothing is added
  end)

  it("takes off what the school shares, exactly", function()
    -- Ada on 5 of 11 Fridays, the others on 3: 45.45 points less 27.27
    local some = away(FIRST, LAST, "I I", { fridays[1], fridays[2], fridays[3] })
    local ada = pupils.with({ ADA = away(FIRST, LAST, "I I", fridays), BEN = some, CAL = some }, DAY).ADA
    assert.equal("4545 2727", fields(ada:weekday(weekday()), "difference", "school_difference"))
    assert.is_true(ada:weekday(weekday { points = 18 }).met) -- 18.18
    assert.is_false(ada:weekday(weekday { points = 19 }).met)
  end)

  it("counts half days, and days with any of them: Friday afternoons alone", function()
    local ada = pupils.with({ ADA = away(FIRST, LAST, "/ U", fridays), BEN = fine() }, DAY).ADA
    local e = ada:weekday(weekday { classes = "unauthorised" })
    assert.equal("true 5 22 5 11", fields(e, "met", "absent", "possible", "days", "of_days"))
    assert.is_false(ada:weekday(weekday { classes = "authorised" }).met)
    assert.is_true(ada:weekday(weekday { at_least = 5 }).met)
    e = ada:weekday(weekday { at_least = 6 })
    assert.is_false(e.met)
    assert.truthy(e:why_not():find("; 6 such days are asked for", 1, true), e:why_not())
  end)

  it("is one that meets the rule before one that does not", function()
    -- Three Fridays of eleven; and the only possible Monday
    local marks = away(FIRST, LAST, "I I", { fridays[1], fridays[2], fridays[3], "2025-12-15" })
    for _, monday in ipairs { "2025-09-22", "2025-09-29", "2025-10-06", "2025-10-13", "2025-10-20", "2025-11-10",
      "2025-11-17", "2025-11-24", "2025-12-01", "2025-12-08" } do marks[monday] = "D D" end
    local ada = pupils.with({ ADA = marks }, DAY).ADA
    assert.equal("true friday", fields(ada:weekday(weekday()), "met", "weekday"))
    assert.equal("false monday 2 2", fields(ada:weekday(weekday { at_least = 4 }), "met", "weekday", "count", "of"))
  end)

  it("is the same concern all year, and another one for another day", function()
    pupils.with({ ADA = away(FIRST, LAST, "I I", table.move({ "2026-01-12", "2026-01-19", "2026-01-26", "2026-02-02",
      "2026-02-09", "2026-02-23" }, 1, 6, 6, table.move(fridays, 1, 5, 1, {}))), BEN = fine() }, DAY)
    assert.equal("fixed friday 2025-26", pupils.on(DAY).ADA:weekday(weekday()).concern)
    assert.equal("fixed friday 2025-26", pupils.on("2026-01-09").ADA:weekday(weekday()).concern)
    assert.equal("fixed monday 2025-26", pupils.on("2026-03-06").ADA:weekday(weekday()).concern)
  end)

  it("says when there is too little to say", function()
    local ada = pupils.with({ ADA = away(FIRST, LAST, "I I", { "2025-09-05", "2025-09-12" }), BEN = fine() },
      "2025-09-12").ADA
    assert.equal("true false", fields(ada:weekday(weekday { at_least = 2, least_possible = 18 }), "met", "too_few"))
    local e = ada:weekday(weekday { at_least = 2 })
    assert.equal("false true", fields(e, "met", "too_few"))
    assert.equal("too few half days to say: 18 possible in the last 12 school weeks", e:why_not())
    e = pupils.on("2025-09-02").ADA:weekday(weekday())
    assert.equal("false true nil", fields(e, "met", "too_few", "weekday"))
    assert.equal("not available: no possible half days to compare", e:why_not())
    assert.equal("fixed 2025-26 0 0", fields(e, "concern", "count", "of"))
  end)

  it("sees nothing after the day looked at, and says the same of one pupil as of everybody", function()
    local marks = { ADA = away(FIRST, LAST, "I I", fridays), BEN = away(FIRST, LAST, "I I", { "2025-12-12" }) }
    pupils.with(marks, DAY)
    local shown = { "absent", "possible", "school_absent", "school_possible", "school_others_possible" }
    for _, filter in ipairs { {}, { upn = "ADA" }, { on_roll = true } } do
      assert.equal("10 22 2 22 94", fields(pupils.on(DAY, filter).ADA:weekday(weekday()), table.unpack(shown)))
      assert.equal("10 16 0 16 74", fields(pupils.on("2025-12-09", filter).ADA:weekday(weekday { weeks = 10 }),
        table.unpack(shown)))
    end
  end)

  it("knows the longest names within the bytes of a concern", function()
    local name = ("n"):rep(39)
    local ada = pupils.with({ ADA = away(FIRST, LAST, "I I", { "2025-11-12", "2025-11-19", "2025-11-26" }),
      BEN = fine() }, DAY).ADA
    assert.equal(name .. " wednesday 2025-26", ada:weekday(weekday { name = name }).concern)
    local dip = rule.trend { name = name, weeks = 6, before = 6, points = 1 }
    assert.equal(name .. " from 2025-11-10", ada:trend(dip).concern)
    assert.is_true(#ada:weekday(weekday { name = name }).concern <= 64)
  end)

  it("tells who writes one wrongly", function()
    for _, case in ipairs {
      { { weeks = 0 }, '"weeks" is a whole number from 1 to 520' },
      { { classes = "present" }, "its classes are those of absence: authorised, unauthorised" },
      { { classes = { "authorised", "late" } }, "a class is present, educational" },
      { { codes = "U" }, 'it has no field "codes"' },
      { { at_least = 0 }, '"at_least" is a whole number from 1 to 10000' },
    } do
      local _, message = pcall(weekday, case[1])
      assert.truthy(message:find(case[2], 1, true), message)
    end
    local ada = pupils.with({ ADA = fine() }, DAY).ADA
    local _, message = pcall(function() return ada:weekday(weekday()).fall end)
    assert.truthy(message:find('the evidence of a weekday rule has no field "fall"', 1, true), message)
  end)
end)

describe("a step that asks for a weekday", function()
  teardown(school.remove_all)

  it("is suggested and explained, and asked of one pupil in a script with the same answer", function()
    local marks = { ADA = away(FIRST, DAY, "I I", fridays), BEN = fine(),
      CAL = away(FIRST, DAY, "I I", { fridays[1] }) }
    local w = school.with(marks)
    w:file("w/plugins/look/plugin.lua",
      'return { name = "look", version = "1.0", api = 2, extends = "essex", reads = { "registers" } }')
    w:file("w/plugins/look/init.lua",
      'return { road_map = { "look" }, fixed = weekday { name = "fixed", weeks = 12, points = 20 } }')
    w:file("w/plugins/look/steps/look.lua", 'local fixed = require("look").fixed\n'
      .. 'return step { title = "Look", principle = "listen", suggest = function(pupil)\n'
      .. '  return pupil:measure(fixed):because "a weekday"\nend }')
    w:file("w/waymark.lua", workspace.essex:gsub('use "essex"', 'use "look"'))
    local list = w:json(school.AFTER .. "suggest --dry-run --as-of " .. DAY)
    assert.equal("1 ADA fixed friday 2025-26", ("%d %s %s"):format(#list, list[1].upn, list[1].concern))
    local words = "away on 5 of 11 Fridays: for 10 of 22 half days, on other days for 0 of 94 (the rest of the "
      .. "school: 4.5 %, on other days 0.0 %)"
    local text = w:ok(school.AFTER .. "explain ADA look --as-of " .. DAY)
    assert.truthy(text:find("fixed: " .. words, 1, true), text)
    assert.truthy(text:find("one weekday beside the other days, 20 points more absence; what the rest of the school "
      .. "shares is taken off; on at least 3 such days; at least 20 half days possible", 1, true), text)
    w:file("ask.lua", ('for p in pupils { upn = "ADA", as_of = "%s" } do print(p:weekday(weekday { name = "x", '
      .. 'weeks = 12, points = 20 })) end'):format(DAY))
    assert.equal(words .. "\n", w:ok(school.AFTER .. "run ask.lua"))
  end)
end)
