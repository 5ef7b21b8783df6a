-- `figures` against a slow and plain computation from the same files, row by row; and that
-- what was known at an earlier time can be asked for again.

local chance = require "tests.support.chance"
local folder = require "tests.support.folder"
local profile = require "tests.support.reference_profile"
local random_school = require "tests.support.random_school"
local reference = require "tests.support.reference"
local workspace = require "tests.support.workspace"

local USES = 'use "england"\nuse "essex"\n'
local AFTER = "2026-08-01T12:00Z"

local dir, w

local function begin(settings)
  dir = folder.new()
  w = workspace.new { settings = settings }
end

local function remove()
  w:remove()
  folder.remove(dir)
end

-- Take in a file of the folder at a time; nothing of it may be left out.
-- With --yes: a file of nothing but amendments looks like one of another week.
local function import(kind, name, now)
  w:ok(("--now %s import %s %s/%s --yes"):format(now or AFTER, kind, dir, name or kind .. ".csv"))
end

local function import_people()
  for _, kind in ipairs { "schools", "calendar", "pupils" } do import(kind) end
end

local function lines_of(text)
  local lines = {}
  for line in text:gmatch "[^\n]+" do lines[#lines + 1] = line end
  return lines
end

-- The first line that is not the same, with both; nil when all are.
local function difference(expected, got)
  local a, b = lines_of(expected), lines_of(got)
  for i = 1, math.max(#a, #b) do
    if a[i] ~= b[i] then return ("%s\nexpected %s\ngot      %s"):format(a[1], a[i], b[i]) end
  end
end

local function figures(day, options)
  return w:ok(("figures --as-of %s --format csv %s"):format(day, options or ""))
end

-- Asserts that the program prints what was counted by hand; -> that
local function agrees(files, day)
  local expected = reference.csv(files, day)
  assert.is_nil(difference(expected, figures(day)), "as of " .. day)
  return expected
end

-- How many rows of figures say something in the column `name`.
local function count_filled(text, name)
  local lines, column, count = lines_of(text), 0, 0
  local at = 0
  for heading in (lines[1] .. ","):gmatch "([^,]*)," do
    at = at + 1
    if heading == name then column = at end
  end
  for i = 2, #lines do
    at = 0
    for cell in (lines[i] .. ","):gmatch "([^,]*)," do
      at = at + 1
      if at == column and cell ~= "" and cell ~= "0" then count = count + 1 end
    end
  end
  return count
end

describe("the figures of a made-up school", function()
  after_each(remove)

  local schools = {
    { "two years, marks by date", { seed = 1, pupils = 21, order = "date" } },
    { "two years, marks by pupil", { seed = 2, pupils = 14, order = "pupil" } },
    { "marks in no order, school on Saturdays", { seed = 3, pupils = 14, order = "random", saturdays = true } },
    { "no column for the school", { seed = 4, pupils = 14, order = "random", school_column = false } },
    { "two schools", { seed = 5, pupils = 14, schools = 2, order = "date" } },
    { "two schools, marks in no order", { seed = 6, pupils = 14, schools = 2, order = "random", saturdays = true } },
    { "the years around August 2024", { seed = 7, pupils = 14, years = { "2023-24", "2024-25" } } },
  }

  for number, case in ipairs(schools) do
    it(("are those that a person would count: %s"):format(case[1]), function()
      begin(USES)
      local made = random_school.write(dir, case[2])
      import_people()
      import "marks"
      local files = reference.read(dir)
      for i = 1 + number % 2, #made.as_of, 2 do agrees(files, made.as_of[i]) end
      local text = agrees(files, made.last)
      for _, name in ipairs { "attendance", "persistent", "national_met_on", "essex_met_on" } do
        assert.is_true(count_filled(text, name) > 0, name) -- or there was nothing to get wrong
      end
    end)
  end

  it("are the same in whatever order the marks came in", function()
    local printed = {}
    for i, order in ipairs { "date", "pupil" } do
      begin(USES)
      random_school.write(dir, { seed = 8, pupils = 7, order = order })
      import_people()
      import "marks"
      printed[i] = figures "2026-03-20"
      if i == 1 then remove() end
    end
    assert.are.equal(printed[1], printed[2])
  end)
end)

describe("trends and weekdays of a made-up school", function()
  after_each(remove)

  -- Printed for every pupil by the program, and by the reference.
  local rules = {
    { kind = "trend", spec = { weeks = 3, before = 9, points = 10 } },
    { kind = "trend", spec = { weeks = 2, before = 4, points = 5, was_at_least = 90, least_possible = 5 } },
    { kind = "trend", spec = { weeks = 1, before = 3, points = 1, least_possible = 1, beside_school = false } },
    { kind = "weekday", spec = { weeks = 12, points = 20 } },
    { kind = "weekday", spec = { weeks = 5, points = 3, at_least = 2, least_possible = 5, classes = "unauthorised",
      absence = { unauthorised = true } } },
    { kind = "weekday", spec = { weeks = 60, points = 1, at_least = 1, least_possible = 1 } },
  }

  local printing = {
    trend = "print(p.school.key, p.upn, e.met, e.too_few, e.count, e.of, e.attended_before, e.possible_before,"
      .. " e.fall, e.school_fall or '-', e.since or '-')",
    weekday = "print(p.school.key, p.upn, e.met, e.too_few, e.weekday or '-', e.absent, e.possible,"
      .. " e.others_absent, e.others_possible, e.days, e.difference, e.school_difference or '-')",
  }

  local function written(rule, day)
    local fields = { ('name = "r"') }
    for _, name in ipairs { "weeks", "before", "points", "was_at_least", "least_possible", "beside_school",
      "at_least" } do
      if rule.spec[name] ~= nil then fields[#fields + 1] = ("%s = %s"):format(name, rule.spec[name]) end
    end
    if rule.spec.classes then fields[#fields + 1] = ('classes = "%s"'):format(rule.spec.classes) end
    local text = "do local r = %s { %s }\n"
      .. "for p in pupils { as_of = %q, everyone = true } do local e = p:%s(r) %s end end"
    return text:format(rule.kind, table.concat(fields, ", "), day, rule.kind, printing[rule.kind])
  end

  local function expected(files, rule, day)
    local lines, met = {}, 0
    for _, each in ipairs(files.pupils) do
      local words = profile[rule.kind](files, each, rule.spec, day)
      lines[#lines + 1] = ("%s %s %s\n"):format(each.pupil.school, each.pupil.upn, words)
      if words:find "^true" then met = met + 1 end
    end
    return table.concat(lines), met
  end

  local schools = {
    { "two years", { seed = 21, pupils = 7, order = "date" } },
    { "two schools, school on Saturdays", { seed = 22, pupils = 4, schools = 2, saturdays = true } },
    { "a school of one pupil", { seed = 23, pupils = 1 } },
  }

  for _, case in ipairs(schools) do
    it(("are those that a person would count: %s"):format(case[1]), function()
      begin(USES)
      local made, met = random_school.write(dir, case[2]), { trend = 0, weekday = 0 }
      import_people()
      import "marks"
      local files = reference.read(dir)
      for number = 2, #made.as_of, 2 do
        local day = made.as_of[number]
        local text, all = {}, {}
        for i, rule in ipairs(rules) do
          local lines, n = expected(files, rule, day)
          text[i], all[i], met[rule.kind] = written(rule, day), lines, met[rule.kind] + n
        end
        w:file("print.lua", table.concat(text, "\n"))
        local got = w:ok(("--now %s run print.lua"):format(AFTER)):gsub("\t", " ")
        assert.is_nil(difference(table.concat(all), got), "as of " .. day)
      end
      assert.is_true(met.trend > 0 and met.weekday > 0) -- or there was nothing to get wrong
    end)
  end
end)

describe("the figures of Oakfield", function()
  it("are those that a person would count", function()
    begin()
    finally(remove)
    os.execute(("lua5.4 examples/oakfield/make.lua '%s'"):format(dir))
    local settings = folder.read(dir .. "/waymark.lua"):gsub('use "local"[^\n]*', "")
    folder.write(w.dir .. "/waymark.lua", settings)
    folder.write(dir .. "/calendar.csv", (w:ok "calendar show --format csv":gsub("([^\n,]*),([^\n]*)\n", "%2\n")))
    import "pupils"
    import "marks"
    local files = reference.read(dir)
    for _, day in ipairs { "2026-03-20", "2025-07-31" } do
      local text = agrees(files, day)
      assert.is_true(#lines_of(text) > 340, day)
    end
  end)
end)

describe("what was known at a time", function()
  after_each(remove)

  local TIMES = { "2026-08-01T10:00Z", "2026-08-01T11:00Z", "2026-08-01T12:00Z" }
  local DAYS = { "2025-07-31", "2025-12-19", "2026-07-31" }

  -- Every line of marks.csv into one of three files, as `place` says (1, 2 or 3); and into
  -- the later two some marks of the earlier ones again, amended.
  local function write_pieces(place, dice)
    local lines = lines_of(folder.read(dir .. "/marks.csv"))
    local pieces = { { lines[1] }, { lines[1] }, { lines[1] } }
    for i = 2, #lines do
      local at = place(lines[i])
      table.insert(pieces[at], lines[i])
      if at < 3 and lines[i]:find "[^,#-]$" and dice:in_hundred(4) then
        local amended = lines[i]:gsub("[^,]*$", dice:one_of { "I", "O", "N", "/" })
        table.insert(pieces[dice:whole(at + 1, 3)], amended)
      end
    end
    for i, piece in ipairs(pieces) do
      folder.write(("%s/piece%d.csv"):format(dir, i), table.concat(piece, "\n") .. "\n")
    end
  end

  -- Import the pieces one after the other; what was printed after each, by time and day.
  local function import_pieces(ask)
    local printed = {}
    for i, time in ipairs(TIMES) do
      import("marks", ("piece%d.csv --yes"):format(i), time) -- an amended piece changes most of what it meets
      printed[time] = {}
      for _, day in ipairs(DAYS) do printed[time][day] = ask(day) end
    end
    return printed
  end

  local function assert_replays(printed, ask)
    local changed = 0
    for _, time in ipairs(TIMES) do
      for _, day in ipairs(DAYS) do
        local before = printed[time][day]
        assert.is_nil(difference(before, ask(day, "--known-at " .. time)), ("%s, known at %s"):format(day, time))
        if before ~= printed[TIMES[3]][day] then changed = changed + 1 end
      end
    end
    assert.is_true(changed > 0) -- or nothing was learnt later
  end

  local ways = {
    { "term by term", function(line)
      local date = line:match "%d%d%d%d%-%d%d%-%d%d"
      return date < "2025-04-01" and 1 or date < "2025-11-01" and 2 or 3
    end },
    { "in any order", function(_, dice) return dice:whole(1, 3) end },
  }

  -- A school on whose roll everybody is all the time, and its marks in three pieces.
  local function make_school(seed, way)
    begin(USES)
    random_school.write(dir, { seed = seed, pupils = 14, order = "date" })
    local heading, pupils = folder.read(dir .. "/pupils.csv"):match "^([^\n]*\n)(.*)$"
    folder.write(dir .. "/pupils.csv", heading .. pupils:gsub("[^,\n]*,[^,\n]*\n", ",\n"))
    import_people()
    local dice = chance.new(seed)
    write_pieces(function(line) return way[2](line, dice) end, dice)
  end

  for i, way in ipairs(ways) do
    it(("gives the figures that were printed then: marks came %s"):format(way[1]), function()
      make_school(10 + i, way)
      assert_replays(import_pieces(figures), figures)
    end)
  end

  it("gives the suggestions that were printed then", function()
    make_school(13, ways[1])
    local function suggest(day, options)
      return w:ok(("--now %s suggest --dry-run --as-of %s --format json %s"):format(AFTER, day, options or ""))
    end
    assert_replays(import_pieces(suggest), suggest)
  end)

  -- The rest of the school is what it was then, too.
  it("gives the trends and weekdays that were printed then", function()
    make_school(15, ways[2])
    local function ask(day, options)
      local known = options and (", known_at = %q"):format(options:match "%S+$") or ""
      w:file("ask.lua", ([[
local dip = trend { name = "dip", weeks = 2, before = 4, points = 5, least_possible = 1 }
local fixed = weekday { name = "fixed", weeks = 12, points = 3, at_least = 1, least_possible = 1 }
for p in pupils { as_of = %q%s } do
  local t, d = p:trend(dip), p:weekday(fixed)
  print(p.upn, t.met, t.count, t.of, t.fall, t.school_fall, t.since, d.met, d.weekday, d.absent, d.school_absent,
    d.school_possible, d.school_others_absent, d.school_others_possible)
end]]):format(day, known))
      return w:ok(("--now %s run ask.lua"):format(AFTER))
    end
    assert_replays(import_pieces(ask), ask)
  end)

  it("is nothing before anything came in", function()
    make_school(14, ways[1])
    local before = figures "2025-07-31"
    import("marks", nil, TIMES[2])
    assert.is_nil(difference(before, figures("2025-07-31", "--known-at " .. TIMES[1])))
    assert.are_not.equal(before, figures "2025-07-31")
  end)

  it("leaves out a pupil who has left, whatever marks of this year come in", function()
    begin()
    folder.write(dir .. "/pupils.csv", "upn,surname,forename,left\nADA,Byron,Ada,2025-07-18\nBEN,Stone,Ben,\n")
    folder.write(dir .. "/ben.csv", workspace.registers { BEN = { ["2025-09-08"] = "/ \\" } })
    folder.write(dir .. "/ada.csv", workspace.registers { ADA = { ["2025-09-08"] = "O O" } })
    import "pupils"
    import("marks", "ben.csv", TIMES[1])
    local function pupils(known_at)
      return w:ok(("--now %s -e 'for p in pupils { as_of = \"2025-09-08\"%s } do print(p.upn) end'"):format(AFTER,
        known_at and (', known_at = "%s"'):format(known_at) or ""))
    end
    assert.are.equal("BEN\n", pupils())
    import("marks", "ada.csv", TIMES[2])
    assert.are.equal("BEN\n", pupils())
    assert.are.equal("BEN\n", pupils(TIMES[1]))
  end)
end)
