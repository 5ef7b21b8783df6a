-- kill -9 in the middle of a command, and a disk that is full there: all of it is
-- done, or nothing. ROUNDS says how often; `make fault` does it a hundred times.

local kill_import = require "tests.fault.kill_import"
local scenes = require "tests.fault.scenes"

local rounds = tonumber(os.getenv "ROUNDS")

teardown(scenes.remove)

describe("every command of the program, and each kind of file that comes in", function()
  it("has a scene in which it is killed, meets faults and others at work", function()
    assert.same({}, scenes.missing())
  end)
end)

describe("an import of marks that is killed", function()
  it("is there whole or not at all, and the next one completes it", function()
    local count = kill_import(rounds or 4)
    assert.is_true(count.before > 0 and count.after > 0)
  end)
end)

describe("init", function()
  local c

  setup(function() c = scenes.new "init" end)
  teardown(function() c:remove() end)

  it("that is killed has made a workspace or nothing, and may be done again", function()
    local count = c:killed(rounds or 3)
    assert.equal(count.rounds, count.before + count.after)
  end)

  it("says in one line that the disk is full, and has made nothing", function()
    assert.is_true(c:full(rounds or 4).refused > 0)
    assert.is_true(c:limited(2).refused > 0)
  end)
end)

for _, name in ipairs { "suggest", "record" } do
  describe(name, function()
    local c

    setup(function() c = scenes.new(name) end)
    teardown(function() c:remove() end)

    it("that is killed has recorded all or nothing, and nothing twice", function()
      local count = c:killed(rounds or 4)
      assert.is_true(count.before > 0 and count.after > 0)
    end)

    it("says in one line that the disk is full, and has recorded nothing", function()
      local count = c:full(rounds or 4)
      assert.is_true(count.refused > 0 and count.done > 0)
    end)

    it("says the same of a limit on the size of files", function()
      assert.is_true(c:limited(2).refused > 0)
    end)
  end)
end
