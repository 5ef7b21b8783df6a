-- Plugins as those see them who write them: what plugin.lua says, options, load
-- sets, what may be required, and which files are taken.

local core = require "waymark.core"
local finder = require "waymark.plugin"
local plugin_forms = require "waymark.plugin.forms"
local plugins = require "tests.support.plugins"
local workspace = require "tests.support.workspace"

local w

local function clear()
  plugins.clear(w)
  plugins.use(w, 'use "england" use "mine"')
end

local function plugin(...) plugins.write(w, ...) end

local function refused(words, line)
  local err = plugins.refusal(w, line or "plugin info mine")
  assert.truthy(err:find(words, 1, true), err)
end

setup(function() w = plugins.school() end)
teardown(function() w:remove() end)

describe("plugin.lua", function()
  before_each(clear)

  local wrong = {
    { 'name = "yours"', 'its name is "yours", its folder "mine": make them the same' },
    { "api = 4", "API level 4, this Waymark has levels 1 to 3; update Waymark" },
    { 'api = "1"', '"api" should be an integer' },
    { 'read = { "registers" }', 'has no field "read"; did you mean "reads"?' },
    { 'reads = "registers"', '"reads" should be a list' },
    { 'reads = { "pupil.nam" }', 'there is no field "pupil.nam"; did you mean "pupil.name"?' },
    { 'requires = { "englend" }', 'there is no plugin "englend"; did you mean "england"?' },
    { 'extends = "esex"', 'there is no plugin "esex"; did you mean "essex"?' },
    { 'extends = "mine"', 'the plugin "mine" needs itself' },
    { "options = { late = 4 }", 'option "late" should be a table of named fields' },
    { "options = { late = { default = 4 } }", 'option "late" needs the field "help"' },
    { 'options = { late = { default = 4, hepl = "x" } }', 'no field "hepl"; did you mean "help"?' },
    { 'options = { late = { default = "4", type = "integer", help = "x" } }', '"late" should be an integer' },
    { 'extends = "essex", configure = { essex = { check_in = 4 } }', '"essex" has no option "check_in' },
    { 'extends = "essex", configure = { esex = {} }', '"esex"; did you mean "essex"?' },
    { 'extends = "essex", configure = { essex = 4 }', "mine/plugin.lua" },
  }
  for _, case in ipairs(wrong) do
    it("is refused with " .. case[1], function()
      plugin("mine", case[1])
      refused(case[2])
    end)
  end

  it("is one returned table", function()
    for _, text in ipairs { "return 7", "", "local x = 1" } do
      w:file("w/plugins/mine/plugin.lua", text)
      refused "plugin.lua should be a table of named fields"
    end
  end)

  it("is named with the line when it cannot be read", function()
    w:file("w/plugins/mine/plugin.lua", "return {\n  name = = 1,\n}")
    refused "mine/plugin.lua:2: unexpected symbol near '='"
  end)

  it("is text, as is every file of a plugin", function()
    for _, bytes in ipairs { "\0", "\xFF" } do
      w:file("w/plugins/mine/plugin.lua", "return {} -- " .. bytes)
      refused "mine/plugin.lua: this is not UTF-8 text; save it as UTF-8"
    end
  end)

  it("can read nothing, and load nothing else", function()
    w:file("w/plugins/mine/plugin.lua", 'require "england"')
    refused "mine/plugin.lua:1:"
    w:file("w/plugins/mine/plugin.lua", 'io.open "/etc/passwd"')
    refused "mine/plugin.lua:1: attempt to index a nil value (global 'io')"
  end)

  it("cannot send signs to the terminal", function()
    plugin("mine", [[title = "fine\27[2J"]])
    refused [[mine/plugin.lua:1: "title": "fine\x1B[2J" should be one line]]
    plugin("mine", [[reads = { "registers" }]], { ["init.lua"] = plugins.map,
      ["steps/visit.lua"] = plugins.visit [["x\27[2J"]] })
    for _, line in ipairs { "plugin info mine", "plugin list", "suggest --dry-run" .. plugins.day,
      "explain A1 visit" .. plugins.day, "suggest --dry-run --format csv" .. plugins.day } do
      assert.falsy(w:ok(line):find "\27", line)
    end
  end)

  it("may leave out everything but name, version and api", function()
    plugin("mine", "")
    w:ok "plugin info mine"
    assert.falsy(w:ok("plugin list"):find "cannot be read")
  end)
end)

describe("an option", function()
  setup(function()
    clear()
    plugin("mine", [[options = {
      sessions = { default = 1, type = "integer", least = 1, most = 9, help = "how many" },
      period = { default = school_weeks(6), type = "duration", help = "how long" },
      bands = { default = { 90, 80 }, type = "list", of = "integer", help = "percentages" },
      tone = { default = "kind", choices = { "kind", "plain" }, type = "text", help = "how it is said" },
      strict = { default = false, type = "boolean", help = "whether" },
    }, reads = { "registers", "pupil.upn" }]], { ["init.lua"] = [[
      absent = count { name = "absent", codes = "O", at_least = config.sessions, weeks = 4 }
      return { absent = absent, road_map = { "visit" } }]],
      ["steps/visit.lua"] = [[
      local mine = require "mine"
      return step { title = "Visit", principle = "listen", period = config.period, suggest = function(pupil)
        return pupil:count(mine.absent):because(table.concat(
          { config.tone, tostring(config.strict), config.period.n, config.period.unit, #config.bands }, " "))
      end }]] })
  end)

  local function use(options) plugins.use(w, ('use "england" use "mine" { %s }'):format(options)) end

  it("has its default", function()
    use ""
    assert.same({ "A1 visit: kind false 6 school_weeks 2", "B1 visit: kind false 6 school_weeks 2" },
      plugins.suggested(w))
  end)

  it("is what waymark.lua says", function()
    use 'sessions = 3, tone = "plain", strict = true, period = school_days(30), bands = {}'
    assert.same({ "A1 visit: plain true 30 school_days 0" }, plugins.suggested(w))
  end)

  it("is shown by plugin info: now, default, range, help", function()
    use "sessions = 3, period = calendar_days(21)"
    local out = w:ok "plugin info mine"
    assert.truthy(out:find "sessions +3 +1 +1 to 9 +how many")
    assert.truthy(out:find "period +21 days +6 school weeks +how long")
  end)

  local wrong = {
    { "sesions = 3", '"mine" has no option "sesions"; did you mean "sessions"?' },
    { 'sessions = "3"', '"sessions" should be an integer' },
    { "sessions = 2.5", '"sessions" should be an integer' },
    { "sessions = 0", '"sessions" should be from 1 to 9' },
    { "sessions = 10", '"sessions" should be from 1 to 9' },
    { "period = 6", '"period" should be a duration' },
    { 'period = { unit = "fortnights", n = 3 }', '"period" should be a duration' },
    { 'period = { unit = "school_weeks", n = "6" }', '"period" should be a duration' },
    { "period = school_weeks(0)", "school_weeks(n) takes a whole number from 1 to 1000" },
    { "bands = 90", '"bands" should be a list' },
    { 'bands = { 90, "80" }', '"bands" is a list, and each item an integer' },
    { 'tone = "gruff"', '"tone" is one of: kind, plain, and not "gruff"' },
    { "strict = 1", '"strict" should be a boolean' },
    { '"x"', '"mine" has no option "1"' },
    { "strict = function() end", "mine" },
  }
  for _, case in ipairs(wrong) do
    it("is refused: " .. case[1], function()
      use(case[1])
      refused(case[2], "suggest --dry-run" .. plugins.day)
      refused("waymark.lua", "suggest --dry-run" .. plugins.day)
    end)
  end

  it("of a plugin that has none is refused", function()
    plugins.use(w, 'use "england" { strict = true } use "mine"')
    refused('"england" has no option "strict"', "figures")
  end)
end)

describe("a load set", function()
  before_each(clear)

  local function names_of(name)
    local names = {}
    for i, each in ipairs(finder.load_set(name, { folder = w.dir, known = {} }).list) do names[i] = each.name end
    return table.concat(names, " ")
  end

  it("holds each plugin once, after those that it needs", function()
    plugin("base", "")
    plugin("left", 'requires = { "base" }')
    plugin("right", 'requires = { "base" }')
    plugin("mine", 'requires = { "right", "left" }')
    assert.equal("base right left mine", names_of "mine")
  end)

  it("has no circle", function()
    plugin("left", 'requires = { "right" }')
    plugin("right", 'requires = { "left" }')
    refused('the plugin "left" needs itself', "plugin info left")
  end)

  it("takes the workspace's own plugin before the one that ships with Waymark", function()
    plugin("england", 'title = "Our own England"')
    assert.truthy(w:ok("plugin info england"):find("Our own England", 1, true))
    assert.truthy(w:ok("plugin list"):find "england +0.3 +this workspace")
  end)

  it("has no plugin from beside the folders of plugins", function()
    plugin("mine", "")
    refused('there is no plugin "../plugins/mine"', "plugin info ../plugins/mine")
  end)

  it("has rules of different names", function()
    plugin("mine", "", { ["init.lua"] = 'rate { name = "late" }\nrate { name = "late" }' })
    refused 'mine/init.lua:2: there are two rules called "late"; give each its own name'
    plugin("mine", 'requires = { "england" }', { ["init.lua"] = 'local p = rate { name = "persistent" }' })
    refused 'mine/init.lua:1: there are two rules called "persistent"'
  end)

  it("names the plugin's own file and line when a rule is wrong", function()
    plugin("mine", "", { ["init.lua"] = '\nlocal x = rolling { name = "x", coodes = "O" }' })
    refused 'mine/init.lua:2: rolling { name = "x" }: it has no field "coodes"; did you mean "codes"?'
  end)

  it("names the plugin's own file when a step is wrong", function()
    plugin("mine", "", { ["init.lua"] = plugins.map, ["steps/visit.lua"] = 'return step { titel = "Visit" }' })
    refused 'mine/steps/visit.lua:1: step has no field "titel"; did you mean "title"?'
    plugin("mine", "", { ["steps/visit.lua"] = "return { title = 'Visit' }" })
    refused "mine/steps/visit.lua: it should return step { … }; write return before step"
  end)

  local maps = {
    { '"visit", "vsit"', 'the road map has the step "vsit", and there is no steps/vsit.lua; did you mean "visit"?' },
    { '"visit", "visit"', 'mine/init.lua: road_map: "visit" is there twice' },
    { '"Visit us"', "mine/init.lua: road_map: item 1: the text \"Visit us\" is not a name (lower-case" },
  }
  for _, case in ipairs(maps) do
    it("refuses the road map " .. case[1], function()
      plugin("mine", "", { ["init.lua"] = ("return { road_map = { %s } }"):format(case[1]),
        ["steps/visit.lua"] = plugins.visit "'x'" })
      refused(case[2])
    end)
  end

  it("makes no rule and no code inside a step, nor in a file that a step requires", function()
    for _, body in ipairs { 'count { name = "new", codes = "O", at_least = 1, weeks = 1 }', "codes {}",
      'require "mine.more"' } do
      plugin("mine", 'reads = { "registers" }', { ["init.lua"] = plugins.map,
        ["more.lua"] = 'rate { name = "more" }', ["steps/visit.lua"] =
          ('return step { title = "x", principle = "listen", suggest = function() %s end }'):format(body) })
      assert.truthy(plugins.failures(w):find "when the plugin loads", body)
    end
  end)
end)

describe("require", function()
  before_each(clear)

  it("gives the plugins that plugin.lua names, and a plugin's own files, once", function()
    plugin("base", "", { ["init.lua"] = 'return { word = "from base" }' })
    plugin("mine", 'requires = { "base" }, reads = { "registers", "pupil.upn" }', { ["init.lua"] = plugins.map,
      ["deep/words.lua"] = 'return { word = require "base".word .. " and mine" }',
      ["steps/visit.lua"] = 'local words = require "mine.deep.words"\nassert(words == require "mine.deep.words")\n'
        .. plugins.visit "words.word" })
    assert.same({ "A1 visit: from base and mine", "B1 visit: from base and mine" }, plugins.suggested(w))
  end)

  local wrong = {
    { "england", '"england" cannot be required; name it in requires in plugin.lua' },
    { "nobody", '"nobody" cannot be required; name it in requires in plugin.lua' },
    { "mine.other", '"mine" has no file other.lua' },
    { "../../secret", "cannot be required" },
    { "mine/../../secret", "cannot be required" },
    { "mine...secret", "has no file" },
    { "mine", "mine needs itself" },
    { "os", "cannot be required" },
    { "core", "cannot be required" },
    { "string", "cannot be required" },
  }
  for _, case in ipairs(wrong) do
    it("refuses " .. case[1], function()
      plugin("mine", "", { ["init.lua"] = ('local x = require "%s"'):format(case[1]) })
      refused(case[2])
    end)
  end

  it("has no circle", function()
    plugin("mine", "", { ["init.lua"] = 'require "mine.a"', ["a.lua"] = 'require "mine.b"',
      ["b.lua"] = 'require "mine.a"' })
    refused "mine.a needs itself"
  end)

  it("gives another plugin no more than the outermost one was granted", function()
    plugin("base", 'reads = { "registers", "pupil.name" }', { ["init.lua"] = "return function(p) return p.name end" })
    plugin("mine", 'requires = { "base" }, reads = { "registers" }', { ["init.lua"] = plugins.map,
      ["steps/visit.lua"] = plugins.visit "require 'base'(pupil)" })
    assert.truthy(plugins.failures(w):find('pupil.name was not granted; add "pupil.name" to reads', 1, true))
  end)

  it("gives each plugin globals of its own", function()
    plugin("base", "", { ["init.lua"] = 'string.upper = nil; secret = "mine"; math = nil' })
    plugin("mine", 'requires = { "base" }', { ["init.lua"] =
      'require "base"; assert(secret == nil and ("a"):upper() == "A" and string.upper and math.floor)' })
    w:ok "plugin info mine"
  end)
end)

describe("codes of attendance", function()
  before_each(clear)

  local function codes(manifest, list) plugin("mine", manifest, { ["init.lua"] = "codes { " .. list .. " }" }) end

  it("are declared by a plugin that may, which plugin info shows", function()
    local hall = '{ "%", "present", "In the hall", physical = true }'
    for api, todo in ipairs { "api = 2 and codes = true", "codes = true", "codes = true" } do
      codes("api = " .. api, hall)
      refused("mine/init.lua:1: the plugin may not declare codes; write " .. todo .. " in plugin.lua")
    end
    for _, manifest in ipairs { "api = 3, codes = true", "api = 2, codes = true" } do
      codes(manifest, hall)
      local shown = w:ok "plugin info mine"
      assert.truthy(shown:find "Codes of attendance that it declares\n[^\n]+\n%%%s+present%s+In the hall", shown)
      assert.equal("present", w:json "plugin info mine".codes[1].class)
    end
    assert.same({}, w:json "plugin info essex".codes)
  end)

  it("are the same in two plugins, whichever stands first", function()
    for _, case in ipairs {
      { '{ "/", "unauthorised", "x", physical = true, half = "AM" }', 'code "/", in its class' },
      { '{ "O", "unauthorised", "x", from = "2026-01-01" }', 'code "O", in its from' },
      { '{ "O", "unauthorised", "x", physical = true }', 'code "O", in its physical' },
    } do
      codes("codes = true", case[1])
      for _, uses in ipairs { 'use "england" use "mine"', 'use "mine" use "england"' } do
        plugins.use(w, uses)
        local err = plugins.refusal(w, "figures")
        assert.truthy(err:find(case[2], 1, true) and err:find "the plugins %a+ and %a+ differ", err)
      end
    end
    codes("codes = true", '{ "O", "unauthorised", "Away" }, { "H", "present", "x", from = "2030-01-01" }')
    w:ok "figures"
  end)

  it("keep the class that a workspace has them in", function()
    local other = workspace.new { settings = workspace.essex:gsub('use .*', "") .. 'use "mine"', files = {
      ["pupils.csv"] = "upn,surname,forename\nA1,Byron,Ada\n",
      ["marks.csv"] = workspace.registers { A1 = { ["2026-03-16"] = "O O" } } } }
    finally(function() other:remove() end)
    plugins.write(other, "mine", "codes = true", { ["init.lua"] = 'codes { { "O", "present", "Over there" } }' })
    for _, kind in ipairs { "pupils", "marks" } do other:ok(("import %s %s.csv"):format(kind, kind)) end
    plugins.use(other, 'use "england"')
    local err = other:expect(1, "import marks marks.csv").err
    assert.truthy(err:find('the plugin england says that the code "O" is unauthorised, and this workspace has it as '
      .. "present, for good", 1, true), err)
    assert.equal("present", other:json [[sql "SELECT class FROM mark WHERE code = 'O'"]][1].class)
  end)
end)

describe("a name that becomes a file's", function()
  before_each(clear)

  local no_names = { "../precious", "a/b", "/etc/cron", ".hidden", "Visit", "a b", "a.b", "-x", "1st", "caf\u{E9}",
    ("a"):rep(41), "a\nb", "" }
  local head = 'local r = count { name = "r", codes = "O", at_least = 1, weeks = 4 }\n'

  -- What of a plugin says the name, and what is said of a wrong one.
  local sayings = {
    { 'returns = { { name = %q, title = "T", rule = r } }', "mine/init.lua: returns: item 1: name: " },
    { "road_map = { %q }", "mine/init.lua: road_map: item 1: " },
    { "further = { %q }", "mine/init.lua: road_map: item 1: " },
    { 'step = step { title = "T", principle = "listen", documents = { "form", %q } }', "step: documents: " },
    { 'mail = mail { to = staff "head", digest = %q }', "mail: digest: " },
    { 'mail = mail { to = staff "head", template = %q }', "mail: template: " },
  }
  for _, saying in ipairs(sayings) do
    it("has one form: " .. saying[2], function()
      for i, name in ipairs(no_names) do
        if i % 3 == #saying[2] % 3 or i == 1 then -- a few of them in each place
          plugin("mine", 'sends = { "mail" }', { ["init.lua"] = head .. "return { " .. saying[1]:format(name) .. " }" })
          refused(saying[2])
          refused "is not a name (lower-case letters, digits, - and _, at most 40 in all)"
        end
      end
    end)
  end

  it("and texts that people see are lines", function()
    for module, words in pairs {
      ['codes { { "Z9", "absent", "a\\nb" } }'] = 'codes: item 1: meaning: "a\\x0Ab" should be one line of at most 300',
      ['return { returns = { { name = "x", title = "a\\27[2J", rule = r } } }'] = "returns: item 1: title: ",
      ['return { returns = { { name = "x", title = "T", words = ("x"):rep(301), rule = r } } }'] = "item 1: words: ",
      ['return { referral_form = { { section = "a\\nb", title = "T" } } }'] = "referral_form: item 1: section: ",
    } do
      plugin("mine", "api = 3, codes = true", { ["init.lua"] = head .. module })
      refused(words)
    end
  end)

  it("has one form also for whom it requires or extends", function()
    plugin("mine", 'extends = "../essex"')
    refused 'extends: the text "../essex" is not a name'
    plugin("mine", 'requires = { "england", "../essex" }')
    refused 'requires: the text "../essex" is not a name'
  end)

  it("is looked at again when it comes from a worker", function()
    local fields = core.sdk("made.fields").fields
    for _, name in ipairs { "digest", "template" } do assert.is_true(fields.mail[name].file_name) end
    assert.is_true(fields.step.documents.file_name)
    local list = { name = "a", title = "T", rule = "r", period = "year" }
    local answer = { plugins = { { name = "mine", version = "1", api = 2, requires = core.array {},
      reads = core.array {}, consults = core.array {}, sends = core.array {}, options = {} } }, steps = core.array {},
      lists = {}, hooks = core.array {}, rules = core.array {}, codes = core.array {}, reasons = core.array {},
      returns = { list } }
    assert.is_true(plugin_forms.fits("declared", answer))
    list.name = "../a"
    assert.is_false(plugin_forms.fits("declared", answer))
    list.name, answer.plugins[1].name = "a", "../mine"
    assert.is_false(plugin_forms.fits("declared", answer))
  end)
end)

describe("a file of a plugin", function()
  before_each(function()
    clear()
    plugin("mine", "")
  end)

  local function path(name) return w.dir .. "/plugins/mine/" .. name end
  local function put(name, text) w:file("w/plugins/mine/" .. name, text) end
  local function run(command, ...) assert(os.execute(command:format(...))) end

  it("is no link, to a file or into a folder", function()
    w:file("outside/init.lua", "error 'it ran'")
    run("ln -s '%s/outside/init.lua' '%s'", w.top, path "init.lua")
    refused "mine/init.lua: this is a link; a plugin holds plain files only"
    run("rm '%s' && ln -s '%s/outside' '%s'", path "init.lua", w.top, path "more")
    refused "mine/more: this is a link to a folder; copy the folder there"
    run("mv '%s/plugins/mine' '%s/mine' && ln -s '%s/mine' '%s/plugins/mine'", w.dir, w.top, w.top, w.dir)
    refused "plugins/mine: this is a link to a folder; copy the folder there"
    assert.truthy(w:ok("plugin list"):find("plugins/mine: this is a link to a folder", 1, true))
    local checked = w:expect(1, "plugin check w/plugins/mine").out
    assert.truthy(checked:find("this is a link to a folder; copy the folder there", 1, true), checked)
    run("rm '%s/plugins/mine'", w.dir)
  end)

  it("is no pipe: nothing waits for it", function()
    run("mkfifo '%s'", path "init.lua")
    refused "mine/init.lua: this is a named pipe; a plugin holds plain files only"
  end)

  it("differs from others in more than capital letters", function()
    local words = " differ in capital letters alone, and some computers keep only one of them; rename one"
    for _, names in ipairs { { "steps/Talk.lua", "steps/talk.lua", "steps/talk.lua: this and Talk.lua" },
      { "More/x.lua", "more/y.lua", "more: this and More" },
      { "PLUGIN.lua", "init.lua", "plugin.lua: this and PLUGIN.lua" } } do
      put(names[1], "")
      put(names[2], "")
      refused("mine/" .. names[3] .. words)
      clear()
      plugin("mine", "")
    end
  end)

  it("is at most 1 MB", function()
    put("init.lua", ("-"):rep((1 << 20) + 1))
    refused "mine/init.lua: this is over 1 MB; a plugin's file may not be"
  end)

  it("is one of at most 200", function()
    for i = 1, 200 do put(("f%d.lua"):format(i), "") end
    refused "has more than 200 files or 3 MB; a plugin may not"
  end)

  it("is part of at most 3 MB", function()
    for i = 1, 4 do put(("f%d.lua"):format(i), ("-"):rep(900000)) end
    refused "has more than 200 files or 3 MB; a plugin may not"
  end)

  it("does not make a load set too large to be sent", function()
    plugin("mine", 'requires = { "other" }')
    plugin("other", "")
    for i = 1, 3 do
      put(("f%d.lua"):format(i), ("\n"):rep(900000))
      put(("../other/f%d.lua"):format(i), ("\n"):rep(900000))
    end
    refused "the plugin mine cannot be used (refused): with all that it needs it is over 4 MB"
  end)

  local texts = {
    { "is UTF-8", 'local x = "\255"', "UTF-8" },
    { "is source text", "\27Lua", "this is compiled Lua; only source text is run" },
    { "has no first line for a shell", "#!/usr/bin/lua\nlocal x", "a first line with # is not taken" },
    { "has no byte-order mark", "\u{FEFF}local x", "byte-order mark" },
    { "has no hidden controls of writing direction", "local x -- \u{202E}", "writing direction" },
  }
  for _, case in ipairs(texts) do
    it(case[1], function()
      put("init.lua", case[2])
      refused(case[3])
      refused "mine/init.lua"
    end)
  end

  it("is Lua: other files and the folder spec are not looked at", function()
    put("notes.txt", "\255\0")
    put("spec/some_spec.lua", "error 'it ran'\255")
    w:ok "plugin info mine"
  end)

  it("changes the plugin's digest when it changes, and only then", function()
    local function digest() return w:ok("plugin info mine"):match "digest (%x+)" end
    local first = digest()
    assert.equal(first, digest())
    put("init.lua", "")
    assert.not_equal(first, digest())
  end)
end)

describe("what plugins declare", function()
  local kept, made, finder_of_now
  local cache = { may_write = true,
    declaration = function(_, key) return kept[key] end,
    put_declaration = function(_, key, text) kept[key], made = text, made + 1 end }

  -- How often a worker is asked when the set of `mine` is looked at.
  local function asked()
    made = 0
    local context = { folder = w.dir, known = {}, cache = cache }
    local declared = finder_of_now.declare(finder_of_now.load_set("mine", context), {}, context)
    assert.equal("visit", declared.steps[1].name)
    return made
  end

  before_each(function()
    plugin("mine", 'reads = { "registers" }', { ["init.lua"] = plugins.map,
      ["steps/visit.lua"] = plugins.visit "'x'" })
    kept, finder_of_now = {}, finder
  end)

  it("is asked once, and again where what was kept is not whole", function()
    assert.equal(2, asked()) -- plugin.lua, and all of it
    assert.equal(0, asked())
    for key, text in pairs(kept) do kept[key] = text:sub(1, #text // 2) end
    assert.equal(2, asked())
    for key in pairs(kept) do kept[key] = "{" end
    assert.equal(2, asked())
    assert.equal(0, asked())
  end)

  it("is asked again when what reads plugins is another, under the same number of version", function()
    asked()
    local sdk_code = core.sdk_code
    finally(function() core.sdk_code = sdk_code end)
    core.sdk_code = function() return sdk_code() .. "\n" end
    finder_of_now = dofile "lua/waymark/plugin/init.lua"
    assert.equal(2, asked())
    assert.equal(0, asked())
  end)
end)
