-- What a plugin is shown of a pupil; a school's own plugin, which changes another;
-- and two schools in one workspace, each on the road map of its own.

local core = require "waymark.core"
local opener = require "waymark.workspace"
local plugins = require "tests.support.plugins"
local workspace = require "tests.support.workspace"

local w

local function plugin(...) plugins.write(w, ...) end

setup(function() w = plugins.school() end)
teardown(function() w:remove() end)

describe("what a plugin sees of a pupil", function()
  before_each(function()
    plugins.clear(w)
    plugins.use(w, 'use "england" use "mine"')
    w:file("fields.lua", [[
      local names = { "upn", "name", "surname", "forename", "year", "form", "groups", "dob", "sex", "sen", "fsm",
        "contacts", "case" }
      local pupil = pupils()()
      for _, name in ipairs(names) do
        if pcall(function() return pupil[name] end) then print(name) end
      end]])
  end)

  local granted = {
    { "registers", "" }, { "pupil.upn", "upn" }, { "pupil.name", "name surname forename" },
    { "pupil.groups", "year form groups" }, { "pupil.dob", "dob" }, { "pupil.sex", "sex" },
    { "sensitive", "sen fsm" }, { "contacts", "contacts" }, { "cases", "case" },
  }
  for _, case in ipairs(granted) do
    it(("with %s is: %s"):format(case[1], case[2]), function()
      plugin("mine", "")
      local got = w:json(("plugin try fields.lua --reads %s"):format(case[1]) .. plugins.day)
      assert.equal(case[2], table.concat(got.output, " "))
    end)
  end

  it("with pupil.groups is of further columns what the settings name, and with sensitive all", function()
    plugin("mine", "")
    w:file("more.csv", "upn,surname,forename,form,House,social-worker\nA1,Byron,Ada,5A,Red,Mr Reed\n")
    w:ok "import pupils more.csv --now 2026-03-18T10:00Z"
    w:file("groups.lua", 'local p = pupils()() for name, value in pairs(p.groups) do print(name, value) end')
    local function shown(reads)
      return w:json(("plugin try groups.lua --reads %s"):format(reads) .. plugins.day).output
    end
    assert.same({}, shown "pupil.groups")
    assert.same({ "House\tRed", "social-worker\tMr Reed" }, shown "pupil.groups,sensitive")
    plugins.use(w, 'use "england" use "mine" groups { "house" }')
    assert.same({ "House\tRed" }, shown "pupil.groups")
    plugins.use(w, 'use "england" use "mine" groups { "Social Worker", "House" }')
    assert.same({ "House\tRed", "social-worker\tMr Reed" }, shown "pupil.groups")
  end)

  it("is named by the error, with what to add", function()
    plugin("mine", 'reads = { "registers" }', { ["init.lua"] = plugins.map,
      ["steps/visit.lua"] = plugins.visit "pupil.name" })
    assert.truthy(plugins.failures(w):find(
      'mine/steps/visit.lua:3: pupil.name was not granted; add "pupil.name" to reads in plugin.lua', 1, true))
  end)

  it("is named with the plugin's line for the case, too", function()
    plugin("mine", 'reads = { "registers" }', { ["init.lua"] = plugins.map, ["steps/visit.lua"] = [[
      return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
        if #case:entries() > 0 then return nil end
      end }]] })
    local err = plugins.failures(w)
    assert.truthy(err:find('mine/steps/visit.lua:2: pupil.case was not granted; add "cases" to reads', 1, true), err)
  end)

  it("is never registers that were not granted, counted as if nothing was there", function()
    plugin("mine", "")
    w:file("count.lua", "for pupil in pupils() do print(pupil:rate()) end")
    local got = w:json("plugin try count.lua --reads pupil.upn" .. plugins.day)
    assert.equal("failed", got.verdict)
    assert.truthy(got.message:find("give it with: --reads registers", 1, true), got.message)
  end)

  it("is all that is sent: the record has nothing else", function()
    local store = opener.open(w.dir, "read").store
    local codes = core.codes(store:codes())
    local function sent(fields) return (assert(store:batches { as_of = "2026-03-20", fields = fields })()) end
    local secrets = { "Byron", "Ada", "A1", "5A", "2015", "Milbanke", "01234" }

    local bytes = sent { "registers" }
    for _, secret in ipairs(secrets) do assert.falsy(bytes:find(secret, 1, true), secret) end
    local batch = assert(core.batch(bytes, codes)) -- read with every grant: there is nothing to see
    assert.equal(2, #batch)
    for _, name in ipairs { "upn", "name", "surname", "year", "form", "dob", "sex", "sen", "contacts", "case" } do
      assert(batch[1][name] == nil, name)
    end
    assert.equal("O", (batch[1]:mark("2026-03-16", "AM")))

    local everything = sent()
    for _, secret in ipairs(secrets) do assert.truthy(everything:find(secret, 1, true), secret) end
    local named = assert(core.batch(sent { "pupil.name" }, codes))[1] -- no marks, though read with every grant
    assert.equal("Ada Byron", named.name)
    assert.equal("", (named:mark("2026-03-16", "AM")))
    store:close()
  end)
end)

describe("a school's own plugin", function()
  local function own(manifest, files)
    plugins.clear(w)
    plugin("plan", [[reads = { "registers", "pupil.upn" },
      options = { sessions = { default = 1, type = "integer", least = 1, help = "how many" } }]], {
      ["init.lua"] = [[
      plan = { away = count { name = "away", codes = "O", at_least = config.sessions, weeks = 4 } }
      return { away = plan.away, road_map = { "call", "visit" } }]],
      ["steps/call.lua"] = [[return step { title = "Call", principle = "listen",
        suggest = function(pupil) return pupil:count(plan.away):because "call" end }]],
      ["steps/visit.lua"] = plugins.visit "'visit'" })
    plugin("local", 'extends = "plan", reads = { "registers", "pupil.upn" }, ' .. manifest, files)
    plugins.use(w, 'use "england" use "local"')
  end

  local function steps_of(upn)
    local names = {}
    for _, each in ipairs(plugins.suggested(w)) do names[#names + 1] = each:match("^" .. upn .. " (%S+):") end
    return table.concat(names, " ")
  end

  it("has its parent's road map when it says nothing", function()
    own ""
    assert.equal("call visit", steps_of "A1")
  end)

  it("runs once, though its parent is in use too", function()
    own ""
    plugins.use(w, 'use "england" use "plan" use "local"')
    assert.equal("call visit", steps_of "A1")
  end)

  it("changes an option of its parent", function()
    own "configure = { plan = { sessions = 3 } }"
    assert.equal("call visit", steps_of "A1")
    assert.equal("visit", steps_of "B1")
  end)

  it("leaves the last word to waymark.lua", function()
    own "configure = { plan = { sessions = 3 } }"
    plugins.use(w, 'use "england" use "plan" { sessions = 1 } use "local"')
    assert.equal("call visit", steps_of "B1")
  end)

  it("replaces a step's function and keeps the rest of it", function()
    own("", { ["steps/visit.lua"] = [[
      local often = count { name = "often", codes = "O", at_least = 3, weeks = 4 }
      return parent.steps["visit"]:with {
        suggest = function(pupil) return pupil:count(often):because "often" end }]] })
    assert.same({ "A1 call: call", "A1 visit: often", "B1 call: call" }, plugins.suggested(w))
    assert.truthy(w:ok("plugin info local"):find "visit +Visit +listen +local")
  end)

  it("uses what its parent offers", function()
    own("", { ["steps/visit.lua"] = [[
      return parent.steps.visit:with { suggest = function(pupil)
        return pupil:count(parent.module.away):because "by the parent's rule" end }]] })
    assert.equal("A1 visit: by the parent's rule", plugins.suggested(w)[2])
  end)

  local function with_map(code)
    own("", { ["init.lua"] = "return { road_map = parent.road_map" .. code .. " }",
      ["steps/tea.lua"] = (plugins.visit("'tea'"):gsub('"absent"', '"tea"')) })
  end

  it("adds a step before another, after another, and takes one out", function()
    with_map ':insert_before("visit", "tea")'
    assert.equal("call tea visit", steps_of "A1")
    with_map ':insert_after("visit", "tea")'
    assert.equal("call visit tea", steps_of "A1")
    with_map ':insert_before("call", "tea"):remove("visit")'
    assert.equal("tea call", steps_of "A1")
  end)

  it("names the nearest step when there is none of that name", function()
    for _, code in ipairs { ':insert_before("vist", "tea")', ':insert_after("vist", "tea")', ':remove("vist")' } do
      with_map(code)
      local err = plugins.refusal(w, "plugin info local")
      assert.truthy(err:find('local/init.lua:1: the road map has no step "vist"; did you mean "visit"?', 1, true), err)
    end
  end)

  it("changes nothing for those who use the parent alone", function()
    with_map ':remove("visit")'
    plugins.use(w, 'use "england" use "plan"')
    assert.equal("call visit", steps_of "A1")
  end)

  it("gives a step nothing that no step has", function()
    own("", { ["steps/visit.lua"] = "local s = parent.steps.visit:with { sugest = 1 }\nreturn s" })
    local err = plugins.refusal(w, "plugin info local")
    assert.truthy(err:find('step has no field "sugest"; did you mean "suggest"?', 1, true), err)
  end)
end)

describe("two schools with different road maps", function()
  local both

  setup(function()
    local alder = workspace.registers({ A1 = { ["2026-03-16"] = "O O" }, C1 = { ["2026-03-16"] = "O O" } }, "alder")
    local beech = workspace.registers({ B1 = { ["2026-03-16"] = "O O" } }, "beech"):gsub("^[^\n]*\n", "")
    both = workspace.new { settings = workspace.essex:gsub("school %b{}\n", ""):gsub('use "essex"', "") .. [[
      school { name = "Alder School", key = "alder", use "england", use "one" }
      school { name = "Beech School", key = "beech", use "england", use "two" { word = "two of Beech" } }
    ]], files = {
      ["pupils.csv"] = "school,upn,surname,forename\nalder,A1,Byron,Ada\nbeech,B1,Moss,Ben\nalder,C1,Reed,Cal\n",
      ["marks.csv"] = alder .. beech,
    } }
    for _, name in ipairs { "one", "two" } do
      plugins.write(both, name, ([[reads = { "registers" },
        options = { word = { default = "%s", type = "text", help = "a word" } }]]):format(name), {
        ["init.lua"] = ('return { road_map = { "visit-%s" } }'):format(name),
        [("steps/visit-%s.lua"):format(name)] =
          plugins.visit("config.word"):gsub('"absent"', ('"absent-%s"'):format(name)) })
    end
    both:ok "import pupils pupils.csv --now 2026-03-18T09:00Z"
    both:ok "import marks marks.csv --now 2026-03-18T09:00Z"
  end)
  teardown(function() both:remove() end)

  it("each get the suggestions of their own", function()
    local list = {}
    for i, each in ipairs(both:json("suggest" .. plugins.day)) do
      list[i] = ("%s %s %s %s %s"):format(each.school, each.upn, each.plugin, each.step, each.reason)
    end
    assert.same({ "alder A1 one visit-one one", "beech B1 two visit-two two of Beech",
      "alder C1 one visit-one one" }, list)
  end)

  it("have each a table of steps in the summary", function()
    local _, times = both:ok("suggest" .. plugins.day):gsub("step +principle +suggested", "")
    assert.equal(2, times)
  end)

  it("are explained by their own", function()
    assert.equal("one", both:json("explain A1 visit-one" .. plugins.day).plugin)
    local err = plugins.refusal(both, "explain B1 visit-one" .. plugins.day)
    assert.truthy(err:find('did you mean "visit-two"?', 1, true), err)
  end)

  it("have columns of figures that cannot be mistaken for each other", function()
    for _, name in ipairs { "one", "two" } do
      both:file(("w/plugins/%s/more.lua"):format(name), "")
      both:file(("w/plugins/%s/init.lua"):format(name), ([[
        local same = rolling { name = "same", codes = "O", at_least = 2, weeks = 10 }
        return { road_map = { "visit-%s" } }]]):format(name))
    end
    local seen = {}
    for name in both:ok("figures --format csv" .. plugins.day):match "^[^\n]*":gmatch "[^,]+" do
      assert.falsy(seen[name], "two columns are called " .. name)
      seen[name] = true
    end
  end)
end)
