/* events: see events.h. */
#include "store/case/events.h"

static status nobody(problem *p) {
  return problem_set(p, STATUS_NOT_FOUND, "name a pupil and a school, or an enrolment",
                     "an entry names a pupil or school that is not there");
}

/* The pupil and school that an event is about: those of the enrolment, which what is
 * named beside it must agree with, or those named. */
static status find_whom(db *d, event *e, problem *p) {
  static const char of_enrolment[] = "SELECT pupil, school FROM enrolment WHERE id = ?1";
  static const char named[] =
      "SELECT p.id, s.id FROM pupil p, school s WHERE p.id = ?1 AND s.id = ?2";
  statement *s = db_statement(d, e->enrolment ? of_enrolment : named, p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, e->enrolment ? e->enrolment : e->pupil);
  if (!e->enrolment) db_bind_int(s, 2, e->school);
  bool row = false;
  status failed = db_step(s, &row, p);
  int64_t pupil = !failed && row ? db_column_int(s, 0) : 0;
  int64_t school = !failed && row ? db_column_int(s, 1) : 0;
  db_reset(s);
  if (failed) return failed;
  if (!row || (e->pupil && e->pupil != pupil) || (e->school && e->school != school))
    return nobody(p);
  e->pupil = pupil;
  e->school = school;
  return STATUS_OK;
}

static status insert(db *d, const event *e, problem *p) {
  static const char sql[] =
      "INSERT INTO event (at, on_day, kind, pupil, school, enrolment, plugin, version, digest,"
      " step, concern, by, data) VALUES (?, ?, ?, ?, ?, nullif(?, 0), ?, ?, ?, ?, ?, ?,"
      " ifnull(?, '{}'))";
  statement *s = db_statement(d, sql, p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, e->at);
  db_bind_day(s, 2, e->on);
  db_bind_int(s, 4, e->pupil);
  db_bind_int(s, 5, e->school);
  db_bind_int(s, 6, e->enrolment);
  db_bind_lent(s, 3, e->kind);
  const slice texts[] = {e->plugin, e->version, e->digest, e->step, e->concern, e->by, e->data};
  for (int i = 0; i < 7; i++) db_bind_lent(s, 7 + i, texts[i]);
  return db_run(s, p);
}

status event_check_json(db *d, slice json, problem *p) {
  statement *s = db_statement(
      d, "SELECT CASE WHEN json_valid(?1) THEN json_type(?1) = 'object' ELSE 0 END", p);
  if (!s) return STATUS_FAULT;
  db_bind_text(s, 1, json);
  bool row = false;
  status failed = db_step(s, &row, p);
  bool good = !failed && row && (int)db_column_int(s, 0) == 1;
  db_reset(s);
  if (failed || good) return failed;
  return problem_set(p, STATUS_SYNTAX, NULL, "the data of an entry are not a JSON object");
}

status event_add(store *s, const event *what, int64_t *id, problem *p) {
  if (what->kind.length == 0 || what->on == DAY_NONE)
    return problem_set(p, STATUS_SYNTAX, "give both", "an entry needs a kind and a day");
  db *d = store_db(s);
  event e = *what;
  status failed = e.data.length && !e.encoded ? event_check_json(d, e.data, p) : STATUS_OK;
  if (!failed) failed = find_whom(d, &e, p);
  if (!failed) failed = insert(d, &e, p);
  if (!failed && id) *id = db_last_id(d);
  return failed;
}

void event_filter_bind(query *q, const event_filter *filter) {
  query_bind_integer(q, 1, filter->pupil);
  query_bind_integer(q, 2, filter->school);
  query_bind_text(q, 3, filter->upn);
  query_bind_text(q, 4, filter->kind);
  query_bind_day(q, 5, filter->as_of);
  query_bind_integer(q, 6, filter->known_at);
}

static bool is_beginning(slice kind) { return kind.at[kind.length - 1] == '.'; }

void event_filter_write(const event_filter *filter, buffer *sql) {
  buffer_add_text(sql, " WHERE");
  if (filter->pupil)
    buffer_add_text(sql, " v.pupil = ?1 AND");
  else if (filter->upn.length)
    buffer_add_text(sql, " v.pupil = (SELECT id FROM pupil WHERE upn = ?3) AND");
  else if (filter->kind.length && is_beginning(filter->kind))
    buffer_add_text(sql, " v.kind >= ?4 AND v.kind < rtrim(?4, '.') || '/' AND");
  else if (filter->kind.length)
    buffer_add_text(sql, " v.kind = ?4 AND");
  buffer_add_text(
      sql,
      " (?1 = 0 OR v.pupil = ?1) AND (?2 = 0 OR v.school = ?2)"
      " AND (?3 IS NULL OR v.pupil = (SELECT id FROM pupil WHERE upn = ?3))"
      " AND (?4 IS NULL OR v.kind = ?4 OR (?4 LIKE '%.' AND substr(v.kind, 1, length(?4)) = ?4))"
      " AND (?5 IS NULL OR v.on_day <= ?5) AND v.at <= ?6");
}

status events_list(store *s, const event_filter *filter, query **out, problem *p) {
  buffer sql = {0};
  query *q = NULL;
  buffer_add_text(&sql,
                  "SELECT v.id, strftime('%Y-%m-%dT%H:%M:%SZ', v.at, 'unixepoch') AS at,"
                  " date(v.on_day * 86400, 'unixepoch') AS \"on\", v.kind, v.pupil, p.upn,"
                  " v.enrolment, s.key AS school, v.plugin, v.version, v.digest, v.step, v.concern,"
                  " v.by, v.data FROM event v JOIN pupil p ON p.id = v.pupil"
                  " JOIN school s ON s.id = v.school");
  event_filter_write(filter, &sql);
  buffer_add_text(&sql, " ORDER BY v.id");
  buffer_add_char(&sql, '\0');
  status failed = buffer_status(&sql, p);
  if (!failed) failed = query_own(s, sql.bytes, &q, p);
  buffer_free(&sql);
  if (failed) return failed;
  event_filter_bind(q, filter);
  *out = q;
  return STATUS_OK;
}
