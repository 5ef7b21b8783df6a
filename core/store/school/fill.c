/* fill: see fill.h. */
#include "store/school/fill.h"

#include <stdio.h>

#include "store/people/schools.h"
#include "store/school/fill_members.h"
#include "store/sheet/read.h"

typedef struct member {
  int64_t id;
  day joined, left, born;
  bool has_case; /* entries of the pupil's case, on any day */
} member;

/* The school that is being handed out. */
typedef struct school_fill {
  int64_t id;
  calendar planned;  /* owned */
  calendar calendar; /* lent: `planned`, or its end with `weeks` */
  int32_t *weeks;    /* owned; NULL when nothing is cut */
  size_t end, reach;
  member *members;
  size_t count, next;
  school_marks *marks; /* NULL without registers */
  buffer json;
} school_fill;

struct fill {
  store *store;
  fill_options options; /* its texts are bound, not kept */
  statement *snapshot;  /* stands on its first row: everything is read as it was then */
  statement *member_rows;
  statement *fields; /* NULL: records have an id only */
  int64_t *schools;
  size_t school_count, school_next;
  bool sparse; /* only cases are asked for, of many pupils: most have none */
  bool in_school;
  school_fill school;
};

static void leave_school(fill *f) {
  school_fill *c = &f->school;
  calendar_free(&c->planned);
  mem_free(c->weeks);
  mem_free(c->members);
  school_marks_free(c->marks);
  buffer_free(&c->json);
  *c = (school_fill){0};
  f->in_school = false;
}

void fill_free(fill *f) {
  if (!f) return;
  leave_school(f);
  db_finalize(f->snapshot);
  db_finalize(f->member_rows);
  db_finalize(f->fields);
  mem_free(f->schools);
  mem_free(f);
}

/* Beginning ------------------------------------------------------------------ */

static status prepare_members(fill *f, const fill_options *o, problem *p) {
  members_wanted what = {.as_of = o->as_of,
                         .known_at = o->known_at,
                         .year = o->year,
                         .form = o->form,
                         .upn = o->upn,
                         .enrolment = o->enrolment,
                         .everyone = o->everyone,
                         .on_roll = o->on_roll};
  return fill_members_prepare(store_db(f->store), "e.id, e.joined, e.left, p.dob", &what, false,
                              &f->member_rows, p);
}

static status add_school(fill *f, int64_t id, problem *p) {
  int64_t *more = mem_resize(f->schools, f->school_count + 1, sizeof *more);
  if (!more) return problem_no_memory(p);
  f->schools = more;
  f->schools[f->school_count++] = id;
  return STATUS_OK;
}

static status list_schools(fill *f, const fill_options *o, problem *p) {
  db *d = store_db(f->store);
  statement *s =
      db_statement(d,
                   "SELECT id FROM school WHERE (?1 = 0 OR id = ?1)"
                   " AND (?2 = 0 OR id = (SELECT school FROM enrolment WHERE id = ?2))"
                   " AND (?3 IS NULL OR id IN (SELECT e.school FROM pupil p"
                   "  JOIN enrolment e ON e.pupil = p.id WHERE p.upn = upper(?3))) ORDER BY id",
                   p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, o->school);
  db_bind_int(s, 2, o->enrolment);
  db_bind_text(s, 3, o->upn);
  bool row = false;
  status failed;
  while (!(failed = db_step(s, &row, p)) && row) {
    failed = add_school(f, db_column_int(s, 0), p);
    if (failed) break;
  }
  db_reset(s);
  return failed;
}

static status check_options(store *s, const fill_options *o, problem *p) {
  if (o->as_of < DATE_FIRST || o->as_of > DATE_LAST)
    return problem_set(p, STATUS_RANGE, "give a day like 2026-03-20", "there is no such as-of day");
  if (o->school == 0) return STATUS_OK;
  bool row = false;
  statement *found = db_statement(store_db(s), "SELECT 1 FROM school WHERE id = ?", p);
  if (!found) return STATUS_FAULT;
  db_bind_int(found, 1, o->school);
  status failed = db_step(found, &row, p);
  db_reset(found);
  if (failed || row) return failed;
  return problem_set(p, STATUS_NOT_FOUND, "see the schools with: SELECT * FROM schools",
                     "there is no school with the number %lld", (long long)o->school);
}

status fill_begin(store *s, const fill_options *options, fill **out, problem *p) {
  status failed = check_options(s, options, p);
  if (failed) return failed;
  fill *f = mem_new(1, sizeof *f);
  if (!f) return problem_no_memory(p);
  f->store = s;
  f->options = *options;
  f->options.year = f->options.form = f->options.upn = (slice){0};
  f->sparse = (options->fields & ~(uint32_t)FILL_REGISTERS) == FILL_CASES &&
              options->enrolment == 0 && options->upn.length == 0;
  failed = db_snapshot(store_db(f->store), &f->snapshot, p);
  if (!failed) failed = prepare_members(f, options, p);
  if (!failed && options->fields & ~(uint32_t)FILL_REGISTERS)
    failed = fill_fields_statement(store_db(s), options->fields,
                                   options->diary == DAY_NONE ? options->as_of : options->diary,
                                   options->known_at, &f->fields, p);
  if (!failed) failed = list_schools(f, options, p);
  if (failed) {
    fill_free(f);
    return failed;
  }
  *out = f;
  return STATUS_OK;
}

/* One school ----------------------------------------------------------------- */

static status take_member(school_fill *c, size_t *room, statement *s, problem *p) {
  if (c->count == *room) {
    size_t grown = *room ? *room * 2 : BATCH_PUPILS;
    member *more = mem_resize(c->members, grown, sizeof *more);
    if (!more) return problem_no_memory(p);
    c->members = more;
    *room = grown;
  }
  c->members[c->count++] = (member){.id = db_column_int(s, 0),
                                    .joined = db_column_day(s, 1),
                                    .left = db_column_day(s, 2),
                                    .born = db_column_day(s, 3)};
  return STATUS_OK;
}

static status read_members(fill *f, problem *p) {
  fill_members_of(f->member_rows, f->school.id, 0, INT64_MAX);
  bool row = false;
  size_t room = 0;
  status s;
  while (!(s = db_step(f->member_rows, &row, p)) && row) {
    s = take_member(&f->school, &room, f->member_rows, p);
    if (s) break;
  }
  db_reset(f->member_rows);
  return s;
}

/* Mark the members whose pupil has entries, so that only theirs are looked for. */
static status note_cases(fill *f, problem *p) {
  static const char sql[] =
      "SELECT e.id FROM enrolment e WHERE e.school = ? AND EXISTS (SELECT 1 FROM entry) AND"
      " EXISTS (SELECT 1 FROM event v CROSS JOIN entry n ON n.event = v.id"
      "  WHERE v.pupil = e.pupil) ORDER BY e.id";
  db *d = store_db(f->store);
  statement *s = db_statement(d, sql, p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, f->school.id);
  bool row = false;
  size_t i = 0;
  status failed;
  while (!(failed = db_step(s, &row, p)) && row) {
    int64_t id = db_column_int(s, 0);
    while (i < f->school.count && f->school.members[i].id < id) i++;
    if (i < f->school.count && f->school.members[i].id == id) f->school.members[i].has_case = true;
  }
  return failed;
}

/* The calendar from `first_day` on, its weeks numbered from 0. */
static status cut_calendar(const fill_options *o, school_fill *c, problem *p) {
  c->calendar = c->planned;
  size_t from =
      o->first_day == DAY_NONE ? 0 : calendar_index(&c->planned, session_of(o->first_day, HALF_AM));
  if (from == 0) return STATUS_OK;
  size_t n = c->planned.count - from;
  c->weeks = mem_new(n, sizeof *c->weeks);
  if (!c->weeks) return problem_no_memory(p);
  for (size_t i = 0; i < n; i++) c->weeks[i] = c->planned.week[from + i] - c->planned.week[from];
  c->calendar = (calendar){n, c->planned.at + from, c->weeks};
  return STATUS_OK;
}

static status write_school(fill *f, session reach, problem *p) {
  static const char sql[] =
      "SELECT CASE WHEN ?2 IS NULL"
      " THEN json_object('id', id, 'key', key, 'name', name, 'phase', phase, 'la', la)"
      " ELSE json_object('id', id, 'key', key, 'name', name, 'phase', phase, 'la', la,"
      "  'reach', ?2, 'reach_session', ?3) END FROM school WHERE id = ?1";
  db *d = store_db(f->store);
  statement *s = db_statement(d, sql, p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, f->school.id);
  if (reach != SESSION_NONE) {
    char date[DATE_TEXT];
    date_format(session_day(reach), date);
    db_bind_text(s, 2, slice_of(date));
    db_bind_text(s, 3, slice_of(session_half_name(reach)));
  }
  bool row = false;
  status failed = db_step(s, &row, p);
  if (!failed) {
    slice json = db_column_text(s, 0);
    buffer_add(&f->school.json, json.at, json.length);
    failed = buffer_status(&f->school.json, p);
  }
  db_reset(s);
  return failed;
}

static status read_marks(fill *f, problem *p) {
  school_fill *c = &f->school;
  int64_t *ids = mem_resize(NULL, c->count, sizeof *ids);
  if (!ids) return problem_no_memory(p);
  for (size_t i = 0; i < c->count; i++) ids[i] = c->members[i].id;
  school_marks_plan plan = {.school = c->id,
                            .calendar = &c->calendar,
                            .end = c->end,
                            .reach = c->reach,
                            .known_at = f->options.known_at,
                            .members = ids,
                            .count = c->count,
                            .beside_school = true};
  status s = school_marks_read(store_db(f->store), &plan, &c->marks, p);
  mem_free(ids);
  return s;
}

static status enter_school(fill *f, int64_t id, problem *p) {
  school_fill *c = &f->school;
  session reach = SESSION_NONE;
  f->in_school = true;
  c->id = id;
  status s = read_members(f, p);
  if (s || c->count == 0) return s;
  if (f->sparse) s = note_cases(f, p);
  if (!s) s = store_calendar(f->store, id, &c->planned, p);
  if (!s) s = cut_calendar(&f->options, c, p);
  if (!s) s = school_reach(store_db(f->store), c->id, f->options.known_at, &reach, p);
  if (!s) s = write_school(f, reach, p);
  if (s) return s;
  c->end = calendar_end(&c->calendar, f->options.as_of);
  c->reach = reach == SESSION_NONE ? 0 : calendar_index(&c->calendar, reach + 1);
  return f->options.fields & FILL_REGISTERS ? read_marks(f, p) : STATUS_OK;
}

/* Batches -------------------------------------------------------------------- */

static batch_record record_of(const fill *f, const member *m) {
  const calendar *c = &f->school.calendar;
  batch_record r = {.id = (uint32_t)m->id, .to = (uint32_t)c->count, .born = DAY_NONE};
  if (m->joined != DAY_NONE) r.from = (uint32_t)calendar_index(c, session_of(m->joined, HALF_AM));
  if (m->left != DAY_NONE) r.to = (uint32_t)calendar_end(c, m->left);
  if (r.to < r.from) r.to = r.from;
  if (f->options.fields & FILL_REGISTERS) r.born = m->born;
  return r;
}

static status add_record(fill *f, buffer *block, size_t i, const member *m, problem *p) {
  batch_record r = record_of(f, m);
  if (m->id > UINT32_MAX)
    return problem_set(p, STATUS_RANGE, NULL, "there are too many enrolments");
  uint32_t wanted = f->options.fields & ~(uint32_t)FILL_REGISTERS;
  if (wanted == 0 || (f->sparse && !m->has_case)) {
    char known[48];
    (void)snprintf(known, sizeof known, wanted ? "{\"id\":%lld,\"case\":[]}" : "{\"id\":%lld}",
                   (long long)m->id);
    batch_record_set(block, i, &r, slice_of(known));
    return STATUS_OK;
  }
  db_bind_int(f->fields, 1, m->id);
  bool row = false;
  status s = db_step(f->fields, &row, p);
  if (!s) batch_record_set(block, i, &r, row ? db_column_text(f->fields, 0) : slice_of("{}"));
  db_reset(f->fields);
  return s;
}

static status make_batch(fill *f, buffer *block, problem *p) {
  school_fill *c = &f->school;
  size_t n = c->count - c->next < BATCH_PUPILS ? c->count - c->next : BATCH_PUPILS;
  batch_shape shape = {.calendar = &c->calendar,
                       .as_of = f->options.as_of,
                       .end = c->end,
                       .reach = c->reach,
                       .pupils = n,
                       .school = {c->json.bytes, c->json.length},
                       .beside_school = c->marks ? school_marks_sessions(c->marks) : NULL};
  status s = batch_begin(block, &shape, p);
  if (!s && c->marks) school_marks_copy(c->marks, c->next, n, batch_marks(block, 0));
  for (size_t i = 0; i < n && !s; i++) s = add_record(f, block, i, &c->members[c->next + i], p);
  if (!s) s = batch_end(block, p);
  c->next += n;
  return s;
}

status fill_next(fill *f, buffer *block, bool *more, problem *p) {
  buffer_clear(block);
  while (!f->in_school || f->school.next == f->school.count) {
    leave_school(f);
    if (f->school_next == f->school_count) {
      db_reset(f->snapshot);
      *more = false;
      return STATUS_OK;
    }
    status s = enter_school(f, f->schools[f->school_next++], p);
    if (s) return s;
  }
  status s = make_batch(f, block, p);
  if (!s) *more = true;
  return s;
}
