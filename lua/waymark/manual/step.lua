-- manual/step: a step of a road map as whoever records it needs it: what may come of it, and
-- what is written down, with titles and help.
--
--   manual_step.lines(step, width)   step: as declared

local core = require "waymark.core"
local tables = require "waymark.base.tables"
local words = require "waymark.base.words"
local check = core.sdk "check"
local durations = core.sdk "durations"

local manual_step = {}

local kinds = { contacts = "a contact, one each --set", list = "a text, one each --set",
  dates = "a day, one each --set", actions = "WHAT; WHO; DAY, one each --set", signatures = "WHO; DAY, one each --set",
  contact = "a contact", text = "a text", date = "a day", number = "a number", ["yes-no"] = "yes or no" }

local function plain(name) return (name:gsub("[-_]", " ")) end

local function outcome_rows(step)
  local rows = {}
  for i, name in ipairs(step.outcomes) do
    local notes = {}
    if tables.has(step.attempts, name) then notes[1] = "an attempt: it answers nothing" end
    if tables.has(step.wrong_number, name) then notes[#notes + 1] = "the list offers another number" end
    if tables.has(step.goes_on, name) then notes[#notes + 1] = "the plan goes on" end
    if tables.has(step.refused, name) then notes[#notes + 1] = "support that was not taken up or did not work" end
    rows[i] = { name, table.concat(notes, "; ") }
  end
  return rows
end

-- "Met on: the day of the meeting (a day, needed)"
local function record_words(name, record)
  local notes = { record.choices and "one of " .. table.concat(record.choices, ", ") or kinds[record.type] }
  if record.required then notes[#notes + 1] = "needed" end
  if record.least or record.most then
    notes[#notes + 1] = ("from %s to %s"):format(record.least or "any", record.most or "any")
  end
  if record.not_before then notes[#notes + 1] = "not before " .. record.not_before end
  if record.default ~= nil then notes[#notes + 1] = ("%s, if nothing is said"):format(tostring(record.default)) end
  local title = record.title and record.title:lower() ~= plain(name) and record.title or nil
  local said = title and record.help and title .. ": " .. record.help or title or record.help
  return ("%s(%s)"):format(said and said .. " " or "", table.concat(notes, "; "))
end

local function record_rows(step)
  local rows = {}
  for i, name in ipairs(check.names(step.records)) do rows[i] = { name, record_words(name, step.records[name]) } end
  return rows
end

function manual_step.lines(step, width)
  local lines = { ("%s (%s), under %s"):format(step.title, step.name, step.principle) }
  local function add(list) table.move(list, 1, #list, #lines + 1, lines) end
  if step.about then add(words.wrap(step.about, width, "  ")) end
  if step.period then lines[#lines + 1] = "  It runs for " .. durations.words(step.period) .. "." end
  if #step.outcomes > 0 then
    add { "", "What may come of it, --outcome:" }
    add(words.rows(outcome_rows(step), width))
  end
  if next(step.records) then
    add { "", "What is written down, --set NAME=VALUE:" }
    add(words.rows(record_rows(step), width))
  end
  if #step.documents > 0 then add(words.wrap("Documents: " .. table.concat(step.documents, ", "), width, "  ")) end
  lines[#lines + 1] = "A title, or a name with spaces, will do wherever a name is asked for."
  return lines
end

return manual_step
