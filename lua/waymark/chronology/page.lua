-- chronology/page: a chronology as text: lines for a terminal, CSV, JSON, and a
-- page of HTML to print. Everything that a person wrote is escaped here. Dates for
-- people are in English, those for programs ISO.

local chronology = require "waymark.chronology"
local core = require "waymark.core"
local terminal = require "waymark.base.terminal"

local page = {}

local function counted(n, one, many) return ("%d %s"):format(n, n == 1 and one or many) end

local for_whom = { staff = "For staff", referral = "For a referral", family = "For the family" }

function page.subtitle(result)
  return ("%s; up to %s; %s"):format(for_whom[result.audience], core.date.english(result.as_of),
    counted(result.entries, "entry", "entries"))
end

function page.whose(pupil)
  return ("%s%s, %s"):format(pupil.name, pupil.form and ", " .. pupil.form or "", pupil.school_name)
end

-- One row as sentences ------------------------------------------------------------------

-- "Absence call-back: no answer (an attempt)"; what is said of another entry (a notice that
-- was not paid) was no attempt at it.
function page.title(row)
  local title = row.title
  if row.outcome then title = ("%s: %s"):format(title, (row.outcome:gsub("-", " "))) end
  if row.attempt and not row.of then title = title .. " (an attempt)" end
  return title
end

-- "on Tuesday 10 March 2026 by Sam Reed because it was another child"
function page.struck(row)
  local parts = { "Struck out" }
  if row.struck.on then parts[#parts + 1] = "on " .. core.date.english(row.struck.on) end
  if row.struck.by then parts[#parts + 1] = "by " .. row.struck.by end
  if row.struck.why then parts[#parts + 1] = "because " .. row.struck.why end
  return table.concat(parts, " ")
end

-- The sentences under a row's title: { { label | nil, text }, … }
function page.sentences(row)
  if row.struck then return { { text = page.struck(row) } } end
  local list = {}
  for i, each in ipairs(row.words) do list[i] = each end
  if row.gate or row.despite then
    list[#list + 1] = { label = "Done although", text = ("%s; because: %s"):format(row.gate or "it was held back",
      row.despite or "no reason was given") }
  end
  if row.issuer then list[#list + 1] = { label = "Issued by", text = row.issuer } end
  if row.history then list[#list + 1] = { text = "From before Waymark." } end
  if #row.answers > 0 then list[#list + 1] = { label = "Answers", text = table.concat(row.answers, ", ") } end
  return list
end

-- "with Mrs Milbanke, by Sam Reed"
function page.people(row)
  local parts = {}
  if row.with then parts[#parts + 1] = "with " .. row.with end
  if row.by then parts[#parts + 1] = "by " .. row.by end
  return table.concat(parts, ", ")
end

-- In a terminal ---------------------------------------------------------------------------

-- Lines of at most `width` signs; words that are longer stay whole.
function page.wrap(text, width)
  local lines = {}
  for paragraph in (text:gsub("\r\n?", "\n") .. "\n"):gmatch "(.-)\n" do
    local line, length = "", 0
    for word in core.escape(paragraph):gmatch "%S+" do
      local n = utf8.len(word) or #word
      if length > 0 and length + 1 + n > width then
        lines[#lines + 1], line, length = line, "", 0
      end
      line, length = length > 0 and line .. " " .. word or word, length + n + (length > 0 and 1 or 0)
    end
    if length > 0 then lines[#lines + 1] = line end
  end
  return lines
end

local margin = 17 -- "Tue 11 Nov 2025" and two spaces

-- The lines of one row; `paint(colour, text)` colours. `numbered`: with the number
-- of an entry, by which `waymark correct` knows it.
function page.row_lines(row, paint, width, numbered)
  local lines, indent = {}, (" "):rep(margin)
  local is_entry = not row.kind:find("%.")
  local colour = row.struck and "dim" or is_entry and "bold" or "dim"
  local number = numbered and is_entry and paint("dim", ("  (entry %d)"):format(row.id)) or ""
  for i, line in ipairs(page.wrap(page.title(row), width - margin)) do
    local first = ("%-" .. margin .. "s"):format(core.date.short(row.on))
    lines[#lines + 1] = (i == 1 and first or indent) .. paint(colour, line) .. (i == 1 and number or "")
  end
  local people = page.people(row)
  if people ~= "" then
    for _, line in ipairs(page.wrap(people, width - margin)) do lines[#lines + 1] = indent .. line end
  end
  for _, each in ipairs(page.sentences(row)) do
    local text = each.label and ("%s: %s"):format(each.label, each.text) or each.text
    for _, line in ipairs(page.wrap(text, width - margin)) do
      lines[#lines + 1] = indent .. (is_entry and line or paint("dim", line))
    end
  end
  return lines
end

-- The whole chronology as text.
function page.text(result, paint, width)
  local lines = { paint("bold", "Chronology of " .. core.escape(page.whose(result.pupil))), page.subtitle(result), "" }
  for _, row in ipairs(result.rows) do
    for _, line in ipairs(page.row_lines(row, paint, width, result.audience == "staff")) do lines[#lines + 1] = line end
  end
  if #result.rows == 0 then lines[#lines + 1] = "Nothing is recorded." end
  local left_out = chronology.left_out_words(result)
  if #left_out > 0 then lines[#lines + 1] = "" end
  for _, sentence in ipairs(left_out) do lines[#lines + 1] = sentence end
  return table.concat(lines, "\n") .. "\n"
end

-- For programs ---------------------------------------------------------------------------

local function words_line(row)
  local parts = {}
  for i, each in ipairs(page.sentences(row)) do
    parts[i] = each.label and ("%s: %s"):format(each.label, each.text) or each.text
  end
  return table.concat(parts, "\n")
end

function page.csv(result)
  local lines = { terminal.csv_line { "date", "entry", "kind", "step", "what", "outcome", "with", "words", "by",
    "audience" } }
  for _, row in ipairs(result.rows) do
    lines[#lines + 1] = terminal.csv_line({ row.on, row.id, row.kind, row.step, row.title, row.outcome, row.with,
      words_line(row), row.by, row.audience }, 10)
  end
  return table.concat(lines)
end

-- A chronology as data: only what its audience may see.
function page.data(result)
  local rows = core.array {}
  for i, row in ipairs(result.rows) do
    local copy = {}
    for name, value in next, row do copy[name] = value end
    copy.words, copy.answers = core.array(row.words), core.array(row.answers)
    rows[i] = copy
  end
  return { upn = result.pupil.upn, name = result.pupil.name, school = result.pupil.school, audience = result.audience,
    as_of = result.as_of, entries = rows, left_out = result.left_out, taken_out = result.taken_out,
    left_out_words = core.array(chronology.left_out_words(result)) }
end

function page.json(result) return assert(core.encode(page.data(result), 2)) .. "\n" end

-- To print ---------------------------------------------------------------------------------

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

-- Text inside HTML: control signs made visible, lines kept.
function page.escape(text)
  local lines = {}
  for line in (tostring(text):gsub("\r\n?", "\n") .. "\n"):gmatch "(.-)\n" do
    lines[#lines + 1] = (core.escape(line):gsub("[&<>\"']", entities))
  end
  return table.concat(lines, "<br>\n")
end

local style = [[
@page { size: A4; margin: 18mm 16mm; }
body { font: 10.5pt/1.45 "Source Sans 3", "Noto Sans", "DejaVu Sans", Arial, sans-serif; color: #1a1a1a;
  max-width: 178mm; margin: 0 auto; padding: 8mm 4mm; }
h1 { font-size: 19pt; line-height: 1.2; margin: 0 0 1mm; font-weight: 600; }
.under { color: #4a4a4a; margin: 0 0 7mm; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
caption { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th { text-align: left; font-size: 9pt; color: #4a4a4a; font-weight: 600; border-bottom: 1.2pt solid #1a1a1a;
  padding: 0 3mm 1.5mm 0; }
td { vertical-align: top; border-bottom: .5pt solid #c4c4c4; padding: 2.2mm 3mm 2.2mm 0; overflow-wrap: anywhere; }
.day { width: 35mm; white-space: nowrap; }
.day small { display: block; color: #4a4a4a; font-size: 9pt; }
.who { width: 38mm; }
.what b { font-weight: 600; }
p { margin: .8mm 0 0; }
.label { color: #4a4a4a; }
.mild, .mild b { color: #4a4a4a; font-weight: 400; }
.struck b { text-decoration: line-through; font-weight: 400; }
.despite { border-left: 2pt solid #1a1a1a; padding-left: 2.5mm; margin-top: 1.5mm; }
.left-out { margin-top: 7mm; padding-top: 3mm; border-top: 1.2pt solid #1a1a1a; color: #1a1a1a; }
@media print { body { padding: 0; max-width: none; } }
]]

local function sentence_html(each)
  local text = page.escape(each.text)
  if each.label then text = ('<span class="label">%s:</span> %s'):format(page.escape(each.label), text) end
  return ("<p%s>%s</p>"):format(each.label == "Done although" and ' class="despite"' or "", text)
end

-- "Tuesday 4 November 2025" -> "4 November 2025", "Tuesday"
local function day_html(date)
  local weekday, rest = core.date.english(date):match "^(%a+) (.+)$"
  return ("%s<small>%s</small>"):format(rest, weekday)
end

local function people_html(row)
  local parts = {}
  if row.with then parts[#parts + 1] = page.escape(row.with) end
  if row.by then parts[#parts + 1] = '<span class="label">by</span> ' .. page.escape(row.by) end
  return table.concat(parts, "<br>\n")
end

local function row_html(row)
  local class = row.struck and "struck" or row.kind:find "%." and "mild" or ""
  local words = {}
  for i, each in ipairs(page.sentences(row)) do words[i] = sentence_html(each) end
  local cells = { ('<td class="day">%s</td>'):format(day_html(row.on)),
    ('<td class="what"><b>%s</b>%s</td>'):format(page.escape(page.title(row)), table.concat(words)),
    ('<td class="who">%s</td>'):format(people_html(row)) }
  return ("<tr%s>\n%s\n</tr>\n"):format(class ~= "" and (' class="%s"'):format(class) or "", table.concat(cells, "\n"))
end

local function left_out_html(result)
  local sentences = {}
  for i, each in ipairs(chronology.left_out_words(result)) do sentences[i] = "<p>" .. page.escape(each) .. "</p>" end
  return #sentences > 0 and '<div class="left-out">\n' .. table.concat(sentences, "\n") .. "\n</div>\n" or ""
end

local head = [[
<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<title>%s</title>
<style>
%s</style>
</head>
<body>
<h1>%s</h1>
<p class="under">%s<br>
%s</p>
]]

local table_head = [[
<table>
<caption>What happened, day by day</caption>
<thead><tr><th scope="col" class="day">Day</th><th scope="col">What happened</th>
<th scope="col" class="who">With whom, by whom</th></tr></thead>
<tbody>
]]

function page.html(result)
  local name = page.escape("Chronology of " .. result.pupil.name)
  local place = page.whose(result.pupil):sub(#result.pupil.name + 3)
  local parts = { head:format(name, style, name, page.escape(place), page.escape(page.subtitle(result))) }
  if #result.rows == 0 then
    parts[#parts + 1] = "<p>Nothing is recorded.</p>\n"
  else
    parts[#parts + 1] = table_head
    for _, row in ipairs(result.rows) do parts[#parts + 1] = row_html(row) end
    parts[#parts + 1] = "</tbody>\n</table>\n"
  end
  parts[#parts + 1] = left_out_html(result)
  parts[#parts + 1] = "</body>\n</html>\n"
  return table.concat(parts)
end

return page
