-- fields: what several steps record, each with its type and one line of help.

local fields = {
  spoke_to = { type = "contact", help = "who the conversation was with" },
  reason = { type = "text", help = "why the pupil was away, in the family's words" },
  what_would_help = { type = "text", help = "what the family or the pupil thinks would help" },
  agreed = { type = "text", help = "what was agreed, and who does it" },
  lead_told = { type = "yes-no", title = "Safeguarding lead told",
    help = "whether the designated safeguarding lead was told of a worry (what it is belongs in no note here)" },

  parties = { type = "contacts", help = "the parents that it is made with, one each" },
  made = { type = "choice", title = "Made with the parents", choices = { "each", "jointly", "apart" },
    help = "whether parents are in it each by themselves, jointly, or apart because they live apart" },
  met_on = { type = "date", title = "Met on", help = "the day of the meeting" },
  attended_by = { type = "list", title = "Who was there", help = "who was there, one each" },
  parents_views = { type = "text", title = "The parents' views", help = "what the parents say, in their words" },
  pupils_views = { type = "text", title = "The pupil's views", help = "what the pupil says, in the pupil's words" },
  barriers = { type = "list", title = "What is in the way", help = "what is in the way, one each" },
  actions = { type = "actions", help = "who does what by when: what; owner; date" },
  review_dates = { type = "dates", help = "when it is looked at together, one each" },
  signatures = { type = "signatures", help = "who signed, and when: name; date" },
}

-- The first with what the second adds or has otherwise.
function fields.join(first, second)
  local records = {}
  for name, field in pairs(first) do records[name] = field end
  for name, field in pairs(second or {}) do records[name] = field end
  return records
end

-- The named ones as a `records` table, with further ones of a step's own.
function fields.pick(names, own)
  local records = {}
  for _, name in ipairs(names) do records[name] = fields[name] end
  return fields.join(records, own)
end

return fields
