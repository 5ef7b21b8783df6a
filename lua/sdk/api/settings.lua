-- api/settings: the declaration of the words of waymark.lua. See api/init.lua. Not part of an
-- API level: plugins do not have it.

local function dates(name, text)
  return { name, takes = { { "dates", "list of date" } }, gives = { "table" }, text = text,
    example = ('year "2025-26" { term { "2025-09-01", "2025-12-19" }, %s { "2025-09-02" } }'):format(name) }
end

return {
  title = "settings", where = "settings", run = "settings",
  about = "The words of `waymark.lua`, beside the durations. There is nothing else in it: no library, no file, no "
    .. "clock. An unknown word names the nearest.",
  entries = {
    { "school", takes = { { "fields", "school fields" } }, gives = {}, text = "One school. With `use` lines inside it "
      .. "follows its own road map, with `year` blocks its own calendar.",
      form = {
        { "name", "text", nil, required = true },
        { "laestab", "text" },
        { "key", "text", "else its laestab, else its name" },
        { "was", "text", "the key that it had before, when it got another: old files go on naming the school" },
        { "phase", "text" },
        { "la", "text" },
        { "address", "text", "for letters: its parts between commas or on lines" },
        { "phone", "text", "for letters" },
        { "email", "text", "for letters" },
        { "website", "text", "for letters" },
        { "head", "text", "the head teacher's name, for letters" },
      }, items = "table", example = 'school { name = "Oakfield Primary", laestab = "881/2345", phase = "primary" }' },
    { "year", takes = { { "name", "text", "\"2025-26\"" } }, gives = { "function(table): table" },
      text = "One school year, of term { … }, inset { … } and closed { … }.",
      example = 'year "2025-26" { term { "2025-09-01", "2025-12-19" } }' },
    { "term", takes = { { "fields", "term fields" } }, gives = { "table" }, text = "Mondays to Fridays from the first "
      .. "day to the last are open, but for half term.",
      form = {
        { 1, "date", "its first day", required = true },
        { 2, "date", "its last day", required = true },
        { "half_term", "list of date", "the first and the last day" },
      },
      example = 'year "2025-26" { term { "2025-09-01", "2025-12-19", half_term = { "2025-10-27", "2025-10-31" } } }' },
    dates("inset", "Training days: staff are in, pupils are not."),
    dates("closed", "Other days on which nobody comes."),
    { "start", takes = { { "day", "date" } }, gives = {}, text = "The day on which the school began with Waymark: "
      .. "concerns from before it raise no line and no message.", example = 'start "2025-09-01"' },
    { "staff", takes = { { "roles", "map of text", "role = \"Name <address>\"" } }, gives = {},
      text = "Who is who. Plugins name a role, never an address.",
      example = 'staff { attendance_officer = "Sam Reed <sam@oakfield.example>" }' },
    { "groups", takes = { { "headings", "list of text" } }, gives = {},
      text = "Further columns of `pupils` that are plain groups: plugins see them with `pupil.groups`. All others need "
        .. "`sensitive`.", example = 'groups { "House", "Key Stage" }' },
    { "by", takes = { { "names", "text|map of text", "a name, or login = \"Name\"" } }, gives = {},
      text = "Who records, where `--by` does not say so: one name, or a name for each login of the computer. A login "
        .. "that has none here is its own.", example = 'by { sreed = "Sam Reed", jmarsh = "Jo Marsh" }' },
    { "use", takes = { { "name", "text" } }, gives = { "function(table): table" },
      text = "A plugin to work by, and its options, in order. Of several with a road map the last one gives it.",
      example = 'use "essex" { callback_sessions = 2 }' },
  },
}
