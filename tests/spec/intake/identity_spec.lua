-- Whom a row is about: one key is not an identity. Files of pupils with the UPN of another child, of
-- twins swapped, of UPNs that changed, of numbers without their zeros, of names that a program damaged.

local given = require "tests.support.import_store"

local ADA, BEN, CAL = given.ADA, given.BEN, given.CAL
local named, rows, value = given.named, given.rows, given.value
local HEAD = "upn,surname,forename,dob,admission_number\n"

before_each(given.open)
after_each(given.close)

local function pupils(text, options) return assert(given.import("pupils", HEAD .. text, options)) end

local function left_out(report)
  local words = {}
  for i, each in ipairs((named(report.reasons, "another-child") or { examples = {} }).examples) do
    words[i] = each.words
  end
  return table.concat(words, "\n")
end

local function people(report, why)
  local list = {}
  for i, each in ipairs((named(report.people, why) or { names = {} }).names) do
    list[i] = each.words and each.name .. ": " .. each.words or each.name
  end
  return list
end

-- A UPN for a time, with its right letter.
local function for_a_time(digits)
  local letters, sum = "ABCDEFGHJKLMNPQRTUVWXYZ", 0
  local rest = digits .. "A"
  for i = 1, 12 do sum = sum + (i + 1) * (tonumber(rest:sub(i, i)) or 0) end
  return letters:sub(sum % 23 + 1, sum % 23 + 1) .. rest
end

describe("a known UPN", function()
  before_each(function() pupils(("%s,Able,Ada,2015-01-02,12\n%s,Best,Ben,2015-02-03,13\n"):format(ADA, BEN)) end)

  it("with another name, birthday and number is another child's: left out until a person says so", function()
    local row = ADA .. ",Zane,Zoe,2014-05-06,99\n"
    local report = pupils(row)
    assert.equal(1, report.left_out)
    assert.equal(('UPN "%s" is that of Ada Able, born 2015-01-02, admission number 12; if it is the same child,'
      .. " import with --same %s"):format(ADA, ADA), left_out(report))
    assert.same({ { "Able", "Ada", "12" } },
      rows "SELECT surname, forename, admission_number FROM pupils WHERE upn LIKE 'B%'")
    report = pupils(row, { same = "X " .. ADA:lower() })
    assert.same({ 0, 1 }, { report.left_out, report.changed })
    assert.same({ "Zoe Zane: surname: Able → Zane; forename: Ada → Zoe; date of birth: 2015-01-02 → 2014-05-06; "
      .. "admission number: 12 → 99" }, people(report, "identity"))
  end)

  it("of a child of whom a little differs is that child's, and what differs is said", function()
    local report = pupils(ADA .. ",Able-Smith,Ada,2015-01-02,12\n" .. BEN .. ",Best,Ben,2015-02-03,14\n")
    assert.same({ 2, 0 }, { report.changed, report.left_out })
    assert.same({ "Ada Able-Smith: surname: Able → Able-Smith", "Ben Best: admission number: 13 → 14" },
      people(report, "identity"))
    assert.equal(0, pupils(ADA .. ",ABLE  SMITH,ada,2015-01-02,77\n").left_out)
    assert.equal(1, pupils(ADA .. ",Able-Smith,Jo,2016-01-02,78\n").left_out) -- a brother's row, with her UPN
  end)

  it("of twins who were swapped is nobody's", function()
    pupils(ADA .. ",Able,Ada,2015-01-02,12\n" .. CAL .. ",Able,Cal,2015-01-02,15\n")
    local report = pupils(ADA .. ",Able,Cal,2015-01-02,15\n" .. CAL .. ",Able,Ada,2015-01-02,12\n")
    assert.equal(2, report.left_out)
    assert.truthy(left_out(report):find("the name is that of Cal Able, born 2015-01-02, admission number 15, UPN "
      .. CAL, 1, true))
    assert.same({ { ADA, "Ada" }, { BEN, "Ben" }, { CAL, "Cal" } }, rows "SELECT upn, forename FROM pupil ORDER BY id")
    report = assert(given.import("pupils", ("upn,surname,forename,dob\n%s,Able,Cal,2015-01-02\n"):format(ADA)))
    assert.equal(1, report.left_out)
    report = assert(given.import("pupils", ("upn,surname,forename\n%s,Able,Cal\n%s,Able,Ada\n"):format(ADA, CAL)))
    assert.equal(2, report.left_out)
    assert.equal(1, pupils(ADA .. ",Able,Cal,,12\n").left_out)
    assert.equal(0, pupils(ADA .. ",Able,Carla,,12\n").left_out)
  end)
end)

describe("a new UPN", function()
  local TEMPORARY = for_a_time "80120000500"
  local function upns() return rows "SELECT upn FROM pupil ORDER BY id" end

  it("of the same name, birthday and number is the same child's, and old files go on naming the child", function()
    pupils(TEMPORARY .. ",Coe,Zoë,2015-03-04,0042\n")
    local report = pupils(CAL .. ",COE,Zoe,2015-03-04,0042\n")
    assert.same({ 1, 0 }, { report.changed, report.added })
    assert.same({ "Zoe COE: UPN: " .. TEMPORARY .. " → " .. CAL .. "; surname: Coe → COE; forename: Zoë → Zoe" },
      people(report, "identity"))
    assert.same({ { ADA }, { BEN }, { CAL } }, upns())
    report = given.marks(("881/2345,%s,2025-09-08,AM,/\n881/2345,%s,2025-09-08,PM,I\n"):format(TEMPORARY, CAL))
    assert.same({ 2, 0 }, { report.added, report.left_out })
    report = pupils(TEMPORARY .. ",Coe,Zoë,2015-03-04,0042\n") -- an old file: the better number stays
    assert.same({ 3, 0 }, { #upns(), report.left_out })
    assert.same({ { ADA }, { BEN }, { CAL } }, upns())
    local find = require "waymark.workspace.find"
    assert.equal(3, find.pupil(given.store, TEMPORARY:lower(), nil, { login = "jo", now = 0 }).pupil)
    assert.equal(3, value("SELECT pupil FROM upns WHERE upn = '" .. TEMPORARY .. "'"))
  end)

  it("that is worse than the known one is another name of the child, and no more", function()
    pupils(CAL .. ",Coe,Zoë,2015-03-04,42\n")
    local report = pupils("E801200005O03,Coe,Zoë,2015-03-04,42\n")
    assert.same({ 0, 0 }, { report.added, report.left_out })
    assert.same({ { ADA }, { BEN }, { CAL } }, upns())
    assert.equal(1, given.marks("881/2345,E801200005O03,2025-09-08,AM,/\n").added)
  end)

  it("is a new child's where not all of it is the same; who it may be is said", function()
    pupils(CAL .. ",Coe,Zoë,2015-03-04,42\n")
    local report = pupils("E801200005O03,Coe,Zoë,2015-03-04,43\n")
    assert.equal(1, report.added)
    assert.matches("Zoë Coe, born 2015%-03%-04, admission number 42, UPN " .. CAL,
      named(report.warnings, "may-be-one").examples[1].words)
    assert.same({ "Zoë Coe" }, people(report, "new"))
  end)

  it("that a child had is another child's only when a person says so", function()
    pupils(TEMPORARY .. ",Coe,Zoë,2015-03-04,42\n")
    pupils(CAL .. ",Coe,Zoë,2015-03-04,42\n")
    local row = TEMPORARY .. ",Dee,Dan,2016-03-04,50\n"
    assert.matches(TEMPORARY .. '" was that of Zoë Coe.*, else with %-%-another and the UPN', left_out(pupils(row)))
    assert.equal(1, pupils(row, { another = TEMPORARY }).added)
    assert.same({ { ADA }, { BEN }, { CAL }, { TEMPORARY } }, upns())
    assert.equal(1, pupils(row).unchanged)
    assert.equal(0, value "SELECT count(*) FROM upn_alias")
  end)
end)

describe("an admission number", function()
  it("without its zeros is the same, and the zeros stay", function()
    pupils(",Doe,Dee,2015-03-04,0042\n")
    local report = pupils(",Doe,Dee,2015-03-04,42\n")
    assert.same({ 1, 0 }, { report.unchanged, report.added })
    assert.equal("0042", value "SELECT admission_number FROM enrolment WHERE id = 3")
    report = assert(given.import("marks", "upn,admission_number,date,session,code\n,42,2025-09-08,AM,/\n"))
    assert.equal(1, report.added)
    pupils(",Elm,Eve,2015-05-04,42\n", { another = "42" })
  end)

  it("of a child with another name and birthday is left out", function()
    pupils(",Doe,Dee,2015-03-04,0042\n")
    assert.matches('admission number "0042" is that of Dee Doe', left_out(pupils(",Elm,Eve,2016-01-01,0042\n")))
  end)
end)

describe("a name that a program damaged", function()
  it("never replaces a good one, and is said", function()
    pupils(CAL .. ",O’Néill,Zoë,2015-03-04,42\n")
    for _, row in ipairs { "O?N?ill,Zo?", "Oâ€™NÃ©ill,ZoÃ«", "O\u{FFFD}N\u{FFFD}ill,Zo\u{FFFD}" } do
      local report = pupils(("%s,%s,2015-03-04,42\n"):format(CAL, row))
      assert.same({ 0, 1 }, { report.left_out, report.unchanged }, row)
      assert.equal(1, named(report.warnings, "name-damaged").count)
    end
    assert.same({ { "O’Néill", "Zoë" } }, rows "SELECT surname, forename FROM pupil WHERE id = 3")
    assert.equal(1, named(pupils("E801200005O03,D?ng,An,2016-03-04,44\n").warnings, "name-damaged").count) -- new
    local report = pupils(CAL .. ",Ó’Neill,Zoë,2015-03-04,42\n")
    assert.same({ 1 }, { report.changed })
    assert.is_nil(named(report.warnings, "name-damaged"))
  end)
end)

describe("a damaged name of somebody new", function()
  it("is taken, and said as that, each time again until it is better", function()
    local text = CAL .. ",O’Néill,Zo?,2015-03-04,42\n" .. ADA .. ",Able,Ada,,\n"
    for _ = 1, 2 do
      local said = named(pupils(text).warnings, "name-damaged")
      assert.equal(1, said.count)
      assert.truthy(said.sentence:find("else it was taken as it is", 1, true))
    end
    assert.is_nil(named(pupils((text:gsub("Zo%?", "Zoë"))).warnings, "name-damaged"))
    assert.same({ { "O’Néill", "Zoë" } }, rows "SELECT surname, forename FROM pupil WHERE id = 3")
  end)
end)

describe("a list of pupils", function()
  it("names who is on roll and not in it, and what a blank would have taken away", function()
    pupils(CAL .. ",Coe,Cal,2015-03-04,42\n")
    local report = pupils(ADA .. ",Able,Ada,,12\n" .. CAL .. ",Coe,Cal,2015-03-04,42\n")
    assert.same({ "Ben Best" }, people(report, "not-in-list"))
    assert.same({ "Ada Able: date of birth" }, people(report, "kept"))
    assert.same({}, people(pupils(ADA .. ",Able,Ada,,12\n"), "not-in-list")) -- a part is not a whole
    report = pupils(ADA .. ",Able,Ada,,14\n" .. CAL .. ",Coe,Cal,2015-03-04,43\n", { names_most = 1 })
    assert.equal(2, named(report.people, "identity").count)
    assert.equal(1, #people(report, "identity"))
  end)
end)

describe("an import of marks", function()
  it("names the children whose marks are others now", function()
    given.marks(("881/2345,%s,2025-09-08,AM,/\n881/2345,%s,2025-09-08,AM,N\n881/2345,%s,2025-09-08,PM,N\n")
      :format(ADA, BEN, BEN))
    local report = given.marks(("881/2345,%s,2025-09-08,AM,I\n881/2345,%s,2025-09-08,PM,I\n"):format(BEN, BEN),
      { dry_run = true })
    assert.same({ "Ben Best: 2 marks" }, people(report, "marks"))
  end)
end)
