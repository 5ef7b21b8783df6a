-- Data protection: what is written is for its owner alone; what is said of one pupil
-- names no other; what came with a mark beside its code leaves no staff room.

local folder = require "tests.support.folder"
local lfs = require "lfs"
local plugins = require "tests.support.plugins"
local sqlite = require "tests.support.sqlite"
local workspace = require "tests.support.workspace"

local now = " --now 2026-03-21T09:00Z"

local people = {
  { upn = "ADA1815", forename = "Ada", surname = "Lovelock", adult = "Annabella Milbanke", phone = "01234 111111" },
  { upn = "BEN1816", forename = "Ben", surname = "Thackeray", adult = "Joan Brummell", phone = "01234 222222" },
  { upn = "CAL1817", forename = "Cal", surname = "Okonkwo", adult = "Ngozi Adichie", phone = "01234 333333" },
}

for _, each in ipairs(people) do each.name = each.forename .. " " .. each.surname end

local function school()
  local pupils = { "upn,surname,forename,dob,year,form" }
  local contacts = { "upn,forename,surname,relationship,phone,address" }
  local marks = {}
  for i, each in ipairs(people) do
    pupils[i + 1] = ("%s,%s,%s,2015-05-0%d,5,5A"):format(each.upn, each.surname, each.forename, i)
    local adult = each.adult:gsub(" ", ",")
    contacts[i + 1] = ("%s,%s,mother,%s,%d Mill Lane"):format(each.upn, adult, each.phone, 100 + i)
    marks[each.upn] = { ["2026-03-16"] = "/ \\", ["2026-03-17"] = "O O", ["2026-03-18"] = "N N" }
  end
  local w = workspace.new { files = { ["pupils.csv"] = table.concat(pupils, "\n") .. "\n",
    ["contacts.csv"] = table.concat(contacts, "\n") .. "\n", ["marks.csv"] = workspace.registers(marks) } }
  for _, kind in ipairs { "pupils", "contacts", "marks" } do w:ok(("import %s %s.csv"):format(kind, kind) .. now) end
  return w
end

-- What belongs to one pupil: names, number, family.
local function words_of(each)
  return { each.upn, each.surname, each.adult:match "%a+$", each.phone, each.forename .. " " }
end

-- That a text about pupil `i` (0: about nobody) has nothing of any other.
local function assert_only(i, text)
  for k, each in ipairs(people) do
    for _, words in ipairs(k ~= i and words_of(each) or {}) do
      if text:find(words, 1, true) then
        error(("%q is in a text about %s:\n%s"):format(words, i > 0 and people[i].name or "nobody", text), 2)
      end
    end
  end
end

-- Every file and folder below one, with its permissions.
local function walk(path, found)
  for name in lfs.dir(path) do
    if name ~= "." and name ~= ".." then
      local inner = path .. "/" .. name
      local about = lfs.symlinkattributes(inner)
      found[inner] = about.permissions
      if about.mode == "directory" then walk(inner, found) end
    end
  end
  return found
end

describe("a file that a command writes", function()
  local w

  -- Run a command where the shell itself would let everybody read.
  local function run(line)
    local command = "cd '%s' && umask 000 && '%s' -C w %s%s >/dev/null 2>&1"
    local _, _, status = os.execute(command:format(w.top, workspace.program(), line, now))
    assert(status == 0 or status == 3, line .. ": exit status " .. tostring(status))
  end

  setup(function() w = school() end)
  teardown(function() w:remove() end)

  it("is for its owner alone, and so is every folder", function()
    w:file("wrong.csv", "upn,date,session,code\nNOBODY,2026-03-18,AM,/\n")
    w:file("letter.pdf", "a letter")
    assert(os.execute(("rm -rf '%s' && mkdir '%s/made'"):format(w.dir, w.top)))
    local given = walk(w.top, {})
    run "init w"
    folder.write(w.dir .. "/waymark.lua", workspace.essex)
    run "init made" -- a folder that was there keeps its mode; what is put into it does not
    for _, line in ipairs { "import pupils pupils.csv", "import contacts contacts.csv", "import marks marks.csv",
      "import marks wrong.csv", "suggest", 'record ADA1815 absence-callback --outcome spoke --note "x"',
      "attach ADA1815 letter.pdf --as letter", "today -o list.csv", "today -o list.html", "backup copy",
      "restore copy restored", "figures", "check" } do run(line) end
    local count, kinds = 0, {}
    for path, permissions in pairs(walk(w.top, {})) do
      if not given[path] then
        local folder_there = lfs.attributes(path, "mode") == "directory"
        assert.equal(folder_there and "rwx------" or "rw-------", permissions, path)
        count = count + 1
        kinds[path:match "[^/]+$"] = true
      end
    end
    assert.is_true(count > 12)
    for _, name in ipairs { "waymark.db", "waymark.db-wal", "waymark.db-shm", "left-out", "documents", "plugins",
      "list.csv", "list.html", "copy", "restored" } do
      assert.is_true(kinds[name], name)
    end
  end)

  it("stays so while it is written: the database's log, its index, a backup", function()
    local command = "cd '%s' && umask 000 && '%s' -C w repl%s >/dev/null 2>&1"
    local pipe = assert(io.popen(command:format(w.top, workspace.program(), now), "w"))
    pipe:write "print(1)\n"
    pipe:flush()
    run "suggest"
    for path, permissions in pairs(walk(w.dir, {})) do
      if path:find "waymark%.db" then assert.equal("rw-------", permissions, path) end
    end
    pipe:close()
  end)
end)

describe("what is said of one pupil", function()
  local w

  before_each(function() w = school() end)
  after_each(function() w:remove() end)

  it("when a plugin fails for that one alone, names no other", function()
    for _, failure in ipairs { "error('boo')", "local x = nil; return x.y", "error(pupil.upn .. pupil.name)",
      "error({})", "return pupil:nonsense()", "return 7" } do
      plugins.write(w, "own", 'reads = { "registers", "pupil.upn", "pupil.name" }', { ["init.lua"] = plugins.map,
        ["steps/visit.lua"] = ([[
local absent = count { name = "absent", codes = "O", at_least = 1, weeks = 4 }
return step { title = "Visit", principle = "listen", suggest = function(pupil)
  if pupil.upn == "BEN1816" then %s end
  return pupil:count(absent):because "was away" end }
]]):format(failure) })
      plugins.use(w, 'use "own"')
      local r = w:expect(3, "suggest --format json" .. now)
      assert.is_truthy(r.err:find("Ben Thackeray", 1, true), r.err)
      assert_only(2, r.err)
      assert.is_nil(r.out:find("BEN1816", 1, true))
      assert.is_truthy(r.out:find("CAL1817", 1, true)) -- the rest went on
    end
    for _, row in ipairs(w:json "sql \"SELECT message FROM run_failure\"") do assert_only(2, row.message) end
  end)

  it("when a plugin fails for all, names the first, and no other", function()
    plugins.write(w, "own", 'reads = { "registers", "pupil.name" }', { ["init.lua"] = plugins.map,
      ["steps/visit.lua"] = [[
return step { title = "Visit", principle = "listen", suggest = function(pupil) error(pupil.name) end }
]] })
    plugins.use(w, 'use "own"')
    local err = w:expect(3, "suggest --format json" .. now).err
    assert.is_truthy(err:find("for " .. people[1].name .. " and for 2 more pupils: ", 1, true), err)
    assert_only(1, err)
  end)

  it("when a plugin is ended for good, names nobody but the one it was at", function()
    plugins.write(w, "own", 'reads = { "registers", "pupil.upn", "pupil.name" }', { ["init.lua"] = plugins.map,
      ["steps/visit.lua"] = [[
return step { title = "Visit", principle = "listen", suggest = function(pupil)
  while pupil.upn == "BEN1816" do end end }
]] })
    plugins.use(w, 'use "own"')
    assert_only(2, w:expect(3, "suggest --format json" .. now).err)
  end)

  it("when rows of an import are left out, is of the row that it is about", function()
    local bad = {
      pupils = "upn,surname,forename,dob,joined,left\nADA1815,Lovelock,Ada,2015-05-01,,\n"
        .. "BEN1816,Thackeray,Ben,31/02/2015,,\n"
        .. "CAL1817,Okonkwo,Cal,2015-05-03,2026-01-05,2025-01-05\n",
      contacts = "upn,forename,surname,relationship,lives_with,priority\n"
        .. "ADA1815,Annabella,Milbanke,mother,perhaps,1\n"
        .. "BEN1816,Joan,Brummell,mother,1,soon\n"
        .. "CAL1817,Ngozi,Adichie,mother,1,1\n",
      marks = "upn,date,session,code\nADA1815,2026-03-18,AM,?\nBEN1816,2026-03-18,noon,/\n"
        .. "CAL1817,2026-02-30,AM,/\nXXX,2026-03-18,AM,/\n",
    }
    for kind, text in pairs(bad) do
      w:file("bad.csv", text)
      local lines = {}
      for line in text:gmatch "[^\n]+" do lines[#lines + 1] = line end
      local r = w:expect(3, ("import %s bad.csv"):format(kind) .. now)
      local seen = 0
      for number, words in (r.out .. r.err):gmatch "line (%d+): ([^\n]*)" do
        seen = seen + 1
        local own = 0
        for i, each in ipairs(people) do
          if lines[tonumber(number)]:find(each.upn, 1, true) then own = i end
        end
        assert_only(own, words)
      end
      assert.is_true(seen > 0, kind)
      for line in (r.out .. r.err):gmatch "[^\n]+" do
        local own = 0 -- a line that names a child is about that one
        for i, each in ipairs(people) do own = line:find("^  " .. each.name) and i or own end
        if not line:find "line %d+: " then assert_only(own, line) end
      end
    end
  end)

  it("when an import cannot be done at all, names nobody", function()
    for name, text in pairs { ["none.csv"] = "surname,forename,whatever\nLovelock,Ada,x\n",
      ["empty.csv"] = "", ["broken.csv"] = 'upn,date,session,code\n"ADA1815,2026-03-18' } do
      w:file(name, text)
      local r = w:run("import marks " .. name .. " --strict" .. now)
      assert.is_true(r.status ~= 0, name)
      assert_only(0, r.err)
    end
  end)

  it("on that pupil's pages is of that pupil", function()
    w:ok("suggest" .. now)
    for _, each in ipairs(people) do
      local line = 'record %s absence-callback --outcome spoke --with mother --note "Spoke to %s."'
      w:ok(line:format(each.upn, each.adult) .. now)
    end
    for i, each in ipairs(people) do
      for _, line in ipairs { "explain %s absence-callback", "explain %s absence-callback --format json", "pupil %s",
        "chronology %s", "chronology %s --format json", "chronology %s --format html" } do
        local out = w:ok(line:format(each.upn) .. now)
        assert.is_true(#out > 50)
        assert_only(i, out)
      end
    end
  end)

  it("when it cannot be recorded, names no other", function()
    w:ok("suggest" .. now)
    for _, line in ipairs { "record BEN1816 absence-callback --outcome sung", "record BEN1816 no-such-step",
      'record BEN1816 absence-callback --outcome spoke --set "spoke_to=mother" --set nonsense=1',
      "record BEN1816 notice-to-improve --outcome improved", "correct BEN1816 999 --why x" } do
      local err = w:expect(1, line .. now).err
      assert_only(2, err)
    end
  end)

  it("in the records of the database is with that pupil's events", function()
    w:ok("suggest" .. now)
    w:ok('record BEN1816 absence-callback --outcome spoke --with mother --note "Spoke to Joan Brummell."' .. now)
    for i in ipairs(people) do
      local text = w:ok(([[sql "SELECT v.step, v.concern, v.data, n.body FROM events v
        LEFT JOIN entry n ON n.event = v.id WHERE v.upn = (SELECT upn FROM pupil WHERE id = %d)"]]):format(i))
      assert.is_true(#text > 20)
      assert_only(i, text)
    end
    local logs = assert(sqlite.run(w.dir .. "/waymark.db",
      "SELECT * FROM pattern; SELECT * FROM run; "
      .. "SELECT * FROM run_failure; SELECT * FROM import; SELECT * FROM declaration"))
    assert_only(0, logs)
  end)
end)

-- Minutes late, the supplier's sub-code, a comment: on the pupil's page, for staff who look at that pupil.
describe("what came with marks beside their codes", function()
  local w
  local at = " --as-of 2026-03-20 --now 2026-03-21T09:00Z"
  local secrets = { "Quokka", "Z77", "173" }

  -- Of each command the calls that give something out, to families, to others or on paper; false: it gives nothing
  -- out, or it is what staff ask of the pupil, or of the database.
  local calls = {
    init = false, import = { "import list", "import describe details.csv" }, calendar = { "calendar show" },
    suggest = { "suggest --all" .. at, "suggest --all --format csv" .. at, "suggest --all --format json" .. at },
    today = { "today" .. at, "today --all --format csv" .. at, "today --all --format json" .. at,
      "today --all -o out/list.csv" .. at, "today --all -o out/list.html" .. at },
    update = { "update inbox -o out/lists --now 2026-03-21T09:00Z" }, explain = false, pupil = false,
    figures = { "figures --format csv" .. at, "figures --format json" .. at },
    returns = { "returns --from 2026-03-01 --to 2026-03-20 -o out/returns --now 2026-03-21T09:00Z" },
    record = { "record ADA1815 absence-callback --outcome spoke --with mother --by Sam" .. now },
    ["record-school"] = false, bypass = false, ["not-now"] = false, hold = false, correct = false, join = false,
    audience = false, attach = false, letter = {}, -- each that there is: below
    outbox = { "outbox list", "outbox show 1" },
    chronology = { "chronology ADA1815 --as-of 2026-03-20" .. now },
    referral = { "referral ADA1815 --parent mother -o out/referral --incomplete --by Sam" .. now },
    sql = false, run = false, repl = false, plugin = false, check = { "check" }, backup = false, restore = false,
    help = false,
  }
  for _, reader in ipairs { "staff", "referral", "family" } do
    for _, form in ipairs { "table", "csv", "json", "html" } do
      table.insert(calls.chronology, ("chronology ADA1815 --for %s --format %s --as-of 2026-03-20"):format(reader, form)
        .. now)
    end
  end

  local function found_in(text)
    local words = {}
    for _, word in ipairs(secrets) do
      if text:find("%f[%w]" .. word .. "%f[%W]") then words[#words + 1] = word end
    end
    return words
  end

  setup(function()
    w = school()
    local rows = { "upn,date,session,code,minutes_late,sub_code,comment" }
    for _, day in ipairs { "2026-03-17", "2026-03-18" } do
      for _, half in ipairs { "AM", "PM" } do
        local code = day == "2026-03-17" and "O" or "N"
        rows[#rows + 1] = ("ADA1815,%s,%s,%s,173,Z77,Seen with a Quokka"):format(day, half, code)
      end
    end
    w:file("details.csv", table.concat(rows, "\n") .. "\n")
    w:ok("import marks details.csv" .. now)
    workspace.write(w.dir .. "/waymark.lua", workspace.essex
      .. 'use "callbacks"\nstaff { attendance_officer = "Sam Reed <sam@oakfield.example>" }\n')
    assert(os.execute(("mkdir '%s/inbox' '%s/out'"):format(w.top, w.top)))
  end)
  teardown(function() w:remove() end)

  it("is on the page of the pupil", function()
    assert.same(secrets, found_in(w:ok("pupil ADA1815" .. at)))
  end)

  it("is in nothing that a command prints or writes for anybody else", function()
    w:ok("suggest" .. at)
    for _, each in ipairs(w:json("letter ADA1815 --list" .. now)) do
      table.insert(calls.letter, ("letter ADA1815 %s --despite asked --by Sam -o out/%s"):format(each.name,
        each.name) .. now)
    end
    assert.is_true(#calls.letter > 5)
    for name in w:ok("--help"):match "Commands:(\n.*)$":gmatch "\n   ([%l-]+) " do
      assert.is_true(calls[name] ~= nil, "what does this command give out of marks? " .. name)
      for _, line in ipairs(calls[name] or {}) do
        local r = w:run(line)
        local is_refused = r.status == 1 and name == "letter" -- of what is not recorded yet
        assert.is_true(r.status == 0 or r.status == 3 or is_refused, line .. ": " .. r.err)
        assert.same({}, found_in(r.out .. r.err), line)
      end
    end
    local count, seen = 0, walk(w.top .. "/out", walk(w.dir .. "/documents", {}))
    for path in pairs(seen) do
      if lfs.attributes(path, "mode") == "file" then
        count = count + 1
        assert.same({}, found_in(workspace.read(path)), path)
      end
    end
    assert.is_true(count > 20, count)
  end)

  it("is in no field that a plugin can read without `sensitive`", function()
    w:file("all.lua", [[
local function show(value)
  if type(value) ~= "table" then return print(tostring(value)) end
  for name, each in pairs(value) do print(name) show(each) end
end
for pupil in pupils() do
  for name in ("upn name year form groups dob sex sen fsm contacts case school"):gmatch "%a+" do
    pcall(function() show(pupil[name]) end)
  end
  for _, mark in ipairs(pupil:marks("2026-03-16", "2026-03-20")) do show(mark) end
  print(pcall(function()
    for _, each in ipairs(pupil.details) do print(each.minutes_late, each.sub_code, each.comment) end
  end))
end]])
    local reads = "registers,pupil.upn,pupil.name,pupil.groups,pupil.dob,pupil.sex,contacts,cases"
    local function output(granted)
      return table.concat(w:json(("plugin try all.lua --reads %s"):format(granted) .. at).output, "\n")
    end
    local without = output(reads)
    assert.is_truthy(without:find("Lovelock", 1, true), without)
    assert.is_truthy(without:find('add "sensitive"', 1, true), without)
    assert.same({}, found_in(without))
    assert.same(secrets, found_in(output(reads .. ",sensitive")))
  end)
end)
