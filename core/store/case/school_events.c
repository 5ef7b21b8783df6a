/* school_events: see school_events.h. */
#include "store/case/school_events.h"

#include <sodium.h>

enum { HEX = crypto_hash_sha256_BYTES * 2 + 1 };

static void digest_of(slice body, char hex[HEX]) {
  unsigned char digest[crypto_hash_sha256_BYTES];
  (void)crypto_hash_sha256(digest, (const unsigned char *)body.at, body.length);
  (void)sodium_bin2hex(hex, HEX, digest, sizeof digest);
}

static status insert(db *d, const event *what, problem *p) {
  static const char sql[] =
      "INSERT INTO school_event (at, on_day, school, step, plugin, version, digest, by, body,"
      " body_digest) SELECT ?1, ?2, id, ?4, ?5, ?6, ?7, ?8, ?9, ?10 FROM school WHERE id = ?3";
  char hex[HEX];
  statement *s = db_statement(d, sql, p);
  if (!s) return STATUS_FAULT;
  digest_of(what->data, hex);
  db_bind_int(s, 1, what->at);
  db_bind_day(s, 2, what->on);
  db_bind_int(s, 3, what->school);
  const slice texts[] = {what->step, what->plugin, what->version, what->digest,
                         what->by,   what->data,   slice_of(hex)};
  for (int i = 0; i < 7; i++) db_bind_lent(s, 4 + i, texts[i]);
  status failed = db_run(s, p);
  if (failed || db_changes(d) == 1) return failed;
  return problem_set(p, STATUS_NOT_FOUND, "name a school",
                     "an entry names a school that is not there");
}

status school_event_add(store *s, const event *what, int64_t *id, problem *p) {
  if (what->step.length == 0 || what->on == DAY_NONE)
    return problem_set(p, STATUS_SYNTAX, "give both",
                       "an entry of a school needs a step and a day");
  if (what->data.length == 0)
    return problem_set(p, STATUS_SYNTAX, NULL, "an entry of a school says nothing");
  status failed = event_check_json(store_db(s), what->data, p);
  if (!failed) failed = insert(store_db(s), what, p);
  if (!failed && id) *id = db_last_id(store_db(s));
  return failed;
}

status school_events_list(store *s, const event_filter *filter, query **out, problem *p) {
  query *q = NULL;
  status failed =
      query_own(s,
                "SELECT v.id, strftime('%Y-%m-%dT%H:%M:%SZ', v.at, 'unixepoch') AS at,"
                " date(v.on_day * 86400, 'unixepoch') AS \"on\", s.key AS school, v.step, v.plugin,"
                " v.version, v.digest, v.by, v.body FROM school_event v"
                " JOIN school s ON s.id = v.school WHERE (?2 = 0 OR v.school = ?2)"
                " AND (?5 IS NULL OR v.on_day <= ?5) AND v.at <= ?6 ORDER BY v.on_day, v.id",
                &q, p);
  if (failed) return failed;
  event_filter_bind(q, filter);
  *out = q;
  return STATUS_OK;
}

status school_events_check(store *s, void (*wrong)(void *context, int64_t id), void *context,
                           problem *p) {
  db *d = store_db(s);
  statement *q = db_statement(d, "SELECT id, body, body_digest FROM school_event ORDER BY id", p);
  if (!q) return STATUS_FAULT;
  bool row = true;
  char hex[HEX];
  status failed = STATUS_OK;
  while (!(failed = db_step(q, &row, p)) && row) {
    digest_of(db_column_text(q, 1), hex);
    if (!slice_is(db_column_text(q, 2), hex)) wrong(context, db_column_int(q, 0));
  }
  return failed;
}
