return profile {
  title = "A row a pupil and day: date, morning, afternoon",
  about = "A report with a row for each pupil and day, and two columns of marks. What the columns are "
    .. "called, how dates are written and where the headings stand is found out from the file.",
  confirmed = { "the shape: as other systems and schools use it" },
  marks = { shape = "daily" },
}
