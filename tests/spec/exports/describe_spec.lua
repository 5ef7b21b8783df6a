-- What a file is, out of its headings and cells: its kind and shape, which heading is which column, the order of its
-- dates; what is in doubt, and that it is asked.

local reading = require "waymark.exports.reading"
local workspace = require "tests.support.workspace"

local codes = { ["/"] = "Present", ["\\"] = "Present", N = "No reason", I = "Ill" }

-- A column of ten records.
local function column(heading, more)
  more = more or {}
  more.heading, more.blank = heading, more.blank or 0
  return more
end

local function find(columns, kind, given)
  local facts = { name = "a.csv", headings = {}, columns = columns, records = 10, rows = {} }
  for i, each in ipairs(columns) do facts.headings[i] = each.heading end
  return reading.find(facts, kind, given, codes)
end

local function known(findings)
  local words = {}
  for i, each in ipairs(findings.columns) do words[i] = ("%s=%s (%s)"):format(each.name, each.heading, each.how) end
  return words
end

local function upns(heading) return column(heading, { upn = 10 }) end

describe("a file of marks", function()
  local day = column("When", { dates = { day_first_only = 4, either = 6 }, distinct = { ["13/02/2026"] = 10 } })

  it("is known by other names of its columns; what stands in them is a guess, for a person to say", function()
    local found = find { upns "Pupil No.", day, column("Half", { distinct = { AM = 5, PM = 5 } }),
      column("Mk", { distinct = { ["/"] = 6, N = 4 } }), column "House" }
    assert.is_nil(found.kind) -- no heading says so
    found = find({ upns "Pupil No.", day, column("Half", { distinct = { AM = 5, PM = 5 } }),
      column("Mk", { distinct = { ["/"] = 6, N = 4 } }), column "House" }, "marks")
    assert.are.same({ "upn=Pupil No. (content)", "date=When (content)", "session=Half (content)", "code=Mk (content)" },
      known(found))
    assert.are.same({ "House" }, found.unused)
    assert.are.same({ "long", "day-first" }, { found.reading.shape, found.reading.dates })
    assert.are.equal("4 of 10 can only be day first", found.dates.evidence)
    assert.are.same({ { what = "only what stands in the cells says which columns are which: upn \"Pupil No.\", "
      .. 'date "When", session "Half", code "Mk"', todo = 'if that is right, say --column upn="Pupil No." '
      .. '--column date="When" --column session="Half" --column code="Mk"' } }, found.doubts)
  end)

  it("is guessed at only for what it needs", function()
    local sen = column("SEN", { distinct = { N = 10 } })
    assert.are.same({ "upn=UPN (name)" }, known(find({ upns "UPN", sen, column "13/02/2026 AM",
      column "13/02/2026 PM" }, "marks")))
    assert.are.same({ "admission_number=Adno (alias)", "date=Date (name)", "am=AM (name)", "pm=PM (name)" },
      known(find({ upns "Number before", column "Adno", column "Date", column "AM", column "PM", sen }, "marks")))
  end)

  it("has one of four shapes", function()
    local who = upns "UPN"
    assert.are.equal("daily", find({ who, day, column "AM Mark", column "PM Mark" }, "marks", {
      columns = { date = "When" } }).shape)
    local grid = find { who, column("13/02/2026 AM", { distinct = { ["/"] = 10 } }), column "13/02/2026 PM" }
    assert.are.same({ "marks", "grid", 2, "2026-02-13" }, { grid.kind, grid.shape, grid.sessions, grid.last })
    assert.are.same({ text = "/", count = 10, code = "/", meaning = "Present" }, grid.marks[1])
    assert.are.equal("grid", find { who, column "Mon 8 Sep AM", column "Mon 8 Sep PM" }.shape)
    local said = find({ who, column "09/15/2025 AM", column "09/16/2025 AM" }, "marks", { dates = "day-first" })
    assert.are.same({ { what = "its dates are said to be day first, but 2 headings can only be month first",
      todo = "say --dates month-first (it goes before a profile)" } }, said.doubts)
    assert.are.equal("2025-09-16", find({ who, column "09/15/2025 AM", column "09/16/2025 AM" }, "marks",
      { dates = "month-first" }).last)
    local string = find { who, column("AttendanceStartDate", { dates = { iso = 10 } }), column "AttendanceMarks" }
    assert.are.same({ "string", {} }, { string.shape, string.doubts })
    local odd = find({ who, column "Things" }, "marks")
    assert.are.equal("say --shape long, daily, grid or string", odd.doubts[1].todo)
  end)

  it("is asked for the order of its dates where nothing decides it", function()
    local function dates(distinct, given)
      return find({ upns "UPN", column("Date", { dates = { either = 10 }, distinct = distinct }), column "Session",
        column "Code" }, "marks", given)
    end
    local open = dates { ["02/03/2026"] = 5, ["03/03/2026"] = 5 }
    assert.are.same({ what = "dates such as 02/03/2026 can be day first or month first",
      todo = "say --dates day-first or --dates month-first" }, open.doubts[1])
    assert.is_nil(open.reading.dates)
    assert.are.equal("month-first", dates({ ["02/03/2026"] = 10 }, { dates = "month-first" }).reading.dates)
    local week = dates { ["02/03/2026"] = 5, ["05/03/2026"] = 5 } -- 3 May is a Sunday
    assert.are.equal("day-first", week.reading.dates)
    assert.are.equal("read the other way, 1 of 2 would be on Saturdays or Sundays", week.dates.evidence)
    assert.is_nil(dates({ ["07/02/2026"] = 10 }).reading.dates) -- a Saturday, if it is not 2 July: asked all the same
    local birthdays = find({ upns "UPN", column "Surname", column "Forename", column("DOB", { dates = { either = 1 },
      distinct = { ["05/03/2015"] = 1 } }) }, "pupils") -- 3 May is a Sunday, and so are birthdays
    assert.are.same({ 1 }, { #birthdays.doubts, birthdays.reading.dates })
    local mixed = find({ upns "UPN", column("Date", { dates = { day_first_only = 1, month_first_only = 2 } }),
      column "Session", column "Code" }, "marks")
    assert.are.equal("1 date can only be day first, and 2 only month first", mixed.doubts[1].what)
  end)

  it("with the same heading twice is asked about, if it is one that is used", function()
    local found = find({ upns "UPN", day, column "Session", column "Mark", column "Mark" }, "marks",
      { columns = { date = "When" } })
    assert.are.equal('"Mark" and "Mark" can both be the mark', found.doubts[1].what)
    found = find({ upns "UPN", day, column "Session", column "Mark", column "Tutor", column "Tutor" }, "marks",
      { columns = { date = "When" } })
    assert.are.same({}, found.doubts)
  end)
end)

describe("a file of another kind", function()
  it("is known by further words for its columns", function()
    for kind, names in pairs { pupils = { "UPN", "Preferred Surname", "Preferred Forename", "NCY" },
      contacts = { "UPN", "Carer Surname", "Carer Forename", "Tel Number" } } do
      for _, year in ipairs(kind == "pupils" and { "NCY", "Actual NC Year", "Curriculum Year" } or { names[4] }) do
        local columns = {}
        for i, name in ipairs { names[1], names[2], names[3], year } do columns[i] = column(name) end
        local found = find(columns)
        assert.are.same({ kind, {}, {} }, { found.kind, found.unused, found.doubts })
      end
    end
  end)

  it("is named for what it is", function()
    for kind, names in pairs { pupils = { "UPN", "Legal Surname", "Legal Forename", "Reg" },
      contacts = { "UPN", "Surname", "Relationship", "Telephone" }, schools = { "School", "Name" },
      calendar = { "Date", "AM", "PM" }, entries = { "UPN", "Date", "Step" }, actions = { "ref", "outcome", "done on" },
      totals = { "UPN", "Sessions possible", "Unauthorised absences" } } do
      local columns = {}
      for i, name in ipairs(names) do columns[i] = column(name) end
      assert.are.equal(kind, find(columns).kind)
    end
  end)
end)

-- The command ---------------------------------------------------------------------------------------

local people = "upn,surname,forename\nA801200005001,Byron,Ada\nB801200005001,Moss,Ben\n"
local now = " --now 2025-09-12T16:00"

describe("waymark import", function()
  local w

  setup(function()
    w = workspace.new { files = { ["pupils.csv"] = people,
      ["grid.csv"] = "Attendance report\nPrinted by S Reed\nUnique Pupil No;Name;08/09/2025;;09/09/2025;\n"
        .. ";;AM;PM;AM;PM\n"
        .. "A801200005001;Byron;/;\\;N;?\nB801200005001;Moss;I01;\\;/;-\nTotals;;2;2;2;1\n",
      ["long.csv"] = "Student UPN,Attendance Date,AM/PM,Mark\nA801200005001,02/03/2026,AM,/\n"
        .. "A801200005001,04/03/2026,AM,N\n",
      ["vague.csv"] = "Child,On,Half,Was\nA801200005001,2025-09-11,AM,/\nB801200005001,2025-09-11,AM,here\n",
      ["odd.csv"] = "Child,On,Half,Was\nA801200005001,2025-09-10,AM,/\nB801200005001,2025-09-10,AM,N\n",
      ["sen.csv"] = "UPN,Date,Session,SEN,Register\nA801200005001,2025-09-10,AM,E,here\n"
        .. "B801200005001,2025-09-10,AM,N,away\n" } }
    w:ok("import pupils pupils.csv" .. now)
  end)
  teardown(function() w:remove() end)

  it("describe says what a file is, whose pupils and marks are in it, and what would be done", function()
    local out = w:ok("import describe grid.csv" .. now)
    for _, line in ipairs { "grid.csv: marks, a column a session (grid)",
      "UTF-8, semicolons between cells, headings in lines 3 and 4, 2 records",
      "Above the headings: Attendance report / Printed by S Reed", "Below the records: 1 line",
      "Covers Mon 8 Sep 2025 to Tue 9 Sep 2025, 4 sessions", "upn     Unique Pupil No  another name for it",
      "Not used: Name", "Of 2 pupils in it, 2 are on roll here",
      "To take it in: waymark import marks grid.csv" } do
      assert.truthy(out:find(line, 1, true), line .. "\n" .. out)
    end
    local told = w:json("import describe grid.csv" .. now)
    assert.are.same({ "marks", "grid", 4, 2, "upn" }, { told.kind, told.shape, told.sessions, told.pupils.matched,
      told.columns[1].name })
    assert.are.equal(0, tonumber((w:ok 'sql --format csv "SELECT count(*) FROM mark"'):match "%d+\n$"))
  end)

  it("counts pupils and marks over all rows, in strings and where a column has many other texts too", function()
    local strings, long = { "UPN,Start,Marks" }, { "UPN,Adno,Date,Session,Code" }
    for i = 1, 70 do
      local upn = i == 70 and "a801200005001" or ("Z8012000%05d"):format(i)
      strings[i + 1] = upn .. ",2025-09-05," .. (i == 70 and "NN####/\\" or "/\\####/\\")
      long[i + 1] = upn .. ",,2025-09-12,AM," .. (i == 70 and "N" or "text " .. i)
    end
    w:file("strings.csv", table.concat(strings, "\n"))
    w:file("many.csv", table.concat(long, "\n"))
    local told = w:json("import describe strings.csv --weekends" .. now)
    assert.are.same({ { 1, 70 }, true }, { { told.pupils.matched, told.pupils.of }, told.reading.weekends })
    local times = {}
    for _, each in ipairs(told.marks) do times[each.mark] = each.count end
    assert.are.same({ ["#"] = 280, ["/"] = 139, ["\\"] = 139, N = 2 }, times)
    assert.matches("import marks strings%.csv %-%-weekends\n", w:ok("import describe strings.csv --weekends" .. now))
    w:ok("import describe strings.csv --weekends --save lines" .. now)
    for _, how in ipairs { "--weekends", "--profile lines" } do
      assert.are.equal(4, w:json("import marks strings.csv --dry-run " .. how .. now).added)
    end
    local many = w:json("import describe many.csv" .. now)
    assert.are.same({ { mark = "N", count = 1, meaning = many.marks[1].meaning } }, many.marks)
    assert.are.equal(1, many.pupils.matched)
  end)

  it("asks where there is doubt, in one line, and takes what is said", function()
    local err = w:expect(1, "import marks vague.csv" .. now).err
    assert.are.equal("waymark: vague.csv: no heading says which column is the mark; say --column code=\"HEADING\"; to "
      .. "see what it is: waymark import describe vague.csv\n", (err:gsub("[^ ]*/vague", "vague")))
    local told = w:expect(3, "import describe long.csv" .. now).out
    assert.truthy(told:find("In doubt: dates such as 02/03/2026 can be day first or month first; say --dates day-first "
      .. "or --dates month-first", 1, true), told)
    local columns = " --column upn=Child --column date=On --column session=Half --column code=Was"
    local said = w:json("import marks vague.csv" .. columns .. now, 3)
    assert.are.same({ 1, 1 }, { said.added, said.left_out })
    local wrong = w:expect(1, "import marks vague.csv --column upm=Child" .. now).err
    assert.truthy(wrong:find('did you mean "upn"?', 1, true), wrong)
  end)

  it("never takes a column for what only its cells say, and says how to confirm it", function()
    for _, how in ipairs { "", " --profile long", " --profile sims" } do
      local err = w:expect(1, "import marks sen.csv" .. how .. now).err
      assert.truthy(err:find('sen.csv: only what stands in the cells says which columns are which: code "SEN"; if that '
        .. 'is right, say --column code="SEN"; to see what it is: waymark import describe', 1, true), err)
    end
    local told = w:json("import describe sen.csv --as marks" .. now)
    assert.are.equal("content", told.columns[4].how)
    assert.are.equal(2, w:json("import marks sen.csv --dry-run --column code=SEN" .. now).rows)
    w:expect(3, "import describe odd.csv --as marks --save odd" .. now)
    assert.are.equal(2, w:json("import marks odd.csv --profile odd --dry-run" .. now).added)
  end)

  it("reads two heading rows as an import does, and knows the marks before anything came in", function()
    w:ok("init new --use essex")
    w:file("above.csv", "Weekly grid\n,,08/09/2025,,09/09/2025,\nUPN,Reg,AM,PM,AM,PM\nA801200005001,1A,/,\\,N,?\n")
    local told = w:json("-C new import describe above.csv" .. now)
    assert.are.same({ "marks", "grid", 2, 2, 4 }, { told.kind, told.shape, told.heading, told.heading_rows,
      told.sessions })
    assert.are.same({}, told.doubts)
    local meanings = {}
    for _, mark in ipairs(told.marks) do meanings[mark.mark] = mark.meaning or "none" end
    assert.are.equal("none", meanings["?"])
    for _, code in ipairs { "/", "\\", "N" } do assert.are_not.equal("none", meanings[code]) end
    assert.are.equal(3, w:json("import marks above.csv --dry-run" .. now, 3).added)
  end)

  it("goes on where one of several files cannot be read, and says how a file is taken in as it was read", function()
    w:file("a few.csv", "Child,On,Half,Was\nA801200005001,2025-09-10,AM,/\nA801200005001,2025-09-10,PM,N\n")
    w:file("cut.xml", "<a><b>")
    w:file("one.csv", "<")
    local several = w:expect(1, "import describe cut.xml 'a few.csv' one.csv --as marks --column code=Was "
      .. "--column session=Half --column upn=Child --column date=On --profile none" .. now)
    assert.truthy(several.err:find("^waymark: [^\n]*cut.xml[^\n]+\n$"), several.err)
    for _, line in ipairs { 'To take it in: waymark import marks "a few.csv" --profile none --column code=Was --column '
      .. "session=Half --column upn=Child --column date=On\n",
      "In doubt: there is nothing in it that can be taken in; export it again\n" } do
      assert.truthy(several.out:find(line, 1, true), several.out)
    end
    assert.are.equal("waymark: one.csv: there is nothing in it that can be taken in; export it again; to see what it "
      .. "is: waymark import describe one.csv\n", w:expect(1, "import pupils one.csv" .. now).err)
    local listed = w:expect(1, "import describe cut.xml one.csv --format json" .. now).out
    assert.matches('"file": "cut.xml",%s+"problem": "line 1 of cut.xml', listed)
    assert.matches('"file": "one.csv"', listed)
  end)

  it("says which of two names is taken, the legal one before a chosen one", function()
    w:file("names.csv", "UPN,Known As,Legal Surname,Legal Forename,Chosen Surname,Actual NC Year\n"
      .. "A801200005001,Addie,Byron,Ada,King,4\n")
    local out = w:ok("import describe names.csv" .. now)
    for _, line in ipairs { 'As forename "Legal Forename" is taken, not "Known As"; for the other, say '
      .. '--column forename="Known As"', 'As surname "Legal Surname" is taken, not "Chosen Surname"' } do
      assert.truthy(out:find(line, 1, true), out)
    end
    assert.are.equal(0, w:json("import pupils names.csv --dry-run" .. now).left_out)
  end)

  it("of contacts that names the child too is read as describe says: the contact's name", function()
    w:file("contacts.csv", "upn,surname,forename,contact surname,contact forename,relationship,has pr,"
      .. "barred from contact\nA801200005001,Byron,Ada,Carr,Jo,mother,yes,no\n")
    local told = w:json("import describe contacts.csv" .. now)
    assert.are.same({ { "surname", "forename" }, { "contact surname", "contact forename" } },
      { told.unused, { told.columns[2].heading, told.columns[3].heading } })
    w:ok("import contacts contacts.csv" .. now)
    assert.matches("\nCarr,Jo,1,0\n$", w:ok [[sql --format csv "SELECT surname, forename, parental_responsibility,
      no_contact FROM contacts"]])
    w:file("twice.csv", "UPN,Date,Session,Mark,Mark\nA801200005001,2025-09-10,AM,/,N\n")
    assert.matches('has the heading "Mark" twice; rename or remove one',
      w:expect(1, "import describe twice.csv --column code=Mark" .. now).err)
  end)

  it("doubts what is said of the order of dates, and says of which days they are", function()
    local head = "Student UPN,Attendance Date,AM/PM,Mark\n"
    local function rows(...)
      local list = { head }
      for _, date in ipairs { ... } do list[#list + 1] = ("A801200005001,%s,AM,N\n"):format(date) end
      return table.concat(list)
    end
    w:file("proved.csv", rows("09/05/2025", "09/13/2024", "09/16/2024"))
    local why = 'under "Attendance Date" dates are said to be day first, but 2 can only be month first (line 3: '
      .. "09/13/2024); say --dates month-first (it goes before a profile), or put them right in the file"
    for _, said in ipairs { "--dates day-first", "--profile sims" } do
      assert.truthy(w:expect(3, "import describe proved.csv " .. said .. now).out:find("In doubt: " .. why, 1, true))
      assert.truthy(w:expect(1, "import marks proved.csv " .. said .. now).err:find(why, 1, true))
    end
    assert.truthy(w:ok("import describe proved.csv" .. now):find("Covers Fri 13 Sep 2024 to Fri 5 Sep 2025", 1, true))
    w:file("weekends.csv", rows("03/04/2025", "03/05/2025", "04/08/2025")) -- 4 May 2025 is a Sunday
    for said, covers in pairs { ["--dates month-first"] = "Tue 4 Mar 2025 to Tue 8 Apr 2025",
      ["--dates day-first"] = "Thu 3 Apr 2025 to Mon 4 Aug 2025" } do
      assert.truthy(w:ok("import describe weekends.csv " .. said .. now):find("Covers " .. covers, 1, true), covers)
    end
    w:file("weekends.csv", rows("03/01/2025", "03/04/2025")) -- 1 March 2025 is a Saturday
    local told = w:ok("import describe weekends.csv" .. now)
    assert.truthy(told:find("Covers Fri 3 Jan 2025 to Thu 3 Apr 2025", 1, true), told)
    w:file("weekends.csv", rows("03/04/2025", "04/05/2025")) -- 4 May 2025 is a Sunday; 5 April a Saturday
    told = w:expect(3, "import describe weekends.csv" .. now).out
    assert.falsy(told:find("Covers", 1, true), told)
  end)

  it("names a file of another kind for what it is", function()
    assert.truthy(w:expect(1, "import marks pupils.csv" .. now).err:find(
      "pupils.csv: this is no file of marks; it looks like pupils; try: waymark import pupils pupils.csv", 1, true))
  end)

  it("takes columns by other names, without a profile, and with one what it says of odd marks", function()
    local plain = w:json("import marks grid.csv --dry-run" .. now, 3)
    assert.are.same({ 5, 2 }, { plain.added, plain.left_out })
    local sims = w:json("import marks grid.csv --profile sims --dry-run" .. now)
    assert.are.same({ 6, 0, 2, 1 }, { sims.added, sims.left_out, sims.no_mark, sims.details })
    local err = w:expect(1, "import marks grid.csv --profile sms" .. now).err
    assert.truthy(err:find('there is no profile "sms"; did you mean "sims"?', 1, true), err)
  end)

  it("describe --save writes a profile that reads the file from then on, once", function()
    w:ok("import describe grid.csv --profile sims --save ours" .. now)
    assert.truthy(w:ok "plugin check ours":find("ours: nothing to mend", 1, true))
    assert.are.equal(6, w:json("import marks grid.csv --profile ours --dry-run" .. now).added)
    w:expect(3, "import describe odd.csv --as marks --save theirs" .. now)
    workspace.write(w.dir .. "/waymark.lua", workspace.essex .. 'use "ours"\nuse "theirs"\n')
    assert.are.equal(6, w:json("import marks grid.csv --dry-run" .. now).added)
    local told = w:json("import describe odd.csv" .. now) -- its headings are known by a profile alone
    assert.are.same({ "marks", "theirs" }, { told.kind, told.profile })
    for name, why in pairs { ours = 'there is a plugin "ours" already', essex = 'there is a plugin "essex" already',
      grid = 'there is a profile "grid" already, of the plugin exports' } do -- not even those that ship
      local err = w:expect(1, "import describe grid.csv --save " .. name .. now).err
      assert.truthy(err:find(why, 1, true), err)
    end
    workspace.write(w.dir .. "/waymark.lua", workspace.essex)
  end)

  it("asks the read of a profile once a file, in a worker, with what it was granted", function()
    local function profile(reads, body)
      local manifest = 'return { name = "mine", version = "1", api = 3, reads = { %s } }'
      w:file("w/plugins/mine/plugin.lua", manifest:format(reads))
      w:file("w/plugins/mine/profiles/mine.lua", 'return profile { title = "Mine", read = function(file) ' .. body
        .. " end }")
      return w:run("import marks odd.csv --profile mine --dry-run" .. now)
    end
    local columns = 'return { columns = { upn = file.headings[1], date = "On", session = "Half", code = "Was" } }'
    assert.are.equal(0, profile("", (columns:gsub("{", '{ delimiter = ",", heading = 1, weekends = true,', 1))).status)
    w:ok("import describe odd.csv --as marks --profile mine --save kept" .. now)
    local kept = workspace.read(w.dir .. "/plugins/kept/profiles/kept.lua")
    for _, line in ipairs { 'delimiter = ",",', "heading = 1,", "weekends = true," } do
      assert.truthy(kept:find(line, 1, true), kept)
    end
    local first = profile("", columns)
    assert.are.equal(0, first.status, first.err)
    assert.are.equal(0, profile('"file.rows"', 'assert(file.rows[1][4] == "/") ' .. columns).status)
    for body, why in pairs { ["return file.rows"] = 'rows may not be read: write reads = { "file.rows" } in plugin.lua',
      ["return file.heading"] = 'a file has no "heading"; did you mean "headings"?',
      ["return 3"] = "read should return a reading, or nil, not 3",
      ["return { shap = 'grid' }"] = 'read has no field "shap"; did you mean "shape"?',
      ["return { columns = { upm = 'Child' } }"] = 'did you mean "upn"?',
      ["return nil"] = "only what stands in the cells says which columns are which",
      ["return { marks = { ['/'] = 'N' } }"] = 'marks: "/" is a code of the register itself, and stays what it is',
      ["return { sub_codes = { N = '/' } }"] = 'sub_codes: "N" is a code of the register itself',
      ["return { marks = { ['?'] = 'ZZ' } }"] = 'marks: "?" is to be "ZZ", which is no code of the register',
      ["while true do end"] = "instructions" } do
      local run = profile("", body)
      assert.are.equal(1, run.status)
      assert.truthy(run.err:find(why, 1, true), run.err)
    end
  end)
end)
