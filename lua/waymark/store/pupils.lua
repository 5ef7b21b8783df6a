-- pupils: who there is, and at which school when. An enrolment is one stay of a pupil at a school; one that came by an
-- import that was undone is of no school, and is nowhere.

local core = require "waymark.core"
local joins = require "waymark.store.joins"
local sql = require "waymark.store.sql"
local tables = require "waymark.base.tables"

local pupils = {}

local name = "trim(p.forename || ' ' || p.surname)"

local find_sql = [[WITH ranked AS (SELECT e.id AS enrolment, p.id AS pupil, p.upn, ]] .. name .. [[ AS name,
      s.id AS school_id, s.key AS school, s.name AS school_name, e.year, e.form,
      ]] .. sql.day "e.joined" .. " AS joined, " .. sql.day "e.left" .. [[ AS left, CASE
        WHEN p.upn = ?1 COLLATE NOCASE THEN 1
        WHEN e.admission_number = ?1 COLLATE NOCASE THEN 2
        WHEN fold(p.forename || ' ' || p.surname) = ?2 THEN 3
        WHEN fold(p.surname || ',' || p.forename) = ?3 THEN 3
        WHEN fold(p.surname) = ?2 THEN 4
        WHEN fold(p.forename) = ?2 THEN 5 END AS rank
    FROM enrolment e JOIN pupil p ON p.id = e.pupil JOIN school s ON s.id = e.school)
  SELECT enrolment, pupil, upn, name, school, school_name, year, form, joined, left
  FROM ranked WHERE rank = (SELECT min(rank) FROM ranked) AND (?4 IS NULL OR fold(form) = ?4)
  ORDER BY school_id, enrolment LIMIT ?5]]

-- Of so many the caller shows that there are more, and no more are read: a name may be thousands'.
pupils.most_found = 200

-- The same of a UPN that a pupil has or had, by its index: mostly a pupil is named so, and nobody else is read.
local upn_sql = "SELECT e.id AS enrolment, p.id AS pupil, p.upn, " .. name .. [[ AS name, s.key AS school,
    s.name AS school_name, e.year, e.form, ]] .. sql.day "e.joined" .. " AS joined, " .. sql.day "e.left" .. [[ AS left
  FROM pupil p JOIN enrolment e ON e.pupil = p.id JOIN school s ON s.id = e.school
  WHERE p.id = (SELECT pupil FROM upns WHERE upn = upper(?1)) AND (?2 IS NULL OR fold(e.form) = ?2)
  ORDER BY s.id, e.id LIMIT ?3]]

-- The enrolments that a text names, by the first of these that fits any: the exact UPN, now or before; the exact
-- admission number; "forename surname" or "surname, forename"; the surname; the forename. Names are
-- compared folded (core.fold); two spellings of one name are never told apart by it.
-- { enrolment, pupil, upn, name, school (key), school_name, year, form, joined, left }, in the
-- order imported; those in a form, if one is given; at most `most_found`.
function pupils.find(store, text, form)
  text = text:match "^%s*(.-)%s*$"
  if core.fold(text) == "" then return {} end
  form = form and core.fold(form)
  local by_upn = sql.rows(store, upn_sql, text, form, pupils.most_found)
  if #by_upn > 0 then return by_upn end
  return sql.rows(store, find_sql, text, core.fold(text), core.fold((text:gsub("^([^,]-)%s*,%s*", "%1,"))), form,
    pupils.most_found)
end

-- The key of a school by its number; nil of nil.
function pupils.school_key(store, id)
  return id and sql.row(store, "SELECT key FROM school WHERE id = ?1", id).key
end

-- What rows of files name pupils by: the set of all UPNs, earlier ones too, and that of all admission numbers, without
-- the zeros in front, which spreadsheets eat.
function pupils.keys(store)
  local upns, numbers = {}, {}
  for row in sql.each(store, "SELECT upn FROM upns") do upns[row[1]] = true end
  for row in sql.each(store, "SELECT DISTINCT admission_number FROM enrolment WHERE admission_number <> ''") do
    numbers[pupils.bare(row[1])] = true
  end
  return upns, numbers
end

function pupils.bare(number) return (number:gsub("^0+", "")) end

-- { upn, name, year, form } of an enrolment; empty when there is none.
function pupils.person(store, enrolment)
  return sql.row(store, "SELECT p.upn, " .. name .. [[ AS name, e.year, e.form
    FROM enrolment e JOIN pupil p ON p.id = e.pupil WHERE e.id = ?1]], enrolment) or {}
end

-- The same of everybody who ever was at a school (by its number), by enrolment.
function pupils.of_school(store, school)
  local people = {}
  for row in sql.each(store, "SELECT e.id, p.upn, " .. name .. [[, e.year, e.form
      FROM enrolment e JOIN pupil p ON p.id = e.pupil WHERE e.school = ?1]], school) do
    people[row[1]] = { upn = row[2], name = row[3], year = row[4], form = row[5] }
  end
  return people
end

-- What the school's own register has in further columns of an enrolment, by their names.
function pupils.groups(store, enrolment)
  return sql.row(store, "SELECT groups AS data FROM enrolment WHERE id = ?1", enrolment).data
end

-- Those on roll at a school (by its number) on some day of a period, in the order imported:
-- { enrolment, upn, name, year, form, left }.
function pupils.on_roll(store, school, from, to)
  return sql.rows(store, "SELECT e.id AS enrolment, p.upn, " .. name .. " AS name, e.year, e.form, " .. sql.day "e.left"
    .. [[ AS left FROM enrolment e JOIN pupil p ON p.id = e.pupil
    WHERE e.school = ?1 AND (e.joined IS NULL OR e.joined <= ?3) AND (e.left IS NULL OR e.left >= ?2)
    ORDER BY e.id]], school, sql.day_number(from), sql.day_number(to))
end

-- Those who joined a school (by its key) after a day and by another, and are on roll then, in the
-- order they joined: { enrolment, pupil, upn, name, year, form, joined }.
function pupils.joined(store, school, after, by)
  return sql.rows(store, "SELECT e.id AS enrolment, p.id AS pupil, p.upn, " .. name .. " AS name, e.year, e.form, "
    .. sql.day "e.joined" .. [[ AS joined
    FROM enrolment e JOIN pupil p ON p.id = e.pupil JOIN school s ON s.id = e.school
    WHERE s.key = ?1 AND e.joined > ?2 AND e.joined <= ?3 AND (e.left IS NULL OR e.left >= ?3)
    ORDER BY e.joined, p.surname, p.forename, e.id]], school, sql.day_number(after), sql.day_number(by))
end

-- Whether anybody is, or was, in a year group and a form (nil: any), as filters compare them, at
-- a school (by its number; nil: any).
function pupils.any_in(store, school, year, form)
  return sql.row(store, [[SELECT 1 FROM enrolment WHERE (?1 IS NULL OR school = ?1)
    AND (?2 IS NULL OR year_group(year) = year_group(?2)) AND (?3 IS NULL OR fold(form) = fold(?3)) LIMIT 1]],
    school, year, form) ~= nil
end

local group_names = {
  year = [[SELECT min(year) AS name FROM enrolment WHERE year <> '' AND (?1 IS NULL OR school = ?1)
    GROUP BY year_group(year) ORDER BY year_group(year) BETWEEN '0' AND ':', CAST(year_group(year) AS INTEGER), name]],
  form = [[SELECT min(form) AS name FROM enrolment WHERE form <> '' AND (?1 IS NULL OR school = ?1)
    GROUP BY fold(form) ORDER BY CAST(form AS INTEGER), name]],
}

-- The year groups ("year"), or the forms ("form"), that there are at a school (nil: anywhere),
-- the youngest first.
function pupils.group_names(store, what, school)
  local names = {}
  for i, row in ipairs(sql.rows(store, group_names[what], school)) do names[i] = row.name end
  return names
end

-- The enrolments of a pupil, in the order imported: { { enrolment }, … }.
function pupils.stays(store, pupil)
  return sql.rows(store, "SELECT id AS enrolment FROM enrolment WHERE pupil = ?1 AND school IS NOT NULL ORDER BY id",
    pupil)
end

-- Every enrolment, in the order imported: rows of enrolment, pupil, school (key), joined, left, upn,
-- admission number.
function pupils.each_stay(store)
  return sql.each(store, "SELECT e.id, p.id, s.key, " .. sql.day "e.joined" .. ", " .. sql.day "e.left" .. [[, p.upn,
    e.admission_number FROM enrolment e JOIN pupil p ON p.id = e.pupil JOIN school s ON s.id = e.school
    ORDER BY e.id]])
end

-- Rows of a UPN that a pupil had, and the one that the pupil has.
function pupils.each_former_upn(store)
  return sql.each(store, "SELECT a.upn, p.upn FROM upn_alias a JOIN pupil p ON p.id = a.pupil")
end

-- Rows of enrolment, pupil: of everybody; of those with an entry that something was done.
function pupils.each_enrolment(store)
  return sql.each(store, "SELECT id, pupil FROM enrolment WHERE school IS NOT NULL")
end
function pupils.each_with_entries(store)
  return sql.each(store, [[SELECT id, pupil FROM enrolment
    WHERE school IS NOT NULL AND pupil IN (SELECT pupil FROM event WHERE kind = 'entry.recorded')]])
end

-- The enrolments, by school (its number), of whose pupils something was recorded, wherever: of one of
-- these steps, or anything with true. Once for each step.
function pupils.recorded(store, steps)
  local by_school = {}
  for row in sql.each(store, [[SELECT DISTINCT e.school, e.id, v.step FROM entry n
    CROSS JOIN event v ON v.id = n.event CROSS JOIN enrolment e ON e.pupil = v.pupil
    WHERE e.school IS NOT NULL]]) do
    if steps == true or tables.has(steps, row[3]) then
      by_school[row[1]] = by_school[row[1]] or {}
      table.insert(by_school[row[1]], row[2])
    end
  end
  return by_school
end

-- Rows of pupil, forename, surname; but of those who were joined to another.
function pupils.each_name(store)
  return sql.each(store, "SELECT id, forename, surname FROM pupil WHERE forename || surname <> '' AND id NOT IN "
    .. joins.gone)
end

return pupils
