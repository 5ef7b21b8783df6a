-- kill -9 in the middle of a command, and a disk that is full there: all of it is
-- done, or nothing. ROUNDS says how often; `make fault` does it a hundred times.

local commands = require "tests.fault.commands"
local kill_import = require "tests.fault.kill_import"
local workspace = require "tests.support.workspace"

local rounds = tonumber(os.getenv "ROUNDS")

describe("every command that changes a workspace", function()
  it("is among those that are killed, and so is each kind of file that comes in but those of schools", function()
    local known = {}
    for _, list in ipairs { commands.names, commands.others } do
      for _, name in ipairs(list) do known[name:match "^%S+"], known[name] = true, true end
    end
    local pipe <close> = assert(io.popen(("'%s' --help; '%s' import --help"):format(workspace.program(),
      workspace.program())))
    local help, missing = pipe:read "a", {}
    for name in help:match "\nCommands:\n(.-)\n\n":gmatch "%f[^\n%z]   (%l[%l-]*) " do
      if not known[name] then missing[#missing + 1] = name end
    end
    for kind in help:match "{(schools[%l,]+)}":gmatch "%l+" do
      if not known["import " .. kind] and kind ~= "schools" then missing[#missing + 1] = "import " .. kind end
    end
    assert.same({}, missing)
    assert.is_true(known.audience)
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

  setup(function() c = commands.new "init" end)
  teardown(function() c:remove() end)

  it("that is killed has made a workspace or nothing, and may be done again", function()
    local count = c:killed(rounds or 6)
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

    setup(function() c = commands.new(name) end)
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
