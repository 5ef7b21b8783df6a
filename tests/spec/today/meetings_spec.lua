-- Meetings, what was promised and reviews stand first on the list; a meeting that is only arranged clears nobody
-- from it.

local workspace = require "tests.support.workspace"

local PUPILS = [[
upn,surname,forename,dob,year,form,admission_number
ADA,Byron,Ada,2016-05-05,4,4A,101
BEN,Marsh,Ben,2016-06-06,4,4B,102
CAL,Moss,Cal,2015-06-06,5,5A,103
DEE,Okafor,Dee,2015-07-06,5,5A,104
]]

local w

teardown(function() if w then w:remove() end end)

local function at(time, command) return ("--now 2025-10-%s %s"):format(time, command) end

local function list_at(day) return w:json(at(day .. "T18:00", "today")) end

local function in_section(list, section)
  local rows = {}
  for _, row in ipairs(list) do
    if row.section == section then rows[#rows + 1] = row.upn .. " " .. row.title .. ": " .. row.why end
  end
  return rows
end

-- What is suggested of Ada and nobody answered.
local function open_steps()
  local steps = {}
  for _, row in ipairs(w:json "sql \"SELECT step FROM suggestions WHERE state = 'open' AND upn = 'ADA' ORDER BY 1\"") do
    steps[#steps + 1] = row.step
  end
  return steps
end

local meeting = "record ADA declining-attendance-meeting "

describe("a meeting that is arranged", function()
  local before

  setup(function()
    w = workspace.new { settings = workspace.essex:gsub('use "essex"', '%0 { least_possible = 40 }'),
      files = { ["pupils.csv"] = PUPILS } }
    w:ok(at("10T08:00", "import pupils pupils.csv"))
    local days = {}
    for _, day in ipairs { 15, 16, 17, 18, 19, 22, 23, 24, 25, 26 } do days["2025-09-" .. day] = "I I" end
    w:file("marks.csv", workspace.registers { ADA = workspace.with("2025-09-02", "2025-10-10", days),
      BEN = workspace.with("2025-09-02", "2025-10-10", {}), CAL = workspace.with("2025-09-02", "2025-10-10", {}),
      DEE = workspace.with("2025-09-02", "2025-10-10", { ["2025-10-10"] = "N N" }) })
    w:ok(at("10T16:00", "import marks marks.csv"))
    w:ok(at("10T17:00", "suggest --first 0"))
    before = open_steps()
    assert.truthy(table.concat(before, " "):find "declining%-attendance%-meeting")
    w:ok(at("10T17:30", meeting .. "--set meeting_on=2025-10-15 --set 'meeting_at=3 pm, in the library'"))
  end)

  it("answers nothing, and the child stands under meetings instead of what is suggested, until it was held", function()
    assert.same(before, open_steps())
    local list = list_at "10"
    assert.same({ "meetings", "ADA" }, { list[1].section, list[1].upn })
    assert.same({ "Early help and support", "2025-10-15" }, { list[1].further[#list[1].further], list[1].due })
    assert.same({ "ADA Declining attendance meeting: On Wednesday 15 October, 3 pm, in the library. Arranged on Friday "
      .. "10 October" }, in_section(list, "meetings"))
    assert.same({}, in_section(list, "decisions"))
    assert.same({ "ADA Declining attendance meeting: Today, 3 pm, in the library. Arranged on Friday 10 October" },
      in_section(list_at "15", "meetings"))
    assert.same({ "ADA Declining attendance meeting: Was to be on Wednesday 15 October, 3 pm, in the library: record "
      .. "whether it was held, or to when it was moved. Arranged on Friday 10 October" },
      in_section(list_at "16", "meetings"))
  end)

  it("stands first with what was promised and with reviews, before calls and suggestions", function()
    w:ok(at("10T17:40", "record BEN early-help --set support=x --set 'actions=A lift; Sam Reed; 2025-10-14' "
      .. "--set review_dates=2025-10-14"))
    w:ok(at("10T17:40", "record CAL early-help --set support=x --review-on 2025-10-11"))
    local sections = {}
    for _, row in ipairs(list_at "15") do sections[#sections + 1] = row.section .. " " .. row.upn end
    assert.same({ "meetings ADA", "reviews BEN", "reviews CAL", "calls DEE" }, { table.unpack(sections, 1, 4) })
    assert.same({ "BEN Review: Early help and support: Recorded on Friday 10 October; to be looked at again by Tuesday "
      .. "14 October; agreed by Tuesday 14 October: A lift (Sam Reed)" }, { in_section(list_at "15", "reviews")[1] })
  end)

  it("comes back on its new day when it was moved, and goes when a list says that it was held", function()
    w:ok(at("16T09:00", meeting .. "--outcome rearranged --set meeting_on=2025-10-20"))
    assert.same({ "ADA Declining attendance meeting: Today. Arranged on Thursday 16 October" },
      in_section(list_at "20", "meetings"))
    local _, times = w:ok(at("20T18:00", "pupil ADA")):gsub("%s+", " "):gsub(
      "Wednesday 15 October 2025 %(moved to Monday 20 October 2025%)", "")
    assert.equal(1, times)
    assert.same(before, open_steps())
    w:ok(at("20T18:00", "today -o " .. w.top .. "/list.csv"))
    local text = workspace.read(w.top .. "/list.csv"):gsub("(\n1,Ada Byron[^\n]-),,,,,,,,(list)",
      "%1,20 Oct,,support agreed,,,,,%2")
    w:file("filled.csv", text)
    w:ok(at("20T19:00", "import actions filled.csv"))
    assert.same({}, in_section(list_at "20", "meetings"))
    assert.same({}, open_steps())
  end)

  it("is over when the plan is recorded on its day, or as not done; what is recorded before leaves it", function()
    w:ok(at("20T19:10", meeting .. "--set meeting_on=2025-10-22"))
    w:ok(at("21T09:00", meeting .. "--set barriers=bus"))
    assert.equal(1, #in_section(list_at "22", "meetings"))
    w:ok(at("22T16:00", meeting .. "--set barriers=sleep"))
    assert.same({}, in_section(list_at "22", "meetings"))
    w:ok(at("22T16:10", meeting .. "--set met_on=2025-10-22 --set meeting_on=2025-10-23")) -- and the next one
    assert.equal(1, #in_section(list_at "22", "meetings"))
    w:ok(at("23T16:00", "bypass ADA declining-attendance-meeting --note 'They have moved away.'"))
    assert.same({}, in_section(list_at "23", "meetings"))
  end)
end)
