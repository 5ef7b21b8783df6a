-- kit: a test kit for authors of plugins, for Busted: a school in a few lines, asked
-- through the program itself, with the plugins in their worker.
--
--   local kit = require "waymark.kit"
--   local school <close> = kit.school {
--     use = 'use "england" use "essex"',
--     kit.pupil "Ada" { "2025-09-08: // NN // // //" },
--   }
--   assert.are.same({ "absence-callback" }, school:on "2025-09-09":steps "Ada")
--
-- The manual is plugins/README.md; the types are in types.d.lua. Marks come
-- in as the days pass: on("2025-09-09") takes in those up to that day.

local cases = require "waymark.case"
local consult = require "waymark.ask.consult"
local core = require "waymark.core"
local evaluate = require "waymark.ask.evaluate"
local find = require "waymark.workspace.find"
local kit_golden = require "waymark.kit.golden"
local kit_school = require "waymark.kit.school"
local kit_workspace = require "waymark.kit.workspace"
local outbox = require "waymark.mail.outbox"
local problem = require "waymark.base.problem"
local registers = require "waymark.store.registers"
local events = require "waymark.store.events"
local stored = require "waymark.store.outbox"
local host = require "waymark.workspace"
local check = core.sdk "check"

local kit = { years = kit_school.years }
local methods = {}
local school_mark = { __index = methods }
setmetatable(methods, { __index = function(_, name)
  error(('a school has no "%s"%s'):format(tostring(name), check.did_you_mean(tostring(name), check.names(methods))), 2)
end })
school_mark.__close = function(school) school:close() end

-- Whatever is wrong is said about the line of the spec.
local function public(work)
  return function(...)
    local results = table.pack(pcall(work, ...))
    if results[1] then return table.unpack(results, 2, results.n) end
    local raised = results[2]
    local message = problem.is(raised) and raised.message or raised
    error(message, type(message) == "string" and 2 or 0)
  end
end

local function fault(format, ...) error(format:format(...), 0) end

local function upn_of(school, who)
  local upn = school.upn_of[who]
  if upn then return upn end
  fault('there is no pupil "%s" in this school%s', tostring(who),
    check.did_you_mean(tostring(who), check.names(school.upn_of)))
end

-- Making and closing -----------------------------------------------------------------

local function import_people(school)
  local space, now = school.space, school:now()
  space:write("pupils.csv", kit_school.csv(school.pupil_rows))
  space:must({ "import", "pupils", space.dir .. "/pupils.csv" }, now)
  if #school.contact_rows > 1 then
    space:write("contacts.csv", kit_school.csv(school.contact_rows))
    space:must({ "import", "contacts", space.dir .. "/contacts.csv" }, now)
  end
end

kit.pupil = kit_school.pupil

kit.school = public(function(what)
  local school = setmetatable({ has_people = false, last = false }, school_mark)
  local text = kit_school.fill(school, what)
  local _, plugins_folder = kit_golden.caller()
  school.space = kit_workspace.new(text, what.plugins or plugins_folder)
  return school
end)

function methods.close(school) school.space:remove() end

-- Days ---------------------------------------------------------------------------------

function methods.now(school) return school.day .. "T17:00Z" end

-- Look at the school on a day.
function methods.on(school, day)
  school.day = problem.check(core.date.parse(day))
  return school
end

-- Marks that became known later, or that are amended: they come in on the day looked at.
function methods.mark(school, who, ...)
  upn_of(school, who)
  kit_school.add_marks(school, who, { ... })
  return school
end

-- Take in what had happened by now.
local function settle(school)
  if not school.has_people then import_people(school) end
  school.has_people = true
  local rows, later = { { "upn", "date", "session", "code" } }, {}
  for _, row in ipairs(school.waiting) do
    if row.date <= school.day then
      rows[#rows + 1] = { row.upn, row.date, row.half, row.code }
    else
      later[#later + 1] = row
    end
  end
  school.waiting = later
  if #rows == 1 then return end
  school.space:write("marks.csv", kit_school.csv(rows))
  school.space:must({ "import", "marks", school.space.dir .. "/marks.csv" }, school:now())
end

-- Asking ---------------------------------------------------------------------------------

-- The UPN of a pupil by the name in the spec.
function methods.upn(school, who) return upn_of(school, who) end

-- Any command, as a list of words or words: school:run("pupil", "Ada"). -> { status, out, err }
function methods.run(school, ...)
  settle(school)
  return school.space:run(type((...)) == "table" and ... or { ... }, school:now())
end

-- Take in a file: what is in it, its name and text, and what else `waymark import` is told. -> the report
function methods.import(school, kind, name, text, ...)
  settle(school)
  school.space:write(name, text)
  local result = school.space:run({ "import", kind, school.space.dir .. "/" .. name, "--format", "json", ... },
    school:now())
  if result.status ~= 0 and result.status ~= 3 then
    fault("%s", (result.err:gsub("^waymark: ", ""):gsub("%s+$", "")))
  end
  return problem.check(core.decode(result.out))
end

-- The marks of a pupil that came in: { ["2025-09-08 AM"] = "/" }.
function methods.marks(school, who)
  settle(school)
  local marks = {}
  local space = host.open(school.space.dir, "read")
  for row in registers.each_mark(space.store, upn_of(school, who)) do marks[row[1] .. " " .. row[2]] = row[3] end
  space:close()
  return marks
end

local function named(school, list, who)
  local upn, found = who and upn_of(school, who), {}
  for _, each in ipairs(list) do
    each.pupil = school.name_of[each.upn]
    if not upn or each.upn == upn then found[#found + 1] = each end
  end
  return found
end

-- What is looked at again of a day before one that is recorded, is no fault here.
local only_looks = "^waymark: nothing is recorded: ([^;\n]*)[^\n]*\n$"

local function suggest(school, who, ...)
  settle(school)
  local list, err = school.space:json({ "suggest", "--as-of", school.day, ... }, school:now(), only_looks)
  return named(school, list, who), err
end

-- What is suggested on the day, for all or one: { { pupil, step, reason, concern, plugin,
-- evidence }, … }. Nothing is recorded.
function methods.suggested(school, who) return (suggest(school, who, "--dry-run")) end

-- The names of the steps that are suggested for a pupil, in the order of the road map.
function methods.steps(school, who)
  local names = {}
  for i, each in ipairs((suggest(school, who, "--dry-run"))) do names[i] = each.step end
  return names
end

-- The same as a user's `waymark suggest`: recorded, and hooks are told.
function methods.suggest(school, who)
  local list, err = suggest(school, who)
  local why = err:match(only_looks)
  if why then fault("nothing would be recorded on %s: %s; go on in order of the days", school.day, why) end
  return list
end

-- Why a step is suggested or not, as `waymark explain --format json` says it.
function methods.explain(school, who, step)
  settle(school)
  return school.space:json({ "explain", upn_of(school, who), step, "--as-of", school.day }, school:now())
end

-- Recording --------------------------------------------------------------------------------

local entry_fields = { outcome = "--outcome", on = "--on", with = "--with", note = "--note", reason = "--reason",
  review_on = "--review-on", despite = "--despite", by = "--by", audience = "--audience", ["until"] = "--until",
  ask = "--ask", of = "--of" }

-- A list is given one item a --set.
local function add_fields(list, fields)
  for _, name in ipairs(check.names(fields)) do
    local items = type(fields[name]) == "table" and fields[name] or { fields[name] }
    for _, item in ipairs(items) do list[#list + 1], list[#list + 2] = "--set", ("%s=%s"):format(name, item) end
  end
end

local function enter(school, list, given)
  settle(school)
  for name, value in pairs(given or {}) do
    local option = entry_fields[name]
    if not option and name ~= "fields" then
      fault('there is no field "%s"%s', name, check.did_you_mean(name, check.names(entry_fields)))
    end
    if option then list[#list + 1], list[#list + 2] = option, value end
  end
  add_fields(list, (given or {}).fields or {})
  if not (given or {}).on then list[#list + 1], list[#list + 2] = "--on", school.day end
  school.space:must(list, school:now())
  return school
end

-- record("Ada", "absence-callback", { outcome = "spoke", fields = { … } }); raises what the
-- command says when it cannot be recorded, such as what a gate says.
function methods.record(school, who, step, given)
  return enter(school, { "record", upn_of(school, who), step }, given)
end
function methods.bypass(school, who, step, given)
  return enter(school, { "bypass", upn_of(school, who), step }, given)
end
function methods.not_now(school, who, step, given)
  return enter(school, { "not-now", upn_of(school, who), step }, given)
end
-- A step of the school itself, such as the attendance policy.
function methods.record_school(school, step, given) return enter(school, { "record-school", step }, given) end
function methods.hold(school, who, given) return enter(school, { "hold", upn_of(school, who) }, given) end

-- What happened ------------------------------------------------------------------------------

local function with_space(school, work)
  settle(school)
  local space = host.open(school.space.dir, "read"):load_plugins()
  local ok, result = pcall(work, space)
  space:close()
  if not ok then error(result, 0) end
  return result
end

-- How often each step was asked on the day: { [step] = { suggest = n, gate = n } }. A profile
-- counts both together; a gate is asked once for each finding. A step of rules and words alone, which
-- the host answers, counts as asked for each.
function methods.calls(school)
  return with_space(school, function(space)
    local map, followers, counts = space:map_for_school(), {}, {}
    if not map.declared then fault "no plugin in use has a road map, so no step is asked" end
    for _, step in ipairs(map.declared.steps) do
      counts[step.name] = step.suggests and { suggest = 0, gate = 0 } or nil
    end
    for _, each in ipairs(space:schools()) do
      if space:map_for_school(each.key) == map then followers[#followers + 1] = each end
    end
    local look = evaluate.new(space, map, space:filter { as_of = school.day },
      { workers = 1, profile = true, known = math.maxinteger, undecided = {}, without = {} })
    for _, result in look:schools(followers) do
      for _, finding in ipairs(result.findings) do
        local count = counts[finding.step.name]
        if finding.step.gated then
          count.suggest, count.gate = count.suggest - 1, count.gate + 1
        elseif finding.step.because then
          count.suggest = count.suggest + 1
        end
      end
    end
    if look.failures[1] then fault("the calls could not be counted: %s", look.failures[1].message) end
    for _, costs in next, look.costs do
      for place, cost in ipairs(costs) do
        local count = counts[map.declared.steps[place].name]
        if count then count.suggest = count.suggest + cost.calls end
      end
    end
    return counts
  end)
end

-- One pupil ------------------------------------------------------------------------------------

-- What a step says of a pupil when it is asked: school:consult("Ada", "notice", "complete",
-- { fields = { from = "2026-03-16" } }). The answers are those of waymark.consult.
function methods.consult(school, who, step, what, given)
  local asked = { fields = (given or {}).fields, entry = (given or {}).entry, on = (given or {}).on or school.day }
  return with_space(school, function(space)
    local pupil = find.pupil(space.store, upn_of(school, who), school.day)
    local answer, failure = consult.ask(space, pupil, step, what, asked)
    if not answer then fault("%s", tostring(failure)) end
    return answer
  end)
end

-- The contacts of a pupil in the order of their priority, as plugins see them.
function methods.contacts(school, who)
  return with_space(school, function(space)
    local enrolment = find.pupil(space.store, upn_of(school, who), school.day).enrolment
    return space:one_pupil { enrolment = enrolment, everyone = true, as_of = school.day }.contacts
  end)
end

-- What was recorded for a pupil, in order: { { id, kind, step, on, body }, … }.
function methods.entries(school, who)
  return with_space(school, function(space)
    local list = cases.entries(space, { pupil = find.pupil(space.store, upn_of(school, who), school.day).pupil })
    for _, entry in ipairs(list) do entry.body = setmetatable({}, { __index = entry }) end -- as it was before
    return list
  end)
end

-- What hooks could be told of, in order: { { kind, on, pupil, step, concern, data }, … }.
function methods.events(school, kind)
  return with_space(school, function(space)
    local list = {}
    for _, each in ipairs(events.after(space.store, 0)) do
      if not kind or each.kind == kind then
        list[#list + 1] = { kind = each.kind, on = each.on, pupil = school.name_of[each.upn] or each.name,
          step = each.step, concern = each.concern, data = each.data }
      end
    end
    return list
  end)
end

-- What hooks asked for; nothing is sent: { { plugin, kind, about, on, pupil, step, to, state,
-- message and the fields of the effect }, … }. `message` is a mail's whole text.
function methods.effects(school)
  local list = with_space(school, function(space)
    local found = {}
    for i, each in ipairs(stored.effects(space.store, {})) do
      local effect = { id = each.id, plugin = each.plugin, kind = each.kind, about = each.about, on = each.on,
        pupil = school.name_of[each.upn] or each.name, step = each.step, to = outbox.to_words(each), state = each.state,
        why = each.note }
      for name, value in pairs(each.body) do effect[name] = effect[name] or value end
      found[i] = effect
    end
    return found
  end)
  for _, each in ipairs(list) do
    if each.kind == "mail" then
      each.message = school.space:run({ "outbox", "show", each.id }, school:now()).out:match "^[^\n]*\n\n(.*)$"
    end
  end
  return list
end

-- How they are called -----------------------------------------------------------------------

local of_a_pupil = { upn = true, mark = true, marks = true, steps = true, explain = true, record = true, bypass = true,
  not_now = true, hold = true, consult = true, contacts = true, entries = true }

-- Methods call no other that can raise, so that what is wrong is said once.
for name, work in next, methods do
  methods[name] = public(function(school, ...)
    if getmetatable(school) ~= school_mark then fault("write it with a colon: school:%s(…)", name) end
    if of_a_pupil[name] and type((...)) ~= "string" then fault("%s takes a pupil's name", name) end
    return work(school, ...)
  end)
end

-- Golden files -------------------------------------------------------------------------------

-- Compare a text, or any value as JSON, with the file golden/NAME beside the spec. With
-- `waymark plugin test --update` (or WAYMARK_UPDATE=1) the file is written instead.
kit.golden = public(kit_golden.compare)

return kit
