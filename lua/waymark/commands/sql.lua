-- waymark sql: a question in SQL, read-only.

local common = require "waymark.commands.shared.common"
local core = require "waymark.core"
local problem = require "waymark.base.problem"
local terminal = require "waymark.base.terminal"

local command = {
  name = "sql",
  summary = "Ask a question in SQL (read-only).",
  example = [[waymark sql "SELECT code, sum(marks) FROM mark_count WHERE date >= '2026-01-01' GROUP BY code"]],
  see = "commands.md: the tables and views",
}

function command.options(parser)
  parser:argument("query", "One SELECT. Tables: mark(school, upn, date, session, code, class, school_week), "
    .. "and the views pupils, schools, contacts, suggestions, evidence, events, amendments.")
  common.format(parser)
end

local function write_csv(columns, next_row)
  io.write(terminal.csv_line(columns))
  for row in next_row do io.write(terminal.csv_line(row, #columns)) end
end

-- What JSON can hold: bytes that are no text are escaped, infinity is a text.
local function writable(value)
  if type(value) == "string" and not utf8.len(value) then return core.escape(value) end
  return math.type(value) == "float" and value - value ~= 0 and tostring(value) or value
end

local function write_json(columns, next_row)
  terminal.json_list(function()
    local row = next_row()
    if not row then return nil end
    local cells = {}
    for c = 1, #columns do cells[c] = writable(row[c]) end
    return cells
  end, columns)
end

local function write_table(columns, next_row)
  local rows, titles = {}, {}
  for row in next_row do rows[#rows + 1] = row end
  for c, name in ipairs(columns) do
    local number = #rows > 0
    for _, row in ipairs(rows) do number = number and (row[c] == nil or type(row[c]) == "number") end
    titles[c] = { title = name, right = number }
  end
  terminal.table(titles, rows)
end

function command.run(arguments)
  local space = common.open(arguments, "read")
  local columns, next_row = space.store:query(arguments.query)
  if not columns then problem.raise("%s", next_row) end
  local write = { csv = write_csv, json = write_json, table = write_table }
  write[arguments.format](columns, problem.guarded(next_row))
  space:close()
end

return command
