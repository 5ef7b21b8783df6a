-- `when` says of whom a step is asked: with it and without it the same is suggested, of
-- everybody, by every step.

local plugins = require "tests.support.plugins"
local random_school = require "tests.support.random_school"
local workspace = require "tests.support.workspace"

local NOW = " --now 2026-07-20T18:00Z"
local LEVEL_3 = 'reads = { "registers", "cases" }, api = 3'

-- What was recorded, pupil by pupil in turn; the last have no case.
local HISTORIES = {
  { "early-help,not-taken-up" },
  { "early-help,not-taken-up", "notice-to-improve," },
  { "early-help,not-taken-up", "notice-to-improve,", "notice-to-improve,not-improved" },
  { "early-help,not-taken-up", "notice-to-improve,", "notice-to-improve,not-improved", "legal-decision,refer" },
  { "absence-callback,spoke" },
  {},
  {},
}

local w

local function history(pupils)
  local lines, at = { "school,upn,date,step,outcome" }, 0
  for school, upn in pupils:gmatch "\n([^,\n]+),([^,\n]+)," do
    for i, each in ipairs(HISTORIES[at % #HISTORIES + 1]) do
      lines[#lines + 1] = ("%s,%s,2026-0%d-10,%s"):format(school, upn, 1 + i, each)
    end
    at = at + 1
  end
  return table.concat(lines, "\n") .. "\n"
end

local STEPS = { "absence-callback", "pupil-check-in", "initial-concern", "early-help", "declining-attendance-meeting",
  "attendance-contract", "notice-to-improve", "legal-decision", "legal-intervention" }

-- A road map as that of a plugin, whose steps ask about everybody.
local function write_asking_all(base)
  local files = {}
  for _, name in ipairs(STEPS) do
    files["steps/" .. name .. ".lua"] = ('local base = parent.steps["%s"]\nassert(base.when)\n'
      .. "local all = base:with { suggest = base.suggest }\nassert(not all.when)\nreturn all\n"):format(name)
  end
  plugins.write(w, "all-of-" .. base, LEVEL_3 .. (', extends = "%s", requires = { "england" }, '
    .. 'consults = { "pupil.upn", "pupil.name", "pupil.groups", "pupil.dob", "sensitive", "contacts" }'):format(base),
    files)
end

local function suggested(use, as_of)
  workspace.write(w.dir .. "/waymark.lua", ('use "england"\nuse "%s"\n'):format(use))
  local lines, steps = {}, {}
  for i, each in ipairs(w:json("suggest --dry-run --as-of " .. as_of .. NOW)) do
    each.plugin, each.version, each.road_map = nil, nil, nil
    lines[i], steps[each.step] = each, true
  end
  return lines, steps
end

-- What two recorded runs by a road map wrote down, the second after half a year in which suggestions
-- lapsed: every suggestion with its reason, and every one that lapsed with why.
local function recorded(use)
  workspace.write(w.dir .. "/waymark.lua", ('use "england"\nuse "%s"\n'):format(use))
  assert(os.execute(("cp '%s/waymark.db' '%s/before.db'"):format(w.dir, w.top)))
  for _, day in ipairs { "2025-12-10", "2026-06-24" } do
    local _ = w:json("suggest --as-of " .. day .. " --now " .. day .. "T18:00Z")
  end
  local events = w:json [[sql "SELECT kind, on_day, upn, school, step, concern, data FROM events
    WHERE kind LIKE 'suggestion.%' ORDER BY id" --format json]]
  for _, file in ipairs { "waymark.db-wal", "waymark.db-shm" } do os.remove(w.dir .. "/" .. file) end
  assert(os.execute(("mv '%s/before.db' '%s/waymark.db'"):format(w.top, w.dir)))
  return events
end

setup(function()
  w = workspace.new {}
  workspace.write(w.dir .. "/waymark.lua", 'use "england"\nuse "essex"\n')
  random_school.write(w.top, { seed = 11, schools = 3, pupils = 60 })
  w:file("entries.csv", history(workspace.read(w.top .. "/pupils.csv")))
  for _, kind in ipairs { "schools", "calendar", "pupils", "marks", "entries" } do
    w:run(("import %s %s.csv%s"):format(kind, kind, NOW)) -- some marks are left out
  end
end)

teardown(function() w:remove() end)

describe("a road map whose steps say when", function()
  for _, base in ipairs { "essex", "norfolk" } do
    it("suggests the same as one that asks about everybody: " .. base, function()
      write_asking_all(base)
      local seen = {}
      for _, day in ipairs { "2026-03-18", "2026-06-24" } do
        local some, steps = suggested(base, day)
        assert.are.same((suggested("all-of-" .. base, day)), some)
        for step in pairs(steps) do seen[step] = true end
      end
      for _, step in ipairs(STEPS) do assert.is_true(seen[step], step) end
    end)

    it("records the same, also what lapses: " .. base, function()
      local events, lapsed = recorded(base), {}
      for _, each in ipairs(events) do
        if each.kind == "suggestion.lapsed" then lapsed[each.step] = (lapsed[each.step] or 0) + 1 end
      end
      assert.are.same(events, recorded("all-of-" .. base))
      assert.is_true(lapsed["pupil-check-in"] > 0 and lapsed["absence-callback"] > 0)
    end)
  end
end)

describe("a step of a road map with when", function()
  -- The row of a step in the profile of a run: swept, asked, suggested, calls.
  local function numbers(out, step)
    local row = "\nsupport%-first +" .. step:gsub("-", "%%-") .. " +(%d+) +(%d+) +(%d+) +(%d+)"
    local list = { out:match(row) }
    for i = 1, 4 do list[i] = tonumber(list[i]) end
    return table.unpack(list)
  end

  it("is asked only of whom a rule is met, or has what it asks for recorded, and not at all where rules and words "
    .. "are the whole of it, as the profile shows", function()
    workspace.write(w.dir .. "/waymark.lua", 'use "england"\nuse "essex"\n')
    local out = w:ok("suggest --dry-run --profile --workers 2 --first 0 --as-of 2026-06-24" .. NOW)
    local all = tonumber(out:match "(%d+) pupils looked at")
    for step, most in pairs { ["pupil-check-in"] = all // 3, ["legal-decision"] = all // 2 } do
      local swept, asked, given, calls = numbers(out, step)
      assert.equal(all, swept, out)
      assert.is_true(asked > 0 and asked < most, out)
      assert.is_true(given <= asked and asked <= calls, out)
    end
    local swept, asked, given, calls = numbers(out, "early-help")
    assert.same({ all, 0, 0, true }, { swept, asked, calls, given > 0 }, out)
  end)
end)

describe("when", function()
  local head = 'return step { title = "S", principle = "listen", '
  local rules = [[
    local l = {}
    for i = 1, %d do l[i] = count { name = "r" .. i, codes = "N", at_least = i, weeks = 4 } end
    ]]

  -- What is said of a plugin with this step and, on its road map, what a step makes of that one.
  local function said(step, after)
    plugins.write(w, "mine", LEVEL_3, { ["init.lua"] = 'return { road_map = { "s" } }', ["steps/s.lua"] = step })
    if not after then return w:run "plugin info mine".err end
    plugins.write(w, "over", LEVEL_3 .. ', extends = "mine"', {
      ["steps/s.lua"] = 'local base = parent.steps["s"]\n' .. after })
    return w:run "plugin info over".err
  end

  for what, case in pairs {
    ["a number"] = { head .. 'when = 7, because = "x" }', "should be a rule, recorded" },
    ["an empty list"] = { head .. 'when = {}, because = "x" }', "should be a rule, recorded" },
    ["because without a rule"] = { head .. 'when = recorded "s", because = "x" }', "because needs a rule in when" },
    ["because and suggest"] = { rules:format(1) .. head .. 'when = l, because = "x", suggest = function() end }',
      "because or suggest, not both" },
    ["a because of no words"] = { rules:format(1) .. head .. 'when = l, because = " " }',
      "because should say the reason" },
    ["a because of too many"] = { rules:format(1) .. head .. 'when = l, because = ("x"):rep(501) }',
      "because should be a text of at most 500 bytes" },
    ["neither"] = { rules:format(1) .. head .. "when = l }", "when needs because or suggest" },
    ["a step that is not there"] = { head .. 'when = recorded "ss", suggest = function() end }',
      'mine/steps/s.lua: when: there is no step "ss"; did you mean "s"?' },
    ["63 rules"] = { rules:format(63) .. head .. 'when = l, because = "x" }',
      "mine/steps/s.lua: when: with those of the steps before it, it names over 62 rules" },
  } do
    it("is refused: " .. what, function()
      local err = said(case[1])
      assert.is_truthy(err:find(case[2], 1, true), err)
      assert.equal(1, select(2, err:gsub("\n", "")))
    end)
  end

  it("takes 62 rules, and a step of which the file is there", function()
    assert.equal("", said(rules:format(62) .. head .. 'when = l, because = "x" }'))
    assert.equal("", said(head .. 'when = { recorded "s", recorded() }, suggest = function() end }'))
  end)

  it("goes with because into a changed copy, and goes where suggest is another", function()
    local base = rules:format(2) .. head .. 'when = l, because = "x" }'
    assert.equal("", said(base, 'assert(base:with { title = "T" }.suggest)\nlocal own = base:with '
      .. "{ suggest = function() end }\nassert(not own.when and not own.because)\nreturn own"))
    assert.equal("", said(base, 'local other = base:with { because = "y" }\nassert(other.when and '
      .. "other.suggest ~= base.suggest)\nreturn other"))
    local err = said(base, 'return base:with { because = "y", suggest = function() end }')
    assert.is_truthy(err:find("because", 1, true), err)
  end)

  it("that keeps a step from saying what it has to say is named by explain and --trace", function()
    plugins.write(w, "mine", LEVEL_3, { ["init.lua"] = 'return { road_map = { "s" } }',
      ["steps/s.lua"] = 'local r = rate { name = "r", bands = { 100 } }\n' .. head
        .. 'when = recorded "s", suggest = function(pupil) return pupil:rate(r):because "x" end }' })
    workspace.write(w.dir .. "/waymark.lua", 'use "england"\nuse "mine"\n')
    local upn = w:json([[sql "SELECT upn FROM mark WHERE class = 'present' AND date = '2026-03-16' LIMIT 1"]]
      .. " --format json")[1].upn
    for _, line in ipairs { ("explain %s s"):format(upn), "suggest --trace " .. upn } do
      local out = w:ok(line .. " --as-of 2026-03-18" .. NOW)
      assert.is_truthy(out:find('not asked: nothing of its "when" is met\n', 1, true), out)
      assert.is_truthy(out:find("not asked: nothing", 1, true) < out:find("r: ", 1, true), out)
    end
  end)
end)
