-- api/durations: the declaration of durations. See api/init.lua.

local function unit(name, text, since)
  return { name, since = since, in_lua = true, gives = { "duration" },
    takes = { { "n", "integer", nil, least = 1, most = 1000 } },
    text = text, example = name .. '(6).unit    --> "' .. name .. '"' }
end

return {
  title = "durations", where = "plugin", run = "load",
  about = "How long, in which unit: for the period of a step, and for options. Settings have them too. What they mean "
    .. "in dates, a school's calendar says.",
  choices = { unit = { "school_weeks", "school_days", "calendar_days", "sessions" } },
  newer = { unit = { sessions = 2 } },
  entries = {
    unit("school_weeks", "So many weeks with school, from 1 to 1000."),
    unit("school_days", "So many days of school, from 1 to 1000."),
    unit("calendar_days", "So many days of any kind, from 1 to 1000."),
    unit("sessions", "So many half days of school, from 1 to 1000.", 2),
    { "sooner_of", in_lua = true, since = 2, takes = { { "a", "duration" }, { "b", "duration" } },
      gives = { "duration" }, text = "Whichever of two is over sooner; neither is one of two itself.",
      example = "sooner_of(school_weeks(6), school_days(30)).or_sooner.n    --> 30" },
    { "duration", class = true, text = "What these give: a plain table.", fields = {
      { "unit", "unit" },
      { "n", "integer" },
      { "or_sooner", "duration?", "the other one of two", since = 2 },
    }, example = "school_days(30).n         --> 30" },
  },
}
