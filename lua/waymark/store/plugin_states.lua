-- plugin_states: plugins that failed as a whole: each failure, each time that one was switched
-- off, and each time that it worked again or a person switched it on.

local sql = require "waymark.store.sql"

local plugin_states = {}

-- state: "on", "failed", "off"
function plugin_states.add(store, at, plugin, state, why, by)
  sql.run(store, "INSERT INTO plugin_state (at, plugin, state, why, by) VALUES (?1, ?2, ?3, ?4, ?5)", at, plugin, state,
    why, by)
end

-- What was added, in order: { plugin, at, state, why, by }.
function plugin_states.list(store)
  return sql.rows(store, "SELECT plugin, " .. sql.time "at" .. " AS at, state, why, by FROM plugin_state ORDER BY id")
end

return plugin_states
