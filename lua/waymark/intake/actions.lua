-- intake/actions: a list that was filled in and comes back: each filled row becomes an
-- entry of its pupil's case, once.
--
-- A row is found by its `ref` (waymark.today): the list, the number, the step and a
-- digest over what the row was about. The name in the row must be that pupil's: a
-- column that was sorted apart from the others would name somebody else.
--   1. The same file twice adds nothing: the key of a row is its ref and a digest
--      of what was filled in.
--      What a command recorded already, of that day and in the same words, is not recorded again either.
--   2. A row that was recorded is not recorded again in other words, unless the
--      first was an attempt, is about another day, or was struck out.
--   3. A row that names another step under "what to do" is about that one; so a copy of a row records a second
--      thing of the same pupil.
--   4. What cannot be taken is left out with its line and the cause, and kept in
--      left-out/ to be put right and imported again.
-- Runs inside the transaction of its caller.

local core = require "waymark.core"
local actions_fields = require "waymark.intake.columns"
local cases = require "waymark.case"
local cells = require "waymark.intake.cells"
local problem = require "waymark.base.problem"
local lists = require "waymark.store.lists"
local suggestions = require "waymark.store.suggestions"
local tables = require "waymark.base.tables"
local titles = require "waymark.plugin.titles"
local today = require "waymark.today"
local check = core.sdk "check"
local sdk_entries = core.sdk "entries"

local actions = {}

-- Columns that need not be there, or filled in, beside those of what a step records
-- (actions_fields): for which parent, the entry whose outcome it is, and who may read it.
local added = { "parent", "of", "audience" }

actions.filled = { "done on", "with whom", "outcome", "reason given", "note", "review on" }

local is_ours = { number = true, pupil = true, form = true, ["what to do"] = true,
  ["what it is for"] = true, why = true, since = true,
  need = true, ["whom to ring"] = true, ["what was tried"] = true, ["of the family too"] = true,
  ["outcomes to choose from"] = true, ref = true }
for _, names in ipairs { actions.filled, added } do
  for _, name in ipairs(names) do is_ours[name] = true end
end

-- Finding the row again -----------------------------------------------------------

local not_ours = "the ref is not one of a list made here; leave that column as it was"

-- What a row of the pupil's may be about: { concern, period_of = the entry whose period it is | nil }.
local function subjects_of(space, row, step)
  local list = {}
  for _, each in ipairs(suggestions.list(space.store, { enrolment = row.enrolment })) do
    if each.step == step then list[#list + 1] = { concern = each.concern } end
  end
  for _, entry in ipairs(cases.entries(space, { pupil = row.pupil, gone = true })) do
    list[#list + 1] = { concern = today.entry_concern("meeting", entry.id) }
    list[#list + 1] = { concern = today.entry_concern("review", entry.id) }
    list[#list + 1] = { concern = today.entry_concern("period", entry.id), period_of = entry.id }
  end
  return list
end

-- The one that a row of a list was about, by the digest in its ref.
local function subject_of(space, row, step, ref)
  for _, subject in ipairs(subjects_of(space, row, step)) do
    if today.ref(row.list, row.number, row.enrolment, step, subject.concern) == ref then return subject end
  end
end

-- The pupil and the step of a ref; raises when it is not one of ours.
local function find_row(space, ref)
  local list, number, step = ref:match "^list%-(%d+)%-(%d+)%-([%w-]+)%-%x+$"
  local rows = list and #list < 16 and #number < 10
    and lists.rows(space.store, math.tointeger(list), math.tointeger(number))
  local row = rows and rows[1]
  local subject = row and row.step == step and subject_of(space, row, step, ref)
  if not subject then problem.raise(not_ours) end
  row.period_of = subject.period_of
  return row
end

local function check_name(row, name)
  if name ~= "" and not cells.same_name(name, row.name) then
    problem.raise('the ref belongs to %s, and the row names "%s"; were the columns sorted apart?', row.name, name)
  end
end

-- The step that a row is about: that of its ref, whose title stands in it ("Review: Early help and support"),
-- unless somebody wrote another one.
local function step_of(map, found, text)
  local step = cases.step(map, found.step)
  local other = titles.find(text, titles.of(map.declared.steps_by_name))
  if not other and (text == "" or text:find(step.title, 1, true)) then return step end
  return cases.step(map, other or text)
end

-- What was filled in --------------------------------------------------------------

local function reason_code(map, text)
  if text == "" then return nil end
  local names = {}
  for _, each in ipairs(map.declared.reasons or {}) do
    local name = cells.plain(text)
    if name == cells.plain(each.code) or name == cells.plain(each.words) then return each.code end
    names[#names + 1] = each.words
  end
  problem.raise('the reason "%s" is not one of: %s%s', text, table.concat(names, ", "), check.did_you_mean(text, names))
end

local set_aside = { ["not-now"] = "put_off", ["put-off"] = "put_off", ["later"] = "put_off", ["bypass"] = "bypass",
  ["bypassed"] = "bypass", ["skip"] = "bypass", ["skipped"] = "bypass" }

local function outcome_of(step, text)
  if text == "" then return nil end
  local name, names = cells.plain(text), {}
  for i, each in ipairs(step.outcomes) do
    if each == name then return each end
    names[i] = (each:gsub("-", " "))
  end
  names[#names + 1] = "not now"
  names[#names + 1] = "bypass"
  problem.raise('the outcome "%s" is not one of: %s%s', text, table.concat(names, ", "),
    check.did_you_mean(text:lower(), names))
end

-- The entry whose outcome a row is: the one that is named, else the period it was about.
local function of_entry(row, found)
  if row.of == "" then return found.period_of end
  return math.tointeger(tonumber(row.of)) or problem.raise('of: "%s" is not the number of an entry', row.of)
end

-- Who may read it; nil: whom its step says.
local function audience_of(text)
  local audience = text:lower():match "^%s*(.-)%s*$"
  if audience == "" then return nil end
  if tables.has(cases.audiences, audience) then return audience end
  problem.raise('the audience "%s" is not one of: %s%s', text, table.concat(cases.audiences, ", "),
    check.did_you_mean(audience, cases.audiences))
end

-- What the step records of it: the columns of its fields, and for which parent it is.
local function fields_of(row, step, columns, day)
  local fields = actions_fields.of(columns, row, step, day)
  if row.parent == "" then return fields end
  fields = fields or {}
  fields.parent = row.parent
  return fields
end

-- What a row asks for: the function of waymark.cases, and what is given to it.
local function read_row(space, map, step, row, by, found, columns)
  local given = { on = cells.past_day(row["done on"], "done on", space:today()), by = by,
    with = row["with whom"] ~= "" and row["with whom"] or nil, note = row.note ~= "" and row.note or nil,
    reason = reason_code(map, row["reason given"]), audience = audience_of(row.audience) }
  given.review_on = cells.coming_day(row["review on"], "review on", given.on or space:today())
  local aside = set_aside[cells.plain(row.outcome)]
  given.fields = fields_of(row, not aside and step or nil, columns, space:today())
  if aside then return aside, given end
  given.outcome = outcome_of(step, row.outcome)
  given.of = given.outcome and of_entry(row, found)
  if not given.on then problem.raise "the day is missing; fill in when it was done" end
  if not given.outcome and not given.fields and #(step.attempts or {}) > 0 then
    problem.raise("the outcome is missing; fill in one of: %s", (table.concat(step.outcomes, ", "):gsub("-", " ")))
  end
  return "record", given
end

-- Once ------------------------------------------------------------------------------

-- `row` has its cells, and the dates as they were understood: a file that was
-- saved again with other dates in it is the same file.
local function key_of(ref, row, given)
  local parts = {}
  for i, name in ipairs(actions.filled) do parts[i] = row[name] end
  parts[1], parts[6] = row["done on"] ~= "" and given.on or "", given.review_on or ""
  parts[3] = cells.plain(row.outcome)
  for _, name in ipairs(added) do
    if row[name] ~= "" then parts[#parts + 1] = name .. " " .. row[name] end
  end
  for _, name in ipairs(check.names(row.fields or {})) do
    local value = (given.fields or {})[name]
    parts[#parts + 1] = name .. " " .. (type(value) == "string" and value or row.fields[name])
  end
  return ("%s %s"):format(ref, core.system.sha256(table.concat(parts, "\n")):sub(1, 24))
end

-- Was this row recorded before? Raises when it was, in other words.
local function is_known(space, found, ref, key, given)
  for _, action in ipairs(lists.actions(space.store, ref .. " ")) do
    if action.key == key then return true end
    local entry = action.struck == 0
      and sdk_entries.by_id(cases.entries(space, { pupil = found.pupil }), action.event)
    local again = not entry or entry.attempt or (given.on and entry.on ~= given.on)
    if not again then
      problem.raise("it was recorded on %s in other words (entry %d); to change that, use: waymark correct",
        core.date.english(entry.on), entry.id)
    end
  end
  return false
end

-- Taking one row ------------------------------------------------------------------

local said = { put_off = "not now", bypass = "left out on purpose" }

-- "Ada Byron, Absence call-back: spoke, by Jo Marsh (entry 5)", recorded of the same day before; nil: none.
local function same_words(space, found, id)
  local entries = cases.entries(space, { pupil = found.pupil })
  local same = cases.same_of_day(entries, sdk_entries.by_id(entries, id))[1]
  if not same then return nil end
  local step = space:step(same.school, same.step)
  return ("%s, %s: %s%s (entry %d)"):format(found.name, step and step.title or same.step,
    (same.outcome or "recorded"):gsub("-", " "), same.by and ", by " .. same.by or "", same.id)
end

local function take(space, row, by, columns)
  local found, ref = find_row(space, row.ref), row.ref
  check_name(found, cells.unguard(row.pupil))
  local map = space:map_for_school(found.school)
  local step = step_of(map, found, row["what to do"])
  if step.name ~= found.step then ref, found.period_of = ("%s/%s"):format(ref, step.name), nil end
  local verb, given = read_row(space, map, step, row, by, found, columns)
  local key = key_of(ref, row, given)
  if is_known(space, found, ref, key, given) then return nil end
  given.by_list = true
  local id, answered, failure, _, _, is_known_entry = cases[verb](space, found, step.name, given)
  lists.add_action(space.store, key, id)
  if is_known_entry then return nil end
  return { entry = id, upn = found.upn, name = found.name, step = step.name, title = step.title,
    on = given.on or space:today(), what = given.outcome and (given.outcome:gsub("-", " ")) or said[verb] or "recorded",
    answered = answered, failure = verb == "record" and failure or nil, same = same_words(space, found, id) }
end

-- A cause is one line: a gate or a name may have brought more.
local function one_line(message) return (message:gsub("%s*\n%s*", "; ")) end

local function is_empty(row)
  for _, name in ipairs(actions.filled) do
    if row[name] ~= "" then return false end
  end
  return row.fields == nil
end

-- The file ------------------------------------------------------------------------

-- A spreadsheet set to American dates writes them month first: 9/1 would be another
-- day. One date that can only be so tells of the whole file.
local function check_dates(path, places)
  local reader = problem.check(core.csv(path))
  for raw in function() return (reader:next()) end do
    for _, name in ipairs { "since", "done on", "review on" } do
      local text = places[name] and raw.cells[places[name]] or ""
      local second = text:match "^%d%d?/(%d%d?)/%d%d"
      if second and math.tointeger(second) > 12 then
        problem.raise("%s has its dates month first (%s); save it again with day first", reader:about().name, text)
      end
    end
  end
  reader:close()
end

local function open(space, path, options)
  local reader = problem.check(core.csv(path, { left_out_dir = not options.dry_run and options.left_out_dir or nil,
    kind = "actions", at = space.now }))
  local places, headings = {}, {}
  for i, heading in ipairs(reader:headings()) do
    headings[i] = cells.heading(heading)
    places[headings[i]] = i
  end
  for _, name in ipairs { "ref", "outcome", "done on" } do
    if not places[name] then
      problem.raise('%s has no column "%s"; it should be a list as `waymark today -o list.csv` makes it',
        reader:about().name, name)
    end
  end
  check_dates(path, places)
  return reader, places, actions_fields.columns(space, headings, is_ours)
end

local function cells_of(raw, places, columns)
  local texts = {}
  for i, text in ipairs(raw.cells or {}) do texts[i] = cells.unguard(text) end
  local row = { line = raw.line, fields = actions_fields.cells(columns, texts) }
  for _, names in ipairs { { "ref", "pupil", "what to do" }, actions.filled, added } do
    for _, name in ipairs(names) do row[name] = texts[places[name]] or "" end
  end
  return row
end

local function leave_out(reader, report, line, why)
  problem.check(reader:leave_out(why))
  report.left_out = report.left_out + 1
  local examples = report.reasons[1].examples
  examples[#examples + 1] = { line = line, words = why }
  report.reasons[1].count = report.left_out
end

local function take_row(space, reader, raw, places, columns, report, by, same)
  report.rows = report.rows + 1
  local row = cells_of(raw, places, columns)
  if not raw.fault and is_empty(row) then
    report.empty = report.empty + 1
    return
  end
  local ok, result = true, nil
  if not raw.fault then ok, result = pcall(take, space, row, by, columns) end
  if raw.fault then
    leave_out(reader, report, raw.line, raw.fault)
  elseif not ok and problem.is(result) and not result.machine then -- a disk that failed may have undone all before
    leave_out(reader, report, raw.line, one_line(result.message))
  elseif not ok then
    error(result, 0)
  elseif result then
    if result.same then same[#same + 1] = { line = raw.line, words = result.same } end
    report.recorded[#report.recorded + 1] = result
    report.added = report.added + 1
    report.failures[#report.failures + 1] = result.failure
    result.failure, result.same, result.line = nil, nil, raw.line
  else
    report.unchanged = report.unchanged + 1
  end
end

-- What plugins are asked of the rows does not wait for the lock that the first of them takes.
local function rehearse(space, path, by)
  local reader <close>, places, columns = open(space, path, { dry_run = true })
  for raw in function() return (reader:next()) end do
    local row = cells_of(raw, places, columns)
    if not raw.fault and not is_empty(row) then space:rehearse(function() take(space, row, by, columns) end) end
  end
end

-- Take in a filled list. options: by, dry_run, strict, left_out_dir.
-- -> { file, encoding, delimiter, digest, rows, added, unchanged, empty, left_out,
-- left_out_path, recorded = { … }, reasons and warnings = { { sentence, count, examples } },
-- ignored = headings, failures }; the file of rows left out stands although the caller may roll back.
function actions.import(space, path, options)
  space:need_road_maps()
  rehearse(space, path, options.by)
  local reader <close>, places, columns = open(space, path, options)
  local about = reader:about()
  local report = { kind = "actions", file = about.name, encoding = about.encoding, delimiter = about.delimiter,
    digest = about.digest, rows = 0, added = 0, unchanged = 0, changed = 0, empty = 0, left_out = 0,
    recorded = core.array {}, failures = core.array {},
    reasons = core.array { { name = "cannot-be-recorded", sentence = "the row cannot be recorded", count = 0,
      examples = core.array {} } } }
  local raw, message = reader:next()
  local same = core.array {}
  while raw do
    take_row(space, reader, raw, places, columns, report, options.by, same)
    raw, message = reader:next()
  end
  if message then problem.raise("%s", message) end
  if report.left_out == 0 then report.reasons = core.array {} end
  actions_fields.report(columns, report)
  if #same > 0 then
    table.insert(report.warnings, { name = "same-of-day", count = #same, examples = same, sentence = "of the same day "
      .. "there is already, by another; if it is the same one, strike one out with: waymark correct" })
  end
  if options.strict and report.left_out > 0 then
    problem.raise("%s cannot be taken (--strict): line %d: %s", about.name, report.reasons[1].examples[1].line,
      report.reasons[1].examples[1].words)
  end
  report.left_out_path = problem.check(reader:seal()) or nil
  return report
end

return actions
