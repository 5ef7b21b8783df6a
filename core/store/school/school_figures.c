/* school_figures: see school_figures.h. */
#include "store/school/school_figures.h"

#include "attendance/kernel.h"

void school_figures_add(const mark *half, size_t length, school_session *to) {
  tally t;
  kernel_tally(&(span){.marks = half}, 0, length, &t);
  to->possible += t.possible;
  to->authorised += t.by_class[CLASS_AUTHORISED];
  to->unauthorised += t.by_class[CLASS_UNAUTHORISED];
}

/* One mark more, or one less: unsigned numbers wrap, and come out right. */
static void move(mark m, uint32_t by, school_session *to) {
  enum mark_class c = mark_class_of(m);
  if (class_is_possible(c)) to->possible += by;
  if (c == CLASS_AUTHORISED) to->authorised += by;
  if (c == CLASS_UNAUTHORISED) to->unauthorised += by;
}

status school_figures_undo(db *d, int64_t school, int64_t known_at, const calendar *c, size_t known,
                           school_session *figures, problem *p) {
  statement *s = db_statement(d,
                              "SELECT a.session, a.was, a.now FROM enrolment e"
                              " JOIN amendment a ON a.enrolment = e.id"
                              " WHERE e.school = ? AND a.at > ?",
                              p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, school);
  db_bind_int(s, 2, known_at);
  bool row = false;
  status failed;
  while (!(failed = db_step(s, &row, p)) && row) {
    session at = (int)db_column_int(s, 0);
    size_t i = calendar_index(c, at);
    if (i >= known || c->at[i] != at) continue;
    move((mark)(int)db_column_int(s, 1), 1, &figures[i]);
    move((mark)(int)db_column_int(s, 2), UINT32_MAX, &figures[i]);
  }
  return failed;
}

status school_figures_check(const school_session *figures, size_t sessions, problem *p) {
  uint64_t possible = 0;
  for (size_t i = 0; i < sessions; i++) possible += figures[i].possible;
  if (possible <= SCHOOL_MARKS) return STATUS_OK;
  return problem_set(p, STATUS_RANGE, "shorten the calendar", "a school with %llu marks",
                     (unsigned long long)possible);
}
