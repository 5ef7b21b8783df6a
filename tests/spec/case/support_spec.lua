-- What is support: whatever a step facilitates, a school's own too, and a plan that formalises
-- it. The gate, the checklist, letters, the list and a referral have one answer.

local workspace = require "tests.support.workspace"

local now = "--now 2025-11-21T17:00Z "
local ada = "A801200001001"

local plugin = [[
return { name = "local", version = "1", api = 2, title = "Ours", extends = "essex", reads = { "registers", "cases" },
  consults = { "pupil.upn", "pupil.name", "pupil.groups", "pupil.dob", "sensitive", "contacts" } }
]]
local club = [[
return step { title = "Breakfast club", principle = "%s", about = "A calm start.",
  outcomes = { "taken-up", "not-taken-up", "rearranged" }, attempts = { "rearranged" } }
]]

local w

local function school(principle)
  w = workspace.new { settings = workspace.essex:gsub('use "essex"', 'use "local"'), files = {
    ["pupils.csv"] = "upn,surname,forename,dob,joined\n" .. ada .. ",Byron,Ada,2014-03-03,2024-09-02\n",
    ["contacts.csv"] = "upn,title,forename,surname,relationship,parental_responsibility,lives_with\n" .. ada
      .. ",Mrs,Anne,Byron,mother,1,1\n",
    ["marks.csv"] = workspace.registers { [ada] = workspace.with("2025-09-02", "2025-11-20",
      { ["2025-11-10"] = "O O", ["2025-11-11"] = "O O", ["2025-11-12"] = "O O", ["2025-11-13"] = "O O",
        ["2025-11-14"] = "O O" }) } } }
  w:file("w/plugins/local/plugin.lua", plugin)
  w:file("w/plugins/local/init.lua",
    'return { road_map = parent.road_map:insert_before("early-help", "breakfast-club") }')
  w:file("w/plugins/local/steps/breakfast-club.lua", club:format(principle))
  for _, kind in ipairs { "pupils", "contacts", "marks" } do w:ok(("%simport %s %s.csv"):format(now, kind, kind)) end
end

after_each(function() w:remove() end)

local function there(step, item)
  for _, each in ipairs(w:json(now .. "explain Ada " .. step).checklist) do
    if each.item:find(item, 1, true) then return each.there, each.words end
  end
end

local function gate(step) return w:json(now .. "explain Ada " .. step).gate end

describe("an outcome of a school's own support", function()
  it("is a refusal because the step says so, whatever its name, to the gate and the checklist", function()
    school "facilitate"
    w:file("w/plugins/local/plugin.lua", (plugin:gsub("api = 2", "api = 3")))
    w:file("w/plugins/local/steps/breakfast-club.lua", (club:format("facilitate"):gsub("not%-taken%-up", "declined")
      :gsub("attempts =", 'refused = { "declined" }, attempts =')))
    w:ok(now .. "record Ada breakfast-club --outcome declined --on 2025-11-17")
    assert.is_nil(gate "notice-to-improve")
    assert.is_true(there("legal-decision", "Support was not taken up"))
  end)
end)

describe("a school's own step that facilitates support", function()
  before_each(function() school "facilitate" end)

  it("opens the gate, and is support to the checklist, the notice and the referral", function()
    assert.truthy(gate "notice-to-improve")
    w:ok(now .. "record Ada breakfast-club --outcome not-taken-up --audience family --on 2025-11-17 --note 'a place'")
    assert.is_nil(gate "notice-to-improve")
    assert.same({ true, "breakfast club on Monday 17 November 2025: not taken up" },
      { there("legal-decision", "Support was offered") })
    assert.is_true(there("legal-decision", "Support was not taken up"))
    assert.is_true(there("notice-to-improve", "The support given so far"))
    assert.is_false(there("legal-decision", "Support that was not taken up was offered again"))
    w:ok(now .. "record Ada breakfast-club --outcome taken-up --on 2025-11-18")
    assert.is_true(there("legal-decision", "Support that was not taken up was offered again"))
    local err = w:expect(1, now .. "referral Ada --parent mother -o papers").err
    assert.falsy(err:find("Support was", 1, true), err)
  end)

  it("is none while it was only tried", function()
    w:ok(now .. "record Ada breakfast-club --outcome rearranged --on 2025-11-17")
    assert.is_false(there("legal-decision", "Support was offered"))
    assert.truthy(gate "notice-to-improve")
  end)

  it("stands in a letter to the family", function()
    w:ok(now .. "record Ada breakfast-club --outcome not-taken-up --audience family --note 'a place'")
    w:ok(now .. "record Ada notice-to-improve --set parent=mother --despite agreed")
    w:ok(now .. "letter Ada notice-to-improve --despite agreed -o " .. w.top .. "/notice.html")
    assert.truthy(workspace.read(w.top .. "/notice.html"):find("Breakfast club", 1, true))
  end)
end)

describe("a school's own step that listens", function()
  it("is no support: neither gate nor checklist takes what did not come of it for a refusal", function()
    school "listen"
    w:ok(now .. "record Ada breakfast-club --outcome not-taken-up --on 2025-11-17")
    assert.truthy(gate "notice-to-improve")
    assert.is_false(there("legal-decision", "Support was offered"))
    assert.is_false(there("legal-decision", "Support was not taken up"))
  end)
end)
