-- The message about call-backs: to whom, about whom, how often.
-- luacheck: std +busted

local kit = require "waymark.kit"
local pupil = kit.pupil

local use = 'use "england" use "essex" use "callbacks"'

describe("the message about call-backs", function()
  local school

  before_each(function()
    school = kit.school {
      use = use,
      pupil "Ada Byron" { "2025-09-08: NN //" },
      pupil "Ben Moss" { "2025-09-08: /N //" },
      pupil "Cal Reid" { "2025-09-08: // //" },
    }
    school:on "2025-09-08":suggest()
  end)
  after_each(function() school:close() end)

  it("is asked for once for each pupil, and goes to the attendance officer", function()
    local about = {}
    for i, each in ipairs(school:effects()) do
      about[i] = each.pupil
      assert.are.equal("mail", each.kind)
      assert.are.equal("attendance_officer", each.to)
      assert.are.equal("callbacks", each.digest)
    end
    assert.are.same({ "Ada Byron", "Ben Moss" }, about)
  end)

  it("is one for all, and names who is to be called", function()
    local text = school:effects()[1].message
    assert.are.equal(text, school:effects()[2].message)
    assert.is_truthy(text:find("To: \"Sam Reed\"", 1, true))
    assert.is_truthy(text:find("Ada Byron, 5A: Absence call-back", 1, true))
    assert.is_truthy(text:find("Ben Moss, 5A: Absence call-back", 1, true))
    assert.is_nil(text:find("Cal Reid", 1, true))
  end)

  it("is not written a second time", function()
    school:suggest()
    assert.are.equal(2, #school:effects())
  end)
end)

describe("the message's options", function()
  it("choose who gets it", function()
    local school <close> = kit.school {
      use = 'use "england" use "essex" use "callbacks" { to = "head" }',
      pupil "Ada" { "2025-09-08: NN" },
    }
    school:suggest()
    assert.are.equal("head", school:effects()[1].to)
  end)

  it("choose which steps it tells of", function()
    local school <close> = kit.school {
      use = 'use "england" use "essex" use "callbacks" { steps = { "early-help" } }',
      pupil "Ada" { "2025-09-08: NN" },
    }
    school:suggest()
    assert.are.same({}, school:effects())
  end)
end)
