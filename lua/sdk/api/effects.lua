-- api/effects: the declaration of what hooks can ask for. See api/init.lua.

return {
  title = "effects", where = "plugin", run = "hook",
  about = "What a hook can ask for, as values: only what it returns is done. Each needs its name in `sends` of "
    .. "plugin.lua. An effect is at most 64 KB.",
  entries = {
    { "mail", in_lua = true, takes = { { "fields", "mail fields" } }, gives = { "effect" }, grant = "mail",
      text = "A message, written into the outbox. In `data` the pupil, `event.evidence`, one item of it and evidence "
        .. "of a rule cross as references, which the host renders; all else is plain values.",
      form = {
        { "to", "recipient", "`staff \"ROLE\"` or `contacts { … }`", required = true },
        { "template", "text", "`templates/NAME.txt`; without one it names the pupil and lists the data",
          file_name = true },
        { "data", "map of any", "what the template fills in, by name" },
        { "digest", "text", "one message a day gathers these; for staff only", file_name = true },
        { "subject", "text", "at most 100 bytes" },
      }, example = [[
on("suggestion.made", function(event, pupil)
  return mail { to = staff "head", data = { pupil = pupil, why = event.evidence }, digest = "calls" }
end)]] },
    { "note", in_lua = true, takes = { { "fields", "note fields" } }, gives = { "effect" }, grant = "note",
      text = "A note for staff, kept with the case.",
      form = { { "text", "text", "at most 4000 bytes", required = true } }, example = [[
on("suggestion.made", function(event) return note { text = event.title } end)]] },
    { "follow_up", in_lua = true, takes = { { "fields", "follow_up "
      .. "fields" } }, gives = { "effect" }, grant = "follow-up",
      text = "A review of a step of the road map, due on a day.",
      form = {
        { "step", "text", "a step of the road map", required = true },
        { "on", "date", "not before the day of the event", required = true },
      }, example = [[
on("suggestion.made", function(event)
  return follow_up { step = event.step, on = date.add(event.on, 14) }
end)]] },
    { "staff", in_lua = true, takes = { { "role", "text" } }, gives = { "recipient" },
      text = "Somebody of the settings' `staff { … }`. A plugin names people by reference and never sees an address.",
      example = [[
on("suggestion.made", function(event) return mail { to = staff "head", data = { why = event.reason } } end)]] },
    { "contacts", in_lua = true, takes = { { "which", "contacts fields" } }, gives = { "recipient" },
      text = "The pupil's contacts of whom this is so when the message is written: a message each, and never anybody "
        .. "marked \"no contact\". It says whom: at least one of its fields.",
      form = {
        { "parental_responsibility", "boolean" },
        { "lives_with", "boolean" },
      }, example = [[
on("suggestion.made", function(event)
  return mail { to = contacts { parental_responsibility = true }, data = { why = event.reason } }
end)]] },
    { "effect", class = true, text = "What a hook returns. It shows nothing of what it holds.", fields = {},
      example = 'on("suggestion.made", function() return { note { text = "one" }, note { text = "two" } } end)' },
    { "recipient", class = true, text = "Who a message goes to. It shows nothing of what it holds.", fields = {},
      example = 'local head = staff "head"' },
  },
}
