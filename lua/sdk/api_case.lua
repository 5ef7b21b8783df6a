-- api_case: the declaration of a pupil's case. See api.lua.

return {
  title = "case", where = "plugin", run = "step",
  about = "What was recorded for the pupil, in order and without what was struck out: the second argument of "
    .. "`suggest` and `gate`. Without the grant `cases` every question raises, so that \"nothing was tried\" is never "
    .. "said because nobody looked.",
  choices = {
    entry_kind = { "recorded", "bypassed", "put-off", "held", "attached", "noted", "follow-up" },
    audience = { "staff", "referral", "family" },
  },
  entries = {
    { "case:entries", in_lua = true, grant = "cases", takes = { { "step", "text?", "of this step only" } },
      gives = { "list of entry" }, text = "The entries of a step; all of them without a name.",
      example = '#case:entries "absence-callback"                --> 1' },
    { "case:last", in_lua = true, grant = "cases", takes = { { "step", "text?", "of this step only" } },
      gives = { "entry?" }, text = "The latest of them, or nil.",
      example = 'case:last("absence-callback").outcome           --> "no-answer"' },
    { "case:tried", in_lua = true, grant = "cases", takes = { { "outcomes", "list of text" } },
      gives = { "list of entry" }, text = "The entries with one of these outcomes.",
      example = '#case:tried { "no-answer", "wrong-number" }     --> 1' },
    { "case", class = true, grant = "cases", text = "Has the three questions, and no fields.", fields = {},
      example = '#case:entries()    --> 1' },
    { "entry", class = true, grant = "cases", text = "One thing that was recorded.", fields = {
      { "kind", "entry_kind" },
      { "on", "date", "the day it is about" },
      { "step", "text?", "its name" },
      { "school", "text", "the school's key" },
      { "outcome", "text?" },
      { "attempt", "boolean?", "the outcome was one of the step's attempts" },
      { "with", "text?", "whom it was done with" },
      { "reason", "text?", "a code of the road map's reasons" },
      { "note", "text?" },
      { "audience", "audience?", "who may see it" },
      { "review_on", "date?" },
      { "fields", "map of any?", "what the step records, by name" },
      { "despite", "text?", "why it was done past its gate" },
      { "gate", "text?", "what the gate said" },
      { "history", "boolean?", "from `import entries`" },
    }, open = true, example = 'case:last().on     --> "2026-03-18"' },
  },
}
