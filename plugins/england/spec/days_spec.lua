-- Working days, the postal rule and compulsory school age (DOMAIN.md, penalty notices and
-- the national threshold).
-- luacheck: std +busted

local support = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/support.lua")

local days = support.load() "england.days"

describe("a working day", function()
  it("is a Monday to Friday", function()
    assert.is_true(days.is_working "2025-11-07")
    assert.is_false(days.is_working "2025-11-08")
    assert.is_false(days.is_working "2025-11-09")
  end)

  it("is no bank holiday", function()
    for _, day in ipairs { "2025-04-18", "2025-04-21", "2026-12-28", "2027-12-27" } do
      assert.is_false(days.is_working(day))
    end
  end)

  it("is not guessed after the last bank holiday that is known", function()
    assert.is_true(days.is_working "2027-12-31")
    local working, message = days.is_working "2028-01-03"
    assert.is_nil(working)
    assert.is_truthy(message:find("Friday 31 December 2027", 1, true))
    assert.is_truthy(message:find("bank_holidays_to", 1, true))
  end)

  it("can be known for longer, from the options", function()
    local later = support.load { bank_holidays = { "2028-01-03" }, bank_holidays_to = "2028-12-31" } "england.days"
    assert.is_false(later.is_working "2028-01-03")
    assert.is_true(later.is_working "2028-01-04")
    assert.has_error(function() support.load { bank_holidays = { "soon" } } "england.days" end)
  end)
end)

describe("a posted notice", function()
  local function served(posted) return (days.served(posted)) end

  it("is served on the second working day after posting", function()
    assert.are.equal("2025-11-06", served "2025-11-04")
    assert.are.equal("2025-11-10", served "2025-11-06")
  end)

  it("of Thursday 17 April 2025 is served on Wednesday 23 April: Easter lies between", function()
    assert.are.equal("2025-04-23", served "2025-04-17")
  end)

  it("of a Saturday is served on Tuesday", function()
    assert.are.equal("2025-11-11", served "2025-11-08")
  end)

  it("of Christmas Eve 2026 waits for Tuesday 29 and Wednesday 30 December", function()
    assert.are.equal("2026-12-30", served "2026-12-24")
  end)

  it("at the end of what is known has no day", function()
    local day, message = days.served "2027-12-30"
    assert.is_nil(day)
    assert.is_truthy(message:find("give the date itself", 1, true))
  end)
end)

describe("years after a day", function()
  it("are the same day of the year", function()
    assert.are.equal("2028-04-17", days.years_after("2025-04-17", 3))
  end)

  it("are 1 March for 29 February, unless that year has one", function()
    assert.are.equal("2031-03-01", days.years_after("2028-02-29", 3))
    assert.are.equal("2032-02-29", days.years_after("2028-02-29", 4))
  end)
end)

describe("compulsory school age", function()
  local load = support.load()
  local age, england = load "england.age", load "england"

  local function span(dob) return { age.span(dob, england.compulsory) } end

  it("begins on the 31 December, 31 March or 31 August on or after the fifth birthday", function()
    assert.are.equal("2020-08-31", span("2015-05-05")[1])
    assert.are.equal("2020-03-31", span("2015-03-31")[1])
    assert.are.equal("2020-08-31", span("2015-04-01")[1])
    assert.are.equal("2020-12-31", span("2015-09-01")[1])
  end)

  it("ends on the last Friday in June of the school year of the sixteenth birthday", function()
    assert.are.equal("2026-06-26", span("2010-08-31")[2])
    assert.are.equal("2027-06-25", span("2010-09-01")[2])
  end)

  it("holds on both of its days, and not beside them", function()
    local function is(day) return age.is_of_age("2010-08-31", day, england.compulsory) end
    assert.is_true(is "2026-06-26")
    assert.is_false(is "2026-06-27")
    assert.is_true(is "2015-08-31")
    assert.is_false(is "2015-08-30")
  end)
end)
