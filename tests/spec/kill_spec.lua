-- kill -9 in the middle of an import: all of it is there, or none. ROUNDS says
-- how many kills; `make fault` does a hundred.

local kill_import = require "tests.fault.kill_import"

describe("an import of marks that is killed", function()
  it("is there whole or not at all, and the next one completes it", function()
    local count = kill_import(tonumber(os.getenv "ROUNDS") or 8)
    assert.is_true(count.killed >= count.rounds // 2, "it was hardly ever killed")
    assert.is_true(count.before >= 1)
  end)
end)
