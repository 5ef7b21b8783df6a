-- base/terminal: what a person sees. Aligned tables, a little colour on a terminal
-- only, progress on long work, and CSV and JSON for other programs. Every text
-- that came from outside is escaped before it is shown.

local core = require "waymark.core"
local problem = require "waymark.base.problem"
local words = require "waymark.base.words"

local terminal = {}

local colours = { bold = "1", dim = "2", red = "31", green = "32", yellow = "33", blue = "34" }

function terminal.is_colourful() return core.system.is_terminal "stdout" and os.getenv "NO_COLOR" == nil end

-- text in a colour, on a terminal; as it is in a pipe
function terminal.paint(colour, text)
  if not terminal.is_colourful() then return text end
  return ("\27[%sm%s\27[0m"):format(colours[colour], text)
end

local function width_of(text) return (core.system.columns(text)) end

local function cut(text, most)
  if width_of(text) <= most then return text end
  local _, fits = core.system.columns(text, most - 1)
  return text:sub(1, fits) .. "…"
end

local function pad(text, width, right)
  local gap = (" "):rep(width - width_of(text))
  return right and gap .. text or text .. gap
end

-- A text of several lines, made safe to show; its lines are kept.
function terminal.lines(text) return (text:gsub("\r\n?", "\n"):gsub("[^\n]+", core.escape)) end

local function shown(value)
  if value == nil then return "" end
  return core.escape(tostring(value))
end

local function column_widths(columns, rows)
  local widths = {}
  for c, column in ipairs(columns) do
    widths[c] = width_of(column.title)
    for _, row in ipairs(rows) do
      row[c] = cut(shown(row[c]), column.most or 60)
      widths[c] = math.max(widths[c], width_of(row[c]))
    end
  end
  return widths
end

local function line_of(cells, columns, widths)
  local parts = {}
  for c, column in ipairs(columns) do
    local last = c == #columns and not column.right
    parts[c] = last and cells[c] or pad(cells[c], widths[c], column.right)
  end
  return table.concat(parts, "  "):match "^.*%S" or "" -- no blanks at its end
end

local least_width = 10

-- Make columns of words narrower, the widest first, until all fit into so many. -> whether they do
local function fit(columns, widths, room)
  room = room - 2 * (#columns - 1)
  for _, width in ipairs(widths) do room = room - width end
  while room < 0 do
    local widest
    for c, column in ipairs(columns) do
      local is_wider = not column.right and widths[c] > (widest and widths[widest] or least_width)
      if is_wider then widest = c end
    end
    if not widest then return false end
    widths[widest], room = widths[widest] - 1, room + 1
  end
  return true
end

-- A text as lines of at most so many columns, divided at spaces where there are any.
local function lines_of(text, most)
  local lines = {}
  while width_of(text) > most do
    local _, fits = core.system.columns(text, most)
    local space = text:sub(1, fits + 1):match "^.*() %S*$"
    local last = space and space > 1 and space - 1 or math.max(fits, 1)
    lines[#lines + 1], text = text:sub(1, last), text:sub(last + 1):gsub("^ ", "")
  end
  lines[#lines + 1] = text
  return lines
end

-- A text under an indent of so many columns: at a terminal as lines that fit there, elsewhere as one.
function terminal.fitted(text, indent)
  return lines_of(text, core.system.is_terminal "stdout" and core.system.width() - indent or math.huge)
end

-- A row, over several lines where a cell is wider than its column.
local function write_row(cells, columns, widths, out, colour)
  local wrapped, n = {}, 1
  for c = 1, #columns do
    wrapped[c] = lines_of(cells[c], widths[c])
    n = math.max(n, #wrapped[c])
  end
  for i = 1, n do
    local line = {}
    for c = 1, #columns do line[c] = wrapped[c][i] or "" end
    line = line_of(line, columns, widths)
    out:write(colour and terminal.paint(colour, line) or line, "\n")
  end
end

-- columns: { { title =, right =, most = }, … }; rows: lists of cells (changed). At a terminal no line is
-- wider than that; where the columns cannot be, each cell has lines of its own, "title: cell".
function terminal.table(columns, rows, out)
  local room = not out and core.system.is_terminal "stdout" and core.system.width() or math.huge
  out = out or io.stdout
  local widths, titles = column_widths(columns, rows), {}
  for c, column in ipairs(columns) do titles[c] = column.title end
  if fit(columns, widths, room) then
    write_row(titles, columns, widths, out, "bold")
    for _, row in ipairs(rows) do write_row(row, columns, widths, out) end
    return
  end
  for _, row in ipairs(rows) do
    for c, title in ipairs(titles) do
      if row[c] ~= "" then out:write(table.concat(lines_of(title .. ": " .. row[c], room), "\n"), "\n") end
    end
    out:write "\n"
  end
end

-- A line of CSV. A text that a spreadsheet would take for a formula gets an apostrophe
-- before it.
function terminal.csv_line(cells, count) return problem.check(core.csv_line(cells, count)) end

-- A JSON object of the cells of a row, in the order of the columns; an empty cell
-- is null, so that every row has every field.
function terminal.json_row(columns, cells)
  local parts = {}
  for c, name in ipairs(columns) do
    parts[c] = problem.check(core.encode(name)) .. ":" .. problem.check(core.encode(cells[c]))
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

-- A JSON list, an item a line, so that its length has no limit. `items` is an
-- iterator of tables; with `columns`, of rows of cells.
function terminal.json_list(items, columns)
  local out = io.stdout
  local separator = "[\n"
  for item in items do
    out:write(separator, columns and terminal.json_row(columns, item) or problem.check(core.encode(item)))
    separator = ",\n"
  end
  out:write(separator == "[\n" and "[]\n" or "\n]\n")
end

-- How far work has come, and after a second of it how long the rest will take:
-- "Reading marks 43 %, 2 s left".
function terminal.progress_words(label, done, total, seconds)
  if not total or total <= 0 then return ("%s %d"):format(label, done) end
  local text = ("%s %d %%"):format(label, done * 100 // total)
  if seconds < 1 or done <= 0 then return text end
  local left = math.ceil(seconds * (total - done) / done)
  return text .. (left < 100 and ", %d s left" or ", %d min left"):format(left < 100 and left or (left + 59) // 60)
end

-- A line on standard error that is written over; nothing when it is no terminal.
function terminal.progress(label)
  local visible = core.system.is_terminal "stderr"
  local since, last = core.system.now(), nil
  return function(done, total)
    if not visible then return end
    local text = terminal.progress_words(label, done, total, core.system.now() - since)
    if text ~= last then io.stderr:write("\r", text, "\27[K") end
    last = text
  end, function()
    if visible and last then io.stderr:write "\r\27[K" end
  end
end

-- What became of a step that is left out, and where to look.
local function left_out_words(each)
  return "; nothing of this step is kept, the others went on; see: waymark " .. (each.name
    and ('suggest --trace "%s"'):format(core.escape(each.name)) or "plugin check " .. each.plugin)
end

-- What a plugin that failed did, in one line: "the plugin essex 1.0 failed, step …". `each` is a
-- failure (waymark.ask.evaluate), or { is_sentence, message }.
function terminal.failure_words(each)
  if each.is_sentence then return each.message end
  local function part(label, value) return value and label .. core.escape(value) or "" end
  local verdict = each.verdict == "failed" and "failed" or ("failed (%s)"):format(each.verdict)
  return ("the plugin %s %s %s%s%s%s%s: %s%s"):format(each.plugin, each.version or "", verdict,
    part(", step ", each.step), part(", event ", each.event), part(", for ", each.name),
    each.more and words.and_for(#each.more) or "", each.message or "no reason given",
    each.left_out and left_out_words(each) or "")
end

-- The same on standard error, with the line of source. `after` says what becomes of it.
function terminal.warn_of_failure(each, after)
  terminal.warn("%s", terminal.failure_words(each) .. (after or ""))
  if each.source then io.stderr:write(("    %d | %s\n"):format(each.source.number, each.source.text)) end
end

-- Those of a run: the first ten, on standard error, so that a list stays a list.
function terminal.warn_of_failures(failures)
  for i, each in ipairs(failures) do
    if i > 10 then
      terminal.warn("… and %d more failures", #failures - 10)
      break
    end
    if not each.is_said then terminal.warn_of_failure(each) end -- the command line says what could not be loaded
  end
end

-- What was printed before stands whole before it, where both go to one place.
function terminal.warn(format, ...)
  io.stdout:flush()
  io.stderr:write("waymark: ", select("#", ...) > 0 and format:format(...) or format, "\n")
end

local warned = {}

-- The same text once, however often it is met; nil is no warning.
function terminal.warn_once(text)
  if not text or warned[text] then return end
  warned[text] = true
  terminal.warn("%s", core.escape(text))
end

return terminal
