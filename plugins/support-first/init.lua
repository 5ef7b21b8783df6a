-- support-first: the road map of the national guidance ("Working together to improve
-- school attendance", DfE, "WT"), which the plugins of authorities extend. Ten steps under
-- six principles; support first; no timetable; any step may be skipped with a reason.
-- What differs between authorities and schools is an option; what an authority alone has
-- (its own threshold, its own routes) it says with `common.acts_by`.

local basis = require "england.basis"
local decision = require "england.decision"
local england = require "england"
local items = require "england.item"
local notices = require "england.notices"
local support = require "england.support"

local common = {}

-- A holiday in term time that was not granted. Some authorities decide on it by a route of
-- its own (leave_sessions); where there is none, a run that alone makes the threshold is one.
common.has_leave_route = config.leave_sessions > 0

common.holiday = longest {
  name = "holiday-in-a-row",
  codes = "G",
  at_least = common.has_leave_route and config.leave_sessions or england.national.at_least,
  period = "weeks",
  weeks = england.national.weeks,
  since = england.national.since,
  ages = england.compulsory,
  edition = common.has_leave_route and england.editions.setting or england.national.edition,
}

-- The national threshold over dates: those of a Notice to Improve (england.notices).
common.at_notice = count {
  name = "at-notice",
  edition = england.national.edition,
  codes = england.national.codes,
  at_least = england.national.at_least,
  since = england.national.since,
  ages = england.compulsory,
}

-- The rules by which an authority acts, the oldest first: each from a day on.
--   { from = date, threshold = rule, at_notice = rule?, why_not = function(pupil): text?,
--     notice_period = duration?, notice_checks = { duration, … }? }
-- `threshold` is what it counts (the national threshold has to be met in any case), and
-- `at_notice` the same as a count over dates, if it is not the national one;
-- `why_not` is nil, or in words why the authority cannot act; the last two are those of the
-- options, if nothing is said. The list may be added to.
local acts = { { from = england.national.since, threshold = england.national } }

function common.acts_by(list)
  acts = list
  return list
end

-- The rules in force on a day; nil before the first.
function common.in_force(day) return england.in_force(acts, day) end

-- Gates that several steps share: nil, or why not yet.

function common.nothing_tried(case)
  if not england.support_tried(case) then
    return "no support is recorded that was not taken up, not engaged with or did not work"
  end
end

function common.threshold_not_met(pupil)
  local national = basis.below(pupil:rolling(england.national))
  if national then return national end
  local rules = common.in_force(pupil.as_of)
  if not rules then
    return ("%s has no rules in force on %s; the first hold from %s"):format(config.authority_name,
      date.english(pupil.as_of), date.english(acts[1].from))
  end
  return rules.why_not and rules.why_not(pupil)
end

-- Whether the threshold is met by a holiday alone: the holiday, or nil.
function common.by_leave(pupil)
  local run = pupil:longest(common.holiday)
  if not run.met then return nil end
  local all = pupil:rolling(england.national)
  return all.count - run.count < all.of and run or nil
end

-- The thresholds by which a Notice to Improve of a day was given, as counts over its dates.
local function at_notice(issued_on)
  local rules = common.in_force(issued_on)
  return { common.at_notice, rules and rules.at_notice, weeks = england.national.weeks }
end

-- What deciding on a day goes by (england.decision).
local function how(day)
  local rules = common.in_force(day)
  return {
    threshold = rules and rules.threshold,
    at_notice = at_notice,
    leave = { least = common.holiday.at_least, has_route = common.has_leave_route, authority = config.authority_name },
    team = config.team_name,
    discuss = config.discuss_first,
  }
end

-- What has to be there before it is decided, and what is; which routes are open for each parent.
function common.checklist(pupil, case)
  local list = decision.checklist(pupil, case, how(pupil.as_of))
  if #config.not_known > 0 then
    local asked = ("The rules of %s that are not known here were asked for"):format(config.authority_name)
    local words = ("ask %s: %s; Waymark goes by the national guidance until then"):format(config.team_name,
      table.concat(config.not_known, "; "))
    list[#list + 1] = items.new(asked, false, words, false)
  end
  return list
end

function common.routes(pupil, case) return decision.routes(pupil, case, how(pupil.as_of)) end

-- The latest Notice to Improve that ended without enough improvement and was given while the
-- threshold was met, and what was counted from its window on; nil when there is none.
function common.failed_notice(pupil, case)
  local list = notices.not_improved(case)
  for i = #list, 1, -1 do
    local evidence = notices.evidence(pupil, list[i], at_notice)
    if evidence then return list[i], evidence end
  end
end

-- What has to be there before a decision on legal intervention. Weeks that go by do not undo
-- a threshold that was met when a Notice to Improve was given, and did not work.
function common.too_early_to_decide(pupil, case)
  local why = common.threshold_not_met(pupil)
  if why and not common.failed_notice(pupil, case) then return why end
  if common.by_leave(pupil) or support.not_appropriate(case) then return nil end
  return common.nothing_tried(case)
end

-- Whether a step was recorded after an entry, on its day or later.
function common.was_recorded_since(case, step, entry)
  local last = case:last(step)
  return last ~= nil and last.kind == "recorded" and last.on >= entry.on and (last.id or 0) > (entry.id or 0)
end

-- A reason by the threshold that the authority counts, with the national one beside it.
function common.threshold_because(pupil, words)
  local rules = common.in_force(pupil.as_of)
  if not rules then return nil end
  if rules.threshold == england.national then return pupil:rolling(england.national):because(words) end
  return pupil:rolling(rules.threshold):because(words, pupil:rolling(england.national))
end

-- The same for deciding: by the threshold of now, else by that of a notice that did not work.
-- `concern` stays the same when the one takes the place of the other.
function common.decide_because(pupil, case, words, concern)
  local reason
  if common.threshold_not_met(pupil) then
    local _, evidence = common.failed_notice(pupil, case)
    reason = evidence and evidence:because(items.cut(words))
  else
    reason = common.threshold_because(pupil, items.cut(words))
  end
  if reason then reason.concern = concern end
  return reason
end

-- What a plan leaves open: when it is looked at again, unless days were agreed. One that is made with
-- parents apart is read by each of them, and neither reads the other's words.
function common.review(pupil, _, fields)
  if fields.made == "apart" and fields.parents_views then
    return nil, "parents who live apart would read each other's words in it: record what each of them says "
      .. "(parents_views) with that parent alone, in an entry of its own"
  end
  if fields.review_dates then return {} end
  local day = pupil.calendar:weeks_period(fields.starts_on or fields.met_on or pupil.as_of, config.review_weeks)
  return day and { review_dates = { day } } or {}
end

-- Why a pupil was away, or why a step was put off: a short list, plus a note.
common.reasons = {
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
common.lists = {
  new_lines_a_week = config.new_lines_a_week,
  patience_weeks = config.patience_weeks,
  need_attendance = config.need_attendance,
  need_codes = england.national.codes,
  need_called = "unauthorised or not explained yet",
  need_untried = config.need_untried,
  no_reason = "N",
  calls = common.has_leave_route and "NG" or nil,
  reason_within_days = config.reason_within_days,
  improved_weeks = config.improved_weeks,
  improved_points = config.improved_points,
  too_few_weeks = config.too_few_weeks,
}

common.road_map = {
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

common.further = {
  "home-visit",
  "leave-request",
  "medical-evidence",
  "long-illness",
  "part-time-timetable",
  "supervision-order",
  "support-not-appropriate",
  "penalty-notice",
  "excluded-in-public",
}

common.returns = england.returns

return common
