/* events: adds to the table `event`, and looks whether `school_event` is as it was.
 *
 * 1. Nothing here begins or ends a transaction, and every statement is a single insert or question.
 * 2. Texts are bound as they are lent: an insert runs at once. */
#include "store/case/events.h"

#include "store/db/digest.h"
#include "store/db/pack.h"
#include "store/db/schema.h"

/* json_type and not json_valid, to which JSON is not valid when there is no memory. Nothing of the
 * file is read here: what is damaged is the text. */
status event_check_json(db *d, slice json, const char *of, problem *p) {
  statement *q = db_statement(d, "SELECT json_type(?1) = 'object'", p);
  if (!q) return STATUS_FAULT;
  db_bind_text(q, 1, json);
  bool row = false;
  status s = db_step(q, &row, p);
  bool good = !s && row && db_column_int(q, 0) == 1;
  db_reset(q);
  if (good || (s && s != STATUS_CORRUPT)) return s;
  return problem_set(p, STATUS_SYNTAX, NULL, "%s is not a JSON object", of);
}

/* The number of a text that is kept once, by the statement that finds it or the one that adds it;
 * 0 where neither gives one. */
static status number_of(db *d, const char *find, const char *add, slice text, int64_t *out,
                        problem *p) {
  status s = STATUS_OK;
  *out = 0;
  for (int i = 0; !s && !*out && i < 2; i++) {
    bool row = false;
    statement *q = db_statement(d, i ? add : find, p);
    if (!q) return STATUS_FAULT;
    db_bind_lent(q, 1, text);
    s = db_step(q, &row, p);
    if (!s && row) *out = db_column_int(q, 0);
    db_reset(q);
  }
  return s;
}

/* The pattern and the values that the data of an event are kept in; pattern 0: as they are. There
 * are no more patterns than these: were the words of a plugin other ones for each pupil, they would
 * take more room than they save. */
static status pack_data(db *d, slice data, int64_t *pattern, buffer *values, problem *p) {
  static const char find[] = "SELECT id FROM pattern WHERE text = ?1";
  static const char add[] =
      "INSERT INTO pattern (text) SELECT ?1 WHERE (SELECT ifnull(max(id), 0) FROM pattern) "
      "< " SCHEMA_PATTERNS " RETURNING id";
  buffer text = {0};
  status s = STATUS_OK;
  *pattern = 0;
  bool can = pack(data, &text, values);
  if (text.failed || values->failed) s = problem_no_memory(p);
  if (can && !s) s = number_of(d, find, add, buffer_slice(&text), pattern, p);
  buffer_free(&text);
  return s;
}

static status digest_number(db *d, slice text, int64_t *out, problem *p) {
  static const char find[] = "SELECT id FROM plugin_digest WHERE text = ?1";
  static const char add[] = "INSERT INTO plugin_digest (text) VALUES (?1) RETURNING id";
  *out = 0;
  return text.length ? number_of(d, find, add, text, out, p) : STATUS_OK;
}

status event_add(store *w, const event *what, int64_t *id, problem *p) {
  static const char of_enrolment[] = "SELECT pupil, school FROM enrolment WHERE id = ?1";
  static const char named[] =
      "SELECT p.id, s.id FROM pupil p, school s WHERE p.id = ?1 AND s.id = ?2";
  static const char insert[] =
      "INSERT INTO event (at, on_day, kind, pupil, school, enrolment, plugin, version, step,"
      " concern, by, data, plugin_digest, pattern, packed)"
      " VALUES (?, ?, ?, ?, ?, nullif(?, 0), ?, ?, ?, ?, ?, ifnull(?, '{}'), nullif(?, 0),"
      " nullif(?, 0), ?)";
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

  int64_t pattern = 0, made_by = 0;
  buffer values = {0};
  s = digest_number(d, e.digest, &made_by, p);
  if (!s && e.packed && e.data.length) s = pack_data(d, e.data, &pattern, &values, p);
  if (pattern) e.data = (slice){0};
  q = s ? NULL : db_statement(d, insert, p);
  if (!q) {
    buffer_free(&values);
    return s ? s : STATUS_FAULT;
  }
  db_bind_int(q, 1, e.at);
  db_bind_day(q, 2, e.on);
  db_bind_lent(q, 3, e.kind);
  db_bind_int(q, 4, e.pupil);
  db_bind_int(q, 5, e.school);
  db_bind_int(q, 6, e.enrolment);
  const slice texts[] = {e.plugin, e.version, e.step, e.concern, e.by, e.data};
  for (int i = 0; i < 6; i++) db_bind_lent(q, 7 + i, texts[i]);
  db_bind_int(q, 13, made_by);
  db_bind_int(q, 14, pattern);
  if (pattern) db_bind_blob(q, 15, buffer_slice(&values));
  s = db_run(q, p);
  buffer_free(&values);
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
    digest_of(db_column_text(q, 1), hex);
    if (!slice_is(db_column_text(q, 2), hex)) wrong(context, db_column_int(q, 0));
  }
  db_reset(q);
  return s;
}
