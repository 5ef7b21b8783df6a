-- Another program, run to its end by the host: what it says, what it is given, and that
-- nothing of it is left, nor anything ended that is not its own.

local core = require "waymark.core"
local folder = require "tests.support.folder"

local run = core.system.run
local path = { "PATH=/usr/bin:/bin" }

describe("a program that is run", function()
  local top

  setup(function() top = folder.new() end)
  teardown(function() folder.remove(top) end)

  local function text_of(name)
    local file = io.open(top .. "/" .. name)
    local text = file and file:read "a"
    if file then file:close() end
    return text
  end

  it("says how it ended, and the first of what it said", function()
    assert.same({ 0, "out\nerr\n" }, { run({ "sh", "-c", "echo out; echo err >&2" }, path, 5) })
    assert.same({ 7, "" }, { run({ "sh", "-c", "exit 7" }, path, 5) })
    local status, said = run({ "sh", "-c", "yes | head -c 100000" }, path, 5)
    assert.same({ 0, 4096 }, { status, #said })
    assert.same({ nil, "sh: it was ended by a signal", true }, { run({ "sh", "-c", "kill -9 $$" }, path, 5) })
    local none, why = run({ "no-such-program" }, path, 5)
    assert.same({ nil, "no-such-program: No such file or directory" }, { none, why })
  end)

  it("has the environment that it is given, no input, and no file of ours", function()
    assert.same({ 0, "A=1\n" }, { run({ "/usr/bin/env" }, { "A=1" }, 5) })
    assert.same({ 0, "" }, { run({ "cat" }, path, 5) })
    local ours <close> = assert(io.open(top .. "/ours", "w"))
    local _, files = run({ "sh", "-c", "ls /proc/$$/fd" }, path, 5)
    assert.equal("0\n1\n2\n", files)
    ours:write ""
  end)

  it("is ended when its time is over, with what it started", function()
    local none, why = run({ "sh", "-c", "(sleep 3; echo x > '" .. top .. "/late') & sleep 100" }, path, 1)
    assert.same({ nil, "sh: it did not come to an end" }, { none, why })
    local began = os.time()
    while os.time() < began + 3 do os.execute "sleep 0.5" end
    assert.is_nil(text_of "late")
  end)

  it("leaves nobody behind, and ends a group only while its number is its own", function()
    assert(os.execute(("env -u LD_PRELOAD gcc -shared -fPIC -D_GNU_SOURCE -o '%s/probe.so' tests/support/kill_probe.c")
      :format(top)))
    local lua = [[package.cpath = arg[1] .. "/lua/?.so;" .. package.cpath
      local run = require "waymark.core".system.run
      run({ "true" }, { "PATH=/usr/bin:/bin" }, 5)
      run({ "sh", "-c", "sleep 100 > /dev/null 2>&1 & true" }, { "PATH=/usr/bin:/bin" }, 5)
      run({ "sleep", "100" }, { "PATH=/usr/bin:/bin" }, 1)]]
    folder.write(top .. "/run.lua", lua)
    assert(os.execute(("KILL_PROBE='%s/kills' LD_PRELOAD=\"%s %s/probe.so\" lua5.4 '%s/run.lua' '%s'"):format(top,
      os.getenv "PRELOAD" or "", top, top, os.getenv "WAYMARK_BUILD" or "build")))
    local kills = assert(text_of "kills")
    assert.truthy(kills:find "own")
    assert.is_nil(kills:find "lost")
  end)
end)
