/* outbox: see outbox.h. */
#include "store/case/outbox.h"

/* Effects -------------------------------------------------------------------- */

static status check_body(db *d, slice body, problem *p) {
  statement *s = db_statement(
      d, "SELECT CASE WHEN json_valid(?1) THEN json_type(?1) = 'object' ELSE 0 END", p);
  if (!s) return STATUS_FAULT;
  db_bind_text(s, 1, body);
  bool row = false;
  status failed = db_step(s, &row, p);
  bool good = !failed && row && (int)db_column_int(s, 0) == 1;
  db_reset(s);
  if (failed || good) return failed;
  return problem_set(p, STATUS_SYNTAX, NULL, "the body of an effect is not a JSON object");
}

static status find_effect(db *d, const effect *e, int64_t *id, problem *p) {
  statement *s =
      db_statement(d, "SELECT id FROM effect WHERE plugin = ? AND event = ? AND number = ?", p);
  if (!s) return STATUS_FAULT;
  db_bind_text(s, 1, e->plugin);
  db_bind_int(s, 2, e->event);
  db_bind_int(s, 3, e->number);
  bool row = false;
  status failed = db_step(s, &row, p);
  if (!failed) *id = row ? db_column_int(s, 0) : 0;
  db_reset(s);
  return failed;
}

static status insert_effect(db *d, const effect *e, int64_t *id, problem *p) {
  statement *s = db_statement(d,
                              "INSERT INTO effect (plugin, version, event, number, kind, body,"
                              " at, state, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                              p);
  if (!s) return STATUS_FAULT;
  db_bind_text(s, 1, e->plugin);
  db_bind_text(s, 2, e->version);
  db_bind_int(s, 3, e->event);
  db_bind_int(s, 4, e->number);
  db_bind_text(s, 5, e->kind);
  db_bind_text(s, 6, e->body);
  db_bind_int(s, 7, e->at);
  db_bind_text(s, 8, e->state);
  db_bind_text(s, 9, e->note);
  status failed = db_run(s, p);
  if (!failed) *id = db_last_id(d);
  return failed;
}

status effect_add(store *s, const effect *what, int64_t *id, bool *fresh, problem *p) {
  db *d = store_db(s);
  int64_t there = 0, added = 0;
  status failed = check_body(d, what->body, p);
  if (!failed) failed = find_effect(d, what, &there, p);
  if (!failed && !there) failed = insert_effect(d, what, &added, p);
  if (failed) return failed;
  *id = there ? there : added;
  *fresh = there == 0;
  return STATUS_OK;
}

status effect_mark(store *s, int64_t id, slice state, slice path, slice note, problem *p) {
  db *d = store_db(s);
  statement *q = db_statement(d,
                              "UPDATE effect SET state = ?2, path = ?3, note = ?4"
                              " WHERE id = ?1 AND state = 'waiting'",
                              p);
  if (!q) return STATUS_FAULT;
  db_bind_int(q, 1, id);
  db_bind_text(q, 2, state);
  db_bind_text(q, 3, path);
  db_bind_text(q, 4, note);
  status failed = db_run(q, p);
  if (failed || db_changes(d) == 1) return failed;
  return problem_set(p, STATUS_NOT_FOUND, "look at: waymark outbox list",
                     "the message %lld is not waiting", (long long)id);
}

/* What was struck out must not linger here either. */
status effects_forget(store *s, int64_t *count, problem *p) {
  db *d = store_db(s);
  statement *q = db_statement(d,
                              "UPDATE effect SET body = '{}' WHERE body <> '{}'"
                              " AND event IN (SELECT event FROM entry WHERE body IS NULL)",
                              p);
  if (!q) return STATUS_FAULT;
  status failed = db_run(q, p);
  if (!failed) *count = db_changes(d);
  return failed;
}

/* Why the reason of an effect is gone: of a suggestion by its row, of a threshold by
 * what undid it, of what is about an entry when that was struck out. */
#define GONE                                                                                   \
  "CASE v.kind WHEN 'suggestion.made' THEN"                                                    \
  "  (SELECT CASE WHEN g.made <> v.id THEN 'lapsed' WHEN g.state <> 'open' THEN g.state END"   \
  "   FROM suggestion g WHERE g.enrolment = v.enrolment AND g.step = v.step"                   \
  "   AND g.concern = v.concern)"                                                              \
  " WHEN 'threshold.met' THEN (SELECT 'undone' FROM event u WHERE u.kind = 'threshold.undone'" \
  "   AND u.pupil = v.pupil AND u.enrolment = v.enrolment AND u.concern = v.concern"           \
  "   AND u.id > v.id)"                                                                        \
  " ELSE (SELECT 'struck' FROM entry n"                                                        \
  "   WHERE n.event = coalesce(json_extract(v.data, '$.entry'), v.id) AND n.body IS NULL) END"

status effects_list(store *s, const effect_filter *filter, query **out, problem *p) {
  query *q = NULL;
  status failed = query_own(
      s,
      "SELECT f.id, f.plugin, f.version, f.event, f.number, f.kind, f.body, f.at,"
      " strftime('%Y-%m-%dT%H:%M:%SZ', f.at, 'unixepoch') AS entered, f.state, f.path, f.note,"
      " v.kind AS about, date(v.on_day * 86400, 'unixepoch') AS \"on\", v.pupil, p.upn,"
      " trim(p.forename || ' ' || p.surname) AS name, v.enrolment, s.key AS school,"
      " s.name AS school_name, v.step, v.concern, v.data, n.body AS entry, " GONE
      " AS gone"
      " FROM effect f JOIN event v ON v.id = f.event JOIN pupil p ON p.id = v.pupil"
      " JOIN school s ON s.id = v.school LEFT JOIN entry n ON n.event = v.id"
      " WHERE (?1 = 0 OR f.id = ?1)"
      " AND (?2 IS NULL OR f.state = ?2) AND (?3 IS NULL OR f.plugin = ?3)"
      " AND (?4 IS NULL OR f.path = ?4) ORDER BY f.id",
      &q, p);
  if (failed) return failed;
  query_bind_integer(q, 1, filter->id);
  query_bind_text(q, 2, filter->state);
  query_bind_text(q, 3, filter->plugin);
  query_bind_text(q, 4, filter->path);
  *out = q;
  return STATUS_OK;
}

/* Places --------------------------------------------------------------------- */

status hook_place_get(store *s, slice plugin, int64_t *event, bool *found, problem *p) {
  db *d = store_db(s);
  statement *q = db_statement(d, "SELECT event FROM hook_place WHERE plugin = ?", p);
  if (!q) return STATUS_FAULT;
  db_bind_text(q, 1, plugin);
  status failed = db_step(q, found, p);
  if (!failed && *found) *event = db_column_int(q, 0);
  db_reset(q);
  return failed;
}

status hook_place_put(store *s, slice plugin, int64_t event, problem *p) {
  db *d = store_db(s);
  statement *q = db_statement(d,
                              "INSERT INTO hook_place (plugin, event) VALUES (?, ?)"
                              " ON CONFLICT DO UPDATE SET event = excluded.event",
                              p);
  if (!q) return STATUS_FAULT;
  db_bind_text(q, 1, plugin);
  db_bind_int(q, 2, event);
  return db_run(q, p);
}

status hook_last_event(store *s, int64_t at, int64_t *event, problem *p) {
  db *d = store_db(s);
  statement *q = db_statement(d, "SELECT id FROM event WHERE at <> ? ORDER BY id DESC LIMIT 1", p);
  if (!q) return STATUS_FAULT;
  db_bind_int(q, 1, at);
  bool row = false;
  status failed = db_step(q, &row, p);
  if (!failed) *event = row ? db_column_int(q, 0) : 0;
  db_reset(q);
  return failed;
}

status hook_events(store *s, int64_t after, query **out, problem *p) {
  query *q = NULL;
  status failed = query_own(
      s,
      "SELECT v.id, date(v.on_day * 86400, 'unixepoch') AS \"on\", v.kind, v.pupil, p.upn,"
      " trim(p.forename || ' ' || p.surname) AS name, v.enrolment, s.key AS school,"
      " s.id AS school_id, v.step, v.concern, v.data, n.body,"
      " coalesce(json_extract(v.data, '$.baseline'), CASE v.kind WHEN 'suggestion.lapsed' THEN"
      "   (SELECT json_extract(m.data, '$.baseline') FROM event m WHERE m.pupil = v.pupil"
      "    AND m.kind = 'suggestion.made' AND m.enrolment = v.enrolment AND m.step = v.step"
      "    AND m.concern = v.concern AND m.id < v.id ORDER BY m.id DESC LIMIT 1) END, 0)"
      "   AS baseline"
      " FROM event v JOIN pupil p ON p.id = v.pupil JOIN school s ON s.id = v.school"
      " LEFT JOIN entry n ON n.event = v.id WHERE v.id > ?1 ORDER BY v.id",
      &q, p);
  if (failed) return failed;
  query_bind_integer(q, 1, after);
  *out = q;
  return STATUS_OK;
}
