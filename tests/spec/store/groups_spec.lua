-- Year groups and forms: however they are written, one is meant, by every command alike; and one
-- that nobody is in is said, with those that there are.

local core = require "waymark.core"
local workspace = require "tests.support.workspace"

local now = " --now 2025-11-21T18:00Z"

-- Name and year of five pupils, as each school's system writes them.
local pupils = "upn,surname,forename,dob,year,form\n" .. table.concat({ "A1,Ash,Ann,2016-10-01,04,4É",
  "A2,Birch,Bo,2016-10-02,Year 4,4É", "A3,Cedar,Cy,2016-10-03,4.0,Łoś–Class", "A4,Elm,Eve,2020-10-04,R,RM",
  "A5,Fir,Flo,2014-10-05,Y 6,6 A" }, "\n") .. "\n"

local w

local function marks(upns)
  local by_pupil = {}
  for _, upn in ipairs(upns) do
    by_pupil[upn] = workspace.with("2025-09-02", "2025-11-20", { ["2025-11-17"] = "O O", ["2025-11-18"] = "O O",
      ["2025-11-19"] = "O O", ["2025-11-14"] = "O O", ["2025-11-13"] = "O O", ["2025-11-12"] = "N N" })
  end
  return workspace.registers(by_pupil)
end

setup(function()
  w = workspace.new { files = { ["pupils.csv"] = pupils, ["marks.csv"] = marks { "A1", "A2", "A3", "A4", "A5" } } }
  for _, kind in ipairs { "pupils", "marks" } do w:ok(("import %s %s.csv"):format(kind, kind) .. now) end
end)

teardown(function() w:remove() end)

-- The UPNs in what a command answers, each once, in order.
local function upns(text)
  local list, seen = {}, {}
  for upn in text:gmatch "%f[%w]A%d%f[%W]" do
    if not seen[upn] then list[#list + 1] = upn end
    seen[upn] = true
  end
  table.sort(list)
  return table.concat(list, " ")
end

local function quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local commands = {
  figures = function(option, value) return ("figures --%s %s --format csv"):format(option, quoted(value)) end,
  today = function(option, value) return ("today --%s %s --format json"):format(option, quoted(value)) end,
  code = function(option, value)
    return "-e " .. quoted(("for p in pupils { %s = %q } do print(p.upn) end"):format(option, value))
  end,
}

describe("a year group", function()
  it("is one however it is written, for every command", function()
    local texts = { ["A1 A2 A3"] = { "4", "04", "Year 4", "YEAR  04", "y4", "Yr 4", "4.0", "year-4", "Ｙｅａｒ ４" },
      ["A4"] = { "R", "r", "Reception", "Year R", "YR", "rec" }, ["A5"] = { "6", "Y6", "Year Group 6", "006" } }
    for expected, years in pairs(texts) do
      for _, year in ipairs(years) do
        for name, line in pairs(commands) do
          assert.are.equal(expected, upns(w:ok(line("year", year) .. now)), name .. " " .. year)
        end
      end
    end
    assert.are.equal("A1 A2 A3", upns(w:ok("-e 'for p in pupils { year = 4 } do print(p.upn) end'" .. now)))
    assert.are.equal("A5", upns(w:ok([[sql "SELECT upn FROM pupils WHERE year_group(year) = '6'"]] .. now)))
  end)

  it("and a form is, by letters, accents and spaces", function()
    for form, expected in pairs { ["4é"] = "A1 A2", ["4E"] = "A1 A2", ["łoś class"] = "A3", ["LOS-CLASS"] = "A3",
      ["rm"] = "A4", ["6  a"] = "A5", ["6-A"] = "A5" } do
      for name, line in pairs(commands) do
        assert.are.equal(expected, upns(w:ok(line("form", form) .. now)), name .. " " .. form)
      end
    end
  end)
end)

describe("where nobody is", function()
  it("a command says so, and which there are", function()
    for name, line in pairs(commands) do
      for _, case in ipairs {
        { "year", "44", "nobody is in year 44; there are R, 04, Y 6" },
        { "year", "Year 40", "nobody is in Year 40; there are R, 04, Y 6" },
        { "form", "9Z", "nobody is in form 9Z; there are RM, Łoś–Class, 4É, 6 A" },
        { "form", "4", "nobody is in form 4; there are RM, Łoś–Class, 4É, 6 A" },
      } do
        local r = w:expect(1, line(case[1], case[2]) .. now)
        assert.truthy(r.err:find(case[3], 1, true), name .. ": " .. r.err)
        assert.are.equal("", r.out)
        assert.are.equal(1, select(2, r.err:gsub("\n", "")))
      end
    end
    local err = w:expect(1, "figures --year 4 --form RM" .. now).err
    assert.truthy(err:find("nobody in form RM is in year 4; leave one of them out", 1, true), err)
    err = w:expect(1, "figures --year 6 --form 4E --format json" .. now).err
    assert.truthy(err:find("nobody in form 4E is in year 6", 1, true), err)
  end)

  it("of many forms those with the number are named, else the nearest", function()
    local lines = { "upn,surname,forename,dob,year,form" }
    for i = 1, 30 do
      lines[i + 1] = ("A%d,Ash,Ann,2014-01-%02d,%d,%d%s"):format(i, i, 7 + i % 5, 7 + i % 5, ("ABCDEF"):sub(i // 5,
      i // 5))
    end
    local many = workspace.new { files = { ["pupils.csv"] = table.concat(lines, "\n") .. "\n" } }
    many:ok("import pupils pupils.csv" .. now)
    local err = many:expect(1, "today --form 9Z" .. now).err
    assert.truthy(err:find("nobody is in form 9Z; there are 9, 9A, 9B, 9C, 9D, 9E\n", 1, true), err)
    err = many:expect(1, "today --form A7" .. now).err
    assert.truthy(err:find("nobody is in form A7; there are 7", 1, true), err)
    err = many:expect(1, "today --form 12A" .. now).err
    assert.truthy(err:find("nobody is in form 12A; there is 1", 1, true), err)
    many:remove()
    local none = workspace.new { files = { ["pupils.csv"] = "upn,surname,forename,dob\nA1,Ash,Ann,2014-01-01\n" } }
    none:ok("import pupils pupils.csv" .. now)
    err = none:expect(1, "figures --form 9Z" .. now).err
    assert.truthy(err:find("nobody is in form 9Z; no pupil has a form", 1, true), err)
    none:remove()
  end)
end)

describe("SQL's own functions", function()
  it("take texts of every kind, numbers and nothing", function()
    local function answer(expression)
      return w:ok(("sql %s --format csv"):format(quoted("SELECT " .. expression .. " AS a")) .. now)
    end
    for expression, expected in pairs { ["fold('ŁUKASZ  O’Neill')"] = "lukasz o'neill", ["fold(NULL)"] = "",
      ["fold(12)"] = "12",
      ["year_group(4)"] = "4", ["year_group(4.0)"] = "4", ["year_group(NULL)"] = "", ["year_group('')"] = "",
      ["year_group('0')"] = "0", ["year_group('N 2')"] = "n2", ["year_group('Nursery')"] = "n",
      ["year_group('y')"] = "y",
      ["year_group('4A')"] = "4a", ["year_group('Year')"] = "year", ["year_group('.0')"] = ".0",
      ["year_group(-4)"] = "4" } do
      assert.are.equal("a\n" .. expected .. "\n", answer(expression), expression)
    end
    assert.are.equal("zoe", core.fold "Zoë")
  end)
end)
