/* details: everything that writes the table `mark_detail`. */
#include "store/sheet/details.h"

status detail_put(db *d, int64_t enrolment, session at, const mark_detail *what,
                  const sheet_source *from, bool *changed, problem *p) {
  *changed = false;
  statement *last = db_statement(d,
                                 "SELECT mark, ifnull(minutes, 0), ifnull(sub_code, ''),"
                                 " ifnull(comment, '') FROM mark_detail WHERE enrolment = ?"
                                 " AND session = ? ORDER BY id DESC LIMIT 1",
                                 p);
  if (!last) return STATUS_FAULT;
  db_bind_int(last, 1, enrolment);
  db_bind_int(last, 2, at);
  bool known = false;
  status s = db_step(last, &known, p);
  if (s) return s;
  mark_detail now = *what;
  bool same = false;
  if (known && db_column_int(last, 0) == what->mark) {
    int minutes = (int)db_column_int(last, 1);
    slice sub_code = db_column_text(last, 2), comment = db_column_text(last, 3);
    if (!now.minutes) now.minutes = minutes;
    if (!now.sub_code.length) now.sub_code = sub_code;
    if (!now.comment.length) now.comment = comment;
    same = now.minutes == minutes && slice_equal(now.sub_code, sub_code) &&
           slice_equal(now.comment, comment);
  }
  statement *add = same ? NULL
                        : db_statement(d,
                                       "INSERT INTO mark_detail (enrolment, session, mark, minutes,"
                                       " sub_code, comment, at, import, by)"
                                       " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                       p);
  if (!same && !add) s = STATUS_FAULT;
  if (add) {
    db_bind_int(add, 1, enrolment);
    db_bind_int(add, 2, at);
    db_bind_int(add, 3, now.mark);
    if (now.minutes) db_bind_int(add, 4, now.minutes);
    db_bind_text(add, 5, now.sub_code);
    db_bind_text(add, 6, now.comment);
    db_bind_int(add, 7, from->at);
    db_bind_int(add, 8, from->import);
    if (from->by) db_bind_text(add, 9, slice_of(from->by));
    s = db_run(add, p);
    *changed = !s;
  }
  db_reset(last);
  return s;
}
