-- essex: the road map of Essex, after "Addressing attendance in Essex" (Essex
-- County Council, September 2024): ten steps under the six principles of WT.
-- Support first; no timetable; a step may be skipped where the school judges so.

local england = require "england"

local essex = {}

-- Essex acts on ten sessions coded O, U or G. An N among them must be resolved
-- first: it does not count here, and the explanation names it.
essex.threshold = rolling {
  name = "essex",
  codes = "OUG",
  unresolved = "N",
  at_least = england.national.at_least,
  weeks = england.national.weeks,
  since = england.national.since,
  ages = england.compulsory,
}

essex.no_reason = streak { name = "N-streak", codes = "N", at_least = config.callback_sessions }

essex.recent_absence = count {
  name = "recent-absence",
  classes = { "authorised", "unauthorised" },
  at_least = config.check_in_absences,
  weeks = config.check_in_weeks,
}

essex.unauthorised = count {
  name = "recent-unauthorised",
  classes = "unauthorised",
  at_least = config.concern_unauthorised,
  weeks = config.concern_weeks,
}

essex.declining = rate {
  name = "early-help",
  bands = config.early_help_bands,
  least_possible = config.least_possible,
}

essex.low = rate {
  name = "declining",
  bands = config.meeting_bands,
  least_possible = config.least_possible,
}

essex.nearly = count {
  name = "towards-threshold",
  codes = "OUG",
  at_least = config.contract_unauthorised,
  weeks = england.national.weeks,
}

-- Gates that several steps share: nil, or why not yet.

function essex.nothing_tried(case)
  if not england.support_tried(case) then
    return "no support is recorded that was not taken up, not engaged with or did not work"
  end
end

function essex.threshold_not_met(pupil)
  local national = pupil:rolling(england.national):why_not()
  if national then return "the national threshold is not met: " .. national end
  local own = pupil:rolling(essex.threshold):why_not()
  return own and "Essex cannot act yet: " .. own
end

-- Why a pupil was away, or why a step was put off: a short list, plus a note.
essex.reasons = {
  { "illness", "Illness" },
  { "anxiety", "Anxiety or low mood" },
  { "transport", "Getting to school" },
  { "send", "Special educational needs" },
  { "bullying", "Bullying or friendships" },
  { "caring", "Caring for somebody" },
  { "housing", "Housing or money" },
  { "family", "Something at home" },
  { "holiday", "A holiday" },
  { "wrong-data", "The register was wrong" },
  { "support-in-place", "Support is in place already" },
  { "other", "Something else" },
}

-- The lists that people work from (lua/sdk/plugin.lua says what each means).
essex.lists = {
  new_lines_a_week = config.new_lines_a_week,
  patience_weeks = config.patience_weeks,
  no_reason = "N",
  reason_within_days = config.reason_within_days,
  improved_weeks = config.improved_weeks,
  improved_points = config.improved_points,
  too_few_weeks = config.too_few_weeks,
}

essex.road_map = {
  "attendance-policy",
  "absence-callback",
  "pupil-check-in",
  "initial-concern",
  "early-help",
  "declining-attendance-meeting",
  "attendance-contract",
  "notice-to-improve",
  "legal-decision",
  "legal-intervention",
}

return essex
