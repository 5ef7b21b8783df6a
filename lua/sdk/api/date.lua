-- api/date: the declaration of reckoning with days. See api/init.lua.

return {
  title = "date", where = "plugin", script = true, run = "load",
  about = "Days are texts, `\"2025-09-08\"`, which compare as they are; a session in one text is `\"2025-09-08 AM\"`. "
    .. "All but `parse` raise when the text is no date.",
  entries = {
    { "date.add", takes = { { "d", "date" }, { "days", "integer", "below 0: earlier" } }, gives = { "date" },
      text = "The day so many days later.", example = 'date.add("2026-03-20", 3)         --> "2026-03-23"' },
    { "date.between", takes = { { "from", "date" }, { "to", "date" } }, gives = { "integer" },
      text = "The number of days from one to the other; below 0 when `to` is earlier.",
      example = 'date.between("2026-03-20", "2026-03-23")     --> 3' },
    { "date.weekday", takes = { { "d", "date" } }, gives = { "integer" }, text = "1 (Monday) to 7.",
      example = 'date.weekday("2026-03-20")        --> 5' },
    { "date.monday", takes = { { "d", "date" } }, gives = { "date" }, text = "The Monday of that week.",
      example = 'date.monday("2026-03-20")         --> "2026-03-16"' },
    { "date.english", takes = { { "d", "date" } }, gives = { "text" }, text = "The day in words.",
      example = 'date.english("2026-03-20")        --> "Friday 20 March 2026"' },
    { "date.short", takes = { { "d", "date" } }, gives = { "text" }, text = "The day in short words.",
      example = 'date.short("2026-03-20")          --> "Fri 20 Mar 2026"' },
    { "date.academic_year", takes = { { "d", "date" } },
      gives = { { "text", "year" }, { "date", "first" }, { "date", "last" } },
      text = "The academic year of a day, its first day and its last.",
      example = 'date.academic_year("2026-03-20")  --> "2025-26", "2025-08-01", "2026-07-31"' },
    { "date.parse", takes = { { "text", "text", "also as people write it: \"20/03/2026\"" } },
      gives = { { "date?", "day" }, { "text?", "message" } }, text = "A day out of a text; nil and a message when it "
        .. "is none.", example = 'date.parse "20/03/2026"           --> "2026-03-20"' },
  },
}
