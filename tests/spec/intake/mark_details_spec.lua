-- What comes with a mark beside its code: minutes late, the supplier's sub-code, a comment. Kept, amended as marks are,
-- shown to staff, and to nobody else.

local core = require "waymark.core"
local given = require "tests.support.import_store"
local sqlite = require "tests.support.sqlite"
local spaces = require "waymark.workspace"
local workspace = require "tests.support.workspace"

local now = "--now 2025-09-12T17:00Z "
local later = "--now 2025-09-13T17:00Z "

local head = "upn,date,session,code,minutes_late,sub_code,comment\n"
local marks = head .. [[
ADA,2025-09-02,AM,L,25,,"Bus
broke down"
ADA,2025-09-02,PM,\,0,,
ADA,2025-09-03,AM,L,10 mins,L01,
ADA,2025-09-04,AM,L,,,
ADA,2025-09-05,AM,U,40,,Overslept
ADA,2025-09-08,AM,I,,I01,Asthma
ADA,2025-09-09,AM,L,soon,,
ADA,2025-09-10,AM,L,5,,
BEN,2025-09-02,AM,/,,,
]]

local w, report

local function import(name, text, when)
  w:file(name, text)
  return w:json(when .. "import marks " .. name)
end

local function details()
  return w:json [[sql "SELECT date, code, minutes_late AS minutes, sub_code AS sub, comment FROM mark
    WHERE upn = 'ADA' AND coalesce(minutes_late, sub_code, comment) IS NOT NULL"]]
end

setup(function()
  w = workspace.new { files = { ["pupils.csv"] = "upn,surname,forename,dob,joined\nADA,Byron,Ada,2016-01-01,\n"
    .. "BEN,Stone,Ben,2016-01-01,2025-09-10\n" } }
  w:ok(now .. "import pupils pupils.csv")
  report = import("marks.csv", marks, now)
end)

teardown(function() w:remove() end)

describe("what comes with a mark beside its code", function()
  it("is kept with it, and what is no number of minutes is said", function()
    assert.same({ 9, 5 }, { report.added, report.details })
    assert.equal(9, given.named(report.warnings, "minutes").examples[1].line)
    assert.same({ { date = "2025-09-02", code = "L", minutes = 25, comment = "Bus\nbroke down" },
      { date = "2025-09-03", code = "L", minutes = 10, sub = "L01" },
      { date = "2025-09-05", code = "U", minutes = 40, comment = "Overslept" },
      { date = "2025-09-08", code = "I", sub = "I01", comment = "Asthma" },
      { date = "2025-09-10", code = "L", minutes = 5 } }, details())
  end)

  it("changes nothing when the same file comes again", function()
    local again = import("marks.csv", marks, now)
    assert.same({ 9, 0 }, { again.unchanged, again.details })
    assert.equal("5\n", sqlite.run(w.dir .. "/waymark.db", "SELECT count(*) FROM mark_detail"))
  end)

  it("is shown in lateness: on the page of a pupil, and by a rule", function()
    local out = w:ok(now .. "pupil Ada")
    assert.is_truthy(out:find("late for 6 half days; minutes known of 4: 80 in all", 1, true), out)
    assert.is_truthy(out:find("Tue 2 Sep 2025, morning: L, 25 minutes; “Bus broke down”", 1, true), out)
    assert.is_truthy(out:find("Mon 8 Sep 2025, morning: I; I01; “Asthma”", 1, true), out)
    local late = w:json(now .. "pupil Ada").late
    assert.same({ 6, 4, 80, 5 }, { late.count, late.known, late.minutes, #late.details })
    out = w:ok(now .. "explain Ada initial-concern")
    assert.is_truthy(out:find("Tue 2 Sep 2025 +morning +L, 25 minutes\n"), out)
    assert.is_truthy(out:find("Thu 4 Sep 2025 +morning +L\n"), out)
    assert.is_truthy(out:find("Fri 5 Sep 2025 +morning +U, 40 minutes\n"), out)
    assert.is_nil(out:find "Overslept")
  end)

  it("is the pupil's `details` for who was granted what is sensitive", function()
    local space = spaces.open(w.dir, "read")
    finally(function() space:close() end)
    local codes = core.codes(space.store:codes())
    for block in space.store:batches { as_of = "2025-09-04", upn = "ADA" } do
      local list = core.batch(block, codes, { registers = true, sensitive = true })[1].details
      assert.equal(2, #list)
      assert.same({ "2025-09-03", "AM", "L", 10, "L01" }, { list[2].date, list[2].session, list[2].code,
        list[2].minutes_late, list[2].sub_code })
      local pupil = core.batch(block, codes, { registers = true })[1]
      assert.is_truthy(select(2, pcall(function() return pupil.details end)):find('add "sensitive"', 1, true))
    end
    for block in space.store:batches { as_of = "2025-09-12", fields = { "registers", "pupil.upn" } } do
      assert.is_nil(block:find("Asthma", 1, true))
    end
  end)
end)

describe("what comes with a mark later", function()
  it("is known beside what was known before, and says nothing of another mark", function()
    import("changed.csv", head .. [[
ADA,2025-09-02,AM,L,30,,
ADA,2025-09-05,AM,U,,,
ADA,2025-09-08,AM,M,,,
]], later)
    local list = details()
    assert.same({ 30, "Bus\nbroke down", 40, 4 }, { list[1].minutes, list[1].comment, list[3].minutes, #list })
    assert.equal("2025-09-12|25\n2025-09-13|30\n", sqlite.run(w.dir .. "/waymark.db",
      "SELECT date(at, 'unixepoch'), minutes FROM mark_detail WHERE session = 2 * 20333 ORDER BY id"))
    local space = spaces.open(w.dir, "read")
    finally(function() space:close() end)
    local function known(at)
      local result
      for block in space.store:batches { as_of = "2025-09-12", upn = "ADA", known_at = at } do
        local all = core.batch(block, core.codes(space.store:codes()))[1].details
        result = { all[1].minutes_late, #all }
      end
      return result
    end
    assert.same({ 25, 5 }, known(1757700000))
    assert.same({ 30, 4 }, known(1757800000))
    w:ok "check"
  end)

  it("is not taken with a mark that is left out, nor by a dry run", function()
    w:file("dry.csv", head .. "ADA,2025-09-04,AM,L,7,,\n")
    assert.equal(1, w:json(later .. "import marks dry.csv --dry-run").details)
    w:file("out.csv", head .. "ADA,2025-09-06,AM,L,7,,\n")
    assert.equal(0, w:json(later .. "import marks out.csv").details)
    assert.equal(4, #details())
  end)

  it("may be erased of a comment, and not changed otherwise", function()
    local database = w.dir .. "/waymark.db"
    for _, change in ipairs { "DELETE FROM mark_detail", "UPDATE mark_detail SET minutes = 1",
      "UPDATE mark_detail SET comment = 'x'" } do
      local done, why = sqlite.run(database, change)
      assert.is_nil(done)
      assert.is_truthy(why:find("details of marks", 1, true), why)
    end
    assert(sqlite.run(database, "UPDATE mark_detail SET comment = NULL WHERE enrolment = 1"))
    w:ok "check"
  end)
end)
