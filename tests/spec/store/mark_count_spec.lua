-- The table `mark_count`, and questions about marks that name no pupil: counts are those
-- that one gets by looking at every mark, in whatever groups and order.

local chance = require "tests.support.chance"
local codes = require "tests.support.codes"
local core = require "waymark.core"
local folder = require "tests.support.folder"
local random_school = require "tests.support.random_school"

local dir, store, made, all

local NAMES = { "school", "date", "session", "code", "class", "school_week" }

local function rows_of(sql)
  local columns, rows = store:query(sql)
  assert(columns, ("%s: %s"):format(sql, rows))
  local list = {}
  for row in rows do
    local cells = {}
    for i = 1, #columns do cells[i] = tostring(row[i]) end
    list[#list + 1] = table.concat(cells, "|")
  end
  return list
end

local function plan(sql) return table.concat(rows_of("EXPLAIN QUERY PLAN " .. sql), "\n") end

-- Groups of the marks by some columns, and how many: from rows that were looked at one by one.
local function groups(columns, passes)
  local count, list = {}, {}
  for _, row in ipairs(all) do
    if passes(row) then
      local cells = {}
      for i, name in ipairs(columns) do cells[i] = row[name] end
      local key = table.concat(cells, "|")
      if not count[key] then list[#list + 1] = key end
      count[key] = (count[key] or 0) + 1
    end
  end
  for i, key in ipairs(list) do list[i] = key .. "|" .. count[key] end
  table.sort(list)
  return list
end

setup(function()
  dir = folder.new()
  made = random_school.write(dir, { seed = 8, schools = 3, pupils = 3 })
  store = assert(core.store.open(dir .. "/waymark.db", "create"))
  assert(store:add_codes(codes))
  for _, kind in ipairs { "schools", "calendar", "pupils", "marks" } do
    assert(store:import(kind, ("%s/%s.csv"):format(dir, kind),
      { at = 1790000000, today = false, am_code = "/", pm_code = "\\" }))
  end
  all = {}
  for _, line in ipairs(rows_of [[SELECT school, date, session, code, class, school_week, upn FROM mark
    WHERE on_roll = 1]]) do
    local row, i = {}, 0
    for cell in line:gmatch "[^|]+" do
      i = i + 1
      row[NAMES[i] or "upn"] = cell
    end
    all[#all + 1] = row
  end
  assert(#all > 2000)
end)

teardown(function()
  store:close()
  folder.remove(dir)
end)

describe("the table of counts", function()
  it("has a row for each school, half day and code, and no other", function()
    local wanted = groups(NAMES, function() return true end)
    local got = rows_of "SELECT school, date, session, code, class, school_week, marks FROM mark_count"
    table.sort(got)
    assert.are.same(wanted, got)
    assert.are.same({}, rows_of "SELECT * FROM mark_count WHERE marks < 1")
  end)

  it("takes limits upon itself, as the table of marks does", function()
    local text = plan "SELECT * FROM mark_count WHERE school = 'x' AND date >= '2025-01-01' AND date < '2025-02-01'"
    assert.is_truthy(text:find "INDEX 0:school= date>= date<$", text)
  end)

  it("knows no pupils", function()
    local columns = store:query "SELECT upn FROM mark_count"
    assert.is_nil(columns)
  end)
end)

-- Any groups, limits and order, against the marks looked at one by one ---------------------

local function random_limits(dice)
  local tests, where = {}, {}
  local function limit(sql, test) where[#where + 1], tests[#tests + 1] = sql, test end
  local sample = dice:one_of(all)
  if dice:one_of { true, false } then
    limit(("school = '%s'"):format(sample.school), function(row) return row.school == sample.school end)
  end
  local kind = dice:one_of { "none", "from", "to", "on", "number" }
  if kind == "from" then
    limit(("date >= '%s'"):format(sample.date), function(row) return row.date >= sample.date end)
  elseif kind == "to" then
    limit(("date < ('%s' || '')"):format(sample.date), function(row) return row.date < sample.date end)
  elseif kind == "on" then
    limit(("date = '%s'"):format(sample.date), function(row) return row.date == sample.date end)
  elseif kind == "number" then
    limit("date > 2025", function(row) return row.date > "2025" end)
  end
  if dice:one_of { true, false, false } then
    limit(("code <> '%s'"):format(sample.code), function(row) return row.code ~= sample.code end)
  end
  return #where > 0 and " WHERE " .. table.concat(where, " AND ") or "", function(row)
    for _, test in ipairs(tests) do if not test(row) then return false end end
    return true
  end
end

local function random_columns(dice)
  local left, list = { table.unpack(NAMES) }, {}
  for i = 1, dice:one_of { 1, 1, 2, 2, 3, 4 } do
    list[i] = table.remove(left, dice:one_of { 1, 2, 3, 4, 5, 6 } % #left + 1)
  end
  return list
end

describe("any groups", function()
  it("have the counts of marks looked at one by one", function()
    local dice = chance.new(3)
    for _ = 1, os.getenv "SLOW" and 60 or 20 do
      local columns = random_columns(dice)
      local where, passes = random_limits(dice)
      local list, wanted = table.concat(columns, ", "), groups(columns, passes)
      for _, form in ipairs { "%s, count(*) FROM mark", "%s, count(upn) FROM mark",
        "%s, sum(marks) FROM mark_count" } do
        local counted = form:find "mark$" and (where == "" and " WHERE " or where .. " AND ") .. "on_roll = 1" or where
        local sql = ("SELECT %s%s GROUP BY %s"):format(form:format(list), counted, list)
        local got = rows_of(sql)
        table.sort(got)
        assert.are.same(wanted, got, sql)
      end
    end
  end)

  it("come in the order that is asked for, and once when they are to be distinct", function()
    local dice = chance.new(4)
    for _ = 1, os.getenv "SLOW" and 30 or 10 do
      local columns, orders = random_columns(dice), {}
      local where = random_limits(dice)
      for i, name in ipairs(columns) do orders[i] = name .. dice:one_of { "", "", " DESC" } end
      local list, order = table.concat(columns, ", "), table.concat(orders, ", ")
      for _, form in ipairs { "SELECT DISTINCT %s FROM %s%s ORDER BY %s", "SELECT %s FROM %s%s ORDER BY %s",
        "SELECT %s FROM %s%s GROUP BY 1 ORDER BY %s" } do
        if not form:find "GROUP" or #columns == 1 then
          for _, name in ipairs { "mark", "mark_count" } do
            -- The same through a table of its own, which SQLite alone puts in order.
            local own = ("(SELECT * FROM %s%s LIMIT 1000000000)"):format(name, where)
            assert.are.same(rows_of(form:format(list, own, "", order)),
              rows_of(form:format(list, name, where, order)), form:format(list, name, where, order))
          end
        end
      end
    end
  end)

  it("by code, or as registers lie, need no sorting; others do", function()
    for list, sorts in pairs { code = false, ["code, school, date"] = false, school = false, ["school, date"] = false,
      class = true, ["school, code"] = true, ["date, school"] = true } do
      for _, name in ipairs { "mark", "mark_count" } do
        local text = plan(("SELECT count(*) FROM %s WHERE date > '2025-01-01' GROUP BY %s"):format(name, list))
        assert.are.equal(sorts, text:find("TEMP B-TREE", 1, true) ~= nil, list .. ": " .. text)
      end
    end
    local some = (" FROM mark WHERE upn = '%s'"):format(all[1].upn)
    assert.are.same(rows_of("SELECT code, count(*)" .. some .. " GROUP BY +code"),
      rows_of("SELECT code, count(*)" .. some .. " GROUP BY code"))
  end)

  it("agree when the table is asked for each row of another", function()
    local wanted = rows_of [[SELECT s.school, count(*) FROM schools s JOIN (SELECT * FROM mark WHERE on_roll = 1
      LIMIT 1000000000) m
      ON m.school = s.school GROUP BY s.school]]
    assert.are.equal(#made.schools, #wanted)
    assert.are.same(wanted, rows_of [[SELECT s.school, sum(c.marks) FROM schools s JOIN mark_count c
      ON c.school = s.school GROUP BY s.school]])
    assert.are.same(wanted, rows_of [[SELECT school, (SELECT count(*) FROM mark m
      WHERE m.school = s.school AND on_roll = 1)
      FROM schools s ORDER BY school]])
  end)
end)
