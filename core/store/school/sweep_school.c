/* sweep_school: see sweep_school.h. */
#include "store/school/sweep_school.h"

#include <assert.h>
#include <string.h>

#include "store/people/schools.h"
#include "store/school/fill_members.h"
#include "store/school/sweep_inner.h"

/* Workers and parts ------------------------------------------------------------ */

status sweep_worker_new(store *s, const sweep_plan *plan, sweep_worker **out, problem *p) {
  sweep_worker *w = mem_new(1, sizeof *w);
  if (!w) return problem_no_memory(p);
  w->store = s;
  w->plan = plan;
  *out = w;
  return STATUS_OK;
}

static void leave_school(sweep_worker *w) {
  school_marks_free(w->marks);
  w->marks = NULL;
  calendar_free(&w->calendar);
}

void sweep_worker_free(sweep_worker *w) {
  if (!w) return;
  leave_school(w);
  for (int i = 0; i < 2; i++) db_finalize(w->members[i]);
  sweep_measure_free(w);
  mem_free(w);
}

/* What is not needed once the rows are text, or sums. */
static void drop_rows(sweep_part *part) {
  mem_free(part->members);
  mem_free(part->figures);
  mem_free(part->missing);
  mem_free(part->answers);
  part->members = NULL;
  part->figures = NULL;
  part->missing = NULL;
  part->answers = NULL;
  buffer_free(&part->texts);
}

void sweep_part_free(sweep_part *part) {
  if (!part) return;
  drop_rows(part);
  mem_free(part->ids);
  mem_free(part->ends);
  mem_free(part->sums);
  buffer_free(&part->key);
  buffer_free(&part->rendered);
  mem_free(part);
}

/* Reading ---------------------------------------------------------------------- */

/* Columns of the statement, and which of them are not read unless they are wanted. */
enum { COLUMN_ID, COLUMN_UPN, COLUMN_BORN, COLUMN_JOINED, COLUMN_LEFT, COLUMN_PUPIL, COLUMN_NAMES };

static const char *columns_of(const sweep_plan *plan) {
  if (plan->options.names)
    return "e.id, p.upn, p.dob, e.joined, e.left, e.pupil, p.forename, p.surname, e.year, e.form";
  if (plan->options.totals_only) return "e.id, NULL, p.dob, e.joined, e.left";
  return "e.id, p.upn, p.dob, e.joined, e.left, e.pupil";
}

static status member_rows(sweep_worker *w, const sweep_target *t, statement **out, problem *p) {
  statement **rows = &w->members[t->alone];
  if (!*rows) {
    status s = fill_members_prepare(store_db(w->store), columns_of(w->plan), w->plan->wanted,
                                    t->alone, rows, p);
    if (s) return s;
  }
  fill_members_of(*rows, t->school, t->first, t->last);
  *out = *rows;
  return STATUS_OK;
}

static status make_room(sweep_part *part, size_t room, problem *p) {
  int64_t *ids = mem_resize(part->ids, room, sizeof *ids);
  if (ids) part->ids = ids;
  sweep_member *members = mem_resize(part->members, room, sizeof *members);
  if (members) part->members = members;
  return ids && members ? STATUS_OK : problem_no_memory(p);
}

static void take_text(sweep_part *part, statement *s, int column) {
  slice text = db_column_text(s, column);
  buffer_add(&part->texts, text.at, text.length);
}

static void take_texts(sweep_part *part, statement *s, sweep_member *m, bool names) {
  m->text[TEXT_UPN] = part->texts.length;
  take_text(part, s, COLUMN_UPN);
  for (int i = TEXT_FORENAME; i < SWEEP_TEXTS; i++) {
    m->text[i] = part->texts.length;
    if (names) take_text(part, s, COLUMN_NAMES + i - TEXT_FORENAME);
  }
  m->text[SWEEP_TEXTS] = part->texts.length;
}

static void take_member(sweep_part *part, statement *s, const sweep_plan *plan) {
  sweep_member *m = &part->members[part->count];
  *m = (sweep_member){.joined = DAY_NONE, .left = DAY_NONE, .born = DAY_NONE};
  part->ids[part->count++] = db_column_int(s, COLUMN_ID);
  if (plan->ages) m->born = db_column_day(s, COLUMN_BORN);
  if (plan->dates) m->joined = db_column_day(s, COLUMN_JOINED);
  if (plan->dates) m->left = db_column_day(s, COLUMN_LEFT);
  if (plan->options.totals_only) return;
  take_texts(part, s, m, plan->options.names);
  m->pupil = db_column_int(s, COLUMN_PUPIL);
}

static status read_members(sweep_worker *w, const sweep_target *t, sweep_part *part, problem *p) {
  statement *rows = NULL;
  status s = member_rows(w, t, &rows, p);
  size_t room = 0;
  bool row = false;
  while (!s && !(s = db_step(rows, &row, p)) && row) {
    if (part->count == room) s = make_room(part, room = room ? room * 2 : 512, p);
    if (!s) take_member(part, rows, w->plan);
  }
  db_reset(rows);
  return s ? s : buffer_status(&part->texts, p);
}

/* The last session that imports had brought by then, as an index of the calendar. */
static status read_reach(sweep_worker *w, int64_t school, problem *p) {
  session reach = SESSION_NONE;
  status s = school_reach(store_db(w->store), school, w->plan->options.known_at, &reach, p);
  w->reach = reach == SESSION_NONE ? 0 : calendar_index(&w->calendar, reach + 1);
  return s;
}

static status read_key(sweep_worker *w, sweep_part *part, problem *p) {
  db *d = store_db(w->store);
  statement *s = db_statement(d, "SELECT key FROM school WHERE id = ?", p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, part->school);
  bool row = false;
  status failed = db_step(s, &row, p);
  slice key = !failed && row ? db_column_text(s, 0) : (slice){"", 0};
  buffer_add(&part->key, key.at, key.length);
  db_reset(s);
  return failed ? failed : buffer_status(&part->key, p);
}

static school_marks_plan marks_plan(const sweep_worker *w, const sweep_part *part) {
  return (school_marks_plan){.school = part->school,
                             .calendar = &w->calendar,
                             .end = w->end,
                             .reach = w->reach,
                             .known_at = w->plan->options.known_at,
                             .members = part->ids,
                             .count = part->count,
                             .beside_school = w->plan->school};
}

/* Without asking who they are, where that can be. */
static status read_slots(sweep_worker *w, sweep_part *part, problem *p) {
  school_marks_plan plan = marks_plan(w, part);
  status s = school_marks_read_slots(store_db(w->store), &plan, &w->marks, p);
  if (!s && w->marks) part->count = school_marks_lanes(w->marks).width;
  return s;
}

static status read_school(sweep_worker *w, const sweep_target *t, sweep_part *part, problem *p) {
  status s = read_key(w, part, p);
  if (!s) s = store_calendar(w->store, t->school, &w->calendar, p);
  if (!s) s = read_reach(w, t->school, p);
  if (s) return s;
  w->end = calendar_end(&w->calendar, w->plan->options.as_of);
  if (w->plan->anonymous) s = read_slots(w, part, p);
  if (s || w->marks) return s;
  s = read_members(w, t, part, p);
  if (s || part->count == 0) return s;
  school_marks_plan plan = marks_plan(w, part);
  return school_marks_read(store_db(w->store), &plan, &w->marks, p);
}

/* Measuring -------------------------------------------------------------------- */

static status make_answers(const sweep_worker *w, sweep_part *part, problem *p) {
  if (w->plan->count && part->count > SIZE_MAX / w->plan->count) return problem_no_memory(p);
  part->rules = w->plan->count;
  part->figures = mem_resize(NULL, part->count, sizeof *part->figures);
  part->missing = mem_new(part->count, sizeof *part->missing);
  part->answers = mem_resize(NULL, part->count * part->rules, sizeof *part->answers);
  return part->figures && part->missing && part->answers ? STATUS_OK : problem_no_memory(p);
}

/* Keep only pupils of whom a rule is met now. */
static void keep_met(sweep_part *part) {
  size_t kept = 0, rules = part->rules;
  for (size_t i = 0; i < part->count; i++) {
    bool met = false;
    for (size_t k = 0; k < rules; k++) met = met || part->answers[i * rules + k].met;
    if (!met) continue;
    part->ids[kept] = part->ids[i];
    part->members[kept] = part->members[i];
    part->figures[kept] = part->figures[i];
    part->missing[kept] = part->missing[i];
    if (kept != i)
      memcpy(part->answers + kept * rules, part->answers + i * rules,
             rules * sizeof *part->answers);
    kept++;
  }
  part->count = kept;
}

static status render(const sweep_worker *w, sweep_part *part, problem *p) {
  const sweep_options *o = &w->plan->options;
  part->ends = mem_new(part->count, sizeof *part->ends);
  if (!part->ends) return problem_no_memory(p);
  for (size_t i = 0; i < part->count; i++) {
    sweep_row row;
    sweep_part_row(part, i, &row);
    o->render(o->context, &row, &part->rendered);
    part->ends[i] = part->rendered.length;
  }
  drop_rows(part);
  return buffer_status(&part->rendered, p);
}

static void add_answers(const sweep_part *part, sweep_sums *sums) {
  for (size_t i = 0; i < part->count; i++)
    for (size_t k = 0; k < part->rules; k++) {
      const sweep_answer *a = &part->answers[i * part->rules + k];
      sums[k].met += a->met;
      sums[k].ever += a->first_met != SESSION_NONE;
      sums[k].first_met += a->first_met == SESSION_NONE ? 0 : a->first_met;
      sums[k].count += a->count;
      sums[k].largest += a->largest;
    }
}

static status add_up(const sweep_worker *w, sweep_part *part, problem *p) {
  sweep_totals t = {.pupils = w->plan->anonymous ? 0 : part->count};
  for (size_t i = 0; i < part->count; i++) {
    t.possible += part->figures[i].possible;
    t.attended += part->figures[i].attended;
    t.authorised += part->figures[i].by_class[CLASS_AUTHORISED];
    t.unauthorised += part->figures[i].by_class[CLASS_UNAUTHORISED];
  }
  part->totals = t;
  part->sums = mem_new(part->rules, sizeof *part->sums);
  if (!part->sums) return problem_no_memory(p);
  add_answers(part, part->sums);
  drop_rows(part);
  return STATUS_OK;
}

static status fill_part(sweep_worker *w, const sweep_target *t, sweep_part *part, problem *p) {
  const sweep_options *o = &w->plan->options;
  part->school = t->school;
  status s = read_school(w, t, part, p);
  if (!s) s = make_answers(w, part, p);
  if (!s && w->marks) s = sweep_measure(w, part, p); /* or nobody is asked for */
  if (!s && o->met) keep_met(part);
  if (!s && o->render) s = render(w, part, p);
  if (!s && o->totals_only) s = add_up(w, part, p);
  return s;
}

status sweep_worker_measure(sweep_worker *w, const sweep_target *t, sweep_part **out, problem *p) {
  sweep_part *part = mem_new(1, sizeof *part);
  if (!part) return problem_no_memory(p);
  status s = fill_part(w, t, part, p);
  leave_school(w);
  if (s) {
    sweep_part_free(part);
    return s;
  }
  *out = part;
  return STATUS_OK;
}

/* What came of it -------------------------------------------------------------- */

size_t sweep_part_count(const sweep_part *part) { return part->count; }

int64_t sweep_part_enrolment(const sweep_part *part, size_t i) { return part->ids[i]; }

static slice text_of(const sweep_part *part, const sweep_member *m, int which) {
  return (slice){part->texts.bytes ? part->texts.bytes + m->text[which] : "",
                 m->text[which + 1] - m->text[which]};
}

void sweep_part_row(const sweep_part *part, size_t i, sweep_row *out) {
  const sweep_member *m = &part->members[i];
  *out = (sweep_row){.school = part->school,
                     .enrolment = part->ids[i],
                     .pupil = m->pupil,
                     .school_key = {part->key.bytes, part->key.length},
                     .upn = text_of(part, m, TEXT_UPN),
                     .forename = text_of(part, m, TEXT_FORENAME),
                     .surname = text_of(part, m, TEXT_SURNAME),
                     .year = text_of(part, m, TEXT_YEAR),
                     .form = text_of(part, m, TEXT_FORM),
                     .figures = part->figures[i],
                     .missing = part->missing[i],
                     .answers = part->answers + i * part->rules};
}

slice sweep_part_text(const sweep_part *part, size_t from, size_t to) {
  size_t begin = from ? part->ends[from - 1] : 0, end = to ? part->ends[to - 1] : 0;
  return (slice){end ? part->rendered.bytes + begin : "", end - begin};
}

void sweep_part_sum(const sweep_part *part, sweep_totals *totals, sweep_sums *answers) {
  totals->pupils += part->totals.pupils;
  totals->possible += part->totals.possible;
  totals->attended += part->totals.attended;
  totals->authorised += part->totals.authorised;
  totals->unauthorised += part->totals.unauthorised;
  for (size_t k = 0; k < part->rules; k++) {
    answers[k].met += part->sums[k].met;
    answers[k].ever += part->sums[k].ever;
    answers[k].count += part->sums[k].count;
    answers[k].largest += part->sums[k].largest;
    answers[k].first_met += part->sums[k].first_met;
  }
}
