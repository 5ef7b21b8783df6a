-- api/manifest: the declaration of plugin.lua. See api/init.lua.

return {
  title = "plugin.lua", where = "plugin", run = "manifest",
  about = "`plugin.lua` returns one table that says who the plugin is. It is read before anything else, and alone.",
  choices = {
    grant = { "registers", "pupil.upn", "pupil.name", "pupil.groups", "pupil.dob", "pupil.sex", "sensitive", "contacts",
      "cases", "file.rows" },
    sends = { "mail", "note", "follow-up", "mail-staff", "mail-family" },
    option_type = { "text", "number", "integer", "boolean", "list", "duration" },
  },
  meanings = {
    grant = {
      registers = "the registers: every half day's mark, and the attendance worked out from them",
      ["pupil.upn"] = "unique pupil numbers",
      ["pupil.name"] = "pupils' names",
      ["pupil.groups"] = "year, form, and the groups that waymark.lua names",
      ["pupil.dob"] = "dates of birth",
      ["pupil.sex"] = "boy or girl, as the school has it",
      sensitive = "special educational needs, free school meals, and every further column of the list of pupils: "
        .. "sensitive",
      contacts = "parents and other contacts: names, telephone, e-mail, address",
      cases = "what staff recorded: calls, meetings, notes, letters, and what came of them",
      ["file.rows"] = "the first rows of a file that is taken in, with the names in them",
    },
    sends = {
      mail = "messages to staff and to families: Waymark writes them to a folder, and whoever runs it sends them",
      ["mail-staff"] = "messages to staff, never to families: Waymark writes them to a folder, and whoever runs it "
        .. "sends them",
      ["mail-family"] = "messages to parents and other contacts, never to anybody marked “no contact”: Waymark writes "
        .. "them to a folder, and whoever runs it sends them",
      note = "notes for staff in a pupil's case",
      ["follow-up"] = "reviews of a step, due on a day",
    },
  },
  newer = { grant = { ["file.rows"] = 3 }, sends = { ["mail-staff"] = 3, ["mail-family"] = 3 } },
  entries = {
    { "manifest", in_lua = true, text = "The table that `plugin.lua` returns.", example = [[
return {
  name = "example",
  version = "1.0",
  api = 1,
  title = "What our school does in its own way",
  extends = "essex",
  reads = { "registers", "cases" },
  options = {
    sessions = { default = 6, type = "integer", least = 2, most = 40, help = "half days in a row" },
  },
}]],
      form = {
        { "name", "text", "the folder's name", required = true, file_name = true },
        { "version", "text", nil, required = true },
        { "api", "integer", "the API level it is written for: 1, 2 or 3", required = true },
        { "title", "text", "one line for people" },
        { "licence", "text" },
        { "requires", "list of text", "plugins that its files may `require`", file_name = true },
        { "extends", "text", "the plugin whose road map it changes", file_name = true },
        { "reads", "list of grant", "what it sees of pupils; what is not named is not sent to it" },
        { "consults", "list of grant", "what it sees besides when one pupil is looked at, for the functions "
          .. "`complete`, `checklist`, `routes` and `fills` and for documents; not sent when everybody is looked at. "
          .. "From level 3 on, if nothing is said, those of the plugin that it extends",
          since = 2 },
        { "sends", "list of sends", "what its hooks may ask for; mail is both mail-staff and mail-family" },
        { "codes", "boolean", "it may declare codes of attendance", since = 2 },
        { "options", "map of option", "its numbers and choices, by name; those of the plugin that it extends are "
          .. "there too" },
        { "configure", "map of table", "{ PLUGIN = { option = value } } for the plugin that it extends",
          told = false },
      } },
    { "option", in_lua = true, text = "One of `options`: its files read it as `config.NAME`.", example = [[
return { name = "example", version = "1.0", api = 1, options = {
  tone = { default = "kind", type = "text", choices = { "kind", "plain" }, help = "how it is said" },
} }]],
      form = {
        { "default", "any", nil, required = true },
        { "type", "option_type" },
        { "least", "number" },
        { "most", "number" },
        { "choices", "list of any" },
        { "of", "text", "of a list: the type of its items" },
        { "help", "text", "what it does, for `plugin info`", required = true },
      } },
  },
}
