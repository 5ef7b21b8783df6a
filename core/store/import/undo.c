/* undo: a school's academic year at a time: the places that the import changed, from first_marks
 * and from its amendments, in the order of session and slot. */
#include "store/import/undo.h"

#include <stdlib.h>

#include "base/array.h"
#include "store/sheet/amendments.h"
#include "store/sheet/first_marks.h"
#include "store/sheet/rows.h"

typedef struct place {
  session at;
  uint32_t slot;
  mark was, now; /* `now` is MARK_NONE of a first mark: what it is, the sheet says */
} place;

typedef struct year_places {
  int64_t school;
  int year;
  place *places; /* [count] */
  size_t count, room;
  int64_t *owners; /* [slots]: enrolments; 0: nobody's */
  size_t slots, owner_room;
} year_places;

static int by_place(const void *a, const void *b) {
  const place *x = a, *y = b;
  if (x->at != y->at) return x->at < y->at ? -1 : 1;
  return (x->slot > y->slot) - (x->slot < y->slot);
}

static void free_places(year_places *y) {
  mem_free(y->places);
  mem_free(y->owners);
}

static status add_place(year_places *y, const place *what, problem *p) {
  if (what->slot >= y->slots)
    return problem_set(p, STATUS_CORRUPT, "restore a backup", "a register has a place of nobody");
  status s = array_grow(&y->places, y->count, &y->room, sizeof *y->places, p);
  if (!s) y->places[y->count++] = *what;
  return s;
}

static status read_owners(db *d, year_places *y, problem *p) {
  statement *q = db_statement(d,
                              "SELECT slot, enrolment FROM slot WHERE school = ?"
                              " AND academic_year = ? AND slot BETWEEN 0 AND ? ORDER BY slot",
                              p);
  if (!q) return STATUS_FAULT;
  db_bind_int(q, 1, y->school);
  db_bind_int(q, 2, y->year);
  db_bind_int(q, 3, SHEET_SLOTS - 1);
  bool row = true;
  status s = STATUS_OK;
  while (!s && !(s = db_step(q, &row, p)) && row)
    for (size_t slot = (size_t)db_column_int(q, 0); !s && y->slots <= slot;) {
      s = array_grow(&y->owners, y->slots, &y->owner_room, sizeof *y->owners, p);
      if (s) break;
      y->owners[y->slots] = y->slots == slot ? db_column_int(q, 1) : 0;
      y->slots++;
    }
  db_reset(q);
  return s;
}

/* The amendments of an import, by school and academic year: all of them are looked through, so once
 * for all years. */
static statement *amendments_of(db *d, int64_t import, problem *p) {
  static const char sql[] =
      "SELECT s.school, s.academic_year, a.session, s.slot, a.was, a.now FROM amendment a"
      " CROSS JOIN slot s ON s.enrolment = a.enrolment AND s.academic_year ="
      " strftime('%Y', (a.session >> 1) * 86400, 'unixepoch', '-7 months')"
      " WHERE a.import = ? ORDER BY 1, 2";
  statement *q = db_prepare(d, slice_of(sql), p);
  if (q) db_bind_int(q, 1, import);
  return q;
}

/* `amended` stands on the first amendment that is not of a year before, while there are *more. */
static status read_places(db *d, int64_t import, statement *amended, bool *more, year_places *y,
                          problem *p) {
  day first = date_academic_start(y->year);
  status s = read_owners(d, y, p);
  statement *q = s ? NULL : first_marks_of(d, import, y->school, y->year, p);
  bool row = false;
  if (!s) s = q ? db_step(q, &row, p) : STATUS_FAULT;
  slice bytes = row ? db_column_text(q, 0) : (slice){0};
  first_marks_run run;
  size_t at = 0;
  int64_t end = 0;
  for (bool any = true; !s && !(s = first_marks_next(bytes, &at, &end, &run, &any, p)) && any;)
    for (uint32_t k = 0; k < run.count && !s; k++) {
      place first_mark = {.at = first * 2 + run.half_day, .slot = run.slot + k};
      s = add_place(y, &first_mark, p);
    }
  db_reset(q);
  while (!s && *more) {
    int64_t school = db_column_int(amended, 0), year = db_column_int(amended, 1);
    if (school > y->school || (school == y->school && year > y->year)) break;
    place a = {(session)db_column_int(amended, 2), (uint32_t)db_column_int(amended, 3),
               (mark)db_column_int(amended, 4), (mark)db_column_int(amended, 5)};
    if (school == y->school && year == y->year) s = add_place(y, &a, p);
    if (!s) s = db_step(amended, more, p);
  }
  if (!s && y->count) qsort(y->places, y->count, sizeof *y->places, by_place);
  return s;
}

/* For each school and academic year of which the import brought any session. */
static status each_year(db *d, int64_t import,
                        status (*take)(void *context, const year_places *y, problem *p),
                        void *context, problem *p) {
  static const char sql[] =
      "SELECT school, first_session, last_session FROM coverage WHERE import = ? ORDER BY school";
  statement *q = db_prepare(d, slice_of(sql), p), *amended = q ? amendments_of(d, import, p) : NULL;
  bool row = true, more = false;
  status s = amended ? db_step(amended, &more, p) : STATUS_FAULT;
  if (!s) db_bind_int(q, 1, import);
  while (!s && !(s = db_step(q, &row, p)) && row) {
    int last = date_academic_year(session_day((session)db_column_int(q, 2)));
    year_places y = {.school = db_column_int(q, 0)};
    for (y.year = date_academic_year(session_day((session)db_column_int(q, 1)));
         y.year <= last && !s; y.year++) {
      y.count = y.slots = 0;
      s = read_places(d, import, amended, &more, &y, p);
      if (!s && y.count) s = take(context, &y, p);
    }
    free_places(&y);
  }
  db_finalize(amended);
  db_finalize(q);
  return s;
}

/* By pupil --------------------------------------------------------------------- */

typedef struct counting {
  import_pupil_marks *list; /* [count] */
  size_t count, room;
} counting;

static status count_places(void *context, const year_places *y, problem *p) {
  counting *c = context;
  import_pupil_marks *by_slot = mem_new(y->slots, sizeof *by_slot);
  if (!by_slot) return problem_no_memory(p);
  status s = STATUS_OK;
  for (size_t k = 0; k < y->count; k++)
    ++*(y->places[k].was ? &by_slot[y->places[k].slot].changed : &by_slot[y->places[k].slot].set);
  for (size_t slot = 0; slot < y->slots && !s; slot++) {
    if (by_slot[slot].set + by_slot[slot].changed == 0) continue;
    s = array_grow(&c->list, c->count, &c->room, sizeof *c->list, p);
    if (s) break;
    by_slot[slot].enrolment = y->owners[slot];
    c->list[c->count++] = by_slot[slot];
  }
  mem_free(by_slot);
  return s;
}

status import_marks_read(db *d, int64_t import, import_pupil_marks **out, size_t *count,
                         problem *p) {
  counting c = {0};
  status s = each_year(d, import, count_places, &c, p);
  if (s) {
    mem_free(c.list);
    return s;
  }
  if (c.count) qsort(c.list, c.count, sizeof *c.list, array_by_id);
  size_t n = 0; /* a pupil of two years is one */
  for (size_t k = 0; k < c.count; k++) {
    if (n == 0 || c.list[n - 1].enrolment != c.list[k].enrolment) {
      c.list[n++] = c.list[k];
      continue;
    }
    c.list[n - 1].set += c.list[k].set;
    c.list[n - 1].changed += c.list[k].changed;
  }
  *out = c.list;
  *count = n;
  return STATUS_OK;
}

/* Undoing ---------------------------------------------------------------------- */

typedef struct undoing {
  db *db;
  statement *rows;
  const sheet_source *from;
  size_t set, changed;
  buffer halves[2];
} undoing;

/* A day's places, of which there is one at least; *next is the first of another day. */
static status undo_day(undoing *u, const year_places *y, size_t *next, problem *p) {
  const place *places = y->places;
  day on = session_day(places[*next].at);
  sheet_row row = {.on = on};
  bool found = false;
  sheet_rows_of(u->rows, y->school, on, on);
  status s = sheet_rows_next(u->rows, &row, &found, p);
  for (int half = 0; half < 2; half++) {
    buffer_clear(&u->halves[half]);
    if (!s && found) buffer_add(&u->halves[half], row.half[half], row.length[half]);
    if (!s) s = buffer_status(&u->halves[half], p);
  }
  db_reset(u->rows);
  for (; !s && *next < y->count && session_day(places[*next].at) == on; ++*next) {
    const place *c = &places[*next];
    buffer *marks = &u->halves[session_half(c->at)];
    mark now = c->slot < marks->length ? (mark)marks->bytes[c->slot] : MARK_NONE;
    if (now == MARK_NONE || (c->now && c->now != now))
      return problem_set(p, STATUS_REFUSED, "see it with: waymark sql \"SELECT * FROM amendments\"",
                         "a mark that this import brought was changed since");
    marks->bytes[c->slot] = (char)c->was;
    amendment a = {y->owners[c->slot], c->at, now, c->was};
    s = amendment_add(u->db, &a, u->from->import, u->from->at, u->from->by, p);
    ++*(c->was ? &u->changed : &u->set);
  }
  for (int half = 0; half < 2; half++) {
    buffer *marks = &u->halves[half];
    while (marks->length && marks->bytes[marks->length - 1] == MARK_NONE) marks->length--;
    row.half[half] = (const mark *)marks->bytes;
    row.length[half] = marks->length;
  }
  return s ? s : sheet_rows_put(u->db, y->school, &row, p);
}

static status undo_places(void *context, const year_places *y, problem *p) {
  status s = STATUS_OK;
  for (size_t next = 0; next < y->count && !s;) s = undo_day(context, y, &next, p);
  return s;
}

status import_marks_undo(db *d, int64_t import, const sheet_source *from, size_t *set,
                         size_t *changed, problem *p) {
  undoing u = {.db = d, .from = from, .rows = sheet_rows_prepare(d, p)};
  status s = u.rows ? each_year(d, import, undo_places, &u, p) : STATUS_FAULT;
  *set += u.set;
  *changed += u.changed;
  for (int half = 0; half < 2; half++) buffer_free(&u.halves[half]);
  db_finalize(u.rows);
  return s;
}
