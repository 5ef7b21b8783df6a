/* lists: see lists.h. */
#include "store/case/lists.h"

status list_make(store *s, int64_t at, day as_of, int64_t *id, problem *p) {
  db *d = store_db(s);
  statement *q = db_statement(d, "INSERT INTO list (at, as_of) VALUES (?, ?)", p);
  if (!q) return STATUS_FAULT;
  db_bind_int(q, 1, at);
  db_bind_day(q, 2, as_of);
  status failed = db_run(q, p);
  if (!failed) *id = db_last_id(d);
  return failed;
}

status list_add_row(store *s, int64_t list, int64_t number, int64_t enrolment, slice step,
                    problem *p) {
  db *d = store_db(s);
  statement *q = db_statement(d,
                              "INSERT INTO list_row (list, number, enrolment, step)"
                              " SELECT l.id, ?2, e.id, ifnull(?4, '') FROM list l, enrolment e"
                              " WHERE l.id = ?1 AND e.id = ?3 ON CONFLICT DO NOTHING",
                              p);
  if (!q) return STATUS_FAULT;
  db_bind_int(q, 1, list);
  db_bind_int(q, 2, number);
  db_bind_int(q, 3, enrolment);
  db_bind_text(q, 4, step);
  status failed = db_run(q, p);
  if (failed || db_changes(d) == 1) return failed;
  return problem_set(p, STATUS_REFUSED, NULL,
                     "row %lld cannot be added to list %lld: no such list or pupil, or it is there",
                     (long long)number, (long long)list);
}

status list_rows(store *s, int64_t list, int64_t number, query **out, problem *p) {
  query *q = NULL;
  status failed = query_own(
      s,
      "SELECT r.list, l.at, date(l.as_of * 86400, 'unixepoch') AS as_of, r.number, r.step,"
      " e.id AS enrolment, p.id AS pupil, p.upn, trim(p.forename || ' ' || p.surname) AS name,"
      " s.key AS school, s.name AS school_name, e.year, e.form,"
      " date(e.joined * 86400, 'unixepoch') AS joined, date(e.left * 86400, 'unixepoch') AS left"
      " FROM list_row r JOIN list l ON l.id = r.list JOIN enrolment e ON e.id = r.enrolment"
      " JOIN pupil p ON p.id = e.pupil JOIN school s ON s.id = e.school"
      " WHERE r.list = CASE ?1 WHEN 0 THEN (SELECT max(id) FROM list) ELSE ?1 END"
      " AND (?2 = 0 OR r.number = ?2) ORDER BY r.number",
      &q, p);
  if (failed) return failed;
  query_bind_integer(q, 1, list);
  query_bind_integer(q, 2, number);
  *out = q;
  return STATUS_OK;
}

status action_add(store *s, slice key, int64_t event, problem *p) {
  db *d = store_db(s);
  statement *q =
      db_statement(d, "INSERT INTO action (key, event) VALUES (?, ?) ON CONFLICT DO NOTHING", p);
  if (!q) return STATUS_FAULT;
  db_bind_text(q, 1, key);
  db_bind_int(q, 2, event);
  status failed = db_run(q, p);
  if (failed || db_changes(d) == 1) return failed;
  return problem_set(p, STATUS_REFUSED, NULL, "this row of the list was recorded already");
}

status actions_list(store *s, slice prefix, query **out, problem *p) {
  query *q = NULL;
  status failed = query_own(
      s,
      "SELECT a.key, a.event, date(v.on_day * 86400, 'unixepoch') AS \"on\","
      " EXISTS (SELECT 1 FROM entry n WHERE n.event = a.event AND n.body IS NULL) AS struck"
      " FROM action a JOIN event v ON v.id = a.event"
      " WHERE substr(a.key, 1, length(?1)) = ?1 ORDER BY a.event",
      &q, p);
  if (failed) return failed;
  query_bind_text(q, 1, prefix);
  *out = q;
  return STATUS_OK;
}
