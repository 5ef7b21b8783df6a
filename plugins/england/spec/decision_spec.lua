-- Deciding on legal intervention (DOMAIN.md): what is there and what is missing, and the
-- routes that are open for each parent. The fences and the registers are tried with a road
-- map in road_spec.
-- luacheck: std +busted

local support = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/support.lua")

local load = support.load()
local decision = load "england.decision"
local notice = support.notice

local byron = { id = 7, title = "Mrs", forename = "Anne", surname = "Byron", parental_responsibility = true,
  address = "1 High Street", dob = "1985-03-02", checked_on = "2026-01-05" }

local function ten_days(code, first)
  local list = {}
  for i = 0, 9 do list[i + 1] = ("2026-01-%02d AM %s"):format((first or 12) + i, code or "O") end
  return list
end

local function ada(fields)
  local pupil = { as_of = "2026-03-20", dob = "2015-05-05", contacts = { byron }, half_days = ten_days() }
  for name, value in pairs(fields or {}) do pupil[name] = value end
  return support.pupil(pupil)
end

local function find(list, text)
  for _, each in ipairs(list) do
    if each.item:find(text, 1, true) then return each end
  end
  error("nothing about " .. text)
end

local function checked(text, entries, pupil, how)
  return find(decision.checklist(ada(pupil), support.case(entries or {}), how), text)
end

local own_route = { leave = { least = 10, has_route = true, authority = "Essex County Council" } }

local function decided(fields) return { step = "legal-decision", on = "2026-03-16", fields = fields } end

describe("the register before a decision", function()
  it("has a reason for every absence: an N is named", function()
    assert.is_true(checked("A reason is known").there)
    local item = checked("A reason is known", {}, { half_days = { "2026-01-12 AM N", "2026-01-13 PM O" } })
    assert.is_false(item.there)
    assert.are.equal("no reason yet: Monday 12 January 2026, morning", item.words)
  end)

  it("has no missing mark up to the last that came in", function()
    local item = checked("No mark is missing", {}, {
      half_days = { "2026-03-19 AM /", "2026-03-19 PM -", "2026-03-20 PM -" },
      school = { reach = "2026-03-20", reach_session = "AM" } })
    assert.are.equal("missing: Thursday 19 March 2026, afternoon", item.words)
  end)

  it("has no missing mark before the first that ever came in", function()
    local item = checked("No mark is missing", {}, { half_days = { "2026-01-12 AM -", "2026-01-13 AM -",
      "2026-03-18 AM O" } })
    assert.is_true(item.there)
    assert.are.equal("registers are known here from Wednesday 18 March 2026", item.words)
    item = checked("No mark is missing", {},
      { half_days = { "2026-01-12 AM -", "2026-03-18 AM O", "2026-03-19 PM -" } })
    assert.are.equal("missing: Thursday 19 March 2026, afternoon; registers are known here from "
      .. "Wednesday 18 March 2026", item.words)
    assert.is_false(checked("No mark is missing", {}, { half_days = { "2026-01-12 AM -" } }).there)
  end)

  it("is not for ten half days of holiday in a row, where leave has a route of its own", function()
    local item = checked("no holiday", {}, { half_days = ten_days "G" }, own_route)
    assert.is_false(item.there)
    assert.is_true(item.needed)
    assert.are.equal("10 half days of holiday in a row from Monday 12 January 2026, morning: that goes by the "
      .. "leave-of-absence route of Essex County Council, not by the support-first form", item.words)
    local list = decision.checklist(ada { half_days = ten_days "G" }, support.case {}, own_route)
    assert.is_false(find(list, "Support was offered").needed)
    assert.is_false(find(list, "attendance contract").needed)
    for _, question in ipairs { "best tool", "Equality Act", "social worker", "supervision order" } do
      assert.is_true(find(list, question).needed)
    end
    local nine = ten_days "G"
    nine[5] = "2026-01-16 AM /"
    assert.is_true(checked("no holiday", {}, { half_days = nine }, own_route).there)
    nine[5] = "2026-01-16 AM Y4"
    nine[11] = "2026-01-22 AM G"
    assert.is_false(checked("no holiday", {}, { half_days = nine }, own_route).there)
  end)

  it("asks for no support and no notice for a holiday that has no other route", function()
    local how = { leave = { least = 10, has_route = false, authority = "Norfolk County Council" } }
    local list = decision.checklist(ada { half_days = ten_days "G" }, support.case {}, how)
    local item = find(list, "no holiday")
    assert.is_false(item.needed)
    assert.is_truthy(item.words:find("Norfolk County Council has no other route for it; neither support nor a Notice",
      1, true))
    for _, text in ipairs { "Support was offered", "did not work", "attendance contract", "Notice to Improve" } do
      assert.is_false(find(list, text).needed)
    end
    assert.is_true(find(list, "best tool").needed)
  end)

  it("asks for support when the threshold is met without the holiday", function()
    local days = ten_days "G"
    for i = 0, 9 do days[#days + 1] = ("2026-02-%02d AM O"):format(2 + i) end
    local list = decision.checklist(ada { half_days = days }, support.case {}, own_route)
    assert.is_true(find(list, "no holiday").there)
    assert.is_true(find(list, "Support was offered").needed)
  end)

  it("counts days of compulsory school age, and says when no date of birth is known", function()
    assert.are.equal("of compulsory school age from Monday 31 August 2020 to Friday 27 June 2031; only half days "
      .. "between are counted", checked("compulsory school age").words)
    local pupil = ada()
    pupil.dob = nil
    local item = find(decision.checklist(pupil, support.case {}), "compulsory school age")
    assert.is_false(item.there)
    assert.is_truthy(item.words:find("taken as of compulsory school age", 1, true))
  end)

  it("names half days that are older than six months", function()
    local function on(day)
      return checked("older than 6 months", {}, { as_of = day, half_days = { "2026-01-12 AM O" } })
    end
    assert.is_true(on("2026-07-12").there)
    assert.is_false(on("2026-07-13").there)
    assert.are.equal("too old to be prosecuted for: Monday 12 January 2026, morning", on("2026-07-13").words)
  end)
end)

describe("support before a decision", function()
  local tried = {
    { step = "early-help", on = "2026-01-19" },
    { step = "early-help", on = "2026-02-09", outcome = "not-taken-up", of = 1 },
  }

  it("is listed with dates and what came of it", function()
    local item = checked("Support was offered", tried)
    assert.is_true(item.there)
    assert.are.equal("early help on Monday 9 February 2026: not taken up; early help on Monday 19 January 2026",
      item.words)
    assert.is_false(checked("Support was offered").there)
  end)

  it("that was not taken up is offered again", function()
    assert.is_false(checked("offered again", tried).there)
    assert.is_true(checked("offered again", tried).needed)
    assert.is_false(checked("offered again").needed)
    local again = { tried[1], tried[2], { step = "early-help", on = "2026-02-23" } }
    assert.is_true(checked("offered again", again).there)
    local by_notice = { tried[1], tried[2],
      { step = "notice-to-improve", on = "2026-02-23", fields = { re_offered = { "the breakfast club" } } } }
    assert.is_true(checked("offered again", by_notice).there)
  end)

  it("has a contract, or says why there is none", function()
    assert.is_false(checked("attendance contract").there)
    assert.is_true(checked("attendance contract", { { step = "attendance-contract", on = "2026-02-02" } }).there)
    local why = checked("attendance contract", { decided { no_contract_because = "both parents declined to meet" } })
    assert.are.equal("none was made: both parents declined to meet", why.words)
    assert.is_true(why.there)
  end)

  it("is no attempt: nobody was at home", function()
    local attempt = { step = "early-help", on = "2026-01-19", attempt = true }
    assert.is_false(checked("Support was offered", { attempt }).there)
  end)
end)

describe("the parents before a decision", function()
  local function parents(changes, entries, more)
    local contact = {}
    for name, value in pairs(byron) do contact[name] = value end
    for name, value in pairs(changes or {}) do contact[name] = value ~= "" and value or nil end
    return checked("parent's details", entries, { contacts = { contact, more } })
  end

  it("are known in full, and checked not long ago", function() assert.is_true(parents().there) end)

  it("lack what is not known", function()
    assert.are.equal("Mrs Anne Byron: address, date of birth", parents({ address = "", dob = "" }).words)
    assert.are.equal("Mrs Anne Byron: last checked on Friday 19 September 2025",
      parents({ checked_on = "2025-09-19" }).words)
    assert.are.equal("Mrs Anne Byron: never checked", parents({ checked_on = "" }).words)
  end)

  it("are checked when somebody says so with the decision", function()
    assert.is_true(parents({ checked_on = "" }, { decided { parents_checked_on = "2026-03-16" } }).there)
  end)

  it("may be a confidential address: it is there, and not shown", function()
    assert.is_true(parents({ address = "", confidential_address = true }).there)
  end)

  it("are who has parental responsibility or care (s.576), and nobody else", function()
    local aunt = { id = 9, forename = "Jo", surname = "King", parental_responsibility = false, lives_with = false }
    assert.is_true(parents(nil, nil, aunt).there)
    aunt.lives_with = true
    assert.is_false(parents(nil, nil, aunt).there)
  end)

  it("are missing, when there are none", function()
    assert.are.equal("no parent is among the contacts", checked("parent's details", {}, { contacts = {} }).words)
  end)
end)

describe("a Notice to Improve that runs", function()
  local text = "is over, or the parent was told first"
  local given = { step = "notice-to-improve", on = "2026-02-02", fields = { parent = "Mrs Anne Byron",
    period_to = "2026-03-20" } }

  it("holds a decision back to its last day, unless the parent was told", function()
    local item = checked(text, { given })
    assert.are.same({ "The time of the Notice to Improve to Mrs Anne Byron is over, or the parent was told first that "
      .. "it is not working", false, true, "it runs to Friday 20 March 2026; give told_parent_on with the notice" },
      { item.item, item.there, item.needed, item.words })
    local told = { step = "notice-to-improve", on = "2026-03-02", of = 1, adds = true,
      fields = { parent = "Mrs Anne Byron", told_parent_on = "2026-03-02" } }
    item = checked(text, { given, told })
    assert.are.same({ true, "told on Monday 2 March 2026" }, { item.there, item.words })
  end)

  it("holds nothing back once it is over", function()
    for _, each in ipairs(decision.checklist(ada { as_of = "2026-03-21" }, support.case { given })) do
      assert.is_nil(each.item:find(text, 1, true))
    end
  end)
end)

describe("the questions before a decision", function()
  it("are open until a person answers them", function()
    for _, text in ipairs { "Adjustments", "best tool", "supervision order", "social worker" } do
      local item = checked(text)
      assert.is_false(item.there)
      assert.is_true(item.needed)
      assert.are.equal("not answered yet", item.words)
    end
  end)

  it("are answered with the decision, the last answer first", function()
    local entries = { decided { best_tool = "yes", social_worker_told = "none" }, decided { best_tool = "no" } }
    assert.is_false(checked("best tool", entries).there)
    assert.are.equal("there is none", checked("social worker", entries).words)
    assert.is_true(checked("social worker", entries).there)
  end)
end)

describe("the routes for each parent", function()
  local function routes(entries, pupil) return decision.routes(ada(pupil), support.case(entries or {})) end

  it("are a first notice, with the amounts; prosecution; a supervision order", function()
    local list = routes()
    assert.are.same({ "first penalty notice", "prosecution", "education supervision order" },
      { list[1].route, list[2].route, list[3].route })
    assert.are.equal("First notice: £160, or £80 if paid within 21 days; 10 half days can be relied on", list[1].words)
    assert.is_true(list[1].open)
    assert.are.equal(7, list[1].contact)
  end)

  it("are a second notice within three years, for half days that are still free", function()
    local first = notice("Mrs Anne Byron", "2025-04-17", { outcome = "paid" })
    local route = routes({ first })[1]
    assert.are.equal("second penalty notice", route.route)
    assert.are.equal("Second notice within 3 years of that of Thursday 17 April 2025: £160, without a reduction; "
      .. "10 half days can be relied on", route.words)
    first.fields.sessions = { "2026-01-12 AM", "2026-01-13 AM" }
    local short = routes({ first })[1]
    assert.is_false(short.open)
    assert.is_truthy(short.words:find("8 of 10 half days can be relied on: 2 were relied on for an earlier", 1, true))
  end)

  it("are no notice before a day, when there were two", function()
    local list = routes { notice("Mrs Anne Byron", "2025-04-17"), notice("Mrs Anne Byron", "2025-11-03") }
    assert.is_false(list[1].open)
    assert.are.equal("2028-04-17", list[1].from)
    assert.are.equal("No notice possible before Monday 17 April 2028: those of Thursday 17 April 2025 and Monday "
      .. "3 November 2025 lie within 3 years", list[1].words)
    assert.is_true(list[2].open)
    assert.is_true(list[3].open)
  end)

  it("are each parent's own", function()
    local king = { id = 8, forename = "Will", surname = "King", lives_with = true }
    local list = routes({ notice("Will King", "2025-04-17"), notice("Will King", "2025-11-03") },
      { contacts = { byron, king } })
    assert.is_true(list[1].open)
    assert.are.equal(8, list[4].contact)
    assert.is_false(list[4].open)
  end)

  it("are a notice only for a parent who allowed the absence; that is answered for each", function()
    local king = { id = 8, forename = "Will", surname = "King", lives_with = true }
    local both = { contacts = { byron, king } }
    local item = checked("for each parent whether they allowed", {}, both)
    assert.are.same({ false, true, "give allowed_by, or not_allowed_by: Mrs Anne Byron, Will King" },
      { item.there, item.needed, item.words })
    local one = decided { allowed_by = { "Mrs Anne Byron" } }
    assert.are.equal("give allowed_by, or not_allowed_by: Will King",
      checked("for each parent whether they allowed", { one }, both).words)
    local other = decided { not_allowed_by = { "Will King" } }
    other.contacts = { not_allowed_by = { 8 } }
    item = checked("for each parent whether they allowed", { one, other }, both)
    assert.are.same({ true, "allowed by Mrs Anne Byron" }, { item.there, item.words })
    local list = routes({ one, other }, both)
    assert.are.same({ true, false, true }, { list[1].open, list[4].open, list[5].open })
    assert.is_truthy(list[4].words:find("^By the decision this parent did not allow the absence%. "))
    assert.is_true(routes({ one, other, decided { allowed_by = { "Will King" } } }, both)[4].open) -- the last answer
  end)

  it("are no supervision order before or after compulsory school age", function()
    for dob, open in pairs { ["2015-05-05"] = true, ["2021-05-10"] = false, ["2008-11-21"] = false } do
      assert.are.equal(open, routes({}, { dob = dob })[3].open)
    end
    assert.are.equal("Only for a child of compulsory school age", routes({}, { dob = "2008-11-21" })[3].words)
  end)

  it("are no notice below the national threshold", function()
    local route = routes({}, { half_days = { "2026-01-12 AM O" } })[1]
    assert.is_false(route.open)
    assert.is_truthy(route.words:find("the national threshold is not met: 1 of 10 half days", 1, true))
  end)

  it("go by what the authority counts too: an N among ten is not enough", function()
    local how = { threshold = { name = "own", kind = "rolling", codes = "OUG", at_least = 10 } }
    local days = ten_days()
    days[3] = "2026-01-14 AM N"
    local route = decision.routes(ada { half_days = days }, support.case {}, how)[1]
    assert.is_false(route.open)
    assert.is_truthy(route.words:find("what the authority counts is not enough: 9 of 10 half days", 1, true))
    assert.is_false(checked("the authority counts", {}, { half_days = days }, how).there)
    assert.is_true(checked("national threshold", {}, { half_days = days }, how).there)
  end)

  it("are no prosecution for half days that a paid notice is about", function()
    local sessions = {}
    for i, text in ipairs(ten_days()) do sessions[i] = text:sub(1, 13) end
    local paid = notice("Mrs Anne Byron", "2026-02-02", { outcome = "paid", sessions = sessions })
    local route = routes({ paid })[2]
    assert.is_false(route.open)
    assert.is_truthy(route.words:find("not for 10 half days: a notice that was paid, or a court, has dealt with them",
      1, true))
    sessions[10] = nil
    assert.is_true(routes({ paid })[2].open)
  end)

  it("are no prosecution while a notice can still be paid: 28 days from the day it was received", function()
    local sessions = {}
    for i, text in ipairs(ten_days()) do sessions[i] = text:sub(1, 13) end
    local open = notice("Mrs Anne Byron", "2026-02-18", { sessions = sessions })
    open.fields.served_on, open.fields.pay_by = "2026-02-20", "2026-03-19"
    local before = routes({ open }, { as_of = "2026-03-19" })[2]
    assert.is_false(before.open)
    assert.are.equal("2026-03-20", before.from)
    assert.is_truthy(before.words:find("not before Friday 20 March 2026 for those of a notice that can still be paid",
      1, true))
    assert.is_true(routes({ open }, { as_of = "2026-03-20" })[2].open)
  end)

  it("are no second prosecution for half days that are before a court", function()
    local sessions = {}
    for i, text in ipairs(ten_days()) do sessions[i] = text:sub(1, 13) end
    local route = routes({ notice("Mrs Anne Byron", "2026-02-02", { outcome = "prosecuted", sessions = sessions }) })[2]
    assert.is_false(route.open)
    assert.is_truthy(route.words:find("not for 10 half days: proceedings were begun for them already", 1, true))
  end)

  -- Ten mornings from 12 to 21 January 2026; a notice of 18 June, received on 22 June, can be
  -- paid up to 19 July. On 20 July the six months of those before 20 January are over.
  it("say how many will be too old for a court when the notice cannot be paid any more", function()
    local function on(day, count)
      local sessions = {}
      for i, text in ipairs(ten_days()) do sessions[i] = i <= count and text:sub(1, 13) or nil end
      local open = notice("Mrs Anne Byron", "2026-06-18", { sessions = sessions })
      open.fields.served_on = "2026-06-22"
      return routes({ open }, { as_of = day, half_days = { table.unpack(ten_days(), 1, count) } })[2]
    end
    local route = on("2026-07-01", 10)
    assert.are.equal("2026-07-20", route.from)
    assert.is_truthy(route.words:find("not before Monday 20 July 2026 for those of a notice that can still be paid, "
      .. "and 8 half days of these will be too old by then", 1, true), route.words)
    assert.is_nil(on("2026-07-01", 8).from)
  end)

  it("are a prosecution by all unauthorised half days of six months, to a last day", function()
    local route = routes({}, { half_days = { "2025-09-19 AM G", "2025-09-22 AM U", "2026-03-02 PM O" } })[2]
    assert.is_true(route.open)
    assert.is_truthy(route.words:find("for 2 half days without leave in the last 6 months: the last day to lay an "
      .. "information is Sunday 22 March 2026 for the first of them, Wednesday 2 September 2026 for the last", 1, true),
      route.words)
    assert.is_false(routes({}, { half_days = { "2025-09-19 AM G" } })[2].open)
  end)

  it("are a prosecution by each notice that was not paid, and is not withdrawn", function()
    local function unpaid(as_of, outcome)
      local given = notice("Mrs Anne Byron", "2026-01-26", { sessions = { "2026-01-13 AM", "2026-01-12 AM" },
        outcome = outcome })
      given.fields.pay_by = "2026-02-25"
      return routes({ given }, { as_of = as_of })[4]
    end
    local route = unpaid("2026-07-12", "not-paid")
    assert.is_truthy(unpaid("2026-07-12").words:find("Of the notice of Monday 26 January 2026, to be paid by "
      .. "Wednesday 25 February 2026, no payment is recorded: unpaid, it is prosecuted or withdrawn; the", 1, true))
    assert.are.same({ "prosecution by an unpaid notice", true }, { route.route, route.open })
    assert.are.equal("The notice of Monday 26 January 2026 was not paid by Wednesday 25 February 2026: it is "
      .. "prosecuted or withdrawn; the last day to lay an information is Sunday 12 July 2026 for the first of them, "
      .. "Monday 13 July 2026 for the last", route.words)
    assert.is_false(unpaid("2026-07-14").open)
    assert.is_nil(unpaid "2026-02-25")
    for _, outcome in ipairs { "paid", "withdrawn", "prosecuted" } do assert.is_nil(unpaid("2026-03-20", outcome)) end
  end)

  it("show a parent who may not be contacted, or does not live with the child, as such", function()
    local king = { id = 8, forename = "Will", surname = "King", parental_responsibility = true, no_contact = true,
      lives_with = false }
    local list = routes({}, { contacts = { byron, king } })
    for i, each in ipairs(list) do
      local shown = each.words:find("^This parent may not be contacted%. This parent does not live with the child%. ")
      assert.are.equal(i > 3, shown ~= nil)
    end
  end)

  it("say that a supervision order comes before a prosecution", function()
    assert.is_truthy(routes()[2].words:find("has to be considered first", 1, true))
    local considered = routes { decided { supervision_order_considered = "yes" } }
    assert.is_nil(considered[2].words:find("considered first", 1, true))
  end)
end)
