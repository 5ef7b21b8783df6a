-- What the marks of a register mean, in words that a letter to a family can show (DOMAIN.md,
-- "Codes").
-- luacheck: std +busted

local support = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/support.lua")

describe("the meaning of a mark", function()
  local meaning = {}

  setup(function()
    support.load() "england"
    for _, row in ipairs(support.codes) do meaning[row[1]] = row[3] end
  end)

  it("speaks of no session and no code", function()
    for _, words in pairs(meaning) do
      for _, word in ipairs { "session", "code" } do
        assert.is_nil(words:lower():find("%f[%a]" .. word .. "s?%f[%A]"), words)
      end
    end
  end)

  it("says of an absence without leave what happened", function()
    assert.are.equal("Absent, not authorised by the school", meaning.O)
    assert.are.equal("Arrived after the register closed", meaning.U)
    assert.are.equal("Reason for absence not yet known", meaning.N)
    assert.are.equal("Holiday not granted by the school", meaning.G)
  end)
end)
