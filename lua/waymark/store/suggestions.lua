-- suggestions: what was suggested, by (enrolment, step, concern), and what became of it. They are
-- made and lapse through the store (core/store/case/suggestions.h), each with its event.

local sql = require "waymark.store.sql"

local suggestions = {}

-- Of a filter { enrolment, state = "open", "lapsed", … }: { enrolment, pupil, upn, school (key),
-- step, concern, state, made (the event), made_on, made_at, plugin, version, data (of that event),
-- ended (the event), ended_on }, by enrolment, step and concern.
function suggestions.list(store, filter)
  local limit = filter.enrolment and " WHERE g.enrolment = ?1" or " WHERE ?1 IS NULL" -- so that an index finds it
  return sql.rows(store, [[SELECT g.enrolment, e.pupil, p.upn, s.key AS school, g.step, g.concern, g.state, g.made,
      ]] .. sql.day "m.on_day" .. " AS made_on, " .. sql.time "m.at" .. [[ AS made_at, m.plugin, m.version,
      ]] .. sql.data("m", true) .. [[ AS data, g.ended, ]] .. sql.day "l.on_day" .. [[ AS ended_on
    FROM suggestion g JOIN enrolment e ON e.id = g.enrolment JOIN pupil p ON p.id = e.pupil
      JOIN school s ON s.id = e.school JOIN event m ON m.id = g.made
      LEFT JOIN event l ON l.id = g.ended]] .. limit .. [[ AND (?2 IS NULL OR g.state = ?2)
    ORDER BY g.enrolment, g.step, g.concern]], filter.enrolment, filter.state)
end

-- Those of a school (by its number), for a list: rows of enrolment, step, concern, state, made, made_on, ended_on, and
-- what each was made with, as JSON whose half days are left out.
function suggestions.each_of_school(store, school)
  return sql.each(store, "SELECT g.enrolment, g.step, g.concern, g.state, g.made, " .. sql.day "m.on_day" .. ", "
    .. sql.day "l.on_day" .. ", " .. sql.data("m", true) .. [[
    FROM enrolment e CROSS JOIN suggestion g ON g.enrolment = e.id JOIN event m ON m.id = g.made
      LEFT JOIN event l ON l.id = g.ended
    WHERE e.school = ?1 ORDER BY g.enrolment, g.step, g.concern]], school)
end

-- Bring them to what the events after one say, of suggestions made that are not open, and of open ones that lapsed: all
-- of them in a statement each.
function suggestions.follow(store, after)
  sql.run(store, [[INSERT INTO suggestion (enrolment, step, concern, state, made)
    SELECT enrolment, step, concern, 'open', id FROM event WHERE kind = 'suggestion.made' AND id > ?1
    ON CONFLICT (enrolment, step, concern) DO UPDATE SET state = 'open', made = excluded.made, ended = NULL]], after)
  sql.run(store, [[UPDATE suggestion SET state = 'lapsed', ended = v.id FROM event v
    WHERE v.kind = 'suggestion.lapsed' AND v.id > ?1 AND suggestion.enrolment = v.enrolment
      AND suggestion.step = v.step AND suggestion.concern = v.concern]], after)
end

-- Whether there ever was one, whatever became of it.
function suggestions.was_made(store, enrolment, step, concern)
  return sql.row(store, "SELECT 1 FROM suggestion WHERE enrolment = ?1 AND step = ?2 AND concern = ?3", enrolment, step,
    concern) ~= nil
end

-- How many were made from one day to another, but at the time `now`: { ["school's number step"] = n }.
-- The newest are last, so that few of those before are looked at.
function suggestions.lately(store, from, to, now)
  local first, last, counts = sql.day_number(from), sql.day_number(to), {}
  for row in sql.each(store, [[SELECT school, step, count(*) FROM event WHERE kind = 'suggestion.made'
      AND on_day BETWEEN ?1 AND ?2 AND at <> ?3 AND id > coalesce((SELECT id FROM event WHERE kind = 'suggestion.made'
        AND on_day < ?1 ORDER BY id DESC LIMIT 1), 0)
    GROUP BY school, step]], first, last, now) do
    counts[row[1] .. " " .. row[2]] = row[3]
  end
  return counts
end

-- The steps of those that an event ended: { { step }, … }.
function suggestions.ended_by(store, event)
  return sql.rows(store, "SELECT step FROM suggestion WHERE ended = ?1 ORDER BY step", event)
end

return suggestions
