/* sheet_write: what came of the sheets of an import: counted, and written; see
 * sheet.h. */
#include "store/sheet/sheet_inner.h"
#include "store/sheet/rows.h"

/* Counting ------------------------------------------------------------------- */

static size_t count_set(const sheet *s) {
  size_t n = 0;
  for (uint32_t i = 0; i < 2 * s->room; i++) n += s->now[i] >> 7;
  return n;
}

/* A sheet of which stored marks changed. `by` is 1, or -1 as a size_t. */
static void count_changed(const sheet *s, sheet_totals *totals, size_t by) {
  for (uint32_t i = 0; i < 2 * s->room; i++) {
    mark was = s->was[i], now = s->now[i] & PLACE_MARK;
    if (!(s->now[i] & PLACE_SET)) continue;
    if (was == now) {
      totals->unchanged += by;
    } else if (was == MARK_NONE) {
      totals->added += by;
    } else {
      totals->changed += by;
      totals->pairs[was][now] += by;
    }
  }
}

void sheet_count(const sheet *s, sheet_totals *totals, bool take_away) {
  size_t by = take_away ? SIZE_MAX : 1; /* modulo what a size_t can be */
  totals->sessions += by * ((size_t)s->came[0] + (size_t)s->came[1]);
  if (s->was)
    count_changed(s, totals, by);
  else if (s->fresh)
    totals->added += by * count_set(s);
  else
    totals->unchanged += by * count_set(s);
}

static bool comes_before(const sheet_year *a, const sheet_year *b) {
  return a->roll->school != b->roll->school ? a->roll->school < b->roll->school : a->year < b->year;
}

/* By insertion: schools come in order almost always. */
static void sort_years(sheets *all) {
  sheet_year *sorted = NULL;
  for (sheet_year *y = all->first, *next; y; y = next) {
    next = y->next;
    sheet_year **place = &sorted;
    while (*place && comes_before(*place, y)) place = &(*place)->next;
    y->next = *place;
    *place = y;
  }
  all->first = sorted;
}

const sheet_totals *sheets_count(sheets *all) {
  for (const sheet_year *y = all->first; y; y = y->next)
    for (size_t i = 0; i < SHEET_DAYS; i++)
      if (y->days[i].now) sheet_count(&y->days[i], &all->totals, false);
  return &all->totals;
}

/* Writing -------------------------------------------------------------------- */

static status write_slots(const sheet_year *y, problem *p) {
  status t = STATUS_OK;
  for (uint32_t slot = y->stored_slots; slot < y->slot_count && !t; slot++) {
    statement *s = db_statement(
        y->db, "INSERT INTO slot (school, academic_year, slot, enrolment) VALUES (?, ?, ?, ?)", p);
    if (!s) return STATUS_FAULT;
    db_bind_int(s, 1, y->roll->school);
    db_bind_int(s, 2, y->year);
    db_bind_int(s, 3, slot);
    db_bind_int(s, 4, y->roll->entries[y->owners[slot]].enrolment);
    t = db_run(s, p);
  }
  return t;
}

/* The marks of half a day, side by side. -> how many there are up to the last that
 * is not blank; no more are stored */
static size_t gather(const sheet *s, int half, mark *out) {
  size_t length = 0;
  for (uint32_t slot = 0; slot < s->room; slot++) {
    out[slot] = s->now[sheet_place(slot, half)] & PLACE_MARK;
    if (out[slot]) length = slot + 1;
  }
  return length;
}

static status make_scratch(sheets *all, size_t room, problem *p) {
  if (room <= all->scratch_room) return STATUS_OK;
  mark *scratch = mem_resize(all->scratch, room, 1);
  if (!scratch) return problem_no_memory(p);
  all->scratch = scratch;
  all->scratch_room = room;
  return STATUS_OK;
}

status sheet_write_marks(sheet_year *y, int day_of_year, const sheet *s, problem *p) {
  sheet_row row = {.on = y->first + day_of_year};
  status t = make_scratch(y->all, (size_t)2 * s->room, p);
  if (t) return t;
  for (int half = 0; half < 2; half++) {
    mark *marks = y->all->scratch + (half ? s->room : 0);
    row.half[half] = marks;
    row.length[half] = gather(s, half, marks);
  }
  return sheet_rows_put(y->db, y->roll->school, &row, p);
}

static status write_amendment(const sheet_year *y, const sheet_source *from, uint32_t slot,
                              session at, mark was, mark now, problem *p) {
  statement *s = db_statement(y->db,
                              "INSERT INTO amendment (enrolment, session, was, now, at, import,"
                              " by) VALUES (?, ?, ?, ?, ?, ?, ?)",
                              p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, y->roll->entries[y->owners[slot]].enrolment);
  db_bind_int(s, 2, at);
  db_bind_int(s, 3, was);
  db_bind_int(s, 4, now);
  db_bind_int(s, 5, from->at);
  db_bind_int(s, 6, from->import);
  if (from->by) db_bind_text(s, 7, slice_of(from->by));
  return db_run(s, p);
}

static status amend_half(const sheet_year *y, const sheet_source *from, session at, const sheet *s,
                         problem *p) {
  status t = STATUS_OK;
  for (uint32_t slot = 0; slot < s->room && !t; slot++) {
    uint32_t place = sheet_place(slot, session_half(at));
    mark was = sheet_was(s, place), now = s->now[place] & PLACE_MARK;
    if (was == now || (was == MARK_NONE && at > y->reach)) continue;
    t = write_amendment(y, from, slot, at, was, now, p);
  }
  return t;
}

static status write_amendments(const sheet_year *y, const sheet_source *from, int day_of_year,
                               const sheet *s, problem *p) {
  day on = y->first + day_of_year;
  status t = amend_half(y, from, session_of(on, HALF_AM), s, p);
  return t ? t : amend_half(y, from, session_of(on, HALF_PM), s, p);
}

/* Whether such a sheet can leave amendments: stored marks changed, or blanks were
 * filled that earlier imports had passed. */
static bool may_amend(const sheet_year *y, int day_of_year, bool changed, bool fresh) {
  return changed || (fresh && session_of(y->first + day_of_year, HALF_AM) <= y->reach);
}

static status amend_away(sheet_year *y, const sheet_source *from, int i, problem *p) {
  const sheet *away = &y->days[i];
  sheet s;
  if (!may_amend(y, i, away->away->changed, away->fresh)) return STATUS_OK;
  status t = sheet_bring_back(y, i, &s, p);
  if (t) return t;
  t = write_amendments(y, from, i, &s, p);
  sheet_drop(y, &s);
  return t;
}

static status write_day(sheet_year *y, const sheet_source *from, int i, problem *p) {
  const sheet *s = &y->days[i];
  if (!s->now) return s->away ? amend_away(y, from, i, p) : STATUS_OK;
  status t = s->differs ? sheet_write_marks(y, i, s, p) : STATUS_OK;
  if (!t && may_amend(y, i, s->was != NULL, s->fresh)) t = write_amendments(y, from, i, s, p);
  return t;
}

static status write_year(sheet_year *y, const sheet_source *from, problem *p) {
  status t = write_slots(y, p);
  for (int i = 0; i < SHEET_DAYS && !t; i++) t = write_day(y, from, i, p);
  return t;
}

status sheets_write(sheets *all, const sheet_source *from, problem *p) {
  sort_years(all);
  status t = STATUS_OK;
  for (sheet_year *y = all->first; y && !t; y = y->next) t = write_year(y, from, p);
  return t;
}
