-- Which plans and notices run: what the host reads of all pupils and steps together, and what a
-- plugin is told of one (case:running), are one answer, over entries that nobody would make up.

local chance = require "tests.support.chance"
local core = require "waymark.core"
local cases, entries = core.sdk "case", core.sdk "entries"
local workspace = require "tests.support.workspace"

local steps = { "contract", "notice", "penalty" }
local parents = {
  {}, -- for no parent, or jointly
  { id = 1, name = "Ms Joan Marsh" }, { id = 2, name = "Mr Joe Marsh" },
  { name = "Lady Byron" }, { name = "lady byron" }, -- no contacts of the pupil
}

-- One of the entries of a step, or nil; an entry belongs to no other step's.
local function one_before(random, before, step)
  local each = #before > 0 and random:one_of(before)
  return each and each.step == step and each.id or nil
end

-- The body of an entry that may follow `before`.
local function body_of(random, before, step)
  local body, parent = {}, random:one_of(parents)
  body.fields = parent.name and { parent = parent.name } or nil
  body.contacts = parent.id and { parent = parent.id } or nil
  local of = random:in_hundred(80) and one_before(random, before, step) or nil
  if random:in_hundred(40) then
    body.outcome, body.of = "kept", of
    body.attempt = random:in_hundred(20) or nil
  else
    body.replaces, body.version = of, of and 2 or 1
  end
  body.apart = step == "penalty" and random:in_hundred(80) or nil
  return body
end

local function case_of(seed)
  local random, list = chance.new(seed), {}
  local day = "2026-03-02"
  for i = 1, random:whole(1, 12) do
    if random:in_hundred(50) then day = core.date.add(day, 1) end
    local step = random:one_of(steps)
    list[i] = { id = i, pupil = 1, on = day, kind = random:in_hundred(85) and "recorded" or "bypassed",
      step = step, body = body_of(random, list, step), struck = random:in_hundred(15) or nil }
  end
  for _, each in ipairs(list) do
    if each.struck then each.body = nil end
  end
  return list
end

-- The entries that stand, as a plugin sees them; with the number of their pupil, as the host does.
local function standing(list, pupil)
  local case = {}
  for _, each in ipairs(list) do
    if each.body then
      local entry = { id = each.id, kind = each.kind, on = each.on, step = each.step, pupil = pupil }
      for name, value in next, each.body do entry[name] = value end
      case[#case + 1] = entry
    end
  end
  return case
end

local function for_plugin(list) return cases.of { case = standing(list) } end

-- Among them the same of another pupil, one after the other.
local function host_ids(list, step)
  local ids, all, one, other = {}, {}, standing(list, 1), standing(list, 2)
  for i, each in ipairs(one) do
    for _, name in ipairs { "id", "of", "replaces" } do other[i][name] = each[name] and 100 + each[name] end
    all[2 * i - 1], all[2 * i] = each, other[i]
  end
  for _, each in ipairs(entries.running(all)) do
    if each.step == step and each.pupil == 1 then ids[#ids + 1] = each.id end
  end
  return ids
end

local function plugin_ids(list, step)
  local ids = {}
  for i, each in ipairs(for_plugin(list):running(step)) do ids[i] = each.id end
  return ids
end

-- { of, parent, outcome } in a line -> entries, a day each
local function told(lines)
  local list = {}
  for i, each in ipairs(lines) do
    local fields = (each.name or each.issued_on) and { parent = each.name, issued_on = each.issued_on } or nil
    list[i] = { id = i, pupil = 1, on = core.date.add("2026-03-01", i), kind = "recorded", step = "notice",
      struck = each.struck, body = not each.struck and { of = each.of, replaces = each.replaces, outcome = each.outcome,
        apart = each.apart, contacts = each.id and { parent = each.id }, fields = fields } or nil }
  end
  return list
end

local function runs(expected, lines)
  local list = told(lines)
  assert.same(expected, host_ids(list, "notice"))
  assert.same(expected, plugin_ids(list, "notice"))
end

describe("what runs", function()
  it("is the same for the host and for a plugin, over two thousand cases", function()
    local some = 0
    for seed = 1, 2000 do
      local list = case_of(seed)
      for _, step in ipairs(steps) do
        local expected = host_ids(list, step)
        some = some + #expected
        assert.same(expected, plugin_ids(list, step), ("seed %d, %s"):format(seed, step))
      end
    end
    assert.truthy(some > 1000, "cases in which something runs: " .. some)
  end)

  it("is told apart by parent, also where neither is a contact", function()
    runs({ 1, 2 }, { { name = "Lady Byron" }, { name = "Lord Byron" } })
    runs({ 2 }, { { name = "Lady Byron" }, { name = "lady byron" } })
  end)

  it("one parent's outcome leaves the other's notice alone, and one for nobody ends both", function()
    runs({ 1 }, { { id = 1, name = "Mrs Byron" }, { id = 2, name = "Mr Byron", outcome = "improved" } })
    runs({}, { { id = 1 }, { id = 2 }, { outcome = "improved" } })
    runs({}, { {}, { id = 2, outcome = "improved" } })
  end)

  it("what stands alone takes nobody's place: penalty notices", function()
    local notice = { id = 1, apart = true }
    runs({ 1, 2 }, { notice, notice })
    runs({ 2 }, { notice, notice, { of = 1, outcome = "paid", apart = true } })
    runs({ 1 }, { notice, notice, { id = 1, outcome = "paid", apart = true } }) -- the latest that runs
    runs({ 1, 2 }, { notice, { id = 2, apart = true }, { outcome = "paid", apart = true } }) -- of whom, nobody said
    runs({}, { notice, { outcome = "paid", apart = true } })
    runs({ 1 }, { notice, { id = 1, outcome = "withdrawn", apart = true, issued_on = "2025-10-06" } }) -- another one
  end)

  it("a parent is known by number, and where one of two has none by name", function()
    runs({}, { { id = 1, name = "Mrs Byron" }, { id = 1, name = "Mrs King", outcome = "improved" } })
    runs({ 1 }, { { id = 1, name = "Mr Khan" }, { id = 2, name = "Mr Khan", outcome = "improved" } })
    runs({}, { { name = "Łukasz Śliwa" }, { id = 1, name = "łukasz śliwa", outcome = "improved" } })
  end)

  it("an outcome belongs to the entry that it names, not to a later one, and to nothing when that is gone", function()
    runs({ 2 }, { { id = 1 }, { id = 1 }, { id = 1, of = 1, outcome = "improved" } })
    runs({ 1 }, { { id = 1 }, { id = 1, struck = true }, { id = 1, of = 2, outcome = "improved" } })
    runs({}, { { id = 1 }, { id = 1, replaces = 1 }, { id = 1, of = 1, outcome = "improved" } })
  end)

  it("a version that was struck out leaves the one before it, and so does an outcome", function()
    runs({ 1 }, { {}, { struck = true } })
    runs({ 2 }, { {}, {}, { struck = true } })
  end)
end)

-- Each in short: the numbers of what was begun and of what came of it.
local function pairs_of(lines)
  local list, text = standing(told(lines), 1), {}
  local function number(entry) return entry and tostring(entry.id) or "-" end
  for i, run in ipairs(entries.runs(list, "notice")) do
    local outcomes = {}
    for k, each in ipairs(run.outcomes) do outcomes[k] = number(each) end
    assert.equal(run.outcomes[#outcomes], run.outcome)
    text[i] = number(run.entry) .. ":" .. table.concat(outcomes, ",")
  end
  return table.concat(text, " ")
end

describe("what was begun, with what came of it", function()
  local cases_of = {
    { "a parent's outcome is that of the parent's notice", "2: 1:3", { { id = 1 }, { id = 2 },
      { id = 1, outcome = "improved" } } },
    { "one of nobody's is that of all that run", "1:3 2:3", { { id = 1 }, { id = 2 }, { outcome = "improved" } } },
    { "a parent's is that of a notice to nobody", "1:2", { {}, { id = 2, outcome = "improved" } } },
    { "without a notice it stands for itself", "-:1", { { id = 1, outcome = "improved" } } },
    { "after the outcome it is one more of the same notice", "1:2,3", { { id = 1 }, { of = 1, outcome = "improved" },
      { id = 1, outcome = "withdrawn" } } },
    { "a further notice leaves what came of the former to that", "3:", { { id = 1 },
      { id = 1, of = 1, outcome = "improved" }, { id = 1 } } },
    { "one that says more than for whom it is begins what it ends", "1: 2:2", { { id = 1, apart = true },
      { id = 1, outcome = "withdrawn", apart = true, issued_on = "2025-10-06" } } },
    { "of two that stand alone the latest that runs has it", "2:3 1:4", { { id = 1, apart = true },
      { id = 1, apart = true }, { of = 2, outcome = "paid", apart = true },
      { id = 1, outcome = "paid", apart = true } } },
  }
  for _, case in ipairs(cases_of) do
    it(case[1], function() assert.equal(case[2], pairs_of(case[3])) end)
  end

  it("stands alone by the road map, though an entry from before Waymark does not say so", function()
    local list = standing(told { { id = 1 }, { id = 1 } }, 1)
    assert.equal(1, #entries.runs(list, "notice"))
    local road_map = { common = { notice = { principle = "enforce", apart = true } } }
    assert.equal(2, #entries.runs(entries.complete(list, road_map), "notice"))
  end)

  it("is found from any version, by the host and by a plugin", function()
    local lines = { { id = 1 }, { id = 1, replaces = 1 }, { id = 1, outcome = "improved" } }
    local case = for_plugin(told(lines))
    for i, expected in ipairs { 3, 3, false } do
      local found = case:outcome_of(case:entries()[i])
      assert.equal(expected, found and found.id or false)
    end
    assert.same({ 2, 3 }, { case:runs("notice")[1].entry.id, case:runs("notice")[1].outcome.id })
  end)
end)

-- What a plugin is given of a case, and what the host reads: the same names, the same values.
describe("an entry of a case", function()
  local now = "--now 2025-11-21T17:00Z "
  local w

  local function record(line) w:ok(now .. "record Ada " .. line) end

  setup(function()
    w = workspace.new { settings = workspace.essex, files = {
      ["pupils.csv"] = "upn,surname,forename,joined\nA801200001001,Byron,Ada,2024-09-02\n",
      ["contacts.csv"] = "upn,title,forename,surname,relationship,parental_responsibility\n"
        .. "A801200001001,Mrs,Anne,Byron,mother,1\n", ["plan.pdf"] = "%PDF",
      ["marks.csv"] = workspace.registers { A801200001001 = { ["2025-11-20"] = "/ \\" } } } }
    for _, kind in ipairs { "pupils", "contacts", "marks" } do w:ok(("%simport %s %s.csv"):format(now, kind, kind)) end
    record "absence-callback --outcome no-answer --with mother --note 'rang twice'"
    record "early-help --set support='a breakfast club' --set 'actions=lift; Mrs Byron; 2025-12-01'"
    record "early-help --outcome not-engaged"
    record "attendance-contract --despite agreed --set parties=mother --set met_on=2025-11-20"
    record "notice-to-improve --despite agreed --set parent=mother"
    record "penalty-notice --set parent=mother --set issued_on=2025-11-20 --outcome withdrawn"
    record "initial-concern --outcome no-concern"
    w:ok(now .. "correct Ada 7 --why 'another child'")
    w:ok(now .. "bypass Ada pupil-check-in --note 'spoken to'")
    w:ok(now .. "hold Ada --until 2025-12-01 --ask Sam --note 'a bereavement'")
    w:ok(now .. ("attach Ada '%s/plan.pdf' --as signed --of 4"):format(w.top))
  end)
  teardown(function() w:remove() end)

  it("is the same for the host and for a plugin", function()
    local space = require "waymark.workspace".open(w.dir, "read"):load_plugins()
    local host = require "waymark.case".entries(space, { as_of = "2025-11-21" })
    local case = space:one_pupil { everyone = true, as_of = "2025-11-21" }.case
    assert.equal(#case, #host)
    assert.equal(9, #host)
    for i, theirs in ipairs(case) do
      assert.equal(theirs.file_name, (host[i].file or {}).name)
      for name, value in next, theirs do
        if name ~= "file_name" then assert.same(value, host[i][name], name) end
      end
    end
    local support = {}
    for _, each in ipairs(host) do support[#support + 1] = each.support and each.step or nil end
    assert.same({ "early-help", "early-help", "attendance-contract" }, support)
    space:close()
  end)

  it("has its principle and whether it is support also in a worker", function()
    w:file("try.lua", "for pupil in pupils() do for _, each in ipairs(pupil.case) do "
      .. "print(each.id, each.principle, each.support) end end")
    local text = w:ok(now .. ("plugin try '%s/try.lua' --reads cases"):format(w.top))
    assert.truthy(text:find("1\tlisten\tnil\n2\tfacilitate\ttrue\n", 1, true), text)
  end)
end)
