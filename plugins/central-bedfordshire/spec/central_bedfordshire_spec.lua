-- What is known of Central Bedfordshire, and that what is not known is said to be so.
-- luacheck: std +busted

local kit = require "waymark.kit"

local function school(own)
  return kit.school { use = 'use "england" use "central-bedfordshire"' .. (own or ""),
    kit.pupil "Ada" { "2025-09-08: OO OO OO OO OO", "2025-09-15 to 2025-10-17: // // // // //",
      contacts = { { forename = "Kim", surname = "Example", relationship = "mother" } } } }
end

local function asked(list)
  for _, each in ipairs(list) do
    if each.item:find("Central Bedfordshire", 1, true) then return each end
  end
end

describe("Central Bedfordshire", function()
  it("is said to have rules that are not known here, before anything is decided", function()
    local one <close> = school()
    local found = asked(one:on "2025-10-16":consult("Ada", "legal-decision", "checklist"))
    assert.are.equal("The rules of Central Bedfordshire Council that are not known here were asked for", found.item)
    assert.is_false(found.there or found.needed)
    assert.is_truthy(found.words:find("ask the Access and Inclusion Service: who issues a Notice to Improve", 1, true))
    assert.is_truthy(found.words:find("the national guidance until then", 1, true))
    local options = one:run("plugin", "options", "central-bedfordshire").out
    assert.is_truthy(options:find("who issues a Notice to Improve", 1, true), options)
  end)

  it("says no more of it once a school has asked", function()
    local one <close> = school " { not_known = {}, notice_period = school_weeks(4) }"
    assert.is_nil(asked(one:on "2025-10-16":consult("Ada", "legal-decision", "checklist")))
  end)
end)
