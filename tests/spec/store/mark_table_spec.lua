-- The table `mark`: registers in SQL. Whatever limits a query gives, and however many of
-- them the table takes upon itself, the rows are those that a filter would have left.

local chance = require "tests.support.chance"
local codes = require "tests.support.codes"
local core = require "waymark.core"
local folder = require "tests.support.folder"
local random_school = require "tests.support.random_school"

local dir, store, all, made

local COLUMNS = "school, upn, date, session, code, class, school_week"

local function rows_of(sql)
  local columns, rows = store:query(sql)
  assert(columns, rows)
  local list = {}
  for row in rows do list[#list + 1] = row end
  return list
end

-- Rows as one text, to compare them at once.
local function as_text(rows)
  local lines = {}
  for i, row in ipairs(rows) do
    local cells = {}
    for k = 1, 7 do cells[k] = tostring(row[k]) end
    lines[i] = table.concat(cells, "|")
  end
  return table.concat(lines, "\n")
end

local function one(sql) return rows_of(sql)[1][1] end

local function plan(where)
  local row = rows_of("EXPLAIN QUERY PLAN SELECT * FROM mark WHERE " .. where)[1]
  return row[4]:match "INDEX 0:(.*)$"
end

setup(function()
  dir = folder.new()
  made = random_school.write(dir, { seed = 5, schools = 3, pupils = 6 })
  store = assert(core.store.open(dir .. "/waymark.db", "create"))
  assert(store:add_codes(codes))
  for _, kind in ipairs { "schools", "calendar", "pupils", "marks" } do
    assert(store:import(kind, ("%s/%s.csv"):format(dir, kind),
      { at = 1790000000, today = false, am_code = "/", pm_code = "\\" }))
  end
  all = rows_of("SELECT " .. COLUMNS .. " FROM mark")
end)

teardown(function()
  store:close()
  folder.remove(dir)
end)

describe("the table of marks", function()
  it("has a row for each mark of the file that can be a mark", function()
    local wanted, count = {}, 0
    for line in folder.read(dir .. "/marks.csv"):gmatch "[^\r\n]+" do
      local school, upn, date, session, code = line:match "^([^,]*),([^,]*),([^,]*),([^,]*),([^,]*)"
      if code ~= "-" and code ~= "" and session ~= "session" then
        wanted[table.concat({ school, upn, date, session }, "|")] = code
      end
    end
    for _, row in ipairs(all) do
      local key = table.concat({ row[1], row[2] or "", row[3], row[4] }, "|")
      if wanted[key] ~= row[5] then error(("%s: %s in the file, %s in the table"):format(key, wanted[key], row[5])) end
      wanted[key] = nil
      count = count + 1
    end
    for key, code in pairs(wanted) do assert.are.equal("#", code, key) end -- on closed days: not kept
    assert.is_true(count > 1000)
  end)

  it("comes by school, day and session", function()
    local last = ""
    local place = {}
    for i, name in ipairs(made.schools) do place[name] = i end
    for _, row in ipairs(all) do
      local key = ("%03d %s %s"):format(place[row[1]], row[3], row[4])
      if key < last then error(key .. " comes after " .. last) end
      last = key
    end
  end)

  it("numbers school weeks from 1 in each academic year", function()
    local weeks = rows_of [[SELECT school, substr(date, 1, 4) || (substr(date, 6, 2) >= '08') AS half,
      min(school_week), count(DISTINCT school_week), max(school_week) FROM mark
      WHERE date BETWEEN '2024-08-01' AND '2025-07-31' GROUP BY school]]
    for _, row in ipairs(weeks) do
      assert.are.equal(1, row[3])
      assert.is_true(row[5] >= 30 and row[5] <= 45, row[5])
    end
    assert.are.equal(0, one [[SELECT count(*) FROM (SELECT count(DISTINCT school_week) AS n FROM mark
      GROUP BY school, strftime('%Y %W', date)) WHERE n > 1]])
  end)

  it("knows each code's class", function()
    assert.are.equal("unauthorised", one "SELECT class FROM mark WHERE code = 'O' LIMIT 1")
    assert.are.equal(0, one "SELECT count(*) FROM mark WHERE class IS NULL OR class = 'missing'")
  end)

  it("can be joined", function()
    assert.are.equal(#all, one "SELECT count(*) FROM mark m JOIN pupils p ON p.upn = m.upn AND p.school = m.school")
  end)
end)

describe("limits", function()
  it("are taken over by the table, and shown in the plan", function()
    assert.are.equal("school= date>= date<", plan "school = 'x' AND date >= '2025-01-01' AND date < '2025-02-01'")
    assert.are.equal("upn= date>= date<=", plan "upn = 'A' AND date BETWEEN '2025-01-01' AND '2025-02-01'")
    assert.are.equal("date=", plan "date = '2025-01-01' AND code = 'N'")
    assert.are.equal("", plan "code = 'N'")
    assert.are.equal("", plan "upn = 'a' COLLATE NOCASE")
  end)

  it("take a school's key whatever its capitals", function()
    local name = made.schools[1]
    local count = one(("SELECT count(*) FROM mark WHERE school = '%s'"):format(name))
    assert.is_true(count > 0)
    assert.are.equal(count, one(("SELECT count(*) FROM mark WHERE school = '%s'"):format(name:upper())))
  end)
end)

-- Random limits against the same limits in Lua ------------------------------------------

local OPERATORS = {
  ["="] = function(a, b) return a == b end,
  ["<"] = function(a, b) return a < b end,
  ["<="] = function(a, b) return a <= b end,
  [">"] = function(a, b) return a > b end,
  [">="] = function(a, b) return a >= b end,
}
local NAMES = { "=", "<", "<=", ">", ">=" }

-- Texts that are no dates sort among dates all the same.
local ODD = { "", "2024", "2025-02", "2025-13-99", "2025-01-0", "2025-01-015", "zzz", "1800-01-01", "3000-01-01" }

local FORMS = { "date %s '%s'", "date %s '%s'", "date %s ('%s' || '')", "date %s (SELECT '%s')", "+date %s '%s'" }

local function random_limit(dice)
  local kind = dice:one_of { "school", "upn", "date", "date", "date", "code", "null", "number" }
  local sample = dice:one_of(all)
  if kind == "school" then
    local name = dice:one_of { sample[1], sample[1]:upper(), "nowhere" }
    return ("school = '%s'"):format(name), function(row) return row[1]:lower() == name:lower() end
  elseif kind == "upn" then
    local upn = dice:one_of { sample[2] or "x", sample[2] or "x", "nobody" }
    return ("upn = '%s'"):format(upn), function(row) return row[2] == upn end
  elseif kind == "date" then
    local date, name = dice:one_of { sample[3], sample[3], dice:one_of(ODD) }, dice:one_of(NAMES)
    return dice:one_of(FORMS):format(name, date), function(row) return OPERATORS[name](row[3], date) end
  elseif kind == "code" then
    return "code IN ('N', 'O')", function(row) return row[5] == "N" or row[5] == "O" end
  elseif kind == "null" then
    return "date >= NULL", function() return false end
  end
  return "date < 2025", function(row) return row[3] < "2025" end
end

describe("any limits", function()
  it("leave the rows that a filter in Lua leaves", function()
    local dice = chance.new(11)
    for _ = 1, os.getenv "SLOW" and 120 or 30 do
      local where, tests = {}, {}
      for i = 1, dice:one_of { 1, 2, 2, 3, 4 } do where[i], tests[i] = random_limit(dice) end
      local sql = ("SELECT %s FROM mark WHERE %s"):format(COLUMNS, table.concat(where, " AND "))
      local wanted = {}
      for _, row in ipairs(all) do
        local passes = true
        for _, test in ipairs(tests) do passes = passes and test(row) end
        if passes then wanted[#wanted + 1] = row end
      end
      local got = rows_of(sql)
      assert.are.equal(#wanted, #got, sql)
      assert.is_true(as_text(wanted) == as_text(got), sql)
      local limits = " WHERE " .. table.concat(where, " AND ")
      assert.are.equal(#wanted, one("SELECT count(*) FROM mark" .. limits), sql)
      if not limits:find("upn", 1, true) then
        assert.are.equal(#wanted, one("SELECT ifnull(sum(marks), 0) + (SELECT count(*) FROM mark"
          .. limits .. " AND on_roll = 0) FROM mark_count" .. limits), sql)
      end
    end
  end)
end)
