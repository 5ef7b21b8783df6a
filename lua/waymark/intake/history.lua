-- intake/history: entries from before Waymark, out of a CSV file: calls, meetings,
-- contracts, notices and penalty notices, by whomever they were issued.
--
--   school,upn,date,step,outcome,with,note,by,issuer,review_on,audience,of
--
-- `school` may be absent with one school; `admission_number` may stand in for a UPN.
-- `step` is a step of the road map, by name or title, or another kind of thing
-- ("penalty-notice"), which is kept under that name. Further columns that are named
-- like what a step records become its fields; an entry of another kind keeps every
-- further cell. The items of a list stand in lines of their own or with "|" between them.
-- `of` is the entry that an outcome belongs to: its number, or the day of the entry of the
-- same step, which may stand above it in the file.
--
-- 1. An entry has body.history = true and the day it is of. Gates are not asked. It
--    answers what its day covers, as any entry does (cases.lua).
-- 2. The same row twice, in one file or in two, is one entry, even when that was
--    struck out since: of what was struck out a row's body is compared with the salted digests
--    that events keep, so nothing personal has to be kept for it. Bodies that were taken in before
--    entries could stand alone (`apart`), and contacts had numbers (`contacts`), are known
--    too.
-- 3. A row that cannot be taken is left out with its line and the cause.

local core = require "waymark.core"
local cases = require "waymark.case"
local history_rows = require "waymark.intake.history_rows"
local problem = require "waymark.base.problem"
local events = require "waymark.store.events"

local history = {}

local examples_most = 5

-- What is known already -------------------------------------------------------------------

-- What is recorded of a pupil, read when a row names the pupil first: { standing = { ["step\non\nbody"] = true },
-- struck = { ["step\non"] = { { salt, digest }, … } } }.
local function known_of(import, pupil)
  local known = import.known[pupil]
  if known then return known end
  known = { standing = {}, struck = {} }
  for row in events.each_digest(import.space.store, pupil) do
    local place = row[1] .. "\n" .. row[2]
    if row[3] then
      known.standing[place .. "\n" .. row[3]] = true
    else
      known.struck[place] = known.struck[place] or {}
      table.insert(known.struck[place], { salt = row[4], digest = row[5] })
    end
  end
  import.known[pupil] = known
  return known
end

local function has_body(known, place, text)
  if known.standing[place .. "\n" .. text] then return true end
  for _, each in ipairs(known.struck[place] or {}) do
    if core.system.sha256(each.salt .. text) == each.digest then return true end
  end
  return false
end

-- Whether the very same body is recorded there, standing or struck out.
local function is_known(known, place, body, text)
  if has_body(known, place, text) then return true end
  local before = {}
  for name, value in next, body do before[name] = value end
  for _, name in ipairs { "apart", "contacts" } do
    if before[name] ~= nil then
      before[name] = nil
      if has_body(known, place, problem.check(core.encode(before))) then return true end
    end
  end
  return false
end

-- Taking the rows --------------------------------------------------------------------------

local function count_left_out(report, by_cause, row, why)
  local group = by_cause[why.cause]
  if not group then
    group = { name = why.cause, sentence = history_rows.causes[why.cause], count = 0, examples = {} }
    by_cause[why.cause] = group
    report.reasons[#report.reasons + 1] = group
  end
  group.count, report.left_out = group.count + 1, report.left_out + 1
  if #group.examples < examples_most then
    group.examples[#group.examples + 1] = { line = row.line, words = why.words }
  end
end

local function count_taken(report, on)
  report.added = report.added + 1
  if not report.first or on < report.first then report.first = on end
  if not report.last or on > report.last then report.last = on end
end

local function take_row(import, row)
  local stay, event, body, steps = import.rows:read(row)
  local report, text = import.report, problem.check(core.encode(body))
  local known, place = known_of(import, stay.pupil), event.step .. "\n" .. event.on
  local key = ("%d\n%s\n%s"):format(stay.pupil, place, text)
  if import.seen[key] then
    report.repeated = report.repeated + 1
    return
  end
  import.seen[key] = true
  if is_known(known, place, body, text) then
    report.unchanged = report.unchanged + 1
    return
  end
  cases.add(import.space, stay, event, body, true, steps)
  count_taken(report, event.on)
end

local function take_rows(import, reader)
  local by_cause = {}
  while true do
    local row, message = reader:next()
    if not row then
      if message then problem.raise("%s", message) end
      return
    end
    import.report.rows = import.report.rows + 1
    local ok, why = pcall(take_row, import, row)
    if not ok then
      if not history_rows.is_cause(why) then error(why, 0) end
      count_left_out(import.report, by_cause, row, why)
      problem.check(reader:leave_out(why.words))
    end
  end
end

-- Columns of which nothing was kept, and cells that their step does not record.
local function report_columns(import)
  local report, group = import.report, nil
  for _, column in ipairs(import.rows.further) do
    if not column.used then
      report.ignored[#report.ignored + 1] = column.name
    elseif column.unused then
      group = group or { name = "not-recorded", sentence = "a cell that its step does not record; not kept", count = 0,
        examples = {} }
      group.count = group.count + column.unused
      group.examples[#group.examples + 1] = { line = column.line, words = core.escape(column.name) }
    end
  end
  report.warnings[1] = group
end

local function new_report(about)
  return { kind = "entries", file = about.name, encoding = about.encoding, digest = about.digest, rows = 0, added = 0,
    unchanged = 0, changed = 0, left_out = 0, repeated = 0, reasons = {}, warnings = {}, ignored = {} }
end

-- Take in a file of entries, inside the transaction of a command. `given`: by, strict,
-- dry_run, left_out_dir, reading (core.csv). -> a report like those of the other imports
function history.import(space, path, given)
  space:need_road_maps()
  local reader = problem.check(core.csv(path, { kind = "entries", at = space.now, reading = given.reading,
    needed = history_rows.needed, wanted = history_rows.named,
    left_out_dir = not given.dry_run and given.left_out_dir or nil }))
  local import = { space = space, rows = history_rows.new(space, reader, given.by), known = {},
    report = new_report(reader:about()), seen = {} }
  take_rows(import, reader)
  report_columns(import)
  local report = import.report
  if given.strict and report.left_out > 0 then
    reader:close()
    problem.raise("nothing of %s was taken: %d row%s could not be; put them right, or import without --strict",
      report.file, report.left_out, report.left_out == 1 and "" or "s")
  end
  report.left_out_path = problem.check(reader:seal()) or nil
  reader:close()
  return report
end

return history
