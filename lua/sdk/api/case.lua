-- api/case: the declaration of a pupil's case. See api/init.lua.

return {
  title = "case", where = "plugin", run = "step",
  about = "What was recorded for the pupil, in order and without what was struck out: the second argument of "
    .. "`suggest` and `gate`. Without the grant `cases` every question raises, so that \"nothing was tried\" is never "
    .. "said because nobody looked.",
  choices = {
    entry_kind = { "recorded", "bypassed", "put-off", "held", "attached", "noted", "follow-up", "rendered" },
    audience = { "staff", "referral", "family" },
  },
  newer = { entry_kind = { rendered = 2 } },
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
    { "case:running", in_lua = true, grant = "cases", since = 2, takes = { { "step", "text" } },
      gives = { "list of entry" }, text = "What of a step runs now: entries without an outcome that none with one has "
        .. "ended; of several versions the latest, of a step for each parent one for each.",
      example = '#case:running "absence-callback"                --> 0' },
    { "case:runs", in_lua = true, grant = "cases", since = 3, takes = { { "step", "text" } },
      gives = { "list of run" }, text = "What of a step was begun and stands, each with what came of it: of several "
        .. "versions the latest, of a step for each parent one for each. An outcome with `of` belongs to that entry; "
        .. "one without to what runs for the same parent, or where one names none; when nothing does, to that "
        .. "parent's latest. Of what stands `apart` it belongs to the latest that runs.",
      example = '#case:runs "absence-callback"                   --> 0' },
    { "case:outcome_of", in_lua = true, grant = "cases", since = 2, takes = { { "entry", "table", "one of these" } },
      gives = { "entry?" }, text = "The entry that holds what came of another one.",
      example = 'case:outcome_of(case:last())                    --> nil' },
    { "run", class = true, grant = "cases", since = 3, text = "What was begun, and what came of it.", fields = {
      { "entry", "entry?", "the latest version; nil of an outcome that nothing was begun for", since = 3 },
      { "outcome", "entry?", "the latest entry that says what came of it; nil while it runs", since = 3 },
      { "outcomes", "list of entry", "all of these, in order", since = 3 },
      { "parent", "text?", "the parent that it is for", since = 3 },
      { "contact", "integer?", "the number of that contact", since = 3 },
    }, example = '#case:runs "absence-callback"    --> 0' },
    { "case", class = true, grant = "cases", text = "Has the questions, and no fields.", fields = {},
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
      { "id", "integer", "its number", since = 2 },
      { "version", "integer?", "of a plan: 1, and one more with each version", since = 2 },
      { "of", "integer?", "the id of the entry that this is the outcome of", since = 2 },
      { "replaces", "integer?", "the id of the version before", since = 2 },
      { "apart", "boolean?", "it stands alone, as a penalty notice does: a further one takes nobody's place",
        since = 2 },
      { "contacts", "map of integer?", "the ids of the contacts that its fields name, by field", since = 2 },
      { "as", "text?", "of a file: as what it was kept", since = 2 },
      { "file_name", "text?", "of a file", since = 2 },
      { "principle", "principle?", "of the step, in the road map of the school that recorded it", since = 3 },
      { "refused", "boolean?", "the outcome is one of the step's `refused`: what was offered was not taken up, or did "
        .. "not work", since = 3 },
      { "goes_on", "boolean?", "the outcome is one of the step's `goes_on`: the plan goes on", since = 3 },
      { "adds", "boolean?", "it was added to the entry `of`, and begins nothing", since = 3 },
      { "support", "boolean?", "support was offered or given: the step facilitates it, or is a plan that formalises it",
        since = 3 },
    }, open = true, example = 'case:last().on     --> "2026-03-18"' },
  },
}
