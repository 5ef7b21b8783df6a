-- What a plugin keeps in its variables, or writes into whatever it can reach, stays with the
-- school that it looked at.

local declared = require "waymark.plugin"
local jobs = require "waymark.plugin.worker"
local plugins = require "tests.support.plugins"
local spaces = require "waymark.workspace"
local workspace = require "tests.support.workspace"

-- Walks over every table that a plugin reaches, by fields, keys and metatables, and writes the
-- school's key into each; a table that has another's is shared.
local WALK = [[
local mark = "\1school"

local function walk(school, roots)
  local seen, n = {}, 0
  local function visit(value, path)
    if type(value) ~= "table" or seen[value] then return end
    seen[value], n = true, n + 1
    local was = rawget(value, mark)
    if was and was ~= school then error(path .. " came from " .. was .. " to " .. school, 0) end
    for key, each in next, value do
      visit(key, path .. " key")
      visit(each, path .. "." .. tostring(key))
    end
    visit(getmetatable(value), path .. " metatable")
    rawset(value, mark, school)
  end
  visit(roots, "it")
  return n
end
return { walk = walk }
]]

local STEP = [[
local away = count { name = "walker-away", codes = "O", at_least = 1, weeks = 4 }
local step_of = step
local map = parent.road_map
return step { title = "Look", principle = "listen", when = { away, recorded "look" },
  suggest = function(pupil, case)
    local evidence = pupil:count(away)
    local reason = evidence:because("x")
    reason.concern = pupil.upn
    local fine = { pcall(function() return parent.steps["absence-callback"] end) }
    local walk = require "walker.walk".walk
    local n = walk(pupil.school.key, { env = _G, string = string, config = config, parent = parent,
      parent_step = fine, map = map, metatable = getmetatable(parent.steps), pupil.contacts, pupil.school, case,
      case:entries(), evidence:sessions(), reason, recorded "look", school_weeks(2), date, on, mail,
      note { text = "x" }, staff "head", contacts { lives_with = true }, require "england", require "essex" })
    reason.words = n > 100 and "over 100 tables" or n .. " tables"
    return reason
  end }
]]

local HOOK = [[
local heard = {}
on("suggestion.made", function(event, pupil)
  heard[#heard + 1] = event.school
  local walk = require "walker.walk".walk
  local n = walk(event.school, { env = _G, event = event, contacts = pupil.contacts, config = config })
  for _, school in ipairs(heard) do
    if school ~= event.school then error("heard at " .. event.school .. " of " .. school, 0) end
  end
  return note { text = n .. " tables" }
end)
return { road_map = { "look" } }
]]

local w

setup(function()
  local school = workspace.essex:match "(year .*)use \"england\""
  w = workspace.new { settings = [[
    school { name = "Alder School", key = "alder" }
    school { name = "Beech School", key = "beech" }
    staff { head = "Jo Marsh <jo@alder.example>" }
    use "england" use "walker" { words = { "a", "b" }, long = school_weeks(3) }
  ]] .. school, files = {
    ["pupils.csv"] = "school,upn,surname,forename\nalder,A1,Byron,Ada\nbeech,B1,Moss,Ben\nalder,C1,Reed,Cal\n",
    ["contacts.csv"] = "school,upn,forename,surname,relationship\nalder,A1,Annabella,Milbanke,mother\n"
      .. "beech,B1,Tom,Moss,father\n",
    ["marks.csv"] = workspace.registers({ A1 = { ["2026-03-16"] = "O O" }, C1 = { ["2026-03-16"] = "O O" } }, "alder")
      .. workspace.registers({ B1 = { ["2026-03-16"] = "O O" } }, "beech"):gsub("^[^\n]*\n", ""),
  } }
  plugins.write(w, "walker", [[api = 3, extends = "essex", requires = { "england" }, sends = { "note" },
    reads = { "registers", "cases", "contacts", "pupil.upn" }, options = {
      words = { default = {}, type = "list", help = "words" },
      more = { default = { "c" }, type = "list", help = "words" },
      long = { default = calendar_days(3), type = "duration", help = "how long" } }]],
    { ["walk.lua"] = WALK, ["init.lua"] = HOOK, ["steps/look.lua"] = STEP })
  for _, kind in ipairs { "pupils", "contacts", "marks" } do
    w:ok(("import %s %s.csv --now 2026-03-18T09:00Z"):format(kind, kind))
  end
end)
teardown(function() w:remove() end)

it("nothing that a step or a hook reaches is another school's", function()
  local list = w:json("suggest --workers 1" .. plugins.day) -- and the hooks, in the same command
  assert.equal(3, #list)
  for _, each in ipairs(list) do assert.equal("over 100 tables", each.reason) end
  assert.equal(3, w:json [[sql "SELECT count(*) AS n FROM events WHERE kind = 'entry.noted'"]][1].n)
end)

it("a worker that begins anew for a school does not check again what the host knows already", function()
  local space = spaces.open(w.dir, "read"):load_plugins()
  finally(function() space:close() end)
  local map, batches = space:map_for_school "beech", {}
  local set = declared.load_set("essex", space.context) -- as it comes with Waymark
  for i, school in ipairs { "alder", "beech" } do
    local next_block, _, _, closer = assert(space.store:batches { as_of = "2026-03-17", school = school,
      fields = declared.granted(set) })
    local _ <close> = closer
    batches[i] = next_block()
  end
  -- Instructions of a worker that declares, or is asked about the first so many schools.
  local function spent(schools)
    local job <close> = schools and assert(jobs.open("evaluate", { set = set, options = map.options,
      granted = declared.granted(set), today = "2026-03-17", codes = space.store:codes(), profile = true }))
      or assert(jobs.start(jobs.declare_limits))
    local request = jobs.request(set, map.options, "2026-03-17")
    request.kind, request.codes = "declare", space.store:codes()
    if not schools then assert(jobs.load(job, request, jobs.declare_limits)) end
    for i = 1, schools or 0 do assert(jobs.answer(job, "batch", batches[i], "suggested")) end
    return job:finish().instructions
  end
  local declaring, loading, one, two = spent(), spent(0), spent(1), spent(2)
  assert.is_true(loading < declaring / 2 and two - one < declaring / 2)
end)

it("what a plugin writes into its options is not what is shown of them", function()
  w:file("w/plugins/walker/more.lua", 'config.more, config.words[1] = { "ours" }, "theirs"')
  w:file("w/plugins/walker/init.lua", 'require "walker.more" return { road_map = { "look" } }')
  local shown = w:ok "plugin options walker"
  assert.falsy(shown:find("theirs", 1, true) or shown:find("ours", 1, true), shown)
end)

describe("a step that keeps something from pupil to pupil", function()
  local school

  setup(function()
    school = plugins.school()
    plugins.use(school, 'use "england" use "mine"')
  end)
  teardown(function() school:remove() end)

  -- The step, with `before` outside of it and `inside` what it gives as its reason; -> what suggest said
  local function step_of(before, inside, gate)
    plugins.write(school, "mine", 'reads = { "registers", "pupil.upn" }', { ["init.lua"] = plugins.map,
      ["steps/visit.lua"] = ([[
local absent = count { name = "absent", codes = "O", at_least = 1, weeks = 4 }
%s
return step { title = "Visit", principle = "listen", suggest = function(pupil)
  local e = pupil:count(absent)
  %s
end, gate = %s }
]]):format(before, inside, gate or "nil") })
    return school:run("suggest --format json --dry-run" .. plugins.day)
  end

  local words = "steps/visit.lua: asked again about the same pupil it answers otherwise; keep nothing"

  for name, case in pairs {
    ["a count that it waits for"] = { "local n = 0", 'n = n + 1 if n > 2 then return e:because "x" end' },
    ["a count in its words"] = { "local n = 0", 'n = n + 1 return e:because("number " .. n)' },
    ["a list of those before"] = { "local seen = {}",
      'seen[#seen + 1] = 1 if #seen == 2 then return e:because "x" end' },
    ["a gate that counts"] = { "local n = 0", 'return e:because "x"',
      'function() n = n + 1 if n > 1 then return "later" end end' },
    ["what it answered once, and says again"] = { "local told, last = {}, ''",
      'told[pupil.upn] = told[pupil.upn] or "after " .. last last = pupil.upn return e:because(told[pupil.upn])' },
    ["chance"] = { "", 'return e:because("x" .. math.random(1 << 40))' },
  } do
    it("is said by plugin check, and by suggest and explain alike: " .. name, function()
      local r = step_of(table.unpack(case))
      assert.equal(3, r.status)
      assert.equal("[]", (r.out:gsub("%s", "")))
      assert.truthy(r.err:find("mine/" .. words, 1, true), r.err)
      for _, upn in ipairs { "A1", "B1" } do
        local explained = school:run("explain " .. upn .. " visit" .. plugins.day)
        if explained.status == 0 then assert.falsy(explained.out:find("It is suggested", 1, true), explained.out) end
      end
      local checked = school:expect(1, "plugin check mine").out
      assert.truthy(checked:find("plugins/mine/steps/visit.lua:1: asked again", 1, true), checked)
    end)
  end

  it("is told that its gate says no words, by suggest and explain alike", function()
    local told = "the gate should return nil when nothing holds the step back, or why it does, in words; not 7"
    assert.truthy(step_of("", 'return e:because "x"', "function() return 7 end").err:find(told, 1, true))
    local explained = school:run("explain A1 visit" .. plugins.day)
    assert.truthy((explained.out .. explained.err):find(told, 1, true), explained.out .. explained.err)
  end)

  it("is fine when it keeps what is so of every pupil", function()
    local r = step_of("local names = {}", 'names[pupil.upn] = names[pupil.upn] or "x" .. #pupil.upn '
      .. "return e:because(names[pupil.upn])")
    assert.same({ 0, "" }, { r.status, r.err })
    assert.truthy(school:ok "plugin check mine":find("nothing to mend", 1, true))
  end)

  it("changes nothing of the pupil and the case that the next step is given", function()
    local absent = 'local absent = count { name = "absent%s", codes = "O", at_least = 1, weeks = 4 }'
    plugins.write(school, "mine", 'api = 3, reads = { "registers", "cases", "contacts", "pupil.upn" }', {
      ["init.lua"] = 'return { road_map = { "spoil", "visit" } }',
      ["steps/spoil.lua"] = absent:format "-too" .. [[
        return step { title = "Spoil", principle = "listen", suggest = function(pupil, case)
          for _, contact in ipairs(pupil.contacts) do contact.forename = "Nobody" end
          for i in ipairs(pupil.case) do pupil.case[i] = nil end
          case:entries() case.list = { { step = "visit", kind = "recorded", on = "2026-03-16" } }
          return nil
        end }]],
      ["steps/visit.lua"] = absent:format "" .. [[
        return step { title = "Visit", principle = "listen", suggest = function(pupil, case)
          local who = pupil.contacts[1]
          return pupil:count(absent):because((who and who.forename or "nobody") .. " " .. #case:entries())
        end }]] })
    assert.same({ "A1 visit: Annabella 0", "B1 visit: nobody 0" }, plugins.suggested(school))
  end)

  it("does not change the step, which stays as it was made", function()
    local visit = "local visit visit = %s return visit"
    local inside = 'rawset(visit, "gate", function() return "no" end) rawset(visit, "suggest", nil) %s '
      .. 'return pupil:count(absent):because "x"'
    local function write(change)
      plugins.write(school, "mine", 'reads = { "registers" }', { ["init.lua"] = plugins.map, ["steps/visit.lua"] =
        'local absent = count { name = "absent", codes = "O", at_least = 1, weeks = 4 }\n' .. visit:format(
          ('step { title = "Visit", principle = "listen", suggest = function(pupil) %s end }'):format(
            inside:format(change))) })
    end
    write ""
    assert.same({ "A1 visit: x", "B1 visit: x" }, plugins.suggested(school))
    write "visit.suggest = nil"
    local err = plugins.failures(school)
    assert.truthy(err:find("mine/steps/visit.lua:2: a step stays as it was made; take a changed copy: step:with", 1,
      true), err)
  end)
end)

describe("a step is held to", function()
  local school

  setup(function()
    school = plugins.school()
    plugins.use(school, 'use "england" use "mine"')
  end)
  teardown(function() school:remove() end)

  it("reasons that keep their evidence and say something", function()
    for reason, wanted in pairs {
      ['"x" if r then r.evidence = {} end'] = "a reason rests on evidence; leave it as because made it",
      ['"x" if r then r.concern = "a\\nb" end'] = "the concern should say what it is about, in one line",
      ['" "'] = "because takes the reason in words",
      ['"x" if true then return r end end, gate = function() do return "" end'] =
        'or why it does, in words; not the text ""',
    } do
      plugins.write(school, "mine", 'reads = { "registers" }', { ["init.lua"] = plugins.map, ["steps/visit.lua"] = ([[
local absent = count { name = "absent", codes = "O", at_least = 1, weeks = 4 }
return step { title = "Visit", principle = "listen", suggest = function(pupil)
  local r = pupil:count(absent):because %s return r end }]]):format(reason) })
      local err = plugins.failures(school)
      assert.truthy(err:find("mine/steps/visit.lua", 1, true) and err:find(wanted, 1, true), err)
    end
  end)

  it("names and titles that people can read, where they are declared", function()
    for fields, wanted in pairs {
      ['title = ""'] = 'title: "" should be one line of at most 200 bytes',
      ['title = "a\\27[2J"'] = [[title: "a\x1B[2J" should be one line of at most 200 bytes]],
      ['title = "T", about = ("x"):rep(1e6)'] = ('about: "%s" should be one line of at most 2000 bytes'):format(
        ("x"):rep(40)),
      ['title = "T", records = { ["a\\nb"] = "text" }'] = [[records: "a\x0Ab" should be one line of at most 100 bytes]],
      ['title = "T", outcomes = { "a\\nb" }'] = [[outcomes: "a\x0Ab" should be one line of at most 100 bytes]],
    } do
      plugins.write(school, "mine", 'reads = { "registers" }', { ["init.lua"] = plugins.map,
        ["steps/visit.lua"] = ('return step { principle = "listen", %s }'):format(fields) })
      assert.equal("waymark: the plugin mine cannot be used (failed): mine/steps/visit.lua: step: " .. wanted .. "\n",
        plugins.refusal(school, "plugin info mine"))
    end
  end)

  it("the same of plugin.lua and the short list of reasons", function()
    for manifest, wanted in pairs {
      ['version = "1\\n2"'] = [[mine/plugin.lua:1: "version": "1\x0A2" should be one line of at most 200 bytes]],
      ['title = ("x"):rep(201)'] = "should be one line of at most 200 bytes",
      ['options = { ["a\\27"] = { default = 1, help = "x" } }'] = [[options: "a\x1B" should be one line of]],
      ['options = { [1] = { default = 1 }, a = { default = 1 } }'] = "options: 1 should be one line of at most 200",
      ['options = { a = { default = 1, help = "\\27" } }'] = [[option "a": help: "\x1B" should be one line]],
      ['title = "T"'] = [[mine/init.lua: reasons: item 1: "b\x1B" should be one line of at most 200 bytes]],
    } do
      plugins.write(school, "mine", 'reads = { "registers" }, ' .. manifest, {
        ["init.lua"] = 'return { road_map = {}, reasons = { { "a", "b\\27" } } }' })
      local err = plugins.refusal(school, "plugin info mine")
      assert.truthy(err:find(wanted, 1, true), err)
    end
  end)
end)
