-- What each step is for is said wherever a step is suggested, explained or listed, and where the
-- road map becomes more formal there is a heading. One school in Essex, three children.

local workspace = require "tests.support.workspace"

local now = "--now 2025-10-10T18:00Z "
local formal = "Moving to a more formal approach"
local call = "A supportive well%-being check with the parent about the pupil and the family after an absence%. "
  .. "It is to see if there is anything else going on, and what would help%."

local w

setup(function()
  local function marks(changes) return workspace.with("2025-09-02", "2025-10-10", changes) end
  local tried = {}
  for _, day in ipairs { "15", "16", "22", "23", "29" } do tried["2025-09-" .. day] = "O O" end
  w = workspace.new { files = {
    ["pupils.csv"] = "upn,surname,forename,dob,year,form\nADA,Byron,Ada,2016-05-05,4,4A\n"
      .. "BEN,Marsh,Ben,2016-06-06,4,4B\nCAL,Moss,Cal,2015-06-06,5,5A\n",
    ["marks.csv"] = workspace.registers { ADA = marks(tried), BEN = marks { ["2025-10-10"] = "N N" },
      CAL = marks { ["2025-10-08"] = "I I", ["2025-10-09"] = "I I", ["2025-10-10"] = "I I" } } } }
  w:ok(now .. "import pupils pupils.csv")
  w:ok(now .. "import marks marks.csv")
  for _, step in ipairs { "early-help --outcome not-taken-up", "initial-concern --outcome not-engaged" } do
    w:ok(now .. "record ADA " .. step .. " --on 2025-10-10")
  end
  w:ok(now .. "suggest")
end)

teardown(function() w:remove() end)

-- Without the line breaks of a terminal.
local function flat(line) return (w:ok(now .. line):gsub("%s+", " ")) end

local function count(text, pattern) return select(2, text:gsub(pattern, "")) end

describe("what a step is for", function()
  it("is on the list once for each step, and the heading stands before the first more formal one", function()
    local out = flat "today"
    assert.equal(1, count(out, call), out)
    assert.truthy(out:find("Absence call%-back.*" .. formal .. ".*Ada Byron.*Attendance contract"), out)
    assert.truthy(out:find("What each step is for: Absence call%-back.*" .. formal
      .. " Attendance contract A voluntary"), out)
  end)

  it("is on the list to print, and on each line of the list to fill in", function()
    w:ok(now .. "today -o list.html")
    w:ok(now .. "today -o list.csv")
    local page, file = workspace.read(w.top .. "/list.html"):gsub("%s+", " "), workspace.read(w.top .. "/list.csv")
    assert.equal(1, count(page, call))
    assert.truthy(page:find('<td class="formal" colspan="9">' .. formal .. '</td></tr> <tr><td class="number">2</td>'
      .. '<td class="pupil"><b>Ada Byron</b>'), page)
    assert.truthy(page:find('<td class="formal" colspan="9">Early support</td></tr> <tr><td class="number">3</td>'
      .. '<td class="pupil"><b>Cal Moss</b>'), page) -- whose need is less
    assert.equal(2, count(file, "Absence call%-back,\"" .. call))
    local taken = w:ok(now .. "import actions list.csv")
    assert.falsy(taken:find "what it is for") -- no column that nobody knows
  end)

  it("is said by explain, and by letter --list", function()
    assert.truthy(flat "explain BEN absence-callback":find(call))
    assert.truthy(w:json(now .. "explain BEN absence-callback").about:find(call))
    local list = flat "letter BEN --list"
    assert.equal(1, count(list, call), list)
    assert.truthy(list:find(formal .. " Attendance contract A voluntary", 1, true), list)
    assert.truthy(w:json(now .. "letter BEN --list")[2].about:find(call))
  end)

  it("is said by plugin info, with the heading in the road map", function()
    local out = flat "plugin info essex"
    assert.equal(1, count(out, call), out)
    assert.equal(2, count(out, formal), out)
    assert.truthy(out:find("Declining attendance meeting facilitate support%-first yes " .. formal
      .. " attendance%-contract"), out)
  end)

  it("is two sentences of every step that ships", function()
    for _, step in ipairs(w:json(now .. "plugin info essex").steps) do
      assert.equal(2, count(step.about, "%.%f[%s\0]"), step.name)
    end
  end)
end)
