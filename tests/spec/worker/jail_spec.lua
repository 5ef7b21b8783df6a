-- The jail of the worker, asked directly: what is not needed to run Lua ends the
-- process at once. tests/support/jail_probe.c does one thing each time.

local folder = require "tests.support.folder"

local top
local plain = "env -u LD_PRELOAD " -- the probe is no part of a sanitizer build

setup(function()
  top = folder.new()
  assert(os.execute(plain .. "cc -std=c11 -D_GNU_SOURCE -Wall -Wextra -Icore -o '" .. top
    .. "/probe' tests/support/jail_probe.c core/worker/jail.c -lseccomp"))
end)
teardown(function() folder.remove(top) end)

-- "could", "told no", or the number of the signal that ended it
local function probe(name)
  local command = ("%s '%s/probe' %s </dev/null >/dev/null 2>&1"):format(plain, top, name)
  local _, _, status = os.execute("bash -c '" .. command:gsub("'", "'\\''") .. "; exit $?' 2>/dev/null")
  if status > 128 then return status - 128 end
  return ({ [0] = "could", "told no" })[status] or error("the probe ended with " .. tostring(status))
end

local SIGSYS, SIGXCPU = 31, 24

local expected = {
  ["end"] = "could", ["write-channel"] = "could", ["get-memory"] = "could", ["make-read-only"] = "could",
  ["read-clock"] = "could", ["get-too-much-memory"] = "told no", ["use-the-processor"] = SIGXCPU,
}

describe("in the jail", function()
  it("every forbidden call ends the process, and what Lua needs is allowed", function()
    local tried, forbidden = {}, 0
    for name in io.popen(plain .. "'" .. top .. "/probe'"):lines() do
      tried[name] = true
      assert.equal(expected[name] or SIGSYS, probe(name), name)
      if not expected[name] then forbidden = forbidden + 1 end
    end
    for name in pairs(expected) do assert.is_true(tried[name], name) end
    assert.is_true(forbidden >= 28)
  end)
end)
