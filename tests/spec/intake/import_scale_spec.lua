-- Imports of large files: what they take is what small steps would have taken. Plain
-- lines and quoted ones, any order of the rows, sheets written early because there is
-- little memory for them, memory that runs out, a disk that is full, kill -9.

local faults = require "tests.support.faults" -- first: the core is the one that it makes
local chance = require "tests.support.chance"
local codes = require "tests.support.codes"
local core = require "waymark.core"
local days = require "tests.support.days"
local folder = require "tests.support.folder"
local kill = require "tests.fault.kill"
local terminal = require "waymark.base.terminal"
local workspace = require "tests.support.workspace"

local AT = 1775000000 -- 2026-03-31 23:33:20 UTC
local SCHOOLS, PUPILS = { "201/1001", "201/1002", "201/1003" }, 70

-- Stores ---------------------------------------------------------------------------

local open = {}

-- From Monday to Friday; one afternoon is closed.
local function weekdays(first, last)
  local list = {}
  for n = days.number(first), days.number(last) do
    local is_open = (n + 3) % 7 < 5
    list[#list + 1] = { days.iso(n), is_open, is_open and days.iso(n) ~= "2025-09-10" }
  end
  return list
end

local function upn_of(s, i) return ("P%d%03d000001"):format(s, i) end

local function pupils_csv()
  local lines = { "school,upn,surname,forename,dob,joined,left" }
  for s, school in ipairs(SCHOOLS) do
    for i = 1, PUPILS do
      local left = i % 20 == 0 and "2025-11-20" or ""
      lines[#lines + 1] = ("%s,%s,Moss,Ben,2015-01-02,2024-09-01,%s"):format(school, upn_of(s, i), left)
    end
    lines[#lines + 1] = ("%s,%s,Moss,Ben,2015-01-02,2026-01-05,"):format(school, upn_of(s, 20)) -- came back
  end
  return table.concat(lines, "\n") .. "\n"
end

local Store = {}
Store.__index = Store

local function new_store()
  local self = setmetatable({ dir = folder.new() }, Store)
  self.store = assert(core.store.open(self.dir .. "/waymark.db", "create"))
  assert(self.store:add_codes(codes))
  for _, school in ipairs(SCHOOLS) do assert(self.store:put_school { key = school, name = "School " .. school }) end
  assert(self.store:default_days(nil, weekdays("2024-09-02", "2026-07-20")))
  self:import("pupils", pupils_csv())
  open[#open + 1] = self
  return self
end

function Store:try(kind, text, options)
  local o = { at = AT, am_code = "/", pm_code = "\\", left_out_dir = self.dir .. "/left-out" }
  for k, v in pairs(options or {}) do o[k] = v end
  folder.write(self.dir .. "/in.csv", text)
  return self.store:import(kind, self.dir .. "/in.csv", o)
end

function Store:import(kind, text, options) return assert(self:try(kind, text, options)) end

function Store:list(sql)
  local list = {}
  local _, rows = assert(self.store:query(sql))
  for row in rows do
    for i = 1, #row do row[i] = tostring(row[i]) end
    list[#list + 1] = table.concat(row, " ")
  end
  return table.concat(list, "\n")
end

-- A table as one text, made by SQLite; but for the digests of files, which differ in how they
-- write the same, and those of rows, which are of these too. Its columns are asked for once.
local table_text = {}

local function text_of_table(store, name)
  if not table_text[name] then
    local columns = {}
    for _, each in ipairs(assert(store:query("SELECT * FROM " .. name))) do
      if not each:find "digest$" then columns[#columns + 1] = ("quote(\"%s\")"):format(each) end
    end
    table_text[name] = ("SELECT group_concat(line, char(10)) FROM (SELECT %s AS line FROM %s ORDER BY line)"):format(
      table.concat(columns, " || ' ' || "), name)
  end
  return table_text[name]
end

-- All rows of all tables, in an order that does not depend on which came first.
function Store:dump()
  local out = {}
  for name in self:list("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"):gmatch "[^\n]+" do
    out[#out + 1] = name .. "\n" .. self:list(text_of_table(self.store, name))
  end
  return table.concat(out, "\n")
end

function Store:marks() return self:list "SELECT school, upn, date, session, code FROM mark ORDER BY 1, 2, 3, 4" end

local function described(report)
  report.left_out_path, report.digest = nil, nil
  return assert(core.encode(report))
end

-- Files ----------------------------------------------------------------------------

local HEADING = "school,upn,date,session,code"
local CODES = { "/", "\\", "/", "\\", "/", "\\", "L", "N", "O", "I", "C1", "B", "#", "-", "" }
local DATES = { "2025-07-21", "2025-09-08", "2025-09-09", "2025-09-10", "2025-11-20", "2025-11-21", "2026-01-06",
  "2026-03-30", "2025-09-13", "2026-05-05", "2024-09-03" }

-- A made-up row; now and then with something odd in it.
local function random_row(dice, s, i, date, half)
  local school, upn, code = SCHOOLS[s], upn_of(s, i), dice:one_of(CODES)
  if dice:in_hundred(3) then school = school:gsub("/", "") end
  if dice:in_hundred(3) then upn = upn:lower() end
  if dice:in_hundred(1) then upn = "NOBODY" end
  if dice:in_hundred(1) then date = date .. " 00:00:00" end
  if dice:in_hundred(1) then half = half:lower() end
  if dice:in_hundred(1) then code = dice:one_of { "ZZ", "é", "H", "Q", " N " } end
  return { school, upn, date, half, code }
end

local function random_rows(seed, percent)
  local dice, rows = chance.new(seed), {}
  for s = 1, #SCHOOLS do
    for i = 1, PUPILS do
      for _, date in ipairs(DATES) do
        for _, half in ipairs { "AM", "PM" } do
          if dice:in_hundred(percent) then rows[#rows + 1] = random_row(dice, s, i, date, half) end
          if dice:in_hundred(2) then rows[#rows + 1] = random_row(dice, s, i, date, half) end
        end
      end
    end
  end
  return rows
end

local function sorted(rows, ...)
  local list, columns = table.move(rows, 1, #rows, 1, {}), { ... }
  local places = {}
  for i, row in ipairs(rows) do places[row] = i end
  table.sort(list, function(a, b)
    for _, c in ipairs(columns) do
      if a[c] ~= b[c] then return a[c] < b[c] end
    end
    return places[a] < places[b]
  end)
  return list
end

local function csv(rows, quote)
  local lines = { HEADING }
  for i, row in ipairs(rows) do
    local cells = {}
    for c, cell in ipairs(row) do cells[c] = quote and quote(i) and '"' .. cell .. '"' or cell end
    lines[#lines + 1] = table.concat(cells, ",")
  end
  return table.concat(lines, "\n") .. "\n"
end

local ORDERS = {
  ["in pupil order"] = function(rows) return rows end,
  ["in date order"] = function(rows) return sorted(rows, 3, 1, 2) end,
  shuffled = function(rows, seed)
    local list = table.move(rows, 1, #rows, 1, {})
    chance.new(seed):shuffle(list)
    return list
  end,
}

after_each(function()
  for _, each in ipairs(open) do
    each.store:close()
    folder.remove(each.dir)
  end
  open = {}
end)

-- Take in the same files one after another, with these options. -> reports, database
local function taken(files, options)
  local store, reports = new_store(), {}
  for i, text in ipairs(files) do reports[i] = described(store:import("marks", text, options)) end
  return reports, store:dump(), store
end

local function assert_same(a, b, what)
  if a == b then return end
  local next_line = b:gmatch "[^\n]*"
  for line in a:gmatch "[^\n]*" do
    local other = next_line()
    if line ~= other then error(("%s:\n  %s\n  and not\n  %s"):format(what, tostring(other), line), 2) end
  end
  error(what .. ": more lines", 2)
end

-- Asserts that these files, with these options, come to what was taken in already.
local function assert_same_as_taken(reports, database, files, options)
  local other_reports, other_database = taken(files, options)
  for i = 1, #reports do assert_same(reports[i], other_reports[i], "the report of file " .. i) end
  assert_same(database, other_database, "the database")
end

-- Specs ----------------------------------------------------------------------------

describe("plain lines", function()
  it("are taken as the same lines in quotes are", function()
    for seed = 1, 2 do
      local first, second = random_rows(seed, 60), random_rows(seed + 100, 60)
      local quoted = function() return true end
      local some = function(i) return i % 3 == 0 end
      local plain = { csv(first), csv(second) }
      local reports, database = taken(plain, {})
      assert_same_as_taken(reports, database, { csv(first, quoted), csv(second, quoted) }, {})
      assert_same_as_taken(reports, database, { csv(first, some), csv(second, some) }, {})
    end
  end)

  -- A session in small letters means the same, and is never taken the short way.
  it("are taken as rows are that are looked at one by one", function()
    local function in_small_letters(rows)
      local list = {}
      for i, row in ipairs(rows) do list[i] = { row[1], row[2], row[3], row[4]:lower(), row[5] } end
      return list
    end
    local day = {}
    for _, half in ipairs { "AM", "PM" } do day[#day + 1] = { SCHOOLS[1], upn_of(1, 1), "2025-09-08", half, "L" } end
    local reports, database = taken({ csv(in_small_letters(day)) }, {})
    assert_same_as_taken(reports, database, { csv(day) }, {})
    for seed = 21, os.getenv "SLOW" and 24 or 22 do
      local first, second = random_rows(seed, 60), ORDERS["in date order"](random_rows(seed + 100, 60))
      local files = { csv(first), csv(second) }
      reports, database = taken({ csv(in_small_letters(first)), csv(in_small_letters(second)) }, {})
      for _, memory in ipairs { 1, 1 << 26 } do
        assert_same_as_taken(reports, database, files, { memory = memory })
      end
    end
  end)

  it("may have spaces around their cells, CRLF at their ends, and another delimiter", function()
    local rows = random_rows(7, 40)
    local text = csv(rows)
    local spaced = text:gsub(",", " ,\t"):gsub("\n", " \n")
    local store = new_store()
    assert.are.equal(",", store:import("marks", text).delimiter)
    local marks = store:marks()
    for _, other in ipairs { (text:gsub("\n", "\r\n")), (text:gsub("\n", "\r")), spaced, "\239\187\191" .. text } do
      local same = new_store()
      same:import("marks", other)
      assert_same(marks, same:marks(), "the marks")
    end
    local same = new_store()
    assert.are.equal(";", same:import("marks", (text:gsub(",", ";"))).delimiter)
    assert_same(marks, same:marks(), "the marks")
  end)
end)

describe("a file of marks", function()
  for name, order in pairs(ORDERS) do
    it(name .. " gives the same when sheets are written early", function()
      for seed = 1, 2 do
        local files = { csv(order(random_rows(seed, 50), seed)), csv(order(random_rows(seed + 50, 30), seed)) }
        files[3] = files[1]
        local reports, database = taken(files, {})
        for _, memory in ipairs { 1, 3000, 20000 } do
          assert_same_as_taken(reports, database, files, { memory = memory })
        end
      end
    end)
  end

  it("in date order and in pupil order gives the same registers", function()
    local by_pupil = new_store()
    local dice, rows = chance.new(11), {}
    for s = 1, #SCHOOLS do
      for i = 1, PUPILS do
        for _, date in ipairs(DATES) do
          for _, half in ipairs { "AM", "PM" } do
            rows[#rows + 1] = { SCHOOLS[s], upn_of(s, i), date, half, dice:one_of(CODES) }
          end
        end
      end
    end
    by_pupil:import("marks", csv(rows))
    local registers = by_pupil:marks()
    assert.is_true(#registers > 100000)
    for _, memory in ipairs { 1, 20000, 1 << 26 } do
      local by_date = new_store()
      by_date:import("marks", csv(sorted(rows, 3, 4, 1, 2)), { memory = memory })
      assert_same(registers, by_date:marks(), "the registers")
    end
    local grid, line, of_pupil = {}, { "school", "upn" }, nil -- a column a half day
    for _, date in ipairs(DATES) do line[#line + 1], line[#line + 2] = date .. " AM", date .. " PM" end
    grid[1] = table.concat(line, ",")
    for _, row in ipairs(rows) do
      if row[2] ~= of_pupil then of_pupil, line = row[2], { row[1], row[2] } end
      line[#line + 1] = row[5]
      grid[#grid + (#line == 3 and 1 or 0)] = table.concat(line, ",")
    end
    for _, memory in ipairs { 1, 1 << 26 } do
      local by_column = new_store()
      by_column:import("marks", table.concat(grid, "\n") .. "\n", { memory = memory })
      assert_same(registers, by_column:marks(), "the registers of a grid")
    end
  end)
end)

describe("a large file", function()
  local function large(last)
    local lines = { HEADING }
    for i = 1, 40000 do
      lines[#lines + 1] = ("%s,%s,%s,AM,/"):format(SCHOOLS[1], upn_of(1, i % PUPILS + 1), DATES[i % 4 + 2])
    end
    return table.concat(lines, "\n") .. "\n" .. last
  end

  local function digest_of(path)
    local pipe <close> = assert(io.popen(("sha256sum '%s'"):format(path)))
    return pipe:read "a":match "^%x+"
  end

  it("has its digest and its encoding from all of its bytes", function()
    local store = new_store()
    for words, encoding in pairs { ["é\n"] = "UTF-8", ["\xe9\n"] = "Windows-1252", ["\xc3"] = "Windows-1252" } do
      local report = store:import("marks", large(words))
      assert.are.equal(encoding, report.encoding)
      assert.are.equal(digest_of(store.dir .. "/in.csv"), report.digest)
      assert.is_true(store:import("marks", large(words)).seen_before)
    end
  end)

  it("that changes while it is read is refused, and nothing of it is taken", function()
    local store = new_store()
    local before = store:dump()
    local report, message = store:try("marks", large "", { progress = function()
      local file <close> = assert(io.open(store.dir .. "/in.csv", "ab"))
      file:write "x\n"
    end })
    assert.is_nil(report)
    assert.matches("in.csv changed while it was read", message, 1, true)
    assert_same(before, store:dump(), "the database")
  end)

  it("tells by bytes how far it is", function()
    local store, seen = new_store(), {}
    local text = large ""
    store:import("marks", text, { progress = function(done, total)
      assert(total == #text and done <= total and done >= (seen[#seen] or 0))
      seen[#seen + 1] = done
    end })
    assert.is_true(#seen >= 4 and seen[#seen] == #text)
  end)

  it("says how long it will take", function()
    assert.are.equal("Reading marks 0 %", terminal.progress_words("Reading marks", 0, 100, 5))
    assert.are.equal("Reading marks 43 %", terminal.progress_words("Reading marks", 43, 100, 0))
    assert.are.equal("Reading marks 43 %, 3 s left", terminal.progress_words("Reading marks", 43, 100, 2))
    assert.are.equal("Reading marks 1 %, 4 min left", terminal.progress_words("Reading marks", 1, 100, 2))
    assert.are.equal("Reading marks 7", terminal.progress_words("Reading marks", 7, nil, 2))
  end)
end)

local NO_MEMORY = "out of memory; close other programs or use a machine with more memory"

-- Let all allocations fail after 0, 1, 2, … (every third of these without SLOW=1) -> after how
-- many the import is done
local function exhaust(store, text, memory, kind)
  local before = store:dump()
  for n = 0, 100000, os.getenv "SLOW" and 1 or 3 do
    faults.fail("core", n)
    local report, message, partial, machine = store:try(kind or "marks", text, { memory = memory })
    faults.calm()
    if report then return n, report end
    assert.are.equal(NO_MEMORY, message)
    assert.is_true(partial == nil or type(partial) == "table")
    assert.is_true(machine)
    assert_same(before, store:dump(), "the database after " .. n)
  end
end

describe("memory that runs out during an import", function()
  it("changes nothing, wherever it is, and the next import is whole", function()
    local dice, rows = chance.new(5), {}
    for i = 1, 12 do
      for _, date in ipairs { "2025-09-08", "2025-09-09", "2026-01-06" } do
        rows[#rows + 1] = random_row(dice, i % 2 + 1, i, date, i % 3 == 0 and "PM" or "AM")
      end
    end
    rows[#rows + 1] = { "201/1003", "NOBODY", "2025-09-08", "AM", "/" }
    local quoted = csv(rows, function(i) return i % 4 == 0 end)
    for _, memory in ipairs { 1, 1 << 26 } do
      local store, calm = new_store(), new_store()
      store:import("marks", csv(random_rows(3, 5)))
      calm:import("marks", csv(random_rows(3, 5)))
      local wanted = described(calm:import("marks", quoted))
      local n, report = exhaust(store, quoted, memory)
      assert.is_true(n > 40)
      assert.are.equal(wanted, described(report))
      assert_same(calm:dump(), store:dump(), "the database")
      assert.are.equal(0, store:import("marks", quoted).changed)
    end
  end)
end)

describe("memory that runs out while a grid or a string is taken, or what comes beside a code", function()
  it("changes nothing", function()
    local upn, other = upn_of(1, 1), upn_of(1, 2)
    for _, text in ipairs {
      "school,upn,2025-09-08 AM,08/09/2025 PM,15/09/2025,\n201/1001," .. upn .. ",/,QQ,N,\\\n201/1001,NOBODY,/,,N,\n",
      "school,upn,start,marks\n201/1001," .. upn .. ",2025-09-08,/\\NN\n201/1001," .. other .. ",2025-09-12,/\\/\n",
      "school,upn,date,session,code,minutes_late,comment\n201/1001," .. upn .. ",2025-09-08,AM,L,5,Bus\n"
        .. "201/1001," .. other .. ",2025-09-08,AM,L,x,\n",
    } do
      local store = new_store()
      assert.is_true(exhaust(store, text, nil) > 20)
      assert.is_true(store:import("marks", text).unchanged > 0)
    end
  end)
end)

describe("memory that runs out while pupils, contacts and schools are doubted", function()
  it("changes nothing", function()
    for kind, texts in next, {
      pupils = { "school,upn,surname,forename,dob,admission_number\n201/1001,P1A,Able,Ada,2015-01-02,1\n"
        .. "201/1001,P1B,Best,Ben,2015-01-03,2\n201/1001,P1C,Coe,Cal,2015-01-04,3\n",
        "school,upn,surname,forename,dob,admission_number\n201/1001,P2A,Able,Ada,2015-01-02,1\n"
        .. "201/1001,P1B,Zane,Zoe,2014-01-03,9\n201/1001,P1C,Cow,Cal,,3\n201/1001,P2D,Coe,Cal,2015-01-04,4\n" },
      contacts = { "school,upn,surname,forename,phone,no_contact,email\n201/1001,P1001000001,Able,Mia,1,1,\n"
        .. "201/1001,P1001000001,Able,Fin,1,1,\n201/1001,P1001000001,Able,Sid,1,,\n",
        "school,upn,surname,forename,phone,no_contact,email\n201/1001,P1001000001,Able,Mia,2,,\n"
        .. "201/1001,P1001000001,Able,Mia,3,,\n201/1001,P1001000001,Able,Fin,1,x,\n" },
      schools = { "school,name,was\n201/1001,Oak,\n",
        "school,name,was\n201/3001,Oak Academy,201/1001\n201/1001,Ash,\n" },
    } do
      local store = new_store()
      store:import(kind, texts[1])
      assert.is_true(exhaust(store, texts[2], nil, kind) > 20, kind)
    end
  end)
end)

describe("sheets written early", function()
  local now = " --now 2026-03-21T09:00Z"

  local function marks(first, last, code)
    local by_pupil = {}
    for i = 1, 30 do
      by_pupil[("P%03d"):format(i)] = workspace.with(first, last, { ["2026-02-03"] = i % 3 == 0 and code or "/ \\" })
    end
    return workspace.registers(by_pupil)
  end

  local function prepared()
    local people = { "upn,surname,forename" }
    for i = 1, 30 do people[#people + 1] = ("P%03d,Moss,Ben %d"):format(i, i) end
    local w = workspace.new { files = { ["pupils.csv"] = table.concat(people, "\n"),
      ["first.csv"] = marks("2026-01-05", "2026-02-27", "N N"),
      ["marks.csv"] = marks("2026-01-05", "2026-03-20", "I I") } }
    w:ok("import pupils pupils.csv" .. now)
    w:ok "import marks first.csv --now 2026-02-27T17:00Z"
    return w
  end

  local c
  setup(function()
    c = kill.new(prepared(), "import marks marks.csv" .. now, { program = "tests/fault/little_memory.lua" })
  end)
  teardown(function() c:remove() end)

  it("are gone again after kill -9, and the same import once more is as undisturbed", function()
    local count = c:killed(tonumber(os.getenv "ROUNDS") or 4)
    assert.is_true(count.before > 0 and count.after > 0)
  end)

  it("are gone again when the disk is full, which one line says", function()
    local count = c:full(tonumber(os.getenv "ROUNDS") or 4)
    assert.is_true(count.refused > 0)
  end)
end)
