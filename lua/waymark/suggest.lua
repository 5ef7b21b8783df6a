-- suggest: the main job. Works out what could come next for every pupil, and
-- records what is new and what no longer holds.
--
-- A suggestion is known by (enrolment, step, concern). The same key is the same
-- suggestion: it is printed with today's figures and makes no event. New keys
-- give suggestion.made; open ones that do not hold any more give
-- suggestion.lapsed with what changed. A call that failed lapses nothing.
-- What is printed is every suggestion that holds on the as-of day: the same on
-- a first run, a second run and a dry run.

local cases = require "waymark.cases"
local core = require "waymark.core"
local evaluate = require "waymark.evaluate"
local problem = require "waymark.problem"
local watch = require "waymark.watch"

local suggest = {}

-- Evaluating every school by its own road map -----------------------------------

local function merge(into, result)
  for _, finding in ipairs(result.findings) do into.findings[#into.findings + 1] = finding end
  for _, each in ipairs(result.failures) do into.failures[#into.failures + 1] = each end
  for key in next, result.failed do into.failed[key] = true end
  for enrolment, map in next, result.seen do into.seen[enrolment] = map end
  into.pupils = into.pupils + result.pupils
end

local function by_pupil_and_road_map(a, b)
  if a.enrolment ~= b.enrolment then return a.enrolment < b.enrolment end
  return a.step.place < b.step.place
end

-- The map of every school; raises when no school has one that can be used.
local function check_maps(workspace, schools)
  local broken = 0
  for _, school in ipairs(schools) do
    local map = workspace:map_for_school(school.key)
    if map.broken then
      broken = broken + 1
      if broken == #schools then problem.raise("%s", map.broken) end
    elseif not map.declared then
      problem.raise 'no plugin in use has a road map; add use "essex" to waymark.lua'
    end
  end
end

-- All findings as of a day. A school whose job was given up is in `given_up`.
function suggest.evaluate(workspace, filter, progress)
  workspace:load_plugins()
  local all = { findings = {}, failures = {}, failed = {}, seen = {}, pupils = 0, given_up = {} }
  local schools = workspace.store:schools()
  check_maps(workspace, schools)
  for _, school in ipairs(schools) do
    local map = workspace:map_for_school(school.key)
    filter.school = school.id
    local result = map.broken and evaluate.broken(map) or evaluate.map(workspace, map, filter, progress)
    all.given_up[school.id] = result.given_up
    merge(all, result)
  end
  filter.school, filter.on_roll = nil, nil
  table.sort(all.findings, by_pupil_and_road_map)
  return all
end

function suggest.suggested(all)
  local list = {}
  for _, finding in ipairs(all.findings) do
    if finding.verdict == "suggest" then list[#list + 1] = finding end
  end
  return list
end

-- What stands -----------------------------------------------------------------------

local function key_of(enrolment, step, concern) return ("%d\n%s\n%s"):format(enrolment, step, concern) end

-- The last event that was known at a time; nothing later is looked at.
local function last_known(workspace, known_at)
  if not known_at then return math.maxinteger end
  local events = problem.check(workspace.store:events { known_at = known_at })
  return #events > 0 and events[#events].id or 0
end

-- Every suggestion that was ever made, by key, as it was on a day.
local function suggestions_by_key(workspace, filter)
  local ids, rows, known = {}, {}, last_known(workspace, filter.known_at)
  for _, school in ipairs(workspace.store:schools()) do ids[school.key] = school.id end
  for _, row in ipairs(problem.check(workspace.store:suggestions {})) do
    local ended = row.ended and row.ended <= known and row.ended_on <= filter.diary
    row.school_id = ids[row.school]
    if not ended then row.state = "open" end
    rows[key_of(row.enrolment, row.step, row.concern)] = row
  end
  return rows
end

-- The pupil (row number) of each enrolment of somebody who was spoken to.
local function contacts_by_enrolment(workspace, as_of)
  local last, by_enrolment = cases.last_contacts(workspace, as_of), {}
  local _, rows = workspace.store:query [[SELECT id, pupil FROM enrolment
    WHERE pupil IN (SELECT pupil FROM event WHERE kind = 'entry.recorded')]]
  for row in rows do by_enrolment[row[1]] = last[row[2]] end
  return by_enrolment
end

local ended_by_people = { answered = true, ["put-off"] = true, bypassed = true }

-- Steps with a period that were recorded and have no outcome yet, such as a notice
-- that runs: they go on until a person decides, and are not suggested again.
local function undecided_steps(workspace, diary)
  local undecided = {}
  for _, entry in ipairs(cases.entries(workspace, { kind = "entry.recorded", as_of = diary })) do
    local map = entry.enrolment and workspace:map_for_school(entry.school)
    local step = map and map.declared and map.declared.steps_by_name[entry.step]
    if step and step.period and not entry.struck and entry.body then
      undecided[entry.enrolment .. " " .. entry.step] = not entry.body.outcome or nil
    end
  end
  return undecided
end

-- Is this finding a suggestion that people still have to look at? Not when they
-- answered its concern, or spoke to the family after the concern began.
local function stands(finding, row, contact, undecided)
  if row and ended_by_people[row.state] then return false end
  if undecided[finding.enrolment .. " " .. finding.step.name] then return false end
  if row and row.state == "open" then return true end
  local began = finding.concern_on
  return cases.is_formal(finding.step) or not (began and contact and contact >= began)
end

-- The suggestions that hold on the as-of day and that nobody answered: what is
-- printed. Also every row by key.
function suggest.standing(workspace, all, filter)
  local rows = suggestions_by_key(workspace, filter)
  local contacts, list = contacts_by_enrolment(workspace, filter.diary), {}
  local undecided = undecided_steps(workspace, filter.diary)
  for _, finding in ipairs(suggest.suggested(all)) do
    local row = rows[key_of(finding.enrolment, finding.step.name, finding.concern)]
    if stands(finding, row, contacts[finding.enrolment], undecided) then list[#list + 1] = finding end
  end
  return list, rows
end

-- Recording ------------------------------------------------------------------------

-- Before the day that the settings call the start, nothing raises a line: it is
-- kept, and shown to who asks for it.
local function is_baseline(workspace, finding, first_run)
  local start = workspace.settings.start
  if not start then return nil end
  if finding.concern_on then return finding.concern_on < start or nil end
  return first_run or nil
end

local function event_of(finding, workspace, as_of, first_run)
  return { enrolment = finding.enrolment, step = finding.step.name, concern = finding.concern, on = as_of,
    at = workspace.now, plugin = finding.step.plugin, version = finding.step.version,
    digest = workspace:digest_of(finding.step.plugin),
    data = problem.check(core.encode { reason = finding.words, evidence = finding.evidence,
      concern_on = finding.concern_on, baseline = is_baseline(workspace, finding, first_run) }) }
end

local function record_made(workspace, list, as_of, rows)
  local made, first_run = 0, workspace.store:last_run() == nil
  for _, finding in ipairs(list) do
    local row = rows[key_of(finding.enrolment, finding.step.name, finding.concern)]
    if not row or row.state ~= "open" then
      problem.check(workspace.store:make_suggestion(event_of(finding, workspace, as_of, first_run)))
      made = made + 1
    end
  end
  return made
end

-- "2025-09-08 AM N → I", for the marks that changed since the suggestion was made.
local function amendments_since(workspace, row)
  local words = core.array {}
  local list = problem.check(workspace.store:amendments { enrolment = row.enrolment, since_event = row.made })
  for i, each in ipairs(list) do
    local function code(text) return text ~= nil and text ~= "" and text or "no mark" end
    words[i] = ("%s %s %s → %s"):format(each.date, each.session, code(each.was), code(each.now))
  end
  return words
end

local function gate_words(all)
  local words = {}
  for _, finding in ipairs(all.findings) do
    if finding.verdict == "gated" then words[finding.enrolment .. " " .. finding.step.name] = finding.words end
  end
  return words
end

local function why_lapsed(workspace, row, all, gated)
  local changed = amendments_since(workspace, row)
  local why = #changed > 0 and table.concat(changed, ", ")
    or gated[row.enrolment .. " " .. row.step]
    or (all.seen[row.enrolment] and "it no longer holds" or "no longer on roll")
  return { why = why, amended = changed }
end

-- The open suggestions that hold no more, in the order they were made.
local function rows_to_lapse(list, rows, all)
  local held, lapsing = {}, {}
  for _, finding in ipairs(list) do held[key_of(finding.enrolment, finding.step.name, finding.concern)] = true end
  for key, row in next, rows do
    local unknown = all.given_up[row.school_id] or all.failed[row.enrolment .. " " .. row.step]
    if row.state == "open" and not held[key] and not unknown then lapsing[#lapsing + 1] = row end
  end
  table.sort(lapsing, function(a, b) return a.made < b.made end)
  return lapsing
end

local function record_lapsed(workspace, all, as_of, list, rows)
  local lapsed, gated = {}, gate_words(all)
  for i, row in ipairs(rows_to_lapse(list, rows, all)) do
    local data = why_lapsed(workspace, row, all, gated)
    problem.check(workspace.store:lapse_suggestion { enrolment = row.enrolment, step = row.step,
      concern = row.concern, on = as_of, at = workspace.now, plugin = row.plugin, version = row.version,
      data = problem.check(core.encode(data)) })
    lapsed[i] = { enrolment = row.enrolment, upn = row.upn, step = row.step, concern = row.concern, why = data.why }
  end
  return lapsed
end

local function failure_rows(workspace, all)
  local failures = {}
  for _, each in ipairs(workspace.plugin_failures) do
    all.failures[#all.failures + 1] = { plugin = each.plugin, version = each.version, verdict = each.verdict,
      message = each.message, is_said = true }
  end
  for i, each in ipairs(all.failures) do
    failures[i] = { plugin = each.plugin, version = each.version, step = each.step,
      enrolment = each.enrolment, verdict = each.verdict, message = each.message }
  end
  return failures
end

-- Write down what is new, what lapsed, what else is to be noticed, and what
-- failed. `list` and `rows` are those of suggest.standing.
-- -> { made, lapsed = list, noticed = number of other events }
function suggest.record(workspace, all, filter, list, rows)
  local as_of = filter.as_of
  local made = record_made(workspace, list, as_of, rows)
  local lapsed = record_lapsed(workspace, all, as_of, list, rows)
  local thresholds = watch.thresholds(workspace, filter)
  local noticed = { met = thresholds.met, undone = thresholds.undone, reviews = watch.reviews(workspace, filter.diary),
    changed = watch.evidence(workspace, filter.diary) }
  problem.check(workspace.store:record_run { at = workspace.now, as_of = as_of, made = made,
    lapsed = #lapsed, failures = failure_rows(workspace, all) })
  return { made = made, lapsed = lapsed, noticed = noticed }
end

-- Why a run prints and records nothing; nil when it may record.
function suggest.only_looks(workspace, filter)
  if filter.known_at then return "this is what was known at an earlier time" end
  local last = workspace.store:last_run()
  if last and last.as_of > filter.as_of then
    return ("suggestions up to %s are recorded already"):format(last.as_of)
  end
end

return suggest
