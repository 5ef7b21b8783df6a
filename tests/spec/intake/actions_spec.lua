-- A list that comes back filled in: what is recorded, once; what spreadsheets do to a file
-- on the way; and the rows that cannot be taken.

local cells = require "waymark.intake.cells"
local folder = require "tests.support.folder"
local workspace = require "tests.support.workspace"

local PUPILS = [[
upn,surname,forename,dob,year,form
ADA,Żak,Ada,2016-05-05,4,4A
BEN,O'Shea,Ben,2016-06-06,4,4B
CAL,Moss,Cal,2015-06-06,5,5A
]]

local FRIDAY, MONDAY = "--now 2025-10-10T17:00Z ", "--now 2025-10-13T17:00Z "

local w, kept

-- Made once, and copied for each spec.
setup(function()
  w = workspace.new { files = { ["pupils.csv"] = PUPILS,
    ["contacts.csv"] = "upn,surname,forename,relationship\nADA,Żak,Ewa,mother\nBEN,O'Shea,Una,mother\n" ..
      "BEN,O'Shea,Pat,father\n" } }
  w:ok(FRIDAY .. "import pupils pupils.csv")
  w:ok(FRIDAY .. "import contacts contacts.csv")
  local days = {}
  for _, upn in ipairs { "ADA", "BEN", "CAL" } do
    days[upn] = workspace.with("2025-09-02", "2025-10-10", { ["2025-10-10"] = "N N" })
  end
  w:file("marks.csv", workspace.registers(days))
  w:ok(FRIDAY .. "import marks marks.csv")
  w:ok(FRIDAY .. "suggest")
  w:ok(FRIDAY .. "today -o list.csv")
  kept = w.top
end)
teardown(function() folder.remove(kept) end)

before_each(function()
  w.top = folder.new()
  w.dir = w.top .. "/w"
  os.execute(("cp -R '%s/.' '%s/'"):format(kept, w.top))
end)
after_each(function() w:remove() end)

local function lines()
  local list = {}
  for line in workspace.read(w.top .. "/list.csv"):gmatch "[^\n]+" do list[#list + 1] = line end
  return list
end

-- The list with the cells of some pupils filled in: { Ada = { ["done on"] =, … } }.
local COLUMNS = { "done on", "with whom", "outcome", "reason given", "note", "review on", "audience" }

local function fill(filled, change)
  local list = lines()
  for i, line in ipairs(list) do
    for name, row in pairs(filled) do
      if line:find("," .. name .. " ", 1, true) then
        local texts = {}
        for k, column in ipairs(COLUMNS) do texts[k] = row[column] or "" end
        list[i] = line:gsub(",,,,,,,,(list[^,]*)$", function(ref)
          return "," .. table.concat(texts, ",") .. "," .. (row.ref or ref)
        end)
      end
    end
  end
  local text = table.concat(list, "\n") .. "\n"
  return w:file("filled.csv", change and change(text) or text)
end

local function entries()
  local list = {}
  for i, row in ipairs(w:json [[sql "SELECT p.upn, v.kind, v.step, v.by, date(v.on_day * 86400, 'unixepoch') AS day,
    n.body FROM event v JOIN pupil p ON p.id = v.pupil JOIN entry n ON n.event = v.id ORDER BY v.id"]]) do
    list[i] = row
  end
  return list
end

local function reasons(status)
  local r = w:run(MONDAY .. "import actions filled.csv --format json")
  assert.equal(status or 3, r.status, r.out .. r.err)
  local words = {}
  for _, each in ipairs(require "waymark.core".decode(r.out).reasons[1].examples) do words[#words + 1] = each.words end
  return words
end

describe("import actions", function()
  it("records what was filled in, and nothing of the rows that were not", function()
    fill { Ada = { ["done on"] = "2025-10-13", ["with whom"] = "mother", outcome = "spoke",
      ["reason given"] = "Illness", note = "Has a cold; back on Tuesday.", ["review on"] = "2025-10-20" } }
    local out = w:ok(MONDAY .. 'import actions filled.csv --by "Sam Reed"')
    assert.truthy(out:find "1  recorded" and out:find "2  not filled in", out)
    local list = entries()
    assert.equal(1, #list)
    assert.same({ "ADA", "entry.recorded", "absence-callback", "Sam Reed", "2025-10-13" },
      { list[1].upn, list[1].kind, list[1].step, list[1].by, list[1].day })
    for _, part in ipairs { '"outcome":"spoke"', '"reason":"illness"', '"with":"Ewa Żak"', '"review_on":"2025-10-20"',
      "Has a cold; back on Tuesday." } do assert.truthy(list[1].body:find(part, 1, true), list[1].body) end
    local states = w:json [[sql "SELECT upn, state FROM suggestions WHERE step = 'absence-callback' ORDER BY upn"]]
    assert.same({ "answered", "open", "open" }, { states[1].state, states[2].state, states[3].state })
  end)

  it("lets who may read it be filled in; else it is whom the step says", function()
    fill { Ada = { ["done on"] = "2025-10-13", outcome = "spoke", note = "Ours", audience = "everybody" } }
    assert.truthy(reasons()[1]:find('the audience "everybody" is not one of: staff, referral, family', 1, true))
    fill { Ada = { ["done on"] = "2025-10-13", outcome = "spoke", note = "Theirs", audience = " Family" },
      Ben = { ["done on"] = "2025-10-13", outcome = "spoke", note = "Ours" } }
    w:ok(MONDAY .. "import actions filled.csv")
    local list = entries()
    assert.truthy(list[1].body:find('"audience":"family","audience_chosen":true', 1, true), list[1].body)
    assert.truthy(list[2].body:find('"audience":"staff"', 1, true), list[2].body)
    for who, note in pairs { ADA = "Theirs", BEN = "Ours" } do
      local out = w:ok(MONDAY .. ("chronology %s --for family"):format(who))
      assert.equal(who == "ADA", out:find(note, 1, true) ~= nil, out)
    end
  end)

  -- The list with one more column, which Ada's row fills in.
  local function with_column(heading, text)
    fill({ Ada = { ["done on"] = "2025-10-13", outcome = "spoke" } }, function(list)
      return (list:gsub("[^\n]+", function(line)
        local cell = line:find("number,", 1, true) and heading or line:find("Ada", 1, true) and text or ""
        return line .. "," .. cell
      end))
    end)
  end

  it("takes a column that was added for a field of the step, read as its type", function()
    with_column("lead_told", "perhaps")
    assert.truthy(reasons()[1]:find('lead_told: "perhaps" is not a yes-no', 1, true))
    with_column("What would help", "A lift on Mondays")
    w:ok(MONDAY .. "import actions filled.csv")
    assert.truthy(entries()[1].body:find('"what_would_help":"A lift on Mondays"', 1, true), entries()[1].body)
    assert.truthy(w:ok(MONDAY .. "import actions filled.csv"):find "1  recorded before")
    with_column("What would help", "A lift on Fridays")
    assert.truthy(reasons()[1]:find("in other words", 1, true))
  end)

  -- A list of Ada's row, once for each of `rows`: { what to do, done on, outcome, meeting_on }.
  local function with_rows(rows)
    local list = { lines()[1] .. ",meeting_on" }
    for _, line in ipairs(lines()) do
      if line:find("Ada", 1, true) then
        for _, row in ipairs(rows) do
          list[#list + 1] = line:gsub("Absence call%-back", row[1], 1):gsub(",,,,,,,,(list[^,]*)$", function(ref)
            return (",%s,,%s,,,,,%s,%s"):format(row[2], row[3], ref, row[4])
          end)
        end
      end
    end
    w:file("filled.csv", table.concat(list, "\n") .. "\n")
  end

  it("takes a whole case: a row once more for another step, a meeting arranged, moved and held", function()
    local rows = { { "Absence call-back", "13/10", "spoke", "" },
      { "Declining attendance meeting", "13/10", "", "15/10/25" } }
    with_rows(rows)
    local out = w:ok(MONDAY .. "import actions filled.csv")
    assert.truthy(out:find "2  recorded\n"
      and out:find("Declining attendance meeting: recorded, Mon 13 Oct", 1, true), out)
    rows[3], rows[4] = { "meeting", "14/10", "rearranged", "16th Oct" }, { "meeting", "16/10", "support agreed", "" }
    with_rows(rows)
    out = w:ok "--now 2025-10-16T17:00Z import actions filled.csv"
    assert.truthy(out:find "2  recorded\n" and out:find "2  recorded before", out)
    local list = entries()
    assert.same({ "absence-callback", "declining-attendance-meeting", "declining-attendance-meeting",
      "declining-attendance-meeting" }, { list[1].step, list[2].step, list[3].step, list[4].step })
    assert.truthy(list[2].body:find('"meeting_on":"2025-10-15"', 1, true), list[2].body)
    assert.truthy(list[3].body:find('"meeting_on":"2025-10-16"', 1, true), list[3].body)
    rows[2][4] = "2025-10-15"
    with_rows(rows)
    assert.truthy(w:ok("--now 2025-10-17T17:00Z import actions filled.csv"):find "4  recorded before")
  end)

  it("does not take a step that there is not, or a call without its outcome, whatever it is called", function()
    with_rows { { "Meting", "13/10", "spoke", "" }, { "Absence call-back", "13/10", "", "" },
      { "notice", "13/10", "", "" },
      { "meeting", "13/10", "", "Wednesday" } }
    local words = reasons()
    assert.truthy(words[1]:find('has no step "Meting"', 1, true), words[1])
    assert.truthy(words[2]:find("the outcome is missing", 1, true), words[2])
    assert.truthy(words[3]:find('"notice" may be any of: ', 1, true), words[3])
    assert.equal('meeting_on: "Wednesday" is not a day; write it like 09/09/2025', words[4])
    assert.same({}, entries())
  end)

  it("says of which columns and cells nothing was kept", function()
    with_column("initials", "SR")
    assert.truthy(w:ok(MONDAY .. "import actions filled.csv --dry-run"):find("Columns not used: initials", 1, true))
    with_column("review_dates", "2025-10-20")
    local out = w:ok(MONDAY .. "import actions filled.csv")
    assert.truthy(out:find("a cell that its step does not record; not kept (1)\n  line 2: review_dates", 1, true), out)
  end)

  it("adds nothing from the same file again, nor from a fuller one of what it has", function()
    fill { Ada = { ["done on"] = "13/10/2025", outcome = "spoke" } }
    w:ok(MONDAY .. "import actions filled.csv")
    assert.truthy(w:ok(MONDAY .. "import actions filled.csv"):find "1  recorded before")
    fill { Ada = { ["done on"] = "2025-10-13", outcome = "Spoke" },
      Ben = { ["done on"] = "13/10/2025", outcome = "spoke" } }
    local out = w:ok(MONDAY .. "import actions filled.csv")
    assert.truthy(out:find "1  recorded\n" and out:find "1  recorded before", out)
    assert.equal(2, #entries())
  end)

  it("shows with --dry-run what it would record", function()
    fill { Ada = { ["done on"] = "2025-10-13", outcome = "spoke" }, Ben = { outcome = "spoke" } }
    local r = w:expect(3, MONDAY .. "import actions filled.csv --dry-run")
    assert.truthy(r.out:find("Ada Żak, Absence call-back: spoke", 1, true), r.out)
    assert.same({}, entries())
    assert.is_nil(require "lfs".attributes(w.dir .. "/left-out"))
  end)

  it("records no answer as an attempt, and the call that reached somebody after it", function()
    fill { Ada = { ["done on"] = "2025-10-13", outcome = "no answer" } }
    w:ok(MONDAY .. "import actions filled.csv")
    fill { Ada = { ["done on"] = "2025-10-13", outcome = "spoke" } }
    w:ok(MONDAY .. "import actions filled.csv")
    assert.equal(2, #entries())
    local state = w:json [[sql "SELECT state FROM suggestions WHERE upn = 'ADA'"]]
    assert.same({ { state = "answered" } }, state)
  end)

  it("takes \"not now\" and \"bypass\", with a reason", function()
    fill { Ada = { outcome = "Not now", ["reason given"] = "illness" },
      Ben = { outcome = "bypass", note = "The head has called." }, Cal = { outcome = "not now" } }
    w:expect(3, MONDAY .. "import actions filled.csv")
    local list = entries()
    assert.same({ "entry.put-off", "entry.bypassed" }, { list[1].kind, list[2].kind })
  end)

  describe("leaves out, with line and cause:", function()
    local cases = {
      { "an outcome that there is none", { ["done on"] = "2025-10-13", outcome = "spokn" }, 'did you mean "spoke"' },
      { "no day", { outcome = "spoke" }, "the day is missing" },
      { "no outcome, where it may have been an attempt", { ["done on"] = "2025-10-13" }, "the outcome is missing" },
      { "a day to come", { ["done on"] = "2025-10-14", outcome = "spoke" }, "still to come" },
      { "a day that is none", { ["done on"] = "31/09/2025", outcome = "spoke" }, "is not a day" },
      { "a reason that there is none", { ["done on"] = "2025-10-13", outcome = "spoke", ["reason given"] = "weather" },
        'the reason "weather" is not one of' },
      { "a ref that is not ours", { ["done on"] = "2025-10-13", outcome = "spoke",
        ref = "list-1-1-absence-callback-0123456789" }, "the ref is not one of a list made here" },
      { "no ref", { ["done on"] = "2025-10-13", outcome = "spoke", ref = "" },
        "the ref is not one of a list made here" },
    }
    for _, case in ipairs(cases) do
      it(case[1], function()
        fill { Ada = case[2] }
        local words = reasons()
        assert.equal(1, #words)
        assert.truthy(words[1]:find(case[3], 1, true), words[1])
        assert.same({}, entries())
      end)
    end

    it("a contact that may be one of two", function()
      fill { Ben = { ["done on"] = "2025-10-13", outcome = "spoke", ["with whom"] = "O'Shea" } }
      assert.truthy(reasons()[1]:find "give more of the name")
    end)

    it("a row whose name and ref were sorted apart", function()
      fill({ Ada = { ["done on"] = "2025-10-13", outcome = "spoke" } }, function(text)
        return (text:gsub("Ada Żak", "Cal Moss"))
      end)
      assert.truthy(reasons()[1]:find 'the ref belongs to Ada Żak, and the row names "Cal Moss"')
    end)

    it("a row that was recorded in other words", function()
      fill { Ada = { ["done on"] = "2025-10-13", outcome = "spoke" } }
      w:ok(MONDAY .. "import actions filled.csv")
      fill { Ada = { ["done on"] = "2025-10-13", outcome = "spoke", note = "and more" } }
      assert.truthy(reasons()[1]:find "it was recorded on Monday 13 October 2025 in other words")
    end)

    it("and keeps the row, to be put right and taken", function()
      fill { Ada = { outcome = "spoke" }, Ben = { ["done on"] = "2025-10-13", outcome = "spoke" } }
      local out = w:expect(3, MONDAY .. "import actions filled.csv").out
      local path = out:match "The rows left out are in ([^\n]+)"
      local text = workspace.read(path)
      assert.truthy(text:find("Ada Żak", 1, true))
      w:file("right.csv", (text:gsub(",,,spoke", ",13/10/2025,,spoke")))
      w:ok(MONDAY .. "import actions right.csv")
      assert.equal(2, #entries())
    end)

    it("or takes nothing at all with --strict", function()
      fill { Ada = { outcome = "spoke" }, Ben = { ["done on"] = "2025-10-13", outcome = "spoke" } }
      w:expect(1, MONDAY .. "import actions filled.csv --strict")
      assert.same({}, entries())
    end)
  end)

  it("reads what a spreadsheet saved: semicolons, its dates, an old character set, another order", function()
    fill({ Ada = { ["done on"] = "13/10/2025", outcome = "spoke", ["with whom"] = "mother" } }, function(text)
      text = text:gsub("^\u{FEFF}", ""):gsub("Żak", "?ak"):gsub('"([^"\n]*)"', function(cell)
        return '"' .. cell:gsub(",", "\1") .. '"'
      end):gsub(",", ";"):gsub("\1", ","):gsub("\n", "\r\n")
      local head, first, rest = text:match "^([^\n]*\n)([^\n]*\n)(.*)$"
      return head .. rest .. first
    end)
    w:ok(MONDAY .. "import actions filled.csv")
    assert.equal("ADA", entries()[1].upn)
  end)

  it("refuses dates that a spreadsheet wrote month first", function()
    fill { Ada = { ["done on"] = "10/09/2025", outcome = "spoke", ["review on"] = "10/20/2025" } }
    assert.truthy(w:expect(1, MONDAY .. "import actions filled.csv").err:find "month first %(10/20/2025%)")
  end)

  it("refuses a file that is no list, and says what one is", function()
    w:file("filled.csv", "upn,outcome\nADA,spoke\n")
    assert.truthy(w:expect(1, MONDAY .. "import actions filled.csv").err:find 'has no column "ref"')
  end)

  it("takes what was done about a review", function()
    w:ok(FRIDAY .. "record CAL early-help --outcome support-agreed --review-on 2025-10-13")
    os.remove(w.top .. "/list.csv")
    w:ok(MONDAY .. "today -o list.csv")
    fill { Cal = { ["done on"] = "2025-10-13", outcome = "working" } }
    w:ok(MONDAY .. "import actions filled.csv")
    assert.is_nil(w:ok(MONDAY .. "today"):find "Reviews due")
  end)

  it("is not misled by a plugin's concern that reads as if it were about an entry", function()
    w:file("w/plugins/ours/plugin.lua", 'return { name = "ours", version = "1", api = 2, extends = "essex",\n'
      .. '  reads = { "registers", "cases", "pupil.name" } }')
    w:file("w/plugins/ours/steps/absence-callback.lua", [[
local away = count { name = "away", codes = "N", at_least = 1, weeks = 1 }
return step { title = "Call", principle = "listen", outcomes = { "spoke" },
  suggest = function(pupil)
    local reason = pupil:count(away):because "Away."
    if reason then reason.concern = "period of entry 1" end
    return reason
  end }]])
    w:file("w/waymark.lua", (workspace.essex:gsub('use "essex"', 'use "ours"')))
    w:ok(MONDAY .. "suggest")
    os.remove(w.top .. "/list.csv")
    w:ok(MONDAY .. "today -o list.csv")
    fill { Ada = { ["done on"] = "2025-10-13", outcome = "spoke" } }
    w:ok(MONDAY .. "import actions filled.csv")
    assert.truthy(entries()[1].body:find('"outcome":"spoke"', 1, true))
  end)
end)

describe("the same call by command and by list", function()
  local row = { Ada = { ["done on"] = "13/10/25", outcome = "spoke", ["with whom"] = "mother", note = "Has a cold." } }
  local typed = MONDAY .. 'record ADA absence-callback --outcome spoke --with mother --note "Has a cold."'

  it("is one, whichever came first", function()
    local out = w:ok(typed)
    assert.truthy(out:find("Recorded for Ada Żak: Absence call-back, spoke, with Ewa Żak (entry", 1, true), out)
    assert.truthy(out:find("1 suggestion is answered: Absence call-back.", 1, true), out)
    fill(row)
    for _ = 1, 2 do
      out = w:ok(MONDAY .. "import actions filled.csv")
      assert.truthy(out:find "0  recorded\n" and out:find "1  recorded before", out)
    end
    assert.equal(1, #entries())
  end)

  it("is one when the list came first, and the command says so", function()
    fill(row)
    w:ok(MONDAY .. "import actions filled.csv")
    local out = w:ok(typed)
    assert.truthy(out:find("Recorded already for Ada Żak, by a list: Absence call-back, spoke, with Ewa Żak (entry", 1,
      true), out)
    assert.equal(1, #entries())
  end)

  it("is two where one says for whom it is, and the other does not", function()
    fill(row)
    w:ok(MONDAY .. "import actions filled.csv")
    local usual = entries()[1].body:match '"audience":"(%l+)"'
    w:ok(("%s --audience %s"):format(typed, usual == "staff" and "family" or "staff"))
    assert.equal(2, #entries())
    assert.truthy(w:ok(("%s --audience %s"):format(typed, usual)):find("Recorded already", 1, true))
  end)

  it("is two where one says more, or is of another day, and two commands are two calls", function()
    w:ok(MONDAY .. "record ADA absence-callback --outcome spoke --with mother")
    w:ok(MONDAY .. "record ADA absence-callback --outcome spoke --with mother")
    fill(row)
    local out = w:ok(MONDAY .. "import actions filled.csv --by 'Jo Marsh'")
    assert.truthy(out:find "1  recorded\n")
    assert.truthy(out:find("of the same day there is already, by another; if it is the same one, strike one out with: "
      .. "waymark correct (1)\n  line 2: Ada Żak, Absence call-back: spoke, by Sam Reed (entry ", 1, true), out)
    assert.equal(3, #entries())
    w:ok(MONDAY .. 'record ADA absence-callback --outcome spoke --with mother --note "Has a cold." --on 2025-10-12')
    assert.equal(4, #entries())
  end)
end)

describe("a day as people write it", function()
  local cases = { ["13/10/2025"] = "2025-10-13", ["13.10.2025"] = "2025-10-13", ["3/9/2025"] = "2025-09-03",
    ["2025-10-13"] = "2025-10-13", ["13-Oct"] = "2025-10-13", ["13 October"] = "2025-10-13",
    ["13-Oct-2025"] = "2025-10-13",
    ["Mon 13 Oct 2025"] = "2025-10-13", ["Monday 13 October"] = "2025-10-13", ["13/10/2025 00:00"] = "2025-10-13",
    ["20/12"] = "2024-12-20", ["13/10/25"] = "2025-10-13", ["14.10.24"] = "2024-10-14", ["13-Oct-25"] = "2025-10-13",
    ["19th March"] = "2025-03-19", ["1st Oct"] = "2025-10-01", ["Fri 3rd October 2025"] = "2025-10-03",
    ["2nd Sept, 25"] = "2025-09-02" }
  for text, day in pairs(cases) do
    it(("is read: %s"):format(text), function() assert.equal(day, cells.past_day(text, "done on", "2025-10-13")) end)
  end

  it("without a year is one to come where a review is meant", function()
    assert.equal("2026-01-09", cells.coming_day("9/1", "review on", "2025-12-12"))
  end)

  it("with a year of two digits is within twelve months, of a review from the day it was done", function()
    assert.equal("2026-01-09", cells.coming_day("9/1/26", "review on", "2025-12-12"))
    local fine, raised = pcall(cells.past_day, "13/10/23", "done on", "2025-10-13")
    assert.is_false(fine)
    assert.equal('done on: "13/10/23" is not within twelve months; write its year with four digits', raised.message)
    assert.is_false((pcall(cells.past_day, "14/10/25", "done on", "2025-10-13")))
    assert.is_false((pcall(cells.coming_day, "9/11/25", "review on", "2025-12-12")))
  end)

  it("of a field is the nearest, before or after", function()
    for text, day in pairs { ["20/12"] = "2025-12-20", ["20/9"] = "2025-09-20", ["19th March"] = "2026-03-19",
      ["1 June"] = "2025-06-01", ["13/10/24"] = "2024-10-13", ["13/10/26"] = "2026-10-13",
      ["13/10/2023"] = "2023-10-13" } do
      assert.equal(day, cells.near_day(text, "met_on", "2025-10-13"))
    end
    assert.is_false((pcall(cells.near_day, "13/10/23", "met_on", "2025-10-13")))
  end)

  local not_days = { "13/10/225", "13th", "19xx March", "yesterday", "31/09/2025", "10/13/2025", "32 October",
    "13 Octobre" }
  for _, text in ipairs(not_days) do
    it("is not guessed: " .. text, function()
      assert.is_false((pcall(cells.past_day, text, "done on", "2025-10-13")))
    end)
  end
end)
