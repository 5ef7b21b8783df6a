-- events: what was recorded of pupils, read. Adding is store:add_event, add_entry, strike_entry
-- and the suggestions' (core/store/case), which keep what belongs together in step.
--
-- What a run raised that was withdrawn, and what undid it, stays in the file and is not among them.

local core = require "waymark.core"
local sql = require "waymark.store.sql"

local events = {}

local limits = { known_at = "v.at <= ?", pupil = "v.pupil = ?", as_of = "v.on_day <= ?", kind = "v.kind = ?",
  first = "v.id >= ?", last = "v.id <= ?",
  upn = "v.pupil = (SELECT pupil FROM upns WHERE upn = ?)",
  at = "v.pupil IN (SELECT pupil FROM enrolment WHERE school = ?)" }

-- Mostly nothing was withdrawn: that is looked up once, not for each event.
local stands = "(NOT EXISTS (SELECT 1 FROM withdrawal) OR NOT EXISTS (SELECT 1 FROM withdrawn w"
  .. " WHERE v.id BETWEEN w.first_event AND w.last_event))"

-- -> " WHERE …", its values. Of a kind "entry." all that begin so.
local function where(filter)
  local parts, values = { stands }, {}
  for name, value in next, filter do
    local limit = limits[name] or error("events have no " .. name)
    values[#values + 1] = name == "as_of" and sql.day_number(value) or value
    if name == "kind" and value:find "%.$" then
      limit = "v.kind >= ? AND v.kind < ?"
      values[#values + 1] = value:sub(1, -2) .. "/"
    end
    parts[#parts + 1] = limit
  end
  return " WHERE " .. table.concat(parts, " AND "), values
end

-- In the order they were learnt: { id, at, on, kind, pupil, upn, enrolment, school (key), plugin,
-- version, digest, step, concern, by, data }. filter: { pupil, upn, kind, as_of, known_at, first, last = numbers,
-- at = the number of a school: of who is or was there }.
function events.list(store, filter)
  local limit, values = where(filter)
  return sql.rows(store, "SELECT v.id, " .. sql.time "v.at" .. " AS at, " .. sql.day "v.on_day" .. [[ AS "on", v.kind,
      v.pupil, p.upn, v.enrolment, s.key AS school, v.plugin, v.version,
      ]] .. sql.plugin_digest "v" .. " AS digest, v.step, v.concern, v.by, " .. sql.data "v" .. [[ AS data
    FROM event v JOIN pupil p ON p.id = v.pupil JOIN school s ON s.id = v.school]]
    .. limit .. " ORDER BY v.id",
    table.unpack(values))
end

-- In the order of their day: as events, without digest and with body (nil once struck out, or
-- when the event has none), struck (the event that struck it out), struck_on, struck_by, struck_why.
function events.entries(store, filter)
  local limit, values = where(filter)
  return sql.rows(store, "SELECT v.id, " .. sql.time "v.at" .. " AS at, " .. sql.day "v.on_day" .. [[ AS "on", v.kind,
      v.pupil, p.upn, v.enrolment, s.key AS school, v.plugin, v.step, v.concern, v.by,
      ]] .. sql.data "v" .. [[ AS data, n.body,
      c.id AS struck, ]] .. sql.day "c.on_day" .. [[ AS struck_on, c.by AS struck_by,
      json_extract(c.data, '$.why') AS struck_why
    FROM event v JOIN pupil p ON p.id = v.pupil JOIN school s ON s.id = v.school
      LEFT JOIN entry n ON n.event = v.id
      LEFT JOIN event c ON c.kind = 'entry.corrected' AND c.pupil = v.pupil
        AND json_extract(c.data, '$.of') = v.id AND c.at <= ?]] .. limit .. " ORDER BY v.on_day, v.id",
    filter.known_at or math.maxinteger, table.unpack(values))
end

-- The recorded entries of a pupil's steps, struck out or not: rows of step, on, the body as text (nil once struck
-- out), salt, digest.
function events.each_digest(store, pupil)
  return sql.each(store, "SELECT v.step, " .. sql.day "v.on_day" .. [[, n.body, n.salt,
      json_extract(v.data, '$.digest')
    FROM event v JOIN entry n ON n.event = v.id
    WHERE v.pupil = ?1 AND v.kind = 'entry.recorded' AND v.step IS NOT NULL]], pupil)
end

-- What an event holds beside its columns, decoded; and the plugin that it is of, and when it was learnt: { plugin,
-- version, digest, at (seconds) }.
function events.data(store, id)
  return (sql.row(store, "SELECT " .. sql.data "v" .. " AS data FROM event v WHERE id = ?1", id) or {}).data or {}
end
function events.made_by(store, id)
  return sql.row(store, "SELECT v.plugin, v.version, " .. sql.plugin_digest "v" .. [[ AS digest, v.at
    FROM event v WHERE v.id = ?1]], id) or {}
end

-- Entries of a day to come, or learnt at a time to come: a clock was ahead when they were recorded. In order:
-- { id, on, at (as text), pupil, name }; of everybody or one pupil.
function events.to_come(store, today, now, pupil)
  return sql.rows(store, "SELECT v.id, " .. sql.day "v.on_day" .. [[ AS "on", ]] .. sql.time "v.at" .. [[ AS at,
      v.pupil, trim(p.forename || ' ' || p.surname) AS name FROM event v JOIN pupil p ON p.id = v.pupil
    WHERE v.kind >= 'entry.' AND v.kind < 'entry/' AND (v.on_day > ?1 OR v.at > ?2) AND (?3 IS NULL OR v.pupil = ?3)
      AND NOT EXISTS (SELECT 1 FROM entry n WHERE n.event = v.id AND n.body IS NULL) ORDER BY v.id]],
    sql.day_number(today), now, pupil)
end

-- The day that an event is about.
function events.day(store, id)
  return sql.row(store, "SELECT " .. sql.day "on_day" .. ' AS "on" FROM event WHERE id = ?1', id).on
end

-- The last event learnt by a time; 0 when there is none.
function events.last_by(store, at)
  return sql.row(store, "SELECT ifnull(max(id), 0) AS id FROM event WHERE at <= ?1", at).id
end

-- The last event learnt at another time than `at` (nil: of all): what was there before a command
-- that began at that time. 0 when there is none.
function events.last_before(store, at)
  return (sql.row(store, "SELECT id FROM event WHERE at IS NOT ?1 ORDER BY id DESC LIMIT 1", at) or { id = 0 }).id
end

-- Events after one, in order: { id, at, on, kind, pupil, upn, name, enrolment, school (key),
-- school_id, step, concern, data, body (of an entry that was not struck out), baseline (1 for a
-- suggestion from before the school began with Waymark, and for its lapsing) }. Not those that came again from a second
-- record of the child: they were told when they were recorded.
function events.after(store, id)
  return sql.rows(store, "SELECT v.id, v.at, " .. sql.day "v.on_day" .. [[ AS "on", v.kind, v.pupil, p.upn,
      trim(p.forename || ' ' || p.surname) AS name, v.enrolment, s.key AS school, s.id AS school_id, v.step, v.concern,
      ]] .. sql.data "v" .. [[ AS data, n.body,
      coalesce(json_extract(]] .. sql.data "v" .. [[, '$.baseline'), CASE v.kind WHEN 'suggestion.lapsed' THEN
        (SELECT json_extract(]] .. sql.data "m" .. [[, '$.baseline') FROM event m WHERE m.pupil = v.pupil
          AND m.kind = 'suggestion.made' AND m.enrolment = v.enrolment AND m.step = v.step
          AND m.concern = v.concern AND m.id < v.id ORDER BY m.id DESC LIMIT 1) END, 0) AS baseline
    FROM event v JOIN pupil p ON p.id = v.pupil JOIN school s ON s.id = v.school
      LEFT JOIN entry n ON n.event = v.id
    WHERE v.id > ?1 AND json_extract(v.data, '$.joined') IS NULL AND ]] .. stands .. " ORDER BY v.id", id)
end

-- Events of a kind in order: rows of id, enrolment, concern.
function events.each_told(store, kind)
  return sql.each(store, "SELECT id, enrolment, concern FROM event v WHERE kind = ?1 AND " .. stands .. " ORDER BY id",
    kind)
end

-- Thresholds that were met by pupils one of whose marks was amended since, and since a time:
-- { id, school (its number), enrolment, concern, rule, since (the session), plugin }.
function events.amended_thresholds(store, since)
  return sql.rows(store, "SELECT v.id, v.school, v.enrolment, v.concern, " .. sql.data "v" .. " ->> '$.rule' AS rule, "
      .. sql.data "v" .. [[ ->> '$.since' AS since, v.plugin, v.at FROM event v
    WHERE v.kind = 'threshold.met' AND ]] .. stands .. [[
      AND EXISTS (SELECT 1 FROM amendment a WHERE a.enrolment = v.enrolment AND a.at >= max(v.at, ?1))
    ORDER BY v.enrolment, v.concern, v.id]], since)
end

-- Who has a case of which plugins are told the latest entries alone: { pupil, name, entries }.
function events.long_cases(store)
  return sql.rows(store, [[SELECT p.id AS pupil, trim(p.forename || ' ' || p.surname) AS name, count(*) AS entries
    FROM entry n JOIN event v ON v.id = n.event JOIN pupil p ON p.id = v.pupil WHERE n.body IS NOT NULL
    GROUP BY p.id HAVING sum(120 + length(CAST(n.body AS BLOB))) > ?1 ORDER BY p.id]], core.store.case_most)
end

return events
