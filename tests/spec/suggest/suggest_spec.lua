-- `suggest` over many schools: shared out over workers, written school by school, given
-- out in one order; and what becomes of it when a plugin is given up on the way.

local core = require "waymark.core"
local evaluate = require "waymark.ask.evaluate"
local folder = require "tests.support.folder"
local jobs = require "waymark.plugin.worker"
local plugins = require "tests.support.plugins"
local spaces = require "waymark.workspace"
local workspace = require "tests.support.workspace"

local SCHOOLS, PUPILS = 16, 3
local w

-- Schools A to P; pupils are imported one of each school by turns, so that schools'
-- pupils stand side by side.
local function key_of(school) return string.char(64 + school) end

local function upn_of(school, pupil) return ("%s%d"):format(key_of(school), pupil) end

local function pupils_csv()
  local lines = { "school,upn,surname,forename" }
  for pupil = 1, PUPILS do
    for school = 1, SCHOOLS do
      lines[#lines + 1] = ("%s,%s,Moss,Ben %d"):format(key_of(school), upn_of(school, pupil), pupil)
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

local function marks_csv()
  local lines = { "school,upn,date,session,code" }
  for school = 1, SCHOOLS do
    for pupil = 1, PUPILS do
      for _, half in ipairs { "AM", "PM" } do
        lines[#lines + 1] = ("%s,%s,2026-03-16,%s,O"):format(key_of(school), upn_of(school, pupil), half)
      end
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

local function schools_csv()
  local lines = { "school,name" }
  for school = 1, SCHOOLS do lines[#lines + 1] = ("%s,School %s"):format(key_of(school), key_of(school)) end
  return table.concat(lines, "\n") .. "\n"
end

local STEP = [[
local away = require "local".away
return step { title = "Title", principle = "listen", suggest = function(pupil)
%s
return pupil:count(away):because "away" end }]]

local function step_does(body)
  plugins.clear(w)
  plugins.use(w, 'use "england" use "local"')
  plugins.write(w, "local", 'reads = { "registers", "pupil.upn" }', {
    ["init.lua"] = [[
      away = count { name = "away", codes = "O", at_least = 1, weeks = 4 }
      return { away = away, road_map = { "visit", "tea" } }]],
    ["steps/visit.lua"] = STEP:format(body),
    ["steps/tea.lua"] = STEP:format "" })
end

local function suggest(line) return w:run("suggest --format json " .. (line or "") .. plugins.day) end

local function in_database(sql)
  return core.decode(w:ok(("sql %q --format json"):format(sql)))
end

before_each(function()
  w = workspace.new { settings = (workspace.essex:gsub("^school {.-}\n", "")),
    files = { ["schools.csv"] = schools_csv(), ["pupils.csv"] = pupils_csv(), ["marks.csv"] = marks_csv() } }
  for _, kind in ipairs { "schools", "pupils", "marks" } do
    w:ok(("import %s %s.csv --now 2026-03-18T09:00Z"):format(kind, kind))
  end
  step_does ""
end)
after_each(function() w:remove() end)

describe("suggest over many schools", function()
  it("gives every pupil's in the order imported, then of the road map", function()
    local list = core.decode(suggest("--dry-run").out)
    assert.equal(SCHOOLS * PUPILS * 2, #list)
    assert.same({ "A1 visit", "A1 tea", "B1 visit" },
      { list[1].upn .. " " .. list[1].step, list[2].upn .. " " .. list[2].step, list[3].upn .. " " .. list[3].step })
    assert.equal("P3", list[#list].upn)
  end)

  it("says and records the same with one worker and with several", function()
    local one, several = suggest "--dry-run --workers 1", suggest "--dry-run --workers 4"
    assert.equal(one.out, several.out)
    suggest "--workers 4"
    local events = in_database "SELECT kind, upn, step, concern, data FROM events ORDER BY id"
    assert.equal(SCHOOLS * PUPILS * 2, #events)
    assert.equal(one.out, suggest("--workers 1").out)
    assert.equal(#events, #in_database "SELECT id FROM event")
  end)

  it("asks each school in one worker, a batch at a time, and as many schools at once as there are workers", function()
    local lines = { "school,upn,surname,forename" }
    for school = 1, 8 do
      for pupil = 10, 280 do -- a second batch each
        lines[#lines + 1] = ("%s,%s,Moss,Ben"):format(key_of(school), upn_of(school, pupil))
      end
    end
    w:file("more.csv", table.concat(lines, "\n") .. "\n")
    w:ok "import pupils more.csv --yes --now 2026-03-18T09:00Z"
    local space = spaces.open(w.dir, "read"):load_plugins()
    local codes, opened, started, of_school = space:codes(), jobs.open, {}, {}
    finally(function()
      jobs.open = opened
      space:close()
    end)
    function jobs.open()
      local job = { batches = 0 }
      function job:send(_, bytes)
        assert.is_true(self.is_loaded)
        local school = core.batch(bytes, codes).school.id
        assert.falsy(self.is_asked)
        assert.equal(self, of_school[school] or self)
        of_school[school], self.is_asked, self.batches = self, true, self.batches + 1
        return true
      end
      function job:receive()
        self.is_asked = false
        return {}, nil, { steps = {}, pupils = {}, asked = {} }
      end
      function job.finish() end
      started[#started + 1] = job
      return job, nil, function()
        job.is_loaded = true
        return true
      end
    end
    local map = space:map_for_school "A"
    local look <close> = evaluate.new(space, map, space:filter { as_of = "2026-03-16" },
      { workers = 2, known = math.maxinteger, undecided = {}, without = {} })
    local seen = {}
    local next_school = look:schools(space:schools())
    assert.equal(1, #started) -- it loads the plugins while the first school is looked at
    for school in next_school, look do seen[#seen + 1] = school.key end
    assert.equal("ABCDEFGHIJKLMNOP", table.concat(seen):sub(1, 16))
    assert.equal(2, #started)
    assert.is_true(started[1].batches > 8 and started[2].batches > 4)
    assert.equal(24, started[1].batches + started[2].batches)
  end)

  it("counts the pupils and steps of all of them in a table, and shows the first", function()
    local out = w:ok("suggest --dry-run --first 2" .. plugins.day)
    assert.truthy(out:find("48 pupils looked at", 1, true), out)
    assert.truthy(out:find("Title +listen +48"), out)
    assert.truthy(out:find("… and 46 pupils more", 1, true), out)
    assert.truthy(out:find("96 new suggestions, 0 lapsed", 1, true), out)
  end)

  it("is an empty list where there is no school yet", function()
    local empty = workspace.new { settings = (workspace.essex:gsub("^school {.-}\n", "")) }
    assert.equal("[]\n", empty:ok("suggest --format json" .. plugins.day))
    assert.equal(1, select(2, empty:ok("suggest --format csv" .. plugins.day):gsub("\n", "")))
    empty:remove()
  end)

  it("fails a pupil's step that gives an empty concern, and nothing else", function()
    step_does 'if pupil.upn == "B2" then local r = pupil:count(away):because "x" r.concern = "" return r end'
    local r = suggest()
    assert.equal(3, r.status, r.err)
    local words = "for Ben 2 Moss: local/steps/visit.lua: the concern should say what it is about"
    assert.truthy(r.err:find(words, 1, true), r.err)
    assert.equal(SCHOOLS * PUPILS * 2 - 1, #core.decode(r.out))
  end)

  it("names the plugin whose rule has a code that there is not, without a fault of ours", function()
    plugins.write(w, "local", 'reads = { "registers" }', { ["init.lua"] = [[
      away = count { name = "away", codes = "5", at_least = 1, weeks = 4 }
      return { away = away, road_map = { "visit", "tea" } }]] })
    for _, line in ipairs { "suggest --dry-run", "explain A1 visit", "suggest --trace A1" } do
      local r = w:run(line .. plugins.day)
      local said = r.out .. r.err
      assert.truthy(said:find('the rule "away" names an unknown code: "5"', 1, true), said)
      assert.falsy(said:find("fault in Waymark", 1, true), said)
    end
  end)

  it("says what came in place of a reason, and of which step, once; the run keeps all of it", function()
    step_does 'if pupil.upn == "B2" then return pupil:count(away) end if pupil.upn == "C2" then return true end'
    local err = suggest().err
    local words = 'visit.lua: suggest should return nil or evidence:because "…", not evidence alone'
    assert.truthy(err:find(words, 1, true), err)
    assert.truthy(err:find("for Ben 2 Moss and for 1 more pupil: ", 1, true), err)
    local kept = in_database "SELECT message FROM run_failure ORDER BY rowid"
    assert.truthy(kept[2].message:find('evidence:because "…", not true', 1, true), kept[2].message)
  end)

  it("lapses what a step with a period, recorded and not decided on, covers", function()
    local period = STEP:gsub("suggest = ", 'period = school_weeks(6), outcomes = { "done" }, suggest = ')
    plugins.write(w, "local", 'reads = { "registers" }', { ["steps/visit.lua"] = period:format "" })
    suggest()
    w:ok("record A1 visit --on 2026-01-12 --now 2026-03-21T09:00Z")
    local list = core.decode(suggest().out)
    assert.equal(SCHOOLS * PUPILS * 2 - 1, #list)
    assert.same({ { state = "lapsed" } },
      in_database "SELECT state FROM suggestions WHERE upn = 'A1' AND step = 'visit'")
  end)

  it("refuses a number of workers that is none", function()
    for _, wrong in ipairs { "0", "-1", "1.5", "many" } do
      assert.not_equal(0, w:run("suggest --workers " .. wrong).status)
    end
  end)
end)

describe("a step that fails among many schools", function()
  it("by a loop at one is left out at all, and nothing of it lapses", function()
    assert.equal(0, suggest().status)
    local before = in_database "SELECT id, kind FROM event"
    step_does 'if pupil.upn == "N2" then while true do end end'
    local r = suggest "--workers 3"
    assert.equal(3, r.status)
    local list = core.decode(r.out)
    assert.equal(SCHOOLS * PUPILS, #list)
    for _, each in ipairs(list) do assert.equal("tea", each.step) end
    assert.truthy(r.err:find("step visit, for Ben 2 Moss", 1, true), r.err)
    assert.same(before, in_database "SELECT id, kind FROM event")
    assert.same({ { state = "open", n = SCHOOLS * PUPILS * 2 } },
      in_database "SELECT state, count(*) AS n FROM suggestion GROUP BY state")
  end)

  it("by errors of a few pupils at each school fails those, and the rest goes on", function()
    step_does 'if pupil.upn:sub(2) == "1" then error "boo" end'
    local r = suggest()
    assert.equal(3, r.status)
    assert.equal(SCHOOLS * PUPILS * 2 - SCHOOLS, #core.decode(r.out))
  end)

  it("keeps nothing of one school that a step showed another", function()
    step_does 'kept = (kept or "") .. pupil.upn; if #kept > 8 then error("knows " .. kept) end'
    assert.same({ 0, "" }, { suggest("--workers 1").status, suggest("--dry-run --workers 1").err })
    plugins.write(w, "local", 'reads = { "registers", "pupil.upn" }', { ["steps/visit.lua"] = "local kept = ''\n"
      .. STEP:format 'kept = kept .. pupil.upn; if #kept > 8 then error("knows " .. kept) end' })
    assert.same("", suggest("--dry-run --workers 1").err)
  end)

  it("in its last school undoes what was written of those before", function()
    plugins.clear(w)
    step_does 'if pupil.upn == "P3" then while true do end end'
    assert.equal(3, suggest("--workers 2").status)
    assert.same({ { step = "tea", n = SCHOOLS * PUPILS } },
      in_database "SELECT step, count(*) AS n FROM event GROUP BY step")
    step_does ""
    assert.equal(0, suggest().status)
    assert.equal(SCHOOLS * PUPILS * 2, #in_database "SELECT id FROM event")
  end)
end)

describe("what a run does, for who writes plugins:", function()
  it("--trace shows each step's call for one pupil, and records nothing", function()
    local out = w:ok("suggest --trace A1" .. plugins.day)
    assert.truthy(out:find("Every step is given: registers, pupil.upn", 1, true), out)
    assert.truthy(out:find("visit suggested: away\n    concern: away from 2026-03-16 AM\n"
      .. "    asked away: 2 half days in 4 school weeks", 1, true), out)
    assert.same({}, in_database "SELECT id FROM event")
  end)

  it("--trace says what held a step back, and what failed in it", function()
    step_does 'if pupil.upn == "B1" then error "boo" end if pupil.upn == "C1" then return nil end'
    assert.truthy(w:ok("suggest --trace B1" .. plugins.day):find "visit failed: local/steps/visit%.lua:3: boo")
    assert.truthy(w:ok("suggest --trace C1" .. plugins.day):find("visit nothing\n", 1, true))
  end)

  it("--trace shows what a step printed, a line each, whatever it was", function()
    step_does('print("seen", pupil.upn, pupil:count(away), nil) print "\\27[2J\\nx" print "\\255" print(("é"):rep(300))'
      .. ' for i = 1, 500 do print(i) end if pupil.upn == "B1" then error "boo" end')
    for _, upn in ipairs { "A1", "B1" } do
      local out = w:ok("suggest --trace " .. upn .. plugins.day)
      assert.truthy(out:find(("    printed: seen %s 2 half days in 4 school weeks nil\n    printed: \\x1B[2J\\x0Ax\n"
        .. "    printed: ?\n    printed: éé"):format(upn), 1, true), out)
      assert.truthy(out:find("é…\n    printed: 1\n", 1, true), out)
      assert.equal(200, select(2, out:gsub("\n    printed: ", "")))
    end
  end)

  it("--trace says that there is no road map, as other commands do", function()
    local settings = w.dir .. "/waymark.lua"
    for _, use in ipairs { 'use "england"', "" } do
      folder.write(settings, (folder.read(settings):gsub('\nuse [^\n]*', "") .. "\n" .. use .. "\n"))
      for _, line in ipairs { "suggest --trace A1", "explain A1 visit" } do
        local err = w:expect(1, line .. plugins.day).err
        assert.truthy(err:find("no plugin in use has a road map; add one of `waymark plugin list`", 1, true), err)
      end
    end
  end)

  it("--trace as JSON has every call with what it asked", function()
    local result = core.decode(w:ok("suggest --trace A1 --format json" .. plugins.day))
    assert.same({ "visit", "tea" }, { result.calls[1].step, result.calls[2].step })
    local asked = result.calls[1].asked[1]
    assert.same({ "away", 2, 1, true }, { asked.rule, asked.count, asked.of, asked.met })
  end)

  it("--trace and explain place a wrong call in the author's own line", function()
    step_does "pupil:rate(5)"
    for _, line in ipairs { "suggest --trace A1", "explain A1 visit" } do
      local r = w:run(line .. plugins.day)
      local said = r.out .. r.err
      assert.truthy(said:find("local/steps/visit.lua:3: bad argument #1 to 'rate'", 1, true), said)
      assert.truthy(said:find("    3 | pupil:rate(5)", 1, true), said)
      assert.falsy(said:find("sdk/", 1, true), said)
    end
    assert.equal(1, w:run("suggest --trace A1 --profile" .. plugins.day).status)
  end)

  it("--profile counts every call and what it cost, the slowest first", function()
    step_does "for _ = 1, 20000 do pupil:count(away) end"
    local out = w:ok("suggest --profile --dry-run --workers 3 --first 0" .. plugins.day)
    local first, second = out:match "KB made%s+([^\n]+)%s+([^\n]+)\n"
    assert.truthy(first and first:find "^local%s+visit%s+0%s+48%s+48%s+48%s", out)
    assert.truthy(second:find "^local%s+tea%s+0%s+48%s+48%s+48%s", out)
    local function instructions(line) return tonumber((line:match "(%S+)%s+%S+%s*$":gsub(",", ""))) end
    assert.is_true(instructions(first) > 48 * 20)
  end)
end)
