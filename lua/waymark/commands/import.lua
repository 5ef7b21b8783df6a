-- waymark import: take in what a school's system exports. What is in the files is a command within it
-- (commands/import/take).

local common = require "waymark.commands.shared.common"

local import = {
  name = "import",
  summary = "Take in files: schools, calendar, pupils, contacts, marks, entries or actions.",
  example = "waymark import marks marks.csv --dry-run",
  see = "files.md: the columns of every file",
}

local kinds = {
  { "schools", "The schools of a trust or an authority." },
  { "calendar", "Days on which a school is open, or closed." },
  { "pupils", "Who is on roll." },
  { "contacts", "Parents and others, with what they may do and how to reach them." },
  { "marks", "Registers." },
  { "entries", "What was done before Waymark was there." },
  { "actions", "A list of `today` that was filled in." },
  { "removed-schools", "Schools to take out again of which nothing is kept." },
}

-- Before the kind and after it.
local function add_options(parser, is_before)
  local function add(option) option:hidden(is_before) end
  add(parser:flag("--strict", "All rows or none."))
  add(common.dry_run(parser))
  add(common.by(parser))
  add(parser:option("--format", "table (to read) or json."):choices { "table", "json" })
end

function import.options(parser, add_common)
  parser:command_target "kind"
  add_options(parser, true)
  for _, kind in ipairs(kinds) do
    local name = kind[1]
    local sub = parser:command(name, kind[2])
    sub:epilog(("Example:\n  waymark import %s %s.csv --dry-run"):format(name, name))
    sub:argument("file", "Files, folders with files, or - for standard input."):target "files":args "+"
    if name == "pupils" then
      sub:option("--same", "It is the same child still who has this UPN."):argname "UPN":count "*"
      sub:option("--another", "It is another child who has this UPN now."):argname "UPN":count "*"
    end
    add_options(sub, false)
    add_common(sub)
  end
end

local function module_of(word) return require("waymark.commands.import." .. word) end

function import.run(arguments) return module_of("take").run(arguments) end

return import
