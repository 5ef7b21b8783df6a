-- England on a road map, asked through the program: penalty notices as they are recorded,
-- the routes of each parent, and the returns (DOMAIN.md).
-- luacheck: std +busted

local kit = require "waymark.kit"
local pupil = kit.pupil

local use = 'use "england" use "support-first"'

local function mother(more)
  local contact = { title = "Mrs", forename = "Anne", surname = "Byron", relationship = "mother",
    parental_responsibility = true, lives_with = true }
  for name, value in pairs(more or {}) do contact[name] = value end
  return contact
end

local father = { forename = "Will", surname = "King", relationship = "father", parental_responsibility = true,
  lives_with = false }
local aunt = { forename = "Jo", surname = "King", relationship = "aunt", parental_responsibility = false,
  lives_with = false }

local function last(list) return list[#list] end

local function fails(work, ...)
  local ok, message = pcall(work, ...)
  assert.is_false(ok)
  return message
end

describe("a penalty notice", function()
  local school

  before_each(function()
    school = kit.school { use = use,
      pupil "Ada Byron" { "2025-03-03 to 2025-04-04: O/ // // // OO", contacts = { mother(), father, aunt } },
      pupil "Ben Byron" { "2025-03-03 to 2025-04-04: O/ // // // OO", contacts = { mother() } },
    }
    school:on "2025-04-17"
  end)
  after_each(function() school:close() end)

  local function record(who, on, parent)
    school:on(on):record(who, "penalty-notice", { on = on, fields = { parent = parent or "Mrs Anne Byron" } })
    return last(school:entries(who)).body.fields
  end

  it("posted on Thursday 17 April 2025 is £80 to 13 May and £160 to 20 May", function()
    local fields = record("Ada Byron", "2025-04-17")
    assert.are.same({ "2025-04-23", 80, "2025-05-13", 160, "2025-05-20" }, { fields.served_on, fields.reduced_amount,
      fields.reduced_until, fields.amount, fields.pay_by })
    assert.are.equal("2025-03-03 AM", fields.sessions[1])
    assert.are.equal(15, #fields.sessions)
  end)

  it("is £160 the second time, and not possible a third", function()
    record("Ada Byron", "2025-04-17")
    local second = record("Ada Byron", "2025-06-20")
    assert.are.equal(160, second.amount)
    assert.is_nil(second.reduced_amount)
    local message = fails(record, "Ada Byron", "2025-07-18")
    assert.is_truthy(message:find("no notice possible before Monday 17 April 2028", 1, true))
    school:record("Ada Byron", "penalty-notice", { fields = { parent = "mother" }, despite = "it was issued" })
  end)

  it("is each parent's, and each child's", function()
    record("Ada Byron", "2025-04-17")
    assert.are.equal(80, record("Ada Byron", "2025-06-20", "father").reduced_amount)
    assert.are.equal(80, record("Ben Byron", "2025-06-20").reduced_amount)
  end)

  it("that was withdrawn is not counted, and its half days are free again", function()
    local first = record("Ada Byron", "2025-04-17")
    school:on "2025-05-02":record("Ada Byron", "penalty-notice", { outcome = "not-paid",
      fields = { parent = "mother" } })
    school:on "2025-05-06":record("Ada Byron", "penalty-notice", { outcome = "withdrawn",
      fields = { parent = "mother" } })
    local again = record("Ada Byron", "2025-05-09")
    assert.are.equal(80, again.reduced_amount)
    assert.are.equal(#first.sessions, #again.sessions)
  end)

  it("relies on no half day twice for the same parent and child", function()
    record("Ada Byron", "2025-04-17")
    assert.is_nil(record("Ada Byron", "2025-05-09").sessions)
    assert.are.equal(15, #record("Ada Byron", "2025-05-09", "father").sessions)
  end)

  it("leaves each parent the routes that are open", function()
    record("Ada Byron", "2025-04-17")
    record("Ada Byron", "2025-05-09")
    local list, ids = school:consult("Ada Byron", "legal-decision", "routes"), {}
    for i, contact in ipairs(school:contacts "Ada Byron") do ids[i] = contact.id end
    local by = {}
    for _, each in ipairs(list) do by[each.contact] = by[each.contact] or each end
    assert.are.equal(6, #list)
    assert.is_false(by[ids[1]].open)
    assert.are.equal("2028-04-17", by[ids[1]].from)
    assert.are.equal("first penalty notice", by[ids[2]].route)
    assert.is_nil(by[ids[3]])
  end)
end)

describe("a decision on legal intervention", function()
  local school

  setup(function()
    school = kit.school { use = use,
      pupil "Cal Reed" { "2025-09-08 to 2025-10-24: // O/ N/ // //",
        contacts = { mother { address = "1 High Street", dob = "1985-03-02", checked_on = "2025-09-01" } } },
      pupil "Dee Lake" { "2025-09-08 to 2025-10-24: // // // // //", "2025-10-06: GG GG GG GG GG" },
    }
    school:on "2025-10-24"
  end)
  teardown(function() school:close() end)

  local function items(who)
    local found = {}
    for _, each in ipairs(school:consult(who, "legal-decision", "checklist")) do found[each.item] = each end
    return found
  end

  it("names what is there and what is missing", function()
    local found = items "Cal Reed"
    assert.is_true(found["The national threshold is met"].there)
    assert.are.equal("no reason yet: Wednesday 10 September 2025, morning; Wednesday 17 September 2025, morning; "
      .. "Wednesday 24 September 2025, morning; Wednesday 1 October 2025, morning; 3 more",
      found["A reason is known for every absence (no N left)"].words)
    assert.is_true(found["Each parent's details, checked in the last 6 months"].there)
    assert.is_false(found["Support was offered"].there)
    assert.is_truthy(found["The child was of compulsory school age on the days"].words:find("31 August 2020", 1, true))
  end)

  it("sees support that was offered and what came of it", function()
    school:record("Cal Reed", "early-help", { on = "2025-09-22" })
    school:record("Cal Reed", "early-help", { on = "2025-10-13", outcome = "not-taken-up" })
    local found = items "Cal Reed"
    assert.is_true(found["Support was offered"].there)
    assert.is_false(found["Support that was not taken up was offered again"].there)
  end)

  it("takes a long holiday another way", function()
    local found = items("Dee Lake")["It is no holiday of ten or more half days in a row (G)"]
    assert.is_false(found.there)
    assert.is_truthy(found.words:find("from Monday 6 October 2025, morning", 1, true))
  end)
end)

describe("the returns", function()
  local school

  setup(function()
    local all = "2025-09-08 to 2025-10-24: // // // // //"
    school = kit.school { use = use,
      pupil "Ada" { all, "2025-09-15: GG GO NN UO OO", "2025-09-22: OO OO OO OO OO" },
      pupil "Ben" { all, "2025-09-15: GG GO // UO OO", "2025-09-22: OO OO OO OO OO" },
      pupil "Cal" { all, "2025-09-15: II II II II II", "2025-09-29: II II II II II", "2025-10-13: II II II II II" },
      pupil "Dee" { all, "2025-09-15 to 2025-10-10: OO OO OO OO OO" },
      pupil "Eve" { "2025-10-13: // // // N- //", "2025-10-20: // // // // N/" },
      -- 24 days away with a closed one among them; leave to a Friday noon, and then ten days; ten days
      -- without leave; leave, a day without transport, ten days; mornings; 40 half days, 19 whole days.
      pupil "Fay" { all, "2025-09-15 to 2025-10-17: OO OO OO OO OO", "2025-09-29: OO OO [Y4][Y4] OO OO" },
      pupil "Gil" { all, "2025-09-15: CC CC CC CC CO", "2025-09-22 to 2025-10-03: GG GG GG GG GG" },
      pupil "Hal" { all, "2025-09-22 to 2025-10-03: GG GG GG GG GG" },
      pupil "Ivy" { all, "2025-09-15: CC CC CC CC QQ", "2025-09-22 to 2025-10-03: GG GG GG GG GG" },
      pupil "Joe" { all, "2025-09-15 to 2025-10-03: I/ I/ I/ I/ I/" },
      pupil "Lea" { all, "2025-10-20: /[C2] /[C2] // // //" },
      pupil "Kim" { all, "2025-09-15 to 2025-10-10: OO OO OO OO OO", "2025-09-15: /O OO OO OO OO",
        "2025-10-13: O/ // // // //" },
      -- Not back by the end: twenty days, and once more after one day here; ten days after leave.
      pupil "Max" { all, "2025-09-29 to 2025-10-24: OO OO OO OO OO" },
      pupil "Ned" { all, "2025-09-15 to 2025-10-24: OO OO OO OO OO", "2025-10-13: OO OO OO OO //" },
      pupil "Oda" { all, "2025-10-06: // // CC CC CC", "2025-10-13 to 2025-10-24: GG GG GG GG GG" },
    }
    school:on "2025-10-24"
  end)
  teardown(function() school:close() end)

  local function named(name)
    local result = school:run("returns", name, "--from", "2025-09-08", "--to", "2025-10-24", "--format", "csv")
    assert.are.equal(0, result.status, result.err)
    local found = {}
    for _, who in ipairs { "Ada", "Ben", "Cal", "Dee", "Eve", "Fay", "Gil", "Hal", "Ivy", "Joe", "Kim", "Lea", "Max",
      "Ned", "Oda" } do
      if result.out:find(who .. " Example", 1, true) then found[#found + 1] = who end
    end
    return found
  end

  it("have who was absent for ten school days without a break: any mix of G, N, O and U", function()
    assert.are.same({ "Ada", "Dee", "Fay", "Gil", "Hal", "Ivy", "Kim", "Max", "Ned", "Oda" }, named "ten-days")
  end)

  it("have who does not attend regularly", function()
    assert.are.same({ "Ada", "Ben", "Dee", "Fay", "Gil", "Hal", "Ivy", "Kim", "Max", "Ned", "Oda" },
      named "not-regular")
  end)

  it("have who was ill on fifteen days of the year, in a row or not, for half of them too", function()
    assert.are.same({ "Cal", "Joe" }, named "sickness")
  end)

  it("have who is expected to be ill for fifteen days, from the day that it was recorded", function()
    local function names(to)
      return school:run("returns", "sickness", "--from", "2025-09-08", "--to", to, "--format", "csv").out
    end
    local recorded = school:run("record", "Ben", "long-illness", "--on", "2025-09-24", "--set", "said_by=the GP")
    assert.are.equal(0, recorded.status, recorded.err)
    assert.is_nil(names("2025-09-23"):find("Ben", 1, true))
    local text = "0 school days so far, 15 expected: recorded on Wed 24 Sep 2025"
    assert.truthy(names("2025-09-26"):find("sickness,[^\n]*Ben Example[^\n]*" .. text))
    school:run("record", "Ben", "long-illness", "--on", "2025-10-01", "--outcome", "no-longer-expected")
    assert.is_nil(names("2025-10-24"):find("Ben", 1, true))
  end)

  it("have part-time timetables of the half term: in the registers, or recorded and in force; none is a return too",
    function()
      local function rows(to, ...)
        return school:run("returns", "part-time-timetables", "--to", to, "--format", "csv", ...).out:match "\n(.*)"
      end
      assert.are.equal("part-time-timetables,,,,,none,2025-09-02,2025-10-17,0,,,\n", rows "2025-10-17")
      assert.is_truthy(rows("2025-10-24"):find("Lea Example,[^\n]*2 half days; no part%-time timetable is recorded,"
        .. "2025%-09%-02,2025%-10%-24,2,"))
      school:run("record", "Ada", "part-time-timetable", "--on", "2025-09-22", "--set", "purpose=after an illness",
        "--set", "hours=15", "--set", "consent=yes", "--set", "ends_on=2025-10-10")
      assert.is_truthy(rows("2025-10-17"):find("Ada Example[^\n]*0 half days; What for: after an illness; "
        .. "Hours a week: 15; From: Mon 22 Sep 2025; Review dates: Fri 3 Oct 2025; To: Fri 10 Oct 2025; "
        .. "The parents consent: yes"))
      assert.is_nil(rows("2025-10-24", "--from", "2025-10-13"):find "Ada") -- it was over by then
      assert.is_nil(rows("2025-11-14"):find "Example") -- the next half term
      school:run("record", "Ada", "part-time-timetable", "--on", "2025-09-26", "--outcome", "full-time")
      assert.is_truthy(rows("2025-10-17"):find "Ada") -- it was in force in the half term
    end)

  it("have marks without a reason past five school days, and missing marks", function()
    assert.are.same({ "Ada", "Eve" }, named "no-reason")
    assert.are.same({ "Eve" }, named "missing-marks")
  end)

  it("have the ground of twenty whole school days, all G, N or O, and nothing passed over", function()
    assert.are.same({ "Max" }, named "twenty-days")
  end)

  it("have a ground for deletion until the pupil is back, whenever it began, and as of its last day", function()
    local function names(name, from, to)
      return school:run("returns", name, "--from", from, "--to", to, "--format", "csv").out
    end
    local max = "Max Example[^\n]*2025%-09%-29,2025%-10%-24"
    assert.truthy(names("twenty-days", "2025-10-20", "2025-10-24"):find(max))
    assert.truthy(names("ten-days-after-leave", "2025-10-20", "2025-10-24"):find "Oda Example")
    assert.truthy(names("twenty-days", "2025-09-15", "2025-10-10"):find "Dee Example")
    assert.truthy(names("ten-days-after-leave", "2025-09-22", "2025-10-03"):find "Gil Example")
    assert.is_nil(names("twenty-days", "2025-09-15", "2025-10-13"):find "Dee Example")
  end)

  it("have the ground of ten days only just after leave that was granted", function()
    assert.are.same({ "Oda" }, named "ten-days-after-leave")
  end)
end)
