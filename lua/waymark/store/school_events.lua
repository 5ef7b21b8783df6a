-- school_events: what a school did for all its pupils, such as publishing its attendance policy.
-- Added, never changed, never removed (the schema sees to it); with a SHA-256 of what it says, so
-- that `waymark check` finds what was changed all the same. Nothing of a pupil or a family belongs
-- here: it cannot be struck out.

local core = require "waymark.core"
local problem = require "waymark.base.problem"
local sql = require "waymark.store.sql"

local school_events = {}

-- event: { at, on, school = key, step, plugin, version, digest, by, body = a table }. -> its number
function school_events.add(store, event)
  local body = problem.check(core.encode(event.body))
  local added, id = sql.run(store, [[INSERT INTO school_event (at, on_day, school, step, plugin, version, digest, by,
      body, body_digest) SELECT ?1, ?2, id, ?4, ?5, ?6, ?7, ?8, ?9, ?10 FROM school WHERE key = ?3]], event.at,
    sql.day_number(event.on), event.school, event.step, event.plugin, event.version, event.digest, event.by, body,
    core.system.sha256(body))
  if added == 0 then problem.raise "an entry names a school that is not there; name a school" end
  return id
end

-- Those of a school up to a day (nil: all), in the order of their days: { id, at, on, school (key),
-- step, plugin, version, digest, by, body }.
function school_events.list(store, school, as_of)
  return sql.rows(store, "SELECT v.id, " .. sql.time "v.at" .. " AS at, " .. sql.day "v.on_day" .. [[ AS "on",
      s.key AS school, v.step, v.plugin, v.version, v.digest, v.by, v.body
    FROM school_event v JOIN school s ON s.id = v.school
    WHERE s.key = ?1 AND (?2 IS NULL OR v.on_day <= ?2) ORDER BY v.on_day, v.id]], school, sql.day_number(as_of))
end

return school_events
