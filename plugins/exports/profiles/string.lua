return profile {
  title = "One string of marks a pupil, from a day on",
  about = "A report with all marks of a pupil in one cell, and the day of the first. What the columns are "
    .. "called, how dates are written and where the headings stand is found out from the file.",
  confirmed = { "the shape: as other systems and schools use it" },
  marks = { shape = "string" },
}
