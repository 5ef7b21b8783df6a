-- Days and texts that nobody means are refused whichever way they come in, with one line.

local plugins = require "tests.support.plugins"
local workspace = require "tests.support.workspace"

local now = " --now 2026-03-21T09:00Z"
local back = "1999-01-02 is not a day from 2001 to 2036; is the year right?"
local ahead = "2051-12-31 is not a day from 2001 to 2036; is the year right?"
local long = "it has over 50000 bytes of text, which is more than an entry holds; attach the rest as a file"
local text = ("x"):rep(60000)

local w

setup(function() w = plugins.school() end)
teardown(function() w:remove() end)

local function refused(words, line)
  local r = w:run(line .. now)
  assert.same({ 1, "waymark: " .. words .. "\n" }, { r.status, r.err }, line)
end

it("by a command", function()
  local id = tonumber(w:ok("record A1 pupil-check-in --note x --now 2026-03-20T09:00Z"):match "entry (%d+)")
  refused(long, ("correct A1 %d --why %s"):format(id, text))
  refused(long, ("audience A1 %d --for family --why %s"):format(id, text))
  refused(back, "record A1 pupil-check-in --on 1999-01-02 --note x")
  refused(ahead, "record A1 pupil-check-in --review-on 2051-12-31 --note x")
  refused(ahead, "hold A1 --until 2051-12-31 --ask Sam")
  refused(ahead, "record-school attendance-policy --review-on 2051-12-31")
  assert.equal(1, #w:json "sql \"SELECT id FROM event WHERE kind LIKE 'entry.%' OR kind LIKE 'audience.%'\"")
end)

it("by a history, which takes its other rows", function()
  w:file("history.csv", ("upn,date,step,note,review_on\nA1,1999-01-02,call,x,\nA1,2025-09-08,call,%s,\n"
    .. "B1,2025-09-08,call,x,2051-12-31\nB1,2025-09-08,call,x,\n"):format(text))
  local r = w:run("import entries history.csv" .. now)
  assert.equal(3, r.status, r.err)
  for _, words in ipairs { back, ahead, long } do assert.truthy(r.out:find(words, 1, true), r.out) end
end)

it("by a file of people, which takes its other rows", function()
  w:file("people.csv", ("upn,surname,forename,dob\nQ1,%s,Ann,2015-01-01\nQ2,Moss,Ann,1900-01-02\n"
    .. "Q3,Moss,Ann,2199-01-02\nQ4,Moss,Ann,2015-01-01\n"):format(("x"):rep(2001)))
  local report = w:run("import pupils people.csv --format json" .. now)
  local taken = require("waymark.core").decode(report.out)
  assert.same({ 1, 3, 3 }, { taken.added, taken.left_out, taken.reasons[1].count }, report.out)
  assert.equal("out-of-range", taken.reasons[1].name)
  w:file("people.csv", ("upn,surname,forename,address\nB1,Moss,Una,%s\n"):format(("x"):rep(2001)))
  local out = w:expect(3, "import contacts people.csv" .. now).out
  assert.truthy(out:find("the cell in column 4 has over 2000 bytes", 1, true), out)
end)

it("by a list that was filled in", function()
  plugins.use(w, 'use "england" use "mine"')
  plugins.write(w, "mine", 'reads = { "registers" }', { ["init.lua"] = plugins.map,
    ["steps/visit.lua"] = plugins.visit "'x'" })
  w:ok("suggest" .. plugins.day)
  w:ok("today -o list.csv" .. plugins.day)
  local notes, filled = { text, "x" }, 0
  local list = workspace.read(w.top .. "/list.csv"):gsub(",,,,,,,,([^,\n]+)", function(ref)
    filled = filled + 1
    return (",2026-03-20,,,,%s,%s,,%s"):format(notes[filled], filled == 2 and "31/12/2051" or "", ref)
  end)
  w:file("list.csv", list)
  local r = w:run("import actions list.csv" .. now)
  assert.equal(3, r.status, r.err)
  assert.truthy(r.out:find(ahead, 1, true) and r.out:find(long, 1, true), r.out)
  assert.equal(2, filled)
end)

it("by the day that is looked at", function()
  for _, line in ipairs { "today", "pupil A1", "suggest" } do
    local r = w:run(line .. " --as-of 1900-01-01" .. now)
    assert.same({ 1, "waymark: --as-of: 1900-01-01 is not a day from 1990 to 2099; is the year right?\n" },
      { r.status, r.err })
  end
  assert.truthy(w:expect(1, "today --now 2199-12-31T10:00Z").err:find("--now: 2199-12-31 is not a day", 1, true))
  local err = w:expect(1, "-e 'pupils { as_of = \"2199-12-31\" }'").err
  assert.truthy(err:find("as_of: 2199-12-31 is not a day", 1, true), err)
end)

it("by the settings", function()
  local settings = workspace.read(w.dir .. "/waymark.lua")
  workspace.write(w.dir .. "/waymark.lua", settings .. '\nstart "1900-01-02"\n')
  local err = w:expect(1, "today").err
  assert.truthy(err:find("start: 1900-01-02 is not a day from 1990 to 2099; is the year right?", 1, true), err)
  workspace.write(w.dir .. "/waymark.lua", settings)
end)

it("by a hook", function()
  plugins.use(w, 'use "england" use "mine" use "looker"')
  plugins.write(w, "mine", 'reads = { "registers" }', { ["init.lua"] = plugins.map,
    ["steps/visit.lua"] = plugins.visit "'x'" })
  plugins.write(w, "looker", 'sends = { "follow-up" }', { ["init.lua"] =
    'on("suggestion.made", function() return follow_up { step = "visit", on = "2051-12-31" } end)' })
  local err = w:expect(3, "suggest" .. plugins.day).err
  assert.truthy(err:find("the plugin looker 0.3 failed", 1, true) and err:find("follow_up: " .. ahead, 1, true), err)
end)
