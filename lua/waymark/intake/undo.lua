-- intake/undo: takes back what an import changed, as far as nothing newer rests on it.
--
--   1. The import and its undo both stay on record: marks are amended, so that `--known-at` between the two shows what
--      was known then; counts and the file's digest stay. Of children who came by it alone no name is left.
--   2. Nothing is undone below something newer: what rests on it is named, and what can be taken back first.
--   3. It is one change of the workspace: whole, or not begun.

local core = require "waymark.core"
local imports = require "waymark.store.imports"
local problem = require "waymark.base.problem"
local runs = require "waymark.store.runs"
local words = require "waymark.base.words"

local undo = {}

-- How long people's rows are kept as they were before an import: after that a slip would have been seen, and what was
-- put right (an address that a family has left) is not kept for longer than that needs.
undo.days = 90

local most_named = 10

-- "import 3 (marks.csv)"
function undo.name(import) return ("import %d (%s)"):format(import.id, core.escape(import.file)) end

-- Of a list of what rests on an import, as words of each, the first, and how many more there are.
local function first_of(list, word)
  local parts = {}
  for i = 1, math.min(#list, most_named) do parts[i] = word(list[i]) end
  if #list > most_named then parts[#parts + 1] = ("and %s more"):format(words.number(#list - most_named)) end
  return table.concat(parts, ", ")
end

local function entry_words(entry)
  local what = entry.step or entry.kind:gsub("^entry%.", "")
  return ("entry %d of %s (%s, %s)"):format(entry.id, core.escape(entry.name), what, core.date.short(entry.on))
end

-- What rests on an import, { what, todo }: later imports, entries, documents, marks, contacts, a school in use.
function undo.resting(space, import)
  local store, list = space.store, {}
  local function add(what, todo) list[#list + 1] = { what = what, todo = todo } end
  local later = imports.later(store, import.id)
  if #later > 0 then
    add(("came later, with the same days or people: %s"):format(first_of(later, undo.name)),
      ("undo import %d first: waymark import --undo %d"):format(later[1].id, later[1].id))
  end
  local entries = imports.entries_of_added(store, import.id, import.last_event)
  local documents = import.kind == "marks" and imports.documents_since(store, import.last_event) or {}
  if #documents > 0 then -- only then it matters whose marks it brought
    local brought = {}
    for _, each in ipairs(imports.marks(store, import.id)) do brought[each.enrolment] = true end
    for _, each in ipairs(documents) do
      if brought[each.enrolment] then entries[#entries + 1] = each end
    end
  end
  if #entries > 0 then
    add(("recorded or made since: %s"):format(first_of(entries, entry_words)),
      ("strike it out first, if it is wrong: waymark correct \"%s\" %d --why TEXT"):format(core.escape(entries[1].name),
        entries[1].id))
  end
  local joined = imports.joined_since(store, import.id, import.last_event)
  if #joined > 0 then
    add(("were joined with another pupil since: %s"):format(first_of(joined, function(each)
      return core.escape(each.name)
    end)), "that is not taken back; import the right file instead")
  end
  local marked = imports.added_with_marks(store, import.id)
  if #marked > 0 then
    add(("have marks: %s"):format(first_of(marked, function(each) return core.escape(each.name) end)),
      "undo the imports of these marks first; see: waymark import list")
  end
  local with_contacts = imports.added_with_contacts(store, import.id)
  if with_contacts > 0 then
    add(("%s of it have contacts"):format(words.count(with_contacts, "pupil")),
      "undo the import of these contacts first; see: waymark import list")
  end
  local schools = imports.added_schools_in_use(store, import.id)
  if #schools > 0 then
    add(("have pupils, a calendar or registers, or had them: %s"):format(first_of(schools, function(each)
      return core.escape(each.key)
    end)), "undo what was imported for them first; where a register was, its history stays, and the school with it")
  end
  return list
end

-- The import with a number, if it can be undone at all.
local function import_of(space, id)
  local import = imports.get(space.store, id)
  if not import then problem.raise("there is no import %d; see them with: waymark import list", id) end
  if import.undoes then
    problem.raise("import %d is itself an undo, of import %d; to have that again, import its file again", id,
      import.undoes)
  end
  if import.undo then
    problem.raise("%s was undone already, on %s", undo.name(import), import.undone_at:sub(1, 10))
  end
  if not import.last_event then
    problem.raise("%s was taken in by an older Waymark, which did not keep what an import changed; import the right "
      .. "file instead", undo.name(import))
  end
  local old = space.now - import.seconds > undo.days * 24 * 60 * 60
  if old and (import.kind == "pupils" or import.kind == "contacts") then
    problem.raise("%s was taken in more than %d days ago, and what people's rows were before is kept no longer; import "
      .. "the right file instead", undo.name(import), undo.days)
  end
  return import
end

-- Undo import `id`, within a change of the workspace. -> { import, undo = its number, set, changed = marks taken out
-- and put back, rows = of people, schools and calendars, lapsed = suggestions, run = a run of suggest recorded since |
-- nil }
function undo.run(space, id, by)
  local store, import = space.store, import_of(space, id)
  local resting = undo.resting(space, import)
  if #resting > 0 then
    local parts = {}
    for i, each in ipairs(resting) do parts[i] = ("%s (%s)"):format(each.what, each.todo) end
    problem.raise("%s cannot be undone while newer things rest on it: %s", undo.name(import), table.concat(parts, "; "))
  end
  local report = { import = import, set = 0, changed = 0, rows = 0, lapsed = 0 }
  for _, each in ipairs(imports.suggestions_of_added(store, id)) do
    problem.check(store:lapse_suggestion { enrolment = each.enrolment, step = each.step, concern = each.concern,
      on = space:today(), at = space.now, plugin = each.plugin, version = each.version, by = by,
      data = problem.check(core.encode { why = undo.name(import) .. " was undone" }) })
    report.lapsed = report.lapsed + 1
  end
  report.undo = imports.add_undo(store, import, { at = space.now, by = by })
  if import.kind == "marks" then
    report.set, report.changed = problem.check(store:undo_marks { import = id, undo = report.undo, at = space.now,
      by = by })
    imports.undo_details(store, id, { id = report.undo, at = space.now, by = by })
  else
    report.rows = imports.undo_rows(store, id)
  end
  local run = runs.last(store)
  local has_run = run and (run.at > import.seconds or (run.last_event or 0) > import.last_event)
  report.run = has_run and run or nil
  return report
end

-- What of people is kept no longer: called by each import.
function undo.forget(space)
  imports.forget(space.store, 1, imports.last_before(space.store, space.now - undo.days * 24 * 60 * 60))
end

return undo
