/* runs: see runs.h. */
#include "store/case/runs.h"

status run_record(store *s, const run *what, int64_t *id, problem *p) {
  db *d = store_db(s);
  statement *q =
      db_statement(d, "INSERT INTO run (at, as_of, made, lapsed) VALUES (?, ?, ?, ?)", p);
  if (!q) return STATUS_FAULT;
  db_bind_int(q, 1, what->at);
  db_bind_day(q, 2, what->as_of);
  db_bind_int(q, 3, what->made);
  db_bind_int(q, 4, what->lapsed);
  status failed = db_run(q, p);
  if (!failed && id) *id = db_last_id(d);
  return failed;
}

status run_fail(store *s, int64_t id, const run_failure *what, problem *p) {
  db *d = store_db(s);
  statement *q = db_statement(d,
                              "INSERT INTO run_failure (run, plugin, version, step, enrolment,"
                              " verdict, message) VALUES (?, ?, ?, ?, nullif(?, 0), ?, ?)",
                              p);
  if (!q) return STATUS_FAULT;
  db_bind_int(q, 1, id);
  db_bind_text(q, 2, what->plugin);
  db_bind_text(q, 3, what->version);
  db_bind_text(q, 4, what->step);
  db_bind_int(q, 5, what->enrolment);
  db_bind_text(q, 6, what->verdict);
  db_bind_text(q, 7, what->message);
  return db_run(q, p);
}

status run_last(store *s, run *out, bool *found, problem *p) {
  db *d = store_db(s);
  statement *q =
      db_statement(d, "SELECT id, at, as_of, made, lapsed FROM run ORDER BY id DESC LIMIT 1", p);
  if (!q) return STATUS_FAULT;
  bool row = false;
  status failed = db_step(q, &row, p);
  if (!failed && row)
    *out = (run){db_column_int(q, 0), db_column_int(q, 1), db_column_day(q, 2), db_column_int(q, 3),
                 db_column_int(q, 4)};
  if (!failed) *found = row;
  db_reset(q);
  return failed;
}

status run_failures(store *s, int64_t id, query **out, problem *p) {
  query *q = NULL;
  status failed = query_own(s,
                            "SELECT plugin, version, step, enrolment, verdict, message"
                            " FROM run_failure WHERE run = ? ORDER BY rowid",
                            &q, p);
  if (failed) return failed;
  query_bind_integer(q, 1, id);
  *out = q;
  return STATUS_OK;
}

status plugin_state_add(store *s, const plugin_state *what, problem *p) {
  db *d = store_db(s);
  statement *q = db_statement(
      d, "INSERT INTO plugin_state (at, plugin, state, why, by) VALUES (?, ?, ?, ?, ?)", p);
  if (!q) return STATUS_FAULT;
  db_bind_int(q, 1, what->at);
  db_bind_text(q, 2, what->plugin);
  db_bind_text(q, 3, what->state);
  db_bind_text(q, 4, what->why);
  db_bind_text(q, 5, what->by);
  return db_run(q, p);
}

status plugin_states(store *s, query **out, problem *p) {
  return query_own(s,
                   "SELECT plugin, strftime('%Y-%m-%dT%H:%M:%SZ', at, 'unixepoch') AS at, state,"
                   " why, by FROM plugin_state ORDER BY id",
                   out, p);
}
