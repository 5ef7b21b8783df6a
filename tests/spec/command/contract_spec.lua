-- What other programs read: figures, suggest, explain and sql as CSV and JSON;
-- -e, run, repl and the library; plugin try. Columns, names and exit statuses are
-- a promise.

local core = require "waymark.core"
local waymark = require "waymark"
local workspace = require "tests.support.workspace"

local w
local day = " --as-of 2026-02-06 --now 2026-02-07T09:00Z"

local function days(codes, first, extra)
  local list, date = {}, first
  for am, pm in codes:gmatch "(%S+) (%S+)" do
    while core.date.weekday(date) > 5 do date = core.date.add(date, 1) end
    list[date], date = am .. " " .. pm, core.date.add(date, 1)
  end
  for at, both in pairs(extra or {}) do list[at] = both end
  return list
end

-- Ada: ten unauthorised in ten school weeks. Ben: 18 of 20. Cal: 19 of 20. Dee: no
-- marks. Eve: nine, and an N. Names as people have them.
setup(function()
  w = workspace.new { files = {
    ["pupils.csv"] = 'upn,surname,forename,dob,year,form\nA1,"O\'Byron, ""Countess""",Ada 😀,,5,5A\n'
      .. 'B1,Łukasiewicz-D\'Arcy,Ben,,5,"5\\B"\nC1,=1+1,+Cal,,6,@6\nD1,Reed,Dee,,6,6A\nE1,Moss,Eve,,6,6A\n',
    ["marks.csv"] = workspace.registers {
      A1 = days("O O / \\", "2026-02-03", { ["2026-01-06"] = "O O", ["2026-01-13"] = "O O", ["2026-01-20"] = "O O",
        ["2026-01-27"] = "O O" }),
      B1 = days("I I " .. ("/ \\ "):rep(9), "2026-01-06"),
      C1 = days("M \\ " .. ("/ \\ "):rep(9), "2026-01-06"),
      E1 = days("O O O O O O O O O N", "2026-01-30"),
    },
  } }
  w:ok "import pupils pupils.csv --now 2026-02-06T16:00Z"
  w:ok "import marks marks.csv --now 2026-02-06T16:00Z"
end)
teardown(function() w:remove() end)

describe("figures", function()
  local columns = "upn,possible,attended,authorised,unauthorised,attendance,persistent,severe,"
    .. "national_met_on,national_session,national_max,essex_met_on,essex_session,essex_max"

  it("as CSV are one row a pupil, in the order imported, with empty cells where there is nothing to say", function()
    assert.equal(columns .. "\n"
      .. "A1,12,2,0,10,16.67,1,1,2026-02-03,PM,10,2026-02-03,PM,10\n"
      .. "B1,20,18,2,0,90.00,1,0,,,0,,,0\n"
      .. "C1,20,19,1,0,95.00,0,0,,,0,,,0\n"
      .. "D1,0,0,0,0,,0,0,,,0,,,0\n"
      .. "E1,10,0,0,10,0.00,1,1,2026-02-05,PM,10,,,9\n", w:ok("figures --format csv" .. day))
  end)

  it("as JSON are the same, without what there is nothing to say of", function()
    local rows = w:json("figures" .. day)
    assert.equal(5, #rows)
    assert.same({ upn = "A1", possible = 12, attended = 2, authorised = 0, unauthorised = 10, attendance = 16.67,
      persistent = 1, severe = 1, national_met_on = "2026-02-03", national_session = "PM", national_max = 10,
      essex_met_on = "2026-02-03", essex_session = "PM", essex_max = 10 }, rows[1])
    assert.same({ upn = "D1", possible = 0, attended = 0, authorised = 0, unauthorised = 0, persistent = 0,
      severe = 0, national_max = 0, essex_max = 0 }, rows[4])
  end)

  it("count to the day that is asked for, and the academic year begins again", function()
    local rows = w:csv "figures --as-of 2026-01-13 --now 2026-02-07T09:00Z"
    assert.equal("4", rows[1].unauthorised)
    assert.equal("", rows[1].national_met_on)
    rows = w:csv "figures --as-of 2026-08-01 --now 2026-08-02T09:00Z"
    assert.equal("0", rows[1].possible)
    assert.equal("2026-02-03", rows[1].national_met_on)
  end)

  it("are for the pupils that are asked for", function()
    assert.equal(2, #w:csv("figures --year 5" .. day))
    assert.equal("B1", w:csv("figures --form '5\\B'" .. day)[1].upn)
    assert.truthy(w:expect(1, "figures --year 13" .. day).err:find("nobody is in year 13; there are 5, 6", 1, true))
  end)

  it("as a table are for people", function()
    local out = w:ok("figures --top 1" .. day)
    assert.truthy(out:find("Figures as of Friday 6 February 2026", 1, true))
    assert.truthy(out:find("Ada 😀 O'Byron, \"Countess\"", 1, true), out)
    assert.truthy(out:find("16.67 %", 1, true) and out:find "severe")
    assert.falsy(out:find "Ben")
  end)

  it("of several schools have the school first, and keep the order imported", function()
    local several = workspace.new { settings = workspace.essex:gsub("school %b{}\n", ""), files = {
      ["schools.csv"] = "school,name,phase,la\nalder,Alder School,primary,Essex\nbeech,Beech School,primary,Essex\n",
      ["pupils.csv"] = "school,upn,surname,forename\nbeech,B1,Moss,Ben\nalder,A1,Byron,Ada\nbeech,B2,Reed,Bo\n",
      ["marks.csv"] = "school,upn,date,session,code\nbeech,B1,2026-01-06,AM,O\nalder,A1,2026-01-06,AM,/\n",
    } }
    for _, kind in ipairs { "schools", "pupils", "marks" } do several:ok(("import %s %s.csv"):format(kind, kind)) end
    local rows, names = several:csv("figures" .. day)
    assert.equal("school,upn,possible", table.concat(names, ",", 1, 3))
    local order = {}
    for i, row in ipairs(rows) do order[i] = row.school .. " " .. row.upn end
    assert.same({ "beech B1", "alder A1", "beech B2" }, order)
    assert.equal("beech", several:json("figures" .. day)[1].school)
    rows = several:csv("figures --school Alder" .. day)
    assert.same({ 1, "alder", "100.00" }, { #rows, rows[1].school, rows[1].attendance })
    several:remove()
  end)
end)

describe("JSON", function()
  it("has every field in every row, in the order of the columns; null where there is nothing", function()
    local out = w:ok("figures --format json" .. day)
    assert.truthy(out:find('{"upn":"D1","possible":0,"attended":0,"authorised":0,"unauthorised":0,'
      .. '"attendance":null,"persistent":0,"severe":0,"national_met_on":null,"national_session":null,'
      .. '"national_max":0,', 1, true), out)
    assert.equal('[\n{"a":1,"b":null}\n]\n', w:ok [[sql "SELECT 1 AS a, NULL AS b" --format json]])
  end)
end)

describe("suggest", function()
  local function keys_of(value)
    local keys = {}
    for key in pairs(value) do keys[#keys + 1] = key end
    table.sort(keys)
    return table.concat(keys, " ")
  end

  it("as JSON is a list by pupil and road map, the same in a dry run, a first and a second run", function()
    local dry = w:ok("suggest --dry-run --format json" .. day)
    assert.equal(dry, w:ok("suggest --format json" .. day))
    assert.equal(dry, w:ok("suggest --format json" .. day))
    local list = core.decode(dry)
    local first = list[1]
    assert.equal("concern evidence plugin reason road_map step upn version", keys_of(first))
    assert.equal("count from of rule sessions to", keys_of(first.evidence[1]))
    local last
    for _, each in ipairs(list) do
      assert.is_true(not last or last <= each.upn)
      last = each.upn
    end
  end)

  it("gives each session as date, half and code", function()
    for _, each in ipairs(w:json("suggest --dry-run" .. day)) do
      if each.upn == "E1" and each.step == "absence-callback" then
        assert.same({ { "2026-02-05", "PM", "N" } }, each.evidence[1].sessions)
        assert.equal("N-streak from 2026-02-05 PM", each.concern)
        return
      end
    end
    error "no absence-callback for E1"
  end)

  it("as CSV has names that no spreadsheet takes for a formula", function()
    local out = w:ok("suggest --dry-run --format csv" .. day)
    assert.equal("upn,name,year,form,step,title,plugin,version,concern,reason,figures", out:match "^[^\n]*")
    assert.truthy(out:find('\nA1,"Ada 😀 O\'Byron, ""Countess""",5,5A,', 1, true), out)
  end)
end)

describe("explain", function()
  it("as JSON gives the evidence of what is suggested", function()
    local got = w:json("explain E1 absence-callback" .. day)
    assert.is_true(got.suggested)
    assert.equal("support-first", got.plugin) -- whose step it is
    assert.equal("essex", got.road_map.plugin) -- and on whose road map it stands
    assert.is_string(got.version)
    assert.is_string(got.road_map.version)
    assert.same({ { "2026-02-05", "PM", "N" } }, got.evidence[1].sessions)
    assert.same({}, got.missing)
  end)

  it("as JSON says what is missing, and what would change the answer", function()
    local got = w:json("explain E1 notice-to-improve" .. day)
    assert.is_false(got.suggested)
    local own
    for _, each in ipairs(got.missing) do
      if each.rule == "essex" then own = each end
    end
    assert.equal("9 of 10", own.have)
    assert.same({ { "2026-02-05", "PM", "N" } }, own.unresolved)
    assert.truthy(own.why:find "9 of 10" and own.why:find "10$", own.why)
    assert.is_string(got.gate)
  end)

  it("knows a pupil by UPN in any case, and by name", function()
    for who, upn in pairs { a1 = "A1", [ [['Ada 😀 O'\''Byron, "Countess"']] ] = "A1",
      ["'Ben Łukasiewicz-D'\\''Arcy'"] = "B1",
      ["'eve moss'"] = "E1", ["'Moss, Eve'"] = "E1" } do
      assert.equal(upn, w:json(("explain %s absence-callback"):format(who) .. day).upn)
    end
  end)
end)

describe("today and the outbox", function()
  it("have the fields and columns that the manual names", function()
    w:ok("suggest" .. day)
    local rows = w:json "today --now 2026-02-07T09:00Z"
    assert.is_true(#rows > 0)
    for _, row in ipairs(rows) do
      for _, name in ipairs { "list", "number", "section", "upn", "name", "form", "year", "title", "why", "since",
        "ref" } do
        assert.is_true(row[name] ~= nil, name)
      end
      assert.is_true(row.step ~= nil or row.section == "reasons", row.section)
    end
    assert.equal("id,state,kind,plugin,on,about,name,to,path,note\n", w:ok "outbox list --format csv")
  end)
end)

describe("sql", function()
  local function sql(query, format) return w:ok(('sql --format %s "%s"'):format(format, query)) end

  it("as CSV quotes what needs it, and leaves NULL empty", function()
    assert.equal('a,b,c,d,e,f\n1,,"x,""y""\n",😀,\\,1.5\n',
      sql([[SELECT 1 AS a, NULL AS b, 'x,\"y\"' || char(10) AS c, '😀' AS d, '\\' AS e, 1.5 AS f]], "csv"))
    assert.equal("surname,form\n\"O'Byron, \"\"Countess\"\"\",5A\nŁukasiewicz-D'Arcy,5\\B\n",
      sql("SELECT surname, form FROM pupils LIMIT 2", "csv"))
  end)

  it("as CSV puts an apostrophe before what a spreadsheet would take for a formula", function()
    assert.equal("forename,surname,form\n'+Cal,'=1+1,'@6\n",
      sql("SELECT forename, surname, form FROM pupils WHERE upn = 'C1'", "csv"))
    assert.equal("a,b,c,d,e\n'-x,-5,-5,'\tx,'=\n",
      sql("SELECT '-x' AS a, -5 AS b, '-5' AS c, char(9) || 'x' AS d, '=' AS e", "csv"))
  end)

  it("as JSON is one object a row, and has no apostrophes", function()
    assert.same({ { a = 1, c = 'x,"y"', d = "😀", e = "\\", f = 1.5 } },
      core.decode(sql([[SELECT 1 AS a, NULL AS b, 'x,\"y\"' AS c, '😀' AS d, '\\' AS e, 1.5 AS f]], "json")))
    assert.same({ { surname = "=1+1" } }, core.decode(sql("SELECT surname FROM pupils WHERE upn = 'C1'", "json")))
    assert.equal("[]\n", sql("SELECT upn FROM pupils WHERE upn = 'X9'", "json"))
  end)

  it("can write every value that SQLite has", function()
    local query = "SELECT 9e999 AS big, x'ff00' AS bytes, CAST(x'ff' AS TEXT) AS broken, "
      .. "9007199254740993 AS whole, char(27) AS esc"
    local row = core.decode(sql(query, "json"))[1]
    assert.equal(9007199254740993, row.whole)
    assert.equal("\27", row.esc)
    assert.falsy(sql(query, "table"):find "\27")
    sql(query, "csv")
  end)

  it("carries the code of an afternoon unharmed", function()
    assert.equal("code,class\n/,present\n\\,present\n",
      sql("SELECT code, class FROM mark WHERE upn = 'A1' AND date = '2026-02-04'", "csv"))
    assert.equal("\\", core.decode(sql("SELECT code FROM mark WHERE upn = 'A1' AND code = '\\\\'", "json"))[1].code)
  end)

  it("knows schools, dates and school weeks", function()
    assert.equal("school,upn,date,session,code,class,school_week\n881/2345,A1,2026-01-06,AM,O,unauthorised,16\n",
      sql("SELECT * FROM mark WHERE school = '881/2345' AND date BETWEEN '2026-01-06' AND '2026-01-10' LIMIT 1", "csv"))
  end)

  local before
  for _, query in ipairs { "INSERT INTO pupil (surname, forename) VALUES ('a', 'b')", "UPDATE pupil SET surname = 'x'",
    "DELETE FROM event", "DROP TABLE pupil", "CREATE TEMP TABLE t (a)", "ATTACH '/tmp/x.db' AS x",
    "VACUUM INTO '/tmp/x.db'", "PRAGMA user_version = 9", "PRAGMA writable_schema = 1", "PRAGMA journal_mode = DELETE",
    "BEGIN", "REINDEX", "ANALYZE", "SELECT load_extension('x')", "WITH x AS (SELECT 1) DELETE FROM pupil" } do
    it("only reads: " .. query, function()
      before = before or w:ok("figures --format csv" .. day)
      local r = w:expect(1, ('sql "%s"'):format(query))
      assert.truthy(r.err:find("would do more than read; ask with SELECT", 1, true), r.err)
      assert.equal("", r.out)
      assert.equal(before, w:ok("figures --format csv" .. day))
    end)
  end

  it("is one statement, and not none", function()
    assert.truthy(w:expect(1, 'sql "SELECT 1; SELECT 2"').err:find("several statements", 1, true))
    assert.truthy(w:expect(1, 'sql ""').err:find("an empty query", 1, true))
    w:ok 'sql "SELECT 1; -- that is all"'
  end)

  it("says where a query cannot be read", function()
    local r = w:expect(1, 'sql "SELCT 1"')
    assert.equal('waymark: the query cannot be read: near "SELCT": syntax error; check the query\n', r.err)
  end)
end)

describe("Lua", function()
  local code = 'for p in pupils { year = 5, as_of = "2026-02-06" } do print(p.upn, p.name, p:rate(), '
    .. "p:rolling(england.national).largest, #p:marks()) end"

  it("by -e, run and the library says the same", function()
    local line = w:ok(("-e '%s'"):format(code) .. " --now 2026-02-07T09:00Z")
    assert.truthy(line:find("A1\tAda 😀 O'Byron, \"Countess\"\t16.67 %", 1, true), line)
    w:file("one.lua", code)
    assert.equal(line, w:ok "run one.lua --now 2026-02-07T09:00Z")
    w:file("two.lua", ([[
      local waymark = require "waymark"
      local w = waymark.open "w"
      local england = w.plugins.england
      local function pupils(filter) return w:pupils(filter) end
      ]]) .. code)
    local build = workspace.program():gsub("/waymark$", "")
    local here = io.popen "pwd":read "l"
    local out = io.popen(("cd '%s' && LUA_PATH='%s/lua/?.lua;%s/lua/?/init.lua;;' LUA_CPATH='%s/lua/?.so;;' "
      .. "lua5.4 two.lua 2>&1"):format(w.top, here, here, build)):read "a"
    assert.equal(line, out)
  end)

  it("by the library answers nil and the problem, with what, what to do and where", function()
    local opened = assert(waymark.open(w.dir))
    finally(function() opened:close() end)
    local function why(value, raised)
      assert.is_nil(value)
      return raised
    end
    local unknown, changing = why(opened:pupils { school = "x" }), why(opened:sql "DELETE FROM pupil")
    assert.truthy(unknown.what:find('there is no school "x"', 1, true))
    assert.truthy(changing.message:find("would do more than read", 1, true))
    assert.same({ ("there is no workspace in %s (no waymark.lua)"):format(w.top), "make one with: waymark init DIR" },
      { why(waymark.open(w.top)).what, why(waymark.open(w.top)).todo })
  end)

  it("by run has arguments, SQL and a plain message when it fails", function()
    w:file("three.lua", "print(...)\nfor row in sql 'SELECT count(*) FROM pupils' do print(row[1]) end\nerror 'boo'")
    local r = w:expect(1, "run three.lua a 'b c'")
    assert.equal("a\tb c\n5\n", r.out)
    assert.equal("waymark: three.lua:3: boo\n", r.err)
  end)

  for line, words in pairs {
    ["print(1"] = "-e:1: ')' expected near <eof>", ["error 'boo'"] = "-e:1: boo",
    ["for p in pupils { yer = 5 } do end"] = 'has no field "yer"; did you mean "year"?',
    ["for p in pupils { as_of = 'soon' } do end"] = "not a date: soon",
    ["for p in pupils { school = 'x' } do end"] = 'there is no school "x"',
    ["for p in pupils() do print(p.nme) end"] = 'a pupil has no field "nme"; did you mean "name"?',
    ["sql 'DELETE FROM pupil'"] = "would do more than read", ["io.write '\\27' error '\\27'"] = "\\x1B",
  } do
    it("by -e says in one line what is wrong with: " .. line, function()
      local r = w:expect(1, ('-e "%s"'):format(line))
      assert.truthy(r.err:find(words, 1, true), r.err)
      assert.equal(1, select(2, r.err:gsub("\n", "")))
      assert.falsy(r.err:find("/lua/waymark/", 1, true), r.err)
    end)
  end

  it("by repl answers line by line, reads on where a line is unfinished, and lives on after an error", function()
    w:file("lines", "1 + 1\n'x\\27'\n{ 2, a = { 'b' } }\nfor p in pupils { year = 5 } do\nprint(p.upn)\nend\n"
      .. "pupils { yer = 5 }\nerror 'boo'\nx = 41\nx + 1\n")
    local out = io.popen(("HOME='%s' '%s' -C '%s' repl 2>&1 <'%s/lines'; echo status $?"):format(w.top,
      workspace.program(), w.dir, w.top)):read "a"
    for _, words in ipairs { "> 1 + 1\n2\n", '"x\\x1B"\n', '{\n  2,\n  a = {\n    "b"\n  }\n}\n', "\nA1\nB1\n",
      '\npupils { … } has no field "yer"; did you mean "year"?\n', "\nrepl:1: boo\n", "\n42\n", "\nstatus 0\n" } do
      assert.truthy(out:find(words, 1, true), words .. "\n" .. out)
    end
    assert.equal("-rw-------", io.popen(("ls -l '%s/.waymark_history'"):format(w.top)):read(10))
  end)
end)

describe("plugin try", function()
  local keys = { "verdict", "message", "output", "peak_bytes", "instructions", "seconds" }

  local function try(source, options)
    w:file("idea.lua", source)
    local r = w:run("plugin try idea.lua --format json " .. (options or ""))
    local got = assert(core.decode(r.out), r.out .. r.err)
    for _, key in ipairs(keys) do assert(got[key] ~= nil, key) end
    assert.truthy(r.out:find('"result":', 1, true))
    assert.equal(got.verdict == "finished" and 0 or 3, r.status)
    return got
  end

  for _, case in ipairs {
    { "finished", "return { 1, '\\\\' }", "" },
    { "failed", "local x\nx.y = 1", "idea.lua:2: attempt to index a nil value (local 'x')" },
    { "failed", "x = = 1", "idea.lua:1: unexpected symbol near '='" },
    { "failed", "return print", "result: a function cannot be sent" },
    { "over-budget", "while true do end", "used more than 100000000 instructions in one call at idea.lua:1" },
    { "over-memory", "local t = {} while true do t[#t + 1] = ('x'):rep(10000) .. #t end", "more than 64 MB of memory" },
    { "killed", "return (('a'):rep(3000)):find(('.-'):rep(12) .. 'b')", "killed" },
    { "refused", "\27Lua", "idea.lua: this is compiled Lua; only source text is run" },
    { "refused", (" "):rep((1 << 20) + 1), "1 M" },
    { "refused", (" "):rep((4 << 20) + 1), "1 M" },
  } do
    it(("says %s of: %s"):format(case[1], case[2]:sub(1, 40)), function()
      local got = try(case[2])
      assert.equal(case[1], got.verdict)
      assert.truthy(got.message:find(case[3], 1, true), got.message)
      assert.is_true(got.seconds < 3.5 and got.peak_bytes <= 64 << 20)
    end)
  end

  it("gives what was printed and returned", function()
    local got = try "print('hello', 1, '\\27') return { name = 'Ada', rate = 0.5 }"
    assert.same({ "hello\t1\t\\x1B" }, got.output)
    assert.same({ name = "Ada", rate = 0.5 }, got.result)
  end)

  it("shows the pupils of the workspace, and of them what --reads names", function()
    local source = "for p in pupils() do print(p.upn, p:rate()) end return today"
    local got = try(source, "--reads registers,pupil.upn" .. day)
    assert.equal(5, #got.output)
    assert.truthy(got.output[1]:find "^A1\t16%.67 %%")
    assert.equal("2026-02-06", got.result)
    got = try(source, "--reads registers" .. day)
    assert.equal("failed", got.verdict)
    assert.truthy(got.message:find("pupil.upn was not granted", 1, true))
  end)

  it("needs no workspace", function()
    w:file("empty/idea.lua", "return 1")
    local program = workspace.program()
    assert.is_true(os.execute(("cd '%s/empty' && '%s' plugin try idea.lua --format json >out"):format(w.top, program)))
    assert.equal(1, core.decode(workspace.read(w.top .. "/empty/out")).result)
  end)

  it("says what it cannot do", function()
    assert.truthy(w:expect(1, "plugin try nosuch.lua").err:find("cannot read nosuch.lua: No such file", 1, true))
    assert.truthy(w:expect(1, "plugin try /tmp").err:find("/tmp is a folder; name a file", 1, true))
    w:file("idea.lua", "")
    assert.truthy(w:expect(1, "plugin try idea.lua --reads regsters").err:find('did you mean "registers"?', 1, true))
  end)

  it("is readable as it is", function()
    w:file("idea.lua", "print 'hello' return 'x\\27'")
    local out = w:ok "plugin try idea.lua"
    assert.truthy(out:find("^hello\nresult: "), out)
    assert.truthy(out:find "\nfinished\n")
    assert.falsy(out:find "\27")
  end)
end)
