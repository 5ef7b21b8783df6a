-- api/templates: the declaration of the places in the text of a message. See api/init.lua.

return {
  title = "templates", where = "plugin", run = "template",
  about = "A message's text is `templates/NAME.txt`, with places to fill in. A place that cannot be filled in fails "
    .. "the plugin, with the nearest.",
  entries = {
    { "template", class = true, text = "The places of a message.", fields = {
        { "recipient", "text", "the name of who gets it" },
        { "date", "text", "the day, in words" },
        { "count", "integer", "how many items there are" },
        { "school", "text" },
        { "event.on", "text", "of one item: the day" },
        { "event.title", "text", "of one item: the step" },
        { "NAME", "any", "of one item: `data.NAME` of the mail, a plain value or in words" },
        { "NAME.field", "any", "of a pupil `name forename surname upn year form dob sex sen fsm`; of evidence `words "
          .. "sessions rule count of`" },
        { "items", "any", "between `{{#items}}` and `{{/items}}`: once for each item of a digest; without them all is "
          .. "about one", since = 3 },
        { "each", "any", "`{{each}}` … `{{end}}` is `{{#items}}` … `{{/items}}` at API levels 1 and 2" },
        { "end", "any" },
      }, example = [[
Good morning {{recipient}},

calls home that are suggested, {{date}}: {{count}}

{{#items}}
{{event.title}}, {{event.on}}
{{/items}}]] },
  },
}
