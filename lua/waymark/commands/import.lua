-- waymark import: take in what a school's system exports. What is in the files is a command within it
-- (commands/import/take); so are further words, each a module of its own, and --undo takes one back.

local common = require "waymark.commands.shared.common"
local reading = require "waymark.commands.shared.reading"
local tables = require "waymark.base.tables"

local import = {
  name = "import",
  summary = "Take in files: schools, calendar, pupils, contacts, marks, entries or actions.",
  example = "waymark import marks marks.csv --dry-run",
  see = "files.md: the columns of every file",
}

local kinds = {
  { "schools", "The schools of a trust or an authority." },
  { "calendar", "Days on which a school is open, or closed." },
  { "pupils", "Who is on roll.", is_read = true },
  { "contacts", "Parents and others, with what they may do and how to reach them.", is_read = true },
  { "marks", "Registers.", is_read = true },
  { "entries", "What was done before Waymark was there." },
  { "actions", "A list of `today` that was filled in." },
  { "removed-schools", "Schools to take out again of which nothing is kept." },
}

-- Before the kind and after it.
local function add_options(parser, is_before)
  local function add(option) option:hidden(is_before) end
  add(parser:flag("--strict", "All rows or none."))
  add(parser:flag("--yes", "It is the right file, whatever is doubtful about it."))
  add(common.dry_run(parser))
  add(common.by(parser))
  add(parser:option("--format", "table (to read) or json."):choices { "table", "json" })
end

local further = { "describe", "list", "show" }

local function module_of(word) return require("waymark.commands.import." .. word) end

function import.options(parser, add_common)
  parser:command_target "kind":require_command(false)
  add_options(parser, true)
  parser:option("--undo", "Take back what an import changed, by its number (import list)."):argname "N"
    :convert(common.number("--undo", 1))
  for _, kind in ipairs(kinds) do
    local name = kind[1]
    local sub = parser:command(name, kind[2])
    sub:epilog(("Example:\n  waymark import %s %s.csv --dry-run"):format(name, name))
    sub:argument("file", "Files, folders with files, or - for standard input."):target "files":args "+"
    if name == "pupils" then
      sub:option("--same", "It is the same child still who has this UPN."):argname "UPN":count "*"
      sub:option("--another", "It is another child who has this UPN now."):argname "UPN":count "*"
    end
    if name == "calendar" then
      sub:option("--school", "Of several schools the one whose days an iCalendar file (.ics) has."):argname "SCHOOL"
    end
    add_options(sub, false)
    if kind.is_read then reading.options(sub) end
    add_common(sub)
  end
  for _, word in ipairs(further) do
    local module = module_of(word)
    local sub = parser:command(word, module.summary):epilog("Example:\n  " .. module.example)
    module.options(sub)
    add_common(sub)
  end
end

-- What is wrong about these arguments together, or nil.
function import.misuse(arguments)
  if arguments.undo and arguments.kind then return "--undo stands alone: waymark import --undo N" end
  return not arguments.undo and not arguments.kind and "a command is required: what is in the file, or --undo" or nil
end

function import.run(arguments)
  return module_of(arguments.undo and "undo" or tables.has(further, arguments.kind) and arguments.kind or "take")
    .run(arguments)
end

return import
