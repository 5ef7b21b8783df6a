-- Taking an import back: all that it changed is as before, as further changes; refused where newer things rest on it.

local sqlite = require "tests.support.sqlite"
local workspace = require "tests.support.workspace"

local pupils = "upn,surname,forename,dob,year,form\nADA,Byron,Ada,2016-05-05,4,4A\nBEN,Marsh,Ben,2016-06-06,4,4B\n"
local contacts = "upn,surname,forename,relationship,phone\nADA,Byron,Anna,mother,1\nADA,Byron,Carl,father,2\n"

local function at(day, hour) return (" --now 2025-09-%02dT%02d:00Z"):format(day, hour or 16) end

local w
after_each(function() w:remove() end)

local function marks(first, last, changes)
  return workspace.registers { ADA = workspace.with(first, last, changes or {}), BEN = workspace.with(first, last, {}) }
end

local function sql(text) return assert(sqlite.run(w.dir .. "/waymark.db", text)) end

-- All that is said of people, days and marks, and how far registers reach.
local function state()
  return sql [[SELECT upn, surname, forename, dob, sex FROM pupil WHERE upn IS NOT NULL ORDER BY id;
    SELECT upn, school, year, form, joined, left FROM pupils ORDER BY enrolment;
    SELECT upn, forename, surname, relationship, phone, contact FROM contacts ORDER BY contact;
    SELECT school, day, am, pm FROM calendar_day ORDER BY 1, 2; SELECT key, name, phase FROM school ORDER BY id;
    SELECT school, day, hex(am), hex(pm) FROM sheet WHERE length(am) + length(pm) > 0 ORDER BY key;
    SELECT school, max(last_session) FROM covered GROUP BY school]]
end

-- Two pupils, one with contacts, and a week of registers: imports 1 to 3.
before_each(function()
  w = workspace.new { files = { ["pupils.csv"] = pupils, ["contacts.csv"] = contacts,
    ["first.csv"] = marks("2025-09-02", "2025-09-05", { ["2025-09-05"] = "N N" }),
    ["second.csv"] = marks("2025-09-04", "2025-09-12", { ["2025-09-05"] = "I I", ["2025-09-12"] = "N N" }) } }
  w:ok("import pupils pupils.csv" .. at(5, 9))
  w:ok("import contacts contacts.csv" .. at(5, 10))
  w:ok("import marks first.csv" .. at(5))
end)

describe("undoing marks", function()
  it("takes out what was new and puts back what was changed, and keeps what was known meanwhile", function()
    local before = state()
    w:ok("import marks second.csv" .. at(12))
    local after, meanwhile = state(), w:ok("figures --format csv --as-of 2025-09-12" .. at(12, 17))
    assert.not_equal(before, after)
    local told = w:ok "import show 4"
    assert.truthy(told:find("Registers of Thu 4 Sep 2025 to Fri 12 Sep 2025", 1, true), told)
    local out = w:ok("import --undo 4 --dry-run --by 'Sam Reed'" .. at(13))
    assert.truthy(out:find("dry run", 1, true), out)
    assert.equal(after, state())
    out = w:ok("import --undo 4 --by 'Sam Reed'" .. at(13))
    assert.truthy(out:find("20 marks were taken out, and 2 put back", 1, true), out)
    assert.equal(before, state())
    local then_known = " --known-at 2025-09-12T18:00Z"
    assert.equal(meanwhile, w:ok("figures --format csv --as-of 2025-09-12" .. then_known .. at(13, 17)))
    local row = w:json "import list"[1]
    assert.same({ 5, 4, "undo", "Sam Reed" }, { row.import, row.undoes, row.kind, row.by })
    w:ok "check"
    out = w:ok("import marks second.csv" .. at(14))
    assert.truthy(out:find("20  new", 1, true), out)
    assert.equal(after, state())
    w:ok "check"
    w:ok("import --undo 6" .. at(14, 17))
    assert.equal(before, state())
    w:ok "check"
  end)

  it("puts back those of every school and academic year that it changed", function()
    w:file("w/waymark.lua", workspace.essex .. 'year "2024-25" { term { "2025-06-02", "2025-07-22" } }\n')
    w:file("schools.csv", "school,name,phase\n881/7777,Elsewhere,primary\n")
    w:ok("import schools schools.csv" .. at(8))
    w:file("more.csv", "school,upn,surname,forename\n881/7777,CAL,Reed,Cal\n881/7777,DOT,Lane,Dot\n")
    w:ok("import pupils more.csv" .. at(8))
    local function file(days, codes)
      local rows = { "school,upn,date,session,code" }
      for i, who in ipairs { "881/2345,ADA", "881/2345,BEN", "881/7777,CAL", "881/7777,DOT" } do
        for _, day in ipairs(days) do
          rows[#rows + 1] = ("%s,%s,AM,%s"):format(who, day, codes:sub(i, i))
        end
      end
      w:file("marks.csv", table.concat(rows, "\n") .. "\n")
      w:ok("import marks marks.csv --yes" .. at(9))
    end
    file({ "2025-07-02", "2025-09-08" }, "////")
    local before = state()
    file({ "2025-07-02", "2025-07-03", "2025-09-08", "2025-09-09" }, "IN/M")
    local out = w:ok("import --undo 7" .. at(10))
    assert.truthy(out:find("8 marks were taken out, and 6 put back", 1, true), out)
    assert.equal(before, state())
    w:ok "check"
  end)

  it("says of a suggestion that lapses why", function()
    w:ok("import marks second.csv" .. at(12))
    w:ok("suggest" .. at(12, 17))
    local out = w:ok("import --undo 4" .. at(13))
    assert.truthy(out:find("suggest --undo 1", 1, true), out)
    w:ok("suggest --as-of 2025-09-12" .. at(13, 17))
    out = w:ok [[sql "SELECT data ->> '$.why' AS why FROM event WHERE kind = 'suggestion.lapsed'"]]
    assert.truthy(out:find("import 4 (second.csv) was undone: 2025-09-12 AM N → no mark", 1, true), out)
    w:ok "check"
  end)

  it("has what rests on it lapse where no register is left, though the last run found nothing new", function()
    local away = {} -- every school day
    for day = 8, 30 do
      if day % 7 ~= 6 and day % 7 ~= 0 then away[("2025-09-%02d"):format(day)] = "O O" end
    end
    w:file("away.csv", workspace.registers { BEN = workspace.with("2025-09-08", "2025-09-30", away) })
    w:ok("import --undo 3" .. at(6))
    w:ok("import marks away.csv" .. at(30))
    w:ok("suggest" .. at(30, 17))
    assert.truthy(w:ok("suggest" .. at(30, 18)):find("0 new suggestions", 1, true))
    local today = w:ok("today" .. at(30, 18))
    assert.truthy(today:find("Suggestions to decide", 1, true), today)
    assert.truthy(w:ok("import --undo 5" .. at(30, 19)):find("suggest --undo 2", 1, true))
    local out = w:ok("suggest" .. at(30, 20))
    assert.falsy(out:find("Nothing is recorded", 1, true), out)
    assert.truthy(out:find("import 5 (away.csv) was undone", 1, true), out)
    assert.truthy(out:find(" and %d+ more"), out)
    for line in out:gmatch "[^\n]+" do assert.is_true(#line < 800, line) end
    assert.falsy(w:ok("today" .. at(30, 21)):find("Suggestions to decide", 1, true))
    w:ok "check"
  end)

  it("puts back what came beside a code", function()
    local shown = "sql \"SELECT date, session, code, minutes_late, comment FROM mark WHERE minutes_late IS NOT NULL\""
    local day = "upn,date,session,code,minutes_late,comment\nADA,2025-09-08,AM,"
    w:file("late.csv", day .. "L,12,The bus\n")
    w:file("later.csv", day .. "L,25,\nADA,2025-09-08,PM,L,5,\n")
    w:ok("import marks late.csv" .. at(8))
    local before = w:ok(shown)
    assert.truthy(before:find("The bus", 1, true), before)
    w:ok("import marks later.csv" .. at(8, 17))
    assert.truthy(w:ok(shown):find("25", 1, true))
    w:ok("import --undo 5" .. at(8, 18))
    assert.equal(before, w:ok(shown))
    w:ok "check"
  end)
end)

describe("undoing people", function()
  it("counts all that rests on them, and names the first", function()
    local list, by_pupil = { "upn,surname,forename" }, {}
    for i = 1, 14 do
      list[i + 1] = ("P%02d,Moss %02d,Ben"):format(i, i)
      by_pupil[("P%02d"):format(i)] = { ["2025-09-08"] = "N N" }
    end
    w:file("more.csv", table.concat(list, "\n") .. "\n")
    w:file("theirs.csv", workspace.registers(by_pupil))
    w:ok("import pupils more.csv --yes" .. at(8))
    w:ok("import marks theirs.csv" .. at(8, 17))
    local err = w:expect(1, "import --undo 4" .. at(9)).err
    assert.truthy(err:find("Ben Moss 10, and 4 more", 1, true), err)
  end)

  it("puts back names, stays and contacts, and erases who came by it", function()
    local before = state()
    w:file("other.csv", "upn,surname,forename,dob,year,form\nADA,Lovelace,Ada,2016-05-05,5,5A\n"
      .. "BEN,Marsh,Ben,2016-06-06,5,5B\nZED,Zwingli,Zebedee,2016-01-01,4,4A\n")
    w:file("family.csv", "upn,surname,forename,relationship,phone\nADA,Byron,Anna,mother,9\nZED,Zwingli,Zoe,mother,3\n")
    w:ok("import pupils other.csv" .. at(8))
    w:ok("import contacts family.csv" .. at(8, 17))
    w:file("zed.csv", workspace.registers { ZED = { ["2025-09-08"] = "N N" }, ADA = { ["2025-09-08"] = "N N" } })
    w:ok("import marks zed.csv" .. at(8, 18))
    w:ok("suggest" .. at(8, 19))
    local err = w:expect(1, "import --undo 4" .. at(9)).err
    for _, words in ipairs { "have marks: Zebedee Zwingli", "1 pupil of it have contacts" } do
      assert.truthy(err:find(words, 1, true), err)
    end
    w:ok("import --undo 6" .. at(9))
    local told = w:ok "import show 5"
    assert.truthy(told:find("Ada Lovelace: phone changed", 1, true), told)
    told = w:json "import show 5"
    for _, row in ipairs(told.people) do assert.is_nil(row.now.phone or row.was and row.was.phone) end
    w:ok("import --undo 5" .. at(9))
    local out = w:ok("import show 4")
    assert.truthy(out:find("Ada Lovelace: surname Byron → Lovelace", 1, true), out)
    assert.truthy(out:find("Zebedee Zwingli: new", 1, true), out)
    w:ok("import --undo 4" .. at(9))
    assert.equal(before, state())
    w:ok "check"
    w:ok("suggest --as-of 2025-09-08" .. at(9, 17))
    w:ok "check"
    local bytes = workspace.read(w.dir .. "/waymark.db")
    for _, name in ipairs { "Zwingli", "Zebedee", "Zoe", "Lovelace" } do
      assert.is_nil(bytes:find(name, 1, true), name)
    end
    out = w:ok("import show 4")
    assert.truthy(out:find("1  new", 1, true) and out:find("undone", 1, true), out)
    out = w:ok("import pupils other.csv" .. at(9, 18))
    assert.truthy(out:find("1  new", 1, true) and out:find("2  changed", 1, true), out)
    w:ok "check"
  end)

  it("is refused below what people recorded of who came by it, which is named", function()
    w:file("other.csv", pupils .. "ZED,Zwingli,Zebedee,2016-01-01,4,4A\n")
    w:ok("import pupils other.csv" .. at(8))
    w:ok("record ZED absence-callback --outcome spoke --on 2025-09-08 --by Sam" .. at(8, 17))
    local err = w:expect(1, "import --undo 4" .. at(9)).err
    assert.truthy(err:find("of Zebedee Zwingli (absence-callback", 1, true), err)
    assert.truthy(err:find("waymark correct", 1, true), err)
    w:ok("correct ZED 1 --why 'Another school' --by Sam" .. at(9))
    w:ok("import --undo 4" .. at(9, 17))
    w:ok "check"
  end)

  it("is refused where a child of it was joined with another one since", function()
    w:file("other.csv", pupils .. "TMP,Byron,Ada,2016-05-05,4,4A\n")
    w:ok("import pupils other.csv" .. at(8))
    w:ok("join ADA TMP --yes --by Sam" .. at(8, 17))
    local err = w:expect(1, "import --undo 4" .. at(9)).err
    assert.truthy(err:find("were joined with another pupil since: Ada Byron", 1, true), err)
  end)

  it("keeps them as they were for ninety days, and no longer", function()
    w:file("other.csv", (pupils:gsub("Byron", "Lovelace")))
    w:ok("import pupils other.csv" .. at(8))
    local kept = "SELECT count(*) FROM import_row WHERE was IS NOT NULL"
    assert.equal("1\n", sql(kept))
    w:ok "import contacts contacts.csv --now 2025-12-10T09:00Z"
    assert.equal("0\n", sql(kept))
    local err = w:expect(1, "import --undo 4 --now 2025-12-10T10:00Z").err
    assert.truthy(err:find("more than 90 days ago", 1, true), err)
  end)
end)

describe("undoing a calendar, schools and schools that were taken out", function()
  it("puts back what was there", function()
    w:file("days.csv", "date,am,pm\n2025-09-23,0,0\n")
    w:ok("import calendar days.csv" .. at(8))
    w:file("schools.csv", "school,name,phase\n881/7777,Elsewhere,primary\n")
    local before = state()
    w:file("days.csv", "date,am,pm\n2025-09-23,1,0\n2025-09-24,0,0\n")
    w:ok("import calendar days.csv" .. at(9))
    w:ok("import schools schools.csv" .. at(9))
    local with_school = state()
    w:ok("import removed-schools schools.csv" .. at(9))
    w:ok("import --undo 7" .. at(10))
    assert.equal(with_school, state())
    w:ok("import --undo 6" .. at(10))
    w:ok("import --undo 5" .. at(10))
    assert.equal(before, state())
    w:ok "check"
  end)
end)

describe("an undo", function()
  it("is refused while a later file with the same days stands; of what was undone, of an undo, of none", function()
    w:ok("import marks second.csv" .. at(12))
    local err = w:expect(1, "import --undo 3" .. at(13)).err
    assert.truthy(err:find("import 4 (second.csv) (undo import 4 first: waymark import --undo 4)", 1, true), err)
    w:ok("import --undo 4" .. at(13))
    for number, words in pairs { [4] = "undone already", [5] = "itself an undo, of import 4", [9] = "no import 9" } do
      err = w:expect(1, ("import --undo %d"):format(number) .. at(13)).err
      assert.truthy(err:find(words, 1, true), err)
    end
    w:ok("import --undo 3" .. at(13))
    assert.equal("", sql "SELECT * FROM covered")
  end)

  it("is refused while a document that was made of these marks stands", function()
    w:ok("import marks second.csv" .. at(12))
    w:ok("letter ADA initial-concern-letter --parent mother -o out/ --by Sam" .. at(12, 17))
    local err = w:expect(1, "import --undo 4" .. at(13)).err
    assert.truthy(err:find("recorded or made since: entry 1 of Ada Byron", 1, true), err)
  end)

  it("is seen by a suggest that would else say the same again", function()
    w:ok("import marks second.csv" .. at(12))
    w:ok("suggest" .. at(12, 17))
    w:ok("import --undo 4" .. at(12, 18))
    w:ok("import marks second.csv" .. at(12, 18))
    local out = w:ok("suggest" .. at(12, 19))
    assert.truthy(out:find("0 new suggestions, 0 lapsed", 1, true), out)
  end)
end)
