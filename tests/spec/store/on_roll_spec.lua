-- Marks from outside a pupil's time at the school: kept on the sheets, said, and counted by nobody.

local codes = require "tests.support.codes"
local core = require "waymark.core"
local folder = require "tests.support.folder"
local workspace = require "tests.support.workspace"

local rate, rolling, weekday = core.rule.rate, core.rule.rolling, core.rule.weekday

-- Ada is there all the time. Cal joined on Monday 8 and left on Friday 19 September 2025; the file has an O
-- for every half day from the 1st to the 30th all the same.
local PUPILS = "upn,surname,forename,joined,left\nA000000000001,Byron,Ada,,\n"
  .. "A000000000002,Coe,Cal,2025-09-08,2025-09-19\n"

local function each_weekday(first, last)
  local list, day = {}, first
  while day <= last do
    if core.date.weekday(day) <= 5 then list[#list + 1] = day end
    day = core.date.add(day, 1)
  end
  return list
end

-- A store with marks of September 2025, and where asked of June too: lanes are then pupils, else slots.
local function new_store(dir, with_june)
  local store = assert(core.store.open(dir .. "/waymark.db", "create"))
  assert(store:begin())
  assert(store:add_codes(codes))
  local function give(kind, text, at)
    folder.write(dir .. "/file.csv", text)
    return assert(store:import(kind, dir .. "/file.csv", { at = at or 1759300000, today = false }))
  end
  give("schools", "school,name\nAlder,Alder School\n")
  local calendar, marks = { "date,am,pm" }, { "upn,date,session,code" }
  local days = each_weekday("2025-09-01", "2025-09-30")
  if with_june then table.move(each_weekday("2025-06-02", "2025-06-06"), 1, 5, #days + 1, days) end
  for _, day in ipairs(days) do
    calendar[#calendar + 1] = day .. ",1,1"
    for _, half in ipairs { "AM", "PM" } do
      marks[#marks + 1] = ("A000000000001,%s,%s,%s"):format(day, half, half == "AM" and "/" or "\\")
      marks[#marks + 1] = ("A000000000002,%s,%s,O"):format(day, half)
    end
  end
  give("calendar", table.concat(calendar, "\n") .. "\n")
  give("pupils", PUPILS)
  give("marks", table.concat(marks, "\n") .. "\n")
  -- learnt later: one mark of each kind
  give("marks", "upn,date,session,code\nA000000000002,2025-09-05,PM,I\nA000000000002,2025-09-15,AM,I\n", 1759400000)
  assert(store:commit())
  return store
end

for _, with_june in ipairs { false, true } do
  describe("a mark from outside the time on roll, in sheets of " .. (with_june and "two years" or "one"), function()
    local dir, store

    setup(function()
      dir = folder.new()
      store = new_store(dir, with_june)
    end)

    teardown(function()
      store:close()
      folder.remove(dir)
    end)

    local function row(sql)
      local _, rows = assert(store:query(sql))
      local first
      for cells in rows do first = first or cells end
      return first
    end

    local three = rolling { name = "three", codes = "O", at_least = 20, weeks = 10 }
    local everything = rate { name = "all", period = "all" }

    it("is kept", function()
      assert.same({ with_june and 54 or 44, 24 - (with_june and -10 or 0) },
        row "SELECT count(*), sum(on_roll = 0) FROM mark WHERE upn = 'A000000000002'")
    end)

    it("is in no figure, and meets no threshold", function()
      local list = {}
      for each in assert(store:figures { as_of = "2025-09-30", rules = { three }, measures = { everything } }) do
        list[#list + 1] = each
      end
      assert.same({ 44, 20, 19, 1, 19 }, { list[1].possible, list[2].possible, list[2].unauthorised,
        list[2].authorised, list[2].thresholds[1].largest })
      assert.is_nil(list[2].thresholds[1].date)
      assert.same({ 20, 20 }, { list[2].measures[1].count, list[2].measures[1].of })
      assert.equal(0, list[2].missing)
    end)

    it("is in no total of everybody", function()
      local sums = assert(store:sweep { as_of = "2025-09-30", everyone = true, rules = { three } })
      assert.same({ 2, 64, 19, 1, 0 }, { sums.pupils, sums.possible, sums.unauthorised, sums.authorised,
        sums.rules[1].ever })
    end)

    it("is not counted by mark_count", function()
      assert.same({ 19, 10, 10 }, row [[SELECT sum(marks) FILTER (WHERE code = 'O'), count(DISTINCT date)
        FILTER (WHERE code = 'O'), (SELECT count(DISTINCT date) FROM mark_count WHERE code IN ('O', 'I'))
        FROM mark_count]])
    end)

    it("is not among a pupil's marks, nor beside the school's", function()
      local pupils = {}
      for block in assert(store:batches { as_of = "2025-09-30" }) do
        local batch = assert(core.batch(block, core.codes(store:codes())))
        for i = 1, #batch do pupils[i] = batch[i] end
      end
      local cal = pupils[2]
      assert.same({ "", "missing" }, { cal:mark("2025-09-05", "AM") })
      assert.same({ "O", "unauthorised" }, { cal:mark("2025-09-08", "AM") })
      assert.same({ "O", "unauthorised" }, { cal:mark("2025-09-19", "PM") })
      assert.equal("", (cal:mark("2025-09-22", "AM")))
      assert.same({ 20, 20 }, { cal:rate(everything).possible, cal:rate(everything).absent })
      assert.equal(0, cal:missing(core.rule.missing { name = "gaps" }).count)
      -- away on the two Mondays that count, as on every other day
      local monday = weekday { name = "monday", weeks = 5, points = 1, at_least = 1, least_possible = 1 }
      assert.same({ false, 4 }, { cal:weekday(monday).met, cal:weekday(monday).of })
      assert.equal(4, pupils[1]:weekday(monday).school_possible)
    end)

    it("is not counted at an earlier time either", function()
      for each in assert(store:figures { as_of = "2025-09-30", known_at = 1759300000, rules = { three } }) do
        if each.upn == "A000000000002" then
          assert.same({ 20, 20, 0, 20 }, { each.possible, each.unauthorised, each.authorised,
            each.thresholds[1].largest })
        end
      end
    end)
  end)
end

describe("what people are told of a mark from outside the time on roll", function()
  local w
  local now = "--now 2025-10-03T17:00Z "

  setup(function()
    local absent = workspace.with("2025-09-02", "2025-10-03", {})
    for day in pairs(absent) do absent[day] = "O O" end
    w = workspace.new { settings = workspace.essex, files = {
      ["pupils.csv"] = "upn,surname,forename,dob,year,joined\nCAL,Coe,Cal,2016-01-01,4,2025-10-01\n",
      ["marks.csv"] = workspace.registers { CAL = absent } } }
    w:ok(now .. "import pupils pupils.csv")
    w:ok(now .. "import marks marks.csv")
  end)

  teardown(function() w:remove() end)

  it("is that it is not counted, on the page of the pupil", function()
    local out = w:ok(now .. "pupil Cal")
    assert.is_truthy(out:find("not counted: 42 from before joining or after leaving", 1, true), out)
    local figures = w:json(now .. "pupil Cal").figures
    assert.same({ 6, 6, 42 }, { figures.possible, figures.unauthorised, figures.outside })
  end)

  it("is nothing in suggestions, returns and documents", function()
    local answer = w:json(now .. "explain Cal notice-to-improve")
    assert.is_false(answer.suggested)
    for _, each in ipairs(answer.evidence) do assert.is_true(each.count <= 6, each.rule) end
    assert.same({}, w:json(now .. "returns ten-days --from 2025-09-01"))
    local extract = require "waymark.pupil.register"
    local space = require "waymark.workspace".open(w.dir, "read")
    finally(function() space:close() end)
    local result = extract.of(space, space:find_pupil "Cal", "2025-10-03")
    assert.same({ 6, 0, 6 }, { result.figures.possible, result.unmarked, result.key[1].number })
    local pupil = space:one_pupil { upn = "CAL", as_of = "2025-10-03" }
    assert.equal(6, require "waymark.document.figures".of(space, pupil).unauthorised)
  end)
end)
