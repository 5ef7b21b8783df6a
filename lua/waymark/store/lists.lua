-- lists: the numbers on the lists that were made, and what came back from them.
--
-- A list gives each of its rows a number, from 1. It is somebody's (a login), and was given out (a file, or
-- printed) or only shown. A row that comes back filled in is recorded once: its key, which is the
-- caller's, is kept with the entry. Nothing here knows what a step or a key means.

local problem = require "waymark.base.problem"
local sql = require "waymark.store.sql"

local lists = {}

-- A new list without rows: { at, as_of = its day, by = whose it is | nil, given_out = true | nil }. -> its number
function lists.make(store, list)
  return select(2, sql.run(store, "INSERT INTO list (at, as_of, by, given_out) VALUES (?1, ?2, ?3, ?4)", list.at,
    sql.day_number(list.as_of), list.by, list.given_out and 1 or 0))
end

-- row: { list, number, enrolment, step = nil: about no step }. A number is given out once.
function lists.add_row(store, row)
  sql.run(store, "INSERT INTO list_row (list, number, enrolment, step) VALUES (?1, ?2, ?3, ifnull(?4, ''))", row.list,
    row.number, row.enrolment, row.step)
end

local columns = "SELECT r.list, l.at, l.by, l.given_out, " .. sql.day "l.as_of" .. [[ AS as_of, r.number, r.step,
    e.id AS enrolment, p.id AS pupil, p.upn, trim(p.forename || ' ' || p.surname) AS name, s.key AS school,
    s.name AS school_name, e.year, e.form,
    ]] .. sql.day "e.joined" .. " AS joined, " .. sql.day "e.left" .. [[ AS left
  FROM list_row r JOIN list l ON l.id = r.list JOIN enrolment e ON e.id = r.enrolment
    JOIN pupil p ON p.id = e.pupil JOIN school s ON s.id = e.school ]]

local rows_sql = columns .. [[WHERE r.list = ifnull(?1, (SELECT max(id) FROM list))
  AND (?2 IS NULL OR r.number = ?2) ORDER BY r.number]]

-- The rows of a list (nil: of the last one), all of them or the one with a number:
-- { list, at, by, given_out, as_of, number, step, and the columns of pupils.find }, in order of the numbers.
function lists.rows(store, list, number) return sql.rows(store, rows_sql, list, number) end

local numbered_sql = columns .. [[WHERE r.number = ?1 AND r.list >= coalesce(
    (SELECT min(id) FROM (SELECT max(id) AS id FROM list WHERE by IS ?2
      UNION ALL SELECT max(id) FROM list WHERE given_out = 1 AND at >= ?3)), (SELECT max(id) FROM list))
  ORDER BY r.list]]

-- What a number may mean to somebody: of their own last list, of the last one that was given out since a time, and
-- of all after the older of the two. The same rows, in the order of the lists.
function lists.numbered(store, number, by, since) return sql.rows(store, numbered_sql, number, by, since) end

-- The same of the last list that has a number at all; nil when none has.
function lists.last_numbered(store, number)
  return sql.row(store, columns .. "WHERE r.number = ?1 ORDER BY r.list DESC LIMIT 1", number)
end

-- Keep that the row with this key was recorded as an event.
function lists.add_action(store, key, event)
  local added = sql.run(store, "INSERT INTO action (key, event) VALUES (?1, ?2) ON CONFLICT DO NOTHING", key, event)
  if added == 0 then problem.raise "this row of the list was recorded already" end
end

-- The events that rows which came back were recorded as: a set.
function lists.events(store)
  local set = {}
  for row in sql.each(store, "SELECT DISTINCT event FROM action") do set[row[1]] = true end
  return set
end

-- The rows that came back whose key begins with a text, in the order recorded:
-- { key, event, on, struck = 1 when the entry was struck out }.
function lists.actions(store, beginning)
  return sql.rows(store, "SELECT a.key, a.event, " .. sql.day "v.on_day" .. [[ AS "on",
      EXISTS (SELECT 1 FROM entry n WHERE n.event = a.event AND n.body IS NULL) AS struck
    FROM action a JOIN event v ON v.id = a.event
    WHERE substr(a.key, 1, length(?1)) = ?1 ORDER BY a.event]], beginning)
end

return lists
