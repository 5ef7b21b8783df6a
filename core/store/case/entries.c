/* entries: owns the table `entry`, and what an entry does to the suggestions that it
 * answers.
 *
 * 1. An entry, its event and the suggestions that it ends change together, under a
 *    savepoint; so do those of an entry that is struck out.
 * 2. The salt is new for each entry: the same words have another digest, so that none can
 *    be guessed from what stays. */
#include "store/case/entries.h"

#include <sys/random.h>

#include "store/db/digest.h"

enum { SALT = 16 };

static void digest_body(slice salt, slice body, char hex[DIGEST_HEX]) {
  digest d;
  digest_begin(&d);
  digest_add(&d, salt);
  digest_add(&d, body);
  digest_end(&d, hex);
}

/* The data of the event: what was given, with the digest in it. */
static status data_with_digest(db *d, slice data, const char *hex, buffer *out, problem *p) {
  statement *q = db_statement(d, "SELECT json_set(ifnull(?1, '{}'), '$.digest', ?2)", p);
  if (!q) return STATUS_FAULT;
  db_bind_text(q, 1, data);
  db_bind_text(q, 2, slice_of(hex));
  bool row = false;
  status s = db_step(q, &row, p);
  slice text = s ? (slice){"", 0} : db_column_text(q, 0);
  buffer_add(out, text.at, text.length);
  db_reset(q);
  return s ? s : buffer_status(out, p);
}

/* What an entry answers is over. */
static const char end_answered[] =
    "UPDATE suggestion SET state = n.state, ended = ?1 FROM (SELECT"
    "   json_extract(a.value, '$[0]') AS enrolment, json_extract(a.value, '$[1]') AS step,"
    "   json_extract(a.value, '$[2]') AS concern, " ENTRY_STATE("v.kind") " AS state"
    "   FROM event v, json_each(v.data, '$.answers') a WHERE v.id = ?1) n"
    " WHERE suggestion.state = 'open' AND n.state IS NOT NULL"
    "   AND suggestion.enrolment = n.enrolment AND suggestion.step = n.step"
    "   AND suggestion.concern = n.concern";

status entry_add(store *w, const event *what, slice body, int64_t *id, problem *p) {
  db *d = store_db(w);
  char random[SALT], hex[DIGEST_HEX];
  slice salt = {random, SALT};
  buffer data = {0};
  int64_t added = 0;
  event e = *what;
  status s = event_check_json(d, body, "the body of an entry", p);
  if (!s && e.data.length) s = event_check_json(d, e.data, "the data of an entry", p);
  if (!s && getentropy(random, SALT) != 0)
    s = problem_set(p, STATUS_FAULT, NULL, "no source of randomness");
  if (!s) digest_body(salt, body, hex);
  if (!s) s = data_with_digest(d, e.data, hex, &data, p);
  if (!s) s = db_savepoint(d, p);
  if (!s) {
    e.data = buffer_slice(&data);
    e.encoded = true;
    s = event_add(w, &e, &added, p);
    statement *q = NULL;
    if (!s && !(q = db_statement(d, "INSERT INTO entry (event, salt, body) VALUES (?, ?, ?)", p)))
      s = STATUS_FAULT;
    if (!s) {
      db_bind_int(q, 1, added);
      db_bind_blob(q, 2, salt);
      db_bind_text(q, 3, body);
      s = db_run(q, p);
    }
    if (!s) s = db_change(d, end_answered, added, p);
    if (!s) s = db_release(d, p);
    if (s) db_undo(d);
  }
  buffer_free(&data);
  if (!s && id) *id = added;
  return s;
}

/* Striking out -------------------------------------------------------------- */

/* What an entry answered is open again, unless a later entry that stands answers
 * it too: then that one has. (min() picks its row, and so its kind.) */
static const char reopen_answered[] =
      "UPDATE suggestion SET ended = n.id, state = ifnull(" ENTRY_STATE("n.kind") ", 'open')"
      " FROM (SELECT g.enrolment, g.step, g.concern, min(v.id) AS id, v.kind FROM suggestion g"
      "   LEFT JOIN event v ON v.pupil = (SELECT pupil FROM enrolment WHERE id = g.enrolment)"
      "     AND v.id > g.made AND v.id <> ?1 AND " ENTRY_STATE("v.kind") " IS NOT NULL"
      "     AND NOT EXISTS (SELECT 1 FROM event c WHERE c.kind = 'entry.corrected'"
      "       AND c.pupil = v.pupil AND json_extract(c.data, '$.of') = v.id)"
      "     AND EXISTS (SELECT 1 FROM json_each(v.data, '$.answers') a"
      "       WHERE json_extract(a.value, '$[0]') = g.enrolment"
      "       AND json_extract(a.value, '$[1]') = g.step"
      "       AND json_extract(a.value, '$[2]') = g.concern)"
      "   WHERE g.ended = ?1 GROUP BY g.enrolment, g.step, g.concern) n"
      " WHERE suggestion.enrolment = n.enrolment AND suggestion.step = n.step"
      "   AND suggestion.concern = n.concern";

status entry_strike(store *w, int64_t of, const event *what, int64_t *id, problem *p) {
  db *d = store_db(w);
  int64_t added = 0;
  event e = *what;
  e.kind = slice_of("entry.corrected");
  statement *q =
      db_statement(d,
                   "UPDATE entry SET body = NULL WHERE event = ?1 AND body IS NOT NULL AND EXISTS"
                   " (SELECT 1 FROM event v WHERE v.id = ?1 AND (v.pupil = ?2"
                   " OR v.pupil = (SELECT pupil FROM enrolment WHERE id = ?3)))",
                   p);
  status s = q ? db_savepoint(d, p) : STATUS_FAULT;
  if (s) return s;
  db_bind_int(q, 1, of);
  db_bind_int(q, 2, what->pupil);
  db_bind_int(q, 3, what->enrolment);
  s = db_run(q, p);
  if (!s && db_changes(d) != 1)
    s = problem_set(p, STATUS_NOT_FOUND, "look at the pupil's chronology for the entry's number",
                    "entry %lld is not one of this pupil's, or is struck out already",
                    (long long)of);
  if (!s) s = db_change(d, reopen_answered, of, p);
  if (!s) s = event_add(w, &e, &added, p);
  if (!s) s = db_release(d, p);
  if (s) db_undo(d);
  if (!s && id) *id = added;
  return s;
}

/* Checking ------------------------------------------------------------------ */

status entries_check(store *w, void (*wrong)(void *context, int64_t event), void *context,
                     problem *p) {
  statement *q = db_statement(store_db(w),
                              "SELECT v.id, n.salt, n.body, json_extract(v.data, '$.digest')"
                              " FROM event v LEFT JOIN entry n ON n.event = v.id"
                              " WHERE substr(v.kind, 1, 6) = 'entry.'"
                              " AND v.kind <> 'entry.corrected'"
                              " AND (n.body IS NOT NULL OR n.event IS NULL"
                              "   OR NOT EXISTS (SELECT 1 FROM event c"
                              "   WHERE c.kind = 'entry.corrected' AND c.pupil = v.pupil"
                              "   AND json_extract(c.data, '$.of') = v.id))"
                              " ORDER BY v.id",
                              p);
  if (!q) return STATUS_FAULT;
  bool row = true;
  char hex[DIGEST_HEX];
  status s = STATUS_OK;
  while (!(s = db_step(q, &row, p)) && row) {
    slice salt = db_column_text(q, 1);
    digest_body(salt, db_column_text(q, 2), hex);
    if (salt.length != SALT || !slice_is(db_column_text(q, 3), hex))
      wrong(context, db_column_int(q, 0));
  }
  db_reset(q);
  return s;
}
