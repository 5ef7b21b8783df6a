/* declarations: see declarations.h. */
#include "store/case/declarations.h"

status declaration_get(store *s, slice key, buffer *out, bool *found, problem *p) {
  db *d = store_db(s);
  statement *q = db_statement(d, "SELECT body FROM declaration WHERE key = ?", p);
  if (!q) return STATUS_FAULT;
  db_bind_text(q, 1, key);
  bool row = false;
  status failed = db_step(q, &row, p);
  if (!failed && row) {
    slice body = db_column_text(q, 0);
    buffer_add(out, body.at, body.length);
    failed = buffer_status(out, p);
  }
  if (!failed) *found = row;
  db_reset(q);
  return failed;
}

static status prune(db *d, problem *p) {
  statement *q = db_statement(d,
                              "DELETE FROM declaration WHERE key NOT IN"
                              " (SELECT key FROM declaration ORDER BY at DESC, key LIMIT ?)",
                              p);
  if (!q) return STATUS_FAULT;
  db_bind_int(q, 1, DECLARATIONS_KEPT);
  return db_run(q, p);
}

status declaration_put(store *s, slice key, slice body, int64_t at, problem *p) {
  db *d = store_db(s);
  if (db_is_read_only(d)) return STATUS_OK;
  statement *q =
      db_statement(d, "INSERT OR REPLACE INTO declaration (key, at, body) VALUES (?, ?, ?)", p);
  if (!q) return STATUS_FAULT;
  db_bind_text(q, 1, key);
  db_bind_int(q, 2, at);
  db_bind_name(q, 3, body);
  status failed = db_run(q, p);
  return failed ? failed : prune(d, p);
}
