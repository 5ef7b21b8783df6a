-- A school on which nothing has come in since the last recorded run is not looked at again, and nobody can tell:
-- what is printed and recorded is what it is when every school is looked at. After anything that its answer may
-- hang on it is looked at again.
--
-- What the last run said of each school is in the table looked_at. Here a thousand pupils are added there to each
-- school: so many more are "looked at" for each school that was not.

local plugins = require "tests.support.plugins"
local spaces = require "waymark.workspace"
local statements = require "waymark.store.sql"
local suggest = require "waymark.suggest"
local jobs = require "waymark.plugin.worker"
local core = require "waymark.core"
local workspace = require "tests.support.workspace"

local SETTINGS = [[
school { name = "Alder", laestab = "881/2001", phase = "primary" }
school { name = "Beech", laestab = "881/2002", phase = "primary" }
year "2025-26" {
  term { "2025-09-01", "2025-12-19", half_term = { "2025-10-27", "2025-10-31" } },
}
use "england"
use "local"%s
]]

local PLUGIN = [[return { name = "local", version = "%s", api = 3, licence = "MIT", title = "Local",
  reads = { "registers", "cases", "pupil.upn" },
  options = { away = { default = 1, type = "number", help = "half days away" } } }]]

local INIT = [[
away = count { name = "away", codes = "O", at_least = config.away, weeks = 4 }
often = rolling { name = "often", codes = "O", at_least = 2, weeks = 4 }
return { away = away, often = often, road_map = { "visit", "tea", "policy" } }]]

local VISIT = [[
local away = require "local".away
return step { title = "Visit", principle = "listen", period = school_weeks(2),
  suggest = function(pupil, case)
    if pupil.upn == "B2" and case:last "tea" then error "boo" end
    return pupil:count(away):because "away"
  end }]]

local TEA = [[
local away = require "local".away
return step { title = "Tea", principle = "listen", when = away, because = "away, and there is tea" }]]

local POLICY = 'return step { title = "Policy", principle = "expect", scope = "school", outcomes = { "published" } }'

local w, full -- where some schools may be passed over; where none is

local function marks(rows)
  local lines = { "school,upn,date,session,code" }
  for _, row in ipairs(rows) do
    for half, session in pairs { "AM", "PM" } do
      lines[#lines + 1] = ("%s,%s,%s,%s,%s"):format(row[1], row[2], row[3], session, row[3 + half])
    end
  end
  return table.concat(lines, "\n") .. "\n"
end

local function write_plugin(version)
  plugins.write(w, "local", "", { ["init.lua"] = INIT, ["steps/visit.lua"] = VISIT, ["steps/tea.lua"] = TEA,
    ["steps/policy.lua"] = POLICY })
  w:file("w/plugins/local/plugin.lua", PLUGIN:format(version))
end

local function settings(option) workspace.write(w.dir .. "/waymark.lua", SETTINGS:format(option or "")) end

local function sql(of, text)
  local store <close> = assert(core.store.open(of.dir .. "/waymark.db", "write"))
  assert(store:run(text))
end

-- All that a run writes, but the cache.
local function recorded(of)
  local store <close> = assert(core.store.open(of.dir .. "/waymark.db", "read"))
  local all = {}
  for i, text in ipairs { "SELECT id, at, on_day, kind, pupil, enrolment, step, concern, data, hex(packed) FROM event",
    "SELECT * FROM suggestion", "SELECT * FROM run", "SELECT * FROM run_failure", "SELECT * FROM plugin_state" } do
    all[i] = assert(store:rows(text))
  end
  return all
end

local now = "2025-09-10T17:00Z"

-- Run suggest: how many schools are passed over, whether it said so of a number of pupils or not.
local function run_suggest(options, status)
  sql(w, "UPDATE looked_at SET pupils = pupils + 1000")
  local got = w:expect(status or 0, ("--now %s suggest %s"):format(now, options or "--first 0"))
  sql(w, "UPDATE looked_at SET pupils = pupils - 1000 WHERE pupils > 1000")
  local count
  got.out = got.out:gsub("(%S+)( pupils? looked at)", function(n, words)
    count = tonumber((n:gsub(",", "")))
    return count % 1000 .. words
  end)
  return (count or 0) // 1000, got
end

-- The same; and in a copy that has forgotten what was said of each school all is printed and recorded the same.
local function passed_over(options, status)
  full:file("full/waymark.db", workspace.read(w.dir .. "/waymark.db"))
  full:file("full/waymark.lua", workspace.read(w.dir .. "/waymark.lua"))
  sql(full, "DELETE FROM looked_at")
  local count, got = run_suggest(options, status)
  local wanted = full:expect(status or 0, got.line)
  assert.same({ wanted.out, wanted.err }, { got.out, got.err })
  assert.same(recorded(full), recorded(w))
  return count
end

setup(function()
  w = workspace.new { settings = SETTINGS:format "" }
  full = setmetatable({ top = w.top, dir = w.top .. "/full" }, getmetatable(w))
  assert(os.execute(("mkdir '%s' && ln -s ../w/plugins '%s/plugins'"):format(full.dir, full.dir)))
  write_plugin "1.0"
  w:file("pupils.csv", "school,upn,surname,forename,dob\n881/2001,A1,Ash,Ada,2015-05-05\n"
    .. "881/2001,A2,Ash,Abe,2016-05-05\n881/2002,B1,Ash,Ben,2014-05-05\n881/2002,B2,Bay,Bea,2015-06-05\n")
  w:file("marks.csv", marks { { "881/2001", "A1", "2025-09-08", "O", "O" },
    { "881/2001", "A2", "2025-09-08", "/", "\\" }, { "881/2001", "A1", "2025-09-09", "/", "\\" },
    { "881/2001", "A2", "2025-09-09", "/", "\\" },
    { "881/2002", "B1", "2025-09-08", "O", "/" }, { "881/2002", "B2", "2025-09-08", "O", "O" },
    { "881/2002", "B1", "2025-09-09", "O", "\\" }, { "881/2002", "B2", "2025-09-09", "/", "\\" } })
  w:ok "import pupils pupils.csv"
  w:ok "--now 2025-09-09T17:00Z import marks marks.csv"
  w:ok "--now 2025-09-09T17:00Z suggest"
  now = "2025-09-09T18:00Z"
end)

teardown(function() w:remove() end)

describe("suggest, when nothing is new", function()
  it("passes schools over but those whose pupils are listed, and a dry run too", function()
    assert.equal(2, passed_over())
    assert.equal(2, passed_over "--first 0 --dry-run")
    assert.equal(1, passed_over "--first 1")
    assert.equal(0, passed_over "--first 2")
    assert.equal(0, passed_over "--all")
    assert.equal(2, passed_over())
  end)

  it("looks at everybody for programs, for a profile, and where it records nothing", function()
    assert.equal(0, passed_over "--format csv")
    assert.equal(0, passed_over "--format json")
    assert.equal(0, passed_over "--first 0 --known-at 2025-09-09T17:30Z")
    assert.equal(0, passed_over("--first 0 --as-of 2025-09-08", 3))
    sql(w, "UPDATE looked_at SET pupils = pupils + 1000")
    assert.is_truthy(w:ok("--now " .. now .. " suggest --profile"):find("\n4 pupils looked at", 1, true))
    assert.equal(2, passed_over())
  end)
end)

describe("suggest, after something has come in", function()
  -- What is done, how many schools are passed over then, with which exit status, and the options of suggest.
  local function look_again(changes)
    for _, change in ipairs(changes) do
      local line, kept, status, options = table.unpack(change)
      if type(line) == "string" then w:ok(("--now %s %s"):format(now, line)) else line() end
      local look = kept > 0 and passed_over or run_suggest -- where none is, all is done as it always was
      assert.are.equal(kept, (look(options, status)), "after " .. tostring(line))
    end
    assert.equal(2, passed_over())
  end

  it("looks again at the school whose marks they are", function()
    w:file("changed.csv", marks { { "881/2002", "B1", "2025-09-08", "/", "\\" } })
    w:file("later.csv", marks { { "881/2001", "A1", "2025-09-10", "O", "O" } })
    w:file("other.csv", marks { { "881/2002", "B2", "2025-09-10", "O", "O" } })
    look_again { { "import marks changed.csv", 1 }, { function() end, 1 }, -- a threshold was undone
      { function() end, 2 } }
    now = "2025-09-10T17:00Z"
    look_again { { "import marks later.csv", 0 }, -- registers reach another day
      { "import marks other.csv", 1 } }
  end)

  it("looks again at all schools after anything was recorded, struck out, held or withdrawn", function()
    local runs
    look_again { { "record A1 tea", 0 }, { 'bypass B1 visit --note "not now"', 0 },
      { "not-now B2 visit --note later", 0 }, { 'hold A2 --until 2025-09-11 --ask Sam', 0 },
      { function()
        local entry = w:json 'sql "SELECT max(id) AS id FROM event WHERE kind = \'entry.put-off\'"'[1].id
        w:ok(("--now %s correct B2 %d --why wrong"):format(now, entry))
      end, 0 },
      { "record-school policy --school Alder --outcome published", 0 },
      { function()
        runs = w:json "sql 'SELECT max(id) AS id FROM run'"[1].id
        w:ok(("--now %s suggest --undo %d"):format(now, runs))
      end, 0 } }
  end)

  it("looks again at all schools after people, contacts or calendars came in", function()
    w:file("contacts.csv", "school,upn,forename,surname,relationship\n881/2001,A1,Ann,Ash,mother\n")
    w:file("joined.csv", "school,upn,surname,forename,dob\n881/2001,A3,Ash,Amy,2017-05-05\n")
    w:file("calendar.csv", "school,date,am,pm\n881/2002,2025-09-15,no,no\n")
    w:file("schools.csv", "school,name\n881/2001,Alder School\n")
    w:file("slip.csv", "school,name\n881/2009,Ash School\n")
    look_again { { "import contacts contacts.csv", 0 }, { "import pupils joined.csv", 0 },
      { "import calendar calendar.csv", 0 }, { "import schools schools.csv", 0 },
      { "import schools slip.csv", 0 }, { "import removed-schools slip.csv", 0 } }
  end)

  it("looks again at all schools with other settings, options, files of a plugin, or days", function()
    look_again { { function() settings " -- a remark" end, 0 }, { function() settings " { away = 2 }" end, 0 },
      { settings, 0 }, { function() write_plugin "1.1" end, 0 },
      { function() w:file("w/plugins/local/steps/tea.lua", TEA:gsub("there is tea", "there is cake")) end, 0 },
      { function() now = "2025-09-11T17:00Z" end, 0 }, { function() end, 0, 0, "--first 0 --as-of 2025-09-10" },
      { function() end, 0 } }
  end)

  it("looks again where a step failed of a pupil, and at all schools after one was switched off or on", function()
    local function visit(text) w:file("w/plugins/local/steps/visit.lua", text) end
    look_again { { "record B2 tea", 0, 3 }, { function() end, 1, 3 },
      { function() visit(VISIT:gsub('error "boo"', "while true do end")) end, 0, 3 }, { function() end, 0, 3 },
      { function() visit(VISIT:gsub("B2", "none")) end, 0 },
      { function() end, 0 }, -- it is known since that run that the step works again
      { function()
        sql(w, "INSERT INTO plugin_state (at, plugin, state, why) VALUES (1, 'local/visit', 'off', 'it was slow')")
      end, 0, 3 }, { function() end, 2, 3 }, { "plugin enable local --by Sam", 0 } }
  end)

  it("tells the schools of one road map that other plugins are used beside from those of another", function()
    local text = SETTINGS:format "":gsub('(881/2002".-) }', '%1, use "england", use "local", use "callbacks" }')
    look_again { { function() workspace.write(w.dir .. "/waymark.lua", text) end, 0 }, { function() end, 2 },
      { settings, 0 } }
  end)

  it("keeps nothing of a dry run", function()
    w:ok(("--now %s import marks marks.csv --yes"):format(now)) -- changed.csv is taken back
    w:ok(("--now %s suggest --dry-run"):format(now))
    look_again { { function() end, 0 } }
  end)
end)

describe("the suggestions of a run", function()
  it("are made and lapse in one statement each, however many", function()
    w:file("away.csv", marks { { "881/2001", "A2", "2025-09-11", "O", "O" },
      { "881/2002", "B1", "2025-09-11", "O", "O" } })
    w:ok("--now 2025-09-11T16:00Z import marks away.csv")
    local space <close> = spaces.open(w.dir, "write", assert(core.system.time "2025-09-11T17:00Z"))
    local run, changes, made = statements.run, 0, nil
    finally(function() statements.run = run end)
    statements.run = function(store, text, ...)
      if text:find "INTO suggestion %(" or text:find "UPDATE suggestion " then changes = changes + 1 end
      return run(store, text, ...)
    end
    space:change(true, function()
      space:settle(true)
      made = suggest.run(space, space:filter {}, { record = true }).made
      assert.equal(made, #statements.rows(space.store, [[SELECT 1 FROM suggestion g JOIN run r ON g.made BETWEEN
        r.first_event AND r.last_event AND r.id = (SELECT max(id) FROM run) WHERE g.state = 'open']]))
    end)
    assert.is_true(made > 1, made)
    assert.equal(2, changes)
  end)
end)

describe("a school of more pupils than are listed and than a worker is asked about at a time", function()
  it("is said the same of whether its open suggestions are listed or only counted, also of rates that rose", function()
    local few = workspace.new { settings = (SETTINGS:format "":gsub("school [^\n]*Beech[^\n]*\n", "")) }
    finally(function() few:remove() end)
    plugins.write(few, "local", 'reads = { "registers" }, api = 3', {
      ["init.lua"] = 'low = rate { name = "low", bands = { 90, 70, 50 } }\n'
        .. 'return { low = low, road_map = { "talk", "meet" } }',
      ["steps/talk.lua"] = 'local low = require "local".low\nreturn step { title = "Talk", principle = "listen", '
        .. 'when = low, because = "low" }',
      ["steps/meet.lua"] = 'local low = require "local".low\nreturn step { title = "Meet", principle = "listen", '
        .. 'when = low, suggest = function(pupil) return pupil:rate(low):because "low" end }' })
    local people, days = { "upn,surname,forename,dob" }, { {}, {} }
    for i = 1, 300 do
      local upn = ("P%03d"):format(i)
      people[i + 1] = ("%s,Ash,Ada%d,2015-05-05"):format(upn, i)
      days[1][upn] = { ["2025-09-08"] = i % 3 == 0 and "/ O" or i % 3 == 1 and "O O" or "/ /" }
      days[2][upn] = { ["2025-09-09"] = i % 3 == 2 and "O O" or "/ /" } -- those who were away are at 50 or 75 %
    end
    few:file("pupils.csv", table.concat(people, "\n") .. "\n")
    few:ok "import pupils pupils.csv"
    local function run(day, first)
      local out = few:ok(("--now %sT17:00Z suggest --first %s"):format(day, first))
      return { out:match "\nTalk +listen +(%d+)", out:match "\nMeet +listen +(%d+)", out:match "and (%d+) pupils more",
        out:match "%d+ new suggestions?, %d+ lapsed" }, select(2, out:gsub("  Talk: low", ""))
    end
    for i, wanted in ipairs { { "200", "200", "190", "400 new suggestions, 0 lapsed" },
      { "300", "300", "290", "200 new suggestions, 0 lapsed" } } do
      local day = "2025-09-0" .. 7 + i
      few:file("marks.csv", workspace.registers(days[i]))
      few:ok(("--now %sT16:00Z import marks marks.csv"):format(day))
      local said, listed = run(day, "10")
      assert.same({ wanted, 10 }, { said, listed })
      sql(few, "DELETE FROM looked_at")
      wanted[4] = "0 new suggestions, 0 lapsed"
      assert.same({ wanted, 10 }, { run(day, "10") })
    end
  end)
end)

describe("a school on which nothing has come in, whose pupils are listed", function()
  it("is asked about no further than the list goes", function()
    local people, rows = { "school,upn,surname,forename,dob" }, {}
    for i = 100, 199 do
      people[#people + 1] = ("881/2002,C%d,Moss,Max,2015-05-05"):format(i)
      rows[#rows + 1] = { "881/2002", "C" .. i, "2025-09-09", "O", "O" }
    end
    w:file("more.csv", table.concat(people, "\n") .. "\n")
    w:file("more-marks.csv", marks(rows))
    now = "2025-09-20T18:00Z"
    w:ok("import pupils more.csv --now " .. now)
    w:ok("import marks more-marks.csv --now " .. now)
    passed_over()
    passed_over "--first 9"
    local space = spaces.open(w.dir, "write", core.system.time(now)):load_plugins()
    local opened, codes, asked, run = jobs.open, space:codes(), 0, nil
    finally(function()
      jobs.open = opened
      space:close()
    end)
    function jobs.open(...)
      local job, outcome, loaded = opened(...)
      local counting = { receive = function(_, ...) return job:receive(...) end,
        finish = function() return job:finish() end }
      function counting.send(_, kind, bytes)
        asked = asked + #core.batch(bytes, codes)
        return job:send(kind, bytes)
      end
      return counting, outcome, loaded
    end
    space:change(true, function()
      run = suggest.run(space, space:filter {}, { record = true, most = 9,
        line = function(each) return each.person.upn end })
    end)
    local listed, count = {}, 0
    for upn in suggest.lines(run) do listed[upn] = true end
    for _ in pairs(listed) do count = count + 1 end
    assert.same({ true, 9, 102 }, { asked < 60, count, run.pupils_listed })
  end)
end)
