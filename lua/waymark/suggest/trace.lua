-- suggest/trace: what a run does, for who writes plugins.
--
--   trace.pupil(space, filter, who, format)  each step's call for one pupil: what it was
--                                            given, what it asked, what it answered
--   trace.costs(costs)                       what the steps of a run have cost

local cases = require "waymark.case.entries"
local core = require "waymark.core"
local evaluate = require "waymark.ask.evaluate"
local plugins = require "waymark.plugin"
local problem = require "waymark.base.problem"
local tables = require "waymark.base.tables"
local terminal = require "waymark.base.terminal"
local wording = require "waymark.base.words"

local trace = {}

-- One pupil --------------------------------------------------------------------------

local function rules_of(list)
  local rules = core.array {}
  for i, each in ipairs(list or {}) do
    rules[i] = { rule = each.rule, from = each.from, to = each.to, count = each.count, of = each.of, met = each.met,
      words = each.words, why_not = each.why_not }
  end
  return rules
end

-- The call of one step: { step, plugin, version, verdict, words, gate, asked, printed }.
local function call_of(space, map, filter, step)
  local finding, failure = evaluate.explain(space, map, filter, step.name)
  local call = { step = step.name, title = step.title, plugin = step.plugin, version = step.version }
  if not finding then
    call.verdict, call.words, call.asked = failure.verdict, failure.message, core.array {}
    call.source, call.printed = failure.source, core.array(failure.printed or {})
    return call
  end
  call.verdict, call.words, call.gate = finding.verdict, finding.words, finding.gate
  call.concern = finding.verdict == "suggest" and finding.concern or nil
  call.asked, call.printed = rules_of(finding.consulted), core.array(finding.printed or {})
  return call
end

-- What every step is given: the grants, and the entries of the case if it may see them.
local function given_of(space, map, pupil, filter)
  local reads = plugins.granted(map.set)
  local given = { reads = core.array(reads), entries = core.array {} }
  if not tables.has(reads, "cases") then return given end
  for i, entry in ipairs(cases.entries(space, { pupil = pupil.pupil, as_of = filter.diary })) do
    given.entries[i] = { on = entry.on, kind = entry.kind, step = entry.step, outcome = entry.outcome }
  end
  return given
end

local function look(space, filter, who)
  local pupil = space:find_pupil(who, filter.as_of)
  local map = space:map_for_school(pupil.school)
  if not map.declared then problem.no_road_map(map) end
  filter.enrolment, filter.everyone = pupil.enrolment, true
  local result = { upn = pupil.upn, name = pupil.name, as_of = filter.as_of, calls = core.array {},
    given = given_of(space, map, pupil, filter) }
  for _, step in ipairs(map.declared.steps) do
    if step.suggests or step.gated then
      result.calls[#result.calls + 1] = call_of(space, map, filter, step)
    end
  end
  return result
end

local verdict_words = { suggest = "suggested", gated = "held back", none = "nothing", failed = "failed" }

local function print_call(call)
  local verdict = verdict_words[call.verdict] or call.verdict
  local colour = call.verdict == "suggest" and "green" or call.verdict == "none" and "dim" or "yellow"
  local words = call.words and ": " .. core.escape(call.words) or ""
  print(("%s %s%s"):format(terminal.paint("bold", call.step), terminal.paint(colour, verdict), words))
  if call.source then print(("    %d | %s"):format(call.source.number, call.source.text)) end
  if call.concern then print("    concern: " .. core.escape(call.concern)) end
  if call.gate then print("    its gate: " .. core.escape(call.gate)) end
  for _, line in ipairs(call.printed) do print("    printed: " .. line) end
  for _, each in ipairs(call.asked) do
    local period = each.from and each.to and (", %s to %s"):format(core.date.short(each.from),
      core.date.short(each.to)) or ""
    print(terminal.paint("dim", ("    asked %s: %s%s: %s"):format(each.rule, each.words, period,
      each.met and "met" or "not met")))
  end
end

local function print_given(result)
  print(terminal.paint("bold", ("%s, as of %s"):format(core.escape(result.name or result.upn or "?"),
    core.date.english(result.as_of))))
  print("Every step is given: " .. table.concat(result.given.reads, ", "))
  for _, entry in ipairs(result.given.entries) do
    print(("    %s %s %s%s"):format(entry.on, entry.kind, entry.step or "", entry.outcome and ", " .. entry.outcome
      or ""))
  end
  print ""
end

function trace.pupil(space, filter, who, format)
  local result = look(space, filter, who)
  if format == "json" then
    print(problem.check(core.encode(result, 2)))
    return
  end
  print_given(result)
  for _, call in ipairs(result.calls) do print_call(call) end
end

-- A whole run ------------------------------------------------------------------------

local function by_time(a, b)
  if a.nanoseconds ~= b.nanoseconds then return a.nanoseconds > b.nanoseconds end
  return a.step.place < b.step.place
end

-- costs: those of suggest.run. The slowest step first.
function trace.costs(costs)
  local list, rows = {}, {}
  for _, cost in next, costs do list[#list + 1] = cost end
  table.sort(list, by_time)
  for i, cost in ipairs(list) do
    local calls = math.max(cost.calls, 1)
    rows[i] = { cost.step.plugin, cost.step.name, wording.number(cost.swept), wording.number(cost.asked),
      wording.number(cost.suggested), wording.number(cost.calls), ("%.1f"):format(cost.nanoseconds / 1e6),
      ("%.2f"):format(cost.nanoseconds / calls / 1000), wording.number(cost.instructions // 1000),
      wording.number(cost.bytes // 1024) }
  end
  terminal.table({ { title = "plugin" }, { title = "step" }, { title = "swept", right = true },
    { title = "asked", right = true }, { title = "suggested", right = true }, { title = "calls", right = true },
    { title = "ms", right = true }, { title = "µs a call", right = true },
    { title = "thousand instructions", right = true }, { title = "KB made", right = true } }, rows)
end

return trace
