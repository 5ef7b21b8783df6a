/* amendments: everything that touches the table `amendment`, but for the questions in
 * SQL of those who look at a whole file (check) or at who was there (fill_members). */
#include "store/sheet/amendments.h"

status amendment_add(db *d, const amendment *what, int64_t import, int64_t learnt, const char *by,
                     problem *p) {
  statement *add = db_statement(d,
                                "INSERT INTO amendment (enrolment, session, was, now, at, import,"
                                " by) VALUES (?, ?, ?, ?, ?, ?, ?)",
                                p);
  if (!add) return STATUS_FAULT;
  db_bind_int(add, 1, what->enrolment);
  db_bind_int(add, 2, what->at);
  db_bind_int(add, 3, what->was);
  db_bind_int(add, 4, what->now);
  db_bind_int(add, 5, learnt);
  db_bind_int(add, 6, import);
  if (by) db_bind_text(add, 7, slice_of(by));
  return db_run(add, p);
}

statement *amendments_after(db *d, int64_t school, int64_t known_at, problem *p) {
  statement *rows = db_statement(d,
                                 "SELECT a.enrolment, a.session, a.was, a.now FROM enrolment e"
                                 " JOIN amendment a ON a.enrolment = e.id"
                                 " WHERE e.school = ? AND a.at > ? ORDER BY a.id DESC",
                                 p);
  if (!rows) return NULL;
  db_bind_int(rows, 1, school);
  db_bind_int(rows, 2, known_at);
  return rows;
}

status amendments_next(statement *rows, amendment *out, bool *more, problem *p) {
  status s = db_step(rows, more, p);
  if (s || !*more) return s;
  *out = (amendment){.enrolment = db_column_int(rows, 0),
                     .at = (session)db_column_int(rows, 1),
                     .was = (mark)db_column_int(rows, 2),
                     .now = (mark)db_column_int(rows, 3)};
  return STATUS_OK;
}

status amendments_list(store *from, int64_t enrolment, int64_t since, int64_t since_event,
                       query **out, problem *p) {
  query *q = NULL;
  status s = query_own(
      from,
      "SELECT a.id, date((a.session >> 1) * 86400, 'unixepoch') AS date,"
      " CASE a.session & 1 WHEN 0 THEN 'AM' ELSE 'PM' END AS session,"
      " coalesce(w.text, '') AS was, coalesce(n.text, '') AS now,"
      " strftime('%Y-%m-%dT%H:%M:%SZ', a.at, 'unixepoch') AS at, a.import, a.by, a.why"
      " FROM amendment a LEFT JOIN code w ON w.byte = a.was LEFT JOIN code n ON n.byte = a.now"
      " WHERE a.enrolment = ?1 AND a.at >= ?2"
      " AND (?3 = 0 OR a.at >= (SELECT at FROM event WHERE id = ?3)) ORDER BY a.id",
      &q, p);
  if (s) return s;
  query_bind_integer(q, 1, enrolment);
  query_bind_integer(q, 2, since);
  query_bind_integer(q, 3, since_event);
  *out = q;
  return STATUS_OK;
}
