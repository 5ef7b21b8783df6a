-- mail/hooks: tells hook plugins what happened, in the order it happened, and takes the
-- effects that they ask for.
--
-- Each hook plugin in use keeps its place: the last event that it has read. It is told
-- of the later ones after the command's commit, and its effects and its new place are kept together, in a
-- transaction of their own; so no event is told twice and no effect enters twice. One that
-- fails keeps its place, none of its effects is kept, and it catches up next time, as it does
-- after a kill. A plugin that is new in use begins with the command that first sees it: it is not told
-- of what was recorded before.
--
-- A hook is not told of suggestions from before the school began with Waymark (`start`
-- in the settings), nor of entries that came in as history. Effects raise no event that a hook is told of.
--
-- A worker is told of up to a hundred events of one school at a time, with the pupils
-- as they were on the events' day, and the fields that were granted.

local core = require "waymark.core"
local hook_answer = require "waymark.mail.answer"
local jobs = require "waymark.plugin.worker"
local outbox = require "waymark.mail.outbox"
local plugin_state = require "waymark.plugin.state"
local plugins = require "waymark.plugin"
local problem = require "waymark.base.problem"
local readers = require "waymark.case.readers"
local recorded = require "waymark.store.events"
local stored = require "waymark.store.outbox"
local tables = require "waymark.base.tables"
local terminal = require "waymark.base.terminal"
local wording = require "waymark.base.words"
local effects = core.sdk "effects"
local limits = core.sdk "limits"

local hooks = {}

local most_events, most_text, few = 100, 400000, 4

-- What a plugin is told of ------------------------------------------------------------

local function is_baseline(space, event)
  if event.baseline == 1 or (event.body or {}).history then return true end
  local start, since = space.settings.start, (event.data or {}).since
  return event.kind == "threshold.met" and start ~= nil and since ~= nil and since < start
end

-- Of an entry that was struck out since, nothing is left to tell.
local function is_struck(event)
  return event.kind:find "^entry%." ~= nil and event.kind ~= "entry.corrected" and not event.body
end

-- A plugin's place; a new one's is before this command, and kept at once, so that one
-- that fails at first misses nothing.
local function place_of(space, plugin)
  local place = stored.place(space.store, plugin.name)
  if place then return place end
  place = recorded.last_before(space.store, space.now)
  stored.put_place(space.store, plugin.name, place)
  return place
end

-- The events after a plugin's place that it is to be told of, each with its part; and
-- the last event of all, or the one before the first of a school whose plugins cannot be
-- used at present.
local function waiting_events(space, plugin)
  local place, after, list = recorded.last_before(space.store), place_of(space, plugin), {}
  if after >= place then return list, place end
  for _, event in ipairs(recorded.after(space.store, after)) do
    local map = space:map_for_school(event.school)
    if map.broken then return list, event.id - 1 end
    local part = plugin.of_map[map]
    local wanted = part and tables.has(part.declared.hooks, event.kind)
    if wanted and not is_baseline(space, event) and not is_struck(event) then
      event.part = part
      list[#list + 1] = event
    end
  end
  return list, place
end

local function summary(evidence)
  local list = core.array {}
  for i, each in ipairs(evidence or {}) do
    list[i] = { rule = each.rule, kind = each.kind, count = each.count, of = each.of, met = each.met,
      words = each.words, from = each.from, to = each.to }
  end
  return list
end

local function may_write_to_families(part)
  local sends = plugins.manifest(part.set.by_name[part.set.served]).sends or {}
  return tables.has(sends, "mail") or tables.has(sends, "mail-family")
end

-- What was recorded, without what the host worked out beside it; for a plugin that may write to families
-- without what never leaves staff (why an entry was struck out, too), and without the words of an entry that
-- is not for them.
local function entry_of(space, event)
  local to_families = may_write_to_families(event.part)
  if event.kind == "entry.corrected" then return { why = not to_families and (event.data or {}).why or nil } end
  if not event.body then return nil end
  local entry = {}
  for name, value in next, event.body do entry[name] = value end
  entry.evidence = nil
  if to_families then
    local seen = { school = event.school, step = event.step, fields = entry.fields, audience = entry.audience,
      audience_chosen = entry.audience_chosen }
    if entry.fields then entry.fields = readers.new(space, "family", {}, {}):cut(seen).fields end
    if readers.audience(space, seen) ~= "family" then entry.note, entry.despite = nil, nil end
  end
  return entry
end

local has_why = { ["suggestion.lapsed"] = true, ["threshold.met"] = true, ["threshold.undone"] = true }

-- An event as the plugin sees it: no more than it was granted.
local function told(space, event, record)
  local data, granted = event.data or {}, plugins.granted(event.part.set)
  local declared = event.part.map.declared
  local step = event.step and declared and declared.steps_by_name[event.step]
  local evidence = hook_answer.evidence_of(event)
  local all = { concern = event.concern, reason = data.reason, evidence = evidence and summary(evidence),
    why = has_why[event.kind] and data.why or nil, rule = data.rule, since = data.since,
    count = data.count, tolerated = data.tolerated,
    sessions = data.sessions, figures = data.figures,
    entry = event.kind:find "^entry%." and entry_of(space, event) or nil }
  local seen = { record = record, kind = event.kind, on = event.on, school = event.school, step = event.step,
    title = step and step.title, principle = step and step.principle, review_on = data.review_on }
  for name, grant in next, effects.needs do
    if tables.has(granted, grant) then seen[name] = all[name] end
  end
  return seen
end

-- The pupils of events ------------------------------------------------------------------

local function read_blocks(space, found, filter)
  for bytes in problem.check(space.store:batches(filter)) do
    local batch = problem.check(core.batch(bytes, space:codes()))
    for record = 1, #batch do found[batch[record].id] = { bytes = bytes, record = record } end
  end
end

local function block_key(event) return ("%d %s"):format(event.school_id, event.on) end

-- The enrolments of the events of one part by school and day.
local function enrolments_by_key(events)
  local by_key = {}
  for _, event in ipairs(events) do
    if event.enrolment then
      local key = block_key(event)
      by_key[key] = by_key[key] or { n = 0, of = {} }
      local seen = by_key[key]
      if not seen.of[event.enrolment] then seen.n, seen.of[event.enrolment] = seen.n + 1, true end
    end
  end
  return by_key
end

-- A function: where an event's pupil is, { bytes, record } | nil. A few pupils are read
-- one by one, more with their whole school, and only the last school and day is kept.
local function new_finder(space, events)
  local by_key, last, found = enrolments_by_key(events), nil, nil
  return function(event)
    if not event.enrolment then return nil end
    local key = block_key(event)
    local identity = event.part.set.served .. key
    if identity ~= last then
      last, found = identity, {}
      local filter = { school = event.school_id, as_of = event.on, everyone = true,
        fields = plugins.granted(event.part.set) }
      if by_key[key].n > few then
        read_blocks(space, found, filter)
      else
        for enrolment in next, by_key[key].of do
          filter.enrolment = enrolment
          read_blocks(space, found, filter)
        end
      end
    end
    return found[event.enrolment]
  end
end

-- Chunks -----------------------------------------------------------------------------------

-- Consecutive events of one part, school and batch, as one request.
local function chunks_of(space, events)
  local find, chunks, chunk = new_finder(space, events), {}, nil
  for _, event in ipairs(events) do
    local place = find(event) or {}
    local text = problem.check(core.encode(told(space, event, place.record)))
    local fits = chunk and chunk.part == event.part and chunk.school == event.school and chunk.bytes == place.bytes
      and #chunk.events < most_events and chunk.size + #text < most_text
    if not fits then
      chunk = { part = event.part, school = event.school, bytes = place.bytes, events = {}, texts = {}, size = 0 }
      chunks[#chunks + 1] = chunk
    end
    chunk.events[#chunk.events + 1], chunk.texts[#chunk.texts + 1] = event, text
    chunk.size = chunk.size + #text
  end
  return chunks
end

-- Asking --------------------------------------------------------------------------------

local function start(part, day, codes)
  return jobs.open("hook", { set = part.set, options = part.map.options, today = day,
    granted = plugins.granted(part.set), codes = codes })
end

-- -> list of effects | nil, outcome
local function ask(job, chunk)
  local text = ('{"events":[%s]}'):format(table.concat(chunk.texts, ","))
  local answer, outcome = jobs.answer(job, "events", string.pack("<s4", text) .. (chunk.bytes or ""), "effects")
  if not answer then return nil, outcome end
  if answer.failed then
    return nil, { verdict = "failed", message = core.escape(answer.failed.message), record = answer.failed.event }
  end
  return answer.effects
end

local function check_effects(space, list, chunk)
  local numbers = {}
  for _, effect in ipairs(list) do
    local fault = hook_answer.fault(space, effect, chunk, numbers)
    if fault then return { verdict = "failed", message = core.escape(fault), record = effect.event } end
    effect.about = chunk.events[effect.event]
  end
end

-- Count what a plugin asks for of the events of one run: mails by school and pupil; notes and reviews,
-- which nobody answers away, by pupil and all together. One that catches up is told of several runs:
-- each is counted by itself. -> nil | an outcome
local function count_effects(list, counts)
  local function add(name, key, n)
    key = name .. " " .. key
    counts[key] = (counts[key] or 0) + n
    return limits.fault(name, counts[key])
  end
  for _, effect in ipairs(list) do
    local about, fault = effect.about
    local pupil = about.pupil or "of school " .. about.school_id
    if counts.at ~= about.at then
      for key in next, counts do counts[key] = nil end
      counts.at = about.at
    end
    if effect.kind == "mail" then
      fault = add("pupil_mails", pupil, 1) or add("mails", about.school_id, 1)
        or add("mail_bytes", about.school_id, #problem.check(core.encode(effect.body)))
    else
      fault = add("pupil_notes", pupil, 1) or add("notes", "", 1)
    end
    if fault then return { verdict = "failed", message = fault, record = effect.event } end
  end
end

-- Tell one plugin of chunks, in their order. -> list of effects, each with the event it is about | nil, outcome,
-- the event
local function tell_chunks(space, chunks, codes)
  local running, all, counts = {}, {}, {}
  local function finish()
    for _, job in next, running do job:finish() end
  end
  for _, chunk in ipairs(chunks) do
    local outcome, list
    if not running[chunk.part] then running[chunk.part], outcome = start(chunk.part, chunk.events[1].on, codes) end
    if running[chunk.part] then list, outcome = ask(running[chunk.part], chunk) end
    if list then outcome = check_effects(space, list, chunk) end
    if list and not outcome then outcome = count_effects(list, counts) end
    if outcome then
      finish()
      return nil, outcome, chunk.events[outcome.record or 0]
    end
    table.move(list, 1, #list, #all + 1, all)
  end
  finish()
  return all
end

-- Tell one plugin of its events: as tell_chunks.
local function tell(space, plugin, events)
  local chunks, codes, parts = chunks_of(space, events), space.store:codes(), { plugin.name }
  for _, chunk in ipairs(chunks) do
    for i, event in ipairs(chunk.events) do parts[#parts + 1] = ("%d %s"):format(event.id, chunk.texts[i]) end
    parts[#parts + 1] = core.system.sha256(chunk.bytes or "")
  end
  return space:answer(table.concat(parts, "\n"), function() return tell_chunks(space, chunks, codes) end)
end

-- Keeping -------------------------------------------------------------------------------

-- A note for staff, or a review that will be due: entries of kinds that no hook is told
-- of. -> number of the entry
local function add_entry(space, plugin, effect)
  local event, body = effect.about, { audience = "staff", note = effect.body.text, review_on = effect.body.on }
  return problem.check(space.store:add_entry { kind = effect.kind == "note" and "entry.noted" or "entry.follow-up",
    at = space.now, on = event.on, enrolment = event.enrolment, pupil = not event.enrolment and event.pupil or nil,
    school = not event.enrolment and event.school or nil, step = effect.body.step or event.step,
    plugin = plugin.name, version = plugin.version, digest = space:digest_of(plugin.name),
    data = { answers = core.array {}, event = event.id }, body = body })
end

local function keep(space, plugin, effect, held)
  local why = effect.kind == "mail" and held(effect.about)
  local id, fresh = stored.add(space.store, { plugin = plugin.name, version = plugin.version,
    event = effect.about.id, number = effect.number, kind = effect.kind, body = effect.body, at = space.now,
    state = why and "withdrawn" or "waiting", note = why or nil })
  if not fresh then return end
  if effect.kind ~= "mail" then
    local entry = add_entry(space, plugin, effect)
    stored.mark(space.store, id, "written", nil, ("entry %d"):format(entry))
  end
end

local function failure(space, plugin, outcome, event)
  return { plugin = plugin.name, version = plugin.version, verdict = outcome.verdict, message = outcome.message,
    source = plugins.source_line(space.context.known, outcome.message),
    event = event and event.kind, name = event and event.name }
end

-- -> the kinds of its effects | nil, a failure
local function run_plugin(space, plugin)
  local off = plugin_state.why_off(space, plugin.name)
  if off then return nil, { plugin = plugin.name, verdict = "failed", message = off, is_sentence = true } end
  local kinds, held = {}, outbox.holds(space)
  local waiting, place = waiting_events(space, plugin)
  if #waiting > 0 then
    local list, outcome, event = tell(space, plugin, waiting)
    if not list then
      if not outcome.machine then plugin_state.failed(space, plugin.name, outcome.message) end
      return nil, failure(space, plugin, outcome, event)
    end
    plugin_state.worked(space, plugin.name)
    for i, effect in ipairs(list) do
      keep(space, plugin, effect, held)
      kinds[i] = effect.kind
    end
  end
  if stored.place(space.store, plugin.name) ~= place then stored.put_place(space.store, plugin.name, place) end
  return kinds
end

-- Tell every hook plugin in use of what it has not read yet, each in a change of its own, by
-- `change`. -> { failures = { { plugin, version, verdict, message, event, name }, … }, effects = { [kind] = number } }
local function tell_all(space, change)
  local report = { failures = {}, effects = {} }
  for _, plugin in ipairs(outbox.plugins(space)) do
    local kinds, failed
    change(function() kinds, failed = run_plugin(space, plugin) end)
    report.failures[#report.failures + 1] = failed
    for _, kind in ipairs(kinds or {}) do report.effects[kind] = (report.effects[kind] or 0) + 1 end
  end
  return report
end

-- For commands ----------------------------------------------------------------------------

-- What comes of a command that is done: hooks are told and messages written, without its lock. What the
-- machine does not let happen then, the next changing command makes up for.
local function follow_up(space)
  local report
  local ok, written = pcall(function()
    report = tell_all(space, function(work) space:change(false, work, true) end)
    return outbox.write(space)
  end)
  if not ok and not problem.is(written) then error(written, 0) end
  report = report or { failures = {}, effects = {} }
  local trouble = not ok and { ("%s; what the command did is kept, and the next one that changes something makes up "
    .. "for it"):format(written.what) }
  report.outbox = ok and written or { failed = 0, trouble = trouble }
  return report
end

-- space:change, after whose commit hooks are told and messages written; but when `work` returns false,
-- which means that it only looked. In a dry run what they are told is undone with it, and they are told before that:
-- each without the lock, as a question of workspace:answer.
-- -> what it returned, report
function hooks.change(space, dry_run, work, later)
  local report = { failures = {}, effects = {} }
  local result = space:change(dry_run, function()
    local answer = work()
    if answer == false then return answer end
    stored.forget(space.store)
    for _, plugin in ipairs(outbox.plugins(space)) do place_of(space, plugin) end
    if dry_run then report = tell_all(space, function(ask_one) ask_one() end) end
    return answer
  end, later or dry_run)
  if not dry_run and result ~= false then report = follow_up(space) end
  return result, report
end

local words = { mail = "message", note = "note", ["follow-up"] = "review to come" }

-- "Plugins asked for 3 messages: 2 written, 1 waiting." | nil, when they asked for nothing
function hooks.words(report, dry_run)
  local asked, became = {}, {}
  for _, kind in ipairs(effects.kinds) do
    local n = report.effects[kind]
    local word = words[kind]
    if n then asked[#asked + 1] = wording.count(n, word, (word:gsub("^%l+", "%0s", 1))) end
  end
  if #asked == 0 then return nil end
  for _, state in ipairs { "written", "withdrawn", "failed", "waiting" } do
    local n = report.outbox and report.outbox[state] or 0
    if n > 0 then became[#became + 1] = ("%d %s"):format(n, state) end
  end
  return ("Plugins %s for %s%s."):format(dry_run and "would ask" or "asked", table.concat(asked, ", "),
    #became > 0 and ": " .. table.concat(became, ", ") or "")
end

-- Say what became of it, on standard error: what failed. -> exit status, 0 or 3
function hooks.say(report)
  for _, each in ipairs(report.failures) do
    if each.is_sentence then
      terminal.warn("%s", each.message)
    else
      terminal.warn_of_failure(each, "; it gets what it missed next time")
    end
  end
  local written = report.outbox
  for _, trouble in ipairs(written and written.trouble or {}) do terminal.warn("not written: %s", trouble) end
  if written and written.failed > 0 then
    terminal.warn("%s could not be written; see: waymark outbox list", wording.count(written.failed, "message"))
  end
  local left_out = #report.failures > 0 or written and (written.failed > 0 or #written.trouble > 0)
  return left_out and 3 or 0
end

return hooks
