/* suggestions: see suggestions.h. */
#include "store/case/suggestions.h"

#include <string.h>

static status check_key(const event *e, problem *p) {
  if (e->enrolment && e->step.length && e->concern.length) return STATUS_OK;
  return problem_set(p, STATUS_SYNTAX, NULL,
                     "a suggestion needs an enrolment, a step and a concern");
}

/* What is known of a key. */
typedef struct known {
  bool any;     /* there was a suggestion of it */
  int64_t open; /* the event that made it, when it is open; else 0 */
} known;

static status find_key(store *s, const event *e, known *out, problem *p) {
  db *d = store_db(s);
  statement *q = db_statement(d,
                              "SELECT iif(state = 'open', made, 0) FROM suggestion"
                              " WHERE enrolment = ? AND step = ? AND concern = ?",
                              p);
  if (!q) return STATUS_FAULT;
  db_bind_int(q, 1, e->enrolment);
  db_bind_lent(q, 2, e->step);
  db_bind_lent(q, 3, e->concern);
  *out = (known){0};
  status failed = db_step(q, &out->any, p);
  if (!failed && out->any) out->open = db_column_int(q, 0);
  db_reset(q);
  return failed;
}

static status project(store *s, const char *sql, const event *e, int64_t id, problem *p) {
  db *d = store_db(s);
  statement *q = db_statement(d, sql, p);
  if (!q) return STATUS_FAULT;
  db_bind_int(q, 1, e->enrolment);
  db_bind_lent(q, 2, e->step);
  db_bind_lent(q, 3, e->concern);
  db_bind_int(q, 4, id);
  return db_run(q, p);
}

/* The event and its projection. No savepoint: in a run of a hundred thousand that
 * would copy every page a hundred thousand times. */
static status add_both(store *s, const event *what, const char *kind, const char *sql, int64_t *id,
                       problem *p) {
  event e = *what;
  e.kind = slice_of(kind);
  status failed = event_add(s, &e, id, p);
  return failed ? failed : project(s, sql, &e, *id, p);
}

/* Not one statement for both: SQLite would copy the pages that it may have to restore. */
status suggestion_make(store *s, const event *what, int64_t *id, bool *made, problem *p) {
  static const char first[] =
      "INSERT INTO suggestion (enrolment, step, concern, state, made) VALUES (?1, ?2, ?3, 'open',"
      " ?4)";
  static const char again[] =
      "UPDATE suggestion SET state = 'open', made = ?4, ended = NULL"
      " WHERE enrolment = ?1 AND step = ?2 AND concern = ?3";
  known key = {0};
  status failed = check_key(what, p);
  if (!failed) failed = find_key(s, what, &key, p);
  if (failed) return failed;
  bool fresh = key.open == 0;
  if (fresh) failed = add_both(s, what, "suggestion.made", key.any ? again : first, &key.open, p);
  if (failed) return failed;
  if (id) *id = key.open;
  if (made) *made = fresh;
  return STATUS_OK;
}

status suggestion_lapse(store *s, const event *what, int64_t *id, problem *p) {
  static const char sql[] =
      "UPDATE suggestion SET state = 'lapsed', ended = ?4"
      " WHERE enrolment = ?1 AND step = ?2 AND concern = ?3";
  known key = {0};
  int64_t added = 0;
  status failed = check_key(what, p);
  if (!failed) failed = find_key(s, what, &key, p);
  if (failed) return failed;
  if (!key.open)
    return problem_set(p, STATUS_NOT_FOUND, NULL, "no open suggestion of %.*s: %.*s",
                       (int)what->step.length, what->step.at, (int)what->concern.length,
                       what->concern.at);
  failed = add_both(s, what, "suggestion.lapsed", sql, &added, p);
  if (!failed && id) *id = added;
  return failed;
}

status suggestions_list(store *s, const suggestion_filter *filter, query **out, problem *p) {
  static const char columns[] =
      "SELECT g.enrolment, e.pupil, p.upn, s.key AS school, g.step, g.concern, g.state, g.made,"
      " date(m.on_day * 86400, 'unixepoch') AS made_on,"
      " strftime('%Y-%m-%dT%H:%M:%SZ', m.at, 'unixepoch') AS made_at, m.plugin, m.version,"
      " m.data, g.ended, date(l.on_day * 86400, 'unixepoch') AS ended_on"
      " FROM suggestion g JOIN enrolment e ON e.id = g.enrolment JOIN pupil p ON p.id = e.pupil"
      " JOIN school s ON s.id = e.school JOIN event m ON m.id = g.made"
      " LEFT JOIN event l ON l.id = g.ended WHERE";
  /* The limit that an index finds stands alone, not in an OR. */
  const char *first = filter->enrolment ? " g.enrolment = ?1 AND"
                      : filter->school  ? " e.school = ?2 AND"
                                        : "";
  buffer sql = {0};
  query *q = NULL;
  buffer_printf(&sql,
                "%s%s (?1 = 0 OR g.enrolment = ?1) AND (?2 = 0 OR e.school = ?2)"
                " AND (?3 IS NULL OR g.state = ?3) ORDER BY g.enrolment, g.step, g.concern",
                columns, first);
  buffer_add_char(&sql, '\0');
  status failed = buffer_status(&sql, p);
  if (!failed) failed = query_own(s, sql.bytes, &q, p);
  buffer_free(&sql);
  if (failed) return failed;
  query_bind_integer(q, 1, filter->enrolment);
  query_bind_integer(q, 2, filter->school);
  query_bind_text(q, 3, filter->state);
  *out = q;
  return STATUS_OK;
}
