-- waymark import show N: what one import changed: counts first, then names.

local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local intake = require "waymark.commands.shared.intake"
local imports = require "waymark.store.imports"
local problem = require "waymark.base.problem"
local undo = require "waymark.intake.undo"
local words = require "waymark.base.words"

local show = {
  summary = "What one import changed: counts, then names.",
  example = "waymark import show 3",
}

function show.options(parser)
  parser:argument("number", "Its number in: waymark import list."):convert(common.number("import show", 1))
  parser:option("--format", "table (to read) or json."):choices { "table", "json" }
end

local most_shown = 40

local days = { dob = true, joined = true, left = true }
local tables_of = { pupil = "names", enrolment = "stays", contact = "contacts" }

local flags = { parental_responsibility = true, lives_with = true, no_contact = true, confidential_address = true }

local function value_words(field, value)
  if value == nil or value == "" then return "none" end
  if flags[field] then return value == 1 and "yes" or "no" end
  return days[field] and core.date.add("1970-01-01", value) or tostring(value)
end

-- What a row was and is, for people: "surname Byron → Marsh, address changed".
local function change_words(row)
  if not row.was then return "new" end
  local parts = {}
  for _, field in ipairs(row.changed) do
    local was, now = row.was[field], row.now[field]
    if field == "gone" then
      parts[#parts + 1] = now == 1 and "no longer there" or "there again"
    else
      parts[#parts + 1] = was == nil and now == nil and field .. " changed"
        or ("%s %s → %s"):format(field, value_words(field, was), value_words(field, now))
    end
  end
  return #parts > 0 and table.concat(parts, ", ") or "something that is not shown"
end

-- { import, what it is; marks = { set, changed, pupils = {…}, changes = {…} }, people = {…}, others = {…} }
local function facts_of(space, import)
  local item = intake.import_item(import)
  local schools = core.array {}
  for i, each in ipairs(imports.schools(space.store, import.id)) do schools[i] = each.key end
  item.schools = schools
  if import.undo or import.undoes then return item end
  if import.kind == "marks" then
    item.pupils, item.changes, item.set = core.array(imports.marks(space.store, import.id)),
      core.array(imports.amendments(space.store, import.id)), 0
    for _, each in ipairs(item.pupils) do item.set = item.set + each.set end
  else
    item.people, item.others = core.array(imports.people(space.store, import.id)),
      core.array(imports.others(space.store, import.id))
  end
  return item
end

local function print_list(title, rows, words_of)
  if #rows == 0 then return end
  print(("%s (%s)"):format(title, words.number(#rows)))
  for i, row in ipairs(rows) do
    if i > most_shown then
      print(("  … and %s more; all of them: --format json"):format(words.number(#rows - most_shown)))
      break
    end
    print("  " .. words_of(row))
  end
end

local function print_facts(import, item)
  print(("%s: %s of %s%s"):format(undo.name(import), import.kind, core.system.local_text(import.seconds),
    import.by and ", by " .. core.escape(import.by) or ""))
  print(("%12s  new"):format(words.number(import.added)))
  print(("%12s  unchanged"):format(words.number(import.unchanged)))
  print(("%12s  changed"):format(words.number(import.changed)))
  print(("%12s  left out"):format(words.number(import.left_out)))
  print("SHA-256 of the file: " .. import.digest)
  if import.undoes then print(("It undid import %d."):format(import.undoes)) end
  if import.undo then
    print(("It was undone by import %d, on %s%s; whom it was about is kept no longer."):format(import.undo,
      core.date.english(import.undone_at:sub(1, 10)),
      import.undone_by and ", by " .. core.escape(import.undone_by) or ""))
  elseif not import.undoes and not import.last_event then
    print "An older Waymark took it in, which did not keep what an import changed."
  end
  if import.first then
    print(("Registers of %s to %s"):format(core.date.short(import.first), core.date.short(import.last)))
  end
  for _, each in ipairs(item.others or {}) do
    print(("%s: %s new, %s changed"):format(each.of == "school" and "Schools" or "Days of calendars",
      words.number(each.added), words.number(each.changed)))
  end
  for _, of in ipairs { "pupil", "enrolment", "contact" } do
    local rows = {}
    for _, row in ipairs(item.people or {}) do
      if row.of == of then rows[#rows + 1] = row end
    end
    print_list(("Pupils whose %s it has new or changed"):format(tables_of[of]), rows, function(row)
      return ("%s: %s"):format(core.escape(row.name), core.escape(change_words(row)))
    end)
  end
  print_list("Marks it changed", item.changes or {}, function(each)
    return ("%s: %s, %s %s → %s"):format(core.escape(each.name), core.date.short(each.date), each.session,
      words.mark(each.was), words.mark(each.now))
  end)
  print_list("Pupils whose marks it brought", item.pupils or {}, function(each)
    return ("%s: %s new, %s changed"):format(core.escape(each.name), words.number(each.set),
      words.number(each.changed))
  end)
end

function show.run(arguments)
  local space = common.open(arguments, "read")
  local import = imports.get(space.store, arguments.number)
  if not import then
    problem.raise("there is no import %d; see them with: waymark import list", arguments.number)
  end
  local item = facts_of(space, import)
  space:close()
  if arguments.format == "json" then
    print(problem.check(core.encode(item, 2)))
  else
    print_facts(import, item)
  end
end

return show
