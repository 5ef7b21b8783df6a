-- runs: what `suggest` recorded each time, and which plugins failed then.
--
-- A run that was withdrawn (waymark.suggest.withdrawal) is none of those that are asked for here,
-- but by its number; nor are its events told of any more (waymark.store.events).

local sql = require "waymark.store.sql"

local runs = {}

-- run: { at, as_of, made, lapsed = numbers of suggestions, after = the last event before it, failures = {
-- { plugin, version, step, enrolment, verdict, message }, … } }. Its events are all after that one. -> its number
function runs.record(store, run)
  local _, id = sql.run(store, [[INSERT INTO run (at, as_of, made, lapsed, first_event, last_event)
    SELECT ?1, ?2, ?3, ?4, min(id), max(id) FROM event WHERE id > ?5]], run.at, sql.day_number(run.as_of), run.made,
    run.lapsed, run.after)
  for _, failure in ipairs(run.failures or {}) do
    sql.run(store, [[INSERT INTO run_failure (run, plugin, version, step, enrolment, verdict, message)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)]], id, failure.plugin, failure.version, failure.step, failure.enrolment,
      failure.verdict, failure.message)
  end
  return id
end

local stands = "id NOT IN (SELECT run FROM withdrawal)"

-- The run recorded last: { id, at, as_of, made, lapsed, first_event, last_event = its events | nil } or nil.
function runs.last(store)
  return sql.row(store, "SELECT id, at, " .. sql.day "as_of" .. " AS as_of, made, lapsed, first_event, last_event"
    .. " FROM run WHERE " .. stands .. " ORDER BY id DESC LIMIT 1")
end

-- The run with a number: { id, as_of, first_event, last_event, withdrawn = the time, as text | nil }, or nil.
function runs.get(store, id)
  return sql.row(store, "SELECT r.id, " .. sql.day "r.as_of" .. " AS as_of, r.first_event, r.last_event, "
    .. sql.time "w.at" .. " AS withdrawn FROM run r LEFT JOIN withdrawal w ON w.run = r.id WHERE r.id = ?1", id)
end

-- The suggestions that a run made, or those that it ended, with what they were made by: { enrolment, step,
-- concern, state, plugin, version, digest, made_on, text = what the event holds, as JSON }.
local function suggestions_where(store, run, column)
  return sql.rows(store, [[SELECT g.enrolment, g.step, g.concern, g.state, m.plugin, m.version,
      ]] .. sql.plugin_digest "m" .. " AS digest, " .. sql.day "m.on_day" .. " AS made_on, "
      .. sql.data "m" .. [[ AS text
    FROM suggestion g JOIN event m ON m.id = g.made WHERE ]] .. column .. " BETWEEN ?1 AND ?2 ORDER BY " .. column,
    run.first_event, run.last_event)
end
function runs.made_by(store, run) return suggestions_where(store, run, "g.made") end
function runs.ended_by(store, run) return suggestions_where(store, run, "g.ended") end

-- The notes and reviews that hook plugins added about its events, and that stand: { id, pupil, enrolment | nil,
-- school (key) }.
function runs.plugin_entries(store, run)
  return sql.rows(store, [[SELECT v.id, v.pupil, v.enrolment, s.key AS school
    FROM event v JOIN entry n ON n.event = v.id AND n.body IS NOT NULL JOIN school s ON s.id = v.school
    WHERE v.kind IN ('entry.noted', 'entry.follow-up') AND v.data ->> '$.event' BETWEEN ?1 AND ?2 ORDER BY v.id]],
    run.first_event, run.last_event)
end

-- withdrawal: { run, at, by, why, after = the last event before it }
function runs.withdraw(store, withdrawal)
  sql.run(store, [[INSERT INTO withdrawal (run, at, by, why, first_event, last_event)
    SELECT ?1, ?2, ?3, ?4, min(id), max(id) FROM event WHERE id > ?5]], withdrawal.run, withdrawal.at, withdrawal.by,
    withdrawal.why, withdrawal.after)
end

-- Who failed in the run recorded last, as it was recorded: { at, plugin, step, enrolment, school (key),
-- verdict, message }.
function runs.last_failures(store)
  return sql.rows(store, "SELECT " .. sql.time "r.at" .. [[ AS at, f.plugin, f.step, f.enrolment, s.key AS school,
      f.verdict, f.message
    FROM run_failure f JOIN run r ON r.id = f.run LEFT JOIN enrolment e ON e.id = f.enrolment
      LEFT JOIN school s ON s.id = e.school
    WHERE r.id = (SELECT max(id) FROM run WHERE ]] .. stands .. ") ORDER BY f.rowid")
end

-- The days that runs were for, each once, in order.
function runs.days(store)
  local days = {}
  for row in sql.each(store, "SELECT DISTINCT " .. sql.day "as_of" .. " FROM run WHERE " .. stands .. " ORDER BY 1") do
    days[#days + 1] = row[1]
  end
  return days
end

return runs
