-- Notice to Improve: the last chance before legal intervention is sought; only when the
-- threshold is met and earlier support was not engaged with or did not work. One for each
-- parent; support goes on and is offered again meanwhile. At its end a person says, for each
-- parent, what came of it.
local common = require "support-first"
local england = require "england"
local fields = require "support-first.fields"
local notice = require "england.notice"
local notices = require "england.notices"
local words = require "support-first.words"

local asks = config.notice_issuer == "authority"

-- A notice that did not work is followed by a decision, not by another notice.
local function is_to_be_decided(case)
  local failed = notices.not_improved(case)
  local last, decided = failed[#failed], case:last "legal-decision"
  return last ~= nil and (not decided or decided.on < last.outcome.on or decided.outcome == "refer")
end

return step {
  title = "Notice to Improve",
  principle = "formalise",
  about = "A final opportunity, with support offered again, before legal intervention is sought.",
  each_parent = true,
  period = config.notice_period,
  checks = config.notice_checks,
  counts = england.national, -- an absence without a reason is none that was agreed
  tolerance = "tolerated",
  records = fields.join(notice.records, {
    requested_on = asks and { type = "date", help = "the day the school asked the authority for it" } or nil,
    issuer = { type = "text", help = "who issued it", default = asks and config.authority_name or "the school" },
    tolerated = { type = "number", title = "Half days tolerated", least = 0, most = 100,
      default = config.notice_tolerated,
      help = "half days of unauthorised absence in the period that are still enough improvement" },
    refer_by = { type = "date", not_before = "period_to",
      help = "the last day to refer, where the authority sets one" },
    told_parent_on = { type = "date", help = "the day the parent was told that attendance is not improving" },
  }),
  documents = { "notice-to-improve", "early-decision-warning", "outcome-letter" },
  outcomes = { "improved", "not-improved", "withdrawn" },
  complete = function(pupil, _, given) return common.notice_dates(pupil, given) end,
  checklist = notice.checklist,
  fills = words.notice,

  gate = function(pupil, case)
    return common.threshold_not_met(pupil) or common.is_holiday(pupil, case) or common.nothing_tried(case)
  end,

  suggest = function(pupil, case)
    if england.support_tried(case) and not is_to_be_decided(case) then
      return common.threshold_because(pupil, "the threshold is met and earlier support has not worked"
        .. (asks and ": ask " .. config.authority_name .. " for a notice" or ""))
    end
  end,
}
