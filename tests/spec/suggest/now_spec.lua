-- One "now": registers count as far as they came in, and what people recorded up to this moment, in every command
-- alike; what was known on a day is what was known at its end.

local plugins = require "tests.support.plugins"
local workspace = require "tests.support.workspace"

local ada = "A801200005001"

describe("what is recorded after the last registers came in", function()
  local w

  setup(function()
    w = plugins.school() -- registers to Tuesday 17 March
    plugins.write(w, "mine", 'reads = { "registers", "cases" }, api = 3', { ["init.lua"] = plugins.map,
      ["steps/visit.lua"] = plugins.visit('"away"', [[
      checklist = function(pupil, case)
        return { { item = "a visit", there = #case:entries() > 0, needed = true } }
      end,]]) })
    plugins.use(w, 'use "england" use "mine"')
    w:ok "suggest --now 2026-03-18T09:00Z"
    w:ok "record A1 visit --note Well. --now 2026-03-20T09:00Z"
  end)

  teardown(function() w:remove() end)

  local later = " --now 2026-03-20T10:00Z"

  it("counts in explain as it does in suggest: who is not suggested any more is said to be so, and why", function()
    local upns = {}
    for i, each in ipairs(w:json("suggest" .. later)) do upns[i] = each.upn end
    assert.are.same({ "B1" }, upns)
    local text = w:ok("explain A1 visit" .. later)
    assert.is_truthy(text:find("Not on the list: answered by what was recorded on Friday 20 March\n", 1, true), text)
    assert.are.equal("answered by what was recorded on Friday 20 March", w:json("explain A1 visit" .. later).settled)
    assert.is_nil(w:json("explain B1 visit" .. later).settled)
  end)

  it("counts in what a step says is there", function()
    assert.is_true(w:json("explain A1 visit" .. later).checklist[1].there)
    assert.is_false(w:json("explain A1 visit --as-of 2026-03-17" .. later).checklist[1].there)
  end)

  it("does not count on a day before, nor at a time before", function()
    assert.is_nil(w:json("explain A1 visit --as-of 2026-03-17" .. later).settled)
    assert.is_nil(w:json("explain A1 visit --known-at 2026-03-19" .. later).settled)
    assert.are.equal(2, #w:json("suggest --known-at 2026-03-19" .. later))
    assert.are.equal(2, #w:json("suggest --as-of 2026-03-17" .. later))
  end)
end)

describe("--known-at with a day", function()
  it("is the end of that day, which the heading says", function()
    local w = workspace.new { files = {
      ["pupils.csv"] = "upn,surname,forename,dob\n" .. ada .. ",Byron,Ada,2015-05-05\n",
      ["marks.csv"] = workspace.registers { [ada] = { ["2025-09-08"] = "N N" } },
      ["reasons.csv"] = workspace.registers { [ada] = { ["2025-09-08"] = "I I" } } } }
    finally(function() w:remove() end)
    w:ok "import pupils pupils.csv"
    w:ok "--now 2025-09-08T15:00Z import marks marks.csv"
    w:ok "--now 2025-09-09T08:00Z import marks reasons.csv"
    local at = "--now 2025-09-10T09:00Z "
    assert.are.equal(0, #w:json(at .. "suggest --as-of 2025-09-08"))
    assert.are.equal(1, #w:json(at .. "suggest --as-of 2025-09-08 --known-at 2025-09-08"))
    assert.are.equal(0, #w:json(at .. "suggest --as-of 2025-09-08 --known-at 2025-09-09"))
    local heading = "as of Monday 8 September 2025, as known on Monday 8 September 2025 at "
    for command, beginning in pairs { suggest = "Suggestions ", figures = "Figures ",
      ["explain Ada absence-callback"] = "Ada Byron: Absence call-back\n" } do
      local out = w:ok(("%s%s --as-of 2025-09-08 --known-at 2025-09-08"):format(at, command))
      assert.is_truthy(out:find(beginning .. heading .. "its end", 1, true), out)
    end
    local out = w:ok(at .. "figures --as-of 2025-09-08 --known-at 2025-09-08T18:00")
    assert.is_truthy(out:find(heading .. "18:00", 1, true), out)
    assert.is_truthy(out:find("; registers as they had come in by then.", 1, true), out)
    w:ok(at .. "figures --known-at 10/09/2025")
    for _, later in ipairs { "2025-09-11", "2025-09-10T09:01Z" } do
      assert.are.equal(("waymark: known at %s: that is still to come (today is 2025-09-10); give a time that was\n")
        :format(later), w:expect(1, at .. "figures --known-at " .. later).err)
    end
    assert.is_nil(w:ok(at .. "figures --as-of 2025-09-08"):find("as known", 1, true))
  end)
end)
