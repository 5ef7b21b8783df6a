-- api/scripts: the declaration of what `waymark -e`, `run`, `repl` and stock Lua have. See
-- api/init.lua. Not part of an API level: plugins do not have it.

return {
  title = "scripts", where = "script", run = "script",
  about = "In `waymark -e`, `run` and `repl`, beside all of Lua: the subjects pupil, evidence, rules, calendar and "
    .. "date; each plugin's rules under its name (`england.national`); and these. Scripts see every field of a pupil.",
  entries = {
    { "pupils", takes = { { "filter", "pupils fields?" } }, gives = { "function(): pupil?" },
      text = "Iterates pupils, in the order they were imported.",
      form = {
        { "school", "text|integer", "its key or number" },
        { "as_of", "date", "the day looked at; else the last that registers came in for" },
        { "known_at", "text", "with what was known then: a time" },
        { "year", "text|integer" },
        { "form", "text" },
        { "upn", "text" },
        { "enrolment", "integer", "the number of one enrolment" },
        { "everyone", "boolean", "leavers of earlier years too" },
      }, example = [[
for p in pupils { year = 5 } do print(p.name, p:rate()) end]] },
    { "sql", takes = { { "query", "text" } }, gives = { { "function(): list of any?", "next_row" },
        { "list of text", "columns" } },
      text = "Iterates the rows of a SELECT, each a list of cells; an empty cell is nil. Read-only.",
      example = 'for row in sql "SELECT count(*) FROM mark" do print(row[1]) end' },
    { "waymark.open", takes = { { "folder", "text?" }, { "now", "integer?", "seconds, in place of the clock" } },
      gives = { "waymark?", { "problem?", "why not" } }, run = "library", text = "From stock Lua, after "
        .. "`local waymark = require \"waymark\"`: opens a workspace for reading.",
      example = 'local w = assert(waymark.open ".")' },
    { "problem", class = true, run = "library", text = "What is answered after nil when something cannot be "
        .. "done; `tostring` makes one line of it.", fields = {
        { "what", "text", "what is wrong" },
        { "todo", "text?", "what to do" },
        { "where", "text?", "the file, or the name of what it is about" },
        { "line", "integer?", "of that file" },
      }, example = [[
local _, why = waymark.open "/nowhere"
why.todo    --> "make one with: waymark init DIR"]] },
    { "waymark", class = true, run = "library", text = "A workspace that was opened.", fields = {
        { "plugins", "map of map of rule", "the rules that each plugin in use declares, \"-\" also as \"_\"" },
      }, example = [[
local w = assert(waymark.open ".")
w.plugins.england.national.at_least    --> 10
w:close()]] },
    { "waymark:pupils", takes = { { "filter", "pupils fields?" } }, gives = { "function(): pupil??",
        { "problem?", "why not" } }, run = "library", text = "As `pupils` in a script.", example = [[
local w = assert(waymark.open ".")
for p in assert(w:pupils { upn = "A1" }) do print(p.name) end]] },
    { "waymark:sql", takes = { { "query", "text" } }, gives = { { "function(): list of any??", "next_row" },
        { "list of text|problem", "columns, or why not" } }, run = "library", text = "As `sql` in a script.",
      example = [[
local w = assert(waymark.open ".")
for row in w:sql "SELECT count(*) FROM mark" do print(row[1]) end]] },
    { "waymark:close", takes = {}, gives = {}, run = "library", text = "Closes it.", example = [[
local w = assert(waymark.open ".")
w:close()]] },
  },
}
