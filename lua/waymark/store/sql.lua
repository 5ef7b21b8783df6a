-- sql: how this room asks a store, the only room of Lua that holds SQL. Each of its modules is
-- a subject; its functions take a store (or workspace.store), give dates as ISO texts, and raise
-- problems. Values are bound (?1, ?2, …), never written into a text.
--
-- Rules of the data are in the schema: what is added only, what is unique, what refers to what.

local core = require "waymark.core"
local problem = require "waymark.base.problem"

local sql = {}

-- Columns, or what is worked out of them, as people write them: a day's number as a date, seconds as a time in UTC.
function sql.day(column) return ("date((%s) * 86400, 'unixepoch')"):format(column) end
function sql.time(column) return ("strftime('%%Y-%%m-%%dT%%H:%%M:%%SZ', %s, 'unixepoch')"):format(column) end

-- The sheets (of the table `sheet`, its alias) that a slot has its marks on: of its school, and its academic year.
function sql.sheets(sheet, slot)
  local function key(year, day)
    return ("(%s.school << 20) + CAST(strftime('%%s', (%s.%s) || '-%s') AS INTEGER) / 86400 + 25567"):format(slot, slot,
      year, day)
  end
  return ("%s.key BETWEEN %s AND %s"):format(sheet, key("academic_year", "08-01"), key("academic_year + 1", "07-31"))
end

-- What an event of the table `event` (its alias) holds, as text: packed or as it is. `brief`: the half days
-- may be left out.
function sql.data(event, brief)
  return ("iif(%s.packed IS NULL, %s.data, unpacked((SELECT text FROM pattern WHERE id = %s.pattern), %s.packed%s))")
    :format(event, event, event, event, brief and ", 1" or "")
end

-- The digest of the plugins that made an event: kept apart, or by an event of before that in itself.
function sql.plugin_digest(event)
  return ("coalesce(%s.digest, (SELECT text FROM plugin_digest WHERE id = %s.plugin_digest))"):format(event, event)
end

-- A date as the number that the tables hold; nil of nil.
function sql.day_number(date) return date and core.date.between("1970-01-01", date) end

-- Rows as a list of tables by the names of their columns; `data` and `body` are decoded.
function sql.rows(store, text, ...) return problem.check(store:rows(text, ...)) end

-- The first row, or nil.
function sql.row(store, text, ...) return sql.rows(store, text, ...)[1] end

-- Rows one by one, as lists of cells: for what there may be very many of. Walk to the end: a
-- query that stands on a row keeps others waiting.
function sql.each(store, text, ...)
  local _, next_row = problem.check(store:query(text, ...))
  return next_row
end

-- Change rows. -> how many, the number of the row added last
function sql.run(store, text, ...) return problem.check(store:run(text, ...)) end

return sql
