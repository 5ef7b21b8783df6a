-- Authorities differ: four over the same school, side by side; rules that hold from a day
-- on; and a school that changes one thing of its authority's.

local core = require "waymark.core"
local plugins = require "tests.support.plugins"
local workspace = require "tests.support.workspace"

local AUTHORITIES = { "essex", "norfolk", "buckinghamshire", "central-bedfordshire" }

local PUPILS = [[
upn,surname,forename,dob,year,form
ADA,Byron,Ada,2016-05-05,4,4A
BEN,Marsh,Ben,2016-06-06,4,4A
CAL,Moss,Cal,2016-07-07,4,4A
DEE,Okafor,Dee,2016-08-08,4,4A
]]

local CONTACTS = [[
upn,forename,surname,relationship,parental_responsibility
ADA,Anne,Byron,mother,1
ADA,George,Byron,father,1
]]

-- A week of one code, present else to 16 October.
local function week(am_pm, last)
  local days = {}
  for day = 8, 12 do days[("2025-09-%02d"):format(day)] = am_pm end
  days["2025-09-12"] = last or am_pm
  return workspace.with("2025-09-02", "2025-10-16", days)
end

-- Ada: ten O and U; Ben: nine and an N; Cal: a holiday of ten half days; Dee: eight.
local MARKS = { ADA = week "O U", BEN = week("O O", "O N"), CAL = week "G G", DEE = week("O O", "/ \\") }

local open = {}

-- The same school in an authority; for everybody, early help was offered and not taken up.
-- `own`: the manifest and the files of a plugin "local".
local function school(use, own)
  local w = workspace.new { settings = workspace.essex:gsub('use "essex"', use), files = {
    ["pupils.csv"] = PUPILS, ["contacts.csv"] = CONTACTS, ["marks.csv"] = workspace.registers(MARKS) } }
  if own then plugins.write(w, "local", own[1], own[2]) end
  for _, kind in ipairs { "pupils", "contacts", "marks" } do
    w:ok(("--now 2025-10-16T08:00Z import %s %s.csv"):format(kind, kind))
  end
  for _, upn in ipairs { "ADA", "BEN", "CAL", "DEE" } do
    w:ok(("--now 2025-10-16T09:00Z record %s early-help --outcome not-taken-up --on 2025-09-16"):format(upn))
  end
  open[#open + 1] = w
  return w
end

local function in_authority(name) return school(('use "%s"'):format(name)) end

after_each(function()
  for _, w in ipairs(open) do w:remove() end
  open = {}
end)

local function suggested(w, upn, step)
  for _, each in ipairs(w:json "--now 2025-10-16T10:00Z suggest --dry-run --as-of 2025-10-16") do
    if each.upn == upn and each.step == step then return each end
  end
end

local function gate(w, upn)
  return w:json(("explain %s notice-to-improve --as-of 2025-10-16"):format(upn)).gate
end

-- The fields of Ada's notice, as recorded with nothing but for whom it is.
local function notice(w)
  w:ok "--now 2025-10-16T11:00Z record ADA notice-to-improve --set parent=Anne"
  local row = w:json [[sql "SELECT body FROM entry JOIN event ON event.id = event WHERE step = 'notice-to-improve'"]]
  return core.decode(row[1].body).fields
end

describe("the same school in four authorities", function()
  it("early on is the same everywhere", function()
    local expected
    for _, name in ipairs(AUTHORITIES) do
      local list = {}
      for _, each in ipairs(in_authority(name):json "suggest --dry-run --as-of 2025-10-16") do
        if each.step ~= "notice-to-improve" then list[#list + 1] = each.upn .. " " .. each.step end
      end
      expected = expected or list
      assert.is_true(#list > 0)
      assert.same(expected, list, name)
    end
  end)

  it("gives a notice where the authority's own threshold is met", function()
    local found = {}
    for _, name in ipairs(AUTHORITIES) do
      local w, row = in_authority(name), {}
      for i, upn in ipairs { "ADA", "BEN", "CAL", "DEE" } do
        row[i] = suggested(w, upn, "notice-to-improve") and "yes" or "no"
      end
      found[name] = table.concat(row, " ")
    end
    assert.same({ essex = "yes no no no", norfolk = "yes yes yes no", buckinghamshire = "yes yes yes no",
      ["central-bedfordshire"] = "yes yes yes no" }, found)
  end)

  it("says why not, where it is not given", function()
    local essex, norfolk = in_authority "essex", in_authority "norfolk"
    assert.truthy(gate(essex, "BEN"):find("N on Fri 12 Sep 2025, afternoon", 1, true))
    assert.truthy(gate(essex, "CAL"):find("leave-of-absence route", 1, true))
    assert.truthy(gate(norfolk, "DEE"):find("the national threshold is not met: 8 of 10", 1, true))
    assert.is_nil(gate(norfolk, "CAL"))
  end)

  -- Issued Thursday 16 October, received on the second working day after. 24 October and
  -- 3 November are training days, half term lies between.
  it("has the notice run as long as each has set", function()
    local found = {}
    for _, name in ipairs(AUTHORITIES) do
      local fields = notice(in_authority(name))
      found[name] = { fields.issuer, fields.period_from, fields.period_to, (fields.checks or {})[1] or "-",
        fields.refer_by or "-" }
    end
    assert.same({
      essex = { "the school", "2025-10-20", "2025-12-05", "-", "-" },
      norfolk = { "the school", "2025-10-20", "2025-12-05", "-", "2026-01-09" },
      buckinghamshire = { "Buckinghamshire Council", "2025-10-20", "2025-12-09", "2025-11-18", "-" },
      ["central-bedfordshire"] = { "the school", "2025-10-20", "2025-12-05", "-", "-" }, -- of the guidance
    }, found)
  end)

  -- The calendar ends in July: 40 school weeks are over after it, 28 days are not.
  it("has a notice of the sooner of two end on the day that the list says, though the calendar ends before", function()
    for _, period in ipairs { "sooner_of(calendar_days(28), school_weeks(40))",
      "sooner_of(school_weeks(40), calendar_days(28))", "sooner_of(school_days(300), calendar_days(28))" } do
      local w = school(('use "norfolk" { notice_period = %s, notice_checks = { %s } }'):format(period,
        period:gsub("28", "14")))
      local fields = notice(w)
      assert.same({ "2025-10-20", "2025-11-16", { "2025-11-02" } },
        { fields.period_from, fields.period_to, fields.checks }, period)
      local list = w:ok "--now 2025-10-21T08:00Z today"
      assert.truthy(list:gsub("%s+", " "):find("to Sunday 16 November", 1, true), list)
    end
  end)

  it("refuses a notice of which neither period is over in the calendar", function()
    local w = school 'use "norfolk" { notice_period = sooner_of(school_weeks(40), calendar_days(400)) }'
    local err = w:run("--now 2025-10-16T11:00Z record ADA notice-to-improve --set parent=Anne").err
    assert.truthy(err:find("period_to: the calendar ends before", 1, true), err)
  end)

  it("shares one road map: none has a step of its own, and each is small", function()
    for _, name in ipairs(AUTHORITIES) do
      local lines = 0
      for _, file in ipairs { "plugin.lua", "init.lua" } do
        local text <close> = io.open("plugins/" .. name .. "/" .. file)
        for _ in text and text:lines() or io.lines "/dev/null" do lines = lines + 1 end
      end
      assert.is_true(lines < 100, name)
      local _, steps = in_authority(name):ok("plugin info " .. name):gsub("support%-first%s+yes", "")
      assert.equal(9, steps, name) -- all but the policy, which is not suggested
    end
  end)
end)

describe("rules that hold from a day on", function()
  -- From January 2026 this authority acts on twelve.
  local function with_later_rules()
    return school('use "local"', { 'extends = "essex", requires = { "england" }, reads = { "registers", "cases" }', {
      ["init.lua"] = [[
        local essex = parent.module
        local twelve = rolling { name = "essex-2026", codes = "OUG", at_least = 12, weeks = 10 }
        essex.rules[#essex.rules + 1] = { from = "2026-01-01", threshold = twelve, notice_period = school_weeks(4),
          why_not = function(pupil) return pupil:rolling(twelve):why_not() end }
        return essex]] } })
  end

  it("are chosen by the day looked at", function()
    local w = with_later_rules()
    assert.truthy(suggested(w, "ADA", "notice-to-improve"))
    assert.is_nil(gate(w, "ADA"))
    w:file("more.csv", workspace.registers { ADA = workspace.with("2026-01-05", "2026-01-09",
      { ["2026-01-05"] = "O O", ["2026-01-06"] = "O O", ["2026-01-07"] = "O O", ["2026-01-08"] = "O O",
        ["2026-01-09"] = "O O" }) })
    w:ok "--now 2026-01-09T17:00Z import marks more.csv"
    local later = w:json "--now 2026-01-09T18:00Z explain ADA notice-to-improve --as-of 2026-01-09"
    assert.truthy(later.gate:find("10 of 12", 1, true), later.gate)
  end)

  it("are those of the day of issue in a notice", function()
    local w = with_later_rules()
    assert.equal("2025-12-05", notice(w).period_to)
    w:ok("--now 2026-01-08T11:00Z record ADA notice-to-improve --set parent=George --despite example")
    local rows = w:json [[sql "SELECT body FROM entry JOIN event ON event.id = event
      WHERE step = 'notice-to-improve' ORDER BY event.id"]]
    -- Received on Monday 12 January; four school weeks, half term is the week of 16 February.
    assert.equal("2026-02-06", core.decode(rows[2].body).fields.period_to)
  end)
end)

describe("a school that changes one thing of its authority's", function()
  local function changed(manifest, files)
    local w = school('use "local"', { 'extends = "norfolk", reads = { "registers", "cases" }, consults = { '
      .. '"pupil.upn", "pupil.name", "pupil.groups", "pupil.dob", "sensitive", "contacts" }, ' .. manifest, files })
    local list = {}
    for i, row in ipairs(w:json "plugin diff local") do list[i] = row.about .. ": " .. row.what end
    return w, list
  end

  it("one number", function()
    local w, diff = changed "configure = { norfolk = { contract_unauthorised = 9 } }"
    assert.same({ "support-first.contract_unauthorised: option set: 8 → 9",
      "towards-threshold: rule, at least: 8 → 9" }, diff)
    assert.is_nil(suggested(w, "DEE", "attendance-contract"))
    assert.truthy(suggested(in_authority "norfolk", "DEE", "attendance-contract"))
  end)

  it("one number in the settings", function()
    local w = school 'use "norfolk" { contract_unauthorised = 9, notice_period = school_weeks(4) }'
    assert.is_nil(suggested(w, "DEE", "attendance-contract"))
    assert.equal("2025-11-21", notice(w).period_to)
  end)

  it("one field of one step", function()
    local _, diff = changed("", { ["steps/initial-concern.lua"] =
      'return parent.steps["initial-concern"]:with { title = "A cup of tea with the family" }' })
    assert.same({ 'initial-concern: title: "Initial concern conversation" → "A cup of tea with the family"' }, diff)
  end)

  it("one template", function()
    local _, diff = changed("", { ["templates/initial-concern-letter.html"] = "<p>Dear {{parent.name}}</p>\n" })
    assert.equal(1, #diff, table.concat(diff, "\n"))
    assert.truthy(diff[1]:find("initial-concern-letter", 1, true), diff[1])
  end)
end)
