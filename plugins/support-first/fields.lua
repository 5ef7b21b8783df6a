-- fields: what two steps or more record, each with its type and one line of help. A step
-- names each of them among its own: `reason = fields.reason`.

return {
  spoke_to = { type = "contact", role = "with", help = "who the conversation was with" },
  reason = { type = "text", role = "views", help = "why the pupil was away, in the family's words" },
  what_would_help = { type = "text", role = "views", help = "what the family or the pupil thinks would help" },
  agreed = { type = "text", role = "agreed", help = "what was agreed, and who does it" },
  lead_told = { type = "yes-no", title = "Safeguarding lead told", audience = "staff",
    help = "whether the designated safeguarding lead was told of a worry (what it is belongs in no note here)" },

  parties = { type = "contacts", role = "with", help = "the parents that it is made with, one each" },
  made = { type = "choice", title = "Made with the parents", choices = { "each", "jointly", "apart" },
    help = "whether parents are in it each by themselves, jointly, or apart because they live apart" },
  meeting_on = { type = "date", role = "meeting", help = "the day to which the family is invited" },
  meeting_at = { type = "text", role = "meeting-at", help = "the time and the place" },
  was_to_be_on = { type = "date", help = "the day that was rearranged" },
  met_on = { type = "date", role = "met", title = "Met on", help = "the day of the meeting" },
  attended_by = { type = "list", title = "Who was there", help = "who was there, one each" },
  parents_views = { type = "text", role = "views", title = "The parents' views",
    help = "what the parents say, in their words" },
  pupils_views = { type = "text", role = "views", title = "The pupil's views",
    help = "what the pupil says, in the pupil's words" },
  barriers = { type = "list", title = "What is in the way", help = "what is in the way, one each" },
  actions = { type = "actions", help = "who does what by when: what; owner; date" },
  social_worker_told = { type = "choice", choices = { "yes", "no", "none" },
    help = "the child's social worker or youth offending worker; none: there is none" },
  review_dates = { type = "dates", role = "review", help = "when it is looked at together, one each" },
}
