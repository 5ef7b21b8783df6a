-- Notice to Improve (DOMAIN.md): its dates, contents and words.
-- luacheck: std +busted

local core = require "waymark.core"
local support = dofile(debug.getinfo(1, "S").source:match "^@(.*)/" .. "/support.lua")

local notice = support.load() "england.notice"
local date = core.date

-- A calendar that is open from Monday to Friday, but for two weeks at Easter 2025.
local calendar = {}
function calendar.is_open(_, day)
  return date.weekday(day) < 6 and not (day >= "2025-04-07" and day <= "2025-04-21")
end
function calendar.days_after(_, day, n)
  while n > 0 do
    day = date.add(day, 1)
    if day > "2025-07-22" then return nil, "the calendar ends before" end
    if calendar:is_open(day) then n = n - 1 end
  end
  return day
end
function calendar.days_period(_, start, n) return calendar:days_after(date.add(start, -1), n) end
function calendar.weeks_period(_, start, n) return calendar:days_period(start, 5 * n) end
function calendar.sessions_period(_, start, n) return calendar:days_period(start, (n + 1) // 2) end
function calendar.last() return "2025-07-22" end
function calendar.last_day(self, start, duration) return core.sdk "durations".last_day(duration, start, self) end

local weeks = { unit = "school_weeks", n = 6 }

local function complete(fields, how, as_of)
  return notice.complete(support.pupil { as_of = as_of or "2025-04-17", calendar = calendar }, fields,
    how or { period = weeks })
end

describe("the dates of a notice", function()
  it("are issued, served two working days after posting, from the first school day on, and the last day", function()
    local fields = complete { issued_on = "2025-04-03" }
    assert.are.same({ "2025-04-07", "2025-04-22" }, { fields.served_on, fields.period_from })
    assert.are.equal("2025-06-02", fields.period_to)
  end)

  it("of Thursday 17 April 2025: served Wednesday 23 April, which is a school day", function()
    local fields = complete {}
    assert.are.same({ "2025-04-17", "2025-04-23", "2025-04-23" },
      { fields.issued_on, fields.served_on, fields.period_from })
  end)

  it("go by the day of posting when it is another", function()
    assert.are.equal("2025-04-25", complete({ issued_on = "2025-04-17", posted_on = "2025-04-23" }).served_on)
  end)

  it("stay as they were given", function()
    local fields = complete { served_on = "2025-04-24", period_from = "2025-04-28", period_to = "2025-05-30" }
    assert.are.same({ "2025-04-24", "2025-04-28", "2025-05-30" },
      { fields.served_on, fields.period_from, fields.period_to })
    assert.is_nil(fields.posted_on)
  end)

  it("end with the sooner of two lengths", function()
    local sooner = { unit = "school_weeks", n = 6, or_sooner = { unit = "school_days", n = 20 } }
    assert.are.equal("2025-05-20", complete({}, { period = sooner }).period_to)
    assert.are.equal("2025-06-03", complete({}, { period = weeks }).period_to)
  end)

  it("may be reckoned in half days or days of the calendar", function()
    assert.are.equal("2025-06-03", complete({}, { period = { unit = "sessions", n = 60 } }).period_to)
    assert.are.equal("2025-05-13", complete({}, { period = { unit = "calendar_days", n = 21 } }).period_to)
  end)

  it("have checks in between, which never lie after the end", function()
    local how = { period = weeks, checks = { { unit = "school_days", n = 15 }, { unit = "school_days", n = 40 } } }
    assert.are.same({ "2025-05-13" }, complete({}, how).checks)
  end)

  it("are questioned when they are fewer than three weeks or more than six, of school weeks or days", function()
    local how = { period = weeks, least = 3, most = 6 }
    local function why(last) return (select(2, complete({ period_from = "2025-04-23", period_to = last }, how))) end
    assert.is_truthy(why("2025-05-12"):find("it is at least to Tuesday 13 May 2025", 1, true))
    assert.is_nil(why "2025-05-13")
    assert.is_nil(why "2025-06-03")
    assert.is_truthy(why("2025-06-04"):find("it is at most to Tuesday 3 June 2025", 1, true))
    assert.are.equal("2025-06-04", complete({ period_from = "2025-04-23", period_to = "2025-06-04" }, how).period_to)
  end)

  it("are not guessed beyond the calendar", function()
    local fields, why = complete({ issued_on = "2025-07-01" }, nil, "2025-07-01")
    assert.is_nil(fields)
    assert.are.equal("period_to: the calendar ends before", why)
  end)
end)

describe("the contents of a notice", function()
  local full = { period_from = "2026-01-12", period_to = "2026-02-27", tolerated = 0, support_now = { "a key adult" },
    re_offered = { "the breakfast club" }, early_grounds = "three more half days", named_contact = "Sam Reed" }
  local refused = { step = "early-help", on = "2025-11-03", outcome = "not-taken-up", note = "A key adult" }

  local function missing(fields, entries)
    local pupil = support.pupil { as_of = "2026-01-12", half_days = { "2026-01-05 AM O" } }
    local list = entries or { refused }
    list[#list + 1] = { step = "notice-to-improve", on = "2026-01-08", fields = fields }
    local found = {}
    for _, each in ipairs(notice.checklist(pupil, support.case(list))) do
      if each.needed and not each.there then found[#found + 1] = each.item end
    end
    return found
  end

  it("are complete", function() assert.are.same({}, missing(full)) end)

  it("have a time to improve that has not gone by", function()
    local fields = {}
    for name, value in pairs(full) do fields[name] = value end
    fields.period_to = "2026-01-11"
    assert.are.same({ "The improvement period, with its last day" }, missing(fields))
    fields.period_to = "2026-01-12"
    assert.are.same({}, missing(fields))
  end)

  it("lack what nobody gave", function()
    assert.are.same({ "The further support on offer now", "The improvement period, with its last day",
      "What enough improvement means for this family",
      "Grounds on which a penalty notice may come before the period ends", "A named contact" },
      missing({}, { refused }))
  end)

  it("lack support of which a title alone is known, and have what is not taken up as it was offered", function()
    local untold = { step = "early-help", on = "2025-11-03", outcome = "not-taken-up" }
    local fields = {}
    for name, value in pairs(full) do fields[name] = name ~= "re_offered" and value or nil end
    assert.are.same({ "The support given so far: what was offered, and when",
      "Support that was not taken up, offered again" }, missing(fields, { untold }))
    assert.are.same({}, missing(fields, { refused }))
  end)

  it("have a contact by name: an office, or a role, is none", function()
    for words, is_name in pairs { ["Sam Reed"] = true, ["Mrs Okafor, head of year"] = true, ["李老师"] = true,
      ["The school office"] = false, ["Attendance Officer"] = false, ["the head teacher"] = false } do
      local fields = {}
      for name, value in pairs(full) do fields[name] = value end
      fields.named_contact = words
      assert.are.same(is_name and {} or { "A named contact" }, missing(fields, { refused }))
    end
  end)

  it("are asked anew once the notice before has its outcome", function()
    local entries = { refused, { step = "notice-to-improve", on = "2025-09-08", fields = full },
      { step = "notice-to-improve", on = "2025-11-24", of = 2, outcome = "not-improved" } }
    local pupil = support.pupil { as_of = "2026-01-12", half_days = { "2026-01-05 AM O" } }
    for _, each in ipairs(notice.checklist(pupil, support.case(entries))) do
      if each.item == "A named contact" then assert.is_false(each.there) end
    end
  end)

  it("offer nothing again when nothing was left", function()
    local fields = {}
    for name, value in pairs(full) do fields[name] = value end
    fields.re_offered = nil
    assert.are.same({}, missing(fields, { { step = "early-help", on = "2025-11-03", note = "A key adult" } }))
  end)
end)

describe("the words of a notice", function()
  local function enough(fields) return notice.enough(fields) end

  it("say what enough improvement is: none, some, or as agreed", function()
    assert.are.equal("no unauthorised absence at all in this time", enough {})
    assert.are.equal("no more than 1 half day of unauthorised absence in this time", enough { tolerated = 1 })
    assert.are.equal("no more than 2 half days of unauthorised absence in this time", enough { tolerated = 2.0 })
    assert.are.equal("in school by nine", enough { tolerated = 2, enough_improvement = "in school by nine" })
  end)
end)
