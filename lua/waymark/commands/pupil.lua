-- waymark pupil: one pupil on one page: figures, the year, contacts, and the case.

local chronology_page = require "waymark.chronology.page"
local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local problem = require "waymark.base.problem"
local pupil_page = require "waymark.pupil.page"
local pupil_year = require "waymark.pupil.year"
local terminal = require "waymark.base.terminal"
local wording = require "waymark.base.words"
local reasons = core.sdk "evidence"

local command = {
  name = "pupil",
  summary = "One pupil: figures, the year at a glance, contacts, and the case.",
  example = 'waymark pupil "Ada Byron" --as-of 2026-03-20',
}

local date = core.date
local shown_most = 200 -- entries, the latest

function command.options(parser)
  common.who(parser)
  parser:option("--as-of", "Look at this day (else: registers as far as they are in, the case up to today).")
    :argname "DATE"
  parser:option("--format", "table (to read) or json."):choices { "table", "json" }:default "table"
end

-- Lines --------------------------------------------------------------------------------

local paint = terminal.paint

local function say(format, ...) print(select("#", ...) > 0 and format:format(...) or format) end

local function section(title) print("\n" .. paint("bold", title)) end

-- A text under an indent, wrapped; `colour` may be nil.
local function print_wrapped(text, indent, width, colour)
  for _, line in ipairs(wording.wrap(terminal.lines(text), width - indent)) do
    print((" "):rep(indent) .. (colour and paint(colour, line) or line))
  end
end

-- The head -----------------------------------------------------------------------------

local function print_head(result, width)
  local parts = {}
  if result.form then parts[#parts + 1] = result.form end
  if result.year then parts[#parts + 1] = "year " .. result.year end
  parts[#parts + 1] = result.school_name
  local words = { table.concat(parts, ", ") }
  if result.upn then words[#words + 1] = "UPN " .. result.upn end
  if result.dob then words[#words + 1] = "born " .. wording.date(result.dob) end
  if result.joined then words[#words + 1] = "here since " .. wording.date(result.joined) end
  if result.left then words[#words + 1] = "left " .. wording.date(result.left) end
  print(paint("bold", core.escape(result.name)))
  print_wrapped(table.concat(words, "; "), 0, width)
  local reach, hold = result.reach, result.hold
  print_wrapped(("As of %s; %s."):format(date.english(result.as_of), reach and "registers have come in to "
    .. reasons.session_words(reach[1], reach[2]) or "no registers have come in yet"), 0, width, "dim")
  if result.to_come then print_wrapped(result.to_come .. ".", 0, width, "yellow") end
  if hold then
    print_wrapped(("On hold until %s%s.%s"):format(date.english(hold["until"]),
      hold.ask and ("; ask %s first"):format(hold.ask) or "", hold.note and " " .. hold.note or ""), 0, width, "yellow")
  end
end

-- Figures --------------------------------------------------------------------------------

local function yes_no(value) return value and paint("yellow", "yes") or "no" end

local function print_figures(figures)
  section(("Attendance in %s, %s to %s"):format(figures.year, date.short(figures.from), date.short(figures.to)))
  if figures.possible == 0 then
    print "  Not available: there were no possible half days."
    if (figures.outside or 0) > 0 then
      say("  Not counted: %s from before joining or after leaving.", wording.count(figures.outside, "mark"))
    end
    return
  end
  say("  %-10s%d of %s attended", reasons.percent(figures.hundredths), figures.attended,
    wording.count(figures.possible, "possible half day"))
  say("  %-10s%d in school, %d learning elsewhere", "", figures.present, figures.educational)
  say("  %-10s%d absent: %d authorised, %d unauthorised", "", figures.absent, figures.authorised, figures.unauthorised)
  local aside = {}
  if (figures.not_possible or 0) > 0 then aside[#aside + 1] = ("%d not required"):format(figures.not_possible) end
  if (figures.missing or 0) > 0 then aside[#aside + 1] = ("%d without a mark"):format(figures.missing) end
  if (figures.outside or 0) > 0 then
    aside[#aside + 1] = ("%d from before joining or after leaving"):format(figures.outside)
  end
  if #aside > 0 then say("  %-10snot counted: %s", "", table.concat(aside, ", ")) end
  local absence = {}
  if figures.persistent ~= nil then absence[1] = "persistent absence: " .. yes_no(figures.persistent) end
  if figures.severe ~= nil then absence[#absence + 1] = "severe absence: " .. yes_no(figures.severe) end
  if #absence > 0 then say("  %-10s%s", "", table.concat(absence, "; ")) end
end

local function when_met(each)
  if not each.first_met then return "never met" end
  local words = "first met on " .. reasons.session_words(each.first_met:sub(1, 10), each.first_met:sub(-2))
  if each.met and each.since and each.since ~= each.first_met then
    words = ("%s; again since %s"):format(words, reasons.session_words(each.since:sub(1, 10), each.since:sub(-2)))
  end
  return words
end

local function print_thresholds(list, width)
  if #list == 0 then return end
  section "Thresholds"
  for _, each in ipairs(list) do
    local verdict = each.met and paint("yellow", "met") or "not met"
    say("  %-10s%s: %s", core.escape(each.rule), core.escape(each.words), verdict)
    local period = each.from and each.to
      and (", from %s to %s"):format(date.short(each.from), date.short(each.to)) or ""
    print_wrapped(("counts %s%s; most at any time %d; %s"):format(each.counts, period, each.largest,
      when_met(each)), 12, width, "dim")
    if each.to_resolve then print_wrapped(each.to_resolve, 12, width) end
  end
end

-- Late --------------------------------------------------------------------------------------

local details_most = 20 -- the latest

-- Where anything is known beside the codes.
local function print_late(late, width)
  local first = math.max(1, #late.details - details_most + 1)
  if #late.details == 0 then return end
  section "What came with marks"
  if late.known > 0 then
    print_wrapped(("late for %s; minutes known of %d: %d in all"):format(wording.count(late.count, "half day"),
      late.known, late.minutes), 2, width)
  end
  if first > 1 then say("  the latest %d of %d", details_most, #late.details) end
  for i = first, #late.details do
    local each = late.details[i]
    local words = { wording.mark_detail(each) }
    if each.sub_code then words[#words + 1] = core.escape(each.sub_code) end
    if each.comment then words[#words + 1] = "“" .. core.escape(wording.line(each.comment)) .. "”" end
    print_wrapped(("%s, %s: %s"):format(date.short(each.date), wording.half(each.session), table.concat(words, "; ")),
      2, width)
  end
end

-- People ------------------------------------------------------------------------------------

local function print_contacts(result, width)
  section "Contacts"
  for _, each in ipairs(result.contacts) do
    local who = { each.relationship and ("%s, %s"):format(each.name, each.relationship:lower()) or each.name }
    if each.parental_responsibility then who[#who + 1] = "parental responsibility" end
    if each.lives_with then who[#who + 1] = "lives with the pupil" end
    print_wrapped(table.concat(who, "; "), 2, width)
    local details = {}
    for _, name in ipairs { "phone", "email", "address" } do details[#details + 1] = each[name] end
    if each.confidential_address then details[#details + 1] = "confidential address: not shown" end
    if each.language then details[#details + 1] = "speaks " .. each.language end
    if #details > 0 then print_wrapped(table.concat(details, "; "), 6, width, "dim") end
  end
  local hidden = result.contacts_left_out.no_contact
  if hidden > 0 then
    print(paint("yellow", ("  Left out: %s marked “no contact”."):format(wording.count(hidden, "person", "people"))))
  end
  if #result.contacts + hidden == 0 then print "  None has come in." end
end

-- What is open ---------------------------------------------------------------------------------

local function print_suggestions(result, width)
  section "Open suggestions"
  if #result.suggestions == 0 then print "  None." end
  for _, each in ipairs(result.failing) do print_wrapped(wording.capital(each) .. ".", 2, width, "yellow") end
  for _, each in ipairs(result.suggestions) do
    local since = ("since %s%s"):format(date.short(each.made_on), each.baseline and ", from before the start" or "")
    say("  %s  %s", paint("blue", core.escape(each.title)), paint("dim", since))
    local why = each.reason or ""
    if each.figures then why = ("%s: %s"):format(why, each.figures) end
    print_wrapped(why, 6, width)
  end
end

local function period_words(plan)
  if not plan.to then
    return plan.from and ("runs from %s"):format(date.short(plan.from)) or "runs; its period was not recorded"
  end
  local span = ("%sto %s"):format(plan.from and date.short(plan.from) .. " " or "", date.short(plan.to))
  if plan.ended then return span .. ": ended, no outcome yet" end
  return ("%s: %s left"):format(span, wording.count(plan.days_left or 0, "school day"))
end

local function print_plans(list, width)
  section "Running plans"
  if #list == 0 then print "  None." end
  for _, plan in ipairs(list) do
    local outcome = plan.outcome and ": " .. wording.outcome(plan.outcome) or ""
    local parent = plan.parent and ", " .. plan.parent or ""
    say("  %s  %s", core.escape(plan.title .. parent .. outcome), paint("dim", "recorded " .. date.short(plan.on)))
    if plan.runs then print_wrapped(period_words(plan), 6, width, plan.ended and "yellow" or nil) end
    if plan.review_on then
      local due = plan.review_due and "due since " or "to be looked at again on "
      print_wrapped(due .. date.english(plan.review_on), 6, width, plan.review_due and "yellow" or nil)
    end
  end
end

local function print_page(result)
  local width = math.max(60, math.min(core.system.width(), 100))
  print_head(result, width)
  if result.figures then
    print_figures(result.figures)
    print_thresholds(result.thresholds, width)
    pupil_year.print_weeks(result.weeks, paint, print)
    pupil_year.print_weekdays(result.weekdays, paint, print)
    print_late(result.late, width)
  else
    print "\nThere is nothing in the registers by this day."
  end
  print_contacts(result, width)
  print_suggestions(result, width)
  print_plans(result.plans, width)
  section "The case"
  local rows, before = result.case.rows, result.case.before
  if #rows == 0 then print "  Nothing is recorded." end
  if before > 0 then
    print_wrapped(("%s before these; all of them: waymark chronology"):format(wording.count(before, "entry",
      "entries")), 2, width, "dim")
  end
  for _, row in ipairs(rows) do
    for _, line in ipairs(chronology_page.row_lines(row, paint, width - 2, true)) do print("  " .. line) end
  end
end

-- For programs ---------------------------------------------------------------------------------

local function data_of(result)
  local data = {}
  for name, value in next, result do data[name] = value end
  data.weeks = result.weeks and core.array {}
  for i, week in ipairs(result.weeks or {}) do
    local days = core.array {}
    for weekday = 1, 7 do
      local day = week.days[weekday]
      if day then days[#days + 1] = { date = date.add(week.monday, weekday - 1), am = day.AM, pm = day.PM } end
    end
    data.weeks[i] = { monday = week.monday, days = days }
  end
  data.case = chronology_page.data(result.case).entries
  data.reach = result.reach and core.array(result.reach)
  return data
end

function command.run(arguments)
  local space = common.open(arguments, "read")
  local filter = common.filter(space, arguments)
  local found = space:find_pupil(arguments.who, arguments.as_of and filter.as_of)
  local result = pupil_page.of(space, found, filter, arguments.format == "table" and shown_most or nil)
  space:close()
  if arguments.format == "json" then
    print(problem.check(core.encode(data_of(result), 2)))
  else
    print_page(result)
  end
end

return command
