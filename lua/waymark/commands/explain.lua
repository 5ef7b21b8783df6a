-- waymark explain: why a step is suggested for a pupil, or why not, with every
-- session that was counted; and what the step itself says: what is there and what is
-- missing, and the routes that are open for each parent.

local cases = require "waymark.case"
local common = require "waymark.commands.shared.common"
local consult = require "waymark.ask.consult"
local core = require "waymark.core"
local evaluate = require "waymark.ask.evaluate"
local needs = require "waymark.case.need"
local people = require "waymark.case.people"
local plugin_state = require "waymark.plugin.state"
local problem = require "waymark.base.problem"
local rule_words = require "waymark.ask.rule_words"
local pupils = require "waymark.store.pupils"
local terminal = require "waymark.base.terminal"
local words = require "waymark.base.words"
local reasons = core.sdk "evidence"

local command = {
  name = "explain",
  summary = "Why a step is suggested for a pupil, or why not.",
  example = 'waymark explain "Ada Byron" absence-callback --as-of 2025-09-08',
  see = "contracts.md: what JSON has",
}

function command.options(parser)
  common.who(parser)
  parser:argument("step", "A step of the road map, such as notice-to-improve.")
  common.as_of(parser)
  parser:option("--format", "table (to read) or json."):choices { "table", "json" }:default "table"
end

-- What the rules say that the step looked at, and the gate.
local function answer_of(space, map, finding)
  local suggested, missing = finding.verdict == "suggest", core.array {}
  for _, each in ipairs(finding.consulted) do
    if not each.met then
      missing[#missing + 1] = { rule = each.rule, have = ("%d of %d"):format(each.count, each.of), why = each.why_not,
        unresolved = each.unresolved or core.array {} }
    end
  end
  return {
    upn = finding.upn, step = finding.step.name, about = finding.step.about, plugin = finding.step.plugin,
    version = finding.step.version,
    road_map = space:served_by(map, finding.step), suggested = suggested, reason = suggested and finding.words or nil,
    concern = suggested and finding.concern or nil,
    gate = finding.gate or (finding.verdict == "gated" and finding.words) or nil,
    evidence = suggested and finding.evidence or finding.consulted, missing = missing,
  }
end

-- What the step itself says, given to `answer` as `checklist` and `routes` (with the name
-- of each parent, told apart from the others), if it says any. -> whether it could be asked, the failure
local function add_consulted(space, pupil, answer, filter)
  local names, given = {}, { on = filter.diary, known_at = filter.known_at }
  local contacts = people.of(space, pupil)
  for i, name in ipairs(people.names(contacts)) do names[contacts[i].id] = name end
  for _, what in ipairs { "checklist", "routes" } do
    local list, failure = consult.ask(space, pupil, answer.step, what, given)
    if not list then return false, failure end
    for _, each in ipairs(list) do
      each.parent, each.covers = each.contact and names[each.contact], nil
    end
    answer[what] = #list > 0 and list or nil
  end
  return true
end

-- For people ---------------------------------------------------------------------

local function print_evidence(each, details)
  print(("  %s: %s"):format(rule_words.evidence(each), terminal.paint(each.met and "green" or "yellow",
    rule_words.verdict(each))))
  if each.why_not and each.why_not ~= each.words then
    print("      " .. each.why_not)
  end
  if each.how then print(terminal.paint("dim", "      " .. each.how)) end
  if each.edition then print(terminal.paint("dim", "      from " .. each.edition)) end
  if each.note then print("      " .. core.escape(each.note)) end
  for i, session in ipairs(each.sessions) do
    local known = details[session[1] .. session[2]]
    print(("      %-16s %-10s %s"):format(core.date.short(session[1]), words.half(session[2]),
      known and known.code == session[3] and words.mark_detail(known) or core.escape(session[3])))
    if i == 30 and #each.sessions > 31 then
      print(("      … and %d more; all of them with --format json"):format(#each.sessions - 30))
      break
    end
  end
end

local function print_checklist(list)
  print(terminal.paint("bold", "What is there, and what is missing:"))
  for _, each in ipairs(list) do
    local sign = each.there and terminal.paint("green", "there  ") or each.needed and terminal.paint("red", "missing")
      or terminal.paint("yellow", "not yet")
    print(("  %s  %s%s"):format(sign, each.item, each.words and ": " .. each.words or ""))
  end
end

-- The routes of each parent together, in the order that the step gives them.
local function print_routes(list, checklist, gate)
  local contact
  print(terminal.paint("bold", "Routes, for each parent:"))
  for _, each in ipairs(list) do
    if each.contact ~= contact then print("  " .. core.escape(each.parent)) end
    contact = each.contact
    local standing = consult.standing(each, checklist, gate)
    local sign = terminal.paint(standing == "open" and "green" or "yellow", ("%-8s"):format(standing))
    print(("    %s  %s%s%s"):format(sign, each.route, each.words and ": " .. each.words or "",
      each.from and (" (from %s)"):format(core.date.english(each.from)) or ""))
  end
end

-- `details`: what came with marks beside their codes, by date and session.
local function print_answer(finding, answer, details, as_of)
  print(terminal.paint("bold", ("%s: %s"):format(core.escape(finding.name or finding.upn or "?"), finding.step.title)))
  -- "essex 1.1, step of support-first 1.0": whose road map it is, and whose file
  local plugin, served = ("%s %s"):format(answer.plugin, answer.version), answer.road_map
  if served then plugin = ("%s %s, step of %s"):format(served.plugin, served.version, plugin) end
  print(terminal.paint("dim", ("as of %s, by the plugin %s"):format(as_of, plugin)))
  for _, line in ipairs(words.wrap(finding.step.about or "", 100, "  ")) do
    print(terminal.paint("dim", core.escape(line)))
  end
  if answer.suggested then
    print(terminal.paint("green", "Suggested: ") .. answer.reason)
    print(("Concern: %s"):format(answer.concern))
    if answer.settled then print(terminal.paint("yellow", "Not on the list: ") .. answer.settled) end
  else
    local why = finding.verdict == "none" and finding.words
    print(terminal.paint("yellow", why and "Not suggested: " .. why or "Not suggested."))
  end
  if answer.gate then print("Held back: " .. answer.gate) end
  local need = answer.need
  if need then print(("Need, by which the list is in order: %d (%s)"):format(need.points, need.words)) end
  if #answer.evidence == 0 then print "  No rule was asked: it depends on what is recorded for the pupil." end
  for _, each in ipairs(answer.evidence) do print_evidence(each, details) end
  if answer.checklist then print_checklist(answer.checklist) end
  if answer.routes then print_routes(answer.routes, answer.checklist, answer.gate) end
end

-- Say how each rule counts, and what lies at another school and is not counted.
local function add_notes(space, map, pupil, answer, as_of)
  local stays = {} -- the same child's others, as pupils on that day
  for _, each in ipairs(pupil.upn and pupils.find(space.store, pupil.upn) or {}) do
    if each.enrolment ~= pupil.enrolment then
      local other = space:one_pupil { enrolment = each.enrolment, everyone = true, as_of = as_of }
      stays[#stays + 1] = other and { pupil = other, school = each.school_name } or nil
    end
  end
  for _, each in ipairs(answer.evidence) do
    local rule, notes = map.declared.rules_by_name[each.rule], { each.note }
    each.how, each.edition = rule_words.how(rule), rule.spec.edition
    for _, stay in ipairs(stays) do
      local n = each.from and rule_words.elsewhere(rule, stay.pupil, each.from, each.to) or 0
      if n > 0 then
        notes[#notes + 1] = ("%s at %s in the same weeks are not counted: each school is looked at on its own"):format(
          reasons.half_days(n), stay.school)
      end
    end
    each.note = #notes > 0 and table.concat(notes, "; ") or nil
  end
end

-- By what the list puts the pupil before others: { points, words } | nil where the road map says nothing.
local function need_of(space, map, pupil, filter)
  local looked_at = space:one_pupil { enrolment = pupil.enrolment, everyone = true, as_of = filter.as_of }
  if not looked_at then return nil end
  local entries = cases.entries(space, { pupil = pupil.pupil, as_of = filter.diary or filter.as_of,
    known_at = filter.known_at })
  local is_done, is_tried = needs.tried(entries)(pupil.pupil, filter.diary or filter.as_of)
  local points, said = needs.of(map.declared.lists or {}, looked_at, filter.as_of, is_done, is_tried)
  return points and { points = points, words = said }
end

function command.run(arguments)
  local space = common.open(arguments, "read"):load_plugins()
  local filter = common.filter(space, arguments)
  local pupil = space:find_pupil(arguments.who, filter.as_of)
  local map = space:map_for_school(pupil.school)
  local step = cases.step(map, arguments.step)
  arguments.step = step.name
  local failing = plugin_state.of_step(space, step.plugin, step.name) or step.slip
  if failing then terminal.warn("%s", failing) end
  filter.enrolment, filter.everyone = pupil.enrolment, true
  local finding, failure = evaluate.explain(space, map, filter, arguments.step)
  if not finding then
    terminal.warn_of_failures { failure }
    return 3
  end
  local answer = answer_of(space, map, finding)
  if answer.suggested then -- read here: of most pupils a step is not suggested
    answer.settled = require("waymark.suggest").why_settled(space, filter, finding)
  end
  answer.need = need_of(space, map, pupil, filter)
  add_notes(space, map, pupil, answer, filter.as_of)
  local asked, consult_failure = add_consulted(space, pupil, answer, filter)
  if arguments.format == "json" then
    print(problem.check(core.encode(answer, 2)))
  else
    local details, looked_at = {}, space:one_pupil { enrolment = pupil.enrolment, everyone = true,
      as_of = filter.as_of, known_at = filter.known_at }
    for _, each in ipairs(looked_at and looked_at.details or {}) do details[each.date .. each.session] = each end
    print_answer(finding, answer, details, common.as_of_words(filter, arguments))
  end
  space:close()
  if asked then return 0 end
  terminal.warn_of_failures { consult_failure }
  return 3
end

return command
