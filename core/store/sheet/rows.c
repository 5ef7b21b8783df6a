/* rows: the two statements that touch the bytes of the table `sheet`. */
#include "store/sheet/rows.h"

_Static_assert(DATE_FIRST == -25567, "SHEET_KEY counts days from DATE_FIRST");

statement *sheet_rows_prepare(db *d, problem *p) {
  static const char sql[] = "SELECT day, am, pm FROM sheet WHERE key BETWEEN " SHEET_KEY(
      "?1", "?2") " AND " SHEET_KEY("?1", "?3") " ORDER BY key";
  return db_borrow(d, slice_of(sql), p);
}

void sheet_rows_of(statement *rows, int64_t school, day first, day last) {
  db_reset(rows);
  db_bind_int(rows, 1, school);
  db_bind_int(rows, 2, first);
  db_bind_int(rows, 3, last);
}

status sheet_rows_next(statement *rows, sheet_row *out, bool *more, problem *p) {
  status s = db_step(rows, more, p);
  if (s || !*more) return s;
  out->on = (int)db_column_int(rows, 0);
  for (int half = 0; half < 2; half++) {
    slice bytes = db_column_text(rows, 1 + half);
    out->half[half] = (const mark *)bytes.at;
    out->length[half] = bytes.length;
  }
  return STATUS_OK;
}

status sheet_rows_put(db *d, int64_t school, const sheet_row *what, problem *p) {
  statement *put = db_statement(
      d, "INSERT OR REPLACE INTO sheet (key, am, pm) VALUES (" SHEET_KEY("?1", "?2") ", ?3, ?4)",
      p);
  if (!put) return STATUS_FAULT;
  db_bind_int(put, 1, school);
  db_bind_int(put, 2, what->on);
  for (int half = 0; half < 2; half++)
    db_bind_blob(put, 3 + half, (slice){(const char *)what->half[half], what->length[half]});
  return db_run(put, p);
}
