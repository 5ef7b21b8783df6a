-- Who records: --by, else whom the settings name, else the login; needed for what is formal.

local workspace = require "tests.support.workspace"

describe("who records", function()
  local w

  setup(function()
    w = workspace.new { files = { ["pupils.csv"] = "upn,surname,forename,dob\nADA,Byron,Ada,2015-06-11\n",
      ["contacts.csv"] = "upn,forename,surname,relationship,parental_responsibility\nADA,Anne,Byron,mother,1\n" } }
    w:ok "import pupils pupils.csv"
    w:ok "import contacts contacts.csv"
  end)

  teardown(function() w:remove() end)

  local function settings(line) workspace.write(w.dir .. "/waymark.lua", workspace.essex .. line .. "\n") end

  local call = "record ADA absence-callback"
  local contract = "record ADA attendance-contract --outcome not-agreed --despite=Agreed "

  -- Whom the last entry names, after a command of this login.
  local function by(line, login)
    local got = w:run(line, login == "" and "env -u LOGNAME -u USER" or ("LOGNAME='%s'"):format(login))
    assert.are.equal(0, got.status, got.err)
    return w:json "sql 'SELECT by FROM event ORDER BY id DESC LIMIT 1'"[1].by
  end

  it("is whom --by names, else the settings, else the login, which root is not", function()
    settings ""
    assert.are.equal("sreed", by(call, "sreed"))
    assert.are.equal("Jo Marsh", by(call .. ' --by "Jo Marsh"', "sreed"))
    assert.is_nil(by(call, "root"))
    assert.is_nil(by(call, ""))
    assert.are.equal("jmarsh", by(call, "waymark' SUDO_USER='jmarsh")) -- an account that staff share
    assert.is_nil(by(call, "waymark' SUDO_USER='root"))
    settings 'by { sreed = "Sam Reed" }'
    assert.are.equal("Sam Reed", by(call, "sreed"))
    assert.are.equal("jmarsh", by(call, "jmarsh"))
    settings 'by "The office"'
    assert.are.equal("The office", by(call, "sreed"))
    assert.are.equal("The office", by(call, ""))
    settings "by { 1 }"
    assert.is_truthy(w:expect(1, call).err:find("by takes a name, or names by login", 1, true))
  end)

  it("stands in the settings of a new workspace, to be filled in", function()
    local folders, reader = require "waymark.workspace.folder", require "waymark.workspace.settings"
    local text = (folders.settings "essex")
    assert.is_nil(assert(reader.evaluate(text)).by)
    assert.equal("Sam Reed", assert(reader.evaluate((text:gsub('\n%-%- (by ")', "\n%1")))).by)
    assert.same({ sreed = "Sam Reed", jmarsh = "Jo Marsh" },
      assert(reader.evaluate((text:gsub("\n%-%- (by {)", "\n%1")))).by)
  end)

  it("is needed for what is formal, done or left out", function()
    settings ""
    for _, line in ipairs { contract, "bypass ADA attendance-contract --note Not-now" } do
      local got = w:run(line, "env -u LOGNAME -u USER")
      assert.are.equal(1, got.status)
      assert.are.equal("waymark: Attendance contract: who decided is recorded with it; say it with --by NAME, or once "
        .. 'in waymark.lua: by "NAME"\n', got.err)
    end
    assert.are.equal("sreed", by(contract, "sreed"))
  end)
end)
