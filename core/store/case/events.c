/* events: owns the tables `event` and `school_event`, and how a filter becomes SQL.
 *
 * 1. Nothing here begins or ends a transaction, and every statement is a single insert.
 * 2. Texts are bound as they are lent: an insert runs at once. */
#include "store/case/events.h"

#include "store/db/digest.h"

status event_check_json(db *d, slice json, const char *of, problem *p) {
  statement *q = db_statement(
      d, "SELECT CASE WHEN json_valid(?1) THEN json_type(?1) = 'object' ELSE 0 END", p);
  if (!q) return STATUS_FAULT;
  db_bind_text(q, 1, json);
  bool row = false;
  status s = db_step(q, &row, p);
  bool good = !s && row && db_column_int(q, 0) == 1;
  db_reset(q);
  if (s || good) return s;
  return problem_set(p, STATUS_SYNTAX, NULL, "%s is not a JSON object", of);
}

/* The pupil and school that an event is about: those of the enrolment, which what is
 * named beside it must agree with, or those named. */
static status find_pupil_and_school(db *d, event *e, problem *p) {
  static const char of_enrolment[] = "SELECT pupil, school FROM enrolment WHERE id = ?1";
  static const char named[] =
      "SELECT p.id, s.id FROM pupil p, school s WHERE p.id = ?1 AND s.id = ?2";
  statement *q = db_statement(d, e->enrolment ? of_enrolment : named, p);
  if (!q) return STATUS_FAULT;
  db_bind_int(q, 1, e->enrolment ? e->enrolment : e->pupil);
  if (!e->enrolment) db_bind_int(q, 2, e->school);
  bool row = false;
  status s = db_step(q, &row, p);
  int64_t pupil = !s && row ? db_column_int(q, 0) : 0;
  int64_t school = !s && row ? db_column_int(q, 1) : 0;
  db_reset(q);
  if (s) return s;
  if (!row || (e->pupil && e->pupil != pupil) || (e->school && e->school != school))
    return problem_set(p, STATUS_NOT_FOUND, "name a pupil and a school, or an enrolment",
                       "an entry names a pupil or school that is not there");
  e->pupil = pupil;
  e->school = school;
  return STATUS_OK;
}

status event_add(store *w, const event *what, int64_t *id, problem *p) {
  static const char sql[] =
      "INSERT INTO event (at, on_day, kind, pupil, school, enrolment, plugin, version, digest,"
      " step, concern, by, data) VALUES (?, ?, ?, ?, ?, nullif(?, 0), ?, ?, ?, ?, ?, ?,"
      " ifnull(?, '{}'))";
  if (what->kind.length == 0 || what->on == DAY_NONE)
    return problem_set(p, STATUS_SYNTAX, "give both", "an entry needs a kind and a day");
  db *d = store_db(w);
  event e = *what;
  status s = STATUS_OK;
  if (e.data.length && !e.encoded) s = event_check_json(d, e.data, "the data of an entry", p);
  if (!s) s = find_pupil_and_school(d, &e, p);
  if (s) return s;
  statement *q = db_statement(d, sql, p);
  if (!q) return STATUS_FAULT;
  db_bind_int(q, 1, e.at);
  db_bind_day(q, 2, e.on);
  db_bind_lent(q, 3, e.kind);
  db_bind_int(q, 4, e.pupil);
  db_bind_int(q, 5, e.school);
  db_bind_int(q, 6, e.enrolment);
  const slice texts[] = {e.plugin, e.version, e.digest, e.step, e.concern, e.by, e.data};
  for (int i = 0; i < 7; i++) db_bind_lent(q, 7 + i, texts[i]);
  s = db_run(q, p);
  if (!s && id) *id = db_last_id(d);
  return s;
}

/* Lists ---------------------------------------------------------------------- */

status event_query(store *w, const event_filter *filter, const char *select, const char *order,
                   query **out, problem *p) {
  slice kind = filter->kind;
  bool beginning = kind.length && kind.at[kind.length - 1] == '.';
  /* The limit that an index finds stands alone, not in an OR. */
  const char *first = filter->pupil        ? "v.pupil = ?1 AND"
                      : filter->upn.length ? "v.pupil = (SELECT id FROM pupil WHERE upn = ?3) AND"
                      : beginning          ? "v.kind >= ?4 AND v.kind < rtrim(?4, '.') || '/' AND"
                      : kind.length        ? "v.kind = ?4 AND"
                                           : "";
  buffer sql = {0};
  query *q = NULL;
  buffer_printf(
      &sql,
      "%s WHERE %s (?1 = 0 OR v.pupil = ?1) AND (?2 = 0 OR v.school = ?2)"
      " AND (?3 IS NULL OR v.pupil = (SELECT id FROM pupil WHERE upn = ?3))"
      " AND (?4 IS NULL OR v.kind = ?4 OR (?4 LIKE '%%.' AND substr(v.kind, 1, length(?4)) = ?4))"
      " AND (?5 IS NULL OR v.on_day <= ?5) AND v.at <= ?6 ORDER BY %s",
      select, first, order);
  status s = buffer_status(&sql, p);
  if (!s) s = query_own(w, sql.bytes, &q, p);
  buffer_free(&sql);
  if (s) return s;
  query_bind_integer(q, 1, filter->pupil);
  query_bind_integer(q, 2, filter->school);
  query_bind_text(q, 3, filter->upn);
  query_bind_text(q, 4, kind);
  query_bind_day(q, 5, filter->as_of);
  query_bind_integer(q, 6, filter->known_at);
  *out = q;
  return STATUS_OK;
}

status events_list(store *w, const event_filter *filter, query **out, problem *p) {
  return event_query(w, filter,
                     "SELECT v.id, strftime('%Y-%m-%dT%H:%M:%SZ', v.at, 'unixepoch') AS at,"
                     " date(v.on_day * 86400, 'unixepoch') AS \"on\", v.kind, v.pupil, p.upn,"
                     " v.enrolment, s.key AS school, v.plugin, v.version, v.digest, v.step,"
                     " v.concern, v.by, v.data FROM event v JOIN pupil p ON p.id = v.pupil"
                     " JOIN school s ON s.id = v.school",
                     "v.id", out, p);
}

/* Of a school ---------------------------------------------------------------- */

status school_event_add(store *w, const event *what, int64_t *id, problem *p) {
  static const char sql[] =
      "INSERT INTO school_event (at, on_day, school, step, plugin, version, digest, by, body,"
      " body_digest) SELECT ?1, ?2, id, ?4, ?5, ?6, ?7, ?8, ?9, ?10 FROM school WHERE id = ?3";
  if (what->step.length == 0 || what->on == DAY_NONE)
    return problem_set(p, STATUS_SYNTAX, "give both",
                       "an entry of a school needs a step and a day");
  if (what->data.length == 0)
    return problem_set(p, STATUS_SYNTAX, NULL, "an entry of a school says nothing");
  db *d = store_db(w);
  char hex[DIGEST_HEX];
  status s = event_check_json(d, what->data, "the body of an entry", p);
  if (!s) s = digest_of(what->data, hex, p);
  if (s) return s;
  statement *q = db_statement(d, sql, p);
  if (!q) return STATUS_FAULT;
  db_bind_int(q, 1, what->at);
  db_bind_day(q, 2, what->on);
  db_bind_int(q, 3, what->school);
  const slice texts[] = {what->step, what->plugin, what->version, what->digest,
                         what->by,   what->data,   slice_of(hex)};
  for (int i = 0; i < 7; i++) db_bind_lent(q, 4 + i, texts[i]);
  s = db_run(q, p);
  if (!s && db_changes(d) != 1)
    s = problem_set(p, STATUS_NOT_FOUND, "name a school",
                    "an entry names a school that is not there");
  if (!s && id) *id = db_last_id(d);
  return s;
}

status school_events_list(store *w, const event_filter *filter, query **out, problem *p) {
  event_filter of = {
      .school = filter->school, .as_of = filter->as_of, .known_at = filter->known_at};
  return event_query(w, &of,
                     "SELECT v.id, strftime('%Y-%m-%dT%H:%M:%SZ', v.at, 'unixepoch') AS at,"
                     " date(v.on_day * 86400, 'unixepoch') AS \"on\", s.key AS school, v.step,"
                     " v.plugin, v.version, v.digest, v.by, v.body"
                     " FROM (SELECT *, NULL AS pupil, NULL AS kind FROM school_event) v"
                     " JOIN school s ON s.id = v.school",
                     "v.on_day, v.id", out, p);
}

status school_events_check(store *w, void (*wrong)(void *context, int64_t id), void *context,
                           problem *p) {
  statement *q =
      db_statement(store_db(w), "SELECT id, body, body_digest FROM school_event ORDER BY id", p);
  if (!q) return STATUS_FAULT;
  bool row = true;
  char hex[DIGEST_HEX];
  status s = STATUS_OK;
  while (!(s = db_step(q, &row, p)) && row) {
    s = digest_of(db_column_text(q, 1), hex, p);
    if (s) break;
    if (!slice_is(db_column_text(q, 2), hex)) wrong(context, db_column_int(q, 0));
  }
  db_reset(q);
  return s;
}
