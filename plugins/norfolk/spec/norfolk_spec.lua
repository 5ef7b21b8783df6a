-- What Norfolk has of its own, by a dated example.
-- luacheck: std +busted

local kit = require "waymark.kit"

describe("a Notice to Improve in Norfolk", function()
  local school

  setup(function()
    school = kit.school { use = 'use "england" use "norfolk"',
      years = 'year "2025-26" { term { "2025-09-02", "2025-12-19", half_term = { "2025-10-27", "2025-10-31" } }, '
        .. 'term { "2026-01-05", "2026-03-27" }, inset { "2025-10-24", "2025-11-03" } }',
      kit.pupil "Ada" { "2025-09-08: ON ON ON ON ON", "2025-09-15 to 2025-10-17: // // // // //",
        contacts = { { forename = "Kim", surname = "Example", relationship = "mother" } } } }
    school:on "2025-10-16":record("Ada", "early-help", { outcome = "not-engaged", on = "2025-09-18" })
    school:suggest()
    school:record("Ada", "notice-to-improve", { fields = { parent = "mother" } })
  end)
  teardown(function() school:close() end)

  it("is suggested at ten of G, N, O and U, as everywhere in England", function()
    local rules = {}
    for i, each in ipairs(school:explain("Ada", "notice-to-improve").evidence) do rules[i] = each.rule end
    assert.are.same({ "national" }, rules)
  end)

  it("is issued by the school, and runs for six school weeks but at most 30 school days", function()
    local entries = school:entries "Ada"
    local fields = entries[#entries].body.fields
    assert.are.same({ "the school", "2025-10-16", "2025-10-20", "2025-10-20", "2025-12-05" },
      { fields.issuer, fields.issued_on, fields.served_on, fields.period_from, fields.period_to })
    local options = school:run("plugin", "options", "norfolk").out
    assert.is_truthy(options:find("6 school weeks, at most 30 school days", 1, true), options)
  end)

  it("that did not help is referred within 15 school days of its end", function()
    local entries = school:entries "Ada"
    assert.are.equal("2026-01-09", entries[#entries].body.fields.refer_by)
    school:record("Ada", "notice-to-improve", { outcome = "not-improved" })
    local found
    for _, each in ipairs(school:suggested "Ada") do found = each.step == "legal-decision" and each or found end
    assert.are.equal("the Notice to Improve to Kim Example ended without enough improvement; refer by Friday "
      .. "9 January 2026", found.reason)
  end)
end)

describe("a holiday in Norfolk, where leave has no route of its own", function()
  it("is decided on without support and without a Notice to Improve", function()
    local school <close> = kit.school { use = 'use "england" use "norfolk"',
      kit.pupil "Cal" { "2025-09-08: GG GG GG GG GG", "2025-09-15 to 2025-10-10: // // // // //" },
      kit.pupil "Dee" { "2025-09-08: OO OO OO OO OO", "2025-09-15 to 2025-10-10: // // // // //" } }
    school:on "2025-10-10"
    assert.is_nil(school:explain("Cal", "legal-decision").gate)
    assert.is_truthy(school:explain("Cal", "notice-to-improve").gate:find("are not needed for a holiday, and Norfolk "
      .. "County Council has no other route for it", 1, true))
    assert.is_truthy(school:explain("Dee", "legal-decision").gate:find("no support is recorded", 1, true))
    for _, each in ipairs(school:consult("Cal", "legal-intervention", "checklist")) do
      if each.item:find "upport" or each.item:find "contract" or each.item:find "holiday" then
        assert.is_false(each.needed)
      end
    end
  end)
end)
