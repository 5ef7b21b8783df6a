/* entries: see entries.h. */
#include "store/case/entries.h"

#include <sodium.h>
#include <string.h>

enum { SALT = 16, HEX = crypto_hash_sha256_BYTES * 2 + 1 };

static void digest_of(const unsigned char salt[SALT], slice body, char hex[HEX]) {
  unsigned char digest[crypto_hash_sha256_BYTES];
  crypto_hash_sha256_state hash;
  (void)crypto_hash_sha256_init(&hash);
  (void)crypto_hash_sha256_update(&hash, salt, SALT);
  (void)crypto_hash_sha256_update(&hash, (const unsigned char *)body.at, body.length);
  (void)crypto_hash_sha256_final(&hash, digest);
  (void)sodium_bin2hex(hex, HEX, digest, sizeof digest);
}

/* data with the digest in it, as SQLite's JSON writes it; freed by the caller. */
static status data_with_digest(db *d, slice data, const char *hex, char **out, problem *p) {
  statement *s = db_statement(d, "SELECT json_set(ifnull(?1, '{}'), '$.digest', ?2)", p);
  if (!s) return STATUS_FAULT;
  db_bind_text(s, 1, data);
  db_bind_text(s, 2, slice_of(hex));
  bool row = false;
  status failed = db_step(s, &row, p);
  if (!failed) {
    slice text = db_column_text(s, 0);
    *out = mem_copy_text(text.at, text.length);
    if (!*out) failed = problem_no_memory(p);
  }
  db_reset(s);
  return failed;
}

static status keep_body(db *d, int64_t id, const unsigned char *salt, slice body, problem *p) {
  statement *s = db_statement(
      d, "INSERT INTO entry (event, salt, body) SELECT ?1, ?2, ?3 WHERE json_type(?3) = 'object'",
      p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, id);
  db_bind_blob(s, 2, (slice){(const char *)salt, SALT});
  db_bind_text(s, 3, body);
  status failed = db_run(s, p);
  if (failed || db_changes(d) == 1) return failed;
  return problem_set(p, STATUS_SYNTAX, NULL, "the body of an entry is not a JSON object");
}

static status end_answered(db *d, int64_t id, slice state, problem *p) {
  statement *s = db_statement(
      d,
      "UPDATE suggestion SET state = ?2, ended = ?1 WHERE state = 'open' AND EXISTS (SELECT 1"
      " FROM event v, json_each(v.data, '$.answers') a WHERE v.id = ?1"
      " AND json_extract(a.value, '$[0]') = suggestion.enrolment"
      " AND json_extract(a.value, '$[1]') = suggestion.step"
      " AND json_extract(a.value, '$[2]') = suggestion.concern)",
      p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, id);
  db_bind_text(s, 2, state);
  return db_run(s, p);
}

static status add_parts(store *s, const event *what, slice body, slice state, int64_t *id,
                        problem *p) {
  unsigned char salt[SALT];
  char hex[HEX], *data = NULL;
  randombytes_buf(salt, sizeof salt);
  digest_of(salt, body, hex);
  status failed = data_with_digest(store_db(s), what->data, hex, &data, p);
  if (failed) return failed;
  event e = *what;
  e.data = slice_of(data);
  failed = event_add(s, &e, id, p);
  mem_free(data);
  if (!failed) failed = keep_body(store_db(s), *id, salt, body, p);
  if (!failed && state.length) failed = end_answered(store_db(s), *id, state, p);
  return failed;
}

static status in_savepoint_end(db *d, status failed, problem *p) {
  if (failed) (void)db_exec(d, "ROLLBACK TO entry", NULL);
  status released = db_exec(d, "RELEASE entry", failed ? NULL : p);
  return failed ? failed : released;
}

status entry_add(store *s, const event *what, slice body, slice state, int64_t *id, problem *p) {
  db *d = store_db(s);
  int64_t added = 0;
  if (sodium_init() < 0) return problem_set(p, STATUS_FAULT, NULL, "no source of randomness");
  status failed = db_exec(d, "SAVEPOINT entry", p);
  if (failed) return failed;
  failed = add_parts(s, what, body, state, &added, p);
  failed = in_savepoint_end(d, failed, p);
  if (!failed && id) *id = added;
  return failed;
}

/* Striking out -------------------------------------------------------------- */

static status strike_body(db *d, int64_t of, int64_t pupil, int64_t enrolment, problem *p) {
  statement *s =
      db_statement(d,
                   "UPDATE entry SET body = NULL WHERE event = ?1 AND body IS NOT NULL AND EXISTS"
                   " (SELECT 1 FROM event v WHERE v.id = ?1 AND (v.pupil = ?2"
                   " OR v.pupil = (SELECT pupil FROM enrolment WHERE id = ?3)))",
                   p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, of);
  db_bind_int(s, 2, pupil);
  db_bind_int(s, 3, enrolment);
  status failed = db_run(s, p);
  if (failed || db_changes(d) == 1) return failed;
  return problem_set(p, STATUS_NOT_FOUND, "look at the pupil's chronology for the entry's number",
                     "entry %lld is not one of this pupil's, or is struck out already",
                     (long long)of);
}

/* What an entry answered is open again, unless a later entry that stands answers
 * it too: then that one has. (min() picks its row, and so its kind.) */
static status reopen(db *d, int64_t of, problem *p) {
  static const char sql[] =
      "UPDATE suggestion SET ended = n.id, state = CASE n.kind WHEN 'entry.recorded' THEN"
      "   'answered' WHEN 'entry.bypassed' THEN 'bypassed' WHEN 'entry.put-off' THEN 'put-off'"
      "   ELSE 'open' END"
      " FROM (SELECT g.enrolment, g.step, g.concern, min(v.id) AS id, v.kind FROM suggestion g"
      "   LEFT JOIN event v ON v.pupil = (SELECT pupil FROM enrolment WHERE id = g.enrolment)"
      "     AND v.id > g.made AND v.id <> ?1 AND v.kind LIKE 'entry.%'"
      "     AND NOT EXISTS (SELECT 1 FROM event c WHERE c.kind = 'entry.corrected'"
      "       AND c.pupil = v.pupil AND json_extract(c.data, '$.of') = v.id)"
      "     AND EXISTS (SELECT 1 FROM json_each(v.data, '$.answers') a"
      "       WHERE json_extract(a.value, '$[0]') = g.enrolment"
      "       AND json_extract(a.value, '$[1]') = g.step"
      "       AND json_extract(a.value, '$[2]') = g.concern)"
      "   WHERE g.ended = ?1 GROUP BY g.enrolment, g.step, g.concern) n"
      " WHERE suggestion.enrolment = n.enrolment AND suggestion.step = n.step"
      "   AND suggestion.concern = n.concern";
  statement *s = db_statement(d, sql, p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, of);
  return db_run(s, p);
}

status entry_strike(store *s, int64_t of, const event *what, int64_t *id, problem *p) {
  db *d = store_db(s);
  int64_t added = 0;
  event e = *what;
  e.kind = slice_of("entry.corrected");
  status failed = db_exec(d, "SAVEPOINT entry", p);
  if (failed) return failed;
  failed = strike_body(d, of, what->pupil, what->enrolment, p);
  if (!failed) failed = reopen(d, of, p);
  if (!failed) failed = event_add(s, &e, &added, p);
  failed = in_savepoint_end(d, failed, p);
  if (!failed && id) *id = added;
  return failed;
}

/* Lists --------------------------------------------------------------------- */

status entries_list(store *s, const event_filter *filter, query **out, problem *p) {
  buffer sql = {0};
  query *q = NULL;
  buffer_add_text(
      &sql,
      "SELECT v.id, strftime('%Y-%m-%dT%H:%M:%SZ', v.at, 'unixepoch') AS at,"
      " date(v.on_day * 86400, 'unixepoch') AS \"on\", v.kind, v.pupil, p.upn,"
      " v.enrolment, s.key AS school, v.plugin, v.version, v.step, v.concern, v.by,"
      " v.data, n.body, c.id AS struck, date(c.on_day * 86400, 'unixepoch') AS struck_on,"
      " c.by AS struck_by, json_extract(c.data, '$.why') AS struck_why"
      " FROM event v JOIN pupil p ON p.id = v.pupil JOIN school s ON s.id = v.school"
      " LEFT JOIN entry n ON n.event = v.id"
      " LEFT JOIN event c ON c.kind = 'entry.corrected' AND c.pupil = v.pupil"
      "   AND json_extract(c.data, '$.of') = v.id AND c.at <= ?6");
  event_filter_write(filter, &sql);
  buffer_add_text(&sql, " ORDER BY v.on_day, v.id");
  buffer_add_char(&sql, '\0');
  status failed = buffer_status(&sql, p);
  if (!failed) failed = query_own(s, sql.bytes, &q, p);
  buffer_free(&sql);
  if (failed) return failed;
  event_filter_bind(q, filter);
  *out = q;
  return STATUS_OK;
}

static bool body_agrees(statement *s) {
  unsigned char salt[SALT] = {0};
  char hex[HEX];
  slice kept = db_column_text(s, 1);
  if (kept.length != SALT) return false;
  memcpy(salt, kept.at, SALT);
  digest_of(salt, db_column_text(s, 2), hex);
  return slice_is(db_column_text(s, 3), hex);
}

status entries_check(store *s, void (*wrong)(void *context, int64_t event), void *context,
                     problem *p) {
  db *d = store_db(s);
  statement *q = db_statement(d,
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
  status failed = STATUS_OK;
  while (!(failed = db_step(q, &row, p)) && row)
    if (!body_agrees(q)) wrong(context, db_column_int(q, 0));
  return failed;
}
