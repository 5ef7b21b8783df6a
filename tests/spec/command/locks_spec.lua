-- The write lock of a workspace is held for as long as something is written: while it is held no
-- program is started, no worker asked and nobody at a terminal, and who waits for it gets it.

local cli = require "waymark.cli"
local core = require "waymark.core"
local files = require "waymark.base.files"
local plugins = require "tests.support.plugins"
local sqlite = require "tests.support.sqlite"
local space_module = require "waymark.workspace"
local workspace = require "tests.support.workspace"

local PUPILS = "upn,surname,forename,dob,year,form,joined\n"
  .. "ADA,Byron,Ada,2016-05-05,4,4A,2020-09-01\nBEN,Moss,Ben,2016-06-06,4,4A,2020-09-01\n"
local CONTACTS = "upn,title,forename,surname,relationship,parental_responsibility,lives_with,priority,email,address\n"
  .. 'ADA,Mrs,Anna,Byron,mother,1,1,1,anna@example.org,"12 Mill Lane, Colchester"\n'
  .. 'BEN,Mr,Jo,Moss,father,1,1,1,jo@example.org,"3 High Street, Colchester"\n'
local STAFF = 'staff { attendance_officer = "Sam Reed <sam@oakfield.example>", head = "jo@oakfield.example" }\n'
local TELL = [[
for _, kind in ipairs { "suggestion.made", "entry.recorded" } do
  on(kind, function(event) return note { text = kind .. " " .. event.on } end)
end
]]

local w, space
local started, waited -- what was asked with the lock, and how often something was asked at all
local restored = {}
local before_start -- a function, called before something is started; it answers the next

-- Run a command here, and note what it starts.
local function run(line)
  local arguments = { "-C", w.dir, "--now", "2025-09-08T17:30Z" }
  for word in (line .. " "):gmatch "(%S+) " do arguments[#arguments + 1] = word end
  local out, shown, said = io.output(), _G.print, {}
  local file <close> = assert(io.open("/dev/null", "w"))
  io.output(file)
  _G.print = function(...) said[#said + 1] = tostring((...)) end
  local status = cli(arguments, workspace.build())
  _G.print = shown
  io.output(out)
  return status, table.concat(said, "\n")
end

-- A PDF is made by a program that takes seconds.
local function quick_pdf(ask)
  return function(words, ...)
    if words[4] ~= "weasyprint" then return ask(words, ...) end
    workspace.write(words[3] .. "/" .. words[#words], "%PDF- quick")
    return 0, ""
  end
end

local function watched(of, name)
  local ask = of[name]
  if of == core.system and name == "run" then ask = quick_pdf(ask) end
  local before = of[name]
  restored[#restored + 1] = function() of[name] = before end
  of[name] = function(...)
    waited = waited + 1
    if space and space.store:is_locked() then started[#started + 1] = name end
    local count, first = waited, before_start
    before_start = nil
    if first then before_start = first() end
    waited = count
    return ask(...)
  end
end

local function watch()
  started, waited, space, before_start = {}, 0, nil, nil
  for _, each in ipairs { { core.worker, "start" }, { core.system, "run" }, { core.system, "readline" },
    { os, "execute" }, { io, "popen" } } do watched(each[1], each[2]) end
  local open = space_module.open
  restored[#restored + 1] = function() space_module.open = open end
  space_module.open = function(...)
    space = open(...)
    return space
  end
end

local function change_by_another(form)
  assert(sqlite.run(w.dir .. "/waymark.db", ("UPDATE enrolment SET form = '%s'"):format(form)))
end

setup(function()
  w = workspace.new { settings = workspace.essex .. STAFF, files = { ["pupils.csv"] = PUPILS,
    ["contacts.csv"] = CONTACTS, ["marks.csv"] = workspace.registers { ADA = { ["2025-09-08"] = "N N" },
      BEN = { ["2025-09-08"] = "N N" } }, ["paper.pdf"] = "%PDF- a paper" } }
  plugins.write(w, "teller", 'reads = { "registers", "cases" }, sends = { "note" }', { ["init.lua"] = TELL })
  workspace.write(w.dir .. "/waymark.lua", workspace.essex .. STAFF .. 'use "teller"\n')
  for _, kind in ipairs { "pupils", "contacts", "marks" } do
    w:ok(("--now 2025-09-08T17:00Z import %s %s.csv"):format(kind, kind))
  end
end)

after_each(function()
  for i = #restored, 1, -1 do restored[i]() end
  restored = {}
end)

teardown(function() w:remove() end)

describe("the write lock", function()
  it("is not held while anything is asked, rendered or told", function()
    watch()
    for _, line in ipairs { "suggest --format csv", "today --format csv",
      "record ADA absence-callback --outcome spoke --with mother",
      "letter 1,2 call-back-form --pdf -o " .. w.top .. "/made",
      "letter ADA call-back-form --pdf -o " .. w.top .. "/letters", "record ADA pupil-check-in --outcome spoke",
      "referral ADA --parent mother --incomplete --pdf -o " .. w.top .. "/pack",
      "attach ADA " .. w.top .. "/paper.pdf", "update " .. w.top .. "/inbox" } do
      if line:find "^update" then assert(require("lfs").mkdir(w.top .. "/inbox")) end
      local asked = waited
      local status, said = run(line)
      assert.is_true(status == 0 or status == 3, line .. ": " .. said)
      assert.same({}, started, line)
      assert.is_true(waited > asked or line:find "^attach" ~= nil or line:find "^today" ~= nil, line)
    end
    assert.equal("4", w:ok('sql "SELECT count(*) AS n FROM effect WHERE state = \'written\'" --format csv'):match "%d+")
  end)

  -- Two things of each pupil: what a step works out of the second one hangs on the first. Before that, each is asked
  -- of without the lock; the second one of each again, since the first is there by then.
  it("is not held while plugins are asked of the later rows of a filled list, or of several pupils", function()
    w:file("joined.csv", "upn,surname,forename,dob,joined\nCAL,Coe,Cal,2016-05-05,2020-09-01\n"
      .. "DEE,Doe,Dee,2016-06-06,2020-09-01\n")
    w:ok "--now 2025-09-08T17:10Z import pupils joined.csv"
    w:file("marks.csv", workspace.registers { CAL = { ["2025-09-08"] = "N N" }, DEE = { ["2025-09-08"] = "N N" } })
    w:ok "--now 2025-09-08T17:10Z import marks marks.csv"
    w:ok "--now 2025-09-08T17:10Z suggest"
    local rows = { "ref,what to do,done on,outcome,barriers,actions" }
    w:ok "--now 2025-09-08T17:10Z today -o list.csv"
    local numbers = {}
    for number, name, ref in workspace.read(w.top .. "/list.csv"):gmatch "(%d+),(%u%l+) [CD]oe,[^\n]-(list%-[%w-]+)" do
      numbers[#numbers + 1] = number
      for _, step in ipairs { "Early help and support", "Declining attendance meeting" } do
        rows[#rows + 1] = ("%s,%s,2025-09-08,,Sleep of %s,Bed at eight; mother; 2025-09-20"):format(ref, step, name)
      end
    end
    assert.equal(5, #rows)
    w:file("filled.csv", table.concat(rows, "\n") .. "\n")
    for _, dry in ipairs { " --dry-run", "" } do
      watch()
      local status, said = run("import actions " .. w.top .. "/filled.csv --by Sam" .. dry)
      assert.equal(0, status, said)
      assert.matches("4  recorded\n", said)
      assert.same({}, started)
    end
    watch()
    assert.equal(0, (run("record " .. table.concat(numbers, ",")
      .. " early-help --set barriers=Sleep --set actions=Bed;mother;2025-09-20 --by Sam")))
    assert.same({}, started)
    assert.is_true(waited > 2)
  end)

  local function letter() return run("letter ADA call-back-form --pdf -o " .. w.top .. "/letters") end

  it("is taken after another has changed something meanwhile: what was read before is read again", function()
    watch()
    assert.equal(0, letter())
    local asked = waited
    before_start = function() change_by_another "4B" end
    assert.equal(0, letter())
    assert.equal(3 * asked, waited)
    assert.same({}, started)
  end)

  it("is held while a list is written, also one with the numbers that were given out before", function()
    watch()
    local write, locked = files.write, {}
    restored[#restored + 1] = function() files.write = write end
    files.write = function(...)
      locked[#locked + 1] = space.store:is_locked()
      return write(...)
    end
    for _, name in ipairs { "first", "again" } do assert.equal(0, run(("today -o %s/%s.csv"):format(w.top, name))) end
    assert.same({ true, true }, locked)
  end)

  it("is not held while anything is asked either when others keep changing something", function()
    watch()
    assert.equal(0, letter())
    local asked, changes = waited, 0
    local function change()
      changes = changes + 1
      change_by_another("4" .. changes)
      return changes < 9 and change or nil
    end
    before_start = change
    assert.equal(0, letter())
    assert.same({}, started)
    assert.is_true(waited > 3 * asked, waited)
  end)

  -- Who came last would else go on looking oftener than who has waited long, and be the first to get it.
  it("is looked for the oftener, the longer somebody has waited for it", function()
    assert(os.execute(("env -u LD_PRELOAD gcc -std=c11 -O1 -shared -fPIC -o '%s/naps.so' tests/support/naps.c"):format(
      w.top)))
    local store = assert(core.store.open(w.dir .. "/waymark.db", "write"))
    finally(function() store:close() end)
    assert(store:begin())
    os.execute(("cd '%s' && { NAPS=naps LD_PRELOAD=\"${LD_PRELOAD:+$LD_PRELOAD }./naps.so\" '%s' -C w hold BEN "
      .. "--until 2026-01-05 --ask Jo --by Sam >said 2>&1; echo $? >>said; } &"):format(w.top, workspace.program()))
    local naps = {}
    while #naps < 30 do
      os.execute "sleep 0.05"
      naps = {}
      for nap in (io.open(w.top .. "/naps") and workspace.read(w.top .. "/naps") or ""):gmatch "%d+" do
        naps[#naps + 1] = tonumber(nap)
      end
    end
    store:rollback()
    for i = 2, #naps do assert.is_true(naps[i] <= naps[i - 1], ("%d after %d"):format(naps[i], naps[i - 1])) end
    assert.is_true(naps[#naps] < naps[1])
    local said
    repeat
      os.execute "sleep 0.02"
      said = workspace.read(w.top .. "/said")
    until said:find "\n%d+\n$"
    assert.is_truthy(said:find "\n0\n$", said)
  end)

  it("is not held in a dry run, of settings and plugins that were edited either, while hooks and steps are asked",
    function()
      local settings = workspace.read(w.dir .. "/waymark.lua")
      for i, line in ipairs { "suggest --format csv --dry-run",
        "record ADA early-help --set barriers=Sleep --by Sam --dry-run",
        "record-school attendance-policy --set version=3 --outcome published --by Sam --dry-run",
        "import pupils " .. w.top .. "/pupils.csv", "import marks " .. w.top .. "/marks.csv --dry-run" } do
        workspace.write(w.dir .. "/waymark.lua", settings .. ("-- edited, %d\n"):format(i))
        workspace.write(w.dir .. "/plugins/teller/init.lua", TELL .. ("-- edited, %d\n"):format(i))
        watch()
        local status, said = run(line)
        assert.equal(0, status, line .. ": " .. said)
        assert.same({}, started, line)
        assert.is_true(waited > 0, line)
      end
    end)
end)
