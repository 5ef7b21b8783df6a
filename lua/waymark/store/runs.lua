-- runs: what `suggest` recorded each time, and which plugins failed then.

local sql = require "waymark.store.sql"

local runs = {}

-- run: { at, as_of, made, lapsed = numbers of suggestions, failures = { { plugin, version, step,
-- enrolment, verdict, message }, … } }. -> its number
function runs.record(store, run)
  local _, id = sql.run(store, "INSERT INTO run (at, as_of, made, lapsed) VALUES (?1, ?2, ?3, ?4)", run.at,
    sql.day_number(run.as_of), run.made, run.lapsed)
  for _, failure in ipairs(run.failures or {}) do
    sql.run(store, [[INSERT INTO run_failure (run, plugin, version, step, enrolment, verdict, message)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)]], id, failure.plugin, failure.version, failure.step, failure.enrolment,
      failure.verdict, failure.message)
  end
  return id
end

-- The run recorded last: { id, at, as_of, made, lapsed } or nil.
function runs.last(store)
  return sql.row(store, "SELECT id, at, " .. sql.day "as_of" .. [[ AS as_of, made, lapsed
    FROM run ORDER BY id DESC LIMIT 1]])
end

-- Who failed in the run recorded last, as it was recorded: { at, plugin, step, enrolment, school (key),
-- verdict, message }.
function runs.last_failures(store)
  return sql.rows(store, "SELECT " .. sql.time "r.at" .. [[ AS at, f.plugin, f.step, f.enrolment, s.key AS school,
      f.verdict, f.message
    FROM run_failure f JOIN run r ON r.id = f.run LEFT JOIN enrolment e ON e.id = f.enrolment
      LEFT JOIN school s ON s.id = e.school
    WHERE r.id = (SELECT max(id) FROM run) ORDER BY f.rowid]])
end

-- The days that runs were for, each once, in order.
function runs.days(store)
  local days = {}
  for row in sql.each(store, "SELECT DISTINCT " .. sql.day "as_of" .. " FROM run ORDER BY 1") do
    days[#days + 1] = row[1]
  end
  return days
end

return runs
