-- Evidence is kept in a few dozen bytes, and comes back from them as it was: any JSON, to the byte.

local chance = require "tests.support.chance"
local core = require "waymark.core"
local folder = require "tests.support.folder"

describe("data that are packed", function()
  local top, store

  setup(function()
    top = folder.new()
    store = assert(core.store.open(top .. "/waymark.db", "create"))
  end)
  teardown(function()
    store:close()
    folder.remove(top)
  end)

  -- -> the text that comes back, the bytes that it takes beside its pattern
  local function packed(text)
    local row = assert(store:rows([[SELECT unpacked(pattern_of(?1), values_of(?1)) AS back,
      length(values_of(?1)) AS bytes]], text))[1]
    return row.back, row.bytes
  end

  local function list(...)
    local items = {}
    for i, each in ipairs { ... } do
      items[i] = ('["%s","%s","%s"]'):format(each:match "^(%S+) (%S+) (.*)$")
    end
    return "[" .. table.concat(items, ",") .. "]"
  end

  it("come back as they were, whatever stands in them", function()
    local many = {}
    for day = 1, 28 do
      for i, half in ipairs { "AM", "PM" } do
        many[#many + 1] = ("2025-10-%02d %s x%d"):format(day, half, 2 * day + i)
      end
    end
    for _, text in ipairs { '{"count":2,"of":10,"words":"2 half days"}', '{"n":00123456789012,"f":-1.50e3}', "[]", "{}",
      list "2025-09-12 AM N", list("2025-09-12 AM N", "2025-09-12 PM N"), list("2025-09-12 PM N", "2025-09-15 AM O"),
      list("2025-09-12 AM N", "2025-09-12 PM O", "2025-09-15 AM N", "2025-09-15 PM N"),
      list("2025-09-12 PM N", "2025-09-12 AM N"), list("2025-09-12 AM N", "2025-09-12 AM N"),
      list("2025-09-12 AM ", "2025-09-12 PM "), list("2025-09-12 AM N", "2025-09-12 PM "), list(table.unpack(many)),
      '{"a":' .. list("1999-01-01 AM N", "2099-12-31 PM N") .. ',"b":' .. list "2025-09-12 AM N" .. '}',
      '[["2025-09-12","AM","N"],["2025-02-30","AM","N"]]', '[["2025-09-12","AM","N"]', '"2025-09-12 PM to 2025-09-13"',
      '[["2025-09-12","AM","\\\\"]]', '[["2025-09-12","AM","' .. ("N"):rep(16) .. '"]]', '"é [[" ]]' } do
      local back = packed(text)
      assert.equal(text, back or text) -- nil: kept as the text that it is
    end
  end)

  it("do so for any list of half days", function()
    local numbers = chance.new(7)
    local function next_number(most) return numbers:whole(1, most) end
    for _ = 1, 200 do
      local items, day = {}, 0
      for i = 1, next_number(40) do
        day = day + next_number(4) - 1
        items[i] = ("%s %s %s"):format(core.date.add("2025-09-01", day), next_number(2) == 1 and "AM" or "PM",
          ({ "N", "O", "C1", "" })[next_number(4)])
      end
      local text = list(table.unpack(items))
      assert.equal(text, (packed(text)))
    end
  end)

  it("take a byte a day that a child is away, and no more for codes that come again", function()
    local away = {}
    for day = 1, 20 do
      for _, half in ipairs { "AM", "PM" } do
        away[#away + 1] = ("2025-09-%02d %s %s"):format(day, half, day > 10 and "O" or "I")
      end
    end
    local _, bytes = packed(list(table.unpack(away)))
    assert.is_true(bytes < 36, bytes)
  end)

  it("are refused when they are cut off, or go on", function()
    local text = list("2025-09-12 AM N", "2025-09-12 PM N", "2025-09-15 AM O", "2025-09-16 PM N")
    local row = assert(store:rows([[WITH p(pattern, bytes) AS (SELECT pattern_of(?1), values_of(?1)),
        n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)
      SELECT count(unpacked(pattern, substr(bytes, 1, i))) AS taken, length(bytes) AS bytes,
        unpacked(pattern, bytes || x'01') AS longer FROM p, n WHERE i < length(bytes)]], text))[1]
    assert.same({ taken = 0, bytes = row.bytes }, row)
  end)
end)
