-- Notice to Improve: the last chance before legal intervention is sought; only when the
-- threshold is met and earlier support was not engaged with or did not work. One for each
-- parent; support goes on and is offered again meanwhile. At its end a person says, for each
-- parent, what came of it.
local common = require "support-first"
local england = require "england"
local items = require "england.item"
local notice = require "england.notice"
local notices = require "england.notices"
local support = require "england.support"
local words = require "support-first.words"

local asks = config.notice_issuer == "authority"

-- A notice that did not work is followed by a decision, not by another notice.
local function is_to_be_decided(case)
  local failed = notices.not_improved(case)
  local last, decided = failed[#failed], case:last "legal-decision"
  return last ~= nil and (not decided or decided.on < last.outcome.on or decided.outcome == "refer")
end

-- A notice is for what support can change: not for a holiday, unless support was tried and
-- there is no other route for it.
local function is_holiday(pupil, case)
  local run = common.by_leave(pupil)
  if not run or not common.has_leave_route and england.support_tried(case) then return nil end
  local why = common.has_leave_route and "%s decides on it by its leave-of-absence route, not by a Notice to Improve"
    or "support and a Notice to Improve are not needed for a holiday, and %s has no other route for it: it can be "
      .. "decided on as it is"
  return ("%d half days of holiday in a row that was not granted (G): "):format(run.count)
    .. why:format(config.authority_name)
end

-- … and for nobody of whom a person wrote down that support is not appropriate.
local function not_appropriate(case)
  local because = support.not_appropriate(case)
  return because and items.cut(("support is not appropriate, and a Notice to Improve is for what support can change: "
    .. "it can be decided on as it is (%s)"):format(because))
end

-- What is left open: its dates, by the rules in force on the day of issue, and the last day to
-- refer, where there is one.
local function complete(pupil, _, given)
  local rules = common.in_force(given.issued_on or pupil.as_of) or {}
  local fields, message = notice.complete(pupil, given, {
    period = rules.notice_period or config.notice_period,
    checks = rules.notice_checks or config.notice_checks,
    least = config.notice_least_weeks,
    most = config.notice_most_weeks,
  })
  if not fields then return nil, message end
  fields.early_grounds = fields.early_grounds or config.early_grounds
  fields.named_contact = fields.named_contact or config.named_contact ~= "" and config.named_contact or nil
  if config.referral_days > 0 and not fields.refer_by then
    fields.refer_by = pupil.calendar:days_after(fields.period_to, config.referral_days)
  end
  return fields, message
end

return step {
  title = "Notice to Improve",
  principle = "formalise",
  audience = "family",
  about = "A final opportunity to improve, with support offered again, before legal intervention is sought. It "
    .. "says what enough improvement is, by when, and whom the family can ask.",
  kind = "notice",
  each_parent = true,
  period = config.notice_period,
  checks = config.notice_checks,
  counts = england.national, -- an absence without a reason is none that was agreed
  tolerance = "tolerated",
  records = {
    parent = { type = "contact", required = true, help = "whom it is to: each parent has a notice of their own" },
    issued_on = { type = "date", role = "issued", help = "the day on the notice" },
    posted_on = { type = "date", not_before = "issued_on", help = "if it was posted on another day" },
    served_on = { type = "date", not_before = "issued_on",
      help = "the day it was received; posted: the second working day after" },
    period_from = { type = "date", role = "period-from", title = "The period, from", not_before = "served_on",
      help = "the first school day on or after that" },
    period_to = { type = "date", role = "period-to", title = "The period, to", not_before = "period_from",
      help = "the last day of the improvement period" },
    checks = { type = "dates", role = "check", title = "Looked at on", help = "when it is looked at in between" },
    enough_improvement = { type = "text", title = "Enough improvement",
      help = "what enough improvement means for this family" },
    support_now = { type = "list", title = "Support on offer now", help = "support on offer now, one each" },
    re_offered = { type = "list", title = "Offered again",
      help = "support that was not taken up and is offered again, one each" },
    early_grounds = { type = "text", title = "Grounds for an early penalty notice",
      help = "on which grounds a penalty notice may come before the period ends" },
    named_contact = { type = "text", title = "Whom the family can ask",
      help = "whom the family can ask, a person by name; else whom the settings name" },
    requested_on = asks and { type = "date", help = "the day the school asked the authority for it" } or nil,
    issuer = { type = "text", help = "who issued it", default = asks and config.authority_name or "the school" },
    tolerated = { type = "number", title = "Half days tolerated", least = 0, most = 100,
      default = config.notice_tolerated,
      help = "half days of unauthorised absence in the period that are still enough improvement" },
    refer_by = { type = "date", not_before = "period_to",
      help = "the last day to refer, where the authority sets one" },
    told_parent_on = { type = "date", role = "told",
      help = "the day the parent was told that attendance is not improving; given alone, it is added to what runs" },
  },
  adds = { "told_parent_on", "support_now", "re_offered", "named_contact", "enough_improvement" },
  meanwhile = "offer support again, what was not taken up or something new",
  documents = { "notice-to-improve", "early-decision-warning", "outcome-letter" },
  outcomes = { "improved", "not-improved", "withdrawn" },
  complete = complete,
  checklist = notice.checklist,
  fills = words.notice,

  gate = function(pupil, case)
    return common.threshold_not_met(pupil) or is_holiday(pupil, case) or not_appropriate(case)
      or common.nothing_tried(case)
  end,

  when = recorded(), -- earlier support

  suggest = function(pupil, case)
    if england.support_tried(case) and not is_to_be_decided(case) then
      return common.threshold_because(pupil, "the threshold is met and earlier support has not worked"
        .. (asks and ": ask " .. config.authority_name .. " for a notice" or ""))
    end
  end,
}
