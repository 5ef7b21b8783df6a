/* declarations: see declarations.h. */
#include "store/declarations.h"

status declaration_get(store *s, slice key, buffer *out, bool *found, problem *p) {
  db *d = store_db(s);
  sqlite3_stmt *q = db_statement(d, "SELECT body FROM declaration WHERE key = ?", p);
  if (!q) return STATUS_FAULT;
  db_bind_text(q, 1, key);
  bool row = false;
  status failed = db_step(d, q, &row, p);
  if (!failed && row) {
    slice body = db_column_text(q, 0);
    buffer_add(out, body.at, body.length);
    failed = buffer_status(out, p);
  }
  if (!failed) *found = row;
  (void)sqlite3_reset(q);
  return failed;
}

static status prune(db *d, problem *p) {
  sqlite3_stmt *q = db_statement(d,
                                 "DELETE FROM declaration WHERE key NOT IN"
                                 " (SELECT key FROM declaration ORDER BY at DESC, key LIMIT ?)",
                                 p);
  if (!q) return STATUS_FAULT;
  (void)sqlite3_bind_int(q, 1, DECLARATIONS_KEPT);
  return db_run(d, q, p);
}

status declaration_put(store *s, slice key, slice body, int64_t at, problem *p) {
  db *d = store_db(s);
  if (db_is_read_only(d)) return STATUS_OK;
  sqlite3_stmt *q =
      db_statement(d, "INSERT OR REPLACE INTO declaration (key, at, body) VALUES (?, ?, ?)", p);
  if (!q) return STATUS_FAULT;
  db_bind_text(q, 1, key);
  (void)sqlite3_bind_int64(q, 2, at);
  (void)sqlite3_bind_text64(q, 3, body.at, body.length, SQLITE_TRANSIENT, SQLITE_UTF8);
  status failed = db_run(d, q, p);
  return failed ? failed : prune(d, p);
}
