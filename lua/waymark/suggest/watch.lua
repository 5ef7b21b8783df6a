-- suggest/watch: what `suggest` notices besides suggestions, each told once as an event:
--   threshold.met      a rolling threshold is met (a new spell of it)
--   threshold.undone   a mark was amended, and it was not met after all
--   review.due         the day of a review has come, or of something that was agreed
--   period.exceeded    more absence while a notice runs than was agreed
--   evidence.changed   marks that a formal decision relied on were amended
-- All but the last are facts of the registers and the diary; that says which
-- decision, which sessions, and the figures now. Nothing is undone by itself.

local core = require "waymark.core"
local cases = require "waymark.case.entries"
local periods = require "waymark.case.periods"
local problem = require "waymark.base.problem"
local events = require "waymark.store.events"
local registers = require "waymark.store.registers"
local runs = require "waymark.store.runs"
local roles = require "waymark.plugin.roles"
local words = require "waymark.base.words"
local reasons = core.sdk "evidence"
local sdk_entries = core.sdk "entries"

local watch = {}

-- Events of a kind as a table by key_of(event); later ones win.
local function told(space, kind, key_of)
  local by_key = {}
  for _, event in ipairs(events.list(space.store, { kind = kind })) do by_key[key_of(event)] = event end
  return by_key
end

-- packed: the data have no words of their own, so that many events share their pattern.
local function raise(space, kind, what, as_of, data, packed)
  return problem.check(space.store:add_event { at = space.now, on = as_of, kind = kind,
    enrolment = what.enrolment, step = what.step, concern = what.concern, plugin = what.plugin,
    data = problem.check(core.encode(data)), packed = packed })
end

-- Thresholds -----------------------------------------------------------------------

local function threshold_key(enrolment, concern) return ("%d\n%s"):format(enrolment, concern) end

local shown_most = 10

-- Keep the first that are told of, to be shown.
local function note(list, kind, enrolment, data)
  if #list < shown_most then list[#list + 1] = { kind = kind, enrolment = enrolment, data = data } end
end

-- "marks.csv (import 3)"
local function import_words(import) return ("%s (import %d)"):format(import.file, import.id) end

-- The last event of a kind for each enrolment and concern, by threshold_key.
local function last_told(space, kind)
  local last = {}
  for row in events.each_told(space.store, kind) do last[threshold_key(row[2], row[3])] = row[1] end
  return last
end

-- What a rule says of a pupil on a day, with what was known at a time, if one is given; nil where the pupil is in no
-- register by then.
local function rolling(space, enrolment, rule, day, known_at)
  local pupil = space:one_pupil { enrolment = enrolment, everyone = true, as_of = day, known_at = known_at }
  return pupil and pupil:rolling(rule.value)
end

-- "Tue 18 Nov 2025, morning, N → O, with marks.csv (import 3)": marks that were changed, and by which imports.
local function changed_words(space, amendments)
  local parts, imports, seen = {}, {}, {}
  for i, each in ipairs(amendments) do
    parts[i] = ("%s %s → %s"):format(reasons.session_words(each.date, each.session), words.mark(each.was),
      words.mark(each.now))
    if each.import and not seen[each.import] then
      seen[each.import] = true
      imports[#imports + 1] = import_words(registers.import(space.store, each.import))
    end
  end
  return words.first(parts) .. (#imports > 0 and ", with " .. table.concat(imports, " and ") or "")
end

-- The half days that a threshold counts: { from, to = dates, sessions = texts, "2025-09-08 AM O" }
local function counted_by(e)
  local list, sessions = e:sessions(), core.array {}
  for i, each in ipairs(list) do sessions[i] = ("%s %s %s"):format(each.date, each.session, each.code) end
  return { from = list[1].date, to = list[#list].date, sessions = sessions }
end

-- Of changed marks those that were counted.
local function of_counted(amendments, sessions)
  local counted, list = {}, {}
  for _, text in ipairs(sessions) do counted[text:sub(1, 13)] = true end
  for _, each in ipairs(amendments) do
    if counted[("%s %s"):format(each.date, each.session)] then list[#list + 1] = each end
  end
  return list
end

-- What made that a threshold is met: { count, of, from, to, sessions = texts, why = words }. The marks that were
-- changed since the last run; else the half day with which it came. Of a first run, which tells of all that ever
-- was, nothing is asked.
local function met_details(space, row, rule, since, as_of, last)
  local e = last and rolling(space, row.enrolment, rule, as_of)
  if not e or not e.met then return {} end
  local data = counted_by(e)
  local changed = of_counted(registers.amendments_since(space.store, row.enrolment, last.at), data.sessions)
  local from = registers.first_import_of(space.store, row.enrolment, since:sub(1, 10))
  local by = #changed > 0 and changed_words(space, changed)
    or reasons.session_words(since:sub(1, 10), since:sub(12)) .. (from and ", with " .. import_words(from) or "")
  data.count, data.of = e.count, e.of
  data.why = ("%s, %s to %s; by %s"):format(e:describe(), core.date.short(data.from), core.date.short(data.to), by)
  return data
end

local function raise_met(space, row, thresholds, met, as_of, last, list)
  local count = 0
  for i, rule in ipairs(thresholds) do
    local since = row.thresholds[i].since
    local concern = since and ("%s from %s"):format(rule.name, since)
    local key = since and threshold_key(row.enrolment, concern)
    if since and not met[key] then
      met[key] = true
      local data = met_details(space, row, rule, since, as_of, last)
      local is_short = next(data) == nil -- of a first run, which tells of all at once
      data.rule, data.since = rule.name, since
      raise(space, "threshold.met", { enrolment = row.enrolment, concern = concern, plugin = rule.plugin }, as_of, data,
        is_short)
      count = count + 1
      note(list, "met", row.enrolment, data)
    end
  end
  return count
end

-- What a threshold that was told of had counted; of a first run, which kept none of it, by what was known then.
local function was_counted(space, event, rule)
  local was = events.data(space.store, event.id)
  if was.sessions then return was end
  local e = rolling(space, event.enrolment, rule, event.since:sub(1, 10), event.at)
  return e and e.met and counted_by(e) or {}
end

-- Only an amendment undoes a threshold; that the window moved on does not.
-- -> how many, the schools (by their numbers) where one was: { [school] = true }
local function raise_undone(space, met, as_of, last, list)
  local count, schools = 0, {}
  for _, event in ipairs(events.amended_thresholds(space.store, last and last.at or 0)) do
    local rule = space.rules_by_name[event.rule]
    local stands = met[threshold_key(event.enrolment, event.concern)] == event.id
    local e = stands and rule and rolling(space, event.enrolment, rule, event.since:sub(1, 10))
    if stands and rule and not (e and e.met) then
      local was = was_counted(space, event, rule)
      local changed = registers.amendments(space.store, event.enrolment, event.id)
      local counted = of_counted(changed, was.sessions or {})
      local stand = e and ("%d of %d stand; "):format(e.count, e.of) or ""
      local data = { rule = rule.name, met = event.id, count = e and e.count, of = e and e.of, from = was.from,
        to = was.to, sessions = was.sessions,
        why = stand .. changed_words(space, #counted > 0 and counted or changed) }
      raise(space, "threshold.undone", event, as_of, data)
      count, schools[event.school] = count + 1, true
      note(list, "undone", event.enrolment, data)
    end
  end
  return count, schools
end

-- What was told to be met and not undone since, by threshold_key.
local function standing(space)
  local met = last_told(space, "threshold.met")
  for key, undone in next, last_told(space, "threshold.undone") do
    if met[key] and met[key] < undone then met[key] = nil end -- may be met again
  end
  return met
end

-- schools: the numbers of those of which something may be told that was not told yet.
-- -> { met, undone = numbers, list = the first of them, { kind, enrolment, data }, undone_at = { [school] = true } }
function watch.thresholds(space, filter, schools)
  local thresholds, rules, count = space:thresholds(true), {}, { met = 0, undone = 0, list = {}, undone_at = {} }
  if #schools == 0 then return count end
  for i, rule in ipairs(thresholds) do rules[i] = rule.value end
  local met, last = standing(space), runs.last(space.store)
  count.undone, count.undone_at = raise_undone(space, met, filter.as_of, last, count.list)
  for _, school in ipairs(schools) do
    local asked = { school = school, as_of = filter.as_of, rules = rules, met = true }
    for row in problem.check(space.store:figures(asked)) do
      count.met = count.met + raise_met(space, row, thresholds, met, filter.as_of, last, count.list)
    end
  end
  return count
end

-- Reviews --------------------------------------------------------------------------

-- The dates at which something that stands is to be looked at, after its own day and by
-- another: the review that was set, those of a plan, and what was agreed to be done by then.
local function due_of(space, entry, as_of)
  local step, due, actions, review_on = space:step(entry.school, entry.step), nil, {}, nil
  local stands = not entry.outcome or entry.goes_on
  local function is_due(day) return day ~= nil and day <= as_of and day > entry.on end
  local function take(day)
    if is_due(day) and (not due or day < due) then due = day end
  end
  local dates = {}
  for _, days in ipairs(stands and roles.values(step, entry, "review") or {}) do
    for _, day in ipairs(type(days) == "table" and days or { days }) do dates[#dates + 1] = day end
  end
  dates[#dates + 1] = entry.review_on
  for _, day in ipairs(dates) do
    take(day)
    if is_due(day) then review_on = day end
  end
  for _, list in ipairs(stands and roles.typed(step, entry, "actions") or {}) do
    for _, action in ipairs(list) do
      if type(action) == "table" and is_due(action.by) then
        actions[#actions + 1] = action
        take(action.by)
      end
    end
  end
  return due and { entry = entry, due = due, review_on = review_on, actions = actions }
end

-- The reviews that are due by a day, { entry, due, review_on = date | nil, actions }: of
-- what stands (lua/sdk/entries), and what a plugin asked to be followed up, unless
-- the step was recorded again since. `entries`: the cases' up to the day, where somebody has read them already.
function watch.reviews_due(space, as_of, entries)
  local list, last = {}, {}
  entries = entries or cases.entries(space, { as_of = as_of })
  for _, entry in ipairs(sdk_entries.latest(entries)) do
    list[#list + 1] = due_of(space, entry, as_of) or nil
    local key = ("%d %s"):format(entry.pupil, entry.step)
    last[key] = math.max(last[key] or 0, entry.id)
  end
  for _, entry in ipairs(entries) do
    local newer = (last[("%d %s"):format(entry.pupil, entry.step or "")] or 0) > entry.id
    if entry.kind == "follow-up" and not newer then
      list[#list + 1] = due_of(space, entry, as_of) or nil
    end
  end
  table.sort(list, function(a, b) return a.entry.id < b.entry.id end)
  return list
end

local function review_key(entry, day) return ("%s %s"):format(entry, day) end

-- Told once for each entry and day.
function watch.reviews(space, as_of)
  local known = told(space, "review.due", function(event)
    return review_key((event.data or {}).entry, (event.data or {}).review_on)
  end)
  local count = 0
  for _, each in ipairs(watch.reviews_due(space, as_of)) do
    if not known[review_key(each.entry.id, each.due)] then
      raise(space, "review.due", each.entry, as_of, { entry = each.entry.id, review_on = each.due })
      count = count + 1
    end
  end
  return count
end

-- Periods ----------------------------------------------------------------------------

local function period_of(space, entry, as_of, day)
  local step = entry.enrolment and space:step(entry.school, entry.step)
  if not step or not step.period or not step.tolerance then return nil end
  local pupil = space:one_pupil { enrolment = entry.enrolment, everyone = true, as_of = as_of }
  return pupil and periods.of(space, entry, step, space:map_for_school(entry.school), pupil, as_of, day)
end

-- More absence during a period than was agreed: told once for each entry. The parent is
-- told first, and a person decides.
function watch.exceeded(space, as_of, day)
  local known = told(space, "period.exceeded", function(event) return (event.data or {}).entry end)
  local count = 0
  for _, entry in ipairs(sdk_entries.running(cases.entries(space, { as_of = day, kind = "entry.recorded" }))) do
    local period = not known[entry.id] and period_of(space, entry, as_of, day)
    if period and period.over then
      raise(space, "period.exceeded", entry, day, { entry = entry.id, count = period.count,
        tolerated = period.tolerated, since = period.over })
      count = count + 1
    end
  end
  return count
end

-- Decisions ------------------------------------------------------------------------

local function session_key(session) return session[1] .. " " .. session[2] end

-- The sessions of recorded evidence whose mark is another one now.
local function changed_sessions(pupil, evidence)
  local list, seen = core.array {}, {}
  for _, each in ipairs(evidence) do
    for _, session in ipairs(each.sessions) do
      local now = pupil:mark(session[1], session[2]) or ""
      if now ~= session[3] and not seen[session_key(session)] then
        seen[session_key(session)] = true
        list[#list + 1] = ("%s %s → %s"):format(session_key(session), words.mark(session[3]), words.mark(now))
      end
    end
  end
  return list
end

-- The figures of a decision's rules on its own day, with today's knowledge.
local function figures_now(space, pupil, evidence)
  local list = core.array {}
  for _, each in ipairs(evidence) do
    local rule = space.rules_by_name[each.rule]
    if rule and rule.kind == each.kind then
      local e = pupil:measure(rule.value)
      list[#list + 1] = { rule = each.rule, was = each.count, now = e.count, of = e.of, met = e.met }
    end
  end
  return list
end

-- What became of the evidence of one entry: nil when it stands.
function watch.decision_change(space, entry)
  local evidence = entry.evidence
  if not evidence or #evidence == 0 then return nil end
  if #registers.amendments(space.store, entry.enrolment, entry.id) == 0 then return nil end
  local pupil = space:one_pupil { enrolment = entry.enrolment, everyone = true, as_of = entry.on }
  local sessions = pupil and changed_sessions(pupil, evidence) or {}
  if #sessions == 0 then return nil end
  return { entry = entry.id, step = entry.step, on = entry.on, sessions = sessions,
    figures = figures_now(space, pupil, evidence) }
end

-- Every formal decision whose evidence is no longer what it was, as it is now; of `entries`, if they are given.
function watch.changed_decisions(space, as_of, entries)
  local list = {}
  for _, entry in ipairs(entries or cases.entries(space, { kind = "entry.recorded", as_of = as_of })) do
    local step = entry.kind == "recorded" and entry.enrolment and space:step(entry.school, entry.step)
    local change = step and cases.is_formal(step) and watch.decision_change(space, entry)
    if change then list[#list + 1] = { entry = entry, change = change } end
  end
  return list
end

function watch.evidence(space, as_of)
  local known = told(space, "evidence.changed", function(event)
    return ("%s %s"):format((event.data or {}).entry, table.concat((event.data or {}).sessions or {}, ","))
  end)
  local count = 0
  for _, each in ipairs(watch.changed_decisions(space, as_of)) do
    local key = ("%s %s"):format(each.entry.id, table.concat(each.change.sessions, ","))
    if not known[key] then
      raise(space, "evidence.changed", each.entry, as_of, each.change)
      count = count + 1
    end
  end
  return count
end

return watch
