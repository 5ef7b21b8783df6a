-- declarations: what plugins declared, kept by a key of plugin, settings and engine, so that
-- figures need no plugin to run. Only a cache: anything may be gone the next time.

local sql = require "waymark.store.sql"

local declarations = { most = 64 }

-- The text kept under a key, or nil.
function declarations.get(store, key)
  return (sql.row(store, "SELECT body AS text FROM declaration WHERE key = ?1", key) or {}).text
end

-- Keep a text, in place of an older one; the newest `most` stay.
function declarations.put(store, key, text, at)
  sql.run(store, "INSERT OR REPLACE INTO declaration (key, at, body) VALUES (?1, ?2, ?3)", key, at, text)
  sql.run(store, [[DELETE FROM declaration WHERE key NOT IN
    (SELECT key FROM declaration ORDER BY at DESC, key LIMIT ?1)]], declarations.most)
end

return declarations
