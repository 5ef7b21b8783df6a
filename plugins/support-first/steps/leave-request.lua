-- Leave in term time that a parent asked for, and the answer: each request is looked at by itself
-- (SI 2024/208, regulation 11; WT July 2026, "leave of absence"). No stop of the road map.
-- A plan: the request is an entry without an outcome, and the answer ends it.
local common = require "support-first"
local fields = require "support-first.fields"
local items = require "england.item"
local words = require "support-first.words"

return step {
  title = "Leave asked for",
  principle = "expect",
  audience = "family",
  about = "Leave in term time that a parent asked for, and how the head answered. Each request is looked at by itself, "
    .. "and the family is told on what ground it was answered.",
  plan = true,
  records = {
    asked_by = { type = "contact", required = true, help = "the parent who asked" },
    asked_on = { type = "date", help = "the day on which leave was asked for" },
    leave_from = { type = "date", required = true, help = "the first day of the leave" },
    leave_to = { type = "date", not_before = "leave_from", help = "the last day of the leave" },
    reason = fields.reason,
    answer_by = { type = "date", role = "review", help = "when it should be answered" },
    answered_on = { type = "date", not_before = "asked_on", help = "the day on which the family had the answer" },
    ground = { type = "text", title = "On what ground",
      help = "what makes the circumstances exceptional, or why they are not" },
  },
  documents = { "leave-not-granted" },
  together = common.holiday, -- brothers and sisters who went too: one letter, each counted by itself
  outcomes = { "granted", "granted-in-part", "not-granted", "withdrawn" },
  fills = words.leave,

  -- What the letter lacks; a holiday that nobody asked for has no answer.
  checklist = function(_, case, entry)
    local entries = case:entries "leave-request"
    entry = entry or entries[#entries]
    if not entry or entry.kind ~= "recorded" or entry.outcome == "withdrawn" then return {} end
    local outcome, ground = entry.outcome, (entry.fields or {}).ground
    local answer = not outcome and "not answered yet"
      or outcome == "granted" and "granted on " .. date.english(entry.on) or nil
    return { items.new("It was answered, and not all of it granted: the letter says so", not answer, answer),
      items.new("On what ground it was answered", ground ~= nil, ground or "give ground") }
  end,

  complete = function(pupil, _, given)
    local asked_on = given.asked_on or pupil.as_of
    return { asked_on = asked_on, leave_to = given.leave_to or given.leave_from,
      answer_by = given.answer_by or pupil.calendar:days_after(asked_on, config.answer_days) }
  end,
}
