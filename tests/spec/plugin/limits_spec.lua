-- What a plugin may declare and cause is bounded: over a limit one line names the plugin and it.

local core = require "waymark.core"
local limits = core.sdk "limits"
local plugins = require "tests.support.plugins"
local workspace = require "tests.support.workspace"

local w

setup(function() w = plugins.school() end)
teardown(function() w:remove() end)
before_each(function()
  plugins.clear(w)
  plugins.use(w, 'use "england" use "mine"')
end)

local function rolling(name, n)
  return ('for i = 1, %d do rolling { name = "%s-" .. i, codes = "O", at_least = 1, weeks = 4 } end\n'):format(n, name)
end

local function refused(init, words, files)
  files = files or {}
  files["init.lua"] = init
  plugins.write(w, "mine", 'reads = { "registers", "cases" }, sends = { "note" }', files)
  local err = plugins.refusal(w, "plugin info mine")
  assert.truthy(err:find("^waymark: the plugin mine cannot be used"), err)
  assert.truthy(err:find(words, 1, true) and err:find("; see: waymark help limits", 1, true), err)
end

it("what is declared", function()
  refused('for i = 1, 101 do count { name = "r" .. i, codes = "O", at_least = 1, weeks = 4 } end',
    "mine/init.lua:1: too many: at most 100 rules of a plugin")
  refused(rolling("r", 17), "mine/init.lua:1: too many: at most 16 rules over rolling school weeks of a plugin")
  refused('local map = {} for i = 1, 61 do map[i] = "s" .. i end return { road_map = map }',
    "mine/init.lua: road_map: too many: at most 60 steps of a road map, and as many further ones")
  refused(plugins.map, "outcomes: too many: at most 500 items", { ["steps/visit.lua"] =
    'local many = {} for i = 1, 501 do many[i] = "o" .. i end '
    .. 'return step { title = "T", principle = "listen", outcomes = many }' })
  refused(plugins.map, "records: too many: at most 500 items", { ["steps/visit.lua"] =
    'local many = {} for i = 1, 501 do many["r" .. i] = "text" end '
    .. 'return step { title = "T", principle = "listen", records = many }' })
end)

it("what is as much as may be is taken, and the other way round a step is named", function()
  plugins.write(w, "mine", 'reads = { "registers" }', { ["init.lua"] = rolling("r", 16) .. plugins.map,
    ["steps/visit.lua"] = plugins.visit "'x'" })
  local step = [[
local absent = count { name = "absent", codes = "O", at_least = 1, weeks = 4 }
return step { title = "Visit", principle = "listen", suggest = function(pupil)
  local e, more = pupil:count(absent), {}
  for i = 1, %d do more[i] = e end
  return e:because("x", table.unpack(more)) end }]]
  w:file("w/plugins/mine/steps/visit.lua", step:format(9))
  assert.equal(2, #plugins.suggested(w))
  w:file("w/plugins/mine/steps/visit.lua", step:format(10))
  local err = plugins.failures(w)
  assert.truthy(err:find("the plugin mine 0.3 failed, step visit, for Ada Byron", 1, true), err)
  assert.truthy(err:find("because: too many: at most 10 pieces of evidence of one reason", 1, true), err)
end)

it("rules over rolling school weeks of all plugins together", function()
  local uses = { 'use "england"' }
  for i = 1, 5 do
    plugins.write(w, "many-" .. i, "", { ["init.lua"] = rolling("m" .. i, 16) })
    uses[#uses + 1] = ('use "many-%d"'):format(i)
  end
  plugins.write(w, "mine", 'reads = { "registers" }', { ["init.lua"] = plugins.map,
    ["steps/visit.lua"] = plugins.visit "'x'" })
  plugins.use(w, table.concat(uses, " ") .. ' use "mine"')
  local err = plugins.refusal(w, "figures" .. plugins.day)
  local words = "waymark: the plugins in use, with many-5 the last: too many: at most 64 rules over"
  assert.truthy(err:find(words, 1, true), err)
  w:ok("suggest --dry-run" .. plugins.day) -- nobody is told of them
end)

it("thresholds are told of for a road map and for a hook that asks, and for nobody else", function()
  local function told()
    w:ok("suggest" .. plugins.day)
    return w:json([[sql "SELECT count(*) AS n FROM events WHERE kind = 'threshold.met'
      AND concern LIKE 'quiet%'"]])[1].n
  end
  plugins.write(w, "mine", 'reads = { "registers" }', { ["init.lua"] = plugins.map,
    ["steps/visit.lua"] = plugins.visit "'x'" })
  plugins.write(w, "quiet", "", { ["init.lua"] = rolling("quiet", 2) })
  plugins.use(w, 'use "england" use "quiet" use "mine"')
  assert.equal(0, told())
  plugins.write(w, "quiet", "", { ["init.lua"] = rolling("quiet", 2) .. 'on("threshold.met", function() end)' })
  assert.equal(4, told())
  assert.truthy(w:ok("figures --format csv" .. plugins.day):find("quiet_1", 1, true))
end)

it("notes by a hook in one run", function()
  plugins.write(w, "mine", 'reads = { "registers" }', { ["init.lua"] = 'return { road_map = { "call" } }',
    ["steps/call.lua"] = plugins.visit "'x'" })
  local hook = 'on("suggestion.made", function() local list = {} for i = 1, %d do list[i] = note { text = "n" } end '
    .. "return list end)"
  plugins.use(w, 'use "england" use "mine" use "noter"')
  plugins.write(w, "noter", 'sends = { "note" }', { ["init.lua"] = hook:format(11) })
  local err = w:expect(3, "suggest" .. plugins.day).err
  assert.truthy(err:find("the plugin noter 0.3 failed", 1, true), err)
  assert.truthy(err:find("too many: at most 10 notes and reviews by a plugin for one pupil in one run", 1, true), err)
end)

it("the manual lists each", function()
  local shown, page = w:ok "help limits", workspace.read "plugins/README.md"
  for _, each in ipairs(limits.list) do
    local number = tostring(each[2]):reverse():gsub("(%d%d%d)", "%1,"):reverse():gsub("^,", "")
    assert.truthy(shown:gsub("%s+", " "):find(number .. " " .. each[3], 1, true), each[1])
    assert.truthy(page:find(("| %s | %s |"):format(number, each[3]), 1, true), each[1])
  end
end)
