-- waymark letter: make a document of the road map for a pupil: the copy for people where
-- they want it, and the same bytes kept with the case.

local casework = require "waymark.commands.shared.casework"
local cases = require "waymark.case"
local common = require "waymark.commands.shared.common"
local consult = require "waymark.ask.consult"
local core = require "waymark.core"
local documents = require "waymark.document"
local files = require "waymark.base.files"
local language = require "waymark.document.language"
local pdf = require "waymark.document.pdf"
local people = require "waymark.case.people"
local problem = require "waymark.base.problem"
local plugin_common = require "waymark.commands.shared.plugin"
local plugin_forms = require "waymark.plugin.forms"
local purposes = require "waymark.plugin.purposes"
local tables = require "waymark.base.tables"
local terminal = require "waymark.base.terminal"
local words = require "waymark.base.words"

local command = {
  name = "letter",
  summary = "Make a letter, form or notice for a pupil.",
  example = 'waymark letter "Ada Byron" notice-to-improve --parent mother --pdf -o letters',
}

function command.options(parser)
  casework.who(parser)
  parser:argument("document", "The document, as --list names it."):args "?"
  parser:flag("--list", "Which documents there are for the pupil, and whom each is to.")
  parser:option("--parent", "To whom: a contact's name or relationship (else each parent)."):argname "CONTACT"
  parser:option("--entry", "The number of the entry that it is about (else the last)."):argname "N"
    :convert(common.number "--entry")
  parser:option("--on", "The day it is of (else today)."):argname "DATE"
  parser:option("--language", "A language such as pl or Polish (else the parent's own)."):argname "LANGUAGE"
  parser:flag("--pdf", "A PDF as well (with the program weasyprint).")
  parser:option("-o --output", "A folder, or a file (.html, .pdf) for one document (else the current folder).")
    :argname "FILE"
  parser:option("--reference", "A reference of the school's own."):argname "TEXT"
  parser:option("--despite", "Why it is made although something holds it back."):argname "REASON"
  parser:option("--format", "With --list: table, csv or json."):choices { "table", "csv", "json" }:default "table"
  common.by(parser)
  common.dry_run(parser)
end

-- What there is ---------------------------------------------------------------------------------

local columns = { { title = "document", name = "name" }, { title = "for", name = "whom" },
  { title = "step", name = "step" }, { title = "title", name = "title" },
  { title = "also in", name = "languages" } }

local function list(arguments)
  local space, steps = common.open(arguments, "read"), {}
  local found = space:find_pupil(arguments.who)
  local rows = documents.list(space, found)
  if #rows == 0 then problem.raise "the road map has no documents" end
  for i, row in ipairs(rows) do steps[i] = row.of end
  if arguments.format == "table" then
    plugin_common.write("table", columns, rows)
    print ""
    for _, line in ipairs(purposes.lines(steps, core.system.width())) do
      print(terminal.paint("dim", core.escape(line)))
    end
  else
    local all = { table.unpack(columns) }
    all[#all + 1] = { name = "about" }
    plugin_common.write(arguments.format, all, rows)
  end
  space:close()
end

-- Making ------------------------------------------------------------------------------------------

-- Whether the output is one file (a page or a PDF), and not a folder.
local function is_one_file(arguments)
  local output = arguments.output
  return output ~= nil and not files.is_folder(output) and output:lower():find "[^/]%.%a+$" ~= nil
end

-- To whom it is made: { false } for nobody in particular; and the names of whom it is not known that they are a parent.
local function recipients(letter, arguments)
  if arguments.parent then return { letter:parent(arguments.parent) }, {} end
  local parents, unknown = letter:parents()
  if not parents then return { false }, {} end
  if #parents == 0 then
    problem.raise("%s has no parent on record that it can be written to; name one with --parent", letter.pupil.name)
  end
  return parents, people.names(unknown)
end

-- Where a step fills in its letter, a worker is asked: it loads the plugins while the templates are read.
local function begin_worker(space, pupil, on, name)
  local declared = space:map_for_school(pupil.school).declared
  for _, step in ipairs(declared and declared.steps or {}) do
    if step[plugin_forms.told "fills"] and tables.has(step.documents or {}, name) then
      return consult.begin(space, pupil.school, on or space:today())
    end
  end
end

local function make_all(space, pupil, arguments)
  local on = common.check_date(arguments.on, "--on")
  begin_worker(space, pupil, on, arguments.document)
  local letter, all = documents.open(space, pupil, arguments.document, { entry = arguments.entry,
    on = on, language = arguments.language, despite = arguments.despite,
    pdf = arguments.pdf and not arguments.dry_run, by = arguments.by, reference = arguments.reference }), {}
  local parents, unknown = recipients(letter, arguments)
  for i, parent in ipairs(parents) do
    local why = letter:why_not(parent or nil)
    if why then problem.raise("%s", why) end
    all[i] = letter:html(parent or nil)
  end
  if #all > 1 and is_one_file(arguments) then
    problem.raise("there are %d letters, one for each parent; say a folder with -o, or which parent", #all)
  elseif is_one_file(arguments) and #space:find_pupils(arguments.who) > 1 then
    problem.raise "there are letters of several children; say a folder with -o"
  end
  return all, unknown
end

-- Keeping ------------------------------------------------------------------------------------------

-- A copy where the person wants it; a new one, and a new folder, are gone again when the
-- command fails.
local function write(path, bytes, new_folder, arguments)
  if new_folder then
    problem.check(files.make_folder(new_folder))
    table.insert(arguments.new_copies, new_folder)
  end
  if problem.check(files.write(path, bytes)) then table.insert(arguments.new_copies, path) end
end

-- A PDF asked for by the name of its file is the only copy.
local function is_pdf_only(arguments) return (arguments.output or ""):lower():find "%.pdf$" ~= nil end

-- Where a copy goes: a file, by its ending; else a folder, which need not be there yet, or the
-- current one. A letter of that name that somebody changed by hand stays, and the new one has
-- a number. -> path, and the folder when it has to be made
local function place(arguments, base, ending, bytes)
  local output = arguments.output
  if is_one_file(arguments) then
    return output:lower():sub(-#ending) == ending and output or output:gsub("%.%w+$", "") .. ending
  end
  local folder = (output or "."):gsub("(.)/+$", "%1")
  local path = problem.check(files.free(folder, base, { ending }, bytes)) .. ending
  return path:gsub("^%./", ""), not files.is_folder(folder) and folder or nil
end

local function place_copies(made, base, arguments)
  made.copies = {}
  local function add(ending, bytes)
    local path, new_folder = place(arguments, base, ending, bytes)
    made.copies[#made.copies + 1] = path
    if not arguments.dry_run then write(path, bytes, new_folder, arguments) end
  end
  if not is_pdf_only(arguments) then add(".html", made.html) end
  if made.pdf then add(".pdf", made.pdf) end
end

local function keep(space, pupil, made, base, arguments)
  local kept = cases.keep(space, made.html, base .. ".html")
  local note
  if made.pdf then
    kept.pdf = cases.keep(space, made.pdf, base .. ".pdf")
    note = ("PDF: %s, SHA-256 %s"):format(kept.pdf.path, kept.pdf.digest)
  end
  kept.document, kept.title, kept.language = made.name, made.title, made.language
  kept.step, kept.of, kept.parent = made.step, made.of, made.parent and made.parent.id
  return cases.keep_rendered(space, pupil, kept, { by = arguments.by, despite = arguments.despite, note = note })
end

local function keep_all(space, pupil, all, arguments)
  if not arguments.dry_run then space:lock() end
  for _, made in ipairs(all) do
    local base = files.slug(pupil.name, made.name, made.parent and made.parent.salutation)
    if not arguments.dry_run then made.entry = keep(space, pupil, made, base, arguments) end
    place_copies(made, base, arguments)
  end
end

-- Saying -------------------------------------------------------------------------------------------

local function notes_of(made)
  local notes = {}
  if made.language ~= language.usual then
    notes[#notes + 1] = ("in %s, with the English one after it"):format(language.name(made.language))
  end
  if made.without then notes[#notes + 1] = ("in English: there is none in %s"):format(made.without) end
  if made.by_hand then notes[#notes + 1] = "the address is confidential and not in it; give it by hand" end
  if made.unclear then
    notes[#notes + 1] = ("not about entry %d, which names no parent; say so with --entry %d, or with whom it was: "
      .. "waymark audience"):format(made.unclear, made.unclear)
  elseif made.step and made.is_empty then
    notes[#notes + 1] = ("%s is not recorded yet, so what it would say is empty"):format(made.step.title)
  end
  if made.nobody then
    notes[#notes + 1] = 'it names nobody to ask; add to waymark.lua: staff { attendance_officer = "Name <address>" }'
  end
  if made.unseen > 0 then
    notes[#notes + 1] = ("%s of support not in it: for staff alone, or not this reader's"):format(
      words.count(made.unseen, "entry", "entries"))
  end
  if made.unsaid > 0 then
    notes[#notes + 1] = ("the words of %s of support not in it: not meant for the family"):format(
      words.count(made.unsaid, "entry", "entries"))
  end
  return notes
end

local function say(arguments, found, made)
  local to = made.parent and (" to %s"):format(made.parent.name) or ""
  local line = ("%s %s for %s%s"):format(arguments.dry_run and "Would make" or "Made", made.title, found.name, to)
  local paths = table.concat(made.copies, ", ")
  print(core.escape(("%s: %s%s"):format(line, paths, made.entry and (" (entry %d)"):format(made.entry) or "")))
  for _, note in ipairs(notes_of(made)) do print(core.escape("  " .. note)) end
end

function command.run(arguments)
  if arguments.list or not arguments.document then
    if not arguments.list then problem.raise "say which document; see: waymark letter WHO --list" end
    return list(arguments)
  end
  if arguments.pdf == nil and is_pdf_only(arguments) then arguments.pdf = true end
  arguments.new_copies = {}
  local space
  local ok, status = pcall(casework.change, arguments, function(_, pupil, _, all, unknown)
    keep_all(space, pupil, all, arguments)
    return function()
      for _, made in ipairs(all) do say(arguments, pupil, made) end
      for _, name in ipairs(unknown) do
        print(core.escape(("None to %s: it is not known that they are a parent; if they are, import what is known, or "
          .. 'name them with --parent and --despite "…"'):format(name)))
      end
    end
  end, function(opened, pupil)
    space = opened
    casework.trim(arguments)
    pdf.clear(space.folder)
    return make_all(space, pupil, arguments)
  end)
  if not ok and not (space and space.is_changed) then
    for i = #arguments.new_copies, 1, -1 do os.remove(arguments.new_copies[i]) end
  end
  if not ok then error(status, 0) end
  print "Read it before it goes out. What was sent is recorded with: waymark attach … --as sent"
  return status
end

return command
