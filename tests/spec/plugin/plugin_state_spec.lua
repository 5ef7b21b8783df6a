-- A plugin, or one step of it, that fails run after run is switched off, and says so, until a
-- person has looked.

local core = require "waymark.core"
local jobs = require "waymark.plugin.worker"
local liar = require "tests.support.liar"
local plugins = require "tests.support.plugins"
local plugin_states = require "waymark.store.plugin_states"
local state = require "waymark.plugin.state"
local space_module = require "waymark.workspace"
local suggest_room = require "waymark.suggest"

local w

local MAP = [[
away = count { name = "away", codes = "O", at_least = 1, weeks = 4 }
return { away = away, road_map = { "visit" } }]]

local function step_does(body)
  plugins.clear(w)
  plugins.use(w, 'use "england" use "local"')
  plugins.write(w, "local", 'reads = { "registers" }', { ["init.lua"] = MAP, ["steps/visit.lua"] = ([[
local away = require "local".away
return step { title = "Title", principle = "listen", suggest = function(pupil)
%s
return pupil:count(away):because "away" end }]]):format(body) })
end

local function suggest(options) return w:run("suggest --format json " .. (options or "") .. plugins.day) end

local function enable(name)
  local space = space_module.open(w.dir, "write", core.system.time "2026-03-22T09:00Z")
  local was_off
  space:change(false, function() was_off = state.enable(space, name, "Sam") end)
  space:close()
  return was_off
end

before_each(function() w = plugins.school() end)
after_each(function() w:remove() end)

local LOOP = "while true do end"
local OFF = "waymark: the step visit of the plugin local is switched off since 2026-03-21, because it failed "
  .. "3 times in a row (used more than 20000000 instructions in one call at local/steps/visit.lua:3); when it "
  .. "is mended: waymark plugin enable local\n"

describe("a step that is left out", function()
  it("is switched off after the third run in a row, with the reason", function()
    step_does(LOOP)
    for _ = 1, 3 do
      local r = suggest()
      assert.equal(3, r.status)
      assert.truthy(r.err:find("failed (over-budget), step visit", 1, true), r.err)
    end
    step_does "" -- mended, but nobody has said so
    local r = suggest()
    assert.same({ 3, OFF, "[]\n" }, { r.status, r.err, r.out })
    assert.same({}, core.decode(w:ok 'sql "SELECT id FROM event" --format json'))
  end)

  it("is told of by today and plugin list, too, from its first failure on", function()
    step_does(LOOP)
    suggest()
    local said = "waymark: the step visit of the plugin local failed in the last run (used more than 20000000 "
      .. "instructions in one call at local/steps/visit.lua:3); after 3 in a row it is switched off\n"
    assert.equal(said, w:run("today" .. plugins.day).err)
    assert.equal(said, w:run "plugin list".err)
    for _ = 1, 2 do suggest() end
    assert.equal(OFF, w:run("today" .. plugins.day).err)
  end)

  it("works again once a person has switched it on", function()
    step_does(LOOP)
    for _ = 1, 3 do suggest() end
    step_does ""
    assert.is_true(enable "local")
    assert.is_false(enable "local")
    local r = suggest()
    assert.same({ 0, "" }, { r.status, r.err })
    assert.equal(2, #core.decode(r.out))
  end)

  it("is not switched off by runs that were not recorded, nor when one between worked", function()
    step_does(LOOP)
    for _ = 1, 4 do suggest "--dry-run" end
    suggest()
    suggest()
    step_does ""
    assert.equal(0, suggest().status)
    step_does(LOOP)
    suggest()
    suggest()
    assert.truthy(suggest "--dry-run".err:find("failed (over-budget)", 1, true))
  end)

  it("is not switched off because it fails for a pupil", function()
    step_does 'error "boo"'
    for _ = 1, 4 do assert.truthy(suggest().err:find("boo", 1, true)) end
  end)
end)

describe("a machine that starts no worker", function()
  it("switches nothing off, however often it is met", function()
    step_does ""
    w:ok("today" .. plugins.day) -- what the plugins declare is known from here on
    for _ = 1, 4 do
      local r = w:run("suggest --format json" .. plugins.day, "ulimit -s 64 &&")
      assert.same({ 3, "[]\n" }, { r.status, r.out })
      assert.truthy(r.err:find("plugins cannot be run safely on this machine", 1, true), r.err)
      assert.falsy(r.err:find("switched off", 1, true), r.err)
    end
    assert.same({}, core.decode(w:ok 'sql "SELECT id FROM plugin_state" --format json'))
    assert.equal(0, suggest().status)
  end)

  it("has switched nothing off that an older Waymark took for the plugin's own fault", function()
    step_does ""
    local space = space_module.open(w.dir, "write", core.system.time "2026-03-20T09:00Z")
    space:change(false, function()
      for _ = 1, 3 do
        state.failed(space, "local", "plugins cannot be run safely on this machine: memory limit")
        plugin_states.add(space.store, space.now, "local", "off", "not JSON: unable to decode byte 0xc9")
      end
    end)
    space:close()
    local r = suggest()
    assert.same({ 0, "" }, { r.status, r.err })
    assert.truthy(#r.out > 10, r.out)
  end)
end)

describe("a machine that has no processor for a worker", function()
  it("switches nothing off, and names no step", function()
    step_does ""
    local starving, opened = liar.new(), jobs.open
    local space = space_module.open(w.dir, "write", core.system.time "2026-03-20T09:00Z")
    finally(function()
      jobs.open = opened
      space:close()
      starving:remove()
    end)
    function jobs.open() return starving:starved { wall = 1 } end
    for _ = 1, 3 do
      local failed
      space:change(false, function()
        failed = suggest_room.run(space, space:filter { as_of = "2026-03-16" }, { record = true }).failures
      end)
      assert.same({ 1, "killed", true }, { #failed, failed[1].verdict, failed[1].machine }, failed[1].message)
      assert.is_nil(failed[1].step)
      assert.truthy(failed[1].message:find("this machine is too busy", 1, true), failed[1].message)
    end
    assert.same({}, state.all(space))
  end)
end)

describe("a hook plugin that fails", function()
  it("is switched off after three, keeps its place, and catches up when it is on again", function()
    plugins.use(w, 'use "england" use "local" use "teller"')
    plugins.write(w, "local", 'reads = { "registers" }', { ["init.lua"] = MAP, ["steps/visit.lua"] = [[
local away = require "local".away
return step { title = "Title", principle = "listen",
  suggest = function(pupil) return pupil:count(away):because "away" end }]] })
    local told = 'on("suggestion.made", function(event) %s return note { text = "told" } end)'
    local manifest = 'reads = { "registers" }, sends = { "note" }'
    plugins.write(w, "teller", manifest, { ["init.lua"] = told:format 'error "boo"' })
    for _ = 1, 3 do assert.truthy(suggest().err:find("boo", 1, true)) end
    plugins.write(w, "teller", manifest, { ["init.lua"] = told:format "" })
    local r = suggest()
    assert.equal(3, r.status)
    assert.truthy(r.err:find("the plugin teller is switched off since 2026-03-21", 1, true), r.err)
    assert.truthy(enable "teller")
    assert.equal(0, suggest().status)
    assert.equal(2, #core.decode(w:ok [[sql "SELECT id FROM event WHERE kind = 'entry.noted'" --format json]]))
  end)
end)

describe("a plugin that is not there", function()
  it("is not switched on: the nearest is named", function()
    step_does ""
    assert.equal('waymark: there is no plugin "locla"; did you mean "local"?; look at: waymark plugin list\n',
      w:expect(1, "plugin enable locla --by Sam").err)
    assert.equal("local is not switched off; nothing to do.\n", w:ok "plugin enable local --by Sam")
  end)

  it("can be switched on when it was switched off and taken away since", function()
    step_does(LOOP)
    for _ = 1, 3 do suggest() end
    plugins.clear(w)
    assert.equal("local is switched on again.\n", w:ok "plugin enable local --by Sam")
  end)

  it("is told of by plugin list when waymark.lua uses it", function()
    step_does ""
    plugins.use(w, 'use "england" use "locla"')
    local r = w:run "plugin list"
    assert.same({ 0, 'waymark: waymark.lua uses "locla", and there is no such plugin; did you mean "local"?\n' },
      { r.status, r.err })
  end)
end)
