-- Penalty notices as they are recorded: each stands alone, also one that is recorded with
-- its outcome; it relies on nothing after its day of issue. One pupil at a school in Essex.

local workspace = require "tests.support.workspace"

local contacts = [[
upn,forename,surname,relationship,parental_responsibility,lives_with
C801200005002,Anne,Byron,mother,1,1
C801200005002,George,Byron,father,,0
]]

-- Absent from Monday 8 to Friday 12 September, a morning of 15 September without a reason,
-- and from Monday 10 to Friday 14 November 2025.
local function marks()
  local days = { ["2025-09-15"] = "N \\", ["2025-12-19"] = "/ \\" }
  for day = 8, 12 do days[("2025-09-%02d"):format(day)] = "O O" end
  for day = 10, 14 do days[("2025-11-%02d"):format(day)] = "O O" end
  return workspace.registers { C801200005002 = days }
end

local w

before_each(function()
  w = workspace.new { files = { ["contacts.csv"] = contacts, ["marks.csv"] = marks(),
    ["pupils.csv"] = "upn,surname,forename,dob\nC801200005002,Byron,Ada,2015-06-11\n" } }
  for _, kind in ipairs { "pupils", "contacts", "marks" } do
    w:ok(("import %s %s.csv --now 2025-12-19T18:00Z"):format(kind, kind))
  end
end)
after_each(function() w:remove() end)

local function line(rest) return "record Ada penalty-notice --now 2025-12-19T18:00Z " .. rest end
local function record(rest) return w:ok(line(rest)) end
local function refused(rest) return w:expect(1, line(rest)).err end

local function chronology() return w:ok "chronology Ada --now 2025-12-19T18:00Z" end
local function has(text, words) assert.truthy(text:find(words, 1, true), text) end

describe("a penalty notice of Wednesday 1 October 2025 that is recorded in December", function()
  it("relies on September, and in Essex on no N", function()
    record "--set parent=Anne --set issued_on=2025-10-01"
    local out = chronology()
    has(out, "Offence from: Monday 8 September 2025")
    has(out, "Offence to: Friday 12 September 2025")
    assert.falsy(out:find("15 Sep 2025", 1, true))
    assert.falsy(out:find("Nov 2025, ", 1, true))
  end)

  it("is not for November", function()
    has(refused "--set parent=Anne --set issued_on=2025-10-01 --set offence_to=2025-11-14",
      "offence_to: 2025-11-14 comes after the day of issue, 2025-10-01")
  end)
end)

describe("what was worked out of a penalty notice", function()
  -- Posted on Wednesday 1 October 2025: received on Friday, which is day 1 of 21 and of 28.
  it("is said at once, also in a dry run", function()
    for _, more in ipairs { " --dry-run", "" } do
      local out = record("--set parent=Anne --set issued_on=2025-10-01" .. more)
      for _, words in ipairs { "Served on: Friday 3 October 2025", "Reduced until: Thursday 23 October 2025",
        "Pay by: Thursday 30 October 2025", "Amount in pounds: 160", "paid early: 80" } do has(out, words) end
      assert.falsy(out:find("Issued on", 1, true), out)
    end
  end)

  it("and that it was prosecuted is no attempt", function()
    record "--set parent=Anne --set issued_on=2025-10-01"
    record "--set parent=Anne --outcome prosecuted"
    has(chronology(), "Penalty notice: prosecuted  (entry")
  end)
end)

describe("a third penalty notice", function()
  local paid = "--outcome paid --set parent=Anne --set issued_on="

  it("is refused too when it is recorded with its outcome", function()
    record(paid .. "2025-04-17")
    record(paid .. "2025-10-01")
    has(refused(paid .. "2025-12-18"), "no notice possible before Monday 17 April 2028")
  end)

  it("that was issued all the same has its days and its amount", function()
    record(paid .. "2025-04-17")
    record(paid .. "2025-10-01")
    record '--set parent=Anne --set issued_on=2025-12-01 --despite "the police did"'
    has(chronology(), "Pay by: Tuesday 30 December 2025")
    local third = chronology():match "%(entry 3%)(.*)$"
    has(third, "Amount in pounds: 160")
    has(third, "Served on: Wednesday 3 December 2025")
    assert.falsy(third:find("Reduced", 1, true))
  end)
end)

describe("two penalty notices of one parent", function()
  before_each(function()
    record "--set parent=Anne --set issued_on=2025-10-01"
    record "--set parent=Anne --set issued_on=2025-12-01"
  end)

  it("both run: what came of the first is recorded after the second was issued", function()
    has(refused "--outcome paid --set parent=Anne", "more than one runs")
    record "--outcome withdrawn --of 1"
    record "--outcome paid --set parent=Anne"
    has(chronology(), "Penalty notice: paid  (entry 4)")
    has(refused "--outcome paid --of 1", "does not run any more")
  end)

  it("are told apart by the day of issue", function()
    record "--outcome withdrawn --set parent=Anne --set issued_on=2025-12-01"
    record "--outcome paid"
    has(refused "--outcome paid --of 2", "does not run any more")
    has(refused "--outcome paid --of 1", "does not run any more")
  end)
end)

describe("a penalty notice that was paid", function()
  it("is withdrawn directly; where there are two, it is asked which, and said what it is of", function()
    local out = record "--set parent=Anne --set issued_on=2025-10-01"
    has(out, "Recorded for Ada Byron: Penalty notice, for Anne Byron (entry 1).")
    out = record "--outcome paid"
    has(out, "Recorded for Ada Byron: Penalty notice, paid, for Anne Byron (entry 2).\n"
      .. "It is what came of entry 1 of Friday 19 December 2025.")
    record "--set parent=Anne --set issued_on=2025-12-01"
    has(refused "--outcome withdrawn", "it may be of more than one (entry 3 of Friday 19 December 2025, for Anne "
      .. "Byron; entry 1 of Friday 19 December 2025, for Anne Byron (paid)); say which with --of NUMBER")
    has(refused "--outcome withdrawn --set parent=Anne", "say which with --of NUMBER")
    has(record "--outcome withdrawn --of 1", "It is what came of entry 1 of")
    has(record "--outcome paid", "It is what came of entry 3 of")
    has(refused "--outcome paid --of 1", "does not run any more") -- it was withdrawn
    has(record "--outcome withdrawn", "It is what came of entry 3 of")
    has(refused "--outcome withdrawn --of 1", "does not run any more")
  end)

  it("that is not paid yet is asked for by its number too, where there are two", function()
    record "--set parent=Anne --set issued_on=2025-10-01"
    record "--set parent=Anne --set issued_on=2025-12-01"
    has(refused "--outcome not-paid", "say which with --of NUMBER")
    has(record "--outcome not-paid --of 1", "It is added to entry 1 of")
  end)
end)

describe("a parent who lives elsewhere", function()
  it("may be issued one while parental responsibility is not known", function()
    record "--set parent=George --set issued_on=2025-10-01"
    has(chronology(), "Parent: George Byron")
  end)
end)
