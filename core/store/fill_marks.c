/* fill_marks: see fill_marks.h. */
#include "store/fill_marks.h"

#include <assert.h>
#include <string.h>

#include "store/sheet_rows.h"

enum { TILE = 64, NO_SLOT = -1 };

/* One academic year: a table of sessions by slots, and who has which slot. */
typedef struct year_marks {
  int year;
  size_t from, to; /* sessions of the calendar */
  int32_t low;     /* the slot of the first column */
  size_t width;    /* columns; 0 when nobody here has a slot */
  mark *rows;      /* [to - from][width] */
  int32_t *slots;  /* [members]; NO_SLOT */
} year_marks;

struct fill_marks {
  size_t sessions, members, count;
  year_marks years[];
};

void fill_marks_free(fill_marks *m) {
  if (!m) return;
  for (size_t i = 0; i < m->count; i++) {
    mem_free(m->years[i].rows);
    mem_free(m->years[i].slots);
  }
  mem_free(m);
}

/* The years ------------------------------------------------------------------ */

static size_t known_sessions(const fill_marks_plan *plan) {
  return plan->known_at != INT64_MAX && plan->reach < plan->end ? plan->reach : plan->end;
}

static int year_of(const calendar *c, size_t i) {
  return date_academic_year(session_day(c->at[i]));
}

static status make_years(const fill_marks_plan *plan, fill_marks **out, problem *p) {
  const calendar *c = plan->calendar;
  size_t end = known_sessions(plan);
  int first = end ? year_of(c, 0) : 0;
  size_t count = end ? (size_t)(year_of(c, end - 1) - first) + 1 : 0;
  fill_marks *m = mem_new(1, sizeof *m + count * sizeof *m->years);
  if (!m) return problem_no_memory(p);
  m->sessions = c->count;
  m->members = plan->count;
  m->count = count;
  for (size_t i = 0; i < count; i++) {
    year_marks *y = &m->years[i];
    y->year = first + (int)i;
    y->from = calendar_index(c, session_of(date_academic_start(y->year), HALF_AM));
    y->to = calendar_index(c, session_of(date_academic_start(y->year + 1), HALF_AM));
    if (y->to > end) y->to = end;
  }
  *out = m;
  return STATUS_OK;
}

/* Slots ---------------------------------------------------------------------- */

static bool find_member(const fill_marks_plan *plan, int64_t enrolment, size_t *out) {
  size_t low = 0, high = plan->count;
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

static status take_slots(db *d, const fill_marks_plan *plan, year_marks *y, sqlite3_stmt *s,
                         problem *p) {
  int32_t high = NO_SLOT;
  bool row = false;
  status failed;
  while (!(failed = db_step(d, s, &row, p)) && row) {
    size_t i;
    int32_t slot = sqlite3_column_int(s, 1);
    if (slot < 0 || !find_member(plan, sqlite3_column_int64(s, 0), &i)) continue;
    if (high == NO_SLOT || slot < y->low) y->low = slot;
    if (slot > high) high = slot;
    y->slots[i] = slot;
  }
  if (high != NO_SLOT) y->width = (size_t)(high - y->low) + 1;
  return failed;
}

static status read_slots(db *d, const fill_marks_plan *plan, year_marks *y, problem *p) {
  y->slots = mem_resize(NULL, plan->count, sizeof *y->slots);
  if (!y->slots) return problem_no_memory(p);
  for (size_t i = 0; i < plan->count; i++) y->slots[i] = NO_SLOT;
  sqlite3_stmt *s =
      db_statement(d, "SELECT enrolment, slot FROM slot WHERE school = ? AND academic_year = ?", p);
  if (!s) return STATUS_FAULT;
  (void)sqlite3_bind_int64(s, 1, plan->school);
  (void)sqlite3_bind_int(s, 2, y->year);
  status failed = take_slots(d, plan, y, s, p);
  if (failed) return failed;
  y->rows = mem_new(y->to - y->from, y->width);
  return y->rows ? STATUS_OK : problem_no_memory(p);
}

/* Sheets --------------------------------------------------------------------- */

static void take_half(const fill_marks_plan *plan, year_marks *y, const sheet_row *row, int half) {
  session at = session_of(row->on, half);
  size_t i = calendar_index(plan->calendar, at);
  if (i < y->from || i >= y->to || plan->calendar->at[i] != at) return;
  size_t length = row->length[half], low = (size_t)y->low;
  if (length <= low) return;
  size_t n = length - low < y->width ? length - low : y->width;
  memcpy(y->rows + (i - y->from) * y->width, row->half[half] + low, n);
}

static status read_sheets(db *d, const fill_marks_plan *plan, year_marks *y, problem *p) {
  sqlite3_stmt *rows = sheet_rows_prepare(d, p);
  if (!rows) return STATUS_FAULT;
  sheet_rows_of(rows, plan->school, session_day(plan->calendar->at[y->from]),
                session_day(plan->calendar->at[y->to - 1]));
  sheet_row row;
  bool more = false;
  status failed;
  while (!(failed = sheet_rows_next(d, rows, &row, &more, p)) && more)
    for (int half = 0; half < 2; half++) take_half(plan, y, &row, half);
  (void)sqlite3_finalize(rows);
  return failed;
}

/* Amendments ----------------------------------------------------------------- */

static void undo(const fill_marks_plan *plan, fill_marks *m, int64_t enrolment, session at,
                 mark was) {
  size_t member, i = calendar_index(plan->calendar, at);
  if (!find_member(plan, enrolment, &member)) return;
  if (i == plan->calendar->count || plan->calendar->at[i] != at) return;
  for (size_t k = 0; k < m->count; k++) {
    year_marks *y = &m->years[k];
    if (i < y->from || i >= y->to || y->slots[member] == NO_SLOT) continue;
    y->rows[(i - y->from) * y->width + (size_t)(y->slots[member] - y->low)] = was;
  }
}

static status undo_later(db *d, const fill_marks_plan *plan, fill_marks *m, problem *p) {
  sqlite3_stmt *s = db_statement(d,
                                 "SELECT a.enrolment, a.session, a.was FROM enrolment e"
                                 " JOIN amendment a ON a.enrolment = e.id"
                                 " WHERE e.school = ? AND a.at > ? ORDER BY a.id DESC",
                                 p);
  if (!s) return STATUS_FAULT;
  (void)sqlite3_bind_int64(s, 1, plan->school);
  (void)sqlite3_bind_int64(s, 2, plan->known_at);
  bool row = false;
  status failed;
  while (!(failed = db_step(d, s, &row, p)) && row)
    undo(plan, m, sqlite3_column_int64(s, 0), sqlite3_column_int(s, 1),
         (mark)sqlite3_column_int(s, 2));
  return failed;
}

/* -------------------------------------------------------------------------- */

status fill_marks_read(db *d, const fill_marks_plan *plan, fill_marks **out, problem *p) {
  fill_marks *m = NULL;
  status s = make_years(plan, &m, p);
  if (s) return s;
  assert(m);
  for (size_t i = 0; !s && i < m->count; i++) {
    s = read_slots(d, plan, &m->years[i], p);
    if (!s && m->years[i].width && m->years[i].from < m->years[i].to)
      s = read_sheets(d, plan, &m->years[i], p);
  }
  if (!s && plan->known_at != INT64_MAX) s = undo_later(d, plan, m, p);
  if (s) {
    fill_marks_free(m);
    return s;
  }
  *out = m;
  return STATUS_OK;
}

static void copy_tile(const year_marks *y, size_t tile, size_t first, size_t count, mark *to,
                      size_t stride) {
  size_t n = y->to - tile < TILE ? y->to - tile : TILE;
  const mark *rows = y->rows + (tile - y->from) * y->width;
  for (size_t k = 0; k < count; k++) {
    int32_t slot = y->slots[first + k];
    if (slot == NO_SLOT) continue;
    const mark *column = rows + (slot - y->low);
    mark *marks = to + k * stride + tile;
    for (size_t i = 0; i < n; i++) marks[i] = column[i * y->width];
  }
}

void fill_marks_copy(const fill_marks *m, size_t first, size_t count, mark *to) {
  for (size_t i = 0; i < m->count; i++) {
    const year_marks *y = &m->years[i];
    if (y->width == 0) continue;
    for (size_t tile = y->from; tile < y->to; tile += TILE)
      copy_tile(y, tile, first, count, to, m->sessions);
  }
}
