-- What the host knows of a road map: roles, kinds and refusals that a plugin declares, at any
-- level, and no name of a step, a record or an outcome. And steps, outcomes and records are
-- found by their titles, and explain themselves.

local core = require "waymark.core"
local folder = require "tests.support.folder"
local plugins = require "tests.support.plugins"

local w

setup(function() w = plugins.school() end)
teardown(function() w:remove() end)

-- The names of the shipped road map, as texts or fields in code.
local NAMES = { "why_none", "no_contract_because", "parents_checked_on", "review_dates", "issued_on", "period_from",
  "period_to", "spoke_to", "parties", "barriers", "what_would_help", "voice_of_the_child", "pupils_views",
  "served_on", "home_visit", "check%-in", "early%-help", "attendance%-contract", "notice%-to%-improve",
  "not%-taken%-up", "^not%%%-", "did%%%-not", "fields%.actions", "fields%.agreed", "fields%.support",
  "fields%.signatures", "legal%-decision" }

-- A command's example and help may name a step, as a manual does.
local function is_example(line) return line:find "example = " or line:find "such as " or line:find "^%s*%-%-" end

describe("the host's Lua", function()
  it("has no name of a record, a step or an outcome of a road map", function()
    local found, files = {}, io.popen "find lua/waymark -name '*.lua'"
    for path in files:lines() do
      local n = 0
      for line in (folder.read(path) .. "\n"):gmatch "(.-)\n" do
        n = n + 1
        for _, name in ipairs(is_example(line) and {} or NAMES) do
          if line:find(name) then found[#found + 1] = ("%s:%d: %s"):format(path, n, line) end
        end
      end
    end
    files:close()
    assert.same({}, found)
  end)
end)

local STEP = [[
return step {
  title = "Plan for the family", principle = "facilitate", plan = true, outcomes = { "fine", "no-thanks" },
  refused = { "no-thanks" },
  records = {
    who_came = { type = "contacts", role = "with", title = "Who came", help = "the parents who came" },
    again_on = { type = "dates", role = "review", title = "We meet again on", help = "one each" },
    help_given = { type = "text", role = "support" },
  },
}
]]

local OLD = [[
return step {
  title = "Plan for the family", principle = "facilitate", plan = true, outcomes = { "fine", "not-wanted" },
  records = { parties = "contacts", review_dates = "dates", support = "text" },
}
]]

local function declare(level, text)
  plugins.clear(w)
  plugins.write(w, "mine", ('api = %d, reads = { "registers", "cases" }'):format(level),
    { ["init.lua"] = 'return { road_map = { "family-plan" } }', ["steps/family-plan.lua"] = text })
  plugins.use(w, 'use "england" use "mine"')
end

local function due()
  local list = w:ok "today --now 2026-03-25T08:00Z"
  return list:find("Ada Byron", 1, true) ~= nil, list
end

describe("a record's role", function()
  it("makes a day of review one, whatever the record is called", function()
    declare(3, STEP)
    w:ok "record A1 family-plan --on 2026-03-18 --set again_on=2026-03-24 --now 2026-03-18T10:00Z"
    local is_due, list = due()
    assert.is_true(is_due, list)
  end)

  it("is inferred from the old names at level 2, and from none of them at level 3", function()
    declare(2, OLD)
    w:ok "record B1 family-plan --on 2026-03-18 --set review_dates=2026-03-24 --now 2026-03-18T10:00Z"
    assert.truthy(w:ok "today --now 2026-03-25T08:00Z":find("Ben Moss", 1, true))
    declare(3, (OLD:gsub('"not%-wanted"', '"unwanted"')))
    assert.is_nil(w:ok "today --now 2026-03-25T08:00Z":find("Ben Moss", 1, true))
  end)

  it("is one of a closed list, and for the type that it means", function()
    declare(3, (STEP:gsub('role = "review"', 'role = "revew"')))
    local err = w:run("plugin info mine").err
    assert.truthy(err:find("revew", 1, true) or err:find("is one of", 1, true), err)
    declare(3, (STEP:gsub('type = "text", role = "support"', 'type = "text", role = "issued"')))
    err = w:run("plugin info mine").err
    assert.truthy(err:find('"help_given": the role issued is for a record of the type date', 1, true), err)
    declare(3, (STEP:gsub('refused = { "no%-thanks" }', 'refused = { "no-thank" }')))
    err = w:run("plugin info mine").err
    assert.truthy(err:find('"refused" is one of: fine, no-thanks', 1, true), err)
  end)

  it("came with level 3", function()
    declare(2, STEP)
    local err = w:run("plugin info mine").err
    assert.truthy(err:find("came with API level 3; write api = 3 in plugin.lua", 1, true), err)
  end)
end)

describe("a title", function()
  local function entry()
    local rows = w:json [[sql "SELECT step, body FROM entry JOIN event ON event.id = event ORDER BY event DESC"]]
    return rows[1].step, core.decode(rows[1].body)
  end

  it("is taken wherever a name is: of a step, of an outcome, of a record", function()
    declare(3, STEP)
    for _, line in ipairs { "'Plan for the family' --set 'We meet again on=2026-04-01'",
      "'family plan' --set again_on=2026-04-01", "'PLAN FOR THE FAMILY' --set 'again on=2026-04-01'" } do
      w:ok(("record A1 %s --on 2026-03-19 --now 2026-03-19T10:00Z"):format(line))
      local step, body = entry()
      assert.equal("family-plan", step)
      assert.same({ "2026-04-01" }, body.fields.again_on, line)
    end
    w:ok "record A1 'plan for the family' --outcome 'No thanks' --on 2026-03-19 --now 2026-03-19T11:00Z"
    assert.equal("no-thanks", select(2, entry()).outcome)
    local err = w:run("record A1 family-plan --set 'Who came=x' --set who_came=y --dry-run").err
    assert.truthy(err:find("it is given twice", 1, true), err)
  end)
end)

describe("a step", function()
  it("says what it records, with titles and help: record WHO STEP --help, and help STEP", function()
    declare(3, STEP)
    for _, line in ipairs { "record A1 family-plan --help", "help 'plan for the family'", "help family-plan" } do
      local text = w:ok(line):gsub("%s+", " ")
      for _, words in ipairs { "Plan for the family (family-plan), under facilitate", "no-thanks support that was not",
        "who_came the parents who came (a contact, one each --set)", "again_on We meet again on: one each (a day" } do
        assert.truthy(text:find(words, 1, true), line .. "\n" .. text)
      end
    end
    assert.truthy(w:ok "record --help":find("--outcome OUTCOME", 1, true))
    assert.truthy(w:run("record A1 family-pan --help").err:find('did you mean "family-plan"?', 1, true))
  end)
end)
