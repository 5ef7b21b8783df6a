/* events: adds to the table `event`, and looks whether `school_event` is as it was.
 *
 * 1. Nothing here begins or ends a transaction, and every statement is a single insert.
 * 2. Texts are bound as they are lent: an insert runs at once. */
#include "store/case/events.h"

#include "store/db/digest.h"

/* json_type and not json_valid, to which JSON is not valid when there is no memory. */
status event_check_json(db *d, slice json, const char *of, problem *p) {
  statement *q = db_statement(d, "SELECT json_type(?1) = 'object'", p);
  if (!q) return STATUS_FAULT;
  db_bind_text(q, 1, json);
  bool row = false;
  status s = db_step(q, &row, p);
  bool good = !s && row && db_column_int(q, 0) == 1;
  db_reset(q);
  if (good || (s && s != STATUS_FAULT)) return s; /* a fault: malformed JSON */
  return problem_set(p, STATUS_SYNTAX, NULL, "%s is not a JSON object", of);
}

status event_add(store *w, const event *what, int64_t *id, problem *p) {
  static const char of_enrolment[] = "SELECT pupil, school FROM enrolment WHERE id = ?1";
  static const char named[] =
      "SELECT p.id, s.id FROM pupil p, school s WHERE p.id = ?1 AND s.id = ?2";
  static const char insert[] =
      "INSERT INTO event (at, on_day, kind, pupil, school, enrolment, plugin, version, digest,"
      " step, concern, by, data) VALUES (?, ?, ?, ?, ?, nullif(?, 0), ?, ?, ?, ?, ?, ?,"
      " ifnull(?, '{}'))";
  if (what->kind.length == 0 || what->on == DAY_NONE)
    return problem_set(p, STATUS_SYNTAX, "give both", "an entry needs a kind and a day");
  db *d = store_db(w);
  event e = *what;
  status s = STATUS_OK;
  if (e.data.length && !e.encoded) s = event_check_json(d, e.data, "the data of an entry", p);
  if (s) return s;

  /* It is about the pupil and school of the enrolment, which what is named beside it must agree
   * with, or about those named. */
  statement *q = db_statement(d, e.enrolment ? of_enrolment : named, p);
  if (!q) return STATUS_FAULT;
  db_bind_int(q, 1, e.enrolment ? e.enrolment : e.pupil);
  if (!e.enrolment) db_bind_int(q, 2, e.school);
  bool row = false;
  s = db_step(q, &row, p);
  int64_t pupil = !s && row ? db_column_int(q, 0) : 0;
  int64_t school = !s && row ? db_column_int(q, 1) : 0;
  db_reset(q);
  if (s) return s;
  if (!row || (e.pupil && e.pupil != pupil) || (e.school && e.school != school))
    return problem_set(p, STATUS_NOT_FOUND, "name a pupil and a school, or an enrolment",
                       "an entry names a pupil or school that is not there");
  e.pupil = pupil;
  e.school = school;

  q = db_statement(d, insert, p);
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

/* Of a school ---------------------------------------------------------------- */

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
