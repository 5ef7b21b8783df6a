-- imports: the files that were taken in, what each of them changed, and the way back (core/store/import/log.h,
-- first_marks.h). An undo is an import, too: its row says which one it undoes.

local core = require "waymark.core"
local problem = require "waymark.base.problem"
local sql = require "waymark.store.sql"
local tables = require "waymark.base.tables"

local imports = {}

local name = "trim(p.forename || ' ' || p.surname)"
local stands = "NOT EXISTS (SELECT 1 FROM import u WHERE u.undoes = i.id) AND i.undoes IS NULL"

local columns = "i.id, i.at AS seconds, " .. sql.time "i.at" .. [[ AS at, i.kind, i.file, i.digest, i.by, i.rows,
  i.added, i.unchanged, i.changed, i.left_out, i.last_event, i.undoes, u.id AS undo,
  ]] .. sql.time "u.at" .. [[ AS undone_at, u.by AS undone_by,
  (SELECT ]] .. sql.day "min(c.first_session) >> 1" .. [[ FROM coverage c WHERE c.import = i.id) AS first,
  (SELECT ]] .. sql.day "max(c.last_session) >> 1" .. [[ FROM coverage c WHERE c.import = i.id) AS last
  FROM import i LEFT JOIN import u ON u.undoes = i.id]]

-- { id, at (as text), seconds, kind, file, digest, by, rows, added, unchanged, changed, left_out, last_event = the last
-- event before it (nil: nothing is known of what it changed), undoes, undo (the import that undid it), undone_at,
-- undone_by, first, last = days of its registers }: all, the newest first; or one, nil when there is none.
function imports.list(store) return sql.rows(store, "SELECT " .. columns .. " ORDER BY i.id DESC") end
function imports.get(store, id) return sql.row(store, "SELECT " .. columns .. " WHERE i.id = ?1", id) end

-- The school keys of the rows of an import.
function imports.schools(store, id)
  return sql.rows(store, [[SELECT s.key, s.name FROM school s
    WHERE s.id IN (SELECT school FROM coverage WHERE import = ?1
      UNION ALL SELECT first FROM import_row WHERE import = ?1 AND of = 'touched') ORDER BY s.id]], id)
end

-- What it changed --------------------------------------------------------------------

-- What is told of rows of people; and what of it stays between the store and the pupil's own page, which knows who may
-- see it: of these only whether it is another.
local fields_of = {
  pupil = { "upn", "surname", "forename", "dob", "sex" },
  enrolment = { "joined", "left", "year", "form", "admission_number", "sen", "fsm", "groups" },
  contact = { "title", "forename", "surname", "relationship", "parental_responsibility", "lives_with", "no_contact",
    "confidential_address", "email", "phone", "address", "gone" },
}
local withheld = tables.set "sen fsm groups email phone address"

local now_of = {}
for of, fields in next, fields_of do
  local parts = {}
  for i, field in ipairs(fields) do parts[i] = "'" .. field .. "', t." .. field end
  now_of[of] = "json_object(" .. table.concat(parts, ", ") .. ")"
end

-- A row as it was and as it is -> the same, of what is told, and the names of the fields that are others since.
local function told(of, was, now)
  local before, since, changed = {}, {}, {}
  for _, field in ipairs(fields_of[of]) do
    if was and was[field] ~= now[field] then changed[#changed + 1] = field end
    if not withheld[field] then before[field], since[field] = was and was[field], now[field] end
  end
  return was and before, since, was and core.array(changed)
end

-- Rows of people that it added, changed or (contacts) let go: { of = "pupil" | "enrolment" | "contact", key, pupil,
-- name, added = is it new, was = the row as it was | nil, now = the row as it is, changed = names of fields | nil }, in
-- that order.
local pupil_of = { pupil = "t.id", enrolment = "t.pupil", contact = "t.pupil" }
function imports.people(store, id)
  local list = {}
  for _, of in ipairs { "pupil", "enrolment", "contact" } do
    for _, row in ipairs(sql.rows(store, "SELECT r.of, t.id AS key, p.id AS pupil, p.upn, " .. name
        .. " AS name, r.was IS NULL AS added, r.was AS body, " .. now_of[of] .. " AS data FROM import_row r JOIN " .. of
        .. " t ON t.id BETWEEN r.first AND r.last JOIN pupil p ON p.id = " .. pupil_of[of]
        .. " WHERE r.import = ?1 AND r.of = ?2 ORDER BY t.id", id, of)) do
      row.was, row.now, row.changed = told(of, row.body, row.data)
      row.added, row.body, row.data = row.added == 1, nil, nil
      list[#list + 1] = row
    end
  end
  return list
end

-- Whose marks it set and changed: { pupil, upn, name, set, changed }, by enrolment.
function imports.marks(store, id)
  local list = problem.check(store:import_marks(id))
  for _, each in ipairs(list) do
    local who = sql.row(store, "SELECT p.id, p.upn, " .. name .. [[ AS name FROM enrolment e
      JOIN pupil p ON p.id = e.pupil WHERE e.id = ?1]], each.enrolment)
    each.pupil, each.upn, each.name = who.id, who.upn, who.name
  end
  return list
end

-- Marks that it changed: { name, upn, date, session, was, now }.
function imports.amendments(store, id)
  return sql.rows(store, "SELECT p.upn, " .. name .. " AS name, " .. sql.day "a.session >> 1" .. [[ AS date,
      CASE a.session & 1 WHEN 0 THEN 'AM' ELSE 'PM' END AS session, coalesce(w.text, '') AS was,
      coalesce(n.text, '') AS now
    FROM amendment a JOIN enrolment e ON e.id = a.enrolment JOIN pupil p ON p.id = e.pupil
      LEFT JOIN code w ON w.byte = a.was LEFT JOIN code n ON n.byte = a.now
    WHERE a.import = ?1 ORDER BY p.surname, p.forename, p.id, a.session]], id)
end

-- How many days of calendars, and schools, it added and changed: { of = "calendar_day" | "school", added, changed }.
function imports.others(store, id)
  return sql.rows(store, [[SELECT of, sum(iif(was IS NULL, last - first + 1, 0)) AS added, count(was) AS changed
    FROM import_row WHERE import = ?1 AND of IN ('calendar_day', 'school') GROUP BY of ORDER BY of]], id)
end

-- Whether it is the right one --------------------------------------------------------

-- Of a list of pupils that was just taken in: { renamed = known pupils who have another name by it, on_roll = how many
-- were on roll before, on its day, at the schools that it names }. Names are compared as those of people are.
function imports.list_facts(store, id)
  return sql.row(store, [[SELECT
    (SELECT count(*) FROM import_row r JOIN pupil p ON p.id = r.first WHERE r.import = ?1 AND r.of = 'pupil'
      AND r.was IS NOT NULL AND (fold(p.surname) <> fold(r.was ->> '$.surname')
        OR fold(p.forename) <> fold(r.was ->> '$.forename'))) AS renamed,
    (SELECT count(*) FROM enrolment e JOIN import i ON i.id = ?1 WHERE e.school IN
        (SELECT first FROM import_row WHERE import = ?1 AND of = 'touched')
      AND (e.left IS NULL OR e.left >= i.at / 86400) AND NOT EXISTS (SELECT 1 FROM import_row r WHERE r.import = ?1
        AND r.of = 'enrolment' AND r.was IS NULL AND e.id BETWEEN r.first AND r.last)) AS on_roll]], id)
end

-- Of an import of marks the days that it covered of each school: { school = its number, key, first, last }.
function imports.covered(store, id)
  return sql.rows(store, "SELECT c.school, s.key, " .. sql.day "c.first_session >> 1" .. " AS first, "
    .. sql.day "c.last_session >> 1" .. [[ AS last FROM coverage c JOIN school s ON s.id = c.school
    WHERE c.import = ?1 ORDER BY c.school]], id)
end

-- How many of the marks that an import changed are again what they were before an earlier one changed them.
function imports.turned_back(store, id)
  return sql.row(store, [[SELECT count(*) AS n FROM amendment a WHERE a.import = ?1 AND EXISTS (SELECT 1
    FROM amendment b WHERE b.enrolment = a.enrolment AND b.session = a.session AND b.import < a.import
      AND b.was = a.now AND b.now = a.was
      AND NOT EXISTS (SELECT 1 FROM import i WHERE i.id = b.import AND i.undoes IS NOT NULL)
      AND NOT EXISTS (SELECT 1 FROM import u WHERE u.undoes = b.import))]], id).n
end

-- What rests on it -------------------------------------------------------------------

-- Later imports that stand and brought the same again: sessions of the same school, rows of the same kind for the same
-- school, or what changed the same row. { id, kind, file }, the newest first.
function imports.later(store, id)
  return sql.rows(store, [[SELECT DISTINCT i.id, i.kind, i.file FROM import i JOIN import a ON a.id = ?1
    WHERE i.id > ?1 AND ]] .. stands .. [[ AND (
      EXISTS (SELECT 1 FROM coverage x JOIN coverage y ON y.school = x.school AND y.first_session <= x.last_session
        AND y.last_session >= x.first_session WHERE x.import = a.id AND y.import = i.id)
      OR i.kind = a.kind AND EXISTS (SELECT 1 FROM import_row x JOIN import_row y ON y.of = x.of AND y.first = x.first
        WHERE x.import = a.id AND y.import = i.id AND x.of = 'touched')
      OR EXISTS (SELECT 1 FROM import_row x CROSS JOIN import_row y ON y.import = i.id AND y.of = x.of
        AND y.first BETWEEN x.first AND x.last WHERE x.import = a.id AND x.of <> 'touched'))
    ORDER BY i.id DESC]], id)
end

-- The numbers of enrolments whose row, or whose pupil's, it added.
local added_stays = [[(SELECT e.id FROM import_row r JOIN enrolment e ON e.id BETWEEN r.first AND r.last
    WHERE r.import = ?1 AND r.of = 'enrolment' AND r.was IS NULL)]]
local added_pupils = [[(SELECT p.id FROM import_row r JOIN pupil p ON p.id BETWEEN r.first AND r.last
    WHERE r.import = ?1 AND r.of = 'pupil' AND r.was IS NULL)]]

-- Entries that stand, of a pupil or a stay that it added, or that name a contact that it added: { id, kind, step,
-- enrolment, pupil, name, on }.
local entry_columns = "SELECT DISTINCT v.id, v.kind, v.step, v.enrolment, p.id AS pupil, " .. name .. " AS name, "
  .. sql.day "v.on_day" .. [[ AS "on" FROM event v JOIN entry n ON n.event = v.id AND n.body IS NOT NULL
    JOIN pupil p ON p.id = v.pupil WHERE ]]
function imports.entries_of_added(store, id, last_event)
  return sql.rows(store, entry_columns .. [[v.id > ?2 AND (v.pupil IN ]] .. added_pupils .. " OR v.enrolment IN "
    .. added_stays .. [[ OR EXISTS (SELECT 1 FROM import_row r JOIN contact c ON c.id BETWEEN r.first AND r.last
        AND c.pupil = v.pupil JOIN json_tree(n.body, '$.contacts') j ON j.atom = c.id
      WHERE r.import = ?1 AND r.of = 'contact' AND r.was IS NULL)) ORDER BY v.id]], id, last_event)
end

-- Pupils whose row, stay or contact it has, and who were joined with another one since: { pupil, name }.
function imports.joined_since(store, id, last_event)
  return sql.rows(store, "SELECT DISTINCT p.id AS pupil, " .. name .. [[ AS name FROM event v
      JOIN pupil p ON p.id IN (v.pupil, v.data ->> '$.into')
    WHERE v.kind = 'pupil.joined' AND v.id > ?2 AND EXISTS (SELECT 1 FROM import_row r WHERE r.import = ?1 AND (
      r.of = 'pupil' AND p.id BETWEEN r.first AND r.last
      OR r.of = 'enrolment' AND EXISTS (SELECT 1 FROM enrolment e WHERE e.pupil = p.id
        AND e.id BETWEEN r.first AND r.last)
      OR r.of = 'contact' AND EXISTS (SELECT 1 FROM contact c WHERE c.pupil = p.id
        AND c.id BETWEEN r.first AND r.last))) ORDER BY p.id]], id, last_event)
end

-- Documents that were made since, of whomever: the same.
function imports.documents_since(store, last_event)
  return sql.rows(store, entry_columns .. "v.id > ?1 AND v.kind = 'entry.rendered' ORDER BY v.id", last_event)
end

-- Pupils with marks, of stays that it added: { pupil, name }.
function imports.added_with_marks(store, id)
  return sql.rows(store, "SELECT DISTINCT p.id AS pupil, " .. name .. " AS name FROM enrolment e"
    .. " JOIN pupil p ON p.id = e.pupil WHERE e.id IN " .. added_stays .. [[ AND EXISTS (SELECT 1
      FROM slot s JOIN sheet h ON ]] .. sql.sheets("h", "s") .. [[ WHERE s.enrolment = e.id
        AND (substr(h.am, s.slot + 1, 1) > x'00' OR substr(h.pm, s.slot + 1, 1) > x'00'))]], id)
end

-- Contacts that stand, of pupils whom it added: of how many pupils.
function imports.added_with_contacts(store, id)
  return sql.row(store, "SELECT count(DISTINCT pupil) AS n FROM contact WHERE gone = 0 AND pupil IN " .. added_pupils,
    id).n
end

-- The keys of schools that it added, of which something is kept.
function imports.added_schools_in_use(store, id)
  return sql.rows(store, [[SELECT s.key FROM import_row r JOIN school s ON s.id BETWEEN r.first AND r.last
    WHERE r.import = ?1 AND r.of = 'school' AND r.was IS NULL AND (
      EXISTS (SELECT 1 FROM enrolment WHERE school = s.id) OR EXISTS (SELECT 1 FROM contact WHERE school = s.id)
      OR EXISTS (SELECT 1 FROM calendar_day WHERE school = s.id)
      OR EXISTS (SELECT 1 FROM coverage WHERE school = s.id)
      OR EXISTS (SELECT 1 FROM event WHERE school = s.id) OR EXISTS (SELECT 1 FROM school_event WHERE school = s.id))
    ORDER BY s.id]], id)
end

-- Undoing ----------------------------------------------------------------------------

-- The row of an undo. -> its number
function imports.add_undo(store, import, undo)
  return select(2, sql.run(store, [[INSERT INTO import (at, kind, file, digest, by, rows, added, unchanged, changed,
      left_out, last_event, undoes) VALUES (?1, 'undo', ?2, ?3, ?4, 0, 0, 0, ?5, 0,
      (SELECT ifnull(max(id), 0) FROM event), ?6)]],
    undo.at, import.file, import.digest, undo.by, undo.changed or import.added + import.changed, import.id))
end

-- Open suggestions for stays that it added: { enrolment, step, concern, plugin, version }.
function imports.suggestions_of_added(store, id)
  return sql.rows(store, [[SELECT g.enrolment, g.step, g.concern, m.plugin, m.version FROM suggestion g
    JOIN event m ON m.id = g.made WHERE g.state = 'open' AND g.enrolment IN ]] .. added_stays .. " ORDER BY g.made", id)
end

local function columns_of(store, of)
  return sql.rows(store, [[SELECT name, "notnull" AS is_needed, dflt_value AS usual FROM pragma_table_xinfo(?1)
    WHERE hidden = 0 ORDER BY cid]], of)
end

local refers = { pupil = true, school = true }

-- What it added is nobody's any more: without a name and all else that says who it was, of no school, and gone.
local function empty_added(store, id, of)
  local parts = {}
  for _, column in ipairs(columns_of(store, of)) do
    local value = column.is_needed == 0 and "NULL" or column.usual or "''"
    if column.name == "gone" then value = "1" end
    if column.name ~= "id" and (value == "NULL" or not refers[column.name]) then
      parts[#parts + 1] = column.name .. " = " .. value
    end
  end
  return (sql.run(store, "UPDATE " .. of .. " SET " .. table.concat(parts, ", ") .. " FROM import_row r"
    .. " WHERE r.import = ?1 AND r.of = ?2 AND r.was IS NULL AND " .. of .. ".id BETWEEN r.first AND r.last", id, of))
end

-- The rows that it changed are again what they were; those that are gone are there again.
local function put_back(store, id, of)
  local from = " FROM import_row r WHERE r.import = ?1 AND r.of = ?2 AND r.was IS NOT NULL AND "
  local sets, names, values = {}, {}, {}
  for i, column in ipairs(columns_of(store, of)) do
    names[i], values[i] = column.name, "r.was ->> '$." .. column.name .. "'"
    sets[i] = names[i] .. " = " .. values[i]
  end
  if of == "pupil" then -- two of them may have changed places
    sql.run(store, "UPDATE pupil SET upn = NULL" .. from .. "pupil.id = r.first", id, of)
  end
  local key = of == "calendar_day" and "(calendar_day.school << 20) + calendar_day.day + 25567" or of .. ".id"
  local changed = sql.run(store, "UPDATE " .. of .. " SET " .. table.concat(sets, ", ") .. from .. key .. " = r.first",
    id, of)
  if of ~= "school" then return changed end
  return changed + sql.run(store, "INSERT INTO school (" .. table.concat(names, ", ") .. ") SELECT "
    .. table.concat(values, ", ") .. from .. "r.first NOT IN (SELECT id FROM school)", id, of)
end

-- UPNs, and keys and names of schools, that it has as those of before, and those that it has no more.
local function put_back_aliases(store, id)
  local upn, school = "INSERT INTO upn_alias (upn, pupil, at) VALUES (?1 ->> '$.upn', ?1 ->> '$.pupil', ?1 ->> '$.at')",
    "INSERT INTO school_alias (text, school) VALUES (?1 ->> '$.text', ?1 ->> '$.school')"
  local change = { ["upn_alias added"] = "DELETE FROM upn_alias WHERE upn = ?1 ->> '$.upn'",
    ["school_alias added"] = "DELETE FROM school_alias WHERE text = ?1 ->> '$.text'", ["upn_alias removed"] = upn,
    ["school_alias removed"] = school }
  for _, row in ipairs(sql.rows(store, [[SELECT of, was FROM import_row WHERE import = ?1 AND of GLOB '*_alias *'
      ORDER BY first DESC]], id)) do
    sql.run(store, change[row.of], row.was)
  end
end

-- What came with marks beside their codes is again what was known before. undo: { id, at, by }
function imports.undo_details(store, id, undo)
  sql.run(store, [[INSERT INTO mark_detail (enrolment, session, mark, minutes, sub_code, comment, at, import, by)
    SELECT d.enrolment, d.session, ifnull(b.mark, d.mark), b.minutes, b.sub_code, b.comment, ?3, ?2, ?4
    FROM (SELECT enrolment, session, mark, min(id) AS first FROM mark_detail WHERE import = ?1
      GROUP BY enrolment, session) d
    LEFT JOIN mark_detail b ON b.id = (SELECT max(x.id) FROM mark_detail x WHERE x.enrolment = d.enrolment
      AND x.session = d.session AND x.id < d.first) ORDER BY d.first]], id, undo.id, undo.at, undo.by)
end

-- Undo what an import did to people, calendars and schools. -> how many rows
function imports.undo_rows(store, id)
  local changed = 0
  sql.run(store, "UPDATE mark_detail SET comment = NULL WHERE comment IS NOT NULL AND enrolment IN " .. added_stays, id)
  for _, of in ipairs { "contact", "enrolment", "pupil" } do
    changed = changed + empty_added(store, id, of) + put_back(store, id, of)
  end
  changed = changed + put_back(store, id, "calendar_day") + sql.run(store, [[DELETE FROM calendar_day
    WHERE (school << 20) + day + 25567 IN (SELECT first FROM import_row WHERE import = ?1 AND of = 'calendar_day'
      AND was IS NULL)]], id)
  changed = changed + put_back(store, id, "school")
  put_back_aliases(store, id)
  local added = [[ IN (SELECT s.id FROM import_row r JOIN school s ON s.id BETWEEN r.first AND r.last
    WHERE r.import = ?1 AND r.of = 'school' AND r.was IS NULL)]]
  sql.run(store, "DELETE FROM looked_at WHERE school" .. added, id)
  changed = changed + sql.run(store, "DELETE FROM school WHERE id" .. added, id)
  imports.forget(store, id, id)
  return changed
end

-- People as they were before imports, from one number to another, are kept no longer.
function imports.forget(store, first, last)
  sql.run(store, [[DELETE FROM import_row WHERE import BETWEEN ?1 AND ?2 AND was IS NOT NULL
    AND of IN ('pupil', 'enrolment', 'contact', 'upn_alias added', 'upn_alias removed')]], first, last)
end

-- The last import before a time (seconds); 0 when there is none.
function imports.last_before(store, at)
  return sql.row(store, "SELECT ifnull(max(id), 0) AS id FROM import WHERE at < ?1", at).id
end

-- The imports that were undone since a time (seconds), but those of marks: { id, file }; and the one that an import
-- undoes, nil when it is no undo.
function imports.undone_since(store, at)
  return sql.rows(store, [[SELECT i.id, i.file FROM import u JOIN import i ON i.id = u.undoes
    WHERE u.at >= ?1 AND i.kind <> 'marks' ORDER BY u.id]], at)
end
function imports.undone_by(store, id)
  return sql.row(store, "SELECT i.id, i.file FROM import u JOIN import i ON i.id = u.undoes WHERE u.id = ?1", id)
end

return imports
