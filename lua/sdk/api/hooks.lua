-- api/hooks: the declaration of hooks and of the events they are told of. See api/init.lua.

return {
  title = "hooks", where = "plugin", run = "hook",
  about = "A hook plugin is told what happened, and may ask for messages, notes and reviews.",
  choices = {
    event_kind = { "suggestion.made", "suggestion.lapsed", "threshold.met", "threshold.undone", "review.due",
      "evidence.changed", "entry.recorded", "entry.bypassed", "entry.put-off", "entry.held", "entry.corrected",
      "period.exceeded" },
  },
  meanings = {
    event_kind = {
      ["suggestion.made"] = "a step is suggested for a pupil that was not suggested before",
      ["suggestion.lapsed"] = "a step that was suggested no longer is, and why",
      ["threshold.met"] = "a pupil meets a rule over school weeks that did not meet it before",
      ["threshold.undone"] = "a mark was amended, and such a rule was not met after all",
      ["review.due"] = "the day has come on which something is to be looked at again",
      ["evidence.changed"] = "marks that a formal decision relied on were amended",
      ["entry.recorded"] = "somebody recorded a call, a meeting, a letter or another step",
      ["entry.bypassed"] = "somebody left a step out on purpose, with the reason",
      ["entry.put-off"] = "somebody answered a suggestion with not now",
      ["entry.held"] = "somebody set a pupil on hold: nothing is to be sent",
      ["entry.corrected"] = "somebody struck out what was recorded",
      ["period.exceeded"] = "there is more absence while a period runs, such as a notice, than was agreed",
    },
  },
  newer = { event_kind = { ["period.exceeded"] = 3 } },
  entries = {
    { "on", in_lua = true, gives = {}, takes = { { "event", "event_kind" },
        { "fn", "function(event, pupil?): effect|list of effect|nil", "gives nil, one effect, or a list of at most "
          .. "20" } },
      text = "Be told of an event; called while the plugin loads.", raises = "inside a step or a hook",
      example = [[
on("suggestion.made", function(event, pupil)
  return note { text = event.title .. ": " .. event.reason }
end)]] },
    { "event", class = true, text = "What happened. A field that was not granted raises; so does an unknown one, with "
      .. "the nearest.", fields = {
        { "kind", "event_kind" },
        { "on", "date" },
        { "school", "text", "its key" },
        { "step", "text?" },
        { "title", "text?", "of the step" },
        { "principle", "principle?", "of the step" },
        { "review_on", "date?" },
        { "concern", "text?", "of a suggestion", grant = "registers" },
        { "reason", "text?", "of a suggestion", grant = "registers" },
        { "evidence", "list of event_evidence?", "of a suggestion", grant = "registers" },
        { "why", "text?", "why a suggestion lapsed; of a threshold: from when to when, by which mark, which import",
          grant = "registers" },
        { "rule", "text?", "of a threshold", grant = "registers" },
        { "since", "session?", "of a threshold; of a period, since when there is more absence than was agreed",
          grant = "registers" },
        { "count", "integer?", "half days, of a period with more absence than was agreed", grant = "registers",
          since = 3 },
        { "tolerated", "integer?", "half days that were agreed to, of a period", grant = "registers", since = 3 },
        { "sessions", "list of text?", "of evidence that changed; of a threshold: \"2025-09-08 AM O\"",
          grant = "registers" },
        { "figures", "list of table?", "of evidence that changed: { rule, was, now, of, met }", grant = "registers" },
        { "entry", "event_entry?", "what was recorded", grant = "cases" },
      }, example = [[
on("suggestion.made", function(event)
  if event.principle == "listen" then return note { text = event.on .. " " .. event.step } end
end)]] },
    { "event_evidence", class = true, grant = "registers", text = "One item of `event.evidence`.", fields = {
        { "rule", "text" },
        { "kind", "kind" },
        { "count", "integer" },
        { "of", "integer" },
        { "met", "boolean" },
        { "words", "text" },
        { "from", "date?" },
        { "to", "date?" },
      }, example = [[
on("suggestion.made", function(event) return note { text = event.evidence[1].words } end)]] },
    { "event_entry", class = true, grant = "cases", open = true, text = "`event.entry`.", fields = {
        { "outcome", "text?" },
        { "with", "text?" },
        { "reason", "text?" },
        { "note", "text?" },
        { "fields", "map of any?", "what the step records" },
        { "why", "text?", "of an entry that was struck out" },
      }, example = [[
on("entry.recorded", function(event)
  if event.entry.outcome == "no-answer" then return follow_up { step = event.step, on = date.add(event.on, 7) } end
end)]] },
  },
}
