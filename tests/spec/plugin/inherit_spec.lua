-- What API level 2 brought: options that are inherited, durations of two kinds, records in
-- tables, steps beside the road map, lists for the authority; and that level 1 has none of
-- it. What a local plugin overrides is said in words.

local core = require "waymark.core"
local plugins = require "tests.support.plugins"
local settings = require "waymark.workspace.settings"

local w

setup(function() w = plugins.school() end)
teardown(function() w:remove() end)
before_each(function() plugins.clear(w) end)

local weeks = 'weeks = { default = 4, type = "integer", least = 1, most = 10, help = "over how long" }'
local grants = 'reads = { "registers" }'
local map = 'return { weeks = config.weeks, road_map = { "visit" } }'
local visit = [[return step { title = "Visit", principle = "listen", about = ("over %d weeks"):format(config.weeks) }]]

local function base(manifest, files)
  plugins.write(w, "base", ("%s, options = { %s } %s"):format(grants, weeks, manifest or ""), { ["init.lua"] = map,
    ["steps/visit.lua"] = visit, table.unpack(files or {}) })
end

local function child(manifest, files)
  plugins.write(w, "mine", ('%s, extends = "base" %s'):format(grants, manifest or ""), files or {})
end

local function use(options) plugins.use(w, 'use "mine" ' .. (options or "")) end

-- What the step of the parent was made with.
local function about() return w:json "plugin info mine".steps[1].about end

describe("an option of the plugin that is extended", function()
  it("is set under the name of the extending one", function()
    base()
    child()
    use "{ weeks = 3 }"
    assert.equal("over 3 weeks", about())
  end)

  it("is read by the extending plugin, too", function()
    base()
    child("", { ["init.lua"] = 'return { road_map = parent.road_map, reasons = { { "w", "" .. config.weeks } } }' })
    use "{ weeks = 3 }"
    assert.equal("over 3 weeks", about())
  end)

  it("is the extending plugin's where both declare it: its default, its range, for both", function()
    base()
    child ', options = { weeks = { default = 12, type = "integer", least = 11, most = 20, help = "longer" } }'
    use()
    assert.equal("over 12 weeks", about())
    use "{ weeks = 3 }"
    local said = plugins.refusal(w, "suggest --dry-run" .. plugins.day)
    assert.truthy(said:find('"weeks" should be from 11 to 20', 1, true))
  end)

  it("is configured for others, and the settings have the last word", function()
    base()
    child ", configure = { base = { weeks = 5 } }"
    use()
    assert.equal("over 5 weeks", about())
    use "{ weeks = 6 }"
    assert.equal("over 6 weeks", about())
  end)

  it("reaches over two generations, each with its own", function()
    base()
    child ', options = { more = { default = 1, help = "x" } }'
    plugins.write(w, "third", grants .. ', extends = "mine"', {})
    plugins.use(w, 'use "third" { weeks = 7, more = 2 }')
    assert.equal("over 7 weeks", w:json "plugin info third".steps[1].about)
    assert.truthy(w:ok "plugin options third":find "more +2 +1")
  end)

  it("is refused under a name that is none, with the nearest", function()
    base()
    child()
    use "{ week = 3 }"
    assert.truthy(plugins.refusal(w, "suggest --dry-run" .. plugins.day):find(
      '"mine" has no option "week"; did you mean "weeks"?', 1, true))
  end)

  it("is not seen the other way round", function()
    base()
    child ', options = { own = { default = 1, help = "x" } }'
    plugins.write(w, "base", ("%s, options = { %s }"):format(grants, weeks), { ["init.lua"] = map,
      ["steps/visit.lua"] = "return config.own" })
    use()
    assert.truthy(plugins.refusal(w, "plugin info mine"):find('"base" has no option "own"', 1, true))
  end)
end)

describe("a duration", function()
  local durations = core.sdk "durations"
  local days = {}
  for i = 0, 60 do
    local day = core.date.add("2026-04-13", i)
    local open = core.date.weekday(day) <= 5 and day ~= "2026-05-04" and (day < "2026-05-25" or day > "2026-05-29")
    if core.date.weekday(day) <= 5 then days[#days + 1] = { day, open, open } end
  end
  local calendar = core.calendar(days)

  local function last(duration, start) return calendar:last_day(start, duration) end

  it("of half days ends on the day of the last: 12 from Monday 13 April 2026 end on Monday 20 April", function()
    assert.equal("2026-04-20", last(durations.sessions(12), "2026-04-13"))
    assert.equal("2026-04-20", last(durations.sessions(11), "2026-04-13"))
    assert.equal("2026-04-13", last(durations.sessions(2), "2026-04-11"))
  end)

  it("is the sooner of two: 6 school weeks, at most 30 school days, with a bank holiday in them", function()
    local two = durations.sooner_of(durations.school_weeks(6), durations.school_days(28))
    assert.equal("2026-05-22", last(durations.school_weeks(6), "2026-04-13"))
    assert.equal("2026-05-21", last(durations.school_days(28), "2026-04-13"))
    assert.equal("2026-05-21", last(two, "2026-04-13"))
    assert.equal("6 school weeks, at most 28 school days", durations.words(two))
    assert.equal("1 half day", durations.words(durations.sessions(1)))
  end)

  it("whose calendar ends before one of the two is the other, if that lies in it", function()
    local two = durations.sooner_of(durations.school_days(300), durations.school_days(1))
    assert.equal("2026-04-13", last(two, "2026-04-13"))
    local far = durations.sooner_of(durations.school_days(300), durations.calendar_days(300))
    local none, message = last(far, "2026-04-13")
    assert.is_nil(none)
    assert.truthy(message:find("the calendar ends before", 1, true))
  end)

  it("of two is an option, a setting and the period of a step", function()
    plugins.write(w, "base", grants .. [[, options = { period = { type = "duration", help = "how long",
      default = sooner_of(school_weeks(6), school_days(30)) } }]], { ["init.lua"] = 'return { road_map = { "visit" } }',
      ["steps/visit.lua"] = 'return step { title = "V", principle = "listen", period = config.period, '
        .. "checks = { sessions(20), school_weeks(3) } }" })
    child()
    use()
    assert.truthy(w:ok "plugin options mine":find("6 school weeks, at most 30 school days", 1, true))
    use "{ period = sooner_of(sessions(40), calendar_days(21)) }"
    local step = w:json "plugin info mine".steps[1]
    assert.same({ unit = "sessions", n = 40, or_sooner = { unit = "calendar_days", n = 21 } }, step.period)
    assert.same({ unit = "sessions", n = 20 }, step.checks[1])
  end)

  it("of two is made of two plain ones", function()
    local _, message = settings.evaluate 'use "x" { a = sooner_of(sessions(1), sooner_of(sessions(1), sessions(2))) }'
    assert.truthy(message:find("takes two plain durations", 1, true), message)
    _, message = settings.evaluate 'use "x" { a = sooner_of(sessions(1), 3) }'
    assert.truthy(message:find('"b" should be a duration, not 3', 1, true), message)
  end)
end)

describe("a step", function()
  local function refused(fields)
    base()
    child("", { ["steps/visit.lua"] = ("return step { title = 'V', principle = 'listen', %s }"):format(fields) })
    use()
    return plugins.refusal(w, "plugin info mine")
  end

  it("has its records told in tables, however they were written", function()
    base()
    child("", { ["steps/visit.lua"] = [[return step { title = "V", principle = "listen", records = { note = "text",
      how = { type = "choice", choices = { "a", "b" }, required = true, help = "which" } } }]] })
    use()
    assert.same({ note = { type = "text" }, how = { type = "choice", choices = { "a", "b" }, required = true,
      help = "which" } }, w:json "plugin info mine".steps[1].records)
  end)

  for fields, words in pairs {
    ['records = { a = { type = "choice" } }'] = '"a": a choice has choices = { … }, and nothing else has',
    ['records = { a = { type = "text", choices = { "b" } } }'] = '"a": a choice has choices',
    ['records = { a = { type = "date", not_before = "b" }, b = "text" }'] = '"a": not_before is for a date, and names',
    ['records = { a = { typ = "date" } }'] = '"a" has no field "typ"; did you mean "type"?',
    ["records = { a = 3 }"] = '"a" should be the name of a type, or a table with one',
    ["each_parent = true"] = 'each_parent needs the record parent = "contact"',
    ['tolerance = "agreed"'] = 'tolerance names the record "agreed", which should be a number',
    ["checks = { school_weeks(3) }"] = "checks is of a period: give the step one",
    ["counts = {}"] = '"counts" should be a rule',
  } do
    it("is refused with " .. fields, function()
      local said = refused(fields)
      assert.truthy(said:find(words, 1, true), said)
    end)
  end

  it("may be recorded and be no stop of the road map: it is never suggested", function()
    base()
    child("", { ["init.lua"] = 'local away = count { name = "away", codes = "O" }\n'
        .. 'return { away = away, further = { "call" } }',
      ["steps/call.lua"] = 'return step { title = "Call", principle = "listen", outcomes = { "spoke" }, '
        .. 'suggest = function(pupil) return pupil:count(require "mine".away):because "x" end }' })
    use()
    assert.same({}, plugins.suggested(w))
    local steps = w:json "plugin info mine".steps
    assert.same({ "visit", false, "call", true, false },
      { steps[1].name, steps[1].further, steps[2].name, steps[2].further, steps[2].suggests })
    assert.truthy(w:ok "record A1 call --outcome spoke --on 2026-03-20 --now 2026-03-20T17:00Z")
    plugins.write(w, "third", grants .. ', extends = "mine"', {})
    assert.equal("call", w:json "plugin info third".steps[2].name) -- inherited
  end)

  it("cannot be both", function()
    base()
    child("", { ["init.lua"] = 'return { further = { "visit" } }' })
    assert.truthy(plugins.refusal(w, "plugin info mine"):find('further: "visit" is on the road map', 1, true))
  end)
end)

describe("the lists for the authority", function()
  local list = [[local r = streak { name = "ill", codes = "I", at_least = 30 }
return { road_map = { "visit" }, returns = { { name = "sickness", title = "Sickness return", rule = r%s } } }]]

  it("are declared with the names of their rules, and inherited", function()
    plugins.write(w, "base", grants .. ", options = { " .. weeks .. " }", { ["init.lua"] = list:format "",
      ["steps/visit.lua"] = visit })
    child()
    use()
    assert.same({ { name = "sickness", title = "Sickness return", rule = "ill", period = "year" } },
      w:json "plugin info mine".returns)
  end)

  it("say what is wrong with them", function()
    plugins.write(w, "mine", grants .. ", options = { " .. weeks .. " }", {
      ["init.lua"] = list:format ', period = "day"', ["steps/visit.lua"] = visit })
    assert.truthy(plugins.refusal(w, "plugin info mine"):find('"period" is one of: year, weeks, asked', 1, true))
  end)
end)

describe("a plugin of API level 1", function()
  local function told(text, path, manifest)
    plugins.write(w, "mine", "api = 1, " .. grants .. (manifest or ""), { ["init.lua"] = plugins.map,
      ["steps/visit.lua"] = 'return step { title = "V", principle = "listen" }', [path] = text })
    return plugins.refusal(w, "plugin info mine"), w:expect(1, "plugin check mine").out
  end

  for name, each in pairs {
    plan = { 'return step { title = "V", principle = "listen", plan = true }', "steps/visit.lua" },
    sessions = { "local x = sessions(4)\nreturn { road_map = {} }", "init.lua" },
    further = { 'return { road_map = { "visit" }, further = {} }', "init.lua" },
  } do
    it("is told that there was no " .. name .. ", when it is loaded and by plugin check", function()
      local loaded, checked = told(each[1], each[2])
      local words = ('"%s" came with API level 2'):format(name)
      assert.truthy(loaded:find(words .. "; write api = 2 in plugin.lua", 1, true), loaded)
      assert.truthy(checked:find(words, 1, true), checked)
    end)
  end

  it("is told so of its records and of consults", function()
    local list = 'return step { title = "V", principle = "listen", records = { a = "list" } }'
    local words = 'records: "a" is of a type or form that came with API level 2'
    assert.truthy((told(list, "steps/visit.lua")):find(words, 1, true))
    assert.truthy((told("return {}", "init.lua", ", consults = {}")):find('"consults" came with API level 2', 1, true))
  end)

  it("has a method that came later pointed out by plugin check", function()
    plugins.write(w, "mine", 'api = 1, reads = { "registers", "cases" }', { ["init.lua"] = plugins.map,
      ["steps/visit.lua"] = 'return step { title = "V", principle = "listen",\n'
        .. '  suggest = function(_, case) return case:running "visit" and nil end }' })
    local out = w:expect(1, "plugin check mine").out
    assert.truthy(out:find('visit.lua:2: "running" came with API level 2, and plugin.lua says api = 1; write api = 2',
      1, true), out)
  end)
end)

describe("plugin diff says what is overridden:", function()
  local function changes()
    local list = {}
    for i, row in ipairs(w:json "plugin diff mine") do list[i] = row.about .. ": " .. row.what end
    return list
  end

  local function with(init, steps, more)
    local files = { ["init.lua"] = init, ["steps/visit.lua"] = steps }
    for path, text in pairs(more or {}) do files[path] = text end
    return files
  end

  local r = 'local r = streak { name = "ill", codes = "I", at_least = 30 }\n'

  before_each(function()
    plugins.write(w, "base", grants .. ", options = { " .. weeks .. " }", with(r
      .. 'return { road_map = { "visit" }, further = { "call" }, '
      .. 'returns = { { name = "sickness", title = "Sickness return", rule = r } } }',
      [[return step { title = "Visit", principle = "listen", period = school_weeks(6), checks = { school_weeks(3) },
        records = { amount = { type = "number", most = 100 }, note = "text" },
        suggest = function() end, complete = function() end }]],
      { ["steps/call.lua"] = 'return step { title = "Call", principle = "listen" }',
        ["templates/letter.html"] = "<p>one</p>\n<p>two</p>\n<p>three</p>\n" }))
  end)

  it("every field, record and function of a step", function()
    child("", { ["steps/visit.lua"] = [[return parent.steps["visit"]:with {
      period = sooner_of(school_weeks(6), school_days(30)), checks = { school_weeks(2), school_weeks(4) }, plan = true,
      records = { amount = { type = "number", most = 200 }, agreed = { type = "actions" } },
      complete = function() end, fills = function() return {} end }]] })
    assert.same({
      "visit: period: 6 school weeks → 6 school weeks, at most 30 school days",
      "visit: looked at in between: 3 school weeks → 2 school weeks, 4 school weeks",
      "visit: a plan, with versions: false → true",
      "visit: writes down besides: agreed (actions)",
      "visit: what is written down, amount, most: 100 → 200",
      "visit: does not write down any more: note (text)",
      "visit: complete is written anew by mine",
      "visit: fills words of its documents now (fills)",
    }, changes())
  end)

  it("options, further steps, lists for the authority and grants", function()
    child(', consults = { "contacts" }, options = { weeks = { default = 6, type = "integer", most = 20, '
      .. 'help = "over how long" } }', { ["init.lua"] = [[
local long = streak { name = "long", codes = "I", at_least = 20 }
return { further = { "door" }, returns = { { name = "sickness", title = "Illness", rule = long } } }]],
      ["steps/door.lua"] = 'return step { title = "Door", principle = "listen" }' })
    assert.same({
      "door: can be recorded besides, and is no stop of the road map: Door",
      "call: cannot be recorded any more: Call",
      "base.weeks: option set: 4 → 6",
      "mine.weeks: option, default: 4 → 6",
      "mine.weeks: option, range: 1 to 10 → at most 20",
      "long: rule added (streak)",
      'returns: sickness, title: "Sickness return" → "Illness"',
      'returns: sickness, rule: "ill" → "long"',
      "grants: sees besides when one pupil is looked at: parents and other contacts: names, telephone, e-mail, address",
    }, changes())
  end)

  it("templates, and how many of their lines", function()
    child("", { ["templates/letter.html"] = "<p>one</p>\n<p>2</p>\n<p>three</p>\n<p>four</p>\n",
      ["templates/other.html"] = "<p>new</p>\n" })
    assert.same({ "letter.html: template: 2 of 4 lines differ", "other.html: template added" }, changes())
    child("", { ["templates/letter.html"] = "<p>one</p>\n<p>two</p>\n<p>three</p>\n" })
    assert.equal("letter.html: template: a copy, no line differs", changes()[1])
  end)
end)

describe("what runs of a case", function()
  local cases = core.sdk "case"
  local function entry(id, on, more)
    local each = { kind = "recorded", step = "notice", id = id, on = on }
    for name, value in pairs(more or {}) do each[name] = value end
    return each
  end
  local function running(...)
    local ids = {}
    for i, each in ipairs(cases.of({ case = { ... } }):running "notice") do ids[i] = each.id end
    return ids
  end

  it("is what has no outcome, its latest version, and one for each parent", function()
    local mother, father = { contacts = { parent = 1 } }, { contacts = { parent = 2 } }
    assert.same({ 1, 2 }, running(entry(1, "2026-03-02", mother), entry(2, "2026-03-02", father)))
    assert.same({ 2, 3 }, running(entry(1, "2026-03-02", mother), entry(2, "2026-03-02", father),
      entry(3, "2026-03-09", { replaces = 1, contacts = { parent = 1 } })))
    assert.same({ 2 }, running(entry(1, "2026-03-02", mother), entry(2, "2026-03-02", father),
      entry(3, "2026-04-27", { outcome = "improved", of = 1 })))
  end)

  it("is not ended by an attempt; an outcome of a former version ends the latest", function()
    assert.same({ 1 }, running(entry(1, "2026-03-02"), entry(2, "2026-03-03", { outcome = "rearranged", of = 1,
      attempt = true })))
    assert.same({}, running(entry(1, "2026-03-02"), entry(2, "2026-03-09", { replaces = 1 }),
      entry(3, "2026-04-27", { outcome = "improved", of = 1 })))
    assert.same({}, running(entry(1, "2026-03-02"), entry(2, "2026-03-03", { outcome = "improved" })))
  end)

  it("has its outcome found", function()
    local first, last = entry(1, "2026-03-02"), entry(2, "2026-04-27", { outcome = "improved", of = 1 })
    local case = cases.of { case = { first, last } }
    assert.equal(last, case:outcome_of(first))
    assert.is_nil(case:outcome_of(last))
    assert.has_error(function() case:running() end)
  end)
end)
