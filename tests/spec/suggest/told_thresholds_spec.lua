-- Thresholds that are newly met or undone are named where people look: who, from when to when, by which mark, with
-- which import; and the half days.

local workspace = require "tests.support.workspace"

local ada, ben = "A801200005001", "B801200005001"

describe("a threshold", function()
  local w

  local function import(day, name, by_pupil)
    w:file(name, workspace.registers(by_pupil))
    w:ok(("--now %sT16:00Z import marks %s"):format(day, name))
  end

  local function suggest(day) return w:ok(("--now %sT17:00Z suggest"):format(day)) end

  local function thresholds(day)
    local found = {}
    for _, row in ipairs(w:json(("--now %sT18:00Z today"):format(day))) do
      if row.section == "thresholds" then found[#found + 1] = row end
    end
    return found
  end

  local function has(text, words) assert.is_truthy(text:find(words, 1, true), text) end

  -- Eight half days of Ada's are away, and one N; on the Tuesday the N is found to be an O, and one more comes.
  setup(function()
    w = workspace.new { files = {
      ["pupils.csv"] = ("upn,surname,forename,dob,form\n%s,Byron,Ada,2015-05-05,5A\n%s,Hale,Ben,2015-05-06,5A\n")
        :format(ada, ben) } }
    w:ok "import pupils pupils.csv"
    import("2025-09-12", "first.csv", { [ada] = workspace.with("2025-09-02", "2025-09-12", { ["2025-09-08"] = "O O",
      ["2025-09-09"] = "O O", ["2025-09-10"] = "O O", ["2025-09-11"] = "O O", ["2025-09-12"] = "I /" }),
      [ben] = workspace.with("2025-09-02", "2025-09-12", {}) })
    suggest "2025-09-12"
    import("2025-09-16", "tuesday.csv", { [ada] = { ["2025-09-12"] = "O /", ["2025-09-15"] = "/ \\",
      ["2025-09-16"] = "O \\" } })
  end)

  teardown(function() w:remove() end)

  it("that is newly met is named by suggest, today and the chronology, with what was changed", function()
    local out = suggest "2025-09-16"
    local why = "10 of 10 half days in 10 school weeks, Mon 8 Sep 2025 to Tue 16 Sep 2025; by Fri 12 Sep 2025, "
      .. "morning I → O, with tuesday.csv (import 3)"
    has(out, "  threshold met: Ada Byron, national: " .. why
      .. "\n    half days: Mon 8 Sep 2025, morning O, afternoon O; ")
    local rows = thresholds "2025-09-16"
    assert.are.same({ "Ada Byron", "Threshold met: national", why },
      { rows[1].name, rows[1].title, rows[1].why })
    assert.are.equal(10, #rows[1].sessions)
    assert.are.equal("2025-09-12 AM O", rows[1].sessions[9])
    out = w:ok "--now 2025-09-16T18:00Z chronology Ada"
    has(out:gsub("%s+", " "), "by Fri 12 Sep 2025, morning I → O, with tuesday.csv (import 3)")
    has(out:gsub("%s+", " "), "Mon 8 Sep 2025, morning O, afternoon O; Tue 9 Sep 2025, morning O")
    local shown = w:ok "--now 2025-09-16T18:00Z today"
    has(shown, "Thresholds newly met or undone (")
    has(shown:gsub("%s+", " "), "Half days: Mon 8 Sep 2025, morning O, afternoon O; Tue 9 Sep 2025, morning O")
  end)

  it("is told of once, until the next run", function()
    suggest "2025-09-17"
    assert.are.same({}, thresholds "2025-09-17")
  end)

  it("that a changed mark undoes is named the same way", function()
    import("2025-09-17", "other.csv", { [ada] = { ["2025-09-15"] = "I \\" } }) -- not one that counted
    import("2025-09-18", "late.csv", { [ada] = { ["2025-09-08"] = "M O", ["2025-09-05"] = "I \\" } })
    local out, why = suggest "2025-09-18", "9 of 10 stand; Mon 8 Sep 2025, morning O → M, with late.csv (import 5)"
    has(out, "  threshold undone: Ada Byron, national: " .. why .. "\n    it was met by: Mon 8 Sep 2025, morning O, ")
    local rows = thresholds "2025-09-18"
    assert.are.same({ "Ada Byron", "Threshold undone: national", why }, { rows[2].name, rows[2].title, rows[2].why })
    out = w:ok("--now 2025-09-18T18:00Z chronology Ada"):gsub("%s+", " ")
    has(out, "The threshold is no longer met: national")
    has(out, "it was met by: Mon 8 Sep 2025, morning O")
  end)
end)

it("thresholds that a first run tells of all at once are kept in a few bytes, and are told to be undone as others are",
  function()
    local w = workspace.new { files = {
      ["pupils.csv"] = ("upn,surname,forename,dob\n%s,Byron,Ada,2015-05-05\n"):format(ada) } }
    finally(function() w:remove() end)
    local away, mended = {}, { ["2025-09-05"] = "I \\", ["2025-09-08"] = "M O" } -- the first of which it did not count
    for day = 8, 12 do away[("2025-09-%02d"):format(day)] = "O O" end
    w:ok "import pupils pupils.csv"
    w:file("marks.csv", workspace.registers { [ada] = workspace.with("2025-09-02", "2025-09-12", away) })
    w:ok "--now 2025-09-12T16:00Z import marks marks.csv"
    w:ok "--now 2025-09-12T17:00Z suggest"
    local kept = w:json [[sql "SELECT e.data AS kept, length(e.packed) AS bytes, v.data AS shown
      FROM event e JOIN events v ON v.id = e.id WHERE e.kind = 'threshold.met' AND v.concern LIKE 'national%'"]][1]
    assert.same({ "{}", '{"rule":"national","since":"2025-09-12 PM"}' }, { kept.kept, kept.shown })
    assert.is_true(kept.bytes < 8)
    w:file("late.csv", workspace.registers { [ada] = mended })
    w:ok "--now 2025-09-15T16:00Z import marks late.csv"
    local out = w:ok "--now 2025-09-15T17:00Z suggest"
    assert.is_truthy(out:find("threshold undone: Ada Byron, national: 9 of 10 stand; Mon 8 Sep 2025, morning O → M, "
      .. "with late.csv (import 3)\n    it was met by: Mon 8 Sep 2025, morning O, afternoon O; Tue", 1, true), out)
  end)
