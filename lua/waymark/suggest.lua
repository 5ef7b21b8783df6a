-- suggest: the main job. Works out what could come next for every pupil, and
-- records what is new and what no longer holds.
--
-- A suggestion is known by (enrolment, step, concern). The same key is the same
-- suggestion: it is printed with today's figures and makes no event. New keys
-- give suggestion.made; open ones that do not hold any more give
-- suggestion.lapsed with what changed. A call that failed lapses nothing.
-- What is printed is every suggestion that holds on the as-of day: the same on
-- a first run, a second run and a dry run.

local core = require "waymark.core"
local evaluate = require "waymark.evaluate"
local problem = require "waymark.problem"

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

-- All findings as of a day. A school whose job was given up is in `given_up`.
function suggest.evaluate(workspace, filter, progress)
  workspace:load_plugins()
  local all = { findings = {}, failures = {}, failed = {}, seen = {}, pupils = 0, given_up = {} }
  for _, school in ipairs(workspace.store:schools()) do
    local map = workspace:map_for_school(school.key)
    if not map.declared then
      problem.raise('no plugin in use has a road map; add use "essex" to waymark.lua')
    end
    filter.school = school.id
    local result = evaluate.map(workspace, map, filter, progress)
    all.given_up[school.id] = result.given_up
    merge(all, result)
  end
  filter.school = nil
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

-- Recording ------------------------------------------------------------------------

local function key_of(enrolment, step, concern) return ("%d\n%s\n%s"):format(enrolment, step, concern) end

local function event_of(finding, workspace, as_of)
  return { enrolment = finding.enrolment, step = finding.step.name, concern = finding.concern, on = as_of,
    at = workspace.now, plugin = finding.step.plugin, version = finding.step.version,
    digest = workspace.context.known[finding.step.plugin] and workspace.context.known[finding.step.plugin].digest,
    data = problem.check(core.encode { reason = finding.words, evidence = finding.evidence }) }
end

local function record_made(workspace, list, as_of, open)
  local made = 0
  for _, finding in ipairs(list) do
    local key = key_of(finding.enrolment, finding.step.name, finding.concern)
    if open[key] then
      open[key] = nil
    else
      problem.check(workspace.store:make_suggestion(event_of(finding, workspace, as_of)))
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

local function record_lapsed(workspace, all, as_of, open)
  local lapsed, gated, rows = {}, gate_words(all), {}
  for _, row in next, open do rows[#rows + 1] = row end
  table.sort(rows, function(a, b) return a.made < b.made end)
  for _, row in ipairs(rows) do
    local given_up = all.given_up[row.school_id] or all.failed[row.enrolment .. " " .. row.step]
    if not given_up then
      local data = why_lapsed(workspace, row, all, gated)
      problem.check(workspace.store:lapse_suggestion { enrolment = row.enrolment, step = row.step,
        concern = row.concern, on = as_of, at = workspace.now, plugin = row.plugin, version = row.version,
        data = problem.check(core.encode(data)) })
      lapsed[#lapsed + 1] = { enrolment = row.enrolment, upn = row.upn, step = row.step, concern = row.concern,
        why = data.why }
    end
  end
  return lapsed
end

local function open_by_key(workspace)
  local ids, open = {}, {}
  for _, school in ipairs(workspace.store:schools()) do ids[school.key] = school.id end
  for _, row in ipairs(problem.check(workspace.store:suggestions { state = "open" })) do
    row.school_id = ids[row.school]
    open[key_of(row.enrolment, row.step, row.concern)] = row
  end
  return open
end

-- Write down what is new, what lapsed, and what failed. -> made, list of lapsed
function suggest.record(workspace, all, as_of)
  local open = open_by_key(workspace)
  local made = record_made(workspace, suggest.suggested(all), as_of, open)
  local lapsed = record_lapsed(workspace, all, as_of, open)
  local failures = {}
  for i, each in ipairs(all.failures) do
    failures[i] = { plugin = each.plugin, version = each.version, step = each.step,
      enrolment = each.enrolment, verdict = each.verdict, message = each.message }
  end
  problem.check(workspace.store:record_run { at = workspace.now, as_of = as_of, made = made,
    lapsed = #lapsed, failures = failures })
  return made, lapsed
end

-- Why a run prints and records nothing; nil when it may record.
function suggest.only_looks(workspace, filter)
  if filter.known_at then return "what was known at an earlier time is shown, so nothing is recorded" end
  local last = workspace.store:last_run()
  if last and last.as_of > filter.as_of then
    return ("suggestions up to %s are recorded already, so nothing is recorded for %s"):format(last.as_of, filter.as_of)
  end
end

return suggest
