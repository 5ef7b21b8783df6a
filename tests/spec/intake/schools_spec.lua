-- A school that gets another number or name is that school still, or is refused with what to do; of a pupil who is on
-- roll at two schools at once it has to be said at which.

local given = require "tests.support.import_store"
local workspace = require "tests.support.workspace"

describe("a list of schools", function()
  before_each(given.open)
  after_each(given.close)

  local function import(text) return assert(given.import("schools", text)) end
  local function schools() return given.rows "SELECT school, name FROM schools ORDER BY id" end

  it("gives a school another number, and old files go on naming it", function()
    local report = import "school,name,was\n881/9000,Oakfield Academy,8812345\n"
    assert.same({ 1, 0, 0 }, { report.changed, report.added, report.left_out })
    assert.same({ { "881/9000", "Oakfield Academy" } }, schools())
    for _, text in ipairs { "881/9000", "8812345", "oakfield primary school", "Oakfield Academy" } do
      assert.equal(1, given.store:school_id(text), text)
    end
    assert.equal(1, import "school,name,was\n881/9000,Oakfield Academy,8812345\n".unchanged)
    assert.equal(1, import "school,name\n881/2345,Oakfield Academy\n".unchanged)
    assert.equal(1, given.pupils(("881/2345,%s,Able,Ada,2015-01-02,5,5A,F,,\n"):format(given.ADA)).unchanged)
    assert.same({ { "881/9000", "Oakfield Academy" } }, schools())
  end)

  it("gives a school back a name of before: it is none of those then", function()
    local function aliases() return #given.store:rows "SELECT text FROM school_alias" end
    import "school,name\n881/2345,Elm\n"
    import "school,name\n881/2345,Oak\n"
    assert.equal(2, aliases())
    import "school,name\n881/2345,Elm\n"
    assert.equal(2, aliases())
    for _, text in ipairs { "Elm", "Oak", "Oakfield Primary School" } do
      assert.equal(1, given.store:school_id(text), text)
    end
  end)

  it("leaves out a new number with the name of a known school, until it says which it is", function()
    given.assert_left_out("schools", "881/9000,OAKFIELD primary school", "school-doubted",
      '"881/9000" has the name of 881/2345: give the number that it had in a column "was"')
    assert.equal(1, import "school,name,was\n881/9000,Oakfield Primary School,\n".added)
    assert.equal(2, #schools())
  end)
end)

describe("waymark.lua", function()
  it("with another number for its one school is refused, and taken with `was`", function()
    local w = workspace.new { files = { ["pupils.csv"] = "upn,surname,forename\nADA,Able,Ada\n" } }
    local _ <close> = setmetatable({}, { __close = function() w:remove() end })
    w:ok "import pupils pupils.csv"
    local text = workspace.essex:gsub("881/2345", "881/9000"):gsub("Oakfield Primary School", "Elm Academy")
    workspace.write(w.dir .. "/waymark.lua", text)
    assert.equal('waymark: waymark.lua names a school 881/9000 that is not known, and no more 881/2345, "Oakfield '
      .. 'Primary School"; if it got another number, write was = "881/2345" in its block; if it is another school, '
      .. "keep a block for 881/2345 too\n", w:expect(1, "import pupils pupils.csv").err)
    workspace.write(w.dir .. "/waymark.lua", (text:gsub('"881/9000"', '"881/9000", was = "881/2345"')))
    w:ok "import pupils pupils.csv"
    assert.same({ { school = "881/9000", name = "Elm Academy" } }, w:json 'sql "SELECT school, name FROM schools"')
  end)
end)

describe("a pupil on roll at two schools", function()
  local w
  setup(function()
    w = workspace.new { settings = 'school { name = "Oak", key = "OAK" }\nschool { name = "Elm", key = "ELM" }\n'
      .. workspace.essex:match "year.*",
      files = { ["pupils.csv"] = "school,upn,surname,forename,joined\nOAK,ADA,Able,Ada,2025-09-01\n"
        .. "ELM,ADA,Able,Ada,2025-09-01\nELM,BEN,Best,Ben,\n" } }
    w:ok "import pupils pupils.csv --now 2025-09-19T18:00Z"
  end)
  teardown(function() w:remove() end)

  it("is asked for by name and school; nothing guesses", function()
    local now = " --format json --now 2025-09-19T18:00Z"
    local ask = '" is on roll at 2 schools; say at which: "Ada Able at Oak" or "Ada Able at Elm", or --school\n'
    assert.equal('waymark: "Ada Able' .. ask, w:expect(1, 'pupil "Ada Able"' .. now).err)
    assert.equal('waymark: "ada' .. ask, w:expect(1, "pupil ada" .. now).err)
    assert.equal("ELM", w:json('pupil "Ada Able at Elm"' .. now).school)
    assert.equal("OAK", w:json("pupil Ada --school oak" .. now).school)
    assert.equal("ELM", w:json("pupil Ben" .. now).school)
    assert.matches('nobody is called "Ben"', w:expect(1, "pupil Ben --school oak" .. now).err)
  end)
end)
