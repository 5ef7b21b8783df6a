-- Data protection: what is written is for its owner alone; what is said of one pupil
-- names no other.

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
