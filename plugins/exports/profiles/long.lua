return profile {
  title = "A row a mark: pupil, date, session, mark",
  about = "A report with a row for each mark. What the columns are called, how dates are written and where "
    .. "the headings stand is found out from the file.",
  confirmed = { "the shape: as other systems and schools use it" },
  marks = { shape = "long" },
}
