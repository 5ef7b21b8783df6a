-- api_durations: the declaration of durations. See api.lua.

local function unit(name, text)
  return { name, in_lua = true, takes = { { "n", "integer", nil, least = 1, most = 1000 } }, gives = { "duration" },
    text = text, example = name .. '(6).unit    --> "' .. name .. '"' }
end

return {
  title = "durations", where = "plugin", run = "load",
  about = "How long, in which unit: for the period of a step, and for options. Settings have them too. What they mean "
    .. "in dates, a school's calendar says.",
  choices = { unit = { "school_weeks", "school_days", "calendar_days" } },
  entries = {
    unit("school_weeks", "So many weeks with school, from 1 to 1000."),
    unit("school_days", "So many days of school, from 1 to 1000."),
    unit("calendar_days", "So many days of any kind, from 1 to 1000."),
    { "duration", class = true, text = "What the three give: a plain table.", fields = {
      { "unit", "unit" },
      { "n", "integer" },
    }, example = "school_days(30).n         --> 30" },
  },
}
