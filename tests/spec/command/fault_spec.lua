-- The loops of `make fault` in a short form: of a few commands a system call that fails, memory that is
-- short, a damaged database; pairs of commands at once; damaged backups. ROUNDS makes them longer.

local loops = require "tests.fault.loops"
local scenes = require "tests.fault.scenes"

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
it("a damaged backup is refused, or what was copied", function() goes_right("copies", 3) end)
