-- Entries from before Waymark, out of a file: what is taken, what it answers, what is
-- left out and why, and that nothing comes in twice.

local folder = require "tests.support.folder"
local workspace = require "tests.support.workspace"
local core = require "waymark.core"

local pupils = [[
upn,surname,forename,dob,year,form,sex,sen,fsm,admission_number
B801200005001,Byron,Ada,2015-04-03,5,5A,F,N,0,0101
C801200005002,Marsh,Ben,2015-06-11,5,5A,M,N,0,0102
]]

local contacts = [[
upn,title,forename,surname,relationship,parental_responsibility,lives_with,priority
B801200005001,Mrs,Annabella,Byron,mother,1,1,1
]]

local ada, ben = "B801200005001", "C801200005002"
local headings = "upn,date,step,outcome,with,note,by,issuer,review_on,audience"
local now = "--now 2025-09-10T18:00Z "

local w

local function has(text, part) return text:find(part, 1, true) ~= nil end

-- Take in a file of these lines. -> the report
local function import(lines, options)
  w:file("entries.csv", lines)
  return w:json(now .. "import entries entries.csv " .. (options or ""))
end

local function entries(upn)
  local list = assert(core.decode(w:ok(now .. "chronology " .. (upn or ada) .. " --format json"))).entries
  local found = {}
  for _, each in ipairs(list) do
    if not each.kind:find "%." then found[#found + 1] = each end
  end
  return found
end

local function open_suggestions()
  local list = {}
  for i, row in ipairs(w:json [[sql "SELECT step FROM suggestions WHERE state = 'open' ORDER BY step"]]) do
    list[i] = row.step
  end
  return list
end

local school -- with its pupils and registers; every spec has a copy

setup(function()
  w = workspace.new { files = { ["pupils.csv"] = pupils, ["contacts.csv"] = contacts,
    ["marks.csv"] = workspace.registers { [ada] = { ["2025-09-08"] = "N N" }, [ben] = { ["2025-09-08"] = "/ \\" } } } }
  for _, kind in ipairs { "pupils", "contacts", "marks" } do
    w:ok(("--now 2025-09-08T17:00Z import %s %s.csv"):format(kind, kind))
  end
  school = w
end)

teardown(function() school:remove() end)

before_each(function()
  local top = folder.new()
  assert(os.execute(("cp -R '%s' '%s/w'"):format(school.dir, top)))
  w = setmetatable({ top = top, dir = top .. "/w" }, workspace)
end)

after_each(function()
  w:ok "check"
  w:remove()
end)

describe("importing entries", function()
  it("takes steps of the road map by name or title, and other kinds under their own name", function()
    local report = import(headings .. ",What would help,reference\n"
      .. ada .. ",2025-03-04,absence-callback,spoke,mother,\"Ill, \"\"again\"\"\",Sam Reed,,,,A lift,\n"
      .. ada .. ",4 June 2025,Notice to Improve,not improved,,,,,,staff,,\n"
      .. ada .. ",2025-07-01,Penalty notice,paid,mother,,,Hertfordshire County Council,,staff,,PN-17\n")
    assert.same({ 3, 3, 0, "2025-03-04", "2025-07-01" },
      { report.rows, report.added, report.left_out, report.first, report.last })
    local list = entries()
    assert.same({ "absence-callback", "notice-to-improve", "penalty-notice" },
      { list[1].step, list[2].step, list[3].step })
    assert.same({ "Absence call-back", "Notice to Improve", "Penalty notice" },
      { list[1].title, list[2].title, list[3].title })
    assert.same({ "spoke", "mother", "Sam Reed", "staff", true },
      { list[1].outcome, list[1].with, list[1].by, list[1].audience, list[1].history })
    assert.same({ { text = 'Ill, "again"' },
      { label = "What would help", text = "A lift", field = "what_would_help" } }, list[1].words)
    assert.same({ "not-improved", "staff" }, { list[2].outcome, list[2].audience })
    assert.same({ "paid", "Hertfordshire County Council" }, { list[3].outcome, list[3].issuer })
    assert.same({ { label = "Reference", text = "PN-17", field = "reference" } }, list[3].words)
    assert.truthy(has(w:ok(now .. "chronology " .. ada), "Issued by: Hertfordshire County Council"))
  end)

  it("asks no gate: what was done before Waymark was done", function()
    assert.equal(1, import(headings .. "\n" .. ada .. ",2025-06-04,notice-to-improve,withdrawn,,,,,,\n").added)
    assert.is_nil(entries()[1].gate)
  end)

  it("says who brought it in when the row does not say who did it", function()
    import(headings .. "\n" .. ada .. ",2025-06-04,letter,,,,,,,\n", '--by "The office"')
    assert.equal("The office", entries()[1].by)
  end)

  it("finds a pupil by admission number", function()
    import "admission_number,date,step\n0102,2025-06-04,letter\n"
    assert.equal("letter", entries(ben)[1].step)
  end)

  it("reads its dates in one order, below a title, and asks where that cannot be known", function()
    local text = "Letters sent\nupn,date,step\n" .. ada .. ",2/4/2025,letter\n"
    w:file("entries.csv", text)
    assert.matches('are the dates under "date" day first or month first%? 2/4/2025 may be', w:expect(1,
      now .. "import entries entries.csv").err)
    assert.same({}, entries())
    assert.equal(2, import(text .. ada .. ",4/30/2025,telephone\nTotal,,2\n").added)
    assert.same({ "2025-02-04", "2025-04-30" }, { entries()[1].on, entries()[2].on })
  end)

  it("answers what its day covers, an attempt nothing", function()
    w:ok "--now 2025-09-08T18:00Z suggest"
    assert.same({ "absence-callback" }, open_suggestions())
    import(headings .. "\n" .. ada .. ",2025-03-05,absence-callback,spoke,mother,,,,,\n"
      .. ada .. ",2025-09-05,home-visit,,mother,,,,,\n"
      .. ada .. ",2025-09-09,absence-callback,no-answer,mother,,,,,\n")
    assert.same({ "absence-callback" }, open_suggestions())
    import(headings .. "\n" .. ada .. ",2025-09-09,telephone,,mother,,,,,\n")
    assert.same({}, open_suggestions())
    local last = entries()[4]
    assert.same({ "Telephone", { "Absence call-back" } }, { last.title, last.answers })
  end)

  it("counts as support that was tried", function()
    import(headings .. "\n" .. ada .. ",2025-06-04,early-help,not-taken-up,mother,,,,,\n")
    local answer = w:json(now .. "explain " .. ada .. " attendance-contract")
    assert.is_nil(answer.gate)
  end)
end)

describe("the same entries again", function()
  local file = headings .. "\n" .. ada .. ",2025-03-04,absence-callback,spoke,mother,A cold,Sam Reed,,,\n"
    .. ada .. ",2025-03-05,letter,,,,,,,\n"

  it("add nothing", function()
    assert.equal(2, import(file).added)
    local report = import(file)
    assert.same({ 0, 2 }, { report.added, report.unchanged })
    assert.equal(2, #entries())
    assert.truthy(has(w:ok(now .. "import entries entries.csv"), "every entry was known already"))
  end)

  it("in one file are one entry", function()
    local report = import(file .. ada .. ",2025-03-05,letter,,,,,,,\n")
    assert.same({ 2, 1 }, { report.added, report.repeated })
    assert.equal(2, #entries())
  end)

  it("do not bring back what was struck out", function()
    import(file)
    w:ok(now .. ('correct %s %d --why "the wrong child"'):format(ada, entries()[1].id))
    assert.equal(0, import(file).added)
    assert.falsy(has(w:ok(now .. "chronology " .. ada), "A cold"))
  end)

  it("are shown and not recorded by a dry run", function()
    w:file("entries.csv", file)
    local out = w:ok(now .. "import entries entries.csv --dry-run")
    assert.truthy(has(out, "Would take in entries"))
    assert.equal(0, #entries())
    assert.equal(2, import(file).added)
  end)
end)

describe("rows that cannot be taken", function()
  local rows = { "," .. "2025-03-04,letter,,,,,,,", "X1,2025-03-04,letter,,,,,,,", ada .. ",2025-02-30,letter,,,,,,,",
    ada .. ",2025-12-24,letter,,,,,,,", ada .. ",2025-03-04,absence-calback,,,,,,,", ada .. ",2025-03-04,,,,,,,,",
    ada .. ",2025-03-04,absence-callback,chatted,,,,,,", ada .. ",2025-03-04,letter,,,,,,,everybody",
    ada .. ",2025-03-04,letter,,,,,,soon,", ada .. ",2025-03-04,letter", ada .. ",2025-03-04,letter,,,,,,," }

  it("are left out with their line and the cause, and kept in a file to be put right", function()
    w:file("entries.csv", headings .. "\n" .. table.concat(rows, "\n") .. "\n")
    local r = w:expect(3, now .. "import entries entries.csv")
    for _, words in ipairs {
      "line 2: neither a UPN nor an admission number", 'line 3: nobody there has the number "X1"',
      "line 4: date: no such date", "line 5: 2025-12-24 is still to come",
      'line 6: the road map has no step "absence-calback"; did you mean "absence-callback"?',
      "line 7: the step is missing", 'line 8: Absence call-back: "chatted" is not one of: spoke',
      'line 9: the audience "everybody" is not one of',
      "line 10: review_on: not a date: soon", "line 11: the line has another number of columns" } do
      assert.truthy(has(r.out, words), words .. "\n" .. r.out)
    end
    assert.truthy(has(r.out, "           1  new") and has(r.out, "          10  left out"))
    local kept = workspace.read(w.dir .. "/left-out/entries-20250910-180000.csv")
    assert.truthy(has(kept, headings .. ",line,reason\n"))
    local mended = kept:gsub("absence%-calback", "absence-callback")
    local report = import(mended)
    -- The short line has come out whole, as the entry that was taken from line 12.
    assert.same({ 1, 1, 8 }, { report.added, report.unchanged, report.left_out })
    assert.same({}, entries()[2].words) -- its line and reason are not the entry's
  end)

  it("stop everything when all or nothing is asked for", function()
    w:file("entries.csv", headings .. "\n" .. rows[11] .. "\n" .. rows[2] .. "\n")
    local r = w:expect(1, now .. "import entries entries.csv --strict")
    assert.truthy(has(r.err, "nothing of entries.csv was taken: 1 row could not be"), r.err)
    assert.equal(0, #entries())
  end)

  it("and files without the columns that are needed are refused", function()
    w:file("entries.csv", "upn,step\n" .. ada .. ",letter\n")
    assert.truthy(has(w:expect(1, now .. "import entries entries.csv").err, 'has no column "date"'))
    w:file("entries.csv", "date,step\n2025-03-04,letter\n")
    assert.truthy(has(w:expect(1, now .. "import entries entries.csv").err, 'neither a column "upn"'))
    assert.truthy(has(w:expect(1, now .. "import entries absent.csv").err, "absent.csv"))
  end)

  it("may hold anything; nothing of it reaches a terminal raw", function()
    w:file("entries.csv", headings .. "\n" .. ada .. ",2025-03-04,\27[31mx,,,,,,,\n")
    local r = w:expect(3, now .. "import entries entries.csv")
    assert.falsy(has(r.out, "\27"))
    assert.truthy(has(r.out, '"\\x1B[31mx" is no name'), r.out)
  end)
end)

describe("with several schools", function()
  it("an entry says its school, and belongs to the stay that its day falls into", function()
    local trust = workspace.new { settings = (workspace.essex:gsub("^school.-\n", "")), files = {
      ["schools.csv"] = "school,name\n1,Alder\n2,Beech\n",
      ["pupils.csv"] = "school,upn,surname,forename,dob,joined,left\n"
        .. "1,E801,Frost,Eve,2015-01-01,2024-09-02,2025-07-20\n2,E801,Frost,Eve,2015-01-01,2025-09-02,\n"
        .. "2,F801,Snow,Fin,2015-01-01,2025-09-02,\n",
      ["entries.csv"] = "school,upn,date,step\n1,E801,2025-03-04,letter\nBeech,E801,2025-09-05,letter\n"
        .. ",E801,2025-03-04,letter\n,F801,2025-09-05,letter\n3,F801,2025-09-05,letter\n" } }
    for _, kind in ipairs { "schools", "pupils" } do trust:ok(now .. ("import %s %s.csv"):format(kind, kind)) end
    local r = trust:expect(3, now .. "import entries entries.csv")
    assert.truthy(has(r.out, "line 4: the pupil has been at several schools; say at which one"), r.out)
    assert.truthy(has(r.out, 'line 6: no school "3"'))
    local rows = trust:json [[sql "SELECT s.name, p.forename FROM event v JOIN school s ON s.id = v.school
      JOIN pupil p ON p.id = v.pupil ORDER BY v.id"]]
    assert.same({ { name = "Alder", forename = "Eve" }, { name = "Beech", forename = "Eve" },
      { name = "Beech", forename = "Fin" } }, rows)
    trust:remove()
  end)
end)
