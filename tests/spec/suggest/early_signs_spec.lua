-- The early signs in a whole school: they find who stands out, and are quiet where they
-- would speak of everybody. (By example, one pupil each: plugins/support-first/spec.)

local secondary = require "tests.support.secondary"
local workspace = require "tests.support.workspace"

local PUPILS = 400
local w

-- The autumn of a secondary at national rates; `change` may put marks over those of a week.
local function autumn(change, use)
  local school = secondary.new { first = "2025-09-01", last = "2025-12-12", closed = workspace.closed, seed = 7,
    pupils = PUPILS }
  w = workspace.new { settings = use and workspace.essex:gsub('use "essex"', use),
    files = { ["pupils.csv"] = school.pupils } }
  w:ok "--now 2025-09-01T08:00Z import pupils pupils.csv"
  for _, week in ipairs(school.weeks) do
    w:file("marks.csv", change and change(week.marks) or week.marks)
    w:ok(("--now %sT17:00Z import marks marks.csv"):format(week.friday))
    w:ok(("--now %sT17:00Z suggest --first 0"):format(week.friday))
  end
end

-- How many pupils each sign spoke of, by its rule: { ["first-dip"] = 12 }
local function flagged()
  local found = {}
  for _, row in ipairs(w:json [[sql "SELECT substr(concern, 1, instr(concern, ' ') - 1) AS rule,
      count(DISTINCT enrolment) AS pupils FROM suggestion GROUP BY 1"]]) do
    found[row.rule] = row.pupils
  end
  return found
end

after_each(function() w:remove() end)

describe("over an autumn at a secondary at national rates", function()
  it("each early sign speaks of somebody, and of at most one pupil in ten", function()
    autumn()
    local found = flagged()
    for _, rule in ipairs { "first-dip", "weekday-pattern", "lateness", "decline" } do
      assert.is_true((found[rule] or 0) > 0, rule)
      assert.is_true(found[rule] <= PUPILS / 10, ("%s: %d pupils"):format(rule, found[rule]))
    end
  end)

  it("each can be turned off", function()
    autumn(nil, 'use "essex" { dip_points = 0, weekday_points = 0, late_sessions = 0, decline_points = 0, '
      .. "return_sessions = 0 }")
    local found = flagged()
    for _, rule in ipairs { "first-dip", "weekday-pattern", "lateness", "decline", "back" } do
      assert.is_nil(found[rule], rule)
    end
    assert.is_truthy(found["recent-unauthorised"])
  end)

  it("an illness that goes round is nobody's own dip", function()
    local away = {}
    for _, day in ipairs { "2025-11-27", "2025-12-04" } do away[day .. ",AM"], away[day .. ",PM"] = true, true end
    for _, day in ipairs { "2025-11-25", "2025-12-02" } do away[day .. ",PM"] = true end
    local changed = 0
    autumn(function(marks)
      return (marks:gsub("([^\n,]+),([%d-]+,[AP]M),([/\\])", function(upn, at, code)
        if not away[at] then return nil end
        changed = changed + 1
        return ("%s,%s,I"):format(upn, at), code
      end))
    end)
    local found = flagged()
    assert.is_true(changed > 5 * PUPILS) -- six half days of nearly everybody
    for _, rule in ipairs { "first-dip", "decline" } do
      assert.is_true((found[rule] or 0) <= PUPILS / 10, ("%s: %d pupils"):format(rule, found[rule] or 0))
    end
  end)
end)
