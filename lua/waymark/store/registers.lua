-- registers: how far they reach, what was amended in them, and counts of a school's marks.

local sql = require "waymark.store.sql"

local registers = {}

-- The last day that registers have come in for, or nil.
function registers.last_day(store)
  return sql.row(store, "SELECT " .. sql.day "max(last_session) >> 1" .. " AS day FROM covered").day
end

-- Whether there is more than one school.
function registers.has_several_schools(store)
  return sql.row(store, "SELECT count(*) AS n FROM school").n > 1
end

local amendment = "SELECT " .. sql.day "a.session >> 1" .. [[ AS date,
    CASE a.session & 1 WHEN 0 THEN 'AM' ELSE 'PM' END AS session, coalesce(w.text, '') AS was,
    coalesce(n.text, '') AS now, a.at, a.import, a.by, a.why
  FROM amendment a LEFT JOIN code w ON w.byte = a.was LEFT JOIN code n ON n.byte = a.now WHERE a.enrolment = ?1 AND ]]

-- Of amendments in the order learnt what came of them: a mark that was amended twice is so once, from what it was at
-- first to what it is at last; one that is again what it was is none.
local function net(rows)
  local list, of_session = {}, {}
  for _, row in ipairs(rows) do
    local key = row.date .. row.session
    row.was = of_session[key] and of_session[key].was or row.was
    of_session[key] = row
  end
  for _, row in ipairs(rows) do
    if of_session[row.date .. row.session] == row and row.was ~= row.now then list[#list + 1] = row end
  end
  return list
end

-- Marks of an enrolment that were amended at or after the time of an event, and are another one now, in the order
-- learnt: { date, session, was, now (codes, "" for none), at (seconds), import, by, why }. An import in the
-- same second as the event is included.
function registers.amendments(store, enrolment, event)
  return net(sql.rows(store, amendment .. "a.at >= (SELECT at FROM event WHERE id = ?2) ORDER BY a.id", enrolment,
    event))
end

-- The same of those amended at or after a time, in seconds.
function registers.amendments_since(store, enrolment, at)
  return net(sql.rows(store, amendment .. "a.at >= ?2 ORDER BY a.id", enrolment, at))
end

-- An import, by its number: { id, file }; and the one that first brought the half days of a day at the school of
-- an enrolment. nil when there is none.
function registers.import(store, id) return sql.row(store, "SELECT id, file FROM import WHERE id = ?1", id) end
function registers.first_import_of(store, enrolment, day)
  return sql.row(store, [[SELECT i.id, i.file FROM enrolment e JOIN covered c ON c.school = e.school
      JOIN import i ON i.id = c.import
    WHERE e.id = ?1 AND ?2 BETWEEN c.first_session >> 1 AND c.last_session >> 1 ORDER BY i.id LIMIT 1]], enrolment,
    sql.day_number(day))
end

-- The same of the half days of a period, in their order.
function registers.amendments_of(store, enrolment, from, to)
  return sql.rows(store, amendment .. "a.session >> 1 BETWEEN ?2 AND ?3 ORDER BY a.session, a.id", enrolment,
    sql.day_number(from), sql.day_number(to))
end

-- How many marks of a pupil (of find_pupil), in a period, are from before joining or from after leaving: they are kept,
-- and never counted.
function registers.outside(store, found, from, to)
  if not (found.joined or found.left) then return 0 end
  local marks, n = "SELECT count(*) FROM mark WHERE school = ?1 AND date BETWEEN ?2 AND ?3 AND enrolment = ?4"
    .. " AND on_roll = 0", 0
  if found.upn then marks = marks .. " AND upn = ?5" end -- so that only that pupil's are read
  for row in sql.each(store, marks, found.school, from, to, found.enrolment, found.upn) do n = row[1] end
  return n
end

-- A pupil's marks: each date, half, code.
function registers.each_mark(store, upn)
  return sql.each(store, "SELECT date, session, code FROM mark WHERE upn = ?1", upn)
end

-- A school's marks in a period, of pupils who were on roll: rows of date, class, how many.
function registers.each_count(store, school, from, to)
  return sql.each(store, [[SELECT date, class, sum(marks) FROM mark_count
    WHERE school = ?1 AND date BETWEEN ?2 AND ?3 GROUP BY date, class]], school, from, to)
end

return registers
