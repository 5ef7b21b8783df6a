-- api/profile: the declaration of profiles, which say how the exports of a system are read. See api/init.lua.

local function per_file(name, type, text, grant) return { name, type, text, grant = grant, since = 3 } end

return {
  title = "profile", where = "plugin", run = "load",
  about = "How the exports of a system are read: a file `profiles/NAME.lua` returns `profile { … }`, and is named with "
    .. "`--profile NAME`, or its plugin with `use`. What is not said is found out from the file.",
  choices = {
    encoding = { "utf-8", "windows-1252", "iso-8859-1", "utf-16le", "utf-16be" },
    quoting = { "doubled", "backslash" },
    shape = { "long", "daily", "grid", "string" },
    date_order = { "day-first", "month-first" },
    export_kind = { "marks", "pupils", "contacts" },
  },
  newer = {
    encoding = { ["utf-8"] = 3, ["windows-1252"] = 3, ["iso-8859-1"] = 3, ["utf-16le"] = 3, ["utf-16be"] = 3 },
    quoting = { doubled = 3, backslash = 3 },
    shape = { long = 3, daily = 3, grid = 3, string = 3 },
    date_order = { ["day-first"] = 3, ["month-first"] = 3 },
    export_kind = { marks = 3, pupils = 3, contacts = 3 },
  },
  entries = {
    { "profile", in_lua = true, since = 3, takes = { { "fields", "profile fields" } }, gives = { "profile" },
      text = "A profile, checked. Nothing of it is asked by the row.", example = [[
local ours = profile {
  title = "Registers from our own report",
  confirmed = { "the headings: a file of 12 January 2026" },
  marks = {
    shape = "long",
    columns = { upn = "Pupil No", code = { "Mark", "Code" } },
    marks = { ["?"] = "" },
  },
}
ours.marks.shape          --> "long"]],
      form = {
        { "title", "text", "the system and the report, as people know them", required = true, since = 3 },
        { "about", "text", "how to make the export there, in a few sentences", since = 3 },
        { "confirmed", "list of text", "what of it was seen in real exports or is published, and where", since = 3 },
        { "believed", "list of text", "what is best knowledge: to be looked at with the first file", since = 3 },
        { "marks", "reading fields", "of registers", since = 3 },
        { "pupils", "reading fields", "of who is on roll", since = 3 },
        { "contacts", "reading fields", "of parents and others", since = 3 },
        { "read", "function(file): reading|nil", "asked once a file: what differs from file to file, over what is said "
          .. "above; nil, if nothing does", since = 3, told = "reads" },
      } },
    { "profile", class = true, since = 3, is = "profile fields", text = "What `profile { … }` gives: its fields.",
      fields = {}, example = [[
local ours = profile { title = "Ours", pupils = { columns = { upn = "No" } } }
ours.title                --> "Ours"]] },
    { "reading", in_lua = true, since = 3, text = "How files of one kind are read.", example = [[
local ours = profile { title = "Weekly sheets", marks = { shape = "grid", heading_rows = 2, dates = "day-first" } }
ours.marks.dates          --> "day-first"]],
      form = {
        { "columns", "map of text|list of text", "the headings in the file, by the column that they are: `{ upn = "
          .. "\"Unique Pupil No\", code = { \"Mark\", \"Code\" } }`; capitals, spaces and signs do not matter",
          since = 3 },
        { "shape", "shape", "`long`: a row a mark; `daily`: a row a pupil and day; `grid`: a row a pupil, a column a "
          .. "session; `string`: one string of marks a pupil", since = 3 },
        { "dates", "date_order", "how 2/3/2026 is meant", since = 3 },
        { "marks", "map of text", "odd marks as they are written, none of them a code of the register, "
          .. "and the code that each is; \"\": no mark", since = 3 },
        { "sub_codes", "map of text", "marks of the supplier's own, and the code that each is; kept beside it",
          since = 3 },
        { "encoding", "encoding", nil, since = 3 },
        { "delimiter", "text", "what stands between cells: a comma, a semicolon, a tab or `|`", since = 3 },
        { "quoting", "quoting", "how a quote within quotes is written", since = 3 },
        { "sheet", "text", "the name or the number of a spreadsheet's sheet, else the first", since = 3 },
        { "records", "text", "XML: the element that is a record; JSON: the list's name", since = 3 },
        { "heading", "integer", "the line of the heading row", least = 1, most = 10000, since = 3 },
        { "heading_rows", "integer", "how many heading rows", least = 1, most = 2, since = 3 },
        { "weekends", "boolean", "of strings: Saturdays and Sundays take places", since = 3 },
        { "starts", "date", "of strings: the first day, where the file does not say it", since = 3 },
        { "school", "text", "the school, where the file does not say it", since = 3 },
      } },
    { "file", class = true, since = 3, text = "What `read` is given.", fields = {
        per_file("kind", "export_kind", "what it is taken in as"),
        per_file("name", "text", "without its folder"),
        per_file("form", "text", "`text`, `spreadsheet`, `xml`, `json`"),
        per_file("encoding", "text?"),
        per_file("headings", "list of text"),
        per_file("records", "integer", "how many"),
        per_file("columns", "list of file_column", "in the order of the headings; of at most 1,000"),
        per_file("preamble", "list of text", "the lines above the headings", "file.rows"),
        per_file("rows", "list of list of text", "the first twenty records", "file.rows"),
      }, run = "load", example = [[
local ours = profile { title = "Ours", read = function(file)
  if #file.headings > 60 then return { shape = "grid" } end
end }
ours.title                --> "Ours"]] },
    { "file_column", class = true, since = 3, text = "A column of a file: how many of its cells are what.", fields = {
        per_file("heading", "text"),
        per_file("blank", "integer"),
        per_file("upn", "integer", "that are UPNs"),
        per_file("numbers", "integer"),
        per_file("dates", "map of integer", "by how they are written: `iso`, `day_first_only`, `month_first_only`, "
          .. "`either`, `serial`, `words`"),
        per_file("first_date", "date?"),
        per_file("last_date", "date?"),
        per_file("distinct", "map of integer?", "its texts, and how many cells have each; nil of more than 64",
          "file.rows"),
      }, run = "load", example = [[
local ours = profile { title = "Ours", read = function(file)
  for _, column in ipairs(file.columns) do
    if column.upn > 0 then return { columns = { upn = column.heading } } end
  end
end }
ours.title                --> "Ours"]] },
  },
}
