-- Penalty notices (DOMAIN.md): amounts and last days, three years, never a third, and half
-- days that were relied on already, for each parent and child.
-- luacheck: std +busted

local support = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/support.lua")

local penalty = support.load() "england.penalty"
local notice = support.notice

local byron = { id = 7, title = "Mrs", forename = "Anne", surname = "Byron" }
local king = { id = 8, forename = "Will", surname = "King" }

-- School in every week from Monday 2 September 2024 on.
local calendar = {}
function calendar.first() return "2024-09-02" end
function calendar.week_of(_, day) return day >= "2024-09-02" and 1 or nil end

local function ada(as_of, half_days)
  return support.pupil { as_of = as_of, contacts = { byron, king }, half_days = half_days, calendar = calendar }
end

local function position(on, list, who)
  return penalty.position(ada(on), support.case(list), who or "Mrs Anne Byron", on)
end

local function complete(fields, list, half_days, threshold)
  fields.parent = fields.parent or "Mrs Anne Byron"
  return penalty.complete(ada(fields.issued_on, half_days), support.case(list or {}), fields, threshold)
end

local function why_not(fields, list, half_days) return select(2, complete(fields, list, half_days)) end

describe("a first notice", function()
  it("posted on Thursday 17 April 2025 is served on 23 April: £80 to 13 May, £160 to 20 May", function()
    local fields = complete { issued_on = "2025-04-17" }
    assert.are.equal("2025-04-17", fields.posted_on)
    assert.are.equal("2025-04-23", fields.served_on)
    assert.are.same({ 160, 80 }, { fields.amount, fields.reduced_amount })
    assert.are.equal("2025-05-13", fields.reduced_until)
    assert.are.equal("2025-05-20", fields.pay_by)
  end)

  it("that was handed over runs from that day, which is day 1", function()
    local fields = complete { issued_on = "2025-04-17", served_on = "2025-04-17" }
    assert.is_nil(fields.posted_on)
    assert.are.equal("2025-05-07", fields.reduced_until)
    assert.are.equal("2025-05-14", fields.pay_by)
  end)

  it("keeps what was given", function()
    local fields = complete { issued_on = "2025-04-17", amount = 60, pay_by = "2025-06-01" }
    assert.are.same({ 60, "2025-06-01" }, { fields.amount, fields.pay_by })
  end)

  it("of before 19 August 2024 is given no amounts", function()
    local fields = complete { issued_on = "2024-06-03" }
    assert.is_nil(fields.amount)
    assert.is_nil(fields.pay_by)
  end)

  it("posted after the last bank holiday that is known is not reckoned", function()
    local fields, why = complete { issued_on = "2028-02-01" }
    assert.is_nil(fields.served_on)
    assert.is_nil(fields.pay_by)
    assert.is_truthy(why:find("served_on: bank holidays are known", 1, true))
    assert.are.equal("2028-02-23", complete({ issued_on = "2028-02-01", served_on = "2028-02-03" }).reduced_until)
  end)
end)

describe("a second notice within three years", function()
  local first = { notice("Mrs Anne Byron", "2025-04-17", { outcome = "paid" }) }

  it("is £160 without a reduction", function()
    local fields = complete({ issued_on = "2026-03-20" }, first)
    assert.are.equal(160, fields.amount)
    assert.is_nil(fields.reduced_amount)
    assert.is_nil(fields.reduced_until)
    assert.are.equal("2026-04-20", fields.pay_by)
  end)

  it("is one up to 16 April 2028; on 17 April 2028 it is a first again", function()
    assert.are.equal("second", position("2028-04-16", first).next)
    local free = position("2028-04-17", first)
    assert.are.equal("first", free.next)
    assert.are.equal(80, free.reduced_amount)
  end)

  it("after one of 29 February 2028 is one up to 28 February 2031", function()
    local leap = { notice("Mrs Anne Byron", "2028-02-29") }
    assert.are.equal("second", position("2031-02-28", leap).next)
    assert.are.equal("first", position("2031-03-01", leap).next)
  end)
end)

describe("a third notice within three years", function()
  local two = { notice("Mrs Anne Byron", "2025-04-17"), notice("Mrs Anne Byron", "2026-03-20") }

  it("is not possible, and the day from which one is possible is said", function()
    local found = position("2027-01-11", two)
    assert.is_nil(found.next)
    assert.is_nil(found.amount)
    assert.are.equal("2028-04-17", found.none_before)
    assert.are.equal(2, #found.counted)
  end)

  it("is refused, with the dates", function()
    assert.are.equal("no notice possible before Monday 17 April 2028: 2 were issued to Mrs Anne Byron for this child "
      .. "within 3 years, on Thursday 17 April 2025 and Friday 20 March 2026; prosecution, an education supervision "
      .. "order or other tools remain", why_not({ issued_on = "2028-04-14" }, two))
  end)

  it("is given its days and the amount all the same: the police may have issued it", function()
    local fields = complete({ issued_on = "2026-06-01" }, two)
    assert.are.same({ "2026-06-03", "2026-06-30", 160 }, { fields.served_on, fields.pay_by, fields.amount })
    assert.is_nil(fields.reduced_amount)
  end)

  it("is refused up to the day that is free of all, with the two that say so", function()
    local four = { notice("Mrs Anne Byron", "2025-01-13"), notice("Mrs Anne Byron", "2025-09-15"),
      notice("Mrs Anne Byron", "2028-09-14"), notice("Mrs Anne Byron", "2028-09-18") }
    local why = why_not({ issued_on = "2025-10-06" }, four)
    assert.is_truthy(why:find("no notice possible before Sunday 14 September 2031: 2 were", 1, true), why)
    assert.is_truthy(why:find("on Thursday 14 September 2028 and Monday 18 September 2028", 1, true), why)
  end)

  it("is a second once the first's three years are over: each has its own", function()
    assert.are.equal("second", position("2028-04-17", two).next)
    assert.are.equal("first", position("2029-03-20", two).next)
  end)

  it("is refused too when it becomes known between two others", function()
    assert.is_string(why_not({ issued_on = "2025-09-01" }, two))
    assert.is_string(why_not({ issued_on = "2025-01-06" }, two))
    assert.is_nil(why_not({ issued_on = "2028-05-02", served_on = "2028-05-04" }, two))
  end)
end)

describe("what is counted", function()
  local function counted(list) return #position("2026-01-12", list).counted end

  it("is from 19 August 2024 on", function()
    assert.are.equal(0, counted { notice("Mrs Anne Byron", "2024-08-18") })
    assert.are.equal(1, counted { notice("Mrs Anne Byron", "2024-08-19") })
  end)

  it("is paid, convicted or still open, by whatever outcome came of it", function()
    for _, outcome in ipairs { "paid", "not-paid", "prosecuted", "convicted" } do
      assert.are.equal(1, counted { notice("Mrs Anne Byron", "2025-04-17"),
        { step = "penalty-notice", on = "2025-06-02", outcome = outcome, of = 1 } })
    end
  end)

  it("is never one that was withdrawn, or that the court did not convict for", function()
    for _, outcome in ipairs { "withdrawn", "not-convicted" } do
      assert.are.equal(0, counted { notice("Mrs Anne Byron", "2025-04-17"),
        { step = "penalty-notice", on = "2025-06-02", outcome = outcome, of = 1 } })
    end
  end)

  it("goes by the notice that an outcome names", function()
    local found = position("2026-01-12", { notice("Mrs Anne Byron", "2025-04-17"),
      notice("Mrs Anne Byron", "2025-09-15"),
      { step = "penalty-notice", on = "2025-10-06", outcome = "withdrawn", of = 1 } })
    assert.are.equal("second", found.next)
    assert.are.equal("2025-09-15", found.counted[1].issued_on)
  end)

  it("goes by the parent's latest open notice when an outcome names none", function()
    local found = position("2026-01-12", { notice("Mrs Anne Byron", "2025-04-17"),
      notice("Mrs Anne Byron", "2025-09-15"),
      { step = "penalty-notice", on = "2025-10-06", outcome = "paid", of = 2 },
      { step = "penalty-notice", on = "2025-10-13", outcome = "withdrawn", fields = { parent = "Mrs Anne Byron" } } })
    assert.are.same({ "2025-09-15", 1 }, { found.counted[1].issued_on, #found.counted })
    assert.are.equal(0, counted { notice("Mrs Anne Byron", "2025-04-17"), { step = "penalty-notice",
      on = "2025-06-02", outcome = "withdrawn", fields = { parent = "Mrs Anne Byron" } } })
  end)

  it("passes over the outcome of a notice that was struck out", function()
    assert.are.equal(0, counted { { step = "penalty-notice", on = "2025-06-02", outcome = "paid", of = 99,
      fields = { parent = "Mrs Anne Byron" } } })
  end)

  it("is no conviction by another route", function()
    assert.are.equal(0, counted { { step = "legal-intervention", on = "2025-06-02", outcome = "prosecution",
      fields = { parent = "Mrs Anne Byron" } } })
  end)

  it("is by whomever it was issued", function()
    local police = notice("Mrs Anne Byron", "2025-04-17")
    police.fields.issuer = "Kent Police"
    assert.are.equal(1, counted { police })
  end)

  it("is for each parent", function()
    local both = { notice("Mrs Anne Byron", "2025-04-17"), notice("Will King", "2025-04-17") }
    assert.are.equal(1, counted(both))
    assert.are.equal("second", position("2026-01-12", both, 8).next)
    assert.are.equal("first", position("2026-01-12", { both[1] }, king).next)
  end)

  it("knows a parent by number, whatever the name was then", function()
    local before = notice("Anne Smith", "2025-04-17", { contacts = { parent = 7 } })
    assert.are.equal(1, counted { before })
    assert.are.equal(0, #position("2026-01-12", { before }, king).counted)
  end)

  it("knows a parent who had no number by the name, in any letters", function()
    local before = notice("mrs łucja żak", "2025-04-17")
    assert.are.equal(1, #position("2026-01-12", { before }, "Mrs Łucja Żak").counted)
    assert.are.equal(0, #position("2026-01-12", { before }, "Mrs Lucy Zack").counted)
  end)

  it("is of one child: a sibling's case is another case", function()
    local sibling = support.case { notice("Mrs Anne Byron", "2025-04-17"), notice("Mrs Anne Byron", "2025-09-15") }
    assert.is_not_nil(penalty.position(ada "2026-01-12", sibling, 7, "2026-01-12").none_before)
    assert.are.equal("first", position("2026-01-12", {}).next)
  end)
end)

describe("half days relied on", function()
  local days = { "2025-03-03 AM", "2025-03-03 PM", "2025-03-10 AM", "2025-04-28 AM" }

  it("are those of the dates of the offence", function()
    local given = { issued_on = "2025-05-06", offence_from = "2025-03-03", offence_to = "2025-03-10" }
    local fields = complete(given, {}, days)
    assert.are.same({ "2025-03-03 AM", "2025-03-03 PM", "2025-03-10 AM" }, fields.sessions)
  end)

  it("are those of the national threshold without dates, which they then give", function()
    local fields = complete({ issued_on = "2025-05-06" }, {}, days)
    assert.are.equal(4, #fields.sessions)
    assert.are.same({ "2025-03-03", "2025-04-28" }, { fields.offence_from, fields.offence_to })
  end)

  it("are never of a day after the notice: one of 7 April 2025 that is recorded in May", function()
    local fields = { parent = "Mrs Anne Byron", issued_on = "2025-04-07" }
    fields = penalty.complete(ada("2025-05-06", days), support.case {}, fields)
    assert.are.same({ "2025-03-03 AM", "2025-03-03 PM", "2025-03-10 AM" }, fields.sessions)
    assert.are.equal("2025-03-10", fields.offence_to)
  end)

  it("are those of ten school weeks, that of the notice included", function()
    local before = { "2025-02-28 AM", days[1], days[2], days[3] }
    assert.are.equal(3, #complete({ issued_on = "2025-05-05" }, {}, before).sessions)
    assert.are.equal(1, #complete({ issued_on = "2025-05-12" }, {}, { days[1], days[3] }).sessions)
  end)

  it("are of the codes that the authority counts: in Essex no N", function()
    local mixed = { "2025-03-03 AM", "2025-03-03 PM N", "2025-03-10 AM G" }
    local own = { codes = "OUG" }
    local function of(threshold) return complete({ issued_on = "2025-04-07" }, {}, mixed, threshold).sessions end
    assert.are.same({ "2025-03-03 AM", "2025-03-10 AM" }, of(own))
    assert.are.same({ "2025-03-03 AM" }, complete({ issued_on = "2025-04-07", offence_from = "2025-03-03",
      offence_to = "2025-03-07" }, {}, mixed, own).sessions)
    assert.are.same({ "2025-03-10 AM" }, of { codes = { "G" } })
  end)

  it("are refused after the day of the notice", function()
    assert.are.equal("offence_to: 2025-04-28 comes after the day of issue, 2025-04-07",
      why_not { issued_on = "2025-04-07", offence_from = "2025-03-03", offence_to = "2025-04-28" })
    assert.are.equal("sessions: 2025-04-28 AM comes after the day of issue, 2025-04-07",
      why_not { issued_on = "2025-04-07", sessions = { "2025-03-03 AM", "2025-04-28 AM" } })
    assert.is_nil(why_not { issued_on = "2025-04-07", offence_to = "2025-04-07" })
  end)

  it("are of no notice that is still to come", function()
    local fields = { parent = "Mrs Anne Byron", issued_on = "2025-05-07" }
    assert.are.equal("issued_on: 2025-05-07 comes after the day that it is recorded for, 2025-05-06",
      select(2, penalty.complete(ada "2025-05-06", support.case {}, fields)))
  end)

  it("are not relied on again for the same parent and child", function()
    local first = { notice("Mrs Anne Byron", "2025-03-17", { sessions = { days[1], days[2], days[3] } }) }
    assert.are.same({ days[4] }, complete({ issued_on = "2025-05-06" }, first, days).sessions)
    assert.are.same({ days[1], days[2], days[3] }, position("2025-05-06", first).relied_on)
    assert.are.equal(4, #complete({ issued_on = "2025-05-06", parent = "Will King" }, first, days).sessions)
  end)

  -- "2025-03-10 am" was kept as it was written, and could be relied on a second time.
  it("are the same however they were written", function()
    local first = { notice("Mrs Anne Byron", "2025-03-17", { sessions = { "2025-03-03  am", "2025-03-03, afternoon",
      "2025-03-10 AM" } }) }
    assert.are.same({ days[1], days[2], days[3] }, position("2025-05-06", first).relied_on)
    assert.are.same({ days[4] }, complete({ issued_on = "2025-05-06" }, first, days).sessions)
  end)

  it("are refused by name when they were relied on, are no half day, or no absence in the register", function()
    local first = { notice("Mrs Anne Byron", "2025-03-17", { sessions = { days[1] } }) }
    local function why(session, list)
      return why_not({ issued_on = "2025-05-06", sessions = { days[2], session } }, list, { days[1], days[2],
        "2025-03-04 AM /" })
    end
    assert.are.equal("sessions: 2025-03-03 AM was relied on for the notice of Monday 17 March 2025 to this parent for "
      .. "this child", why("2025-03-03 am", first))
    assert.are.equal('sessions: "10 March 2025" is no half day; write it as 2025-09-08 AM', why "10 March 2025")
    assert.are.equal('sessions: "2025-02-30 AM" is no half day; write it as 2025-09-08 AM', why "2025-02-30 AM")
    assert.are.equal('sessions: 2025-03-04 AM is no unauthorised absence in the register: it is "/" there',
      why "2025-03-04 AM")
    assert.is_nil(why(days[1]))
    assert.is_nil(why "2025-03-11 AM") -- no mark is known here
    first[1].outcome = "withdrawn"
    assert.is_nil(why(days[1], first))
  end)

  it("are refused when every one of the dates of the offence was relied on", function()
    local first = { notice("Mrs Anne Byron", "2025-03-17", { sessions = { days[1], days[2], days[3] } }) }
    local given = { issued_on = "2025-05-06", offence_from = "2025-03-03", offence_to = "2025-03-10" }
    assert.are.equal("no half day of these dates is left: all 3 were relied on for an earlier notice to Mrs Anne Byron "
      .. "for this child", why_not(given, first, days))
    assert.is_nil(why_not({ issued_on = "2025-05-06", parent = "Will King", offence_from = "2025-03-03" }, first, days))
  end)

  it("are free again when the notice was withdrawn", function()
    local first = { notice("Mrs Anne Byron", "2025-03-17", { sessions = { days[1] }, outcome = "withdrawn" }) }
    assert.are.same({}, position("2025-05-06", first).relied_on)
  end)
end)

describe("a parent", function()
  local people = support.load() "england.people"

  local function of(more)
    local contact = { id = 9, forename = "George", surname = "Byron" }
    for name, value in pairs(more) do contact[name] = value end
    local pupil = support.pupil { as_of = "2025-12-19", contacts = { contact } }
    return #people.parents(pupil) == 1 and "yes" or #people.unknown(pupil) == 1 and "unknown" or "no"
  end

  it("is whoever has parental responsibility, or care of the child", function()
    assert.are.equal("yes", of { parental_responsibility = true, lives_with = false })
    assert.are.equal("yes", of { parental_responsibility = false, lives_with = true })
    assert.are.equal("no", of { parental_responsibility = false, lives_with = false })
    assert.are.equal("no", of { parental_responsibility = false })
  end)

  it("may be one who lives elsewhere, while parental responsibility is not known", function()
    assert.are.equal("unknown", of { lives_with = false })
    assert.are.equal("unknown", of { lives_with = false, relationship = "father" })
    assert.are.equal("unknown", of {})
    assert.are.equal("yes", of { relationship = "father" })
  end)

  it("is of the family, as others of it are, when it is asked who does something", function()
    local pupil = support.pupil { as_of = "2025-12-19",
      contacts = { { id = 9, forename = "George", surname = "Byron" } } }
    for owner, expected in pairs { ["both parents"] = true, Stepfather = true, ["his grandmother"] = true,
      ["George Byron"] = true, ["Sam Reed"] = false, ["the school"] = false } do
      assert.are.equal(expected, people.is_family(pupil, {}, owner), owner)
    end
  end)

  it("has no open route while that is not known, and the checklist says so", function()
    local decision = support.load() "england.decision"
    local contact = { id = 9, forename = "George", surname = "Byron", lives_with = false }
    local pupil, case = support.pupil { as_of = "2025-12-19", contacts = { contact } }, support.case {}
    case.tried = function() return {} end
    local routes = decision.routes(pupil, case)
    assert.are.same({ 1, 9, false }, { #routes, routes[1].contact, routes[1].open })
    local words
    for _, each in ipairs(decision.checklist(pupil, case)) do
      if each.item:find("Each parent's details", 1, true) then words = each.words end
    end
    assert.is_truthy(words:find("George Byron: not known whether they are a parent", 1, true), words)
  end)
end)

describe("the step", function()
  it("is for each parent, and is suggested by nobody", function()
    local step = support.load() "england.penalty_step"
    assert.is_true(step.each_parent)
    assert.is_nil(step.suggest)
    assert.are.equal("enforce", step.principle)
  end)
end)

describe("the words of the law", function()
  it("are those of the day of the notice", function()
    local words = penalty.words "2026-03-20"
    assert.are.same({ "£160", "£80", "21 days", "28 days", "£160", "£1,000", "£2,500", "three months" },
      { words.first_amount, words.reduced_amount, words.reduced_days, words.full_days, words.second_amount, words.fine,
        words.fine_aggravated, words.prison })
    assert.are.same({ "3 years", "21", "28", "3", "3" }, { words.penalty_years, words.reduced_days_number,
      words.full_days_number, words.penalty_years_number, words.prison_months })
    assert.are.same({}, penalty.words "2024-08-18")
  end)
end)

describe("a notice for an excluded child in public (s.105)", function()
  local load = support.load()
  local step = load "england.excluded"

  it("is £60 within 21 days and £120 within 28, posted or handed over", function()
    local fields = step.complete(ada "2025-04-17", support.case {}, { issued_on = "2025-04-17" })
    assert.are.same({ 120, 60, "2025-04-23", "2025-05-13", "2025-05-20" },
      { fields.amount, fields.reduced_amount, fields.served_on, fields.reduced_until, fields.pay_by })
  end)

  it("counts to nothing among the notices for absence", function()
    local other = notice("Mrs Anne Byron", "2025-04-17")
    other.step = "excluded-in-public"
    local found = position("2025-06-02", { other })
    assert.are.same({ {}, "first" }, { found.counted, found.next })
  end)
end)
