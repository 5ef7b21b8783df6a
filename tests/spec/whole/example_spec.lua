-- The example school: the same for everybody, and like a school in England.

local folder = require "tests.support.folder"
local upn = require "tests.support.upn"

local MAKE = "lua5.4 examples/oakfield/make.lua "
local FILES = { "pupils.csv", "contacts.csv", "marks.csv", "waymark.lua" }

local function make(path, seed)
  assert.is_true(os.execute(MAKE .. path .. " " .. (seed or "")))
end

-- What the check prints, and whether it was content.
local function check(path)
  local pipe = assert(io.popen(MAKE .. "--check " .. path))
  local text = pipe:read "a"
  return text, pipe:close() == true
end

local function rows_of(path)
  local rows, headings = {}, nil
  for line in folder.read(path):gmatch "[^\n]+" do
    local cells = {}
    for cell in (line .. ","):gmatch "([^,]*)," do cells[#cells + 1] = cell end
    if headings then
      local row = {}
      for i, heading in ipairs(headings) do row[heading] = cells[i] end
      rows[#rows + 1] = row
    else
      headings = cells
    end
  end
  return rows
end

-- Asserts that no row is at fault; `fault(row)` is true of one that is. One assertion for
-- a whole file, as there are two hundred thousand marks.
local function none(rows, fault)
  for i, row in ipairs(rows) do
    if fault(row) then error("row " .. i .. " of " .. row.upn .. " " .. (row.date or ""), 2) end
  end
end

describe("the example school", function()
  local oakfield, pupils, marks, report, content

  setup(function()
    oakfield = folder.new()
    make(oakfield)
    report, content = check(oakfield)
    pupils, marks = rows_of(oakfield .. "/pupils.csv"), rows_of(oakfield .. "/marks.csv")
  end)

  teardown(function() folder.remove(oakfield) end)

  it("is the same, byte for byte, when made again", function()
    local again = folder.new()
    finally(function() folder.remove(again) end)
    make(again, 28)
    for _, name in ipairs(FILES) do
      assert.is_true(folder.read(oakfield .. "/" .. name) == folder.read(again .. "/" .. name), name)
    end
  end)

  it("is another school for another seed", function()
    local other = folder.new()
    finally(function() folder.remove(other) end)
    make(other, 2)
    for _, name in ipairs { "pupils.csv", "contacts.csv", "marks.csv" } do
      assert.is_false(folder.read(oakfield .. "/" .. name) == folder.read(other .. "/" .. name), name)
    end
  end)

  it("has the absence of a primary school in England", function()
    assert.is_true(content, report)
  end)

  it("has a check that is not content with just any school", function()
    local perfect = folder.new()
    finally(function() folder.remove(perfect) end)
    for _, name in ipairs(FILES) do
      local text = folder.read(oakfield .. "/" .. name)
      if name == "marks.csv" then text = text:gsub(",[INOU]\n", ",/\n") end
      folder.write(perfect .. "/" .. name, text)
    end
    local text, still_content = check(perfect)
    assert.is_false(still_content, text)
    assert.is_truthy(text:find("absence, %% of sessions .*OUT"))
  end)

  it("has 420 pupils, 30 in each of 14 forms, who were on roll in 2025-26", function()
    local forms, count = {}, 0
    for _, pupil in ipairs(pupils) do
      forms[pupil.form] = (forms[pupil.form] or 0) + 1
      assert.is_true(pupil.left == "" or pupil.left > "2025-09-01", pupil.upn)
    end
    for form, size in pairs(forms) do
      assert.are.equal(30, size, form)
      count = count + 1
    end
    assert.are.equal(14, count)
    assert.are.equal(420, #pupils)
  end)

  it("has pupil numbers with the right check letter, each once", function()
    assert.are.equal("B", upn.letter "801200005001")
    local seen = {}
    for _, pupil in ipairs(pupils) do
      assert.are.equal(pupil.upn:sub(1, 1), upn.letter(pupil.upn:sub(2)))
      assert.is_nil(seen[pupil.upn])
      seen[pupil.upn] = true
    end
  end)

  it("has pupils of the age of their year group", function()
    for _, pupil in ipairs(pupils) do
      local cohort = 2020 - (pupil.year == "R" and 0 or tonumber(pupil.year))
      assert.is_true(pupil.dob >= cohort .. "-09-01", pupil.upn)
      assert.is_true(pupil.dob <= cohort + 1 .. "-08-31", pupil.upn)
    end
  end)

  it("has 190 school days in each year", function()
    assert.is_truthy(report:find "school days in 2024%-25 +190 +190 +exactly  ok")
    assert.is_truthy(report:find "school days in 2025%-26 +190 +190 +exactly  ok")
    local days, count = {}, 0
    for _, mark in ipairs(marks) do
      if mark.date < "2025-08-01" and not days[mark.date] then
        days[mark.date], count = true, count + 1
      end
    end
    assert.are.equal(190, count)
  end)

  it("has marks in the order of dates, to 20 March 2026, and none for training days", function()
    local previous = ""
    none(marks, function(mark)
      local earlier = mark.date < previous
      previous = mark.date
      return earlier
    end)
    assert.are.equal("2024-09-03", marks[1].date)
    assert.are.equal("2026-03-20", previous)
    assert.is_nil(folder.read(oakfield .. "/marks.csv"):find "2025%-11%-03")
  end)

  it("has one mark a session, and none outside a pupil's time on roll", function()
    local by_upn, seen = {}, {}
    for _, pupil in ipairs(pupils) do by_upn[pupil.upn] = pupil end
    none(marks, function(mark)
      local key, pupil = mark.upn .. mark.date .. mark.session, by_upn[mark.upn]
      local again = seen[key]
      seen[key] = true
      return again or mark.date < pupil.joined or (pupil.left ~= "" and mark.date > pupil.left)
    end)
  end)

  it("has one or two contacts for every pupil, on numbers and at addresses that reach nobody", function()
    local contacts, contact_of = folder.read(oakfield .. "/contacts.csv"), {}
    for line in contacts:gmatch "\n([^\n]+)" do
      local number = line:match "^%w+"
      contact_of[number] = (contact_of[number] or 0) + 1
      assert.is_truthy(line:find ",07700 900%d%d%d,")
      assert.is_truthy(line:find "@example%.org," or line:find ",[12],,07700")
    end
    for _, pupil in ipairs(pupils) do
      assert.is_true(contact_of[pupil.upn] == 1 or contact_of[pupil.upn] == 2, pupil.upn)
    end
  end)
end)
