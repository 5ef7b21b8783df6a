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
  end
end)
