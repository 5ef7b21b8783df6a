/* likeness: two walks side by side, over the days and over those weeks before. */
#include "store/sheet/likeness.h"

#include "store/sheet/rows.h"

static bool is_absent(mark m) {
  enum mark_class c = mark_class_of(m);
  return c == CLASS_AUTHORISED || c == CLASS_UNAUTHORISED;
}

/* The marks of a day as they are stored; *found: there are some. */
static status read_day(statement *rows, int64_t school, day on, buffer halves[2], bool *found,
                       problem *p) {
  sheet_row row;
  sheet_rows_of(rows, school, on, on);
  status s = sheet_rows_next(rows, &row, found, p);
  for (int half = 0; half < 2; half++) {
    buffer_clear(&halves[half]);
    if (!s && *found) buffer_add(&halves[half], row.half[half], row.length[half]);
    if (!s) s = buffer_status(&halves[half], p);
  }
  db_reset(rows);
  return s;
}

static status compare(buffer *absent, const buffer *now, const buffer *then, likeness *out,
                      problem *p) {
  size_t count = now->length < then->length ? now->length : then->length;
  for (size_t slot = 0; slot < count; slot++) {
    mark a = (mark)now->bytes[slot], b = (mark)then->bytes[slot];
    if (a == MARK_NONE || b == MARK_NONE || (!is_absent(a) && !is_absent(b))) continue;
    while (absent->length <= slot && !absent->failed) buffer_add_char(absent, 0);
    if (absent->failed) break;
    out->pupils += absent->bytes[slot] == 0;
    absent->bytes[slot] = 1;
    out->absent++;
    out->differing += a != b;
  }
  return buffer_status(absent, p);
}

status sheets_likeness(db *d, int64_t school, day first, day last, int weeks, likeness *out,
                       problem *p) {
  buffer now[2] = {0}, then[2] = {0}, absent = {0};
  *out = (likeness){0};
  statement *rows = sheet_rows_prepare(d, p);
  status s = rows ? STATUS_OK : STATUS_FAULT;
  for (day on = first; on <= last && !s; on++) {
    day before = on - 7 * weeks;
    bool found = before >= DATE_FIRST && date_academic_year(before) == date_academic_year(on);
    if (found) s = read_day(rows, school, on, now, &found, p);
    if (!s && found) s = read_day(rows, school, before, then, &found, p);
    for (int half = 0; half < 2 && !s && found; half++)
      s = compare(&absent, &now[half], &then[half], out, p);
  }
  for (int half = 0; half < 2; half++) {
    buffer_free(&now[half]);
    buffer_free(&then[half]);
  }
  buffer_free(&absent);
  db_finalize(rows);
  return s;
}
