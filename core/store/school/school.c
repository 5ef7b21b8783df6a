/* school: the one place that asks who is enrolled at a school. The statement is put
 * together from the texts below: a condition that was not asked for is not in it. */
#include "store/school/school.h"

#include "base/array.h"
#include "store/people/schools.h"

struct school_reader {
  store *store;
  school_plan plan; /* without its texts */
  statement *members;
};

/* Which schools ---------------------------------------------------------------- */

status school_list(store *st, const pupil_filter *who, school_range **out, size_t *count,
                   problem *p) {
  if (who->as_of < DATE_FIRST || who->as_of > DATE_LAST)
    return problem_set(p, STATUS_RANGE, "give a day like 2026-03-20", "there is no such as-of day");
  db *d = store_db(st);
  statement *rows =
      db_statement(d,
                   "SELECT id, (SELECT min(id) FROM enrolment WHERE school = s.id) AS first,"
                   " (SELECT max(id) FROM enrolment WHERE school = s.id) FROM school s"
                   " WHERE id BETWEEN iif(?2 = 0, ?1, (SELECT school FROM enrolment WHERE id = ?2))"
                   "  AND iif(?2 = 0, ?4, (SELECT school FROM enrolment WHERE id = ?2))"
                   " AND +id BETWEEN ?1 AND ?4"
                   " AND (?3 IS NULL OR id IN (SELECT e.school FROM upns u"
                   "  JOIN enrolment e ON e.pupil = u.pupil WHERE u.upn = upper(?3)))"
                   " AND first IS NOT NULL ORDER BY id",
                   p);
  if (!rows) return STATUS_FAULT;
  db_bind_int(rows, 1,
              who->school ? who->school : INT64_MIN); /* a range, that one school is looked up */
  db_bind_int(rows, 2, who->enrolment);
  db_bind_text(rows, 3, who->upn);
  db_bind_int(rows, 4, who->school ? who->school : INT64_MAX);
  school_range *all = NULL;
  size_t n = 0, room = 0;
  bool row = false;
  status s;
  while (!(s = db_step(rows, &row, p)) && row) {
    if ((s = array_grow(&all, n, &room, sizeof *all, p))) break;
    all[n++] = (school_range){.school = db_column_int(rows, 0),
                              .first = db_column_int(rows, 1),
                              .last = db_column_int(rows, 2)};
  }
  db_reset(rows);
  int64_t known = 1;
  if (!s && n == 0 && who->school)
    s = db_number(d, "SELECT 1 FROM school WHERE id = ?", who->school, 0, &known, p);
  if (!s && !known)
    s = problem_set(p, STATUS_NOT_FOUND, "see the schools with: SELECT * FROM schools",
                    "there is no school with the number %lld", (long long)who->school);
  if (s) {
    mem_free(all);
    return s;
  }
  *out = all;
  *count = n;
  return STATUS_OK;
}

/* Who is wanted ---------------------------------------------------------------- */

static const char in_the_year[] =
    " AND (e.joined IS NULL OR e.joined <= ?6)"
    " AND (e.left IS NULL OR e.left >= ?7)";

enum { COLUMN_ID, COLUMN_BORN, COLUMN_JOINED, COLUMN_LEFT, COLUMN_PUPIL, COLUMN_TEXTS };

/* Columns and tables that are not needed are not looked at: without a column of `pupil`
 * SQLite leaves that table out, and where no other school's enrolments lie between, the
 * school need not be compared. Parameters that the text does not have are passed over:
 * the last is always there. */
status school_reader_new(store *st, const school_plan *plan, school_reader **out, problem *p) {
  const pupil_filter *who = &plan->who;
  school_reader *r = mem_new(1, sizeof *r);
  if (!r) return problem_no_memory(p);
  r->store = st;
  r->plan = *plan;
  r->plan.who.year = r->plan.who.form = r->plan.who.upn = (slice){0};
  buffer sql = {0};
  buffer_printf(&sql, "SELECT e.id, %s, e.joined, e.left", plan->ages ? "p.dob" : "NULL");
  if (plan->texts >= SCHOOL_UPNS) buffer_add_text(&sql, ", e.pupil, p.upn");
  if (plan->texts == SCHOOL_TEXTS) buffer_add_text(&sql, ", p.forename, p.surname, e.year, e.form");
  buffer_add_text(&sql, " FROM enrolment e LEFT JOIN pupil p ON p.id = e.pupil");
  buffer_add_text(&sql, " WHERE e.id BETWEEN ?8 AND ?9");
  buffer_add_text(&sql, plan->apart ? " AND e.school IS NOT NULL" : " AND e.school = ?1");
  if (who->year.length) buffer_add_text(&sql, " AND year_group(e.year) = year_group(?2)");
  if (who->form.length) buffer_add_text(&sql, " AND fold(e.form) = fold(?3)");
  if (who->upn.length)
    buffer_add_text(&sql, " AND p.id = (SELECT pupil FROM upns WHERE upn = upper(?4))");
  if (who->enrolment) buffer_add_text(&sql, " AND e.id = ?5");
  if (who->on_roll)
    buffer_add_text(&sql,
                    " AND (e.joined IS NULL OR e.joined <= ?6)"
                    " AND (e.left IS NULL OR e.left >= ?6)");
  if (!who->everyone) buffer_add_text(&sql, in_the_year);
  buffer_add_text(&sql, " ORDER BY e.id");
  status s = buffer_status(&sql, p);
  if (!s && !(r->members = db_borrow(store_db(st), buffer_slice(&sql), p))) s = STATUS_FAULT;
  buffer_free(&sql);
  if (s) {
    school_reader_free(r);
    return s;
  }
  if (who->year.length) db_bind_text(r->members, 2, who->year);
  if (who->form.length) db_bind_text(r->members, 3, who->form);
  if (who->upn.length) db_bind_text(r->members, 4, who->upn);
  db_bind_int(r->members, 5, who->enrolment);
  db_bind_int(r->members, 6, who->as_of);
  db_bind_int(r->members, 7, date_academic_start(date_academic_year(who->as_of)));
  *out = r;
  return STATUS_OK;
}

void school_reader_free(school_reader *r) {
  if (!r) return;
  db_finalize(r->members);
  mem_free(r);
}

/* Reading ---------------------------------------------------------------------- */

static status read_members(school_reader *r, const school_range *which, school_register *out,
                           problem *p) {
  const school_plan *plan = &r->plan;
  statement *rows = r->members;
  db_reset(rows);
  db_bind_int(rows, 1, which->school);
  db_bind_int(rows, 8, which->first);
  db_bind_int(rows, 9, which->last);
  size_t ids = 0, room = 0;
  bool row = false;
  status s;
  while (!(s = db_step(rows, &row, p)) && row) {
    s = array_grow(&out->ids, out->count, &ids, sizeof *out->ids, p);
    if (!s) s = array_grow(&out->members, out->count, &room, sizeof *out->members, p);
    if (s) break;
    school_member *m = &out->members[out->count];
    *m = (school_member){.joined = DAY_NONE, .left = DAY_NONE, .born = DAY_NONE};
    out->ids[out->count++] = db_column_int(rows, COLUMN_ID);
    if (plan->ages) m->born = db_column_day(rows, COLUMN_BORN);
    if (plan->dates) m->joined = db_column_day(rows, COLUMN_JOINED);
    if (plan->dates) m->left = db_column_day(rows, COLUMN_LEFT);
    if (plan->texts == SCHOOL_NO_TEXTS) continue;
    m->pupil = db_column_int(rows, COLUMN_PUPIL);
    for (int i = 0; i < SCHOOL_TEXTS; i++) {
      m->text[i] = out->texts.length;
      slice text = i < plan->texts ? db_column_text(rows, COLUMN_TEXTS + i) : (slice){"", 0};
      if (text.length) buffer_add(&out->texts, text.at, text.length);
    }
    m->text[SCHOOL_TEXTS] = out->texts.length;
  }
  db_reset(rows);
  return s ? s : buffer_status(&out->texts, p);
}

status school_read(school_reader *r, const school_range *which, school_register *out, problem *p) {
  db *d = store_db(r->store);
  *out = (school_register){.id = which->school, .reached = SESSION_NONE};
  status s = school_reach(d, out->id, r->plan.who.known_at, &out->reached, p);
  if (!s && !r->plan.anonymous) {
    s = read_members(r, which, out, p);
    if (!s && out->count == 0) return s;
  }
  if (!s) s = store_calendar(r->store, out->id, &out->planned, p);
  if (s) return s;
  const calendar *c = &out->planned;
  day first = r->plan.first_day;
  size_t from = first == DAY_NONE ? 0 : calendar_index(c, session_of(first, HALF_AM));
  out->calendar = *c;
  if (from) { /* the planned days, from the first day on */
    size_t n = c->count - from;
    out->weeks = mem_new(n, sizeof *out->weeks);
    if (!out->weeks) return problem_no_memory(p);
    for (size_t i = 0; i < n; i++) out->weeks[i] = c->week[from + i] - c->week[from];
    out->calendar = (calendar){n, c->at + from, out->weeks};
  }
  out->end = calendar_end(&out->calendar, r->plan.who.as_of);
  if (out->reached != SESSION_NONE) out->reach = calendar_index(&out->calendar, out->reached + 1);
  if (!r->plan.marks) return STATUS_OK;
  school_marks_plan marks = {.school = out->id,
                             .calendar = &out->calendar,
                             .end = out->end,
                             .reach = out->reach,
                             .known_at = r->plan.who.known_at,
                             .beside_school = r->plan.beside_school};
  if (r->plan.anonymous) { /* where that can be: else the members after all */
    s = school_marks_read_slots(d, &marks, &out->marks, p);
    if (!s && out->marks) out->count = school_marks_lanes(out->marks).width;
    if (!s && !out->marks) s = read_members(r, which, out, p);
    if (s || out->marks || out->count == 0) return s;
  }
  marks.members = out->ids;
  marks.count = out->count;
  return school_marks_read(d, &marks, &out->marks, p);
}

/* What was read ---------------------------------------------------------------- */

void school_register_close(school_register *r) {
  school_marks_free(r->marks);
  calendar_free(&r->planned);
  mem_free(r->weeks);
  r->marks = NULL;
  r->weeks = NULL;
  r->calendar = (calendar){0};
}

void school_register_free(school_register *r) {
  school_register_close(r);
  mem_free(r->ids);
  mem_free(r->members);
  buffer_free(&r->texts);
  *r = (school_register){0};
}

void school_member_sessions(const school_register *r, const school_member *m, size_t *from,
                            size_t *to) {
  const calendar *c = &r->calendar;
  *from = m->joined == DAY_NONE ? 0 : calendar_index(c, session_of(m->joined, HALF_AM));
  *to = m->left == DAY_NONE ? c->count : calendar_end(c, m->left);
  if (*to < *from) *to = *from;
}

slice school_member_text(const school_register *r, const school_member *m, enum school_text which) {
  return (slice){r->texts.bytes ? r->texts.bytes + m->text[which] : "",
                 m->text[which + 1] - m->text[which]};
}
