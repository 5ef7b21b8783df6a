-- today/csv: the list as a file for a spreadsheet, with columns to fill in.
--
-- UTF-8 with a byte-order mark, so that Excel knows it; no cell that a spreadsheet
-- would take for a formula. `ref` stands last and is always filled: it finds the
-- row again after sorting, and keeps a spreadsheet from dropping empty columns at
-- the end of a line. A column "reason" is what is added to rows that are left out, so
-- the family's is "reason given". waymark.actions reads the file back. What is not on the list
-- because a step failed stands in lines of its own above it, with nothing to fill in.

local core = require "waymark.core"
local terminal = require "waymark.base.terminal"
local today = require "waymark.today"
local today_words = require "waymark.today.words"
local words = require "waymark.base.words"

local csv = {}

csv.columns = { "number", "pupil", "form", "what to do", "what it is for", "why", "since", "need",
  "whom to ring", "what was tried", "of the family too", "outcomes to choose from",
  "done on", "with whom", "outcome", "reason given", "note", "review on", "audience", "ref" }

-- What may be written under "outcome".
function csv.outcomes(step)
  local list = {}
  for i, name in ipairs(step and step.outcomes or {}) do list[i] = words.outcome(name) end
  list[#list + 1] = "not now"
  list[#list + 1] = "bypass"
  return list
end

local function cells(row, as_of, school)
  local why = { row.why }
  if #(row.further or {}) > 0 then why[#why + 1] = "Further on: " .. table.concat(row.further, ", ") end
  if row.hold then why[#why + 1] = today_words.hold(row.hold, as_of) end
  return { row.number, row.person.name, row.person.form or row.person.year or "", row.title,
    row.step and row.step.about or "", table.concat(why, ". "), core.date.english(row.since),
    today_words.need(row) or "", today_words.ring(row, as_of) or "", today_words.tried(row, as_of) or "",
    today_words.family(row, as_of, school) or "", table.concat(csv.outcomes(row.step), " / "), "", "", "", "", "", "",
    "", row.ref }
end

-- The text of the file: the rows that can be filled in, of one school or of all.
function csv.text(list, school)
  local parts = { "\u{FEFF}", terminal.csv_line(csv.columns) }
  for _, each in ipairs(today.failing(list, school)) do
    parts[#parts + 1] = terminal.csv_line({ "", "", "", "To know", "", words.capital(each), "", "", "", "", "", "", "",
      "", "", "", "", "", "", "note" }, #csv.columns)
  end
  for _, row in ipairs(list.rows) do
    if today.fillable[row.section] and (not school or row.person.school.key == school) then
      parts[#parts + 1] = terminal.csv_line(cells(row, list.as_of, school), #csv.columns)
    end
  end
  return table.concat(parts)
end

return csv
