-- The commands for authors of plugins: new, check, test, options, info, diff.

local core = require "waymark.core"
local folder = require "tests.support.folder"
local plugins = require "tests.support.plugins"
local workspace = require "tests.support.workspace"

local w
local essex_grants -- what a plugin that extends it has to grant

setup(function()
  w = workspace.new {}
  local told, parts = w:json "plugin info essex", {}
  for i, field in ipairs { "reads", "consults" } do
    parts[i] = ('%s = { "%s" }'):format(field, table.concat(told[field], '", "'))
  end
  essex_grants = table.concat(parts, ", ")
end)
teardown(function() w:remove() end)
before_each(function()
  plugins.clear(w)
  plugins.use(w, 'use "england" use "essex" staff { head = "Ann <ann@school.example>" }')
end)

local function exists(path)
  local file = io.open(path)
  return file ~= nil and file:close()
end

-- What a command says with another environment. -> text, exit status
local function run_with(environment, line)
  local pipe = io.popen(("cd '%s' && %s '%s' -C '%s' %s 2>&1; echo $?"):format(w.top, environment, workspace.program(),
    w.dir, line))
  local text = pipe:read "a"
  pipe:close()
  local said, status = text:match "^(.*)(%d+)\n$"
  return said, tonumber(status)
end

-- new ----------------------------------------------------------------------------

describe("plugin new", function()
  for _, kind in ipairs { "step", "road-map", "hook" } do
    it("makes a " .. kind .. " that works at once, with its spec", function()
      local said = w:ok("plugin new mine --kind " .. kind)
      assert.is_truthy(said:find("Made ", 1, true))
      assert.is_truthy(exists(w.dir .. "/plugins/mine/README.md"))
      assert.are.equal("mine: nothing to mend.\n", (w:ok "plugin check mine":gsub("Style[^\n]*\n", "")))
      assert.is_truthy(w:ok "plugin test mine":find "%d passed, 0 failed\n$")
      assert.is_truthy(w:ok "plugin list":find "\nmine +0%.1 +this workspace")
    end)
  end

  it("adds a step to the plugin that is named", function()
    w:ok "plugin new first --kind road-map"
    w:ok "plugin new second --extends first"
    local text = folder.read(w.dir .. "/plugins/second/init.lua")
    assert.is_truthy(text:find('insert_after("keep-in-touch"', 1, true))
  end)

  it("writes nothing in a dry run", function()
    assert.is_truthy(w:ok "plugin new mine --dry-run":find "plugins/mine/plugin%.lua\n")
    assert.is_falsy(exists(w.dir .. "/plugins/mine/plugin.lua"))
  end)

  for line, words in pairs {
    ["'Our School'"] = "is no name for a plugin: lower case letters, digits and hyphens, a letter first; "
      .. "try: waymark plugin new our-school",
    ["../out"] = "try: waymark plugin new out",
    ["essex"] = 'there is a plugin "essex" already, in ',
    ["mine --extends england"] = "england has no road map to add a step to; give another with --extends",
    ["mine --extends esex"] = 'there is no plugin "esex"; did you mean "essex"?',
  } do
    it("refuses, and says what to do: " .. line, function()
      local err = plugins.refusal(w, "plugin new " .. line)
      assert.is_truthy(err:find(words, 1, true), err)
      assert.is_falsy(exists(w.dir .. "/plugins/mine"))
    end)
  end

  it("leaves alone what is there", function()
    w:file("w/plugins/mine/notes.txt", "mine")
    assert.is_truthy(plugins.refusal(w, "plugin new mine"):find("is there already", 1, true))
    assert.are.equal("mine", folder.read(w.dir .. "/plugins/mine/notes.txt"))
  end)
end)

-- check --------------------------------------------------------------------------

-- The lines of `plugin check mine` but the last, as "file:line: what; what to do", without
-- luacheck. -> lines, exit status
local function findings(manifest, files)
  plugins.clear(w)
  plugins.write(w, "mine", manifest, files)
  local said, status = run_with("PATH=/nowhere", "plugin check mine")
  local lines = {}
  for line in said:gmatch "[^\n]+" do
    lines[#lines + 1] = line:match("^" .. w.dir:gsub("%p", "%%%0") .. "/plugins/mine/(.*)$")
  end
  return lines, status
end

local function contains(lines, text)
  for _, line in ipairs(lines) do
    if line == text then return true end
  end
  return false
end

local step = 'return step { title = "A", principle = "listen",\n%s }\n'

describe("plugin check", function()
  for _, name in ipairs { "england", "support-first", "essex", "callbacks" } do
    it("finds nothing in " .. name, function()
      assert.are.equal(name .. ": nothing to mend.\n", (w:ok("plugin check " .. name):gsub("Style[^\n]*\n", "")))
    end)
  end

  it("takes a folder", function()
    assert.is_truthy(w:ok("plugin check '" .. io.popen("pwd"):read "l" .. "/examples/oakfield/plugins/local'")
      :find("local: nothing to mend.", 1, true))
  end)

  it("looks at every plugin of the workspace", function()
    w:ok "plugin new one"
    w:ok "plugin new two --kind hook"
    local said = w:ok "plugin check"
    assert.is_truthy(said:find("one: nothing to mend.\ntwo: nothing to mend.\n", 1, true))
    plugins.clear(w)
    assert.is_truthy(plugins.refusal(w, "plugin check"):find("make one with: waymark plugin new NAME", 1, true))
  end)

  for text, files in pairs {
    ['init.lua:1: unknown name "strek"; did you mean "streak"?'] =
      { ["init.lua"] = 'return { a = strek { name = "a", codes = "I" } }\n' },
    ['init.lua:2: unknown name "nobody_knows"; write local before its first use, or mend the name'] =
      { ["init.lua"] = "local function f()\n  return nobody_knows end\nreturn { f = f }\n" },
    ['steps/a.lua:2: a pupil has no field "nme"; did you mean "name"?'] =
      { ["steps/a.lua"] = step:format "suggest = function(child) return child.nme end" },
    ['steps/a.lua:2: a pupil has no method "rolling_"; did you mean "rolling"?'] =
      { ["steps/a.lua"] = step:format "gate = function(p) return p:rolling_(3) end" },
    ["steps/a.lua:2: p.rate is a method; write p:rate(…)"] =
      { ["steps/a.lua"] = step:format "gate = function(p) return p.rate end" },
    ['steps/a.lua:2: nothing has a method "becuase"; did you mean "because"?'] =
      { ["steps/a.lua"] = step:format 'suggest = function(p) return p:rate():becuase "x" end' },
    ['steps/a.lua:2: step has no field "documnets"; did you mean "documents"?'] =
      { ["steps/a.lua"] = step:format "documnets = {}" },
    ['steps/a.lua:1: step has no field "titel"; did you mean "title"?'] =
      { ["steps/a.lua"] = 'return parent.steps["b"]:with { titel = "B" }\n' },
    ['init.lua:1: rolling has no field "week"; did you mean "weeks"?'] =
      { ["init.lua"] = 'return { r = rolling { name = "r", codes = "O", week = 10 } }\n' },
    ['init.lua:2: an event has no field "entri"; did you mean "entry"?'] =
      { ["init.lua"] = 'on("entry.recorded", function(e)\n  return e.entri and nil end)\n' },
    ['init.lua:1: there is no option "size"; did you mean "sizes"?'] =
      { ["init.lua"] = "return { a = config.size }\n" },
    ['init.lua:1: string has no "formt" for plugins; did you mean "format"?'] =
      { ["init.lua"] = "return { a = string.formt }\n" },
    ['steps/a.lua:2: this reads "pupil.dob", which is not granted; add "pupil.dob" to reads in plugin.lua'] =
      { ["steps/a.lua"] = step:format "gate = function(pupil) return pupil.dob end" },
    ['steps/a.lua:2: this reads "cases", which is not granted; add "cases" to reads in plugin.lua'] =
      { ["steps/a.lua"] = step:format "gate = function(_, case) return case:last() and nil end" },
    ['init.lua:1: this asks for "note", which the plugin may not; add "note" to sends in plugin.lua'] =
      { ["init.lua"] = 'on("review.due", function() return note { text = "x" } end)\n' },
    ['init.lua:2: the road map has the step "vist", and there is no steps/vist.lua; did you mean "visit"?'] =
      { ["init.lua"] = 'return {\n  road_map = { "vist" } }\n',
        ["steps/visit.lua"] = 'return step { title = "A", principle = "listen" }\n' },
    ['steps/a.lua:1: step: "principle" is one of: expect, monitor, listen, facilitate, formalise, enforce, '
      .. 'and not "lisen"; did you mean "listen"?'] = { ["init.lua"] = 'return { road_map = { "a" } }\n',
        ["steps/a.lua"] = 'return step { title = "A", principle = "lisen" }\n' },
    ['steps/a.lua:3: step: "attempts" is one of: spoke, and not "busy"'] = {
      ["init.lua"] = 'return { road_map = { "a" } }\n', ["steps/a.lua"] =
        'return step { title = "A", principle = "listen",\n  outcomes = { "spoke" },\n  attempts = { "busy" } }\n' },
    ['init.lua:1: there is no templates/nope.txt; did you mean "note"?'] =
      { ["init.lua"] = 'on("review.due", function() return mail { template = "nope", to = staff "head" } end)\n',
        ["templates/note.txt"] = "Hello" },
    ['init.lua:1: waymark.lua names no staff "hed"; did you mean "head"?'] =
      { ["init.lua"] = 'on("review.due", function() return mail { to = staff("hed") } end)\n' },
    ['init.lua:1: waymark.lua names no staff "nurse"; add to waymark.lua: staff { nurse = "Name <address>" }'] =
      { ["init.lua"] = 'on("review.due", function() return mail { to = staff "nurse" } end)\n' },
    ['templates/t.txt:2: this reads "sensitive", which is not granted; add "sensitive" to reads in plugin.lua'] =
      { ["templates/t.txt"] = "Hello\n{{pupil.sen}}\n", ["init.lua"] = "" },
    ["init.lua:3: unexpected symbol near <eof>"] = { ["init.lua"] = "return {\n\n" },
  } do
    it("says: " .. text, function()
      local lines, status = findings("options = { sizes = { default = 1, help = 'x' } }", files)
      assert.is_true(contains(lines, text), table.concat(lines, "\n"))
      assert.are.equal(1, status)
    end)
  end

  it("names the line that asks for a step which the parent has not", function()
    local lines = findings('extends = "essex", ' .. essex_grants, { ["init.lua"] = 'return { road_map = { "a" } }\n',
      ["steps/a.lua"] = '\nreturn parent.steps["early-hlp"]:with { title = "B" }\n' })
    assert.is_true(contains(lines, 'steps/a.lua:2: essex has no step "early-hlp"; did you mean "early-help"?'),
      table.concat(lines, "\n"))
  end)

  it("says why what plain Lua has is not there", function()
    local lines = findings("", { ["init.lua"] = "return { now = os.time }\n" })
    assert.is_truthy(lines[1]:find('init.lua:1: "os" is not there for plugins', 1, true))
  end)

  for text, manifest in pairs {
    ['plugin.lua:1: plugin.lua has no field "raeds"; did you mean "reads"?'] = 'raeds = { "registers" }',
    ['plugin.lua:1: reads: there is no field "register"; did you mean "registers"?'] = 'reads = { "register" }',
    ['plugin.lua:1: essex, which this extends, reads "cases"; add "cases" to reads'] =
      'extends = "essex", reads = { "registers" }',
    ['plugin.lua:1: there is no plugin "esex"; did you mean "essex"?; look at: waymark plugin list'] =
      'extends = "esex"',
  } do
    it("says of plugin.lua: " .. text, function()
      local lines = findings(manifest)
      assert.is_true(contains(lines, text), table.concat(lines, "\n"))
    end)
  end

  for key, nearest in pairs { roadmap = "road_map", roadMap = "road_map", reasns = "reasons" } do
    it("warns of a step on no road map, and of " .. key, function()
      local lines, status = findings("", { ["init.lua"] = ('return { %s = { "a" } }\n'):format(key),
        ["steps/a.lua"] = 'return step { title = "A", principle = "listen" }\n' })
      assert.are.same({ ('init.lua:1: Waymark takes no "%s" from init.lua; did you mean "%s"?'):format(key, nearest),
        'steps/a.lua:1: this step is on no road map; add "a" to road_map in init.lua' }, lines)
      assert.are.equal(3, status)
    end)
  end

  it("takes a name for the plugin of the workspace, and what has a slash for a folder", function()
    plugins.write(w, "mine", "")
    w:file("mine/plugin.lua", "return {")
    local said = run_with("PATH=/nowhere", "plugin check mine")
    assert.is_truthy(said:find("^mine: nothing to mend%.\n"), said)
    said = run_with("PATH=/nowhere", "plugin check ./mine")
    assert.is_truthy(said:find("\nThe plugin in the folder ./mine:\nmine: 1 fault", 1, true), said)
    plugins.clear(w)
    said = run_with("PATH=/nowhere", "plugin check mine")
    assert.is_truthy(said:find("\nThe plugin in the folder mine:\n", 1, true), said)
    said = run_with("", "plugin test mine")
    assert.is_truthy(said:find("The plugin in the folder mine:\n", 1, true), said)
    assert.is_truthy(plugins.refusal(w, "plugin check ./none"):find("./none holds no plugin.lua", 1, true))
  end)

  it("goes on with the others after a plugin that cannot be read", function()
    plugins.write(w, "bad", "")
    plugins.write(w, "good", "")
    assert(os.execute(("ln -s /etc/hosts '%s/plugins/bad/x.lua'"):format(w.dir)))
    local said, status = run_with("PATH=/nowhere", "plugin check")
    assert.is_truthy(said:find("/w/plugins/bad/x.lua:1: this is a link; a plugin holds plain files only\n"
      .. "bad: 1 fault, 0 warnings.\ngood: nothing to mend.\n", 1, true), said)
    assert.are.equal(1, status)
  end)

  it("leaves nothing behind of a folder that cannot be read, and names it as it was named", function()
    plugins.write(w, "bad", "")
    assert(os.execute(("ln -s /etc/hosts '%s/plugins/bad/x.lua'"):format(w.dir)))
    local said = run_with("PATH=/nowhere", "plugin check w/plugins/bad/")
    assert.is_truthy(said:find("^w/plugins/bad/x%.lua:1: this is a link; "), said)
    local links = ("find \"${TMPDIR:-/tmp}\" -maxdepth 2 -name plugins -lname '%s/plugins' 2>/dev/null"):format(w.dir)
    assert.are.equal("", io.popen(links):read "a")
  end)

  it("warns of grants, effects, options and globals that nobody needs, with status 3", function()
    local lines, status = findings('reads = { "pupil.dob" }, sends = { "mail" }, '
      .. 'options = { n = { default = 1, help = "x" } }', { ["init.lua"] = "x = 1\n" })
    assert.are.same({
      'init.lua:1: "x" is set without local; write: local x = …',
      'plugin.lua:1: "pupil.dob" is granted, and nothing reads it; '
        .. "take it out of reads: families are told what is read",
      'plugin.lua:1: "mail" may be sent, and nothing asks for it; take it out of sends',
      'plugin.lua:1: the option "n" is not read by any file; read it as config.n, or take it out',
    }, lines)
    assert.are.equal(3, status)
  end)

  it("does not warn of a grant that only a template, a mail or an extended plugin needs", function()
    assert.are.same({}, (findings('extends = "essex", ' .. essex_grants)))
    assert.are.same({}, (findings('reads = { "pupil.name", "pupil.groups" }, sends = { "mail" }', {
      ["init.lua"] = 'on("review.due", function(_, child)\n'
        .. '  return mail { to = staff "head", template = "t", data = { child = child } }\nend)\n',
      ["templates/t.txt"] = "{{child.name}} {{child.form}}\n" })))
    assert.are.same({}, (findings('reads = { "pupil.name" }, sends = { "mail" }', {
      ["init.lua"] = 'on("review.due", function() return mail { to = staff "head" } end)\n' })))
  end)

  it("takes a variable of the file for what it is, whatever its name", function()
    assert.are.same({}, (findings("", { ["init.lua"] = 'local event, case = { at = 1 }, { open = true }\n'
      .. "local function count(t) return t.sum end\n"
      .. "return { a = event.at, b = case.open, c = count { sum = 1 } }\n" })))
  end)

  it("says each thing once, though the worker stops at it too", function()
    local lines = findings("", { ["init.lua"] = 'return { a = strek { name = "a" } }\n' })
    assert.are.equal(1, #lines)
  end)

  it("runs nothing of the steps that it reads", function()
    local lines = findings('reads = { "registers" }', { ["init.lua"] = 'return { road_map = { "a" } }\n',
      ["steps/a.lua"] = 'return step { title = "A", principle = "listen",\n'
        .. '  suggest = function(pupil) return pupil:rate() and error "ran" end }\n' })
    assert.are.same({}, lines)
  end)

  it("advises a step that is asked about everybody, and finds no fault with it", function()
    w:ok "plugin new mine"
    local file = w.dir .. "/plugins/mine/steps/keep-in-touch.lua"
    workspace.write(file, (workspace.read(file):gsub("  when = [^\n]*\n", "")))
    assert.are.equal(file .. ":11: a step without when is asked about every pupil, which costs a hundred times what a "
      .. "rule does; if nothing is said without some rule being met, name it: when = RULE\nmine: nothing to mend.\n",
      w:ok "plugin check mine")
  end)

  it("gives CSV and JSON", function()
    findings("", { ["init.lua"] = "x = 1\n" })
    local r = w:run "plugin check mine --format json"
    local found = core.decode(r.out)[1]
    assert.are.same({ "init.lua", 1, "warning" }, { found.file:match "[^/]*$", found.line, found.kind })
    assert.is_truthy(w:run("plugin check mine --format csv").out:find "^file,line,kind,what,todo\n")
  end)

  it("says that luacheck is not installed", function()
    w:ok "plugin new mine"
    local said, status = run_with("PATH=/nowhere", "plugin check mine")
    assert.are.equal("mine: nothing to mend.\nStyle and unused names were not looked at: luacheck is not installed "
      .. "(in Debian: apt install lua-check).\n", said)
    assert.are.equal(0, status)
  end)

  it("adds what luacheck says, where it is installed", function()
    w:file("bin/luacheck", "#!/bin/sh\nfor f in \"$@\"; do :; done\n"
      .. "echo \"$f:1:7: (W211) unused variable 'x'\"\n")
    os.execute(("chmod +x '%s/bin/luacheck'"):format(w.top))
    plugins.write(w, "mine", "", { ["init.lua"] = "local x\n" })
    local said, status = run_with(("PATH='%s/bin':/usr/bin:/bin"):format(w.top), "plugin check mine")
    assert.is_truthy(said:find("unused variable 'x' (luacheck W211); take it out, or call it _", 1, true), said)
    assert.are.equal(3, status)
  end)
end)

-- test ---------------------------------------------------------------------------

local function with_spec(text)
  w:ok "plugin new mine"
  w:file("w/plugins/mine/spec/keep_in_touch_spec.lua", text)
end

describe("plugin test", function()
  it("names what failed, and ends with status 1", function()
    with_spec 'it("fails", function() assert.are.equal(1, 2) end)\nit("passes", function() end)\n'
    local r = w:expect(1, "plugin test mine")
    assert.is_truthy(r.out:find("FAILED   fails\nok       passes\n", 1, true), r.out)
    assert.is_truthy(r.out:find("\n1 passed, 1 failed\n", 1, true))
  end)

  it("names a spec that does not compile", function()
    with_spec "it(\n"
    local r = w:expect(1, "plugin test mine")
    assert.is_truthy(r.out:find("keep_in_touch_spec.lua", 1, true), r.out)
  end)

  it("waits for no pipe in the place of a spec", function()
    with_spec ""
    local path = w.dir .. "/plugins/mine/spec/pipe_spec.lua"
    assert(os.execute(("mkfifo '%s'"):format(path)))
    local err = w:expect(1, "plugin test mine").err
    assert.is_truthy(err:find("spec/pipe_spec.lua: this is a named pipe; a spec is a plain file\n", 1, true), err)
    assert(os.remove(path))
  end)

  it("takes the name of a test", function()
    with_spec 'it("a-b", function() error "a" end)\nit("c", function() end)\n'
    assert.is_truthy(w:ok "plugin test mine --filter c":find("1 passed, 0 failed", 1, true))
    w:expect(1, "plugin test mine --filter a-b")
  end)

  it("keeps golden files with --update, and compares with them", function()
    with_spec 'it("is the same", function() require("waymark.kit").golden("a.txt", "one\\ntwo\\n") end)\n'
    local out = w:expect(1, "plugin test mine").out
    assert.is_truthy(out:find("golden/a.txt; write it with: waymark plugin test mine --update", 1, true), out)
    w:ok "plugin test mine --update"
    w:ok "plugin test mine"
    w:file("w/plugins/mine/spec/golden/a.txt", "one\nthree\n")
    out = w:expect(1, "plugin test mine").out
    assert.is_truthy(out:find("golden/a.txt, line 2\n    is   two\n    was  three\n", 1, true), out)
  end)

  it("says that there are no specs", function()
    plugins.write(w, "mine", "")
    assert.is_truthy(plugins.refusal(w, "plugin test mine"):find("mine has no specs; write one as ", 1, true))
    assert.is_truthy(plugins.refusal(w, "plugin test mien"):find('did you mean "mine"?', 1, true))
  end)

  it("says that no test was run", function()
    with_spec 'it("a", function() end)\n'
    local r = w:expect(1, "plugin test mine --filter zzz")
    assert.are.equal('waymark: no test of mine holds "zzz"\n', r.err)
    w:file("w/plugins/mine/spec/keep_in_touch_spec.lua", "\n")
    assert.is_truthy(plugins.refusal(w, "plugin test mine"):find("mine has no tests; write one with it(", 1, true))
  end)

  it("says that Busted is not installed", function()
    w:ok "plugin new mine"
    w:file("none/busted/runner.lua", 'error "not here"')
    local said, status = run_with(("LUA_PATH='%s/none/?.lua;;'"):format(w.top), "plugin test mine")
    assert.are.equal("waymark: specs need Busted, which is not installed; "
      .. "install it (in Debian: apt install lua-busted)\n", said)
    assert.are.equal(1, status)
  end)

  for _, name in ipairs { "essex", "callbacks" } do
    it("passes for " .. name, function()
      local r = w:run("plugin test " .. name)
      assert.are.equal(0, r.status, r.out)
    end)
  end
end)

-- enable -------------------------------------------------------------------------

describe("plugin enable", function()
  local school

  setup(function()
    school = plugins.school()
    plugins.use(school, 'use "england" use "mine"')
    plugins.write(school, "mine", 'reads = { "registers" }', { ["init.lua"] = plugins.map,
      ["steps/visit.lua"] = 'return step { title = "A", principle = "listen",\n'
        .. "suggest = function() while true do end end }" })
    for _ = 1, 3 do school:expect(3, "suggest" .. plugins.day) end
  end)
  teardown(function() school:remove() end)

  it("brings back a step of it that failed in several runs, which the list names with the reason", function()
    local r = school:run "plugin list"
    assert.are.equal(0, r.status)
    assert.is_truthy(r.out:find "\nmine +0%.3 +this workspace +yes, without visit\n")
    assert.is_truthy(r.err:find("the step visit of the plugin mine is switched off since 2026-03-21, because it failed "
      .. "3 times", 1, true))
    assert.is_truthy(r.err:find("waymark plugin enable mine", 1, true))
    assert.are.equal("Would switch mine on again.\n", school:ok "plugin enable mine --dry-run")
    assert.are.equal("mine is switched on again.\n", school:ok "plugin enable mine --by Sam")
    assert.are.equal("mine is not switched off; nothing to do.\n", school:ok "plugin enable mine")
    assert.are.equal("", school:run "plugin list".err)
  end)
end)

-- options, info --------------------------------------------------------------------

describe("plugin jail", function()
  it("says what keeps plugins in here: every needed part is in force", function()
    local parts, needed = {}, 0
    for _, part in ipairs(w:json "plugin jail --format json") do
      parts[part.name] = part.done
      if part.mandatory == "yes" then
        needed = needed + 1
        assert.are.equal("yes", part.done, part.name)
      end
    end
    assert.is_true(needed >= 9)
    assert.are.equal("yes", parts["system call filter"])
    assert.is_truthy(w:ok "plugin jail":find "memory limit%s+yes%s+yes")
  end)
end)

describe("plugin options", function()
  it("shows what is in force: the default, a plugin that configures it, the settings", function()
    local function now()
      for _, row in ipairs(w:json "plugin options essex") do
        if row.option == "check_in_absences" then return row.now, row.default, row.range, row.type end
      end
    end
    assert.are.same({ "10", "10", "1 to 40", "integer" }, { now() })
    plugins.write(w, "mine", 'extends = "essex", ' .. essex_grants .. ', '
      .. "configure = { essex = { check_in_absences = 8 } }")
    plugins.use(w, 'use "england" use "essex" use "mine"')
    assert.are.equal("8", (now()))
    plugins.use(w, 'use "england" use "essex" { check_in_absences = 7 } use "mine"')
    assert.are.equal("7", (now()))
  end)

  it("is a table to read, and CSV", function()
    assert.is_truthy(w:ok "plugin options essex":find "\nnotice_period +duration +6 school weeks +6 school weeks ")
    assert.is_truthy(w:ok "plugin options essex --format csv":find "\nmeeting_bands,list of integer,\"80, 65, 50\",")
    plugins.write(w, "mine", "", {})
    assert.are.equal("mine has nothing that can be set.\n", w:ok "plugin options mine")
  end)

  it("has those of the plugin that is extended, and says which it has from it; --own leaves them out", function()
    plugins.write(w, "mine", 'extends = "essex", ' .. essex_grants .. ', options = { '
      .. 'n = { default = 2, type = "integer", least = 1, most = 9, help = "how many" } }')
    local own
    for _, row in ipairs(w:json "plugin options mine") do own = own or row.option == "n" and row.plugin end
    assert.are.equal("mine", own)
    assert.is_true(#w:json "plugin options mine" == #w:json "plugin options essex" + 1)
    assert.are.equal("option  type     now  default  range   what it does\n"
      .. "n       integer  2    2        1 to 9  how many\n", w:ok "plugin options mine --own")
  end)
end)

describe("plugin info", function()
  it("says in plain words what a plugin sees, does not see, and may ask for", function()
    local said = w:ok "plugin info callbacks"
    for _, line in ipairs {
      "  - the registers: every half day's mark, and the attendance worked out from them",
      "  - pupils' names",
      "It does not see: UPNs, dates of birth, sex, special needs and free meals, contacts or what staff recorded.",
      "  - messages to staff, never to families: Waymark writes them to a folder, and whoever runs it sends them",
      "Is told when:", "  - a step is suggested for a pupil that was not suggested before",
    } do
      assert.is_truthy(said:find("\n" .. line .. "\n", 1, true), line)
    end
    assert.is_truthy(w:ok "plugin info essex":find("\n  - nothing: it suggests, and people decide\n", 1, true))
  end)

  it("gives it as JSON", function()
    local told = w:json "plugin info callbacks"
    assert.are.same({ "registers", "pupil.name", "pupil.groups" }, told.reads)
    assert.are.same({ "mail-staff" }, told.sends)
    assert.are.equal("steps", told.options[1].option)
  end)
end)

-- diff ---------------------------------------------------------------------------

describe("plugin diff", function()
  local function changes(manifest, files)
    plugins.write(w, "mine", 'extends = "essex", ' .. essex_grants .. ", " .. (manifest or ""), files)
    local list = {}
    for i, row in ipairs(w:json "plugin diff mine") do list[i] = row.about .. ": " .. row.what end
    return list
  end

  it("says of whom a step is asked now", function()
    w:file("w/plugins/mine/plugin.lua", 'return { name = "mine", version = "0.3", api = 3, extends = "essex", '
      .. 'reads = { "registers", "cases" } }')
    w:file("w/plugins/mine/steps/absence-callback.lua", 'return parent.steps["absence-callback"]:with { when = '
      .. '{ streak { name = "away-now", codes = "NOU" }, recorded "early-help", recorded() } }')
    local words = 'asked about (when): N-streak, callback-away, holiday-in-a-row → away-now, recorded "early-help", '
      .. "recorded()"
    assert.is_truthy(w:ok "plugin diff mine":find(words, 1, true))
  end)

  it("says that nothing differs", function()
    assert.are.same({}, changes())
    assert.is_truthy(w:ok "plugin diff mine":find "^What mine 0%.3 changes of essex [%d.]+\nNothing that it declares")
  end)

  it("names steps added, removed and moved", function()
    assert.are.same({
      "visit: step added after absence-callback: Visit (listen)",
      "early-help: step moved: now after legal-intervention",
      "legal-decision: step removed: Deciding on legal intervention",
    }, changes("", {
      ["init.lua"] = 'local map = parent.road_map:insert_after("absence-callback", "visit")\n'
        .. 'map:remove "legal-decision"\nmap:remove "early-help"\nmap[#map + 1] = "early-help"\n'
        .. "return { road_map = map }\n",
      ["steps/visit.lua"] = 'return step { title = "Visit", principle = "listen" }\n',
    }))
  end)

  it("names fields of steps", function()
    assert.are.same({
      'absence-callback: title: "Absence call-back" → "Ring home"',
      "absence-callback: period: nothing → 2 school weeks",
      "absence-callback: outcomes: spoke, no-answer, wrong-number, message-left → spoke",
      "absence-callback: outcomes that are attempts only: no-answer, wrong-number, message-left → nothing",
      "absence-callback: outcomes that say that a number is wrong: wrong-number → nothing",
      "absence-callback: may be held back now (gate)",
          }, changes("", { ["steps/absence-callback.lua"] = [[
return parent.steps["absence-callback"]:with {
  title = "Ring home", period = school_weeks(2), outcomes = { "spoke" }, attempts = {}, gate = function() end,
}
]] }))
  end)

  it("names options, rules, lists, hooks and grants", function()
    plugins.write(w, "mine", 'extends = "essex", ' .. essex_grants:gsub('"cases"', '"cases", "pupil.sex"', 1)
      .. [[, sends = { "note" },
      configure = { essex = { check_in_absences = 8, new_lines_a_week = 5 } },
      options = { n = { default = 3, help = "how many" } }]],
      { ["init.lua"] = 'local r = count { name = "late", codes = "L", at_least = config.n }\n'
        .. 'on("review.due", function() end)\nreturn { r = r }\n' })
    local list = {}
    for i, row in ipairs(w:json "plugin diff mine") do list[i] = row.about .. ": " .. row.what end
    assert.are.same({
      "support-first.check_in_absences: option set: 10 → 8",
      "support-first.new_lines_a_week: option set: 40 → 5",
      "mine.n: option added, 3: how many",
      "recent-absence: rule, at least: 10 → 8",
      "late: rule added (count)",
      "lists: new lines a week: 40 → 5",
      "hooks: is told of review.due",
      "grants: sees besides: boy or girl, as the school has it",
      "grants: may ask besides for notes for staff in a pupil's case",
    }, list)
  end)

  it("says that there is nothing to compare", function()
    assert.is_truthy(plugins.refusal(w, "plugin diff england"):find("england extends no other plugin", 1, true))
  end)
end)
