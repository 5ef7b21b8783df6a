-- The loops of `make fault` in a short form: of a few commands a system call that fails, memory that is
-- short, a damaged database; pairs of commands at once; an inbox that others write into; damaged backups. ROUNDS
-- makes them longer. And what the loops found, each at the place where it was.

local kill = require "tests.fault.kill"
local loops = require "tests.fault.loops"
local scenes = require "tests.fault.scenes"
local trial = require "tests.fault.trial"
local workspace = require "tests.support.workspace"

local rounds = tonumber(os.getenv "ROUNDS")
local commands = not rounds and { "import entries", "suggest", "record", "today", "restore", "pupil" } or nil

teardown(scenes.remove)

local function goes_right(name, n)
  local count, wrong = loops.run(name, rounds or n, 1, commands)
  assert.same({}, wrong)
  assert.is_true(count >= n)
end

describe("with a fault, each command is whole or nothing and says so:", function()
  it("a system call that fails", function() goes_right("calls", 4) end)
  it("memory that is short", function() goes_right("allocations", 4) end)
  it("a damaged database", function() goes_right("damaged", 2) end)
end)

it("two commands at once leave what one after the other would", function() goes_right("races", 5) end)
it("writers and readers at once are done, or told to try again, and what is said to be done is there", function()
  goes_right("together", 2)
end)
it("a file completed or replaced while an update takes it is taken whole", function() goes_right("inbox", 4) end)
it("a damaged backup is refused, or what was copied", function() goes_right("copies", 3) end)

-- Memory ends at so many places before the end of a command, and stays short.
local function without_memory(name, from, to, step)
  local t, wrong = trial.new(name), {}
  for before_end = from, to, -step do wrong[#wrong + 1] = t:run(("short:%d"):format(t.allocations - before_end)) end
  t:remove()
  assert.same({}, wrong)
  assert.is_true(t.refused > 0)
end

describe("without memory", function()
  it("a file that was written is not said to be done, when the entry of it is undone", function()
    without_memory("attach", 1700, 900, 200)
  end)

  it("init is not said to be done where there is no database", function() without_memory("init", 3500, 500, 750) end)
  it("restore leaves nothing of the database behind", function() without_memory("restore", 3500, 500, 750) end)
  it("repl says so, and not readline for it", function() without_memory("repl", 230, 70, 40) end)
end)

it("a row of a list is not left out for a disk that cannot be read", function()
  local t, wrong = trial.new "import actions", {}
  for read = 16, 28, 3 do wrong[#wrong + 1] = t:run(("read:%d:5"):format(read)) end
  t:remove()
  assert.same({}, wrong)
  assert.is_true(t.refused > 0)
end)

-- What people did, as rows.
local function recorded(w)
  local lines = {}
  for line in kill.rows(w.dir .. "/waymark.db"):gmatch "[^\n]+" do
    if line:find "^event " or line:find "^entry " or line:find "^action " then lines[#lines + 1] = line end
  end
  return lines
end

it("entries and filled lists are refused where a plugin in use cannot be read: they would be of no step", function()
  for _, name in ipairs { "import entries", "import actions" } do
    local w = scenes.workspace(name)
    w:file("w/plugins/broken/init.lua", "plugin (")
    w:file("w/waymark.lua", workspace.read(w.dir .. "/waymark.lua") .. 'use "broken"\n')
    local before = recorded(w)
    local r = w:expect(1, scenes.line(name))
    assert.is_truthy(r.err:find("broken", 1, true), r.err)
    assert.same(before, recorded(w))
    w:remove()
  end
end)

it("a disk that fails while plugins are read ends a command that could do without them", function()
  local t, wrong, said = trial.new "import marks", {}, ""
  for call = 60, 100, 10 do
    wrong[#wrong + 1] = t:run(("call:%d:5"):format(call))
    said = said .. t.said
  end
  t:remove()
  assert.same({}, wrong)
  assert.is_truthy(said:find("cannot read [^\n]*/plugins/england/[^\n]*Input/output error"), said)
end)
