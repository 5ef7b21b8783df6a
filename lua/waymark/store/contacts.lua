-- contacts: the adults of a pupil, and what they say of other children.

local sql = require "waymark.store.sql"

local contacts = {}

-- Those of a pupil, in the order of their priority, gone ones too.
function contacts.of(store, pupil)
  return sql.rows(store, "SELECT c.id, title, forename, surname, relationship, priority, parental_responsibility, "
    .. "lives_with, no_contact, confidential_address, email, phone, c.address, language, communication_needs, gone, "
    .. sql.day "c.dob" .. " AS dob, " .. sql.day "c.checked_on" .. [[ AS checked_on, s.key AS school
    FROM contact c JOIN school s ON s.id = c.school
    WHERE pupil = ?1 ORDER BY priority IS NULL, priority, c.id]], pupil)
end

-- Contacts of other pupils that have the name of one of this pupil's, and its phone, email or address.
local shared = [[FROM contact mine JOIN contact theirs
    ON theirs.surname = mine.surname AND theirs.forename = mine.forename AND theirs.pupil <> mine.pupil
    AND (theirs.phone = mine.phone OR theirs.email = mine.email OR theirs.address = mine.address)]]

-- The forenames of children who share a contact with a pupil, and how many they are.
function contacts.sibling_names(store, pupil)
  local names = {}
  for i, row in ipairs(sql.rows(store, "SELECT DISTINCT p.forename " .. shared .. [[ JOIN pupil p ON p.id = theirs.pupil
      WHERE mine.pupil = ?1 AND p.forename <> '' ORDER BY 1]], pupil)) do
    names[i] = row.forename
  end
  return names
end

-- The other children on roll on a day who share a contact with a pupil: rows of pupil, name, form, and the numbers of
-- the contact here and there.
function contacts.shared_by(store, pupil, day)
  return sql.rows(store, "SELECT DISTINCT p.id AS pupil, trim(p.forename || ' ' || p.surname) AS name, e.form, "
    .. "mine.id AS mine, theirs.id AS theirs " .. shared
    .. [[ JOIN pupil p ON p.id = theirs.pupil JOIN enrolment e ON e.pupil = p.id AND ifnull(e.left, ?2) >= ?2
      WHERE mine.pupil = ?1 AND mine.gone = 0 AND theirs.gone = 0 ORDER BY name]], pupil, sql.day_number(day))
end

-- The other children who have the same person among their contacts: rows of pupil and contact.
function contacts.siblings(store, contact)
  return sql.rows(store, "SELECT DISTINCT theirs.pupil AS pupil, theirs.id AS contact " .. shared
    .. " JOIN pupil p ON p.id = theirs.pupil WHERE mine.id = ?1 ORDER BY p.surname, p.forename, p.id", contact)
end

function contacts.count_siblings(store, pupil)
  return sql.row(store, "SELECT count(DISTINCT theirs.pupil) AS n " .. shared .. " WHERE mine.pupil = ?1", pupil).n
end

-- Addresses that are confidential though no contact of the pupil has them: those that the same person has
-- among the contacts of another child, those of contacts of a brother or sister, and, where a contact's own is
-- confidential, that of the pupil as the registers gave it. Rows of address.
function contacts.hidden_addresses(store, pupil)
  return sql.rows(store, [[SELECT theirs.address AS address FROM contact mine JOIN contact theirs
      ON theirs.surname = mine.surname AND theirs.forename = mine.forename AND theirs.pupil <> mine.pupil
      WHERE mine.pupil = ?1 AND theirs.address <> ''
        AND (mine.confidential_address = 1 OR theirs.confidential_address = 1)
    UNION SELECT c.address FROM contact c WHERE c.confidential_address = 1 AND c.address <> ''
      AND c.pupil IN (SELECT theirs.pupil ]] .. shared .. [[ WHERE mine.pupil = ?1)
    UNION SELECT json_extract(e.groups, '$.address') FROM enrolment e
      JOIN contact mine ON mine.pupil = e.pupil AND mine.confidential_address = 1
      WHERE e.pupil = ?1 AND json_extract(e.groups, '$.address') <> '']], pupil)
end

-- Rows of forename, surname, each once.
function contacts.each_name(store) return sql.each(store, "SELECT DISTINCT forename, surname FROM contact") end

return contacts
