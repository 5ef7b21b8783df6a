/* read: a school's sheets, copied half day by half day into rows of lanes.
 *
 * 1. Rows begin at addresses that are multiples of LANES_ALIGN; rows of sessions that
 *    are not known, and lanes of nobody, are blank.
 * 2. Slots that lie side by side as lanes do are copied as one run. Runs belong to an
 *    academic year, as slots do. */
#include "store/sheet/read.h"

#include <assert.h>
#include <string.h>

#include "attendance/transpose.h"
#include "base/array.h"
#include "store/sheet/amendments.h"
#include "store/sheet/on_roll.h"
#include "store/sheet/rows.h"

enum { NO_SLOT = -1 };

typedef struct run {
  size_t slot, lane, length;
} run;

typedef struct year_marks {
  int year;
  size_t from, to; /* sessions of the calendar */
  int32_t *slots;  /* [members]: by member, NO_SLOT; NULL when nobody asked, or when all is read */
  run *runs;
  size_t run_count, run_room;
  on_roll on_roll;
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
    on_roll_free(&m->years[i].on_roll);
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

/* Slots ---------------------------------------------------------------------- */

static int year_of(const calendar *c, size_t i) {
  return date_academic_year(session_day(c->at[i]));
}

/* Empty rows, and the years of the calendar in which anybody has a slot; *high is the
 * highest slot of the last of them. */
static status begin(db *d, const school_marks_plan *plan, school_marks **out, int64_t *high,
                    problem *p) {
  const calendar *c = plan->calendar;
  size_t known = plan->end;
  if (plan->known_at != INT64_MAX && plan->reach < known) known = plan->reach;
  size_t most = known ? (size_t)(year_of(c, known - 1) - year_of(c, 0)) + 1 : 0;
  school_marks *m = mem_new(1, sizeof *m + most * sizeof *m->years);
  if (!m) return problem_no_memory(p);
  m->members = plan->count;
  m->known = known;
  m->lanes = (lanes){.calendar = c, .end = plan->end, .reach = plan->reach};
  status s = STATUS_OK;
  if (plan->beside_school && !(m->school = mem_new(c->count, sizeof *m->school)))
    s = problem_no_memory(p);
  for (int year = most ? year_of(c, 0) : 0, last = year + (int)most; !s && year < last; year++) {
    int64_t slot = NO_SLOT;
    statement *q =
        db_statement(d, "SELECT max(slot) FROM slot WHERE school = ? AND academic_year = ?", p);
    if (!q) {
      s = STATUS_FAULT;
      break;
    }
    db_bind_int(q, 1, plan->school);
    db_bind_int(q, 2, year);
    bool row = false;
    s = db_step(q, &row, p);
    if (!s && row && db_column_type(q, 0) != SQLITE_NULL) slot = db_column_int(q, 0);
    db_reset(q);
    if (!s && slot >= SHEET_SLOTS)
      s = problem_set(p, STATUS_CORRUPT, "restore a backup", "a register has a place of nobody");
    if (s || slot < 0) continue;
    m->years[m->year_count++] =
        (year_marks){.year = year,
                     .from = calendar_index(c, session_of(date_academic_start(year), HALF_AM)),
                     .to = calendar_index(c, session_of(date_academic_start(year + 1), HALF_AM))};
    *high = slot;
  }
  if (s) {
    school_marks_free(m);
    return s;
  }
  *out = m;
  return STATUS_OK;
}

static bool find_member(const school_marks_plan *plan, int64_t enrolment, size_t *out) {
  *out = array_id_bound(plan->members, plan->count, sizeof *plan->members, enrolment);
  return *out < plan->count && plan->members[*out] == enrolment;
}

/* The slots of the members in a year. */
static status read_slots(db *d, const school_marks_plan *plan, year_marks *y, problem *p) {
  y->slots = mem_resize(NULL, plan->count, sizeof *y->slots);
  if (!y->slots) return problem_no_memory(p);
  for (size_t i = 0; i < plan->count; i++) y->slots[i] = NO_SLOT;
  statement *rows =
      db_statement(d, "SELECT enrolment, slot FROM slot WHERE school = ? AND academic_year = ?", p);
  if (!rows) return STATUS_FAULT;
  db_bind_int(rows, 1, plan->school);
  db_bind_int(rows, 2, y->year);
  size_t next = 0; /* slots were given in the order of enrolments more often than not */
  bool more = false;
  status s;
  while (!(s = db_step(rows, &more, p)) && more) {
    int64_t enrolment = db_column_int(rows, 0), slot = db_column_int(rows, 1);
    bool found = next < plan->count && plan->members[next] == enrolment;
    if (slot < 0) continue;
    if (found || find_member(plan, enrolment, &next)) y->slots[next++] = (int32_t)slot;
  }
  return s;
}

/* Lanes ---------------------------------------------------------------------- */

static status add_run(year_marks *y, run what, problem *p) {
  status s = array_grow(&y->runs, y->run_count, &y->run_room, sizeof *y->runs, p);
  if (!s) y->runs[y->run_count++] = what;
  return s;
}

/* With one year lanes are its slots, from the lowest that a member has to the highest,
 * and then the members without one. With several, lanes are members: in each year runs
 * of them whose slots ascend together. */
static status lay_out(school_marks *m, problem *p) {
  status s = STATUS_OK;
  m->lanes.width = m->members;
  if (m->year_count == 1) {
    year_marks *y = &m->years[0];
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
  for (year_marks *y = m->years; y < m->years + m->year_count; y++)
    for (size_t i = 0; !s && i < m->members;) {
      size_t from = i++;
      if (y->slots[from] == NO_SLOT) continue;
      while (i < m->members && y->slots[i] == y->slots[i - 1] + 1) i++;
      s = add_run(y, (run){(size_t)y->slots[from], from, i - from}, p);
    }
  return s;
}

/* Sheets --------------------------------------------------------------------- */

/* A half day into its row, and into the sums of the school. What no run reaches is blank. */
static void take_half(school_marks *m, const year_marks *y, const mark *half, size_t length,
                      size_t at) {
  mark *row = m->rows + at * m->lanes.stride;
  size_t lane = 0;
  for (const run *r = y->runs; r < y->runs + y->run_count; r++) {
    if (r->slot >= length) continue;
    size_t n = length - r->slot < r->length ? length - r->slot : r->length;
    memset(row + lane, MARK_NONE, r->lane - lane);
    memcpy(row + r->lane, half + r->slot, n);
    lane = r->lane + n;
  }
  memset(row + lane, MARK_NONE, m->lanes.stride - lane);
  if (!m->school) return;
  tally t;
  kernel_tally(&(span){.marks = half}, 0, length, &t);
  m->school[at].possible += t.possible;
  m->school[at].authorised += t.by_class[CLASS_AUTHORISED];
  m->school[at].unauthorised += t.by_class[CLASS_UNAUTHORISED];
}

static status read_sheets(db *d, const school_marks_plan *plan, school_marks *m, problem *p) {
  const calendar *c = plan->calendar;
  /* rows apart by an odd number of cache lines: else walking down a lane would use few
   * sets of the cache */
  size_t lines = (m->lanes.width + LANES_ALIGN - 1) / LANES_ALIGN | 1U;
  m->lanes.stride = lines * LANES_ALIGN;
  if (m->lanes.end > (SIZE_MAX - LANES_ALIGN) / m->lanes.stride) return problem_no_memory(p);
  m->block = mem_resize(NULL, m->lanes.end * m->lanes.stride + LANES_ALIGN, 1);
  if (!m->block) return problem_no_memory(p);
  m->rows = m->block + (LANES_ALIGN - (uintptr_t)m->block % LANES_ALIGN) % LANES_ALIGN;
  m->lanes.marks = m->rows;
  if (m->year_count == 0) {
    memset(m->rows, MARK_NONE, m->lanes.end * m->lanes.stride);
    return STATUS_OK;
  }
  for (year_marks *y = m->years; y < m->years + m->year_count; y++) {
    size_t to = y->to < m->known ? y->to : m->known;
    status s = y->from >= to ? STATUS_OK
                             : on_roll_read(d, plan->school, y->year, session_day(c->at[y->from]),
                                            session_day(c->at[to - 1]), &y->on_roll, p);
    if (s) return s;
  }
  statement *rows = sheet_rows_prepare(d, p);
  if (!rows) return STATUS_FAULT;
  sheet_rows_of(rows, plan->school, date_academic_start(m->years[0].year),
                session_day(c->at[m->known - 1]));
  year_marks *y = m->years, *end = m->years + m->year_count;
  size_t at = 0, blank = 0; /* sheets, sessions and years ascend together; what is not filled yet */
  sheet_row row;
  bool more = false;
  status s = STATUS_OK;
  while (!s && !(s = sheet_rows_next(rows, &row, &more, p)) && more)
    for (int half = 0; half < 2 && !s; half++) {
      session on = session_of(row.on, half);
      while (at < m->known && c->at[at] < on) at++;
      if (at == m->known || c->at[at] != on) continue;
      while (y < end && y->to <= at) y++;
      if (y == end || at < y->from) continue;
      s = on_roll_marks(&y->on_roll, row.on, &row.half[half], row.length[half], p);
      if (s) break;
      memset(m->rows + blank * m->lanes.stride, MARK_NONE, (at - blank) * m->lanes.stride);
      take_half(m, y, row.half[half], row.length[half], at);
      blank = at + 1;
    }
  memset(m->rows + blank * m->lanes.stride, MARK_NONE, (m->lanes.end - blank) * m->lanes.stride);
  db_finalize(rows);
  return s;
}

/* What the school's sums lose or win by a mark; unsigned numbers wrap, and come out right. */
static void move(school_session *to, mark m, uint32_t by) {
  enum mark_class c = mark_class_of(m);
  if (class_is_possible(c)) to->possible += by;
  if (c == CLASS_AUTHORISED) to->authorised += by;
  if (c == CLASS_UNAUTHORISED) to->unauthorised += by;
}

/* Marks as they were before the amendments that were learnt later. The last amendment of
 * a mark says what the sheet says (`waymark check` sees to it), so the sums come out
 * right too. */
static status undo_later(db *d, const school_marks_plan *plan, school_marks *m, problem *p) {
  statement *rows = amendments_after(d, plan->school, plan->known_at, p);
  if (!rows) return STATUS_FAULT;
  amendment a;
  bool more = false;
  status s;
  while (!(s = amendments_next(rows, &a, &more, p)) && more) {
    size_t member, i = calendar_index(plan->calendar, a.at);
    if (i >= m->known || plan->calendar->at[i] != a.at) continue;
    if (find_member(plan, a.enrolment, &member))
      m->rows[i * m->lanes.stride + school_marks_lane_of(m, member)] = a.was;
    if (!m->school) continue;
    move(&m->school[i], a.was, 1);
    move(&m->school[i], a.now, UINT32_MAX);
  }
  return s;
}

static status check_size(const school_marks *m, problem *p) {
  uint64_t possible = 0;
  for (size_t i = 0; m->school && i < m->known; i++) possible += m->school[i].possible;
  if (possible <= SCHOOL_MARKS) return STATUS_OK;
  return problem_set(p, STATUS_RANGE, "shorten the calendar", "a school with %llu marks",
                     (unsigned long long)possible);
}

status school_marks_read(db *d, const school_marks_plan *plan, school_marks **out, problem *p) {
  school_marks *m = NULL;
  int64_t high;
  status s = begin(d, plan, &m, &high, p);
  if (s) return s;
  assert(m);
  for (size_t i = 0; !s && i < m->year_count; i++) s = read_slots(d, plan, &m->years[i], p);
  if (!s) s = lay_out(m, p);
  if (!s) s = read_sheets(d, plan, m, p);
  if (!s && plan->known_at != INT64_MAX) s = undo_later(d, plan, m, p);
  if (!s) s = check_size(m, p);
  if (s) {
    school_marks_free(m);
    return s;
  }
  free_years(m);
  *out = m;
  return STATUS_OK;
}

status school_marks_read_slots(db *d, const school_marks_plan *plan, school_marks **out,
                               problem *p) {
  school_marks *m = NULL;
  int64_t high = NO_SLOT;
  assert(plan->known_at == INT64_MAX); /* to undo is to know whose mark it was */
  status s = begin(d, plan, &m, &high, p);
  if (s) return s;
  assert(m);
  if (m->year_count <= 1) {
    m->members = m->lanes.width = (size_t)(high + 1);
    if (m->year_count) s = add_run(&m->years[0], (run){0, 0, m->members}, p);
    if (!s) s = read_sheets(d, plan, m, p);
    if (!s) s = check_size(m, p);
    if (!s) {
      free_years(m);
      *out = m;
      return STATUS_OK;
    }
  } else {
    *out = NULL;
  }
  school_marks_free(m);
  return s;
}

/* What was read -------------------------------------------------------------- */

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
