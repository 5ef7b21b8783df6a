-- Rules of an authority that are dated (plugins/README.md, "An authority"): those of the day
-- looked at are used, those that come later are not. A school's own plugin says that from
-- 5 January 2026 twelve half days of O, U and G are needed, and a notice runs three weeks.

local workspace = require "tests.support.workspace"

local settings = workspace.essex:gsub('use "essex"', 'use "ours"')

local manifest = [[
return {
  name = "ours", version = "1.0", api = 2, title = "Ours", extends = "support-first", requires = { "england" },
  reads = { "registers", "cases" }, consults = { "contacts", "pupil.dob" },
}
]]

local init = [[
local england = require "england"
local common = parent.module
local twelve = rolling { name = "twelve", codes = "OUG", at_least = 12, weeks = 10 }
common.acts_by {
  { from = "2024-08-19", threshold = england.national },
  { from = "2026-01-05", threshold = twelve, notice_period = school_weeks(3),
    at_notice = count { name = "twelve-at", codes = "OUG", at_least = 12 },
    why_not = function(pupil) return pupil:rolling(twelve):why_not() end },
}
return common
]]

local w

setup(function()
  local days = workspace.with("2025-11-03", "2026-01-09", {})
  for day = 10, 14 do days[("2025-11-%02d"):format(day)] = "O O" end
  w = workspace.new { settings = settings, files = { ["marks.csv"] = workspace.registers { C801200005002 = days },
    ["pupils.csv"] = "upn,surname,forename,dob\nC801200005002,Byron,Ada,2015-06-11\n",
    ["contacts.csv"] = "upn,forename,surname,parental_responsibility\nC801200005002,Anne,Byron,1\n" } }
  for _, name in ipairs { "plugins", "plugins/ours" } do require("lfs").mkdir(w.dir .. "/" .. name) end
  workspace.write(w.dir .. "/plugins/ours/plugin.lua", manifest)
  workspace.write(w.dir .. "/plugins/ours/init.lua", init)
  for _, kind in ipairs { "pupils", "contacts", "marks" } do
    w:ok(("import %s %s.csv --now 2026-01-09T18:00Z"):format(kind, kind))
  end
end)
teardown(function() w:remove() end)

local function on(day, line) return w:ok(("%s --now %sT18:00Z"):format(line, day)) end

local function explained(day) return on(day, "explain Ada legal-decision --as-of " .. day) end

local function has(text, words) assert.truthy(text:find(words, 1, true), text) end

describe("deciding on legal intervention", function()
  it("goes by the rules of the day: ten half days are enough in November 2025", function()
    local out = explained "2025-11-21"
    has(out, "possible by the figures  first penalty notice: First notice: £160, or £80 if paid within 21 days; "
      .. "10 half days")
    assert.falsy(out:find("The absences that the authority counts", 1, true), out)
  end)

  it("goes by the new rules from their day on", function()
    local out = explained "2026-01-09"
    has(out, "not open  first penalty notice")
    has(out, "what the authority counts is not enough: 10 of 12 half days")
  end)

  -- The notice of 21 November was given by the rules of that day; it did not work.
  it("after a notice that did not work goes by the rules of the day on which it was given", function()
    on("2025-11-21", "record Ada early-help --outcome not-engaged --on 2025-11-19")
    has(on("2025-11-21", "record Ada notice-to-improve --set parent=Anne"), "The period, to: Monday 19 January 2026")
    on("2026-01-09", "record Ada notice-to-improve --outcome not-improved")
    local out = explained "2026-01-09"
    has(out, "Suggested: the Notice to Improve to Anne Byron ended without enough improvement")
    has(out, "possible by the figures  first penalty notice")
    assert.falsy(out:find("not open  first", 1, true), out)
  end)
end)
