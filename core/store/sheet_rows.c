/* sheet_rows: see sheet_rows.h. */
#include "store/sheet_rows.h"

_Static_assert(DATE_FIRST == -25567, "SHEET_KEY counts days from DATE_FIRST");

sqlite3_stmt *sheet_rows_prepare(db *d, problem *p) {
  static const char sql[] = "SELECT day, am, pm FROM sheet WHERE key BETWEEN " SHEET_KEY(
      "?1", "?2") " AND " SHEET_KEY("?1", "?3") " ORDER BY key";
  sqlite3_stmt *s = NULL;
  if (sqlite3_prepare_v2(db_handle(d), sql, -1, &s, NULL)) (void)db_failed(d, "read registers", p);
  return s;
}

void sheet_rows_of(sqlite3_stmt *rows, int64_t school, day first, day last) {
  (void)sqlite3_reset(rows);
  (void)sqlite3_bind_int64(rows, 1, school);
  (void)sqlite3_bind_int(rows, 2, first);
  (void)sqlite3_bind_int(rows, 3, last);
}

status sheet_rows_next(db *d, sqlite3_stmt *rows, sheet_row *out, bool *more, problem *p) {
  status s = db_step(d, rows, more, p);
  if (s || !*more) return s;
  out->on = sqlite3_column_int(rows, 0);
  for (int half = 0; half < 2; half++) {
    out->half[half] = sqlite3_column_blob(rows, 1 + half);
    out->length[half] = (size_t)sqlite3_column_bytes(rows, 1 + half);
  }
  return STATUS_OK;
}

status sheet_rows_put(db *d, int64_t school, const sheet_row *what, problem *p) {
  sqlite3_stmt *put = db_statement(
      d, "INSERT OR REPLACE INTO sheet (key, am, pm) VALUES (" SHEET_KEY("?1", "?2") ", ?3, ?4)",
      p);
  if (!put) return STATUS_FAULT;
  (void)sqlite3_bind_int64(put, 1, school);
  (void)sqlite3_bind_int(put, 2, what->on);
  for (int half = 0; half < 2; half++)
    (void)sqlite3_bind_blob64(put, 3 + half, what->half[half], what->length[half], SQLITE_STATIC);
  return db_run(d, put, p);
}
