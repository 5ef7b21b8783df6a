return profile {
  title = "A row a pupil, a column a session",
  about = "A weekly or yearly sheet: dates, with AM and PM, in one heading row or in two. What the columns "
    .. "are called, how dates are written and where the headings stand is found out from the file.",
  confirmed = { "the shape: as other systems and schools use it" },
  marks = { shape = "grid" },
}
