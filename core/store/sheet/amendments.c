/* amendments: everything that touches the table `amendment`, but for the questions in
 * SQL of those who look at a whole file (check), at all of an import (undo) or at who was there
 * (school). */
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
                                 " WHERE e.school = ? AND a.at > ?"
                                 " AND (e.joined IS NULL OR a.session >> 1 >= e.joined)"
                                 " AND (e.left IS NULL OR a.session >> 1 <= e.left)"
                                 " ORDER BY a.id DESC",
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
