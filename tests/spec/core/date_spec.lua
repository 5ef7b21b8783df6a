-- Dates as people and files write them, and the arithmetic on them.

local core = require "waymark.core"
local days = require "tests.support.days"
local workspace = require "tests.support.workspace"

local date = core.date

-- The message that comes in place of a date.
local function refused(text)
  local read, message = date.parse(text)
  assert.is_nil(read, text)
  return message
end

describe("a date", function()
  it("is read as year-month-day or day/month/year, and kept as year-month-day", function()
    for text, expected in pairs {
      ["2025-09-08"] = "2025-09-08",
      ["08/09/2025"] = "2025-09-08", -- never 9 August
      ["8/9/2025"] = "2025-09-08",
      ["31/12/2025"] = "2025-12-31",
      ["2024-02-29"] = "2024-02-29",
      ["29/02/2000"] = "2000-02-29",
      ["1900-01-01"] = "1900-01-01",
      ["2199-12-31"] = "2199-12-31",
    } do
      assert.are.equal(expected, date.parse(text), text)
    end
  end)

  it("that does not exist is refused as such", function()
    for _, text in ipairs { "2025-02-29", "1900-02-29", "2100-02-29", "2025-04-31", "31/11/2025", "2025-13-01",
      "2025-00-10", "2025-01-00", "12/31/2025", "1899-12-31", "2200-01-01", "0000-01-01" } do
      assert.is_truthy(refused(text):find("no such date: " .. text, 1, true), text)
    end
  end)

  it("with a year of two digits is refused, and the message says so", function()
    for _, text in ipairs { "08/09/25", "8/9/25", "25-09-08", "1/1/00" } do
      assert.is_truthy(refused(text):find("two digits: " .. text, 1, true), text)
      assert.is_truthy(refused(text):find("four digits", 1, true), text)
    end
  end)

  it("that is none is refused, and the message shows how to write one", function()
    for _, text in ipairs { "", "-", "today", "2025-9-8", "2025/09/08", "08-09-2025", "2025-09-08T10:00", "2025-09",
      " 2025-09-08", "2025-09-08 ", "8 Sep 2025", "2025--08", "20250908", "+025-09-08", "1e10-01-01",
      "2025-09-08\0", "99999999999/1/2025" } do
      assert.is_truthy(refused(text):find("not a date", 1, true), text)
      assert.is_truthy(refused(text):find("2025-09-08", 1, true), text)
    end
  end)

  it("as a plugin gives it is ISO only: anything else is the plugin's mistake", function()
    for _, text in ipairs { "08/09/2025", "2025-02-30", "soon" } do
      assert.has_error(function() date.add(text, 1) end)
      assert.has_error(function() date.weekday(text) end)
    end
  end)

  it("on the command line is refused in one line that says where it was", function()
    local w = workspace.new {}
    finally(function() w:remove() end)
    for _, text in ipairs { "2025-02-30", "8/9/25", "soon" } do
      local got = w:expect(1, "figures --as-of " .. text)
      assert.is_truthy(got.err:find "^waymark: %-%-as%-of: [^\n]+\n$", got.err)
      assert.is_truthy(got.err:find(text, 1, true))
    end
  end)
end)

describe("counting days", function()
  it("knows the leap years", function()
    for _, case in ipairs {
      { "2024-02-28", 1, "2024-02-29" }, { "2025-02-28", 1, "2025-03-01" }, { "2000-02-28", 1, "2000-02-29" },
      { "2100-02-28", 1, "2100-03-01" }, { "2024-02-29", 366, "2025-03-01" }, { "2023-12-31", 366, "2024-12-31" },
      { "2025-03-01", -1, "2025-02-28" }, { "2026-01-01", -1, "2025-12-31" }, { "2025-09-08", 0, "2025-09-08" },
      { "1900-01-01", 109572, "2199-12-31" },
    } do
      assert.are.equal(case[3], date.add(case[1], case[2]))
      assert.are.equal(case[2], date.between(case[1], case[3]))
    end
  end)

  it("does not leave the years 1900 to 2199", function()
    assert.has_error(function() date.add("2199-12-31", 1) end)
    assert.has_error(function() date.add("1900-01-01", -1) end)
    assert.has_error(function() date.add("2025-01-01", math.maxinteger) end)
    assert.has_error(function() date.add("2025-01-01", math.mininteger) end)
  end)

  it("agrees with a walk through the calendar, month by month", function()
    for number = 0, 83990, 97 do
      local iso = days.iso(number)
      assert.are.equal(iso, date.add("1970-01-01", number))
      assert.are.equal(days.weekday(number), date.weekday(iso))
      assert.are.equal(days.iso(days.monday(number + 7)), date.monday(date.add(iso, 7)))
    end
  end)

  it("begins the week on Monday", function()
    for day, monday in pairs { ["2025-09-08"] = "2025-09-08", ["2025-09-14"] = "2025-09-08",
      ["2026-01-01"] = "2025-12-29", ["1969-12-31"] = "1969-12-29" } do
      assert.are.equal(monday, date.monday(day))
    end
    assert.are.equal(1, date.weekday "2025-09-08")
    assert.are.equal(7, date.weekday "2025-09-14")
  end)
end)

describe("an academic year", function()
  it("runs from 1 August to 31 July and has the name of both years", function()
    for day, name in pairs { ["2025-07-31"] = "2024-25", ["2025-08-01"] = "2025-26", ["2025-12-31"] = "2025-26",
      ["2026-01-01"] = "2025-26", ["2026-07-31"] = "2025-26", ["1999-09-01"] = "1999-00",
      ["2009-09-01"] = "2009-10" } do
      assert.are.equal(name, (date.academic_year(day)), day)
    end
    assert.are.same({ "2025-26", "2025-08-01", "2026-07-31" }, { date.academic_year "2026-02-28" })
  end)
end)

describe("a date for people", function()
  it("is written out in English", function()
    assert.are.equal("Tuesday 4 November 2025", date.english "2025-11-04")
    assert.are.equal("Tue 4 Nov 2025", date.short "2025-11-04")
    assert.are.equal("Wednesday 30 September 2026", date.english "2026-09-30")
    assert.are.equal("Thu 29 Feb 2024", date.short "2024-02-29")
  end)
end)
