-- today/page: the list as a page to print or to open in a word processor. Plain
-- tables, no script, nothing fetched; every text is escaped. It says what staff
-- need and nothing of other adults.

local core = require "waymark.core"
local csv = require "waymark.today.csv"
local today = require "waymark.today"
local words = require "waymark.today.words"

local html = {}

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

local function escape(text) return (core.escape(tostring(text or "")):gsub("[&<>\"']", entities)) end

local style = [[
@page { size: A4 landscape; margin: 10mm 11mm 12mm; }
body { font: 9pt/1.35 "Segoe UI", "Gill Sans", Calibri, Carlito, "DejaVu Sans", sans-serif; color: #1d2733;
  margin: 0 auto; max-width: 275mm; padding: 4mm 0; }
h1 { font-size: 17pt; font-weight: 600; margin: 0; color: #12324a; }
h2 { font-size: 12pt; font-weight: 600; margin: 6mm 0 0; color: #12324a; page-break-after: avoid; }
h2 span { font-weight: normal; color: #5b6b7a; font-size: 9.5pt; }
p { margin: 0.8mm 0; }
p.lead { color: #46566a; }
p.note { border-left: 3px solid #c98a1b; padding-left: 2.5mm; color: #5b4310; }
p.about { color: #5b6b7a; margin: 0 0 1.5mm; page-break-after: avoid; }
table { border-collapse: collapse; width: 100%; }
thead { display: table-header-group; }
tr { page-break-inside: avoid; }
th { text-align: left; font-size: 7.5pt; font-weight: 600; color: #46566a; border-bottom: 1.5px solid #12324a;
  padding: 0 1.5mm 0.8mm; vertical-align: bottom; }
td { vertical-align: top; padding: 1.4mm 1.5mm; border-bottom: 1px solid #cfd7df; }
td.number { font-size: 11.5pt; font-weight: 600; color: #12324a; text-align: right; width: 8mm; }
td.pupil { width: 29mm; }
td.who { width: 58mm; }
td.who i { font-style: normal; color: #5b6b7a; margin-left: 1.5mm; }
td.pupil i, td.what i { font-style: normal; color: #5b6b7a; font-size: 8pt; }
td.what b { color: #12324a; }
td.choice { width: 36mm; font-size: 7.5pt; line-height: 1.5; }
td.choice span { white-space: nowrap; margin-right: 1.2mm; }
td.fill { border-left: 1px solid #dfe5ea; height: 12mm; }
td.day { width: 14mm; }
td.whom { width: 18mm; }
td.why { width: 16mm; }
td.words { width: 32mm; }
.hold { background: #fbefd9; color: #6a4706; padding: 0 1.5mm; font-size: 8pt; }
.late { color: #9c2a1a; }
ul.reasons { list-style: none; padding: 0; margin: 0.8mm 0 2mm; }
ul.reasons li { display: inline; margin-right: 4mm; white-space: nowrap; }
.foot { margin-top: 6mm; border-top: 1px solid #cfd7df; padding-top: 2mm; font-size: 8pt; color: #46566a;
  page-break-inside: avoid; }
.ref { color: #93a0ad; font-size: 6pt; }
@media print { body { max-width: none; padding: 0; } }
]]

-- One line under the heading of a section.
local about = {
  calls = "Nobody knows yet why these children were away. A kind call: how are things, and what would help?",
  decisions = "The earliest support first. Any contact answers a worry; “not now” is an answer too.",
  reviews = "What was agreed is to be looked at again.",
  exceeded = "Tell the parent first, before anything else is done. A notice may come early only if that was said.",
  checks = "A support that runs is looked at in between, with the family.",
  ended = "The time that was agreed is over. Decide together what comes of it.",
  running = "Support goes on meanwhile.",
  changed = "Marks that a decision relied on were changed later. Look at it again; nothing is undone by itself.",
  reasons = "To be put right in the school’s own register.",
  holds = "Nothing is sent for these children. Ask first.",
  improved = "Worth telling the child and the family.",
}

-- Cells ---------------------------------------------------------------------------

local function pupil_cell(row, several, fillable)
  local person = row.person
  local place = person.form or person.year and "Year " .. person.year or ""
  if several then place = place .. (place ~= "" and ", " or "") .. person.school.name end
  local cell = fillable and '<td class="pupil"><b>%s</b><br><i>%s</i></td>'
    or '<td class="who"><b>%s</b> <i>%s</i></td>'
  return cell:format(escape(person.name), escape(place))
end

-- The words, without a day that they name already.
local function since_words(row, list)
  local day = words.day(row.since, list.as_of)
  if row.section ~= "calls" and row.section ~= "decisions" or row.why:find(day, 1, true) then return nil end
  return "Since " .. day
end

local function small_words(row, list)
  local parts = { since_words(row, list) }
  if #(row.further or {}) > 0 then parts[#parts + 1] = "Further on: " .. table.concat(row.further, ", ") end
  return #parts > 0 and ("<i>%s</i>"):format(escape(table.concat(parts, ". "))) or nil
end

local function what_cell(row, list, fillable)
  local parts = {}
  if fillable or today.titled[row.section] then
    parts[1] = ("<b>%s</b>"):format(escape(row.title))
  end
  local hold = row.hold and escape(words.hold(row.hold, list.as_of))
  if hold then parts[#parts + 1] = ('<span class="hold">%s</span>'):format(hold) end
  parts[#parts + 1] = ("<span%s>%s</span>"):format(row.overdue and ' class="late"' or "", escape(row.why))
  parts[#parts + 1] = small_words(row, list)
  if fillable then parts[#parts + 1] = ('<span class="ref">%s</span>'):format(escape(row.ref)) end
  return ('<td class="what">%s</td>'):format(table.concat(parts, "<br>"))
end

local function choice_cell(row)
  local parts = {}
  for i, name in ipairs(csv.outcomes(row.step)) do parts[i] = ("<span>☐ %s</span>"):format(escape(name)) end
  return ('<td class="choice">%s</td>'):format(table.concat(parts, " "))
end

local blanks = '<td class="fill day"></td><td class="fill whom"></td><td class="fill why"></td>'
  .. '<td class="fill words"></td><td class="fill day"></td>'

local fill_heads = "<th>Outcome</th><th>Done on</th><th>With whom</th><th>Reason</th><th>Note</th><th>Review on</th>"

-- Tables --------------------------------------------------------------------------

local function table_row(row, list, fillable)
  return ('<tr><td class="number">%d</td>%s%s%s</tr>'):format(row.number, pupil_cell(row, #list.schools > 1, fillable),
    what_cell(row, list, fillable), fillable and choice_cell(row) .. blanks or "")
end

local function section_table(section, rows, list)
  local fillable = today.fillable[section.name]
  local head = fillable and ("<thead><tr><th></th><th>Pupil</th><th>What to do, and why</th>%s</tr></thead>"):format(
    fill_heads) or ""
  local parts = { ("<h2>%s <span>%d</span></h2>"):format(escape(section.title), #rows),
    ('<p class="about">%s</p>'):format(escape(about[section.name])), ("<table>%s<tbody>"):format(head) }
  for _, row in ipairs(rows) do parts[#parts + 1] = table_row(row, list, fillable) end
  parts[#parts + 1] = "</tbody></table>"
  return table.concat(parts, "\n")
end

local function reasons_of(list)
  local parts, seen = {}, {}
  for _, school in ipairs(list.schools) do
    for _, reason in ipairs(school.map.declared.reasons or {}) do
      if not seen[reason.code] then parts[#parts + 1] = ("<li>%s</li>"):format(escape(reason.words)) end
      seen[reason.code] = true
    end
  end
  if #parts == 0 then return "" end
  return ('<p>Reasons to choose from:</p><ul class="reasons">%s</ul>'):format(table.concat(parts, "\n"))
end

local foot = [[<p>These are suggestions: people decide. Any step may be skipped, repeated, held or taken
back, with a reason. A worry about a child’s safety goes to the designated safeguarding lead at once, not on
this page.</p>
<p>Confidential: for the staff who work with these families. A number stands for its pupil until the next list
is made. What was done is recorded from the file that belongs to this page, or by its number.</p>]]

local function rows_of(section, school)
  local rows = {}
  for _, row in ipairs(section.rows) do
    if not school or row.person.school.key == school then rows[#rows + 1] = row end
  end
  return rows
end

local function heading(list, school)
  local names = {}
  for _, each in ipairs(list.schools) do
    if not school or each.key == school then names[#names + 1] = each.name end
  end
  local name = #names <= 3 and table.concat(names, ", ") or ("%d schools"):format(#names)
  local parts = { ("<h1>%s</h1>"):format(escape(name)),
    ('<p class="lead">Attendance: the list of %s</p>'):format(escape(core.date.english(list.day))) }
  for _, note in ipairs(today.notes(list, school)) do
    parts[#parts + 1] = ('<p class="%s">%s.</p>'):format(note.plain and "lead" or "note", escape(note.words))
  end
  return table.concat(parts, "\n")
end

-- The page: the whole list, or the part of one school (its key).
function html.text(list, school)
  local parts = { '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">',
    ("<title>Attendance list, %s</title>"):format(escape(core.date.english(list.day))),
    ("<style>\n%s</style>\n</head>\n<body>"):format(style), heading(list, school) }
  local any = false
  for _, section in ipairs(list.sections) do
    local rows = rows_of(section, school)
    any = any or #rows > 0
    if #rows > 0 then parts[#parts + 1] = section_table(section, rows, list) end
  end
  if not any then parts[#parts + 1] = "<h2>There is nothing on the list.</h2>" end
  parts[#parts + 1] = ('<div class="foot">%s%s</div>\n</body>\n</html>\n'):format(reasons_of(list), foot)
  return table.concat(parts, "\n")
end

return html
