-- Children who come late again and again are offered a place at breakfast club.
local late = count { name = "often-late", codes = "LU", at_least = 6, weeks = 6 }

return step {
  title = "Breakfast club",
  principle = "facilitate",
  about = "A place at breakfast club, for a calm start to the day.",
  records = { spoke_to = { type = "contact", role = "with" }, agreed = { type = "text", role = "agreed" } },
  outcomes = { "taken-up", "not-taken-up" },
  refused = { "not-taken-up" },

  suggest = function(pupil)
    return pupil:count(late):because "often late: a calm start may help"
  end,
}
