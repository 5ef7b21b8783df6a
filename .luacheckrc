std = "lua54"
max_line_length = 120
exclude_files = { "build*", "demo" }

-- What a plugin's files see (lua/sdk/plugin.lua).
local plugin = { "codes", "rate", "count", "streak", "longest", "rolling", "missing", "trend", "weekday", "step", "recorded", "profile",
  "fold", "config", "today", "parent", "date", "school_weeks", "school_days", "calendar_days", "sessions", "sooner_of", "on",
  "mail", "note", "follow_up", "staff", "contacts" }
files["plugins"] = { read_globals = plugin }
files["examples/oakfield/plugins"] = { read_globals = plugin }

-- The words of a settings file (lua/waymark/settings.lua).
files["**/waymark.lua"] = { read_globals = { "school", "year", "term", "inset", "closed", "staff", "start", "use", "groups",
  "school_weeks", "school_days", "calendar_days", "sessions", "sooner_of" } }

-- What `waymark run` gives a script (lua/waymark/init.lua).
files["examples/scripts"] = { read_globals = { "pupils", "sql", "date", "england", "essex" } }

-- Trusted Lua of the worker (core/worker/fence_sdk.h).
files["lua/sdk"] = { read_globals = { "fence" } }

files["tests/spec"] = { std = "+busted" }
files["tests/hostile"] = { only = {} }
