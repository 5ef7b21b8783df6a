-- today: the list that people work from, made of what `suggest` recorded and of
-- what people entered. Nothing is evaluated here and nothing is suggested anew;
-- keeping the list's numbers is the only thing that is written.
--
-- The list: { id, as_of, day, schools, rows, sections }
--   as_of, day  the last day looked at in the registers, and in the diary
--   schools     { key, name, reach, late = school days, weeks, too_few, waiting = children, lists, policy =
--               waymark.policy's state }
--   failing     plugins and steps that are off or failed the last time, a sentence each: the list
--               has nothing of theirs; a school has its own, for its part of the list
--   to_come     that there are entries of a day to come, a sentence, if there are (cases.to_come)
--   rows        in the order of their numbers: { number, section, person, step,
--               title, why, since, further = titles, hold, baseline, concern, ref,
--               need, need_for, ring, tried, family (today/beside),
--               heading = what stands above the row where the road map becomes more formal }
--   sections    { { name, title, rows }, … }, those that have rows
-- One line a child in calls and decisions together; the child may stand in other
-- sections too. The numbers of a road map (new lines a week …) are its `lists`.

local core = require "waymark.core"
local cases = require "waymark.case.entries"
local appointments = require "waymark.case.appointments"
local beside = require "waymark.today.beside"
local problem = require "waymark.base.problem"
local policy = require "waymark.case.policy"
local purposes = require "waymark.plugin.purposes"
local plugin_state = require "waymark.plugin.state"
local events = require "waymark.store.events"
local numbered = require "waymark.store.lists"
local pupils = require "waymark.store.pupils"
local runs = require "waymark.store.runs"
local lines = require "waymark.today.lines"
local running = require "waymark.today.running"
local watch = require "waymark.suggest.watch"
local today_words = require "waymark.today.words"
local words = require "waymark.base.words"

local today = {}

today.sections = {
  { name = "meetings", title = "Meetings" },
  { name = "reviews", title = "What was promised by now, and reviews due" },
  { name = "calls", title = "Calls to make" },
  { name = "decisions", title = "Suggestions to decide" },
  { name = "exceeded", title = "More absence than was agreed: tell the parent first" },
  { name = "checks", title = "To be looked at while it runs" },
  { name = "ended", title = "Periods that have ended" },
  { name = "running", title = "Periods that run" },
  { name = "thresholds", title = "Thresholds newly met or undone" },
  { name = "changed", title = "Decisions whose evidence changed" },
  { name = "reasons", title = "Half days still without a reason" },
  { name = "holds", title = "On hold" },
  { name = "improved", title = "Who improved after support that was taken up" },
}

-- Sections whose rows are filled in and come back.
today.fillable = { meetings = true, reviews = true, calls = true, decisions = true,
  ended = true }

-- Sections whose rows name their step beside the words.
today.titled = { running = true, changed = true, exceeded = true, checks = true }

-- What is looked at -----------------------------------------------------------------

-- Everybody on roll, by enrolment, and of these who is in view, also by pupil (row number): of whom a part
-- of the school is shown, the others are looked at too, since who waits goes by everybody's need.
local function read_people(view, filter)
  local store, codes = view.space.store, view.space:codes()
  local function each_pupil(school, year, form, see)
    for bytes in problem.check(store:batches { as_of = filter.as_of, diary = filter.diary, year = year, form = form,
      school = school.id, fields = { "registers" }, rules = { school.reason_rule } }) do
      local batch = problem.check(core.batch(bytes, codes))
      local met = batch.met
      for i = 1, #batch do
        local pupil = batch[i]
        view.pupils[pupil.id] = pupil
        see(pupil, met[i] ~= 0)
      end
    end
  end
  for _, school in ipairs(view.schools) do
    school.reason_rule = running.reason_rule(school.lists)
    if filter.year or filter.form then each_pupil(school, nil, nil, function() end) end
    each_pupil(school, filter.year, filter.form, function(pupil, lacks_reason)
      local person = { enrolment = pupil.id, school = school, pupil = pupil, lacks_reason = lacks_reason }
      view.people[pupil.id], view.order[#view.order + 1] = person, person
      school.calendar = school.calendar or pupil.calendar
    end)
  end
  for row in pupils.each_enrolment(store) do
    local person = view.people[row[1]]
    view.rows[row[1]] = row[2]
    if person then
      person.row = row[2]
      view.by_pupil[row[2]] = person
    end
  end
end

local function schools_of(space, filter)
  local list = {}
  for _, school in ipairs(space:schools()) do
    if not filter.school or school.id == filter.school then
      local map = space:map_for_school(school.key)
      if not map.declared then problem.no_road_map(map) end
      school.map, school.lists = map, map.declared.lists or {}
      list[#list + 1] = school
    end
  end
  return list
end

-- The owner of a case is who recorded its latest entry, unless the school's own
-- register has a column "owner".
local function keep_owner(view, owner)
  if not owner then return end
  for enrolment, person in pairs(view.people) do
    local name = pupils.groups(view.space.store, enrolment).owner or view.last_by[person.row]
    if not name or not core.fold(name):find(core.fold(owner), 1, true) then view.people[enrolment] = nil end
  end
  for row, person in pairs(view.by_pupil) do
    if not view.people[person.enrolment] then view.by_pupil[row] = nil end
  end
end

local function look(space, filter, options)
  local view = { space = space, as_of = filter.as_of, day = filter.diary or filter.as_of, pupils = {}, rows = {},
    people = {}, order = {}, by_pupil = {}, last_by = {}, schools = schools_of(space, filter),
    run_days = runs.days(space.store), baseline = options.baseline }
  read_people(view, filter)
  for _, school in ipairs(view.schools) do
    if school.calendar then
      school.weeks = running.weeks_into_year(school.calendar, view.as_of)
      school.too_few = school.weeks <= (school.lists.too_few_weeks or 0)
      local reach = school.reach -- registers of the day itself may still come
      school.late = reach and school.calendar:days_between(core.date.add(reach[1], 1), core.date.add(view.day, -1)) or 0
    end
  end
  view.entries, view.entries_of = {}, setmetatable({}, { __index = function(self, pupil)
    self[pupil] = {}
    return self[pupil]
  end })
  for _, entry in ipairs(cases.entries(space, { as_of = view.day, gone = true, at = filter.school })) do
    if not entry.struck then view.last_by[entry.pupil] = entry.by or view.last_by[entry.pupil] end
    if not entry.gone then
      view.entries[#view.entries + 1] = entry
      table.insert(view.entries_of[entry.pupil], entry)
    end
  end
  keep_owner(view, options.owner)
  view.holds, view.ended_holds = cases.holds(space, view.day), cases.ended_holds(space, view.day)
  return view
end

-- The other sections ---------------------------------------------------------------

-- What a row that is about an entry is about; in what words, its ref depends on.
function today.entry_concern(what, id) return ("%s of entry %d"):format(what, id) end

-- "Today, 3.30 pm, in the library", "Was to be on Wednesday 18 March: …"
local function meeting_words(view, each)
  local day, at = words.day(each.day, view.as_of), each.at and ", " .. each.at or ""
  if each.day == view.day then return ("Today%s"):format(at) end
  if each.day > view.day then return ("On %s%s"):format(day, at) end
  return ("Was to be on %s%s: record whether it was held, or to when it was moved"):format(day, at)
end

local function meeting_rows(view)
  local list = {}
  local function step_of(entry)
    local person = view.by_pupil[entry.pupil]
    return person and person.school.map.declared.steps_by_name[entry.step]
  end
  for i, each in ipairs(appointments.open(view.entries, step_of)) do
    local entry, why = each.entry, meeting_words(view, each)
    list[i] = { section = "meetings", person = view.by_pupil[entry.pupil], step = each.step, title = each.step.title,
      since = entry.on, due = each.day, overdue = each.day < view.day,
      concern = today.entry_concern("meeting", entry.id),
      why = ("%s. Arranged on %s"):format(why, words.day(entry.on, view.as_of)) }
  end
  return list
end

-- Who has a meeting stands under it: what else is suggested of them is named there.
local function put_under_meetings(rows)
  local meeting, list = {}, {}
  for _, row in ipairs(rows) do
    if row.section == "meetings" then meeting[row.person] = meeting[row.person] or row end
  end
  for _, row in ipairs(rows) do
    local under = row.section == "decisions" and meeting[row.person]
    if under then
      under.further = {}
      for _, title in ipairs { row.title, table.unpack(row.further) } do
        if title ~= under.title then table.insert(under.further, title) end
      end
    else
      list[#list + 1] = row
    end
  end
  return list
end

local function review_words(view, each)
  local entry = each.entry
  local parts = { ("Recorded on %s%s"):format(words.day(entry.on, view.as_of),
    entry.outcome and (" (%s)"):format(words.outcome(entry.outcome)) or "") }
  if each.review_on then parts[2] = "to be looked at again by " .. words.day(each.review_on, view.as_of) end
  for _, action in ipairs(each.actions) do
    parts[#parts + 1] = ("agreed by %s: %s%s"):format(words.day(action.by, view.as_of), action.what,
      action.owner and (" (%s)"):format(action.owner) or "")
  end
  return table.concat(parts, "; ")
end

-- What was promised to the family, or by it, comes before other reviews.
local function review_rows(view)
  local list = {}
  for _, each in ipairs(watch.reviews_due(view.space, view.day, view.entries)) do
    local entry = each.entry
    local person = view.by_pupil[entry.pupil]
    local step = person and person.school.map.declared.steps_by_name[entry.step]
    if step then
      list[#list + 1] = { section = "reviews", person = person, step = step, title = "Review: " .. step.title,
        promised = #each.actions > 0,
        since = each.due, concern = today.entry_concern("review", entry.id), why = review_words(view, each) }
    end
  end
  table.sort(list, function(a, b)
    if a.promised ~= b.promised then return a.promised end
    if a.since ~= b.since then return a.since < b.since end
    return a.concern < b.concern
  end)
  return list
end

local function period_rows(view)
  local list = running.periods(view)
  for _, row in ipairs(list) do row.concern = today.entry_concern("period", row.entry) end
  return list
end

local function change_words(change, as_of)
  local parts = { ("%s decided on %s are marked otherwise now"):format(
    words.count(#change.sessions, "half day") .. " of what was", words.day(change.on, as_of)) }
  local first = change.figures[1]
  if first then parts[2] = ("%d counted then, %d count now"):format(first.was, first.now) end
  return table.concat(parts, "; ") .. ". It goes on until a person decides"
end

local function changed_rows(view)
  local told, list = {}, {} -- told: the event that told of a change, by entry
  for _, event in ipairs(events.list(view.space.store, { kind = "evidence.changed" })) do
    told[(event.data or {}).entry or 0] = event.id
  end
  for _, each in ipairs(watch.changed_decisions(view.space, view.day, view.entries)) do
    local person = view.by_pupil[each.entry.pupil]
    local step = person and person.school.map.declared.steps_by_name[each.entry.step]
    if step and not running.looked_at(view, each.entry, told[each.entry.id]) then
      list[#list + 1] = { section = "changed", person = person, step = step, title = step.title,
        since = each.entry.on, concern = today.entry_concern("evidence", each.entry.id),
        why = change_words(each.change, view.as_of) }
    end
  end
  return list
end

-- What the last run told of thresholds, but for those from before the school began with Waymark.
local function threshold_rows(view)
  local store, list, start = view.space.store, {}, not view.baseline and view.space.settings.start
  local run = runs.last(store)
  local is_told = run and run.as_of <= view.day and run.first_event
  for _, event in ipairs(is_told and events.list(store, { kind = "threshold.", first = run.first_event,
      last = run.last_event }) or {}) do
    local person, data = view.people[event.enrolment], event.data
    local is_old = event.kind == "threshold.met" and start and data.since < start
    if person and data.why and not is_old then
      local is_met = event.kind == "threshold.met"
      list[#list + 1] = { section = "thresholds", person = person, since = event.on, sessions = data.sessions,
        title = ("Threshold %s: %s"):format(is_met and "met" or "undone", data.rule),
        counted = data.sessions
          and ("%s: %s"):format(is_met and "Half days" or "It was met by", words.half_days(data.sessions)),
        concern = ("threshold of event %d"):format(event.id), why = words.capital(data.why) }
    end
  end
  return list
end

-- Who is called anyway is not named a second time until the reason is overdue.
local function reason_rows(view, rows)
  local list, called = {}, {}
  for _, row in ipairs(rows) do called[row.person] = called[row.person] or row.section == "calls" end
  for _, person in ipairs(view.order) do
    if view.people[person.enrolment] and person.lacks_reason then
      local row = running.no_reason(view, person)
      if row and (row.overdue or not called[person]) then list[#list + 1] = row end
    end
  end
  for _, row in ipairs(list) do row.section, row.concern = "reasons", "reasons" end
  table.sort(list, function(a, b)
    if a.due ~= b.due then return a.due < b.due end
    return a.person.enrolment < b.person.enrolment
  end)
  return list
end

-- Who is on hold, and whose hold has ended: nobody is to forget either.
local function hold_rows(view)
  local list = {}
  for _, person in ipairs(view.order) do
    local row = view.people[person.enrolment] and person.row
    local hold, ended = row and view.holds[row], row and view.ended_holds[row]
    if hold then
      list[#list + 1] = { section = "holds", person = person, title = "On hold", since = hold.on, concern = "hold",
        why = today_words.hold(hold, view.as_of, view.day) }
    elseif ended then
      list[#list + 1] = { section = "holds", person = person, title = "The hold has ended", since = ended["until"],
        concern = "hold", why = today_words.ended_hold(ended, view.as_of) }
    end
  end
  return list
end

local function improved_rows(view)
  local list = running.improved(view)
  for _, row in ipairs(list) do row.section, row.concern = "improved", "improved" end
  return list
end

-- The list ------------------------------------------------------------------------

local makers = { meeting_rows, review_rows, period_rows, threshold_rows, changed_rows, reason_rows, hold_rows,
  improved_rows }

-- The greatest need comes first, school by school: a heading where a school's become more formal, where
-- they are of early support again, and where the next school's begin.
local function add_headings(rows)
  local school, is_formal
  for _, row in ipairs(rows) do
    local before, now = is_formal and school == row.person.school, purposes.is_formal(row.step)
    if now and not before then
      row.heading = purposes.heading
    elseif not now and is_formal then
      row.heading = school == row.person.school and purposes.early or row.person.school.name
    end
    school, is_formal = row.person.school, now
  end
end

-- Who the people of rows are: most of a school have none, and nothing before hangs on their names.
local function name_people(store, rows)
  for _, row in ipairs(rows) do
    local person = row.person
    if not person.name then
      for name, value in next, pupils.person(store, person.enrolment) do person[name] = value end
    end
  end
end

-- The sections that have rows, and all rows in their order, numbered.
local function sections_of(rows, families)
  local list, numbered_rows, by_name = {}, {}, {}
  for _, section in ipairs(today.sections) do by_name[section.name] = {} end
  for _, row in ipairs(rows) do table.insert(by_name[row.section], row) end
  for _, name in ipairs { "calls", "decisions" } do
    by_name[name] = beside.together(by_name[name], families) -- the most in need of them speaks for the family
  end
  add_headings(by_name.decisions)
  for i, section in ipairs(today.sections) do
    local own = by_name[section.name]
    if #own > 0 then list[#list + 1] = { name = section.name, title = section.title, rows = own, place = i } end
    for _, row in ipairs(own) do
      numbered_rows[#numbered_rows + 1] = row
      row.number = #numbered_rows
    end
  end
  return list, numbered_rows
end

-- The list of a day. `filter` is that of workspace:filter; options: owner,
-- baseline, all.
function today.build(space, filter, options)
  local view = look(space, filter, options or {})
  local rows = lines.of(view, options or {})
  for _, make in ipairs(makers) do
    local more = make(view, rows)
    table.move(more, 1, #more, #rows + 1, rows)
  end
  rows = put_under_meetings(rows)
  for _, row in ipairs(rows) do
    row.hold = row.section ~= "holds" and row.person.row and view.holds[row.person.row] or nil
  end
  for _, school in ipairs(view.schools) do
    school.policy, school.as_of = policy.state(space, school.key, view.day), view.day
    school.failing = plugin_state.failing(space, { map = school.map, school = school.key })
  end
  local families = beside.add(view, rows)
  local sections, numbered_rows = sections_of(rows, families)
  beside.name_families(numbered_rows, families)
  name_people(space.store, numbered_rows)
  return { as_of = view.as_of, day = view.day, schools = view.schools, sections = sections, rows = numbered_rows,
    to_come = cases.to_come(space),
    failing = filter.school and view.schools[1].failing or plugin_state.failing(space) }
end

-- What of the attendance policy is to be done: nothing of a school that recorded none.
local function policy_notes(add, state, as_of)
  if not state or not state.published then return end
  if state.review_due then
    add(("The attendance policy (version %s) was to be looked at again by %s"):format(state.version or "?",
      words.day(state.review_by, as_of)))
  end
  if not state.told then add "Families are still to be told of the attendance policy" end
  if #state.joiners > 0 then
    local names = {}
    for i = 1, math.min(#state.joiners, 6) do names[i] = state.joiners[i].name end
    if #state.joiners > 6 then names[7] = ("and %d more"):format(#state.joiners - 6) end
    add(("%s joined since and %s still to be told of the attendance policy: %s"):format(
      words.count(#state.joiners, "child", "children"), #state.joiners == 1 and "is" or "are",
      table.concat(names, ", ")))
  end
end

local function add_notes(notes, school, named)
  local function add(text, plain)
    notes[#notes + 1] = { words = named and school.name .. ": " .. text or text, plain = plain }
  end
  local reach = school.reach
  add(reach and ("Registers up to %s, %s"):format(core.date.english(reach[1]), words.half(reach[2]))
    or "No registers have come in yet", true)
  if (school.late or 0) > 0 then
    add(("%s since then %s no register yet: who is back, and who is away, is not known here"):format(
      words.count(school.late, "school day"), school.late == 1 and "has" or "have"))
  end
  if school.too_few then
    add(("The school year is %s old: too few half days to say how attendance is going"):format(
      words.count(school.weeks, "school week")))
  end
  policy_notes(add, school.policy, school.as_of)
  if (school.waiting or 0) > 0 then
    notes.waiting = true
    add(("%s %s turn (at most %d new lines a week)"):format(words.count(school.waiting, "more child", "more children"),
      school.waiting == 1 and "waits its" or "wait their", school.lists.new_lines_a_week))
  end
end

-- What the list, or the part of one school (its key), has nothing of, since it failed: sentences.
function today.failing(list, key)
  for _, school in ipairs(list.schools) do
    if school.key == key then return school.failing end
  end
  return list.failing
end

-- The steps that are on the list, or on the part of one school (its key), as plugin/purposes takes them.
function today.steps(list, key)
  local steps = {}
  for _, row in ipairs(list.rows) do
    if not key or row.person.school.key == key then steps[#steps + 1] = row.step end
  end
  return steps
end

-- What is to be said above the list (or above the part of one school, by its key):
-- { words, plain }, a sentence each; `waiting`: person waits.
function today.notes(list, key)
  local notes = {}
  if list.to_come then notes[1] = { words = list.to_come } end
  for _, school in ipairs(list.schools) do
    if not key or school.key == key then add_notes(notes, school, not key and #list.schools > 1) end
  end
  return notes
end

-- Keeping its numbers -------------------------------------------------------------

local function is_same(list, last, by, given_out)
  if #last ~= #list.rows or #last == 0 or last[1].as_of ~= list.as_of then return false end
  if last[1].by ~= by or given_out and last[1].given_out == 0 then return false end
  for i, row in ipairs(list.rows) do
    if last[i].enrolment ~= row.person.enrolment or last[i].step ~= (row.step and row.step.name or "") then
      return false
    end
  end
  return true
end

-- What tells a row that comes back from every other: the list, the number, the
-- step, and a digest over what the row was about.
function today.ref(list_id, number_on_list, enrolment, step, concern)
  local key = ("%d\n%d\n%d\n%s\n%s"):format(list_id, number_on_list, enrolment, step, concern)
  return ("list-%d-%d-%s-%s"):format(list_id, number_on_list, step, core.system.sha256(key):sub(1, 10))
end

local function add_refs(list)
  for _, row in ipairs(list.rows) do
    local step = row.step and row.step.name or "none"
    row.ref = today.ref(list.id, row.number, row.person.enrolment, step, row.concern)
  end
  return list
end

-- Keep the numbers: the very same list once. `given_out`: it goes to people on paper or as a file, and is not only
-- shown. Inside a transaction.
function today.keep(space, list, given_out)
  local last, by = numbered.rows(space.store), space.login()
  if is_same(list, last, by, given_out) then
    list.id = last[1].list
    return add_refs(list)
  end
  list.id = numbered.make(space.store, { at = space.now, as_of = list.as_of, by = by, given_out = given_out })
  for _, row in ipairs(list.rows) do
    numbered.add_row(space.store, { list = list.id, number = row.number, enrolment = row.person.enrolment,
      step = row.step and row.step.name or nil })
  end
  return add_refs(list)
end

return today
