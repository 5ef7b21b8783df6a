-- Where each rule is from, and what the law says from a day on: said where people read of a rule,
-- and data of plugins.

local plugins = require "tests.support.plugins"
local workspace = require "tests.support.workspace"

local shipped = { "england", "support-first", "essex", "norfolk", "buckinghamshire", "central-bedfordshire" }
local w

setup(function()
  w = workspace.new { files = { ["pupils.csv"] = "upn,surname,forename,dob\nADA,Byron,Ada,2016-05-05\n" } }
  w:run "import pupils pupils.csv"
end)

teardown(function() w:remove() end)

local function info(name) return w:json(("plugin info %s --format json"):format(name)) end

describe("the edition of a rule", function()
  it("is named by each rule of the plugins that ship", function()
    local n = 0
    for _, name in ipairs(shipped) do
      for _, rule in ipairs(info(name).rules) do
        assert.truthy(rule.edition, name .. ": " .. rule.name)
        n = n + 1
      end
    end
    assert.is_true(n > 25, n)
    local text = w:ok "plugin info essex"
    local row = "essex +rolling +10 +10 school weeks +Addressing attendance in Essex %(Essex County Council%), "
    assert.truthy(text:find(row .. "September 2024"), text)
  end)

  it("is said by explain, in words and as data", function()
    local text = w:ok "explain ADA notice-to-improve --as-of 2025-10-16"
    assert.truthy(text:find("from SI 2007/1867 as amended by SI 2024/210; Working together (DfE), July 2026", 1, true),
      text)
    local evidence = w:json("explain ADA notice-to-improve --as-of 2025-10-16").evidence
    assert.truthy(evidence[1].edition:find("SI 2024/210", 1, true))
  end)

  it("is one line", function()
    for _, text in ipairs { '"a\\nb"', '""', "{}", '("x"):rep(201)' } do
      plugins.write(w, "odd", "", { ["init.lua"] = ('rate { name = "odd-rule", edition = %s }'):format(text) })
      assert.truthy(w:run("plugin info odd").err:find(
        'rate { name = "odd-rule" }: its edition is a line of at most 200 bytes', 1, true), text)
    end
  end)
end)

describe("law to come", function()
  it("is a row without a day, on every road map", function()
    for _, name in ipairs(shipped) do
      local law = info(name).law
      assert.same({ "Education Act 1996, s.434A (Children's Wellbeing and Schools Act 2026, s.37)",
        "Children's Wellbeing and Schools Act 2026, s.38" }, { law[1].edition, law[2].edition })
      assert.is_nil(law[1].from or law[2].from)
    end
    assert.truthy(w:ok "plugin info england":find("not in force yet +Consent before some children are withdrawn"))
  end)

  it("has its day as soon as the settings give it, and no other", function()
    local path = w.dir .. "/waymark.lua"
    local before = workspace.read(path)
    local function with(text)
      workspace.write(path, (before:gsub('use "england"', ('use "england" { consent_from = "%s" }'):format(text))))
    end
    with "2027-09-01"
    assert.equal("2027-09-01", info("england").law[1].from)
    assert.truthy(w:ok "plugin info essex":find("1 September 2027 +Consent before some children are withdrawn"))
    with "soon"
    local err = w:run("plugin info england").err
    assert.truthy(err:find("england: consent_from: not a date: soon; write it as 2", 1, true), err)
    workspace.write(path, before)
  end)

  it("is added to by an authority, and a dated rule without a day is not in force", function()
    plugins.write(w, "ours", "", {
      ["plugin.lua"] = [[
        return { name = "ours", version = "1", api = 3, extends = "norfolk", requires = { "england" } }]],
      ["init.lua"] = [[
        local england, common = require "england", parent.module
        common.law = { { title = "Ours", words = "we ask first", edition = "our page", from = "2026-01-05" } }
        local rows = { { from = "2025-09-01", n = 1 }, { n = 2 } }
        assert(england.in_force(rows, "2030-01-01").n == 1)
        return common]] })
    local law = info("ours").law
    assert.same({ 3, "Ours", "2026-01-05" }, { #law, law[3].title, law[3].from })
  end)
end)
