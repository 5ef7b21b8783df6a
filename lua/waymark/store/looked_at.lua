-- looked_at: what the last recorded run said of each school, and what it said that of. A cache: rows may be
-- gone, and nothing but time is lost.

local sql = require "waymark.store.sql"

local looked_at = {}

-- The kinds of events that `suggest` raises itself; all others are of people, or of plugins for them.
local raised = [['suggestion.made', 'suggestion.lapsed', 'threshold.met', 'threshold.undone', 'review.due',
  'period.exceeded', 'evidence.changed']]

-- How far the workspace is, but for the marks of each school, as a text: it is another one after anything was
-- imported that is no marks, or recorded of anybody or for a school, or withdrawn; after a plugin failed, was
-- switched off or on; and with another code. The kinds of events are walked through, not the events.
function looked_at.place(store)
  return sql.row(store, [[WITH RECURSIVE kinds (kind) AS (SELECT min(kind) FROM event
      UNION ALL SELECT (SELECT min(kind) FROM event e WHERE e.kind > kinds.kind) FROM kinds WHERE kind IS NOT NULL)
    SELECT printf('%d %d %d %d %d %d',
      (SELECT max((SELECT max(id) FROM event e WHERE e.kind = kinds.kind)) FROM kinds WHERE kind NOT IN (]]
      .. raised .. [[)),
      (SELECT id FROM import WHERE kind <> 'marks' ORDER BY id DESC LIMIT 1),
      (SELECT count(*) FROM withdrawal), (SELECT max(id) FROM school_event), (SELECT max(id) FROM plugin_state),
      (SELECT count(*) FROM code)) AS place]]).place
end

-- The schools of a basis whose marks are those of then: { [school] = { pupils, suggested = of how many pupils,
-- steps = JSON } }.
function looked_at.schools(store, basis)
  local schools = {}
  for row in sql.each(store, [[SELECT school, pupils, suggested, steps FROM looked_at AS l WHERE basis = ?1
      AND import IS (SELECT max(import) FROM coverage WHERE school = l.school)]], basis) do
    schools[row[1]] = { pupils = row[2], suggested = row[3], steps = row[4] }
  end
  return schools
end

-- said: { basis, pupils, suggested, steps }, in place of what was said of a school before.
function looked_at.put(store, school, said)
  sql.run(store, [[INSERT OR REPLACE INTO looked_at (school, basis, import, pupils, suggested, steps)
    VALUES (?1, ?2, (SELECT max(import) FROM coverage WHERE school = ?1), ?3, ?4, ?5)]], school, said.basis,
    said.pupils, said.suggested, said.steps)
end

function looked_at.drop(store, school) sql.run(store, "DELETE FROM looked_at WHERE school = ?1", school) end

return looked_at
