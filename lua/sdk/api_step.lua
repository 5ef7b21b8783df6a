-- api_step: the declaration of steps. See api.lua.

return {
  title = "step", where = "plugin", run = "load",
  about = "One stop on the road map: a file `steps/NAME.lua` returns `step { … }`.",
  choices = {
    principle = { "expect", "monitor", "listen", "facilitate", "formalise", "enforce" },
    scope = { "pupil", "school" },
    field_type = { "text", "date", "contact", "number", "yes-no" },
  },
  entries = {
    { "step", in_lua = true, takes = { { "fields", "step fields" } }, gives = { "step" },
      text = "A step, checked. `suggest` is asked for each pupil, `gate` when it gave a reason.", example = [[
local away = count { name = "away-step", codes = "O", weeks = 4 }
local visit = step {
  title = "Visit",
  principle = "listen",
  period = school_weeks(2),
  outcomes = { "spoke", "no-answer" },
  attempts = { "no-answer" },
  suggest = function(pupil, case)
    if #case:entries "visit" == 0 then return pupil:count(away):because "absent without leave" end
  end,
}
visit.scope               --> "pupil"]],
      form = {
        { "title", "text", "as people read it", required = true, but_for = " but for `with`" },
        { "principle", "principle", nil, required = true, but_for = " but for `with`" },
        { "about", "text", "one sentence for people" },
        { "scope", "scope", "\"school\": about no one pupil, and without `suggest`", default = '"pupil"' },
        { "period", "duration", "how long it runs" },
        { "documents", "list of text", "its documents, by name" },
        { "outcomes", "list of text", "what may come of it: what `--outcome` takes" },
        { "attempts", "list of text", "which of these answer nothing" },
        { "records", "map of field_type", "what is written down besides, by name: what `--set` takes" },
        { "audience", "audience", "who may see an entry, if nobody says otherwise", default = '"referral"' },
        { "gate", "function(pupil, case): text?", "nil, or why it should not be, in words" },
        { "suggest", "function(pupil, case): reason?", "nil, or a reason: `evidence:because \"…\"`" },
      } },
    { "step", class = true, is = "step fields", text = "What `step { … }` gives: its fields, and `with`.", fields = {},
      example = 'parent.steps["absence-callback"].principle    --> "listen"' },
    { "step:with", in_lua = true, takes = { { "changes", "step fields" } }, gives = { "step" },
      text = "A changed copy, with the fields that are given and the rest as they are: how a plugin that extends "
        .. "another changes one thing. No field is needed here.",
      example = [[
local visit = step { title = "Visit", principle = "listen" }
visit:with { title = "A cup of tea" }.title    --> "A cup of tea"]] },
  },
}
