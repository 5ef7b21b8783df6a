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
-- Attendance at or under a band of a rate has one concern a band. When it rises to a
-- better band and is still met, the suggestion stays the one that it was; a lower band is
-- a new one, and the one before lapses and says so.
--
-- Schools are done one after the other, each map's together. What is held in memory is one school;
-- what is to be recorded stands in a file, as the lines of the list do, until everybody was looked at: only
-- then the write lock is taken.
--
-- A step that fails (waymark.ask.evaluate says how) is left out alone: what was to be recorded of its map
-- is forgotten, and all schools of the map are looked at again without it. What was open of it
-- stays open. Who failed is kept with the run (waymark.store.runs), and in how many runs in a
-- row by waymark.plugin.state, which switches a step off; then it is left out from the start.
-- When the plugin itself is at fault, nothing of its map is kept.
--
-- A school on which nothing has come in since a run that was recorded is not looked at again: what was said
-- of it then is said again (waymark.suggest.again).

local again = require "waymark.suggest.again"
local cases = require "waymark.case.entries"
local core = require "waymark.core"
local evaluate = require "waymark.ask.evaluate"
local plugin_state = require "waymark.plugin.state"
local plugins = require "waymark.plugin"
local problem = require "waymark.base.problem"
local events = require "waymark.store.events"
local imports = require "waymark.store.imports"
local pupils = require "waymark.store.pupils"
local registers = require "waymark.store.registers"
local runs = require "waymark.store.runs"
local settings = require "waymark.workspace.settings"
local settings_texts = require "waymark.store.settings_texts"
local spool = require "waymark.base.spool"
local stored = require "waymark.store.suggestions"
local watch = require "waymark.suggest.watch"
local wording = require "waymark.base.words"
local check = core.sdk "check"
local limits = core.sdk "limits"
local sdk_entries = core.sdk "entries"

local date = core.date

core.sdk "evidence" -- the words join the methods of evidence

local suggest = {}

local lapsed_shown = 10
local least_pupils = 200 -- of a small school: all of them may be away day by day

-- What stands -----------------------------------------------------------------------

-- The day that the pupil of each enrolment, or the family, was last spoken to.
local function contacts_by_enrolment(workspace, filter)
  local last, by_enrolment = cases.last_contacts(workspace, filter.diary, filter.known_at), {}
  for row in pupils.each_with_entries(workspace.store) do by_enrolment[row[1]] = last[row[2]] end
  return by_enrolment
end

local ended_by_people = { answered = true, ["put-off"] = true, bypassed = true }

-- Steps with a period that run, such as a notice: they go on until a person decides, and
-- are not suggested again. -> { ["enrolment step"] = true }, { [enrolment] = true }
local function undecided_steps(workspace, filter)
  local undecided, of = {}, {}
  local wanted = { kind = "entry.recorded", as_of = filter.diary, known_at = filter.known_at }
  for _, entry in ipairs(sdk_entries.running(cases.entries(workspace, wanted))) do
    local step = entry.enrolment and workspace:step(entry.school, entry.step)
    if step and step.period then
      undecided[entry.enrolment .. " " .. entry.step], of[entry.enrolment] = true, true
    end
  end
  return undecided, of
end

-- The last event that is looked at.
local function last_known(workspace, filter)
  return filter.known_at and events.last_by(workspace.store, filter.known_at) or math.maxinteger
end

-- Whether a suggestion was there on the day and at the time that is looked at.
local function was_made(run, made)
  return run.record or made <= run.known and events.day(run.workspace.store, made) <= run.filter.as_of
end

-- The suggestion that a finding is: the open one of its concern; or, of a rate, that of a
-- lower band, from which attendance rose. -> concern, state, whether it is open; without a
-- concern when people looked at the lower band, for then better news is no new suggestion
local function known_as(run, suggestions, finding)
  local enrolment, step = finding.enrolment, finding.step.name
  local state, open = suggestions:find(enrolment, step, finding.concern)
  if open or not finding.bands then return finding.concern, state, open end
  local looked_at, band = false, finding.measured[1].band
  for _, each in ipairs(finding.bands) do
    if each.band < band then
      local lower, is_open, made = suggestions:find(enrolment, step, each.concern)
      if is_open and was_made(run, made) then return each.concern, lower, true end
      looked_at = looked_at or ended_by_people[lower]
    end
  end
  return not looked_at and finding.concern or nil, state, open
end

-- What is new about a rate that was suggested in a higher band before.
local function news_of(run, finding)
  local band = finding.bands and finding.measured[1].band
  for _, each in ipairs(finding.bands or {}) do
    if each.band > band
      and stored.was_made(run.workspace.store, finding.enrolment, finding.step.name, each.concern) then
      return ("attendance fell to %d %% or less"):format(band)
    end
  end
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

-- What is to be recorded of a map, events of a kind, one after the other in a file.
local entry_form = "<s1i8s4s4s4s4s4s4"

local function put(run, kind, each)
  run.now.entries = run.now.entries or spool.new()
  run.now.entries:put(string.pack("<s4", entry_form:pack(kind, each.enrolment, each.step, each.concern, each.plugin,
    each.version or "", each.digest or "", problem.check(core.encode(each.data)))))
end

-- First all events, then all suggestions as they have them.
local function record_entries(run, entries)
  local store, at, before = run.workspace.store, 0, events.last_before(run.workspace.store)
  while at < entries.length do
    local length = ("<I4"):unpack(entries:get(at, 4))
    local kind, enrolment, step, concern, plugin, version, digest, data = entry_form:unpack(entries:get(at + 4, length))
    problem.check(store:add_event { kind = kind, enrolment = enrolment, step = step, concern = concern,
      on = run.filter.as_of, at = run.workspace.now, plugin = plugin, version = version, digest = digest,
      data = data, encoded = true, packed = kind == "suggestion.made" })
    at = at + 4 + length
  end
  entries:close()
  stored.follow(store, before)
end

local function make(run, each)
  local step = each.step
  put(run, "suggestion.made", { enrolment = each.enrolment, step = step.name, concern = each.concern,
    plugin = step.plugin, version = step.version, digest = run.workspace:digest_of(step.plugin, run.now.map),
    data = { reason = each.reason, evidence = each.evidence, new = each.new, concern_on = each.concern_on,
      baseline = each.baseline } })
  run.now.made = run.now.made + 1
  run.now.made_of[step] = (run.now.made_of[step] or 0) + 1
end

local function add_counts(all, counts)
  for step, n in next, counts do all[step] = (all[step] or 0) + n end
end

-- A suggestion, to be made or listed.
local function suggestion_of(run, school, finding, concern, news)
  return { enrolment = finding.enrolment, school = school.key, step = finding.step, concern = concern,
    reason = finding.words, evidence = finding.evidence or evaluate.listed(finding), new = news,
    concern_on = finding.concern_on, baseline = is_baseline(run.workspace, finding, run.first_run) }
end

-- The suggestions of a school that hold and that nobody answered, those that were only
-- counted aside; with `record`, the new ones are written down. `said`: what the last run said of the school, where
-- nothing has come in since. -> how many pupils have one, and how many there are: { [step] = n }
local function take_suggestions(run, school, result, said)
  local now, suggestions, before, counts, last, people = run.now, result.suggestions, run.now.pupils, {}, nil, nil
  result.made = {} -- ["enrolment step"] = true
  for place, n in next, result.counts do counts[now.map.declared.steps[place]] = n end
  for _, finding in ipairs(result.findings) do
    local concern, state, open
    if finding.verdict == "suggest" then concern, state, open = known_as(run, suggestions, finding) end
    if concern and stands(finding, state, open, run.contacts[finding.enrolment], run.undecided) then
      suggestions:hold(finding.enrolment, finding.step.name, concern)
      counts[finding.step] = (counts[finding.step] or 0) + 1
      if finding.enrolment ~= last and not finding.beside then now.pupils = now.pupils + 1 end
      last = finding.enrolment
      local is_new = run.record and not open
      local is_listed = run.line and run.pupils_listed + now.pupils <= run.most
      if is_new or is_listed then
        local each = suggestion_of(run, school, finding, concern, news_of(run, finding))
        if is_new then
          make(run, each)
          result.made[finding.enrolment .. " " .. finding.step.name] = true
        end
        if is_listed then
          people = people or pupils.of_school(run.workspace.store, school.id)
          each.person = people[each.enrolment]
          now.list[#now.list + 1] = { each.enrolment, each.step.place, run.spool:put(run.line(each)) }
        end
      end
    end
  end
  now.pupils = now.pupils + result.pupils -- those who were only counted come after those who are listed
  if result.is_part then now.pupils, counts = before + said.suggested, again.counts(now.map, said) end
  add_counts(now.counts, counts)
  return now.pupils - before, counts
end

-- "import 3 (marks.csv) was undone"
local function undone_words(import) return ("import %d (%s) was undone"):format(import.id, core.escape(import.file)) end

-- "2025-09-08 AM N → I", for the marks that changed since the suggestion was made: those that it counted, where its
-- evidence says them. And the imports that were undone with it, in words, or "".
local function amendments_since(workspace, row, evidence)
  local list, counted, undone, last = core.array {}, {}, {}, nil
  for _, each in ipairs(evidence) do
    for _, session in ipairs(each.kind ~= "rate" and each.sessions or {}) do
      counted[session[1] .. session[2]] = true
    end
  end
  for _, each in ipairs(registers.amendments(workspace.store, row.enrolment, row.made)) do
    if not next(counted) or counted[each.date .. each.session] then
      local change = ("%s → %s"):format(wording.mark(each.was), wording.mark(each.now))
      list[#list + 1] = ("%s %s %s"):format(each.date, each.session, change)
      if each.import and each.import ~= last then
        local import = imports.undone_by(workspace.store, each.import)
        undone[#undone + 1] = import and undone_words(import)
        last = each.import
      end
    end
  end
  return list, #undone > 0 and table.concat(undone, " and ") .. ": " or ""
end

local function gated_words(result, row)
  for _, finding in ipairs(result.findings) do
    if finding.verdict == "gated" and finding.enrolment == row.enrolment and finding.step.name == row.step then
      return finding.words
    end
  end
end

local function pupil_looked_at(result, enrolment)
  for _, batch in ipairs(result.batches) do
    for record = 1, #batch do
      if batch[record].id == enrolment then return batch[record] end
    end
  end
end

-- What became of what was measured for a suggestion: of a rate that it fell a band, or rose above all of them; of
-- half days in a row that they ended; of others what they are now.
local function measured_words(run, pupil, is_new, was)
  local rule = was.kind and run.now.map.declared.rules_by_name[was.rule]
  if not rule or rule.kind ~= was.kind then return nil end
  local e = pupil:measure(rule.value)
  if rule.kind ~= "rate" and e.met then return nil end
  if rule.kind == "streak" then return "the half days in a row have ended" end
  if rule.kind == "trend" or rule.kind == "weekday" then return "it no longer holds: " .. e:why_not() end
  if rule.kind ~= "rate" then return "it no longer holds: now " .. e:describe() end
  if e.met and was.band and e.band < was.band then
    return ("attendance fell to %d %% or less%s"):format(e.band, is_new and ": see the new suggestion" or ""), true
  end
  if was.to and date.academic_year(was.to) ~= date.academic_year(run.filter.as_of) then
    return "a new school year has begun"
  end
  return not e.met and e.hundredths and "attendance is now " .. e:describe() or nil
end

-- The settings of a time as they are read, or nil where they are those of now.
local function settings_then(run, at)
  local space, known = run.workspace, run.settings
  if known[at] == nil then
    local text = settings_texts.at(space.store, at)
    known[at] = text and text ~= space.settings.text and settings.evaluate(text) or false
  end
  return known[at] or nil
end

-- Of settings as they are read, what a school has of its own, else what all have: its years, or its uses.
local function of_school(read, key, name)
  for _, school in ipairs(read.schools) do
    if school.key == key and #school[name] > 0 then return school[name] end
  end
  return read[name]
end

-- Whether the days that are open at a school are others than at a time.
local function calendar_changed(run, key, at)
  local known, name = run.calendars, key .. " " .. at
  if known[name] == nil then
    local space, then_read = run.workspace, settings_then(run, at)
    local function days(read)
      return problem.check(core.encode(core.array(settings.days(of_school(read, key, "years")))))
    end
    known[name] = settings_texts.calendar_imported(space.store, at)
      or then_read ~= nil and days(then_read) ~= days(space.settings)
  end
  return known[name]
end

-- The options of each plugin by name, as a school's settings give them.
local function options_of(read, key)
  local options = {}
  for _, use in ipairs(of_school(read, key, "uses")) do options[use.name] = use.options or {} end
  return options
end

local function option_words(value) return value == nil and "what is usual" or wording.value(value) end

-- The options of a school's plugins that the settings give otherwise than at a time: "the option callback_sessions
-- of essex was changed (1 to 4)".
local function changed_options(run, key, at)
  local parts, then_read = {}, settings_then(run, at)
  if not then_read then return parts end
  local was, now = options_of(then_read, key), options_of(run.workspace.settings, key)
  for _, plugin in ipairs(check.names(now)) do
    local names = {}
    for _, options in ipairs { was[plugin] or {}, now[plugin] } do
      for name in next, options do names[name] = true end
    end
    for _, name in ipairs(check.names(names)) do
      local first, last = option_words((was[plugin] or {})[name]), option_words(now[plugin][name])
      if first ~= last then
        parts[#parts + 1] = ("the option %s of %s was changed (%s to %s)"):format(name, plugin, first, last)
      end
    end
  end
  return parts
end

-- What changed beside the marks since a suggestion was made: the road map, the plugin, its options, the calendar.
local function what_changed(run, row, made, school)
  local step, parts = run.now.map.declared.steps_by_name[row.step], {}
  if not step then return "the step is not on the road map any more" end
  if made.plugin ~= step.plugin then
    parts[1] = ("the step is of another plugin now, %s in place of %s"):format(step.plugin, made.plugin)
  elseif made.digest and made.digest ~= run.workspace:digest_of(step.plugin, run.now.map) then
    parts[1] = ("the plugin %s was changed%s"):format(step.plugin,
      made.version ~= step.version and (" (%s to %s)"):format(made.version, step.version) or "")
  end
  local options = changed_options(run, school.key, made.at)
  table.move(options, 1, #options, #parts + 1, parts)
  if calendar_changed(run, school.key, made.at) then parts[#parts + 1] = "the calendar was changed" end
  for _, import in ipairs(imports.undone_since(run.workspace.store, made.at)) do
    parts[#parts + 1] = undone_words(import)
  end
  return #parts > 0 and "since it was suggested, " .. table.concat(parts, ", and ") or nil
end

-- A rate that fell a band is worse news, and said so. Where all that can be said is that the step is suggested for
-- another concern now, that is said.
local function why_lapsed(run, row, result, made, school)
  local evidence = events.data(run.workspace.store, row.made).evidence or {}
  local changed, undone = amendments_since(run.workspace, row, evidence)
  local pupil = pupil_looked_at(result, row.enrolment)
  local is_new, words, fell = result.made[row.enrolment .. " " .. row.step], nil, nil
  if pupil then words, fell = measured_words(run, pupil, is_new, evidence[1] or {}) end
  local marks = not fell and #changed > 0 and undone .. wording.first(changed) or nil
  local parts = { marks or not fell and gated_words(result, row) or words }
  -- Which marks a rate counted is not kept: what it is now is said before all that changed.
  if marks and words and (evidence[1] or {}).kind == "rate" then parts = { words, marks } end
  if pupil and not fell and #changed == 0 then parts[#parts + 1] = what_changed(run, row, made, school) end
  local why = #parts > 0 and table.concat(parts, "; ") or not pupil and "no longer on roll"
    or is_new and "another concern has taken its place: see the new suggestion" or "it no longer holds"
  return { why = why, amended = changed, worse = fell }
end

-- The open suggestions of a school that hold no more, in the order they were made; none of a
-- step that could not say so, nor what people ended after the day that is looked at.
local function to_lapse(run, result)
  local list = {}
  for _, row in ipairs(result.suggestions:left()) do
    local is_said = not run.now.without[row.step] and not result.failed[row.enrolment .. " " .. row.step]
    if is_said and row.state == "open" then
      list[#list + 1] = row
    end
  end
  return list
end

local function lapse(run, row, result, school)
  local store = run.workspace.store
  local by = events.made_by(store, row.made)
  local data = why_lapsed(run, row, result, by, school)
  put(run, "suggestion.lapsed", { enrolment = row.enrolment, step = row.step, concern = row.concern, plugin = by.plugin,
    version = by.version, data = data })
  local lapsed = run.now.lapsed
  lapsed.count = lapsed.count + 1
  if lapsed.count <= lapsed_shown then
    local person, step = evaluate.person(run.workspace, row.enrolment), run.now.map.declared.steps_by_name[row.step]
    lapsed[lapsed.count] = { enrolment = row.enrolment, step = row.step, concern = row.concern, why = data.why,
      worse = data.worse, upn = person.upn, name = person.name, title = step and step.title }
  end
end

-- What failed, as it is recorded. Of a step that fails in many schools the words are kept of the first
-- pupils, and of the others, whose words these are not, where it failed.
local most_failure_words = 10000 -- bytes of a step in a run

local function failure_rows(run)
  local failures, bytes = {}, {}
  for _, each in ipairs(run.workspace.plugin_failures) do
    run.failures[#run.failures + 1] = { plugin = each.plugin, version = each.version, verdict = each.verdict,
      message = each.message, is_sentence = true, is_said = true }
  end
  for _, each in ipairs(run.failures) do
    local name = plugin_state.name(each.plugin, each.step)
    local function add(enrolment, message)
      bytes[name] = (bytes[name] or 0) + #message
      if enrolment and bytes[name] > most_failure_words then
        message = message:sub(1, 200):match "^[%w_-]+/[%w_/%.-]+%.lua:%d+" or each.verdict
      end
      failures[#failures + 1] = { plugin = each.plugin, version = each.version, step = each.step,
        enrolment = enrolment, verdict = each.verdict, message = message }
    end
    add(each.enrolment, each.message)
    for _, more in ipairs(each.more or {}) do add(more.enrolment, more.message) end
  end
  return failures
end

-- Every school by its own map ------------------------------------------------------

-- The maps that schools follow, each with its schools; raises when no school has one
-- that can be used.
local function maps_with_schools(workspace)
  local list, by_map, broken, schools = {}, {}, nil, workspace:schools()
  for _, school in ipairs(schools) do
    local map = workspace:map_for_school(school.key)
    if not map.broken and not map.declared then problem.no_road_map(map) end
    if not by_map[map] then
      by_map[map] = { map = map, schools = {} }
      list[#list + 1] = by_map[map]
    end
    table.insert(by_map[map].schools, school)
  end
  for _, each in ipairs(list) do
    if not each.map.broken then return list end
    broken = each.map
  end
  if broken then problem.no_road_map(broken) end
  return list
end

-- without: the steps that are not asked, by name
local function new_totals(map, without)
  return { map = map, without = without, made = 0, made_of = {}, pupils = 0, counts = {}, list = {},
    lapsed = { count = 0 }, looked_at = 0, said = {} } -- said: see waymark.suggest.again
end

local function keep(run, totals)
  run.made, run.pupils_listed = run.made + totals.made, run.pupils_listed + totals.pupils
  run.pupils = run.pupils + totals.looked_at
  for id, said in next, totals.said do run.said[id] = said end
  add_counts(run.counts, totals.counts)
  table.move(totals.list, 1, #totals.list, #run.list + 1, run.list)
  table.insert(run.entries, totals.entries)
  for i, each in ipairs(totals.lapsed) do
    if run.lapsed.count + i <= lapsed_shown then run.lapsed[run.lapsed.count + i] = each end
  end
  run.lapsed.count = run.lapsed.count + totals.lapsed.count
end

-- What the workers of a look have spent, added to what its steps have cost.
local function add_costs(run, declared, look)
  for place, step in ipairs(look.not_asked and {} or declared.steps) do
    local cost = run.costs[step] or { step = step, calls = 0, nanoseconds = 0, instructions = 0, bytes = 0,
      asked = 0, swept = 0 }
    for _, costs in next, look.costs do
      for name, value in next, costs[place] do cost[name] = cost[name] + value end
    end
    if step.when then cost.swept = cost.swept + look.pupils end
    cost.suggested, run.costs[step] = run.counts[step] or 0, cost
  end
end

-- How often each step suggested at each school in the four weeks up to a run: { ["school step"] = n }.
local function made_lately(run)
  if not run.made_lately then
    run.made_lately = stored.lately(run.workspace.store, date.add(run.filter.as_of, -27), run.filter.as_of,
      run.workspace.now)
  end
  return run.made_lately
end

-- A step whose concern is another one from day to day, or that suggests every other day, would fill
-- the record: over the limit it is left out.
local function bound_events(run, look, school, result)
  for step, n in next, run.now.made_of do
    local all = n + (made_lately(run)[school.id .. " " .. step.name] or 0)
    if look:bound(step, "suggestions", math.ceil(all / math.max(result.looked_at, least_pupils))) then return false end
  end
  run.now.made_of = {}
  return true
end

-- One look at the schools of a map; forgotten, if it may not be kept.
local function look_at(run, map, schools, without, options)
  local space, now = run.workspace, new_totals(map, without)
  run.now = now
  local basis = run.record and map.set and again.basis(run, map, without)
  local asked, known = again.to_ask(run, schools, not options.profile and basis)
  local look = evaluate.new(space, map, run.filter, { workers = options.workers or core.system.processors(),
    progress = options.progress, profile = options.profile, known = run.known, record = run.record,
    undecided = run.undecided_of, same = run.most < math.huge and known or nil,
    off = plugin_state.why_off(space, map.served), without = check.names(without) })
  look.room = run.most - run.pupils_listed
  for school, result in look:schools(asked) do
    local suggested, counts = take_suggestions(run, school, result, known[school.id])
    now.looked_at = now.looked_at + result.looked_at
    if known[school.id] then
      now.said[school.id] = "again"
    elseif basis and not next(result.failed) then
      now.said[school.id] = { basis = basis, pupils = result.looked_at, suggested = suggested,
        steps = again.steps(counts) }
    end
    if run.record then
      for _, row in ipairs(result.is_part and {} or to_lapse(run, result)) do lapse(run, row, result, school) end
      if not bound_events(run, look, school, result) then break end
    end
    look.room = run.most - run.pupils_listed - now.pupils
  end
  run.is_long = run.is_long or look.is_long
  if look.given_up or look.left_out then
    if now.entries then now.entries:close() end
    return look
  end
  for _, school in ipairs(schools) do
    local said = not now.said[school.id] and known[school.id]
    if said then
      now.looked_at, now.pupils = now.looked_at + said.pupils, now.pupils + said.suggested
      add_counts(now.counts, again.counts(map, said))
      now.said[school.id] = "again"
    end
  end
  keep(run, now)
  return look
end

-- How a plugin, or a step of it, did: why it failed as a whole, or false. One that failed for
-- any map has failed.
local function note_state(run, name, why) run.states[name] = why or run.states[name] or false end

local function keep_states(run)
  for _, name in ipairs(check.names(run.states)) do
    local why = run.states[name]
    if why then plugin_state.failed(run.workspace, name, why) else plugin_state.worked(run.workspace, name) end
  end
end

-- The steps of a map that are not asked from the start: why, by name. They are switched off, or
-- have a slip; said like what fails.
local function steps_off(run, map)
  local without = {}
  for _, step in ipairs(map.declared and map.declared.steps or {}) do
    local off = plugin_state.why_off(run.workspace, step.plugin, step.name)
    local why = off or step.slip
    if why then
      without[step.name], run.left_out[step] = why, off and "off" or "failed"
      run.failures[#run.failures + 1] = { plugin = step.plugin, version = step.version, step = step.name,
        verdict = "failed", message = why, is_sentence = off ~= nil, left_out = true,
        source = not off and plugins.source_line(run.workspace.context.known, why) or nil }
      if not off then note_state(run, plugin_state.name(step.plugin, step.name), why) end
    end
  end
  return without
end

local function too_many(map)
  return { plugin = map.served, verdict = "failed",
    message = ("more than %d of its steps failed in one run, so nothing of it is kept"):format(limits.failing_steps) }
end

-- Look at the schools of a map until all its steps but those that are left out have worked.
local function run_map(run, map, schools, options)
  local without, failed, look = steps_off(run, map), {}
  repeat
    look = look_at(run, map, schools, without, options)
    for _, each in ipairs(look.left_out or {}) do
      local step = map.declared.steps_by_name[each.step]
      without[each.step], run.left_out[step], failed[#failed + 1] = each.message, "failed", each
      note_state(run, plugin_state.name(step.plugin, step.name), each.message)
    end
  until look.given_up or not look.left_out or #failed > limits.failing_steps
  if #failed > limits.failing_steps then look:stop(too_many(map)) end
  for _, each in ipairs(failed) do
    each.left_out = not look.given_up
    look.failures[#look.failures + 1] = each
  end
  local worked = next(look.asked) ~= nil -- where nobody was asked, nothing is known of it
  if not look.not_asked and (look.given_up and not look.failures[1].machine or not look.given_up and worked) then
    note_state(run, map.served, look.given_up and look.failures[1].message)
  end
  for _, step in ipairs(map.declared and map.declared.steps or {}) do
    if look.given_up then
      run.left_out[step] = run.left_out[step] or look.not_asked and "off" or "failed"
    elseif not without[step.name] and look.asked[step.place] then
      note_state(run, plugin_state.name(step.plugin, step.name))
    end
  end
  table.move(look.failures, 1, #look.failures, #run.failures + 1, run.failures)
  if options.profile then add_costs(run, map.declared, look) end
end

local function notice(run)
  local filter, workspace = run.filter, run.workspace
  local thresholds = watch.thresholds(workspace, filter, again.changed(run))
  return { met = thresholds.met, undone = thresholds.undone, thresholds = thresholds.list,
    undone_at = thresholds.undone_at,
    reviews = watch.reviews(workspace, filter.diary),
    exceeded = watch.exceeded(workspace, filter.as_of, filter.diary),
    changed = watch.evidence(workspace, filter.diary) }
end

-- Look at every pupil as of a day, and with `record` write down what is new, what
-- lapsed, what else is to be noticed, and what failed.
--   options  { record, workers = most, profile = true (see costs), progress = function(pupils),
--              line = function(suggestion): how it is listed, a text; nothing is, if there is none,
--              most = of how many pupils (all, if nothing is said) }
--   suggestion  { enrolment, person = { upn, name, year, form }, school (key), step, concern, reason,
--              evidence (for JSON alone), new = what changed since an earlier one }
-- -> { pupils, counts = { [step] = number }, failures (see waymark.ask.evaluate), left_out = { [step] =
--      "failed" or "off" }: nothing is said of these; made, noticed = { … },
--      pupils_listed = number of pupils who have suggestions; their lines: suggest.lines,
--      lapsed = { count, the first ten },
--      costs = { [step] = { step, calls, nanoseconds, instructions, bytes, swept and asked (pupils), suggested } }
--      of a profile }
function suggest.run(workspace, filter, options)
  workspace:load_plugins()
  local run = { workspace = workspace, filter = filter, record = options.record, line = options.line,
    most = options.line and (options.most or math.huge) or 0, spool = options.line and spool.new(),
    known = last_known(workspace, filter),
    first_run = runs.last(workspace.store) == nil, contacts = contacts_by_enrolment(workspace, filter),
    pupils = 0, pupils_listed = 0, counts = {}, costs = {}, failures = {}, left_out = {}, states = {}, made = 0,
    list = {}, entries = {}, lapsed = { count = 0 }, calendars = {}, settings = {}, schools = {}, said = {} }
  local before = events.last_before(workspace.store)
  run.undecided, run.undecided_of = undecided_steps(workspace, filter)
  for _, each in ipairs(maps_with_schools(workspace)) do
    table.move(each.schools, 1, #each.schools, #run.schools + 1, run.schools)
    run_map(run, each.map, each.schools, options)
  end
  if not run.record then return run end
  workspace:lock()
  for _, entries in ipairs(run.entries) do record_entries(run, entries) end
  keep_states(run)
  run.noticed = notice(run)
  again.keep(run)
  runs.record(workspace.store, { at = workspace.now, as_of = filter.as_of, made = run.made, lapsed = run.lapsed.count,
    after = before, failures = failure_rows(run) })
  return run
end

local ended_words = { answered = "answered by what was recorded on %s", ["put-off"] = "put off on %s: \"not now\"",
  bypassed = "left out on purpose on %s" }

-- Why a finding of one pupil (evaluate.explain) that a step suggests is not on the list: people ended its
-- concern, spoke to the family since it began, or what was suggested runs. -> words, or nil when it is on it
function suggest.why_settled(workspace, filter, finding)
  local store = workspace.store
  local run = { workspace = workspace, filter = filter, known = last_known(workspace, filter) }
  local suggestions = problem.check(store:school_suggestions { school = workspace:school_id(finding.school.key),
    known = run.known, diary = filter.diary })
  local concern, state, open = known_as(run, suggestions, finding)
  local contact = contacts_by_enrolment(workspace, filter)[finding.enrolment]
  local undecided = undecided_steps(workspace, filter)
  if not concern then return "people looked at it when attendance was lower" end
  if stands(finding, state, open, contact, undecided) then return nil end
  if undecided[finding.enrolment .. " " .. finding.step.name] then
    return "it runs, until a person decides what comes of it"
  end
  for _, row in ipairs(ended_by_people[state] and stored.list(store, { enrolment = finding.enrolment }) or {}) do
    if row.step == finding.step.name and row.concern == concern then
      return ended_words[state]:format(wording.day(row.ended_on, filter.as_of))
    end
  end
  return ("the family was spoken to on %s, after it began"):format(wording.day(contact, filter.as_of))
end

local function by_pupil_and_road_map(a, b)
  if a[1] ~= b[1] then return a[1] < b[1] end
  return a[2] < b[2]
end

-- The lines of a run, once: for line, enrolment in suggest.lines(run) do. As schools and their
-- pupils were looked at; `sorted`, in the order of pupils and road map, also where the pupils of
-- schools were imported side by side.
function suggest.lines(run, sorted)
  if sorted then table.sort(run.list, by_pupil_and_road_map) end
  local i = 0
  return function()
    i = i + 1
    local place = run.list[i]
    if place then return run.spool:get(place[3], place[4]), place[1] end
    run.spool:close()
  end
end

-- Why a run prints and records nothing, and the run that keeps it from it, if one does; nil when it may
-- record. Raises of a day to come: nothing up to that day could be recorded any more.
function suggest.only_looks(workspace, filter)
  if filter.as_of > workspace:today() then
    problem.raise("%s is still to come (today is %s); give a day that was", filter.as_of, workspace:today())
  end
  if filter.known_at then return "this is what was known at an earlier time" end
  local last = runs.last(workspace.store)
  -- Where all were undone, what rested on them has to lapse.
  if not last and not registers.last_day(workspace.store) then return "no registers have come in yet" end
  if last and last.as_of > filter.as_of then
    return ("suggestions up to %s are recorded already"):format(last.as_of), last
  end
end

return suggest
