-- suggest: the main job. Works out what could come next for every pupil, and
-- records what is new and what no longer holds.
--
-- A suggestion is known by (enrolment, step, concern). The same key is the same
-- suggestion: it is printed with today's figures and makes no event. New keys
-- give suggestion.made; open ones that do not hold any more give
-- suggestion.lapsed with what changed. A call that failed lapses nothing.
-- What is given out is every suggestion that holds on the as-of day: the same on
-- a first run, a second run and a dry run.
--
-- Schools are done one after the other, each map's together, and written as they are
-- done; a map whose plugin is given up is undone as a whole. What is held in memory
-- is one school (and of a list in JSON or CSV, where each line stands in its file).

local cases = require "waymark.case"
local core = require "waymark.core"
local evaluate = require "waymark.ask.evaluate"
local plugin_state = require "waymark.plugin.state"
local problem = require "waymark.base.problem"
local running_entries = require "waymark.case.running"
local events = require "waymark.store.events"
local pupils = require "waymark.store.pupils"
local registers = require "waymark.store.registers"
local runs = require "waymark.store.runs"
local watch = require "waymark.suggest.watch"

local suggest = {}

local lapsed_shown = 10

-- What stands -----------------------------------------------------------------------

-- Every suggestion that was ever made at a school, as it was on the day. Those of pupils
-- with a step that people have not decided on are looked at one by one.
local function suggestions_at(run, school)
  local suggestions = problem.check(run.workspace.store:school_suggestions { school = school.id, known = run.known,
    diary = run.filter.diary })
  for key in next, run.undecided do suggestions:look(math.tointeger(key:match "^%d+")) end
  return suggestions
end

-- The pupil (row number) of each enrolment of somebody who was spoken to.
local function contacts_by_enrolment(workspace, as_of)
  local last, by_enrolment = cases.last_contacts(workspace, as_of), {}
  for row in pupils.each_with_entries(workspace.store) do by_enrolment[row[1]] = last[row[2]] end
  return by_enrolment
end

local ended_by_people = { answered = true, ["put-off"] = true, bypassed = true }

-- Steps with a period that run, such as a notice: they go on until a person decides, and
-- are not suggested again.
local function undecided_steps(workspace, diary)
  local undecided = {}
  for _, entry in ipairs(running_entries.of(cases.entries(workspace, { kind = "entry.recorded", as_of = diary }))) do
    local map = entry.enrolment and workspace:map_for_school(entry.school)
    local step = map and map.declared and map.declared.steps_by_name[entry.step]
    if step and step.period then undecided[entry.enrolment .. " " .. entry.step] = true end
  end
  return undecided
end

-- A rate that rose from a lower band of the year, of which people have looked at the
-- concern, is better news and no new one ("early-help 80 2025-26", then "early-help 85 …").
local function rose(suggestions, finding)
  local rule, year, band = finding.concern:match "^(.+) (%d%d%d%d%-%d%d) at (%d+)$"
  local declared = rule and finding.declared.rules_by_name[rule]
  for _, lower in ipairs(declared and declared.spec.bands or {}) do
    local key = ("%s %s at %d"):format(rule, year, lower)
    if lower < tonumber(band) and ended_by_people[(suggestions:find(finding.enrolment, finding.step.name, key))] then
      return true
    end
  end
  return false
end

-- Is this finding a suggestion that people still have to look at? Not when they
-- answered its concern, or spoke to the family after the concern began.
local function stands(finding, state, open, contact, undecided)
  if not open and ended_by_people[state] then return false end
  if undecided[finding.enrolment .. " " .. finding.step.name] then return false end
  if open then return true end
  local began = finding.concern_on
  return cases.is_formal(finding.step) or not (began and contact and contact >= began)
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

local function event_of(finding, workspace, map, as_of, first_run)
  return { enrolment = finding.enrolment, step = finding.step.name, concern = finding.concern, on = as_of,
    at = workspace.now, plugin = finding.step.plugin, version = finding.step.version,
    digest = workspace:digest_of(finding.step.plugin, map),
    data = { reason = finding.words, evidence = evaluate.written(finding), concern_on = finding.concern_on,
      baseline = is_baseline(workspace, finding, first_run) } }
end

local function make(run, finding)
  local event = event_of(finding, run.workspace, run.now.map, run.filter.as_of, run.first_run)
  problem.check(run.workspace.store:make_suggestion(event))
  run.now.made = run.now.made + 1
end

local function add_count(run, step, n) run.now.counts[step] = (run.now.counts[step] or 0) + n end

-- The suggestions of a school that hold and that nobody answered, those that were only
-- counted aside; with `record`, the new ones are written down.
local function holding_findings(run, result)
  local list = {}
  for place, n in next, result.counts do add_count(run, run.now.map.declared.steps[place], n) end
  for _, finding in ipairs(result.findings) do
    if finding.verdict == "suggest" then
      local state, open = result.suggestions:find(finding.enrolment, finding.step.name, finding.concern)
      if stands(finding, state, open, run.contacts[finding.enrolment], run.undecided)
        and (open or not rose(result.suggestions, finding)) then
        list[#list + 1] = finding
        result.suggestions:hold(finding.enrolment, finding.step.name, finding.concern)
        add_count(run, finding.step, 1)
        if run.record and not open then make(run, finding) end
      end
    end
  end
  return list
end

-- "2025-09-08 AM N → I", for the marks that changed since the suggestion was made.
local function amendments_since(workspace, row)
  local words = core.array {}
  local list = registers.amendments(workspace.store, row.enrolment, row.made)
  for i, each in ipairs(list) do
    local function code(text) return text ~= nil and text ~= "" and text or "no mark" end
    words[i] = ("%s %s %s → %s"):format(each.date, each.session, code(each.was), code(each.now))
  end
  return words
end

local function gated_words(result, row)
  for _, finding in ipairs(result.findings) do
    if finding.verdict == "gated" and finding.enrolment == row.enrolment and finding.step.name == row.step then
      return finding.words
    end
  end
end

local function was_looked_at(result, enrolment)
  for _, batch in ipairs(result.batches) do
    for record = 1, #batch do
      if batch[record].id == enrolment then return true end
    end
  end
  return false
end

local function why_lapsed(workspace, row, result)
  local changed = amendments_since(workspace, row)
  local why = #changed > 0 and table.concat(changed, ", ") or gated_words(result, row)
    or (was_looked_at(result, row.enrolment) and "it no longer holds" or "no longer on roll")
  return { why = why, amended = changed }
end

-- The open suggestions of a school that hold no more, in the order they were made.
local function to_lapse(result)
  local list = {}
  for _, row in ipairs(result.suggestions:left()) do
    if not result.failed[row.enrolment .. " " .. row.step] then list[#list + 1] = row end
  end
  return list
end

local function lapse(run, row, result)
  local store, data = run.workspace.store, why_lapsed(run.workspace, row, result)
  local by = events.made_by(store, row.made)
  problem.check(store:lapse_suggestion { enrolment = row.enrolment, step = row.step, concern = row.concern,
    on = run.filter.as_of, at = run.workspace.now, plugin = by.plugin, version = by.version,
    data = problem.check(core.encode(data)) })
  local lapsed = run.now.lapsed
  lapsed.count = lapsed.count + 1
  if lapsed.count <= lapsed_shown then
    local person, step = evaluate.person(run.workspace, row.enrolment), run.now.map.declared.steps_by_name[row.step]
    lapsed[lapsed.count] = { enrolment = row.enrolment, step = row.step, concern = row.concern, why = data.why,
      upn = person.upn, name = person.name, title = step and step.title }
  end
end

local function failure_rows(run)
  local failures = {}
  for _, each in ipairs(run.workspace.plugin_failures) do
    run.failures[#run.failures + 1] = { plugin = each.plugin, version = each.version, verdict = each.verdict,
      message = each.message, is_said = true }
  end
  for i, each in ipairs(run.failures) do
    failures[i] = { plugin = each.plugin, version = each.version, step = each.step,
      enrolment = each.enrolment, verdict = each.verdict, message = each.message }
  end
  return failures
end

-- Every school by its own map ------------------------------------------------------

-- The maps that schools follow, each with its schools; raises when no school has one
-- that can be used.
local function maps_with_schools(workspace)
  local list, by_map, broken, schools = {}, {}, nil, workspace.store:schools()
  for _, school in ipairs(schools) do
    local map = workspace:map_for_school(school.key)
    if not map.broken and not map.declared then
      problem.raise 'no plugin in use has a road map; add use "essex" to waymark.lua'
    end
    if not by_map[map] then
      by_map[map] = { map = map, schools = {} }
      list[#list + 1] = by_map[map]
    end
    table.insert(by_map[map].schools, school)
  end
  for _, each in ipairs(list) do
    if not each.map.broken then return list end
    broken = each.map.broken
  end
  if broken then problem.raise("%s", broken) end
  return list
end

local function new_totals(map) return { map = map, made = 0, counts = {}, lapsed = { count = 0 } } end

local function keep(run, totals)
  run.made = run.made + totals.made
  for step, count in next, totals.counts do run.counts[step] = (run.counts[step] or 0) + count end
  for i, each in ipairs(totals.lapsed) do
    if run.lapsed.count + i <= lapsed_shown then run.lapsed[run.lapsed.count + i] = each end
  end
  run.lapsed.count = run.lapsed.count + totals.lapsed.count
end

local function take_school(run, school, result)
  result.suggestions = result.suggestions or suggestions_at(run, school)
  local list = holding_findings(run, result)
  if run.record then
    for _, row in ipairs(to_lapse(result)) do lapse(run, row, result) end
  end
  if run.take then run.take(school, list, result.pupils) end
end

-- What one worker has spent, added to what its steps have cost.
local function add_costs(into, declared, costs)
  for place, cost in ipairs(costs) do
    local step = declared.steps[place]
    into[step] = into[step] or { step = step, calls = 0, nanoseconds = 0, instructions = 0, bytes = 0 }
    for name, value in next, cost do into[step][name] = into[step][name] + value end
  end
end

-- How the plugin of a map did: one that failed for any map has failed.
local function note_state(run, map, result)
  if result.not_asked then return end
  run.states[map.served] = result.given_up and result.failures[1].message or run.states[map.served] or false
end

local function keep_states(run)
  for name, why in next, run.states do
    if why then plugin_state.failed(run.workspace, name, why) else plugin_state.worked(run.workspace, name) end
  end
end

local function run_map(run, each, options)
  local store = run.workspace.store
  run.now = new_totals(each.map)
  if run.record then problem.check(store:savepoint()) end
  if options.begin then options.begin() end
  local off = plugin_state.why_off(run.workspace, each.map.served)
  local result = each.map.broken and evaluate.broken(each.map) or off and evaluate.not_asked(each.map, off)
    or evaluate.map(run.workspace, each.map, each.schools, run.filter, function(school, of_school)
      take_school(run, school, of_school)
    end, { workers = options.workers or core.system.processors(), progress = options.progress,
      profile = options.profile, all = options.all or function() return false end,
      suggestions = function(school) return suggestions_at(run, school) end })
  if run.record then problem.check(store:release(result.given_up == true)) end
  if options.finish then options.finish(not result.given_up) end
  if not result.given_up then
    keep(run, run.now)
    run.pupils = run.pupils + result.pupils
  end
  if run.record then note_state(run, each.map, result) end
  for _, failure in ipairs(result.failures) do run.failures[#run.failures + 1] = failure end
  for _, costs in next, result.costs or {} do add_costs(run.costs, each.map.declared, costs) end
end

local function notice(run)
  local filter, workspace = run.filter, run.workspace
  local thresholds = watch.thresholds(workspace, filter)
  return { met = thresholds.met, undone = thresholds.undone, reviews = watch.reviews(workspace, filter.diary),
    exceeded = watch.exceeded(workspace, filter.as_of, filter.diary),
    changed = watch.evidence(workspace, filter.diary) }
end

-- Look at every pupil as of a day, and with `record` write down what is new, what
-- lapsed, what else is to be noticed, and what failed.
--   options  { record, workers = most, profile = true (see costs), progress = function(pupils),
--              take = function(school, list, pupils): the suggestions of a school that hold,
--                in the order of pupils and road map (see evaluate); `pupils` is how many
--                have some that are not in the list, because
--              all = function(): whether those are wanted that were open before,
--              begin = function(): a map begins, finish = function(kept): it ends; what
--                was taken since is to be forgotten unless it was kept }
-- -> { pupils, counts = { [step] = number }, failures, made, noticed = { … },
--      lapsed = { count, the first ten },
--      costs = { [step] = { step, calls, nanoseconds, instructions, bytes } } of a profile }
function suggest.run(workspace, filter, options)
  workspace:load_plugins()
  local run = { workspace = workspace, filter = filter, record = options.record, take = options.take,
    known = filter.known_at and events.last_by(workspace.store, filter.known_at) or math.maxinteger,
    first_run = runs.last(workspace.store) == nil,
    contacts = contacts_by_enrolment(workspace, filter.diary), undecided = undecided_steps(workspace, filter.diary),
    pupils = 0, counts = {}, costs = {}, failures = {}, states = {}, made = 0, lapsed = { count = 0 } }
  for _, each in ipairs(maps_with_schools(workspace)) do run_map(run, each, options) end
  if not run.record then return run end
  keep_states(run)
  run.noticed = notice(run)
  runs.record(workspace.store, { at = workspace.now, as_of = filter.as_of, made = run.made, lapsed = run.lapsed.count,
    failures = failure_rows(run) })
  return run
end

-- Why a run prints and records nothing; nil when it may record.
function suggest.only_looks(workspace, filter)
  if filter.known_at then return "this is what was known at an earlier time" end
  local last = runs.last(workspace.store)
  if last and last.as_of > filter.as_of then
    return ("suggestions up to %s are recorded already"):format(last.as_of)
  end
end

return suggest
