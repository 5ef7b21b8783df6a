/* sweep_targets: see sweep_targets.h. */
#include "store/school/sweep_targets.h"

#include <stdlib.h>

static status add_target(sweep_targets *t, statement *s, size_t *room, problem *p) {
  if (t->count == *room) {
    *room = *room ? *room * 2 : 16;
    sweep_target *all = mem_resize(t->of, *room, sizeof *all);
    if (!all) return problem_no_memory(p);
    t->of = all;
  }
  t->of[t->count++] = (sweep_target){
      .school = db_column_int(s, 0), .first = db_column_int(s, 1), .last = db_column_int(s, 2)};
  return STATUS_OK;
}

static int by_first(const void *a, const void *b) {
  const sweep_target *x = a, *y = b;
  return (x->first > y->first) - (x->first < y->first);
}

static void mark_alone(sweep_targets *t) {
  int64_t last = INT64_MIN;
  for (size_t i = 0; i < t->count; i++) {
    sweep_target *it = &t->of[i];
    it->alone = it->first > last && (i + 1 == t->count || it->last < it[1].first);
    if (it->last > last) last = it->last;
  }
}

/* All schools that anybody is enrolled at, since who else is in between matters for
 * one school too; then those that were asked for. */
static status list_all(db *d, sweep_targets *t, problem *p) {
  statement *s = db_statement(d,
                              "SELECT id, (SELECT min(id) FROM enrolment WHERE school = s.id),"
                              " (SELECT max(id) FROM enrolment WHERE school = s.id)"
                              " FROM school s ORDER BY id",
                              p);
  if (!s) return STATUS_FAULT;
  size_t room = 0;
  bool row = false;
  status failed;
  while (!(failed = db_step(s, &row, p)) && row) {
    if (db_column_type(s, 1) == SQLITE_NULL) continue;
    failed = add_target(t, s, &room, p);
    if (failed) break;
  }
  db_reset(s);
  if (failed || t->count == 0) return failed;
  qsort(t->of, t->count, sizeof *t->of, by_first);
  mark_alone(t);
  return STATUS_OK;
}

static void keep_target(sweep_targets *t, int64_t school) {
  size_t kept = 0;
  for (size_t i = 0; i < t->count; i++)
    if (t->of[i].school == school) t->of[kept++] = t->of[i];
  t->count = kept;
}

static status no_school(int64_t school, problem *p) {
  return problem_set(p, STATUS_NOT_FOUND, "see the schools with: SELECT * FROM schools",
                     "there is no school with the number %lld", (long long)school);
}

status sweep_targets_list(store *s, const sweep_options *o, sweep_targets *out, problem *p) {
  db *d = store_db(s);
  int64_t school = 0;
  out->count = 0;
  status failed = list_all(d, out, p);
  if (!failed && o->school) {
    failed = db_number(d, "SELECT id FROM school WHERE id = ?", o->school, 0, &school, p);
    if (!failed && !school) failed = no_school(o->school, p);
    keep_target(out, school);
  }
  if (!failed && o->enrolment) {
    school = 0;
    failed = db_number(d, "SELECT school FROM enrolment WHERE id = ?", o->enrolment, 0, &school, p);
    keep_target(out, school);
  }
  return failed;
}
