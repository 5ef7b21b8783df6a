-- The declaration of the API: it is whole, it is what there is, its examples hold, wrong
-- arguments are refused as it says, what is made from it is up to date, level 1 stays.

local core = require "waymark.core"
local examples = require "tests.support.api_examples"
local folder = require "tests.support.folder"
local lfs = require "lfs"
local plugins = require "tests.support.plugins"
local settings = require "waymark.workspace.settings"
local waymark = require "waymark"
local worker = require "tests.support.worker"

package.path = package.path .. ";lua/sdk/?.lua;lua/sdk/?/init.lua"

local api = require "api"
local frozen = require "make.frozen"
local page = require "make.page"
local types = require "make.types"
local types_of = require "make.types_of"
local checks = require "make.checks"

local w

setup(function() w = examples.school() end)
teardown(function() w:remove() end)

local function sorted(set)
  local names = {}
  for name in pairs(set) do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function methods_declared(object)
  local names = {}
  for entry in api.each() do
    local name = entry.name:match("^" .. object .. ":(.+)$")
    if name then names[name] = true end
  end
  return sorted(names)
end

local function entry_of(name, kind)
  for entry in api.each() do
    if entry.name == name and (not kind or entry.kind == kind) then return entry end
  end
end

local function fields_declared(name, kind)
  local names, entry = {}, entry_of(name, kind)
  for _, field in ipairs(entry.form or entry.fields) do names[field[1]] = true end
  return names
end

describe("the declaration", function()
  it("says of everything what it is, in which words, and gives an example", function()
    for entry in api.each() do
      assert.truthy(entry.text and entry.text:find "%.$", entry.name)
      assert.truthy(entry.example, entry.name .. " has no example")
      assert.truthy(entry.run, entry.name)
      assert.truthy(entry.gives or not entry.takes, entry.name)
      for _, each in ipairs(entry.takes or {}) do assert.truthy(each[1]:find "^[%l_]+$", entry.name) end
    end
  end)

  it("has no type that is not there", function()
    local known = types_of.known(api)
    for entry in api.each() do
      for _, list in ipairs { entry.takes or {}, entry.form or {}, entry.fields or {} } do
        for _, each in ipairs(list) do types_of.luals((each[2]:gsub("%.%.%.$", "")), known) end
      end
      for _, each in ipairs(entry.gives or {}) do types_of.luals(type(each) == "table" and each[1] or each, known) end
    end
    assert.has_error(function() types_of.luals("list of pupli", known) end)
  end)

  it("has a name once in a subject, but for an object and what makes it", function()
    local seen = {}
    for entry in api.each() do
      local key = entry.subject .. " " .. entry.name .. (entry.class and " (object)" or "")
      assert.falsy(seen[key], key)
      seen[key] = true
    end
  end)
end)

describe("an example of the manual holds:", function()
  for entry in api.each() do
    it(entry.name .. (entry.class and " (object)" or ""), function() examples.run(w, entry) end)
  end

  it("and one that is wrong would be found", function()
    local function wrong(run, text)
      assert.has_error(function() examples.run(w, { run = run, example = text }) end)
    end
    wrong("step", 'pupil.form    --> "5B"')
    wrong("load", 'date.add("2026-03-20", 3)    --> "2026-03-22"')
    wrong("hook", 'on("suggestion.made", function() end) return { road_map = { "shown" } }')
    wrong("script", 'error "no"')
    wrong("library", 'waymark.open(".").plugins.england.national.at_least    --> 11')
    wrong("settings", "yeer {}")
    wrong("manifest", "return {}")
    wrong("template", "{{nobody}}")
  end)
end)

-- What there is ------------------------------------------------------------------------

-- The names that a plugin's file finds in the worker, as the plugin itself tells them.
local function names_in_worker()
  local probe = [[
local list = {}
for name, value in pairs(_ENV) do
  list[#list + 1] = { name, type(value) }
  for inner in pairs(type(value) == "table" and name ~= "config" and value or {}) do
    list[#list + 1] = { name .. "." .. tostring(inner), "inner" }
  end
end
return { reasons = list }]]
  local function files(name, rest, init)
    return { ["plugin.lua"] = ('return { name = "%s", version = "1", api = 2, %s }'):format(name, rest),
      ["init.lua"] = init }
  end
  local job <close> = assert(worker.start())
  local kind, answer = worker.ask(job, "load", { kind = "declare", today = "2026-03-20", codes = {}, plugins = {
    { name = "base", files = files("base", "", "return {}") },
    { name = "probe", files = files("probe", 'extends = "base"', probe) } } })
  assert(kind, core.encode(answer))
  local names = {}
  for _, row in ipairs(assert(answer.reasons, core.encode(answer))) do names[row.code] = true end
  return names
end

local function add_library(names, entry)
  for _, name in ipairs(entry.names) do names[entry.name == "_G" and name or entry.name .. "." .. name] = true end
  if entry.name ~= "_G" then names[entry.name] = true end
end

describe("what there is, is declared, and the other way round:", function()
  it("the names in a plugin's files, in the worker", function()
    local names = { date = true }
    for entry in api.each() do
      local there = entry.where == "plugin" and entry.kind ~= "method" and entry.name ~= "today"
      if entry.names then
        add_library(names, entry)
      elseif there and (entry.takes or entry.type) then
        names[entry.name] = true
      end
    end
    for field in pairs(fields_declared("parent", "class")) do names["parent." .. field] = true end
    assert.same(sorted(names), sorted(names_in_worker()))
  end)

  it("the methods of every object", function()
    core.sdk "pupil"
    core.sdk "evidence"
    local step, road_map = core.sdk("step").new { title = "V", principle = "listen" }, core.sdk("step").road_map {}
    local opened <close> = setmetatable({ w = waymark.open(w.dir) }, { __close = function(it) it.w:close() end })
    local found = {
      pupil = core.pupil_methods, evidence = core.evidence_methods,
      calendar = debug.getregistry()["waymark.calendar"].__index,
      case = debug.getmetatable(core.sdk("case").of {}).__index,
      step = getmetatable(core.sdk("step").fields(step)).__index,
      road_map = debug.getmetatable(road_map).__index, waymark = getmetatable(opened.w).__index,
    }
    for object, methods in pairs(found) do assert.same(methods_declared(object), sorted(methods), object) end
  end)

  it("the names in a script", function()
    local opened = waymark.open(w.dir)
    finally(function() opened:close() end)
    local names, there = { date = true }, waymark.environment(opened, true)
    for entry in api.each() do
      local mine = entry.where == "script" and entry.run ~= "library" or entry.script
      if mine and (entry.kind == "function" or entry.kind == "constructor") and not entry.name:find "%." then
        names[entry.name] = true
      end
    end
    for plugin in pairs(opened.plugins) do names[(plugin:gsub("%-", "_"))] = true end
    assert.same(sorted(names), sorted(there))
  end)

  it("the words of the settings", function()
    local check = core.sdk "check"
    local real, words = check.names, nil
    check.names = function(set) -- what the settings choose the nearest word from
      words = words or set
      return real(set)
    end
    finally(function() check.names = real end)
    settings.evaluate "x"
    local names = {}
    for entry in api.each() do
      if entry.where == "settings" or entry.subject == "durations" and entry.takes then names[entry.name] = true end
    end
    assert.same(sorted(names), sorted(words))
  end)

  it("the fields of a pupil and of evidence, of which C knows some", function()
    local function in_source(path, ...)
      local text, names = folder.read(path), {}
      for _, pattern in ipairs { ... } do
        for name in text:gmatch(pattern) do names[name] = true end
      end
      return names
    end
    local pupil = in_source("core/script/lua_pupil.c", 'strcmp%(name, "([%l_]+)"%) == 0')
    for _, name in ipairs(core.pupil_fields) do pupil[name] = true end -- those with a grant
    assert.same(sorted(fields_declared "pupil"), sorted(pupil))
    local evidence = {}
    for _, name in ipairs { "evidence", "rate_evidence", "count_evidence", "rolling_evidence", "run_evidence",
      "trend_evidence", "weekday_evidence" } do
      for field in pairs(fields_declared(name)) do evidence[field] = true end
    end
    assert.same(sorted(evidence), sorted(in_source("core/script/lua_evidence.c", '{"([%l_]+)", +[%u(]+')))
  end)

  it("the kinds of rules, which are in C", function()
    assert.same(core.rule.kinds, api.choices().kind)
    local names = table.concat(core.sdk("made.fields").choices.kind, " ")
    assert.equal(table.concat(core.rule.kinds, " "), names)
    for _, kind in ipairs(core.rule.kinds) do
      assert.truthy(folder.read ".luacheckrc":find('"' .. kind .. '"', 1, true), kind)
      assert.is_function(core.rule[kind])
      assert.is_function(core.pupil_methods[kind])
    end
  end)

  it("the fields of a pupil by grant, as they can be read", function()
    local opened = waymark.open(w.dir)
    finally(function() opened:close() end)
    for pupil in opened:pupils { as_of = "2026-03-20" } do
      for field in pairs(fields_declared "pupil") do assert.truthy(pcall(function() return pupil[field] end), field) end
      local e = pupil:rate()
      for _, name in ipairs { "evidence", "rate_evidence" } do -- of a rate rule
        for field in pairs(fields_declared(name)) do assert.truthy(pcall(function() return e[field] end), field) end
      end
      assert.same(sorted(fields_declared "mark"), sorted(pupil:marks("2026-03-16")[1]))
      for _, each in ipairs { { "school", pupil.school }, { "contact", pupil.contacts[1] },
        { "entry", pupil.case[1] } } do
        local known = fields_declared(each[1])
        for field in pairs(each[2]) do assert.truthy(known[field], each[1] .. "." .. field) end
      end
    end
  end)

  it("the fields of an event, with their grants", function()
    local effects = core.sdk "effects"
    local given = setmetatable({}, { __index = function() return true end })
    local names = {}
    for name in next, effects.event(given, {}) do names[name] = true end
    assert.same(sorted(fields_declared "event"), sorted(names))
    for _, field in ipairs(entry_of("event").fields) do assert.equal(effects.needs[field[1]], field.grant, field[1]) end
  end)

  it("the fields of each kind of rule", function()
    local values = { name = "x", codes = "G", classes = "present", unresolved = "N", at_least = 2, period = "year",
      weeks = 4, since = "2025-09-01", ages = false, bands = { 90 }, least_possible = 4 }
    for _, kind in ipairs(api.choices().kind) do
      local known, base = fields_declared(kind, "constructor"), { name = "x" }
      if known.codes then base.codes = "O" end
      if kind == "rolling" then base.weeks = 3 end
      for field, value in pairs(values) do
        local fields = {}
        for name, each in pairs(base) do fields[name] = each end
        fields[field] = value
        if field == "period" and fields.weeks then fields.period = "weeks" end
        local fine, message = pcall(core.rule[kind], fields)
        local unknown = not fine and message:find("no field", 1, true) ~= nil
        assert.equal(known[field] or false, not unknown, kind .. "." .. field)
      end
    end
  end)
end)

-- Arguments -------------------------------------------------------------------------------

describe("a wrong argument is refused by", function()
  local env, objects, opened, text_of

  setup(function()
    rawset(_G, "fence", { environment = function() return {} end, -- the plugin's environment without a worker
      compile = function(name, text, of) return load(text, "=" .. name, "t", of) end })
    local manifest = 'return { name = "probe", version = "1", api = 3 }'
    local set = core.sdk("plugin").load({ { name = "probe", files = { ["plugin.lua"] = manifest } } }, "2026-03-20")
    env, set.loaded = set.by_name.probe.env, false
    opened = waymark.open(w.dir)
    for pupil in opened:pupils { as_of = "2026-03-20" } do
      objects = { pupil = pupil, calendar = pupil.calendar, evidence = pupil:rate(),
        case = core.sdk("case").of(pupil), step = env.step { title = "V", principle = "listen" },
        road_map = core.sdk("step").road_map { "a", "b" } }
    end
    text_of = { date = "2026-03-20", text = "a", half = "AM", event_kind = "entry.held", integer = 3 }
  end)

  teardown(function()
    opened:close()
    rawset(_G, "fence", nil)
  end)

  local function good(entry, each)
    local inner = each[2]:gsub("%?$", "")
    if inner == "rule" then
      local kind = entry.name:match ":(.+)$"
      local codes = kind ~= "rate" and kind ~= "missing" and "O" or nil
      return core.rule[core.rule[kind] and kind or "count"] { name = "good", codes = codes,
        weeks = kind == "rolling" and 3 or nil }
    end
    if inner == "duration" then return { unit = "school_weeks", n = 6 } end
    return text_of[inner] or {}
  end

  -- Called by its name, as a plugin would: C knows what it is called by.
  local function refusal(entry, at)
    local object, method = entry.name:match "^([^:]+):(.+)$"
    local arguments = {}
    for i = 1, at - 1 do arguments[i] = good(entry, entry.takes[i]) end
    local inner = entry.takes[at][2]:gsub("%?$", "")
    for i = at + 1, #entry.takes do arguments[i] = good(entry, entry.takes[i]) end
    arguments[at] = (inner == "text" or inner == "date" or inner == "half" or inner == "event_kind") and {} or "wrong"
    local call = method and "object:" .. method or entry.name
    local chunk = load(("local x = %s(...)\nreturn x"):format(call), "=call", "t",
      setmetatable({ object = objects[object] }, { __index = env }))
    return select(2, pcall(chunk, table.unpack(arguments, 1, #entry.takes))), arguments[at]
  end

  for entry in api.each() do
    for at, each in ipairs(entry.where == "plugin" and entry.takes or {}) do
      if not each[2]:find "%.%.%.$" and entry.name ~= "require" then
        it(("%s, of %s"):format(entry.name, each[1]), function()
          local message, given = refusal(entry, at)
          assert.equal("string", type(message))
          local own = entry.name:match "[^.:]+$"
          assert.truthy(message:find(own, 1, true), message)
          local constructor = entry.kind == "constructor" or entry.form ~= nil
          local named = message:find('"' .. each[1] .. '"', 1, true) or message:find("#" .. at, 1, true)
          assert.truthy(constructor and message:find("table", 1, true) or named, message)
          local word = type(given) == "table" and "table" or "wrong"
          local said = message:find(word, 1, true) or message:find("got string", 1, true)
          assert.truthy(constructor or said, message)
          assert.falsy(message:find("sdk/", 1, true), message)
        end)
      end
    end
  end

  it("a method that was called without its object", function()
    for _, call in ipairs { "object.evidence.because('x')", "object.evidence.why_not()", "object.pupil.persistent()",
      "object.road_map.remove 'a'" } do
      local chunk = load("local object = ... local x = " .. call .. "\nreturn x")
      local message = select(2, pcall(chunk, objects))
      assert.truthy(message:find("write it with a colon: ", 1, true), message)
    end
  end)

  it("a misspelt name, with the nearest", function()
    local hint = core.sdk("check").hint
    for name, words in pairs { rollling = { "global", "rolling" }, becuase = { "method", "because" },
      acadmic_year = { "field", "academic_year" } } do
      assert.equal(("a.lua:1: attempt to call a nil value (%s '%s'); did you mean \"%s\"?"):format(words[1], name,
        words[2]), hint(("a.lua:1: attempt to call a nil value (%s '%s')"):format(words[1], name)))
    end
    assert.equal("boo", hint "boo")
    plugins.write(w, "example", "", { ["init.lua"] = '\nrollling { name = "x" }' })
    assert.truthy(w:run("plugin info example").err:find(
      "example/init.lua:2: attempt to call a nil value (global 'rollling'); did you mean \"rolling\"?", 1, true))
    local step = { run = "step", example = "pupil.calendar:week_off(today)" }
    local fine, message = pcall(examples.run, w, step)
    assert.falsy(fine)
    assert.truthy(message:find("nil value (method 'week_off'); did you mean \"week_of\"?", 1, true), message)
  end)
end)

-- What is made ------------------------------------------------------------------------------

describe("what is made from the declaration is up to date (if not: make api):", function()
  it("the checks", function()
    assert.equal(checks.fields_text(api), folder.read "lua/sdk/made/fields.lua")
    assert.equal(checks.takes_text(api), folder.read "lua/sdk/made/checks.lua")
  end)

  it("the types for editors: all of them, and no other", function()
    local files = types.files(api)
    for name, text in pairs(files) do
      assert.equal(text, folder.read("lua/types/" .. name), name)
      assert(load(text, "=" .. name, "t"))
      assert.truthy(text:find "^%-%-%-@meta\n")
    end
    for name in lfs.dir "lua/types" do assert.truthy(files[name] or name:find "^%.", name) end
  end)

  it("the page lua/manual/api.md", function()
    assert.equal(page.text(api), folder.read "lua/manual/api.md")
  end)
end)

describe("API levels", function()
  local function golden(level)
    local lines = {}
    for line in folder.read(("tests/fixtures/api-%d.txt"):format(level)):gmatch "[^\n]+" do
      if not line:find "^#" then lines[#lines + 1] = line end
    end
    return lines
  end

  it("are what they were: level 1 since it was frozen, level 2 is written down", function()
    assert.same(golden(1), frozen.lines(api, 1),
      "API level 1 is frozen: give what is new a higher `since`, raise api.level, and leave tests/fixtures/api-1.txt")
    assert.same(golden(2), frozen.lines(api, 2),
      "level 2 is not released yet: write what came with it into tests/fixtures/api-2.txt")
  end)

  it("end with the one that plugins are checked against", function()
    assert.equal(api.level, core.sdk("manifest").api)
  end)

  it("have a plugin for another level told of it, whatever else it has", function()
    plugins.write(w, "example", "api = 4, colours = {}", {})
    local err = w:run("plugin info example").err
    assert.truthy(err:find("written for API level 4, this Waymark has levels 1 to 3; update Waymark, or ask for a "
      .. "version of the plugin for level 3", 1, true), err)
    plugins.write(w, "example", "api = 0", {})
    assert.truthy(w:run("plugin info example").err:find("level 0, this Waymark has levels 1 to 3; ask for a newer "
      .. "version", 1, true))
  end)
end)
