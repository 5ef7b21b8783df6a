-- settings_texts: the texts of waymark.lua as changing commands met them, and what else said which days are open.

local sql = require "waymark.store.sql"

local settings_texts = {}

-- The text that stood at a time (seconds), or nil.
function settings_texts.at(store, at)
  return (sql.row(store, "SELECT text FROM settings WHERE at <= ?1 ORDER BY id DESC LIMIT 1", at) or {}).text
end

-- Whether a calendar was imported after a time, or such an import undone, and changed something.
function settings_texts.calendar_imported(store, at)
  return sql.row(store, [[SELECT 1 FROM import i WHERE i.at > ?1 AND i.added + i.changed > 0 AND (i.kind = 'calendar'
    OR EXISTS (SELECT 1 FROM import c WHERE c.id = i.undoes AND c.kind = 'calendar')) LIMIT 1]], at) ~= nil
end

return settings_texts
