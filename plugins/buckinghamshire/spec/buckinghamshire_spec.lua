-- What Buckinghamshire has of its own, by a dated example.
-- luacheck: std +busted

local kit = require "waymark.kit"

describe("a Notice to Improve in Buckinghamshire", function()
  local school

  setup(function()
    school = kit.school { use = 'use "england" use "buckinghamshire"',
      years = 'year "2025-26" { term { "2025-09-02", "2025-12-19", half_term = { "2025-10-27", "2025-10-31" } }, '
        .. 'term { "2026-01-05", "2026-03-27" }, inset { "2025-10-24", "2025-11-03" } }',
      kit.pupil "Ada" { "2025-09-08: OO OO OO OO OO", "2025-09-15 to 2025-10-17: // // // // //",
        contacts = { { forename = "Kim", surname = "Example", relationship = "mother" } } } }
    school:on "2025-10-16":record("Ada", "early-help", { outcome = "not-engaged", on = "2025-09-18" })
  end)
  teardown(function() school:close() end)

  it("is asked of the authority", function()
    local why = school:explain("Ada", "notice-to-improve")
    assert.are.equal("the threshold is met and earlier support has not worked: ask Buckinghamshire Council for "
      .. "a notice", why.reason)
  end)

  -- From Monday 20 October: four days that week and in the week of 4 November, five in others.
  it("is issued by the authority, runs for 60 half days, and is looked at after 30", function()
    school:record("Ada", "notice-to-improve", { fields = { parent = "mother", requested_on = "2025-10-14" } })
    local entries = school:entries "Ada"
    local fields = entries[#entries].body.fields
    assert.are.same({ "Buckinghamshire Council", "2025-10-14", "2025-10-16", "2025-10-20", "2025-12-09" },
      { fields.issuer, fields.requested_on, fields.issued_on, fields.period_from, fields.period_to })
    assert.are.same({ "2025-11-18" }, fields.checks)
  end)
end)
