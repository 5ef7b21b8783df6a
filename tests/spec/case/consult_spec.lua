-- Consulting: a step is asked about one pupil, in its worker: what it works out, what is
-- there, which routes are open, what its documents say. Pupils A1 and B1, Friday 20 March
-- 2026.

local consult = require "waymark.ask.consult"
local core = require "waymark.core"
local find = require "waymark.workspace.find"
local jobs = require "waymark.plugin.worker"
local plugins = require "tests.support.plugins"
local spaces = require "waymark.workspace"

local w

setup(function() w = plugins.school() end)
teardown(function() w:remove() end)

local grants = 'reads = { "registers" }, consults = { "contacts", "cases", "pupil.name" }'

local function visit(text)
  return ('return step { title = "Visit", principle = "listen",\n'
    .. '  records = { served_on = "date", last_day = "date", amount = "number", agreed = { type = "actions" } },\n%s }')
    :format(text)
end

local function write(text, manifest)
  plugins.clear(w)
  plugins.write(w, "mine", manifest or grants, { ["init.lua"] = plugins.map, ["steps/visit.lua"] = visit(text) })
  plugins.use(w, 'use "england" use "mine"')
end

local function ask(what, given, who)
  local space = spaces.open(w.dir, "read", os.time { year = 2026, month = 3, day = 20 }):load_plugins()
  local ok, answer, failure = pcall(function()
    return consult.ask(space, find.pupil(space.store, who or "A1"), "visit", what, given)
  end)
  space:close()
  if not ok then error(answer, 0) end
  return answer, failure
end

describe("a step that is consulted", function()
  it("works out what was not given: 21 days from Monday 16 March 2026 end on Sunday 5 April", function()
    write [[complete = function(pupil, case, fields)
      return { last_day = date.add(fields.served_on, 20), amount = 80, agreed = { { what = "ring", owner = "Sam" } } }
    end]]
    assert.same({ fields = { last_day = "2026-04-05", amount = 80, agreed = { { what = "ring", owner = "Sam" } } } },
      ask("complete", { fields = { served_on = "2026-03-16" } }))
  end)

  it("gives nothing back of what people wrote, however long", function()
    write [[complete = function(pupil, case, fields)
      fields.amount = 80
      return fields
    end]]
    local agreed = { { what = ("ring "):rep(200), owner = "Sam" } }
    assert.same({ fields = { amount = 80 } }, ask("complete", { fields = { agreed = agreed } }))
  end)

  it("is asked in the worker that was begun for it, once", function()
    write "complete = function() return { amount = 80 } end"
    local space = spaces.open(w.dir, "read", os.time { year = 2026, month = 3, day = 20 }):load_plugins()
    local started, start = 0, jobs.start
    finally(function()
      jobs.start = start
      space:close()
    end)
    function jobs.start(limits)
      started = started + 1
      return start(limits)
    end
    local pupil = find.pupil(space.store, "A1")
    consult.begin(space, pupil.school, "2026-03-20")
    consult.begin(space, pupil.school, "2026-03-20")
    for _, wanted in ipairs { 1, 2 } do
      assert.same({ fields = { amount = 80 } }, consult.ask(space, pupil, "visit", "complete"))
      assert.equal(wanted, started)
    end
  end)

  it("says why it cannot be", function()
    write 'complete = function() return nil, "it would be a third notice" end'
    assert.same({ why = "it would be a third notice" }, ask "complete")
  end)

  it("says why it cannot be, and what it would be", function()
    write 'complete = function() return { amount = 160 }, "it would be a third notice" end'
    assert.same({ fields = { amount = 160 }, why = "it would be a third notice" }, ask "complete")
  end)

  it("says what is there and what is missing, as of a day", function()
    write [[checklist = function(pupil)
      return { { item = "marks with a reason", there = pupil:mark("2026-03-16", "AM") == "O", needed = true,
        words = today } }
    end]]
    assert.same({ { item = "marks with a reason", there = true, needed = true, words = "2026-03-18",
      covers = "reasons" } },
      ask("checklist", { on = "2026-03-18" }))
  end)

  it("says which routes are open for a contact of the pupil, and for nobody else", function()
    write [[routes = function(pupil)
      return { { contact = pupil.contacts[1].id, route = "first notice", open = false, from = "2026-05-01" } }
    end]]
    local routes = ask "routes"
    assert.same({ "first notice", false, "2026-05-01" }, { routes[1].route, routes[1].open, routes[1].from })
    write 'routes = function() return { { contact = 999, route = "x", open = true } } end'
    local none, failure = ask "routes"
    assert.is_nil(none)
    assert.same({ "mine", "visit", "it gives a route for 999, who is no contact of the pupil" },
      { failure.plugin, failure.step, failure.message })
  end)

  it("says from which day a route is open, as a day", function()
    for _, from in ipairs { '"soon"', '"2026-02-30"', '""', '"01/05/2026"', "20260501", "{}" } do
      write(('routes = function(pupil)\n  return { { contact = pupil.contacts[1].id, route = "x", open = true, '
        .. 'from = %s } }\nend'):format(from))
      local none, failure = ask "routes"
      assert.is_nil(none)
      assert.truthy(failure.message:find("routes, item 1: from should be a ", 1, true), failure.message)
    end
  end)

  it("fills a document with texts of up to 16 KiB", function()
    write 'fills = function() return { a = ("half a day; "):rep(1000) } end'
    assert.equal(12000, #ask("fills").a)
    write 'fills = function() return { a = ("half a day; "):rep(2000) } end'
    assert.truthy(select(2, ask "fills").message:find("a should be a text of at most 16384 bytes", 1, true))
  end)

  it("fills the words of its documents from an entry", function()
    write 'fills = function(pupil, case, entry) return { note = entry.note, who = pupil.name } end'
    w:ok "record A1 visit --note 'spoke at the door' --on 2026-03-20 --now 2026-03-20T17:00Z"
    local id = w:json("sql \"SELECT max(id) AS id FROM event WHERE kind = 'entry.recorded'\"")[1].id
    assert.same({ note = "spoke at the door", who = "Ada Byron" }, ask("fills", { entry = id }))
  end)

  it("gives nothing where it has no such function", function()
    write 'about = "nothing"'
    assert.same({ { fields = {} }, {}, {}, {} }, { ask "complete", ask "checklist", ask "routes", ask "fills" })
  end)

  it("has its texts made safe to be shown", function()
    write 'fills = function() return { a = "\\27[2J\\u{202E}x" } end'
    assert.equal("\\x1B[2J\\u{202E}x", ask("fills").a)
  end)
end)

describe("what a step works out for an entry", function()
  local at = " --on 2026-03-20 --now 2026-03-20T17:00Z"

  local function recorded(fields)
    write(("complete = function() return { %s } end"):format(fields))
    local said = w:run("record A1 visit" .. at)
    local body = w:json "sql \"SELECT body FROM entry WHERE event = (SELECT max(event) FROM entry)\""[1].body
    return said, core.decode(body).fields
  end

  it("is an action with each part in its place", function()
    local said, fields = recorded 'agreed = { { what = "ring; visit", owner = "Sam", by = "2026-04-10" } }'
    assert.same({ 0, { { what = "ring, visit", owner = "Sam", by = "2026-04-10" } } }, { said.status, fields.agreed })
  end)

  it("keeps nothing from being recorded where it is of no use, and says whose fault it is", function()
    for more, words in pairs {
      ['last_day = "soon"'] = 'Visit: last_day: "soon" is not a date',
      ['amount = "many"'] = 'Visit: amount: "many" is not a number',
      ['agreed = { { what = "ring", by = "2026-04-10" } }'] = 'agreed: "ring; ; 2026-04-10" is not an action',
    } do
      local said, fields = recorded('served_on = "2026-03-16", ' .. more)
      assert.equal(3, said.status, said.err)
      assert.truthy(said.out:find("Recorded for Ada Byron: Visit", 1, true), said.out)
      assert.truthy(said.err:find("the plugin mine 0.3 failed, step visit, for Ada Byron: ", 1, true), said.err)
      assert.truthy(said.err:find(words, 1, true), said.err)
      assert.same({}, fields or {})
    end
  end)

  it("is said in words where it cannot be", function()
    write 'complete = function() return nil, " " end'
    assert.truthy(select(2, ask "complete").message:find("should be said in words", 1, true))
  end)
end)

describe("a road map that cannot be used", function()
  it("is named by every command that asks it, and what is wrong", function()
    write "about = 3"
    for _, line in ipairs { "record A1 visit", "explain A1 visit", "letter A1 paper", "today" } do
      local err = w:expect(1, line .. " --now 2026-03-20T17:00Z").err
      assert.truthy(err:find("the plugin mine cannot be used (failed): mine/steps/visit.lua", 1, true), err)
    end
  end)
end)

describe("what a step sees when it is consulted", function()
  it("is what reads and consults grant", function()
    write 'fills = function(pupil) return { a = pupil.name, b = pupil.contacts[1].surname } end'
    assert.same({ a = "Ada Byron", b = "Milbanke" }, ask "fills")
    write 'fills = function(pupil) return { a = pupil.dob } end'
    assert.truthy(select(2, ask "fills").message:find('pupil.dob was not granted', 1, true))
  end)

  it("is less when everybody is looked at: consults are not sent then", function()
    write [[suggest = function(pupil) return pupil.name and nil end,
      checklist = function(pupil) return { { item = pupil.name, there = true } } end]]
    assert.equal("Ada Byron", ask("checklist")[1].item)
    assert.truthy(plugins.failures(w):find("pupil.name was not granted", 1, true))
  end)
end)

describe("a step that cannot be consulted", function()
  for body, words in pairs {
    ['error "boo"'] = "mine/steps/visit.lua:3: boo",
    ["return 3"] = "checklist should give a list, not a number",
    ["return { {} }"] = "mine/steps/visit.lua: checklist, item 1: item should be a text of at most 500 bytes, in UTF-8",
    ["while true do end"] = "used more than 20000000 instructions in one call",
    ["return wrng()"] = "attempt to call a nil value (global 'wrng')",
  } do
    it("is a failure with its place: " .. body, function()
      write(("checklist = function() %s end"):format(body))
      local answer, failure = ask "checklist"
      assert.is_nil(answer)
      assert.truthy(failure.message:find(words, 1, true), failure.message)
      assert.same({ "mine", "visit", "Ada Byron" }, { failure.plugin, failure.step, failure.name })
      assert.truthy(tostring(failure):find("the plugin mine could not be asked (", 1, true))
    end)
  end
end)
