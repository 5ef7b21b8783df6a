-- Plugins that fail. An error is named, fails that pupil and step, and the rest
-- goes on; after a limit, a kill, a malformed answer or twenty errors nothing of the
-- step is kept, and the other steps go on.

local core = require "waymark.core"
local plugins = require "tests.support.plugins"
local workspace = require "tests.support.workspace"

local w
local pupils = 25 -- P01 to P25, all of them away on one morning

local function upn_of(i) return ("P%02d"):format(i) end

local function school()
  local lines, days = { "upn,surname,forename" }, {}
  for i = 1, pupils do
    lines[#lines + 1] = ("%s,Moss,Ben %d"):format(upn_of(i), i)
    days[upn_of(i)] = { ["2026-03-16"] = "O \\" }
  end
  lines[#lines + 1] = "P26,\27[31mRed,\u{202E}Ada\n"
  days.P26 = { ["2026-03-16"] = "O \\" }
  w = workspace.new { files = { ["pupils.csv"] = table.concat(lines, "\n"),
    ["marks.csv"] = workspace.registers(days) } }
  w:run "import pupils pupils.csv --now 2026-03-18T09:00Z"
  w:ok "import marks marks.csv --now 2026-03-18T09:00Z"
end

-- The plugin `local` with two steps: `visit`, whose suggest function is `body`
-- (with `away`, a rule that everybody meets), and `tea`, which always suggests.
local function step_does(body)
  plugins.clear(w)
  plugins.use(w, 'use "england" use "local"')
  local step = [[
local away = require "local".away
return step { title = "Title", principle = "listen", suggest = function(pupil, case)
%s
end }]]
  plugins.write(w, "local", 'reads = { "registers", "pupil.upn" }', {
    ["init.lua"] = [[
      away = count { name = "away", codes = "O", at_least = 1, weeks = 4 }
      return { away = away, road_map = { "visit", "tea" } }]],
    ["steps/visit.lua"] = step:format(body),
    ["steps/tea.lua"] = step:format 'return pupil:count(away):because "tea"' })
end

local suggests = '\nreturn pupil:count(away):because "visit"'
local function only_for(upn, body) return ('if pupil.upn == "%s" then %s end'):format(upn, body) end

-- What was suggested, as { ["P01 visit"] = true }, and how many; what was said.
local function suggest(line)
  local r = w:run((line or "suggest --dry-run --format json") .. plugins.day)
  local found, n = {}, 0
  for _, each in ipairs(core.decode(r.out) or {}) do
    found[each.upn .. " " .. each.step], n = true, n + 1
  end
  return found, n, r
end

local function says(r, words)
  assert.equal(3, r.status, r.err)
  assert.truthy(r.err:find(words, 1, true), r.err)
end

setup(school)
teardown(function() w:remove() end)

describe("a step that throws for one pupil", function()
  it("is named with plugin, version, step, pupil, file and line; the rest goes on", function()
    step_does(only_for("P02", 'error "boo"') .. suggests)
    local found, n, r = suggest()
    says(r, "the plugin local 0.3 failed")
    says(r, "step visit, for Ben 2 Moss: local/steps/visit.lua:3: boo\n")
    assert.truthy(r.err:find('boo\n    3 | if pupil.upn == "P02" then error "boo" end', 1, true), r.err)
    assert.equal(2, select(2, r.err:gsub("\n", "")))
    assert.equal(2 * 26 - 1, n)
    assert.falsy(found["P02 visit"])
    assert.truthy(found["P02 tea"] and found["P01 visit"] and found["P03 visit"])
  end)

  it("says so in explain, too", function()
    step_does(only_for("P02", 'error "boo"') .. suggests)
    says(w:run("explain P02 visit" .. plugins.day), "local/steps/visit.lua:3: boo")
    w:ok("explain P01 visit" .. plugins.day)
  end)

  it("may throw in its gate", function()
    step_does("return pupil:count(away):because 'visit'\nend, gate = function(pupil)\n"
      .. only_for("P02", 'error "shut"'))
    local found, _, r = suggest()
    says(r, "for Ben 2 Moss: local/steps/visit.lua:5: shut")
    assert.truthy(found["P01 visit"] and not found["P02 visit"])
  end)

  it("cannot write on the terminal, nor pass for a line of ours", function()
    step_does(only_for("P26", [[error("\27[2Jboo\nwaymark: all is well\u{202E}")]]) .. suggests)
    local _, _, r = suggest()
    says(r, [[local/steps/visit.lua:3: \x1B[2Jboo\x0Awaymark: all is well\u{202E}]])
    says(r, [[for \u{202E}Ada \x1B[31mRed]])
    assert.falsy(r.err:find("[\27\r]") or r.err:find("\u{202E}", 1, true), r.err)
  end)

  it("cannot lay it at another plugin's door: the place is where it was raised", function()
    local forged = '"england/init.lua:3: boo"'
    for body, words in pairs {
      ["error(" .. forged .. ", 0)"] = "england/init.lua:3: boo",
      ["local _, m = pcall(error, " .. forged .. ", 0) return assert(false, m)"] = "england/init.lua:3: boo",
      ["local function f() error('boo', 2) end f()"] = "boo", -- who called is a true place
    } do
      step_does(only_for("P02", body) .. suggests)
      local _, _, r = suggest()
      says(r, ("step visit, for Ben 2 Moss: local/steps/visit.lua:3: %s\n    3 | if"):format(words))
      assert.equal(2, select(2, r.err:gsub("\n", "")), r.err)
    end
    local long = ("x"):rep(40) -- of which Lua's own message has the end only
    step_does(suggests)
    w:file("w/plugins/local/init.lua", ('return { road_map = { "%s" } }'):format(long))
    w:file(("w/plugins/local/steps/%s.lua"):format(long),
      'return step { title = "T", principle = "listen", suggest = function() local x = nil; x.y() end }')
    says(w:run("explain P02 " .. long .. plugins.day), ("local/steps/%s.lua:1: attempt to index"):format(long))
    step_does(suggests)
    w:file("w/plugins/local/init.lua", "local f = function() error(" .. forged .. ", 0) end f()")
    assert.truthy(plugins.refusal(w, "suggest"):find "%(failed%): local/init.lua:1: england/init.lua:3: boo\n$")
  end)

  it("may throw whatever it likes", function()
    for _, value in ipairs { "{}", "nil", "print",
      "setmetatable({}, { __tostring = function() error 'again' end })" } do
      step_does(only_for("P02", ("error(%s)"):format(value)) .. suggests)
      local _, n, r = suggest()
      says(r, "step visit, for Ben 2 Moss: ")
      assert.equal(51, n)
    end
  end)
end)

describe("what a step returns", function()
  local nonsense = {
    { "a number", "return 7" }, { "a text", 'return "visit"' }, { "a table", "return {}" },
    { "a function", "return print" }, { "true", "return true" }, { "false", "return false" },
    { "the evidence itself", "return pupil:count(away)" },
    { "a reason of over 500 bytes", 'return pupil:count(away):because(("x"):rep(501))' },
    { "a reason that is no text", "return pupil:count(away):because(7)" },
    { "a reason that is empty", 'return pupil:count(away):because ""' },
    { "a reason that is not UTF-8", 'return pupil:count(away):because "\\255"' },
    { "more evidence that is none", 'return pupil:count(away):because("x", 7)' },
    { "a concern of over 64 bytes",
      'local r = pupil:count(away):because "x"; r.concern = ("c"):rep(65); return r' },
    { "a concern that is no text", 'local r = pupil:count(away):because "x"; r.concern = {}; return r' },
    { "no evidence at all", 'local r = pupil:count(away):because "x"; r.evidence = {}; return r' },
    { "evidence of a time that is no date",
      'local r = pupil:count(away):because "x"; r.evidence = { { rule = "away", asked_to = 5 } }; return r' },
    { "a rule that nobody declared",
      'local r = pupil:count(away):because "x"; r.evidence = { { rule = "made-up" } }; return r' },
  }
  for _, case in ipairs(nonsense) do
    it("is refused for that pupil and step: " .. case[1], function()
      step_does(only_for("P02", case[2]) .. suggests)
      local found, n, r = suggest()
      says(r, "step visit, for Ben 2 Moss: ")
      assert.falsy(r.err:find("sdk/", 1, true), r.err)
      assert.equal(51, n)
      assert.falsy(found["P02 visit"])
    end)
  end

  it("leaves the step out when the answer itself would be malformed", function()
    local forged = 'r.evidence = { { rule = "away", asked_to = "soon" } }; return r'
    step_does(only_for("P02", 'local r = pupil:count(away):because "x"; ' .. forged) .. suggests)
    local found, n, r = suggest()
    says(r, "step visit, for Ben 2 Moss: its answer is malformed (rules); nothing of this step is kept")
    assert.equal(26, n)
    assert.truthy(found["P02 tea"])
  end)

  it("is nothing of a step that was declared as one that suggests nothing", function()
    step_does(suggests)
    w:file("w/plugins/local/steps/visit.lua", [[
      local is_declaring = not pcall(step, { title = "Title", principle = "none" })
      local away = require "local".away
      return step { title = "Title", principle = "listen", scope = "school",
        suggest = not is_declaring and function(pupil) return pupil:count(away):because "visit" end or nil }]])
    local _, n, r = suggest()
    says(r, "step visit, for Ben 1 Moss: its answer is malformed (the step); nothing of this step is kept")
    assert.equal(26, n)
  end)

  it("cannot be figures of its own: the host measures", function()
    step_does [[
      local r = pupil:count(away):because "x"
      r.evidence = { { rule = "away", count = 99, met = true, sessions = {}, asked_to = "2026-03-16" } }
      return r]]
    local first = w:json("suggest --dry-run" .. plugins.day)[1]
    assert.equal(1, first.evidence[1].count)
    assert.same({ { "2026-03-16", "AM", "O" } }, first.evidence[1].sessions)
  end)

  it("may be much printed: that stops nothing", function()
    step_does('print("\\0\\255") for i = 1, 2000 do print(("flood"):rep(100)) end' .. suggests)
    local _, n, r = suggest()
    assert.equal(0, r.status)
    assert.equal(52, n)
    assert.falsy(r.err:find "flood")
    assert.truthy(w:ok("suggest --trace P02" .. plugins.day):find("printed: ??\n    printed: flood", 1, true))
  end)
end)

describe("a step that says more than a message holds", function()
  it("is left out alone", function()
    step_does 'return pupil:count(away):because "visit"'
    local names, most = {}, 45
    for i = 1, most do -- a control character takes six bytes
      names[i] = ('"s%d"'):format(i)
      w:file(("w/plugins/local/steps/s%d.lua"):format(i), ([[
local away = require "local".away
return step { title = "T", principle = "listen", suggest = function(pupil)
  local e = pupil:count(away)
  return e:because(("\1"):rep(%d), e, e, e, e, e, e, e, e, e)
end }]]):format(i == most and 500 or 480))
    end
    w:file("w/plugins/local/init.lua", ('away = count { name = "away-%s", codes = "O", at_least = 1, weeks = 4 } '
      .. 'return { away = away, road_map = { "tea", %s } }'):format(("x"):rep(34), table.concat(names, ", ")))
    local found, n, r = suggest()
    says(r, "step s45, for Ben 1 Moss and for 19 more pupils: local/steps/s45.lua: this step says most: too many: "
      .. "at most 4000000 bytes of what all steps say of a batch")
    assert.truthy(found["P01 tea"] and found["P01 s1"] and not found["P01 s45"])
    assert.equal(45 * 26, n)
  end)
end)

describe("a road map whose every step says more than its part of a message", function()
  local before, large

  setup(function()
    local lines, days = { "upn,surname,forename" }, {}
    for i = 1, 250 do
      lines[i + 1] = ("Q%03d,Moss,Ben"):format(i)
      days[("Q%03d"):format(i)] = { ["2026-03-16"] = "O \\" }
    end
    before, large = w, workspace.new { files = { ["pupils.csv"] = table.concat(lines, "\n") .. "\n",
      ["marks.csv"] = workspace.registers(days) } }
    w = large
    w:run "import pupils pupils.csv --now 2026-03-18T09:00Z"
    w:ok "import marks marks.csv --now 2026-03-18T09:00Z"
  end)

  teardown(function()
    w = before
    large:remove()
  end)

  it("comes to an end, and says why", function()
    step_does 'return pupil:count(away):because "visit"'
    local names = {}
    for i = 1, 59 do
      local name = ("s%02d-%s"):format(i, ("x"):rep(30))
      names[i] = ('"%s"'):format(name)
      w:file(("w/plugins/local/steps/%s.lua"):format(name), [[
local away = require "local".away
return step { title = "T", principle = "listen", suggest = function(pupil)
  return pupil:count(away):because(("x"):rep(400))
end }]])
    end
    w:file("w/plugins/local/init.lua", ('away = count { name = "away", codes = "O", at_least = 1, weeks = 4 } '
      .. 'return { away = away, road_map = { "tea", %s } }'):format(table.concat(names, ", ")))
    local _, n, r = suggest()
    says(r, "more than 10 of its steps failed in one run")
    says(r, "this step says most")
    assert.falsy(r.err:find("killed", 1, true), r.err)
    assert.equal(0, n)
  end)
end)

describe("a step that fails for many pupils", function()
  -- What is said of it: once, with the line of its source.
  local function says_once(r, words)
    says(r, ("waymark: the plugin local 0.3 failed, step visit, for Ben 1 Moss and for %s\n    3 | if"):format(words))
    assert.equal(2, select(2, r.err:gsub("\n", "")), r.err)
  end

  it("is left out after twenty, and the other step goes on", function()
    step_does('if pupil.upn <= "P20" then error "boo" end' .. suggests)
    local found, n, r = suggest()
    says_once(r, "19 more pupils: local/steps/visit.lua:3: boo; nothing of this step is kept, the others went "
      .. 'on; see: waymark suggest --trace "Ben 1 Moss"')
    assert.equal(26, n)
    assert.truthy(found["P01 tea"] and not found["P25 visit"])
  end)

  it("keeps what it says of the others after nineteen", function()
    step_does('if pupil.upn <= "P19" then error "boo" end' .. suggests)
    local _, n, r = suggest()
    says_once(r, "18 more pupils: local/steps/visit.lua:3: boo")
    assert.equal(52 - 19, n)
  end)
end)

it("of a step that fails for many, a run keeps so many words, and of each where it failed", function()
  step_does('if pupil.upn <= "P19" then error(("boo"):rep(900)) end' .. suggests)
  w:expect(3, "suggest" .. plugins.day)
  local rows = w:json "sql \"SELECT message FROM run_failure WHERE run = (SELECT max(run) FROM run_failure)\""
  local bytes = 0
  for _, row in ipairs(rows) do
    bytes = bytes + #row.message
    assert.truthy(row.message:find "^local/steps/visit.lua:3")
  end
  assert.same({ 19, "local/steps/visit.lua:3" }, { #rows, rows[19].message })
  assert.truthy(#rows[1].message > 400 and bytes < 12000, bytes)
end)

describe("a step that does not come to an end", function()
  local function stopped(body, verdict, words)
    step_does(only_for("P03", body) .. suggests)
    local _, n, r = suggest()
    says(r, verdict)
    says(r, words)
    says(r, "step visit, for Ben 3 Moss: ")
    says(r, '; nothing of this step is kept, the others went on; see: waymark suggest --trace "Ben 3 Moss"\n')
    assert.equal(26, n)
  end

  it("is stopped and left out, and named with pupil and step", function()
    stopped("while true do end", "over-budget", "instructions in one call at local/steps/visit.lua:3")
  end)

  it("cannot catch that", function()
    stopped("while true do pcall(function() while true do end end) end", "over-budget", "visit.lua:3")
  end)

  it("eats no more memory than it may", function()
    stopped("local t = {} while true do t[#t + 1] = ('x'):rep(10000) .. #t end", "over-memory", "more than 64 MB")
  end)

  it("is killed when it stays in one C function", function()
    stopped("return (('a'):rep(3000)):find(('.-'):rep(12) .. 'b')", "killed", "more than 3 seconds of processor time")
  end)

  it("is an ordinary error when the text would be too long", function()
    step_does(only_for("P03", "return ('xx'):rep(1 << 62)") .. suggests)
    local _, n, r = suggest()
    says(r, "for Ben 3 Moss: local/steps/visit.lua:3: resulting string too large")
    assert.equal(51, n)
  end)
end)

describe("after a failed run", function()
  local function open_suggestions()
    local list = {}
    for i, row in ipairs(w:json "sql \"SELECT upn, step FROM suggestions WHERE state = 'open' ORDER BY upn, step\"") do
      list[i] = row.upn .. " " .. row.step
    end
    return table.concat(list, ", ")
  end
  local few = 'if pupil.upn > "P03" then return nil end\n'

  local function run_with(body)
    step_does(few .. body)
    w:file("w/plugins/local/steps/tea.lua", [[return step { title = "Tea", principle = "listen" }]])
    return w:run("suggest --format json" .. plugins.day)
  end

  before_each(function()
    assert.equal(0, run_with(suggests).status)
    assert.equal("P01 visit, P02 visit, P03 visit", open_suggestions())
  end)

  it("the suggestion that failed is still open, and others lapse", function()
    assert.equal(3, run_with(only_for("P02", 'error "boo"') .. " return nil").status)
    assert.equal("P02 visit", open_suggestions())
  end)

  it("all of them are still open when the whole job was given up", function()
    assert.equal(3, run_with "while true do end".status)
    assert.equal("P01 visit, P02 visit, P03 visit", open_suggestions())
  end)

  it("it is recorded which plugin failed, where and why", function()
    run_with(only_for("P02", 'error "boo"') .. suggests)
    run_with "while true do end"
    local rows = w:json [[sql "SELECT f.plugin, f.version, f.step, p.upn, f.verdict, f.message FROM run_failure f
      JOIN pupils p USING (enrolment) ORDER BY run DESC LIMIT 2"]]
    assert.same({ plugin = "local", version = "0.3", step = "visit", upn = "P01", verdict = "over-budget",
      message = "used more than 20000000 instructions in one call at local/steps/visit.lua:4" }, rows[1])
    assert.same({ plugin = "local", version = "0.3", step = "visit", upn = "P02", verdict = "failed",
      message = "local/steps/visit.lua:4: boo" }, rows[2])
  end)
end)

describe("a plugin that fails when it is loaded", function()
  local wrong = {
    { 'error "boo"', "(failed): local/init.lua:2: boo" },
    { "while true do end", "(over-budget)" },
    { "local t = {} while true do t[#t + 1] = ('x'):rep(10000) .. #t end", "(over-memory)" },
    { "error({})", "(failed): error object of type table" },
    { "print(os.time())", "(failed): local/init.lua:2: attempt to index a nil value (global 'os')" },
    { "return load 'return 1'", "(failed): local/init.lua:2: attempt to call a nil value (global 'load')" },
    { "x = = 1", "(failed): local/init.lua:2: unexpected symbol near '='" },
  }
  for _, case in ipairs(wrong) do
    it("is named: " .. case[1], function()
      step_does "return nil"
      w:file("w/plugins/local/init.lua", "--\n" .. case[1])
      local err = plugins.refusal(w, "suggest --format json" .. plugins.day)
      assert.truthy(err:find("the plugin local cannot be used " .. case[2], 1, true), err)
    end)
  end

  it("does not stop what needs no plugin", function()
    step_does "return nil"
    w:file("w/plugins/local/init.lua", 'error "boo"')
    w:ok 'sql "SELECT count(*) FROM mark"'
    w:ok "plugin list"
    w:ok "calendar show"
    w:ok "check"
  end)
end)

describe("with two schools on two road maps", function()
  local both

  local function other_is(init, body)
    plugins.clear(both)
    for _, name in ipairs { "one", "two" } do
      plugins.write(both, name, 'reads = { "registers", "pupil.upn" }', {
        ["init.lua"] = name == "two" and init or plugins.map,
        ["steps/visit.lua"] = name == "two" and body or plugins.visit "'fine'" })
    end
    return both:run("suggest --format json" .. plugins.day)
  end

  setup(function()
    both = workspace.new { settings = workspace.essex:gsub("school %b{}\n", ""):gsub('use "essex"', "") .. [[
      school { name = "Alder School", key = "alder", use "england", use "one" }
      school { name = "Beech School", key = "beech", use "england", use "two" }
    ]], files = { ["pupils.csv"] = "school,upn,surname,forename\nbeech,B1,Moss,Ben\nalder,A1,Byron,Ada\n",
      ["marks.csv"] = "school,upn,date,session,code\nalder,A1,2026-03-16,AM,O\nbeech,B1,2026-03-16,AM,O\n" } }
    plugins.write(both, "one", "")
    plugins.write(both, "two", "")
    both:ok "import pupils pupils.csv"
    both:ok "import marks marks.csv"
  end)
  teardown(function() both:remove() end)

  local function only_alder(r)
    says(r, "two")
    local list = core.decode(r.out)
    assert.equal(1, #list)
    assert.equal("A1", list[1].upn)
  end

  it("the other school's suggestions are made when a step fails", function()
    only_alder(other_is(plugins.map, [[return step { title = "x", principle = "listen",
      suggest = function() error "boo" end }]]))
  end)

  it("the other school's suggestions are made when a plugin is stopped", function()
    only_alder(other_is(plugins.map, [[return step { title = "x", principle = "listen",
      suggest = function() while true do end end }]]))
  end)

  it("each school's list says what failed there, and nothing of the other", function()
    local step = "return step { title = 'x', principle = 'listen', suggest = function() %s end }"
    os.execute(("mkdir -p '%s/inbox'"):format(both.top))
    for out, each in ipairs { { "error 'boo'", "for Ben Moss in the last run" },
      { "while true do end", "(used more" } } do
      other_is(plugins.map, step:format(each[1]))
      both:run(("update inbox -o out%d --now 2026-03-21T09:00Z"):format(out))
      for _, ending in ipairs { "csv", "html" } do
        local path = both.top .. ("/out%d/list-%%s-2026-03-21.%s"):format(out, ending)
        local beech = workspace.read(path:format "beech")
        assert.truthy(beech:find("The step visit of the plugin two failed ", 1, true), beech)
        assert.truthy(beech:find(each[2], 1, true), beech)
        assert.falsy(workspace.read(path:format "alder"):find("plugin two", 1, true))
      end
    end
    assert.truthy(both:run("today --school beech" .. plugins.day).err:find("plugin two failed", 1, true))
    assert.equal("", both:run("today --school alder" .. plugins.day).err)
  end)

  it("the other school's suggestions are made when a plugin does not load", function()
    only_alder(other_is('error "boo"', plugins.visit "'fine'"))
  end)
end)
