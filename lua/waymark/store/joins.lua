-- joins: two pupils who are one child. What is kept of the second goes to the first, as far as it can be moved; what
-- is only ever added to stays, and an event of the second says of whom the child is (`pupil.joined`).

local sql = require "waymark.store.sql"

local joins = {}

-- SQL: the pupils who were joined to another one.
joins.gone = "(SELECT pupil FROM event WHERE kind = 'pupil.joined')"

function joins.person(store, pupil)
  return sql.row(store, "SELECT id, upn, surname, forename, sex, " .. sql.day "dob"
    .. " AS dob FROM pupil WHERE id = ?1", pupil)
end

-- In the order imported: { enrolment, school_id, school (key), joined, left, number }.
function joins.stays(store, pupil)
  return sql.rows(store, "SELECT e.id AS enrolment, s.id AS school_id, s.key AS school, " .. sql.day "e.joined"
    .. " AS joined, " .. sql.day "e.left" .. [[ AS left, e.admission_number AS number
    FROM enrolment e JOIN school s ON s.id = e.school WHERE e.pupil = ?1 ORDER BY e.id]], pupil)
end

-- Every mark of a pupil: rows of school (key), date, half, code, and what came beside it: minutes late, sub-code,
-- comment.
function joins.each_mark(store, pupil)
  return sql.each(store, "SELECT k.key, " .. sql.day "s.day" .. [[, h.half, c.text, d.minutes, d.sub_code, d.comment
    FROM enrolment e JOIN slot l ON l.enrolment = e.id JOIN school k ON k.id = l.school
      JOIN sheet s ON ]] .. sql.sheets("s", "l") .. [[ CROSS JOIN (SELECT 'AM' AS half UNION SELECT 'PM') h
      JOIN code c ON printf('%02X', c.byte) = hex(substr(iif(h.half = 'AM', s.am, s.pm), l.slot + 1, 1))
      LEFT JOIN mark_detail d ON d.mark = c.byte AND d.id = (SELECT max(id) FROM mark_detail
        WHERE enrolment = e.id AND session = 2 * s.day + (h.half = 'PM'))
    WHERE e.pupil = ?1 ORDER BY s.day, h.half]], pupil)
end

-- A stay is that of another pupil, too: one is made there, or one that there is reaches over both.
function joins.copy_stay(store, enrolment, pupil)
  local _, id = sql.run(store, [[INSERT INTO enrolment (pupil, school, joined, left, year, form, admission_number, sen,
    fsm, groups) SELECT ?2, school, joined, left, year, form, admission_number, sen, fsm, groups
    FROM enrolment WHERE id = ?1]], enrolment, pupil)
  return id
end
function joins.widen_stay(store, enrolment, other)
  sql.run(store, [[UPDATE enrolment SET joined = min(enrolment.joined, o.joined), left = max(enrolment.left, o.left),
    admission_number = ifnull(enrolment.admission_number, o.admission_number)
    FROM enrolment o WHERE enrolment.id = ?1 AND o.id = ?2]], enrolment, other)
end

-- A stay is at no school any more; its marks stay on the sheets, and are never counted.
function joins.void_stay(store, enrolment)
  sql.run(store, "UPDATE enrolment SET school = NULL, admission_number = NULL WHERE id = ?1", enrolment)
end

-- The UPNs of the second go on naming the child; what is not known of the first is taken from the second.
function joins.take_person(store, into, from, at)
  sql.run(store, "UPDATE pupil SET upn = NULL WHERE id = ?1", from.id)
  sql.run(store, "UPDATE upn_alias SET pupil = ?1 WHERE pupil = ?2", into.id, from.id)
  if from.upn and into.upn then
    sql.run(store, "INSERT OR REPLACE INTO upn_alias (upn, pupil, at) VALUES (?1, ?2, ?3)", from.upn, into.id, at)
  end
  sql.run(store, [[UPDATE pupil SET upn = ifnull(upn, ?2), dob = ifnull(dob, ?3), sex = ifnull(sex, ?4)
    WHERE id = ?1]], into.id, from.upn, sql.day_number(from.dob), from.sex)
end

-- A contact of the second is one of the first; with `same`, one that there is already, which keeps what protects
-- somebody, and the further number.
function joins.take_contact(store, contact, pupil, same)
  if same then
    sql.run(store, [[UPDATE contact SET no_contact = max(ifnull(no_contact, o.no), ifnull(o.no, no_contact)),
      confidential_address = max(ifnull(confidential_address, o.hidden), ifnull(o.hidden, confidential_address)),
      phone = CASE WHEN o.number IS NULL OR instr(phone, o.number) > 0 THEN phone
        ELSE ifnull(phone || '; ', '') || o.number END,
      email = ifnull(email, o.mail), address = ifnull(address, o.place)
      FROM (SELECT no_contact AS no, confidential_address AS hidden, phone AS number, email AS mail, address AS place
        FROM contact WHERE id = ?2) o WHERE contact.id = ?1]], same, contact)
  end
  sql.run(store, "UPDATE contact SET pupil = ?2, gone = max(gone, ?3) WHERE id = ?1", contact, pupil, same and 1 or 0)
end

return joins
