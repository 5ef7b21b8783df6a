-- One step that fails, run after run: it is left out alone, its open suggestions stay as they
-- are, everything that people look at says so, and after three runs the step is off.

local core = require "waymark.core"
local plugins = require "tests.support.plugins"
local workspace = require "tests.support.workspace"

local w

local STEP = [[
local away = require "local".away
return step { title = "%s", principle = "listen", suggest = function(pupil)
%s
return pupil:count(away):because "away" end }]]

-- The road map `visit`, `tea` and further ones; each step suggests for whoever was away, after
-- the body of `bodies`.
local function steps_do(bodies, further)
  local names, files = { '"visit"', '"tea"' }, { ["steps/visit.lua"] = "", ["steps/tea.lua"] = "" }
  for i = 1, further or 0 do
    names[#names + 1], files["steps/more" .. i .. ".lua"] = '"more' .. i .. '"', ""
  end
  for path in pairs(files) do
    local name = path:match "([%w]+)%.lua$"
    files[path] = STEP:format((name:gsub("^%l", string.upper)), bodies[name] or bodies[1] or "")
  end
  files["init.lua"] = ([[
    away = count { name = "away", codes = "O", at_least = 1, weeks = 4 }
    return { away = away, road_map = { %s } }]]):format(table.concat(names, ", "))
  plugins.clear(w)
  plugins.use(w, 'use "england" use "local"')
  plugins.write(w, "local", 'reads = { "registers", "pupil.upn" }', files)
end

local function suggest(line) return w:run("suggest " .. (line or "--format json") .. plugins.day) end

local function events()
  return w:json [[sql "SELECT kind, step, count(*) AS n FROM event GROUP BY kind, step ORDER BY step"]]
end

local MADE = { { kind = "suggestion.made", step = "tea", n = 2 }, { kind = "suggestion.made", step = "visit", n = 2 } }

before_each(function() w = plugins.school() end)
after_each(function() w:remove() end)

describe("a step that fails run after run", function()
  it("is left out alone, is told of everywhere, is switched off and brought back; nothing of it lapses", function()
    steps_do {}
    assert.equal(0, suggest().status)
    assert.same(MADE, events())

    steps_do { visit = 'if pupil.upn == "B1" then while true do end end' }
    local table_form = suggest "--all"
    assert.truthy(table_form.out:find("\nTea +listen +2\n") and table_form.out:find "\nVisit +listen +failed\n",
      table_form.out)
    assert.truthy(table_form.err:find("step visit, for Ben Moss: used more than", 1, true), table_form.err)
    assert.same(MADE, events())

    local failed = "he step visit of the plugin local failed in the last run (used more than 20000000 instructions in "
      .. "one call at local/steps/visit.lua:3); after 3 in a row it is switched off"
    local function told(text) assert.truthy(text:gsub("%s+", " "):find(failed, 1, true), text) end
    told(w:ok("pupil A1" .. plugins.day))
    told(w:run("explain A1 visit" .. plugins.day).err)
    w:ok("today -o list.html" .. plugins.day)
    told(workspace.read(w.top .. "/list.html"))
    w:ok("today -o list.csv" .. plugins.day)
    local csv = workspace.read(w.top .. "/list.csv")
    told(csv)
    assert.truthy(csv:find("Ada Byron", 1, true), "what was open is still on the list")
    local back = w:json "import actions list.csv --now 2026-03-21T09:00Z"
    assert.same({ 0, 0 }, { back.left_out, back.added })

    os.execute(("mkdir -p '%s/inbox'"):format(w.top))
    w:run "update inbox -o out --now 2026-03-21T09:00Z"
    local report = workspace.read(w.top .. "/out/update-2026-03-21.txt")
    assert.truthy(report:find("\n  the plugin local 0.3 failed (over-budget), step visit, for Ben Moss: ", 1, true),
      report) -- it recorded nothing: a later day had been looked at before
    suggest()
    suggest()

    steps_do {} -- mended, and nobody has said so
    local off = suggest "--all"
    assert.truthy(off.out:find "\nTea +listen +2\n" and off.out:find "\nVisit +listen +off\n", off.out)
    assert.truthy(off.err:find("^waymark: the step visit of the plugin local is switched off since 2026%-03%-21, "
      .. "because it failed 3 times in a row %(.-%); when it is mended: waymark plugin enable local\n$"), off.err)
    assert.truthy(w:run("today" .. plugins.day).err:find("the step visit of the plugin local is switched off", 1, true))
    assert.same(MADE, events())
    assert.truthy(w:ok("plugin list"):find "\nlocal +0%.3 +this workspace +yes, without visit\n")

    assert.equal("local is switched on again.\n", w:ok "plugin enable local --by Sam")
    local r = suggest()
    assert.same({ 0, "", 4 }, { r.status, r.err, #core.decode(r.out) })
    assert.same(MADE, events())
  end)

  it("is not taken to have worked in a run in which it was asked of nobody", function()
    local function state()
      return w:json "sql \"SELECT count(*) AS n FROM plugin_state WHERE state = 'failed'\""[1].n,
        w:json "sql \"SELECT count(*) AS n FROM plugin_state WHERE state <> 'failed'\""[1].n
    end
    local fails = "while true do end"
    for i, at_least in ipairs { 1, 1, 99, 1 } do
      steps_do { visit = fails }
      w:file("w/plugins/local/plugin.lua",
        'return { name = "local", version = "0.3", api = 3, reads = { "registers", "pupil.upn" } }')
      w:file("w/plugins/local/steps/visit.lua", ('local many = count { name = "many", codes = "O", weeks = 4, '
        .. "at_least = %d }\n"):format(at_least) .. STEP:format("Visit", fails):gsub("suggest =", "when = many, %0"))
      assert.equal(at_least == 1 and 3 or 0, suggest().status)
      assert.same(({ { 1, 0 }, { 2, 0 }, { 2, 0 }, { 3, 1 } })[i], { state() }) -- the last one: off
    end
  end)

  it("for one pupil only is told of with that pupil, and of no other", function()
    steps_do { visit = 'if pupil.upn == "B1" then error "boo" end' }
    assert.equal(3, suggest().status)
    local said = "he step visit of the plugin local failed for Ben Moss in the last run (local/steps/visit.lua:3: boo)"
    assert.equal("waymark: t" .. said .. "\n", w:run("today" .. plugins.day).err)
    assert.same({ "t" .. said }, w:json("pupil B1" .. plugins.day).failing)
    local items = core.decode(w:run("today --format json" .. plugins.day).out)
    local last = items[#items]
    assert.same({ list = items[1].list, section = "failing", title = "To know", why = "T" .. said }, last)
    assert.same({}, w:json("pupil A1" .. plugins.day).failing)
  end)

  it("is one of several that are left out together, each named once", function()
    local eats = 'local t = {} while true do t[#t + 1] = ("x"):rep(9999) .. #t end'
    steps_do({ visit = "while true do end", more1 = eats }, 2)
    local r = suggest()
    assert.equal(4, #core.decode(r.out))
    assert.truthy(r.err:find("step visit, for Ada", 1, true) and r.err:find("step more1, for Ada", 1, true), r.err)
  end)

  it("is the plugin's fault when more than ten do", function()
    steps_do({ 'if pupil.upn == "A1" then while true do end end' }, 9)
    local r = suggest()
    assert.same({ 3, "[]\n" }, { r.status, r.out })
    assert.truthy(r.err:find("more than 10 of its steps failed in one run, so nothing of it is kept", 1, true), r.err)
    assert.same({}, events())
  end)
end)
