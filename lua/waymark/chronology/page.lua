-- chronology/page: a chronology as text: lines for a terminal, CSV, JSON, and a
-- page of HTML to print. Everything that a person wrote is escaped. Dates for
-- people are in English, those for programs ISO.

local chronology = require "waymark.chronology"
local core = require "waymark.core"
local mustache = require "waymark.mustache"
local problem = require "waymark.base.problem"
local terminal = require "waymark.base.terminal"
local words = require "waymark.base.words"

local page = {}

local for_whom = { staff = "For staff", referral = "For a referral", family = "For the family" }

function page.subtitle(result)
  local whom = result.parent and (": " .. result.parent.name) or ""
  return ("%s%s; up to %s; %s"):format(for_whom[result.audience], whom, core.date.english(result.as_of),
    words.count(result.entries, "entry", "entries"))
end

-- "4A, Oakfield Primary School"
function page.place(pupil) return (pupil.form and pupil.form .. ", " or "") .. pupil.school_name end

function page.whose(pupil) return ("%s, %s"):format(pupil.name, page.place(pupil)) end

-- One row as sentences ------------------------------------------------------------------

-- "Absence call-back: no answer (an attempt)"; what is said of another entry (a notice that
-- was not paid) was no attempt at it.
function page.title(row)
  local title = row.title
  if row.outcome then title = ("%s: %s"):format(title, words.outcome(row.outcome)) end
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

local function wrapped(text, width) return words.wrap(terminal.lines(text), width) end

local margin = 17 -- "Tue 11 Nov 2025" and two spaces

-- The lines of one row; `paint(colour, text)` colours. `numbered`: with the number
-- of an entry, by which `waymark correct` knows it.
function page.row_lines(row, paint, width, numbered)
  local lines, indent = {}, (" "):rep(margin)
  local is_entry = not row.kind:find("%.")
  local colour = row.struck and "dim" or is_entry and "bold" or "dim"
  local number = numbered and is_entry and paint("dim", ("  (entry %d)"):format(row.id)) or ""
  for i, line in ipairs(wrapped(page.title(row), width - margin)) do
    local first = ("%-" .. margin .. "s"):format(core.date.short(row.on))
    lines[#lines + 1] = (i == 1 and first or indent) .. paint(colour, line) .. (i == 1 and number or "")
  end
  local people = page.people(row)
  if people ~= "" then
    for _, line in ipairs(wrapped(people, width - margin)) do lines[#lines + 1] = indent .. line end
  end
  for _, each in ipairs(page.sentences(row)) do
    local text = each.label and ("%s: %s"):format(each.label, each.text) or each.text
    for _, line in ipairs(wrapped(text, width - margin)) do
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
    parent = result.parent and result.parent.name,
    as_of = result.as_of, entries = rows, left_out = result.left_out, taken_out = result.taken_out,
    left_out_words = core.array(chronology.left_out_words(result)) }
end

function page.json(result) return problem.check(core.encode(page.data(result), 2)) .. "\n" end

-- To print ---------------------------------------------------------------------------------

local function row_view(row)
  local weekday, day = core.date.english(row.on):match "^(%a+) (.+)$"
  local view = { day = day, weekday = weekday, title = page.title(row), sentences = {}, with = row.with or false,
    by = row.by or false, with_and_by = row.with and row.by and true or false,
    class = row.struck and "struck" or row.kind:find "%." and "mild" or "" }
  for i, each in ipairs(page.sentences(row)) do
    view.sentences[i] = { text = each.text, label = each.label or false, despite = each.label == "Done although" }
  end
  return view
end

-- What page.html beside this file is filled in with.
function page.html(result)
  local rows, left_out = {}, chronology.left_out_words(result)
  for i, row in ipairs(result.rows) do rows[i] = row_view(row) end
  return mustache.page("waymark.chronology.page", { name = result.pupil.name, place = page.place(result.pupil),
    subtitle = page.subtitle(result), rows = rows, has_rows = #rows > 0, left_out = left_out,
    has_left_out = #left_out > 0 })
end

return page
