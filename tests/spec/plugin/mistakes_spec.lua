-- What an author reads of each mistake: where it is, what it is, and what to do.

local plugins = require "tests.support.plugins"

local w

local FILES = {
  ["plugin.lua"] = [[
return {
  name = "mine", version = "1.0", api = 3,
  requires = { "england" }, reads = { "registers", "cases" }, consults = { "pupil.name" },
  options = { weeks = { type = "integer", default = 4, help = "how many" } },
}
]],
  ["init.lua"] = [[
local away = count { name = "away", codes = "O", at_least = 1, weeks = config.weeks }
return { away = away, road_map = { "tea" } }
]],
  ["steps/tea.lua"] = [[
local away = require "mine".away
return step {
  title = "Tea",
  principle = "listen",
  suggest = function(pupil, case)
    if case:last() then return nil end
    return pupil:count(away):because "away"
  end,
}
]] }

local REASON = 'return pupil:count(away):because "away"'

-- The plugin `mine` with one thing changed in one file, or with a further file.
local function with(path, from, to)
  plugins.clear(w)
  local files = {}
  for name, text in pairs(FILES) do files[name] = text end
  if to then
    local at, last = files[path]:find(from, 1, true)
    files[path] = files[path]:sub(1, at - 1) .. to .. files[path]:sub(last + 1)
  else
    files[path] = from
  end
  for name, text in pairs(files) do w:file("w/plugins/mine/" .. name, text) end
end

local function suggest() return w:run("suggest --dry-run --format json" .. plugins.day) end

setup(function()
  w = plugins.school()
  plugins.use(w, 'use "england" use "mine"')
end)
teardown(function() w:remove() end)

describe("a plugin without a mistake", function()
  it("fails in nothing", function()
    with("steps/tea.lua", "Tea", "Tea")
    assert.same({ 0, "" }, { suggest().status, suggest().err })
  end)
end)

it("the name of a folder writes nothing else on a terminal", function()
  with("init.lua", "tea", "tea")
  w:file("w/plugins/m\27[2Jx/plugin.lua", "return {}")
  local out = w:run("plugin check").out
  assert.truthy(out:find("m\\x1B[2Jx: 1 fault", 1, true) and not out:find "\27", out)
  assert(os.execute(("rm -r '%s/plugins/m\27[2Jx'"):format(w.dir)))
end)

describe("a file that cannot be read is named", function()
  local name = ("long"):rep(15)

  for what, each in pairs {
    ["when it is nested too deep"] = { "return " .. ("{"):rep(300),
      ": it is nested too deep; take parts of it out into functions" },
    ["in full when its name is long"] = { "return step {\n  title ==\n}", ":3: unexpected symbol near '}'" },
  } do
    it(what, function()
      with("init.lua", "local", ("require 'mine.%s' local"):format(name))
      w:file(("w/plugins/mine/%s.lua"):format(name), each[1])
      local whole = ("mine/%s.lua%s"):format(name, each[2])
      assert.truthy(suggest().err:find(whole, 1, true), suggest().err)
      local out = w:expect(1, "plugin check mine").out
      assert.truthy(out:find(whole:gsub("lua: ", "lua:1: "), 1, true) and not out:find("plugin.lua", 1, true), out)
    end)
  end
end)

describe("what stops a plugin names file, line and cure:", function()
  for _, each in ipairs {
    { "a default of the wrong type", "plugin.lua", "default = 4", 'default = "x"',
      'mine/plugin.lua:4: "weeks" should be an integer, not the text "x"' },
    { "a word without quotes", "plugin.lua", '"integer"', "integer",
      'mine/plugin.lua:4: write it in quotes: "integer"' },
    { "a right without quotes", "plugin.lua", '{ "registers"', "{ registers",
      'mine/plugin.lua:3: write it in quotes: "registers"' },
    { "an option of another's that is not there", "plugin.lua", "requires =",
      "configure = { england = { xyz = 3 } }, requires =",
      'mine/plugin.lua: configure: "england" has no option "xyz"; see: waymark plugin options england' },
    { "a principle misspelt", "steps/tea.lua", "listen", "lisen",
      'mine/steps/tea.lua:4: step: "principle" is one of: expect, monitor, listen, facilitate, formalise, enforce, '
        .. 'and not "lisen"; did you mean "listen"?' },
    { "a number for a duration", "steps/tea.lua", "principle =", "period = 6, principle =",
      'mine/steps/tea.lua:4: step: "period" should be a duration, such as school_weeks(6), not 6' },
    { "a plugin's name misspelt", "steps/tea.lua", "local", 'local e = require "englnd"\nlocal',
      'mine/steps/tea.lua:1: "englnd" cannot be required; did you mean "england"?' },
    { "a file of one's own by half its name", "steps/tea.lua", "local", 'local e = require "init"\nlocal',
      'mine/steps/tea.lua:1: "init" cannot be required; write "mine.init"' },
    { "curly quotes", "steps/tea.lua", '"Tea"', "\u{201C}Tea\u{201D}", 'steps/tea.lua:3: unexpected symbol near '
        .. "'<\\226>'; curly quotes are no quotes here: write \"" },
    { "a comma that is missing", "steps/tea.lua", '"Tea",', '"Tea"', "mine/steps/tea.lua:4: '}' expected "
        .. "(to close '{' at line 2) near 'principle'; is there a comma before it?" },
    { "a byte-order mark", "steps/tea.lua", "local away", "\u{FEFF}local away",
      "mine/steps/tea.lua: the file begins with a byte-order mark; save it as UTF-8 without one" },
    { "a step that is not returned", "steps/tea.lua", "return step", "local s = step",
      "mine/steps/tea.lua: it should return step { … }; write return before step" },
  } do
    it(each[1], function()
      with(each[2], each[3], each[4])
      local r = suggest()
      assert.equal(1, r.status, r.err)
      assert.truthy(r.err:find(each[5], 1, true), r.err)
    end)
  end
end)

describe("what fails in a step names step, pupil, file, line and cure:", function()
  for _, each in ipairs {
    { "false for nothing", REASON, "return pupil:count(away).met == 7",
      'mine/steps/tea.lua: suggest should return nil or evidence:because "…", not false' },
    { "a text for a reason", REASON, 'return "late"',
      'mine/steps/tea.lua: suggest should return nil or evidence:because "…", not the text "late"' },
    { "evidence alone", REASON, "return pupil:count(away)",
      'mine/steps/tea.lua: suggest should return nil or evidence:because "…", not evidence alone; add :because "…"' },
    { "a gate that says no", "suggest =", "gate = function() return false end,\n  suggest =",
      "mine/steps/tea.lua: the gate should return nil when nothing holds the step back, or why it does, in words; "
        .. "not false" },
    { "a dot for a colon", "pupil:count", "pupil.count", "(waymark.pupil expected, got waymark.rule); "
        .. "write it with a colon: pupil:count(…)\n    7 | return pupil.count" },
    { "a rule that is not there", "count(away)", "count(awy)", "mine/steps/tea.lua:7: bad argument #1 to 'count' "
        .. "(waymark.rule expected, got nil); there is no rule here: is its name right, and does the file that makes "
        .. "it give it out?" },
    { "a field of nothing", REASON, 'local on = case:last("tea").on ' .. REASON, "mine/steps/tea.lua:7: attempt to "
        .. "index a nil value; there is nothing: case:last(…) and fields may be nil, so ask first: if x then" },
    { "a field that is granted for one pupil alone", REASON, "local n = pupil.name " .. REASON,
      'mine/steps/tea.lua:7: pupil.name was not granted; add "pupil.name" to reads in plugin.lua' },
    { "a rule that is made there", "count(away)", 'count(count { name = "z", codes = "O", at_least = 1, weeks = 2 })',
      "mine/steps/tea.lua:7: make a rule when the plugin loads, not inside a step" },
  } do
    it(each[1], function()
      with("steps/tea.lua", each[2], each[3])
      local r = suggest()
      assert.equal(3, r.status, r.err)
      assert.truthy(r.err:find("the plugin mine 1.0 failed, step tea, for Ada Byron and for 1 more pupil: ", 1, true),
        r.err)
      assert.truthy(r.err:find(each[4], 1, true), r.err)
    end)
  end
end)

describe("a right that is missing", function()
  it("is added to the plugin that is served, whoever's step it is", function()
    with("steps/tea.lua", "Tea", "Tea")
    w:file("w/plugins/ours/plugin.lua", 'return { name = "ours", version = "1", api = 3, extends = "mine", '
      .. 'reads = { "registers" } }')
    plugins.use(w, 'use "england" use "ours"')
    local err = suggest().err
    plugins.use(w, 'use "england" use "mine"')
    assert.truthy(err:find('pupil.case was not granted; add "cases" to reads in ours/plugin.lua', 1, true), err)
  end)
end)

describe("a suggest that makes a reason and returns nothing", function()
  it("is said by suggest, which leaves the step out, and by check", function()
    local words = "steps/tea.lua:5: suggest makes a reason and returns nothing; write return before it"
    for _, slip in ipairs { 'local reason = pupil:count(away):because "away"', 'pupil:count(away):because "away"',
      'local reason = pupil:count(away):because "away"\n if not reason then return nil end' } do
      with("steps/tea.lua", REASON, slip)
      local r = suggest()
      assert.same({ 3, "[]\n" }, { r.status, r.out })
      assert.truthy(r.err:find("the plugin mine 1.0 failed, step tea: mine/" .. words, 1, true), r.err)
      assert.truthy(w:run("plugin check mine").out:find(words, 1, true))
    end
  end)

  it("is no suggest that has nothing to say", function()
    for _, body in ipairs { "", "return nil", "if case:last() then return end", "pupil:count(away)" } do
      with("steps/tea.lua", "if case:last() then return nil end\n    " .. REASON, body)
      local r = suggest()
      assert.same({ 0, "" }, { r.status, r.err })
    end
  end)
end)

describe("plugin check", function()
  for _, each in ipairs {
    { "finds a code that nobody declares", "init.lua", 'codes = "O"', 'codes = { "O", "Q7" }',
      'init.lua:1: the rule "away" names an unknown code: "Q7"; name one that a plugin in requires declares' },
    { "tells consults from reads", "steps/tea.lua", REASON, "local n = pupil.name " .. REASON,
      'steps/tea.lua:7: this reads "pupil.name" of every pupil, and consults grants it of one at a time; add '
        .. '"pupil.name" to reads in plugin.lua' },
    { "finds a rule that is made inside a step", "steps/tea.lua", "count(away)",
      'count(count { name = "z", codes = "O", at_least = 1, weeks = 2 })',
      "steps/tea.lua:7: a rule is made each time that suggest is called; make it once, above the step" },
    { "finds a syntax error in a step that is on no road map", "steps/spare.lua", "return step { title = ", nil,
      "steps/spare.lua:1: unexpected symbol near <eof>" },
    { "finds a field that no pupil has in the text of a message", "templates/told.txt", "Hello\n{{pupil.firstname}}\n",
      nil, 'templates/told.txt:2: a pupil has no field "firstname"; did you mean "forename"?' },
    { "finds a section that is not closed in the text of a message", "templates/told.txt", "Hello\n{{#items}}\n", nil,
      "templates/told.txt:2: " },
    { "says one thing of a comma that is missing", "steps/tea.lua", '"Tea",', '"Tea"',
      "steps/tea.lua:4: '}' expected (to close '{' at line 2) near 'principle'; is there a comma before it?" },
  } do
    it(each[1], function()
      with(each[2], each[3], each[4])
      local out = w:run("plugin check mine").out
      assert.truthy(out:find(each[5], 1, true), out)
      assert.truthy(out:find("\nmine: 1 fault, ", 1, true), out)
    end)
  end

  it("names waymark.lua where an option there is wrong, with its line", function()
    with("steps/tea.lua", "Tea", "Tea")
    plugins.use(w, 'use "england" use "mine" { weeks = "four" }')
    local words = '"weeks" should be an integer, not the text "four"'
    local said = w:run("plugin check mine").out
    assert.truthy(said:find("/waymark%.lua:%d+: " .. words), said)
    said = w:run("suggest" .. plugins.day).err
    assert.truthy(said:find("the plugin mine cannot be used: waymark%.lua:%d+: " .. words), said)
  end)
end)

describe("plugin options", function()
  it("shows what can be set while that plugin or another is broken, and says what is", function()
    plugins.use(w, 'use "england" use "mine"')
    with("init.lua", "local away", "error 'boo' local away")
    local own = w:run "plugin options mine"
    assert.truthy(own.out:find "\nweeks +integer +4 +how many\n", own.out)
    assert.same({ 3, "waymark: the plugin mine cannot be used (failed): mine/init.lua:1: boo\n" },
      { own.status, own.err })
    with("plugin.lua", "return {", "return { {")
    local other = w:run "plugin options england"
    assert.truthy(other.out:find "\nirregular_sessions +integer +10 +10 ", other.out)
    assert.truthy(other.err:find("the plugin mine cannot be used (failed): mine/plugin.lua:", 1, true), other.err)
  end)
end)

describe("plugin try", function()
  it("says which --reads a file lacks", function()
    w:file("idea.lua", "for p in pupils() do print(p.name) end")
    local out = w:run("plugin try idea.lua --reads registers" .. plugins.day).out
    assert.truthy(out:find("pupil.name was not granted; give it with: --reads pupil.name\n", 1, true), out)
  end)
end)
