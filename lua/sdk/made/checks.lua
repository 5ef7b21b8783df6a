-- made/checks: how arguments are checked. Made from the declaration (api) by `make api`;
-- do not edit it.
--
--   takes    by function: its parameters { name, type, optional = }, and how it is written
--   names    what there is, for the nearest name, in texts: globals, methods, fields of
--            libraries

return {
  takes = {
    ["calendar:last_day"] = {
      { "calendar", "calendar" }, { "start", "text" }, { "duration", "duration" },
      written = "calendar:last_day(start, duration)",
    },
    calendar_days = { { "n", "integer" }, written = "calendar_days(n)" },
    ["case:entries"] = {
      { "case", "case" }, { "step", "text", optional = true },
      written = "case:entries([step])",
    },
    ["case:last"] = {
      { "case", "case" }, { "step", "text", optional = true },
      written = "case:last([step])",
    },
    ["case:outcome_of"] = { { "case", "case" }, { "entry", "table" }, written = "case:outcome_of(entry)" },
    ["case:running"] = { { "case", "case" }, { "step", "text" }, written = "case:running(step)" },
    ["case:runs"] = { { "case", "case" }, { "step", "text" }, written = "case:runs(step)" },
    ["case:tried"] = {
      { "case", "case" }, { "outcomes", "list", of = "text" },
      written = "case:tried(outcomes)",
    },
    codes = { { "list", "list" }, written = "codes(list)" },
    contacts = { { "which", "table" }, written = "contacts { … }" },
    ["evidence:because"] = {
      { "evidence", "evidence" }, { "words", "text" }, { "more", "evidence", optional = true },
      written = "evidence:because(words [, …])",
    },
    ["evidence:describe"] = { { "evidence", "evidence" }, written = "evidence:describe()" },
    ["evidence:why_not"] = { { "evidence", "evidence" }, written = "evidence:why_not()" },
    follow_up = { { "fields", "table" }, written = "follow_up { … }" },
    mail = { { "fields", "table" }, written = "mail { … }" },
    note = { { "fields", "table" }, written = "note { … }" },
    on = { { "event", "text" }, { "fn", "function" }, written = "on(event, fn)" },
    profile = { { "fields", "table" }, written = "profile { … }" },
    ["pupil:persistent"] = { { "pupil", "pupil" }, written = "pupil:persistent()" },
    ["pupil:severe"] = { { "pupil", "pupil" }, written = "pupil:severe()" },
    recorded = { { "step", "text", optional = true }, written = "recorded([step])" },
    require = { { "name", "text" }, written = "require(name)" },
    ["road_map:insert_after"] = {
      { "road_map", "road_map" }, { "place", "text" }, { "name", "text" },
      written = "road_map:insert_after(place, name)",
    },
    ["road_map:insert_before"] = {
      { "road_map", "road_map" }, { "place", "text" }, { "name", "text" },
      written = "road_map:insert_before(place, name)",
    },
    ["road_map:remove"] = {
      { "road_map", "road_map" }, { "name", "text" },
      written = "road_map:remove(name)",
    },
    school_days = { { "n", "integer" }, written = "school_days(n)" },
    school_weeks = { { "n", "integer" }, written = "school_weeks(n)" },
    sessions = { { "n", "integer" }, written = "sessions(n)" },
    sooner_of = { { "a", "duration" }, { "b", "duration" }, written = "sooner_of(a, b)" },
    staff = { { "role", "text" }, written = "staff(role)" },
    step = { { "fields", "table" }, written = "step { … }" },
    ["step:with"] = { { "step", "step" }, { "changes", "table" }, written = "step:with(changes)" },
  },
  names = {
    field =
      " abs academic_year acos add asin atan between byte ceil char charpattern codepoint codes concat cos deg "
      .. " english exp find floor fmod format gmatch gsub huge insert len log lower match max maxinteger min "
      .. " mininteger modf monday move offset pack parse pi rad random remove rep reverse short sin sort sqrt "
      .. " sub tan tointeger type ult unpack upper weekday ",
    global =
      " _VERSION assert calendar_days codes config contacts count date error fold follow_up getmetatable ipairs "
      .. " longest mail math missing next note on pairs parent pcall print profile rate rawequal rawget rawlen "
      .. " rawset recorded require rolling school_days school_weeks select sessions setmetatable sooner_of "
      .. " staff step streak string table today tonumber tostring trend type utf8 weekday ",
    method =
      " because count days_after days_between days_period describe entries first insert_after insert_before "
      .. " is_open last last_day longest mark marks measure missing outcome_of persistent rate remove rolling "
      .. " running runs sessions sessions_period severe streak trend tried unresolved week_of weekday "
      .. " weeks_period why_not with ",
  },
}
