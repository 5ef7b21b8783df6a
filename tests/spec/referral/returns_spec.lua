-- The returns to the authority, for a period: who is in which, with the dates of DOMAIN.md,
-- "Other duties", worked out over the calendar of Essex 2025-26.

local core = require "waymark.core"
local files = require "waymark.base.files"
local workspace = require "tests.support.workspace"

local plugin_lua = [[
return { name = "local", version = "1.0", api = 2, title = "Returns for this spec", requires = { "england" } }
]]

local init_lua = [[
local england = require "england"
local absent = { "unauthorised" }
local rules = {
  ten = longest { name = "ten-days", codes = "GNOU", at_least = 20, period = "all" },
  twenty = longest { name = "twenty-days", codes = "GNO", at_least = 40, period = "all" },
  ill = count { name = "ill-fifteen", codes = "I", at_least = 30, period = "year" },
  lately = count { name = "lately", codes = "O", at_least = 2, weeks = 2 },
  unknown = count { name = "unknown", codes = "N" },
  gaps = missing { name = "unmarked" },
}
return {
  returns = {
    { name = "ten-days", title = "Ten days", rule = rules.ten, words = "ten school days in a row" },
    { name = "twenty-days", title = "Twenty days", rule = rules.twenty },
    { name = "often", title = "Not regularly", rule = england.national, period = "weeks" },
    { name = "lately", title = "Lately", rule = rules.lately },
    { name = "ill", title = "Illness", rule = rules.ill, period = "year" },
    { name = "unknown", title = "No reason", rule = rules.unknown, period = "asked" },
    { name = "unknown-still", title = "No reason still", rule = rules.unknown },
    { name = "unmarked", title = "No mark", rule = rules.gaps, period = "asked" },
  },
}
]]

local names = { "ADA", "BEN", "CAL", "DEE", "EVE", "FAY", "GUS", "HAL", "IVY", "JAY" }

-- The school days of September to November 2025, present but for `marks`.
local function year_with(marks) return workspace.with("2025-09-02", "2025-11-28", marks) end

local function days(first, last, pair)
  local list, day = {}, first
  while day <= last do
    if core.date.weekday(day) <= 5 and not workspace.closed(day) then list[day] = pair end
    day = core.date.add(day, 1)
  end
  return list
end

local function both(a, b)
  for day, pair in pairs(b) do a[day] = pair end
  return a
end

-- One O each Tuesday morning in ten school weeks: E4 of the design.
local function tuesdays()
  local list, day, n = {}, "2025-09-09", 0
  while n < 10 do
    if not workspace.closed(day) then
      list[day], n = "O \\", n + 1
    end
    day = core.date.add(day, 7)
  end
  return list
end

local registers = {
  ADA = year_with(days("2025-11-10", "2025-11-21", "O O")),
  BEN = year_with(both(days("2025-11-10", "2025-11-20", "O O"), { ["2025-11-21"] = "O \\" })),
  CAL = year_with(days("2025-10-20", "2025-11-11", "G O")),
  DEE = workspace.with("2025-09-02", "2025-11-21", days("2025-11-10", "2025-11-21", "U U")),
  EVE = year_with(both(days("2025-09-15", "2025-09-26", "I I"), days("2025-11-17", "2025-11-21", "I I"))),
  FAY = year_with { ["2025-11-14"] = "N \\", ["2025-11-24"] = "N N" },
  GUS = year_with { ["2025-11-12"] = "- -" },
  HAL = year_with(days("2025-10-20", "2025-11-25", "G G")),
  IVY = year_with(tuesdays()),
  JAY = workspace.with("2025-09-02", "2025-10-17", days("2025-09-15", "2025-10-17", "O O")),
}

local w

setup(function()
  local rows = { "upn,surname,forename,dob,year,form,joined,left" }
  for _, name in ipairs(names) do
    local left = name == "DEE" and "2025-11-21" or name == "JAY" and "2025-10-17" or ""
    rows[#rows + 1] = ("%s,%s,%s,2016-01-01,4,4A,2025-09-01,%s"):format(name, name,
      name == "ADA" and "=cmd" or name, left)
  end
  w = workspace.new { settings = workspace.essex .. 'use "local"\n', files = {
    ["pupils.csv"] = table.concat(rows, "\n") .. "\n", ["marks.csv"] = workspace.registers(registers) } }
  os.execute(("mkdir -p '%s/plugins/local'"):format(w.dir))
  workspace.write(w.dir .. "/plugins/local/plugin.lua", plugin_lua)
  workspace.write(w.dir .. "/plugins/local/init.lua", init_lua)
  for _, kind in ipairs { "pupils", "marks" } do
    w:ok(("--now 2025-11-28T17:00Z import %s %s.csv"):format(kind, kind))
  end
end)

teardown(function() w:remove() end)

-- The rows of one return for November, by name.
local function november(name, more)
  local by_upn = {}
  for _, row in ipairs(w:json(("returns %s --from 2025-11-01 --to 2025-11-28 %s"):format(name, more or ""))) do
    by_upn[row.upn] = row
  end
  return by_upn
end

local function upns(by_upn)
  local list = {}
  for upn in pairs(by_upn) do list[#list + 1] = upn end
  table.sort(list)
  return table.concat(list, " ")
end

describe("the attendance return", function()
  it("has who was absent for ten continuous school days: twenty half days, not nineteen", function()
    local rows = november "ten-days"
    assert.equal("ADA CAL DEE HAL", upns(rows))
    assert.same({ 20, "2025-11-10", "2025-11-21", "2025-11-21", "2025-11-21" }, { rows.ADA.half_days, rows.ADA.from,
      rows.ADA.to, rows.ADA.reached, rows.ADA.last })
    assert.equal("20 half days in a row", rows.ADA.what)
  end)

  it("counts a run from where it began, over half term, and says when it was ten days", function()
    local row = november("ten-days").CAL
    assert.same({ 20, "2025-10-20", "2025-11-11", "2025-11-11" }, { row.half_days, row.from, row.to, row.reached })
  end)

  it("has leavers of the period, with the day, and not those who left before it", function()
    assert.equal("2025-11-21", november("ten-days").DEE.left)
    assert.is_nil(november("ten-days").JAY)
    local october = w:json "returns ten-days --from 2025-10-01 --to 2025-10-31"
    assert.same({ "JAY", "2025-10-17" }, { october[1].upn, october[1].left })
  end)

  it("has who met a threshold in any week of the period, though no longer at its end", function()
    local row = november("often").IVY
    assert.same({ 10, "2025-11-18" }, { row.half_days, row.reached })
    assert.is_nil(w:json("explain IVY notice-to-improve --as-of 2025-11-28").suggested or nil)
  end)

  it("has who reached a number in any weeks of the period", function()
    local row = november("lately").IVY
    assert.same({ 2, "2025-11-10", "2025-11-21" }, { row.half_days, row.from, row.to })
  end)
end)

describe("the sickness return", function()
  it("has who missed fifteen days of the year, cumulative, and since when", function()
    local rows = november "ill"
    assert.equal("EVE", upns(rows))
    assert.same({ 30, "2025-11-21" }, { rows.EVE.half_days, rows.EVE.reached })
    assert.same({}, w:json "returns ill --from 2025-11-01 --to 2025-11-20")
  end)
end)

describe("marks without a reason", function()
  it("are listed once five school days have passed since the first", function()
    local row = november("unknown").FAY
    assert.same({ 1, "2025-11-14" }, { row.half_days, row.last })
    assert.is_nil(w:json("returns unknown --from 2025-11-10 --to 2025-11-21")[1])
  end)

  it("are still listed in the next school year", function()
    local row = w:json("returns unknown-still --from 2026-09-01 --to 2026-09-11")[1]
    assert.same({ "FAY", 3, "2025-11-24" }, { row.upn, row.half_days, row.last })
  end)
end)

describe("missing marks and the twenty-day ground", function()
  it("have those half days and runs", function()
    assert.same({ 2, "2025-11-12" }, { november("unmarked").GUS.half_days, november("unmarked").GUS.last })
    local rows = w:json "returns twenty-days --from 2025-11-01 --to 2025-11-25"
    assert.same({ 1, "HAL", 40, "2025-10-20" }, { #rows, rows[1].upn, rows[1].half_days, rows[1].from })
    assert.is_nil(november("twenty-days").HAL) -- who is back
  end)
end)

describe("waymark returns", function()
  it("looks at the month that ends on the last register, if nothing is said", function()
    assert.truthy(w:ok("returns"):find("Returns for Wednesday 29 October 2025 to Friday 28 November 2025", 1, true))
  end)

  it("gives one CSV of all, in which no cell is a formula", function()
    local out = w:ok "returns --from 2025-11-01 --to 2025-11-28 --format csv"
    assert.truthy(out:find "^return,upn,name,year,form,what,from,to,half_days,reached,last,left\n")
    assert.truthy(out:find("ten-days,ADA,'=cmd ADA,4,4A,20 half days in a row,2025-11-10,2025-11-21,20,2025-11-21,"
      .. "2025-11-21,\n", 1, true), out)
  end)

  it("writes a file, or a folder with a file for each list", function()
    w:ok "returns --from 2025-11-01 --to 2025-11-28 -o out"
    assert.truthy(workspace.read(w.top .. "/out/ill.csv"):find("ill,EVE,", 1, true))
    w:ok "returns ill --from 2025-11-01 --to 2025-11-28 -o ill.json"
    assert.equal("EVE", core.decode(workspace.read(w.top .. "/ill.json"))[1].upn)
    w:ok "returns --from 2025-11-01 --to 2025-11-28 -o out"
    os.remove(w.top .. "/out/ten-days.csv")
    w:file("out/ill.csv", "edited")
    for _, output in ipairs { "out", "out/ill.csv" } do
      local err = w:expect(1, "returns --from 2025-11-01 --to 2025-11-28 -o " .. output).err
      assert.truthy(err:find("out/ill.csv is there already; choose another", 1, true), err)
    end
    assert.equal("edited", workspace.read(w.top .. "/out/ill.csv"))
    assert.is_false(files.exists(w.top .. "/out/ten-days.csv"))
  end)

  it("names the nearest when there is none of that name, and refuses a period that ends first", function()
    assert.truthy(w:expect(1, "returns tendays").err:find('did you mean "ten-days"', 1, true))
    assert.truthy(w:expect(1, "returns --from 2025-11-28 --to 2025-11-01").err:find "before it begins")
  end)

  it("gives the same bytes again, and records nothing", function()
    local line = "returns --from 2025-11-01 --to 2025-11-28 --format json"
    assert.equal(w:ok(line), w:ok(line))
    assert.equal("0", w:ok("sql 'SELECT count(*) FROM event' --format csv"):match "\n(%d+)")
  end)
end)
