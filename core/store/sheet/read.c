/* read: a school's sheets as rows of lanes: slots where one year is asked for, members
 * where there are several. */
#include "store/sheet/read.h"

#include <assert.h>
#include <string.h>

#include "attendance/transpose.h"
#include "store/school/school_figures.h"
#include "store/sheet/rows.h"

enum { NO_SLOT = -1 };

/* Slots of a sheet that lie side by side in the rows too. */
typedef struct run {
  size_t slot, lane, length;
} run;

typedef struct year_marks {
  int year;
  size_t from, to; /* sessions of the calendar */
  int32_t *slots;  /* [members]; NO_SLOT; NULL when nobody has one, and when reading is over */
  run *runs;
  size_t run_count;
} year_marks;

struct school_marks {
  lanes lanes;
  size_t members, known;  /* sessions of which marks may be known */
  mark *block;            /* in which lanes.marks lie, at an aligned address */
  mark *rows;             /* the same, to write */
  uint32_t *lane_of;      /* [members]; NULL: member i has lane i */
  school_session *school; /* [calendar->count]; NULL: not asked for */
  size_t year_count;
  year_marks years[];
};

static void free_years(school_marks *m) {
  for (size_t i = 0; i < m->year_count; i++) {
    mem_free(m->years[i].slots);
    mem_free(m->years[i].runs);
  }
  m->year_count = 0;
}

void school_marks_free(school_marks *m) {
  if (!m) return;
  free_years(m);
  mem_free(m->block);
  mem_free(m->lane_of);
  mem_free(m->school);
  mem_free(m);
}

/* The years ------------------------------------------------------------------ */

static size_t known_sessions(const school_marks_plan *plan) {
  return plan->known_at != INT64_MAX && plan->reach < plan->end ? plan->reach : plan->end;
}

static int year_of(const calendar *c, size_t i) {
  return date_academic_year(session_day(c->at[i]));
}

/* The highest slot of a school in a year, or NO_SLOT. */
static status last_slot(db *d, int64_t school, int year, int32_t *out, problem *p) {
  statement *s =
      db_statement(d, "SELECT max(slot) FROM slot WHERE school = ? AND academic_year = ?", p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, school);
  db_bind_int(s, 2, year);
  bool row = false;
  status failed = db_step(s, &row, p);
  bool any = !failed && row && db_column_type(s, 0) != SQLITE_NULL;
  if (!failed) *out = any ? (int)db_column_int(s, 0) : NO_SLOT;
  db_reset(s);
  return failed;
}

/* The years of the calendar in which anybody has a slot; *high is the highest slot of
 * the last of them. */
static status find_years(db *d, const school_marks_plan *plan, school_marks *m, int32_t *high,
                         problem *p) {
  const calendar *c = plan->calendar;
  status s = STATUS_OK;
  if (m->known == 0) return s;
  for (int year = year_of(c, 0); !s && year <= year_of(c, m->known - 1); year++) {
    int32_t slot = NO_SLOT;
    s = last_slot(d, plan->school, year, &slot, p);
    if (s || slot == NO_SLOT) continue;
    m->years[m->year_count++] =
        (year_marks){.year = year,
                     .from = calendar_index(c, session_of(date_academic_start(year), HALF_AM)),
                     .to = calendar_index(c, session_of(date_academic_start(year + 1), HALF_AM))};
    *high = slot;
  }
  return s;
}

static status begin_marks(db *d, const school_marks_plan *plan, school_marks **out, int32_t *high,
                          problem *p) {
  const calendar *c = plan->calendar;
  size_t known = known_sessions(plan);
  size_t most = known ? (size_t)(year_of(c, known - 1) - year_of(c, 0)) + 1 : 0;
  school_marks *m = mem_new(1, sizeof *m + most * sizeof *m->years);
  if (!m) return problem_no_memory(p);
  m->members = plan->count;
  m->known = known;
  m->lanes = (lanes){.calendar = c, .end = plan->end, .reach = plan->reach};
  if (plan->beside_school) m->school = mem_new(c->count, sizeof *m->school);
  bool lacks = plan->beside_school && !m->school;
  status s = lacks ? problem_no_memory(p) : find_years(d, plan, m, high, p);
  if (s) {
    school_marks_free(m);
    return s;
  }
  *out = m;
  return STATUS_OK;
}

/* Slots ---------------------------------------------------------------------- */

/* The member with an enrolment; tries `from` first, since slots were given in the
 * order of enrolments more often than not. */
static bool find_member(const school_marks_plan *plan, int64_t enrolment, size_t from,
                        size_t *out) {
  size_t low = 0, high = plan->count;
  if (from < high && plan->members[from] == enrolment) low = high = from;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (plan->members[middle] < enrolment)
      low = middle + 1;
    else
      high = middle;
  }
  *out = low;
  return low < plan->count && plan->members[low] == enrolment;
}

static status take_slots(const school_marks_plan *plan, int32_t *slots, statement *s, problem *p) {
  size_t i = 0;
  bool row = false;
  status failed;
  while (!(failed = db_step(s, &row, p)) && row) {
    int32_t slot = (int)db_column_int(s, 1);
    if (slot >= 0 && find_member(plan, db_column_int(s, 0), i, &i)) slots[i++] = slot;
  }
  return failed;
}

static status read_slots(db *d, const school_marks_plan *plan, year_marks *y, problem *p) {
  y->slots = mem_resize(NULL, plan->count, sizeof *y->slots);
  if (!y->slots) return problem_no_memory(p);
  for (size_t i = 0; i < plan->count; i++) y->slots[i] = NO_SLOT;
  statement *s =
      db_statement(d, "SELECT enrolment, slot FROM slot WHERE school = ? AND academic_year = ?", p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, plan->school);
  db_bind_int(s, 2, y->year);
  return take_slots(plan, y->slots, s, p);
}

/* Lanes ---------------------------------------------------------------------- */

static status add_run(year_marks *y, run what, problem *p) {
  if (y->run_count % 16 == 0) {
    run *more = mem_resize(y->runs, y->run_count + 16, sizeof *more);
    if (!more) return problem_no_memory(p);
    y->runs = more;
  }
  y->runs[y->run_count++] = what;
  return STATUS_OK;
}

/* Lanes are the slots of one year, from the lowest that a member has to the
 * highest, and then the members without one. */
static status lanes_of_slots(school_marks *m, year_marks *y, problem *p) {
  int32_t low = INT32_MAX, high = NO_SLOT;
  for (size_t i = 0; i < m->members; i++) {
    if (y->slots[i] == NO_SLOT) continue;
    if (y->slots[i] < low) low = y->slots[i];
    if (y->slots[i] > high) high = y->slots[i];
  }
  size_t width = high == NO_SLOT ? 0 : (size_t)(high - low) + 1;
  m->lane_of = mem_resize(NULL, m->members, sizeof *m->lane_of);
  if (!m->lane_of) return problem_no_memory(p);
  m->lanes.width = width;
  for (size_t i = 0; i < m->members; i++)
    m->lane_of[i] =
        (uint32_t)(y->slots[i] == NO_SLOT ? m->lanes.width++ : (size_t)(y->slots[i] - low));
  return width ? add_run(y, (run){(size_t)low, 0, width}, p) : STATUS_OK;
}

/* Lanes are members: runs of them whose slots ascend together. */
static status lanes_of_members(const school_marks *m, year_marks *y, problem *p) {
  status s = STATUS_OK;
  for (size_t i = 0; !s && i < m->members;) {
    size_t from = i++;
    if (y->slots[from] == NO_SLOT) continue;
    while (i < m->members && y->slots[i] == y->slots[i - 1] + 1) i++;
    s = add_run(y, (run){(size_t)y->slots[from], from, i - from}, p);
  }
  return s;
}

static status make_lanes(school_marks *m, problem *p) {
  status s = STATUS_OK;
  m->lanes.width = m->members;
  if (m->year_count == 1) return lanes_of_slots(m, &m->years[0], p);
  for (size_t i = 0; !s && i < m->year_count; i++) s = lanes_of_members(m, &m->years[i], p);
  return s;
}

/* Rows apart by an odd number of cache lines: else walking down a lane would use few
 * sets of the cache. */
static status make_rows(school_marks *m, problem *p) {
  size_t lines = (m->lanes.width + LANES_ALIGN - 1) / LANES_ALIGN | 1U;
  m->lanes.stride = lines * LANES_ALIGN;
  if (m->lanes.end > (SIZE_MAX - LANES_ALIGN) / m->lanes.stride) return problem_no_memory(p);
  m->block = mem_new(m->lanes.end * m->lanes.stride + LANES_ALIGN, 1);
  if (!m->block) return problem_no_memory(p);
  m->rows = m->block + (LANES_ALIGN - (uintptr_t)m->block % LANES_ALIGN) % LANES_ALIGN;
  m->lanes.marks = m->rows;
  return STATUS_OK;
}

/* Sheets --------------------------------------------------------------------- */

static void take_runs(const year_marks *y, const mark *half, size_t length, mark *row) {
  for (size_t i = 0; i < y->run_count; i++) {
    const run *r = &y->runs[i];
    if (r->slot >= length) continue;
    size_t n = length - r->slot < r->length ? length - r->slot : r->length;
    memcpy(row + r->lane, half + r->slot, n);
  }
}

/* The sheet's half days into their rows; `*at` and `*y` walk along. */
static void take_sheet(school_marks *m, const sheet_row *sheet, size_t *at, const year_marks **y) {
  const calendar *c = m->lanes.calendar;
  for (int half = 0; half < 2; half++) {
    session s = session_of(sheet->on, half);
    while (*at < m->known && c->at[*at] < s) ++*at;
    if (*at == m->known || c->at[*at] != s) continue;
    while (*y < m->years + m->year_count && (*y)->to <= *at) ++*y;
    if (*y == m->years + m->year_count || *at < (*y)->from) continue;
    take_runs(*y, sheet->half[half], sheet->length[half], m->rows + *at * m->lanes.stride);
    if (m->school) school_figures_add(sheet->half[half], sheet->length[half], &m->school[*at]);
  }
}

static status read_sheets(db *d, const school_marks_plan *plan, school_marks *m, problem *p) {
  if (m->year_count == 0) return STATUS_OK;
  statement *rows = sheet_rows_prepare(d, p);
  if (!rows) return STATUS_FAULT;
  day first = date_academic_start(m->years[0].year);
  sheet_rows_of(rows, plan->school, first, session_day(plan->calendar->at[m->known - 1]));
  const year_marks *y = m->years;
  size_t at = 0;
  sheet_row row;
  bool more = false;
  status failed;
  while (!(failed = sheet_rows_next(rows, &row, &more, p)) && more) take_sheet(m, &row, &at, &y);
  db_finalize(rows);
  return failed;
}

/* Amendments ----------------------------------------------------------------- */

static void undo(const school_marks_plan *plan, school_marks *m, int64_t enrolment, session at,
                 mark was) {
  size_t member, i = calendar_index(plan->calendar, at);
  if (i >= m->known || plan->calendar->at[i] != at) return;
  if (!find_member(plan, enrolment, 0, &member)) return;
  m->rows[i * m->lanes.stride + school_marks_lane_of(m, member)] = was;
}

static status undo_later(db *d, const school_marks_plan *plan, school_marks *m, problem *p) {
  statement *s = db_statement(d,
                              "SELECT a.enrolment, a.session, a.was FROM enrolment e"
                              " JOIN amendment a ON a.enrolment = e.id"
                              " WHERE e.school = ? AND a.at > ? ORDER BY a.id DESC",
                              p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, plan->school);
  db_bind_int(s, 2, plan->known_at);
  bool row = false;
  status failed;
  while (!(failed = db_step(s, &row, p)) && row)
    undo(plan, m, db_column_int(s, 0), (int)db_column_int(s, 1), (mark)(int)db_column_int(s, 2));
  return failed;
}

static status finish_school(db *d, const school_marks_plan *plan, school_marks *m, problem *p) {
  status s = STATUS_OK;
  if (plan->known_at != INT64_MAX)
    s = school_figures_undo(d, plan->school, plan->known_at, plan->calendar, m->known, m->school,
                            p);
  return s ? s : school_figures_check(m->school, m->known, p);
}

/* -------------------------------------------------------------------------- */

/* Hand `m` out, or free it after a failure. */
static status finish(school_marks *m, status failed, school_marks **out) {
  if (failed) {
    school_marks_free(m);
    return failed;
  }
  free_years(m);
  *out = m;
  return STATUS_OK;
}

status school_marks_read(db *d, const school_marks_plan *plan, school_marks **out, problem *p) {
  school_marks *m = NULL;
  int32_t high = NO_SLOT;
  status s = begin_marks(d, plan, &m, &high, p);
  if (s) return s;
  assert(m);
  for (size_t i = 0; !s && i < m->year_count; i++) s = read_slots(d, plan, &m->years[i], p);
  if (!s) s = make_lanes(m, p);
  if (!s) s = make_rows(m, p);
  if (!s) s = read_sheets(d, plan, m, p);
  if (!s && plan->known_at != INT64_MAX) s = undo_later(d, plan, m, p);
  if (!s && m->school) s = finish_school(d, plan, m, p);
  return finish(m, s, out);
}

status school_marks_read_slots(db *d, const school_marks_plan *plan, school_marks **out,
                               problem *p) {
  school_marks *m = NULL;
  int32_t high = NO_SLOT;
  assert(plan->known_at == INT64_MAX); /* to undo is to know whose mark it was */
  status s = begin_marks(d, plan, &m, &high, p);
  if (s) return s;
  assert(m);
  if (m->year_count > 1) {
    school_marks_free(m);
    *out = NULL;
    return STATUS_OK;
  }
  m->members = m->lanes.width = (size_t)high + 1;
  if (m->year_count) s = add_run(&m->years[0], (run){0, 0, m->members}, p);
  if (!s) s = make_rows(m, p);
  if (!s) s = read_sheets(d, plan, m, p);
  if (!s && m->school) s = finish_school(d, plan, m, p);
  return finish(m, s, out);
}

/* What was read --------------------------------------------------------------- */

const school_session *school_marks_sessions(const school_marks *m) { return m->school; }

lanes school_marks_lanes(const school_marks *m) { return m->lanes; }

size_t school_marks_lane_of(const school_marks *m, size_t member) {
  return m->lane_of ? m->lane_of[member] : member;
}

void school_marks_copy(const school_marks *m, size_t first, size_t count, mark *to) {
  size_t stride = m->lanes.calendar->count;
  for (size_t i = 0; i < count;) {
    size_t from = i++, lane = school_marks_lane_of(m, first + from);
    while (i < count && school_marks_lane_of(m, first + i) == lane + (i - from)) i++;
    transpose(m->lanes.marks + lane, m->lanes.stride, m->known, i - from, to + from * stride,
              stride);
  }
}
