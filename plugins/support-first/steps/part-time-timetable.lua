-- A part-time timetable (code C2): for a short time, with the parents' consent, and told to the
-- authority (WT July 2026, "part-time timetables"). No stop of the road map. A plan: a further
-- entry is its next version, and its outcome ends it; `waymark returns` lists whom it is for.
local fields = require "support-first.fields"
local items = require "england.item"

local item = items.new

return step {
  title = "Part-time timetable",
  principle = "facilitate",
  audience = "family",
  about = "Fewer hours at school for a short time, as part of a plan to come back to all of them. It needs the "
    .. "parents' consent, days of review and an end, and the authority is told.",
  plan = true,
  period = config.timetable_period,
  records = {
    purpose = { type = "text", required = true, title = "What for", help = "why, and how it leads back to full time" },
    hours = { type = "number", required = true, title = "Hours a week", least = 0, most = 40,
      help = "hours a week at school" },
    starts_on = { type = "date", role = "period-from", title = "From", help = "the first day" },
    ends_on = { type = "date", role = "period-to", title = "To", not_before = "starts_on", help = "the last day" },
    review_dates = fields.review_dates,
    agreed_with = { type = "contacts", role = "with", title = "Agreed with", help = "the parents who agree, one each" },
    consent = { type = "yes-no", required = true, title = "The parents consent", help = "whether the parents consent" },
    parents_views = fields.parents_views,
    pupils_views = fields.pupils_views,
    social_worker_told = fields.social_worker_told,
    told_authority_on = { type = "date", title = "The authority was told on", help = "when the authority was told" },
  },
  outcomes = { "full-time", "another-plan", "withdrawn" },

  complete = function(pupil, _, given)
    if given.consent == "no" then return nil, "it needs the consent of a parent, and may be withdrawn at any time" end
    local starts_on, ends_on, review_dates = given.starts_on or pupil.as_of, given.ends_on, given.review_dates
    local calendar, message = pupil.calendar
    if not ends_on then
      ends_on, message = calendar:last_day(starts_on, config.timetable_period)
      if not ends_on then return nil, "ends_on: " .. message end
    end
    if not review_dates then
      local day = calendar:last_day(starts_on, config.timetable_review)
      review_dates = { day and day < ends_on and day or ends_on }
    end
    return { starts_on = starts_on, ends_on = ends_on, review_dates = review_dates }
  end,

  checklist = function(_, case)
    local running = case:running "part-time-timetable"
    local entry = running[#running]
    if not entry then return {} end
    local plan = entry.fields or {}
    return {
      item("Why, and for how many hours", plan.purpose ~= nil and plan.hours ~= nil,
        plan.hours and ("%s hours a week"):format(plan.hours)),
      item("The parents consent", plan.consent == "yes"),
      item("An end, and when it is looked at again", plan.ends_on ~= nil and plan.review_dates ~= nil,
        plan.ends_on and "to " .. date.english(plan.ends_on)),
      item("The authority was told", plan.told_authority_on ~= nil,
        plan.told_authority_on and date.english(plan.told_authority_on) or "give told_authority_on"),
    }
  end,
}
