-- outbox: what hook plugins asked for, what became of it, and how far each of them has read.
--
-- 1. An effect's key is (plugin, event, number): it enters once, however often it is asked for.
-- 2. It enters waiting, written, withdrawn or failed. Only a waiting one changes; the others
--    are as they are for ever, but for 4.
-- 3. A waiting effect with a path is planned: that file is being written. After a kill it is
--    written there and nowhere else.
-- 4. Once the entry that an effect is about was struck out, its body is gone too.
-- 5. A hook plugin's place is the last event that it has read.

local core = require "waymark.core"
local problem = require "waymark.base.problem"
local sql = require "waymark.store.sql"

local outbox = {}

-- effect: { plugin, version, event, number = from 1 among those of the plugin for the event,
-- kind = "mail", …, body = a table, at, state, note }. -> its number, whether it is new
function outbox.add(store, effect)
  local added, id = sql.run(store, [[INSERT INTO effect (plugin, version, event, number, kind, body, at, state, note)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (plugin, event, number) DO NOTHING]], effect.plugin,
    effect.version, effect.event, effect.number, effect.kind, problem.check(core.encode(effect.body)), effect.at,
    effect.state, effect.note)
  if added == 1 then return id, true end
  return sql.row(store, "SELECT id FROM effect WHERE plugin = ?1 AND event = ?2 AND number = ?3", effect.plugin,
    effect.event, effect.number).id, false
end

-- Give a waiting effect a state, a path and a note (nil: none).
function outbox.mark(store, id, state, path, note)
  local changed = sql.run(store, [[UPDATE effect SET state = ?2, path = ?3, note = ?4
    WHERE id = ?1 AND state = 'waiting']], id, state, path, note)
  if changed == 0 then problem.raise("the message %d is not waiting; look at: waymark outbox list", id) end
end

-- What was struck out must not linger here either.
function outbox.forget(store)
  sql.run(store, [[UPDATE effect SET body = '{}' WHERE body <> '{}'
    AND event IN (SELECT event FROM entry WHERE body IS NULL)]])
end

-- Why the reason of an effect is gone: its run was withdrawn; of a suggestion by its row, of a threshold
-- by what undid it, of what is about an entry when that was struck out.
local gone = [[CASE WHEN EXISTS (SELECT 1 FROM withdrawn w WHERE v.id BETWEEN w.first_event AND w.last_event)
    THEN 'withdrawn'
  WHEN v.kind = 'suggestion.made' THEN
    (SELECT CASE WHEN g.made <> v.id THEN 'lapsed' WHEN g.state <> 'open' THEN g.state END
      FROM suggestion g WHERE g.enrolment = v.enrolment AND g.step = v.step AND g.concern = v.concern)
  WHEN v.kind = 'threshold.met' THEN (SELECT 'undone' FROM event u WHERE u.kind = 'threshold.undone'
    AND u.pupil = v.pupil AND u.enrolment = v.enrolment AND u.concern = v.concern AND u.id > v.id)
  ELSE (SELECT 'struck' FROM entry n
    WHERE n.event = coalesce(json_extract(v.data, '$.entry'), v.id) AND n.body IS NULL) END]]

-- Effects in the order they entered, of a filter { id, state, plugin, path }: { id, plugin,
-- version, event, number, kind, body, at, entered, state, path, note }; of the event about (its
-- kind), on, pupil, upn, name, enrolment, school, school_name, step, concern, data, entry (the
-- text of its body); and gone: why there is no reason any more ("withdrawn", "lapsed", "answered",
-- "put-off", "bypassed", "undone", "struck"), nil while there is.
function outbox.effects(store, filter)
  return sql.rows(store, [[SELECT f.id, f.plugin, f.version, f.event, f.number, f.kind, f.body, f.at,
      ]] .. sql.time "f.at" .. [[ AS entered, f.state, f.path, f.note, v.kind AS about,
      ]] .. sql.day "v.on_day" .. [[ AS "on", v.pupil, p.upn,
      trim(p.forename || ' ' || p.surname) AS name, v.enrolment, s.key AS school, s.name AS school_name, v.step,
      v.concern, ]] .. sql.data "v" .. [[ AS data, n.body AS entry, ]] .. gone .. [[ AS gone
    FROM effect f JOIN event v ON v.id = f.event JOIN pupil p ON p.id = v.pupil
      JOIN school s ON s.id = v.school LEFT JOIN entry n ON n.event = v.id
    WHERE (?1 IS NULL OR f.id = ?1) AND (?2 IS NULL OR f.state = ?2) AND (?3 IS NULL OR f.plugin = ?3)
      AND (?4 IS NULL OR f.path = ?4) ORDER BY f.id]], filter.id, filter.state, filter.plugin, filter.path)
end

-- The last event that a hook plugin has read; nil of one that has read nothing yet.
function outbox.place(store, plugin)
  return (sql.row(store, "SELECT event FROM hook_place WHERE plugin = ?1", plugin) or {}).event
end

function outbox.put_place(store, plugin, event)
  sql.run(store, [[INSERT INTO hook_place (plugin, event) VALUES (?1, ?2)
    ON CONFLICT DO UPDATE SET event = excluded.event]], plugin, event)
end

return outbox
