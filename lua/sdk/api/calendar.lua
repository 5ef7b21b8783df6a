-- api/calendar: the declaration of a school's calendar. See api/init.lua.
-- luacheck: no max line length

local function reckons(name, from, what, text, example, since)
  return { since = since, "calendar:" .. name, takes = { { from, "date" }, { "n", "integer", what, least = 1, most = 5000 } },
    gives = { { "date?", "day" }, { "text?", "message" } }, text = text, example = example }
end

return {
  title = "calendar", where = "plugin", script = true, run = "step",
  about = "The planned school days: `pupil.calendar`. Those that reckon forward give nil and a message when the "
    .. "calendar ends before.",
  entries = {
    { "calendar", class = true, text = "Has the methods, and no fields.", fields = {},
      example = 'pupil.calendar:first()                               --> "2025-09-02"' },
    { "calendar:is_open", takes = { { "date", "date" }, { "half", "half?", "of that session; else of either" } },
      gives = { "boolean" }, text = "Whether the school is open then.",
      example = 'pupil.calendar:is_open("2026-03-21")                 --> false' },
    { "calendar:week_of", takes = { { "date", "date" } }, gives = { "integer?" },
      text = "The number of the school week, from 1 over the whole calendar; nil in a week without school.",
      example = 'pupil.calendar:week_of("2025-09-02")                 --> 1' },
    { "calendar:days_between", takes = { { "from", "date" }, { "to", "date" } }, gives = { "integer" },
      text = "How many school days, both included.",
      example = 'pupil.calendar:days_between("2026-03-16", "2026-03-20")  --> 5' },
    reckons("days_after", "date", "how many school days", "The n-th school day after a day.",
      'pupil.calendar:days_after("2026-03-20", 1)           --> "2026-03-23"'),
    reckons("days_period", "start", "how many school days", "The last day of a period of so many school days.",
      'pupil.calendar:days_period("2026-03-16", 5)          --> "2026-03-20"'),
    reckons("weeks_period", "start", "how many school weeks", "The last day of a period of so many school weeks.",
      'pupil.calendar:weeks_period("2026-03-23", 6)         --> "2026-05-15"'),
    reckons("sessions_period", "start", "how many half days of school", "The last day of a period of so many half days of school.",
      'pupil.calendar:sessions_period("2026-03-20", 3)      --> "2026-03-23"', 2),
    { "calendar:last_day", in_lua = true, since = 3, takes = { { "start", "date" }, { "duration", "duration" } },
      gives = { { "date?", "day" }, { "text?", "message" } }, text = "The last day of a period that begins on a day.",
      example = 'pupil.calendar:last_day("2026-03-23", school_weeks(6))   --> "2026-05-15"' },
    { "calendar:first", takes = {}, gives = { "date?" }, text = "The first school day; nil in an empty calendar.",
      example = 'pupil.calendar:first()                               --> "2025-09-02"' },
    { "calendar:last", takes = {}, gives = { "date?" }, text = "The last school day; nil in an empty calendar.",
      example = 'pupil.calendar:last()                                --> "2026-07-17"' },
  },
  notes = [[
    $ waymark -C demo/oakfield -e 'for p in pupils { upn = "N881234525046" } do print(p.calendar:weeks_period("2026-03-23", 6)) print(p.calendar:days_after("2026-07-17", 5)) end'
    2026-05-15
    nil	the calendar ends before that number of school days from 2026-07-17 is over; add the next school year to the calendar]],
}
