-- A file that is likely the wrong one stops, and says why: nothing of it is taken without --yes.

local core = require "waymark.core"
local files = require "waymark.base.files"
local workspace = require "tests.support.workspace"

local all = 24

-- A list of pupils from one number to another; of surnames, with a prefix.
local function people(first, last, surname)
  local lines = { "upn,surname,forename,dob,year,form" }
  for i = first, last do
    lines[#lines + 1] = ("P%03d,%s %d,Ben,%d-05-%02d,5,5A"):format(i, surname or "Moss", i, 2014 + i % 2, i % 28 + 1)
  end
  return table.concat(lines, "\n") .. "\n"
end

local function contacts(last, phone, name)
  local lines = { "upn,surname,forename,relationship,phone" }
  for i = 1, last do lines[#lines + 1] = ("P%03d,%s,Ann %d,mother,%s%d"):format(i, name or "Moss", i, phone, i) end
  return table.concat(lines, "\n") .. "\n"
end

-- A week from a Monday: of each pupil but the last a day away, another one each week; `turn` moves it.
local function week(monday, turn, code)
  local by_pupil = {}
  for i = 1, all do
    local changes = {}
    if i < all then changes[core.date.add(monday, (i + turn) % 5)] = code .. " " .. code end
    by_pupil[("P%03d"):format(i)] = workspace.with(monday, core.date.add(monday, 4), changes)
  end
  return workspace.registers(by_pupil)
end

local now = " --now 2025-09-26T17:00Z"

describe("a file", function()
  local w

  setup(function()
    w = workspace.new { files = { ["pupils.csv"] = people(1, all), ["contacts.csv"] = contacts(all, "1") } }
    w:ok("import pupils pupils.csv" .. now)
    w:ok("import contacts contacts.csv" .. now)
    w:file("first.csv", week("2025-09-08", 0, "N"))
    w:ok("import marks first.csv" .. now)
    w:file("reasons.csv", week("2025-09-08", 0, "I"))
    w:ok("import marks reasons.csv --yes" .. now)
  end)
  teardown(function() w:remove() end)

  local function doubted(kind, text, words)
    w:file("doubted.csv", text)
    local counts = "sql 'SELECT count(*) AS n, (SELECT count(*) FROM import) AS i, (SELECT count(*) FROM contacts) AS c"
      .. " FROM pupils'"
    local before = w:ok(counts)
    local err = w:expect(1, ("import %s doubted.csv"):format(kind) .. now).err
    assert.truthy(err:find(words, 1, true), err)
    assert.truthy(err:find("; if it is the right file all the same, import it with --yes", 1, true), err)
    assert.equal(1, select(2, err:gsub("\n", "")))
    local tried = w:expect(3, ("import %s doubted.csv --dry-run"):format(kind) .. now).out
    assert.truthy(tried:find(words, 1, true), tried)
    assert.equal(before, w:ok(counts))
  end
  local function taken(kind, text, options)
    w:file("taken.csv", text)
    w:ok(("import %s taken.csv --dry-run %s"):format(kind, options or "") .. now)
  end

  it("of another school is not taken: nearly everybody is new", function()
    doubted("pupils", people(501, 530), "30 of 30 pupils are new, where 24 are on roll already")
    doubted("marks", (week("2025-09-15", 1, "I"):gsub("P0", "Q0")), "240 of 240 rows are of children who are not known")
    taken("pupils", people(501, 509)) -- children who join are few
    taken("pupils", people(501, 530), "--yes")
  end)

  it("in which most of those on roll are missing is not taken", function()
    doubted("pupils", people(1, 10), "14 of 24 on roll are not in it")
  end)

  it("in which most names change is not taken", function()
    doubted("pupils", people(1, all, "Byron"), "24 of 24 known pupils would have another name")
  end)

  it("in which most contacts go or change is not taken", function()
    doubted("contacts", contacts(all, "1", "Byron"), "24 of 24 contacts would go") -- all other people
    doubted("contacts", contacts(all, "2"), "24 of 24 contacts would change")
    taken("contacts", contacts(9, "2"))
  end)

  it("that is an older export is not taken: reasons would be none again", function()
    doubted("marks", week("2025-09-08", 0, "N"), "46 of 46 changed marks would be again what an earlier file put right")
    local one = week("2025-09-08", 0, "I"):gsub("P001,2025%-09%-09,AM,I", "P001,2025-09-09,AM,N")
    taken("marks", one) -- a correction of one
    doubted("marks", (one:gsub("P002,2025%-09%-10,AM,I", "P002,2025-09-10,AM,N")), "2 of 2 changed marks")
  end)

  it("in which most marks change is not taken", function()
    local others = week("2025-09-08", 0, "I"):gsub(",/\n", ",M\n"):gsub(",\\\n", ",M\n")
    doubted("marks", others, "known marks would change")
    local new = week("2025-09-15", 1, "B") .. week("2025-09-22", 2, "B"):gsub("^[^\n]*\n", "")
    doubted("marks", others .. new:gsub("^[^\n]*\n", ""), "known marks would change") -- of mostly new marks, too
  end)

  it("that has another week's marks under its dates is not taken", function()
    doubted("marks", week("2025-09-15", 0, "I"), "absences of Mon 15 Sep 2025 are those of Mon 8 Sep 2025 again")
    taken("marks", week("2025-09-15", 2, "I")) -- the next week
  end)

  it("of another kind is not taken", function()
    doubted("pupils", contacts(all, "1"), "its headings are those of contacts")
    doubted("contacts", people(1, all), "its headings are those of pupils")
  end)

  it("of pupils with a telephone and an address is one of pupils, and one of contacts may name forms", function()
    local pupils = people(1, all):gsub("year,form", "form,phone,address"):gsub(",5,5A", ",5A,07700 900100,1 High St")
    taken("pupils", pupils)
    local parents = contacts(all, "1"):gsub("phone", "form"):gsub(",mother,%d+", ",mother,5A")
    taken("contacts", parents)
  end)

  it("of a week that comes with the reasons of the last is taken", function()
    local known = week("2025-09-08", 0, "M"):gsub("[^\n]*,[/\\]\n", "")
    taken("marks", known .. week("2025-09-15", 1, "B"):gsub("^[^\n]*\n", "") .. week("2025-09-22", 2, "B"):gsub(
      "^[^\n]*\n", ""))
  end)

  it("in an inbox goes to failed, with the reason beside it", function()
    w:file("inbox/pupils.csv", people(501, 530))
    local out = w:expect(3, "update inbox -o lists" .. now).out
    local words = "pupils.csv: pupils: not taken: nothing of pupils.csv was taken in: 30 of 30 pupils"
    assert.truthy(out:find(words, 1, true), out)
    assert.is_true(files.exists(w.top .. "/inbox/failed/2025-09-26-pupils.csv.report.txt"))
  end)
end)

describe("a school of three pupils", function()
  it("may change all it has, and be away two weeks running", function()
    local w = workspace.new {}
    finally(function() w:remove() end)
    local function take(kind, text)
      w:file("file.csv", text)
      w:ok(("import %s file.csv"):format(kind) .. now)
    end
    local function away(monday)
      local days = {}
      for i = 0, 4 do days[core.date.add(monday, i)] = "I I" end
      return workspace.registers { P001 = days, P002 = days, P003 = days }
    end
    take("pupils", people(1, 3))
    take("contacts", contacts(3, "1"))
    take("marks", away "2025-09-08")
    take("marks", away "2025-09-15")
    take("pupils", people(1, 3, "Byron"))
    take("pupils", people(501, 503))
    take("contacts", contacts(3, "2", "Byron"))
    take("pupils", people(1, 1))
  end)
end)
