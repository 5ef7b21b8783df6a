/* sheet: see sheet.h. Counting and writing are in sheet_write.c. */
#include "store/sheet/sheet.h"

#include <assert.h>
#include <string.h>

#include "store/sheet/sheet_inner.h"
#include "store/sheet/rows.h"

enum { ROOM = 64 }; /* sheets grow by whole lines of the processor, and words of bits */

/* Years ---------------------------------------------------------------------- */

status sheets_new(db *d, size_t most, sheets **out, problem *p) {
  sheets *all = mem_new(1, sizeof *all);
  if (!all) return problem_no_memory(p);
  all->db = d;
  all->most = most;
  all->totals.pairs = mem_new(MARK_VALUES, sizeof *all->totals.pairs);
  status t = all->totals.pairs ? STATUS_OK : problem_no_memory(p);
  if (!t) all->rows = sheet_rows_prepare(d, p);
  if (!t && !all->rows) t = STATUS_FAULT;
  if (t) {
    sheets_free(all);
    return t;
  }
  *out = all;
  return STATUS_OK;
}

static void free_year(sheet_year *y) {
  for (size_t i = 0; i < SHEET_DAYS; i++) {
    sheet_drop(y, &y->days[i]);
    mem_free(y->days[i].away);
  }
  mem_free(y->slots);
  mem_free(y->owners);
  mem_free(y);
}

void sheets_free(sheets *all) {
  if (!all) return;
  while (all->first) {
    sheet_year *y = all->first;
    all->first = y->next;
    free_year(y);
  }
  db_finalize(all->rows);
  mem_free(all->totals.pairs);
  mem_free(all->scratch);
  mem_free(all);
}

static status load_reach(sheet_year *y, problem *p) {
  statement *s = db_statement(y->db, "SELECT max(last_session) FROM coverage WHERE school = ?", p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, y->roll->school);
  bool row;
  status t = db_step(s, &row, p);
  if (!t && row) y->reach = db_column_day(s, 0); /* NULL is SESSION_NONE, as for days */
  db_reset(s);
  return t;
}

static status own_slot(sheet_year *y, uint32_t slot, uint32_t entry, problem *p) {
  if (slot >= y->owner_room) {
    uint32_t room = slot < 32 ? 64 : slot * 2;
    uint32_t *owners = mem_resize(y->owners, room, sizeof *owners);
    if (!owners) return problem_no_memory(p);
    for (uint32_t i = y->owner_room; i < room; i++) owners[i] = ROLL_NONE;
    y->owners = owners;
    y->owner_room = room;
  }
  y->owners[slot] = entry;
  y->slots[entry] = slot;
  if (slot >= y->slot_count) y->slot_count = slot + 1;
  return STATUS_OK;
}

static status load_slot(sheet_year *y, statement *row, problem *p) {
  int64_t slot = db_column_int(row, 0);
  uint32_t entry = roll_of_enrolment(y->roll, db_column_int(row, 1));
  if (entry == ROLL_NONE || slot < 0 || (size_t)slot >= y->roll->count)
    return problem_set(p, STATUS_CORRUPT, "restore a backup", "a register has a place of nobody");
  return own_slot(y, (uint32_t)slot, entry, p);
}

static status load_slots(sheet_year *y, problem *p) {
  statement *rows = db_statement(y->db,
                                 "SELECT slot, enrolment FROM slot WHERE school = ? AND"
                                 " academic_year = ? ORDER BY slot",
                                 p);
  if (!rows) return STATUS_FAULT;
  db_bind_int(rows, 1, y->roll->school);
  db_bind_int(rows, 2, y->year);
  bool row;
  status t;
  while (!(t = db_step(rows, &row, p)) && row) {
    t = load_slot(y, rows, p);
    if (t) break;
  }
  db_reset(rows);
  y->stored_slots = y->slot_count;
  return t;
}

static status load_year(sheet_year *y, problem *p) {
  y->slots = mem_new(y->roll->count, sizeof *y->slots);
  if (!y->slots) return problem_no_memory(p);
  memset(y->slots, 0xFF, y->roll->count * sizeof *y->slots); /* ROLL_NONE */
  status t = load_reach(y, p);
  return t ? t : load_slots(y, p);
}

status sheets_year(sheets *all, const roll *r, int academic_year, sheet_year **out, problem *p) {
  for (sheet_year *y = all->first; y; y = y->next)
    if (y->roll == r && y->year == academic_year) return *out = y, STATUS_OK;
  sheet_year *y = mem_new(1, sizeof *y);
  if (!y) return problem_no_memory(p);
  y->all = all;
  y->db = all->db;
  y->roll = r;
  y->year = academic_year;
  y->first = date_academic_start(academic_year);
  y->reach = SESSION_NONE;
  status t = load_year(y, p);
  if (t) {
    free_year(y);
    return t;
  }
  y->next = all->first;
  all->first = y;
  *out = y;
  return STATUS_OK;
}

/* Sheets --------------------------------------------------------------------- */

static size_t bytes_of(const sheet *s) { return s->now ? (size_t)s->room * (s->was ? 4 : 2) : 0; }

void sheet_drop(sheet_year *y, sheet *s) {
  y->all->held -= bytes_of(s);
  mem_free(s->now);
  mem_free(s->was);
  s->now = s->was = NULL;
}

static uint32_t lines_for(uint32_t pupils) { return (pupils / ROOM + 1) * ROOM; }

/* The same places, and blank ones after them. */
static uint8_t *longer(const uint8_t *places, uint32_t count, uint32_t room) {
  uint8_t *more = mem_new(room, 2);
  if (more && count) memcpy(more, places, (size_t)2 * count);
  return more;
}

/* Room for so many pupils. */
static status make_room(sheet_year *y, sheet *s, uint32_t room, problem *p) {
  uint8_t *now = longer(s->now, s->now ? s->room : 0, room);
  uint8_t *was = s->was ? longer(s->was, s->room, room) : NULL;
  if (!now || (s->was && !was)) {
    mem_free(now);
    mem_free(was);
    return problem_no_memory(p);
  }
  sheet_drop(y, s);
  s->now = now;
  s->was = was;
  s->room = room;
  y->all->held += bytes_of(s);
  return STATUS_OK;
}

static status load_half(sheet *s, const sheet_row *row, int half, uint32_t most, problem *p) {
  size_t length = row->length[half];
  unsigned all = 0;
  if (length > most || length > s->room)
    return problem_set(p, STATUS_CORRUPT, "restore a backup", "a register has too many places");
  for (uint32_t slot = 0; slot < length; slot++) {
    s->now[sheet_place(slot, half)] = row->half[half][slot];
    all |= row->half[half][slot];
  }
  if (all & PLACE_SET)
    return problem_set(p, STATUS_CORRUPT, "restore a backup", "a register holds what is no mark");
  return STATUS_OK;
}

/* The marks of a day as they are stored, with room for so many pupils. */
static status load_sheet(sheet_year *y, int i, uint32_t room, sheet *s, problem *p) {
  statement *rows = y->all->rows;
  sheet_row row;
  bool found;
  status t = make_room(y, s, room, p);
  if (t) return t;
  sheet_rows_of(rows, y->roll->school, y->first + i, y->first + i);
  t = sheet_rows_next(rows, &row, &found, p);
  s->fresh = !found;
  for (int half = 0; half < 2 && !t && found; half++)
    t = load_half(s, &row, half, y->slot_count, p);
  db_reset(rows);
  if (t) sheet_drop(y, s);
  return t;
}

/* Remember what the marks were, before the first of them changes. */
static status keep_was(sheet_year *y, sheet *s, problem *p) {
  mark *was = mem_new(s->room, 2);
  if (!was) return problem_no_memory(p);
  for (uint32_t i = 0; i < 2 * s->room; i++) was[i] = s->now[i] & PLACE_MARK;
  y->all->held -= bytes_of(s);
  s->was = was;
  y->all->held += bytes_of(s);
  return STATUS_OK;
}

/* Putting away --------------------------------------------------------------- */

static uint8_t away_value(const sheet *s, uint32_t place) {
  if (!(s->now[place] & PLACE_SET)) return AWAY_UNSET;
  bool same = !s->was || s->was[place] == (s->now[place] & PLACE_MARK);
  return same ? AWAY_SET : s->was[place];
}

static sheet_away *away_of(const sheet *s) {
  uint8_t *values = mem_new(s->room, 2);
  if (!values) return NULL;
  for (uint32_t i = 0; i < 2 * s->room; i++) values[i] = away_value(s, i);
  sheet_away *a = sheet_away_new(values, 2 * s->room);
  mem_free(values);
  if (a) a->changed = s->was != NULL;
  return a;
}

static status put_away(sheet_year *y, int i, problem *p) {
  sheet *s = &y->days[i];
  sheet_away *a = away_of(s);
  if (!a) return problem_no_memory(p);
  status t = s->differs ? sheet_write_marks(y, i, s, p) : STATUS_OK;
  if (t) {
    mem_free(a);
    return t;
  }
  sheet_count(s, &y->all->totals, false);
  sheet_drop(y, s);
  s->differs = false;
  s->away = a;
  return STATUS_OK;
}

static status put_away_year(sheet_year *y, problem *p) {
  status t = STATUS_OK;
  for (int i = 0; i < SHEET_DAYS && !t; i++)
    if (y->days[i].now) t = put_away(y, i, p);
  return t;
}

static void take_values(sheet *s, const uint8_t *values) {
  assert(s->now);
  for (uint32_t i = 0; i < 2 * s->room; i++) {
    if (values[i] == AWAY_UNSET) continue;
    s->now[i] |= PLACE_SET;
    if (values[i] != AWAY_SET && s->was) s->was[i] = values[i];
  }
}

status sheet_bring_back(sheet_year *y, int i, sheet *out, problem *p) {
  sheet s = y->days[i];
  bool fresh = s.fresh;
  uint8_t *values = mem_new(s.room, 2);
  if (!values) return problem_no_memory(p);
  sheet_away_values(s.away, values, 2 * s.room);
  status t = load_sheet(y, i, s.room, &s, p);
  if (!t && s.away->changed) t = keep_was(y, &s, p);
  if (!t) {
    take_values(&s, values);
    s.fresh = fresh;
    *out = s;
  } else {
    sheet_drop(y, &s);
  }
  mem_free(values);
  return t;
}

/* The queue of years by when they were touched; those put away are not in it. */
static void unlink_year(sheet_year *y) {
  sheets *all = y->all;
  if (!y->queued) return;
  *(y->newer ? &y->newer->older : &all->newest) = y->older;
  *(y->older ? &y->older->newer : &all->oldest) = y->newer;
  y->queued = false;
}

static void touch(sheet_year *y) {
  sheets *all = y->all;
  if (all->newest == y) return;
  unlink_year(y);
  y->newer = NULL;
  y->older = all->newest;
  *(y->older ? &y->older->newer : &all->oldest) = y;
  all->newest = y;
  y->queued = true;
}

/* Keep to the bound: the year that was touched longest ago goes first. */
static status keep_bound(sheets *all, problem *p) {
  status t = STATUS_OK;
  while (all->held > all->most && all->oldest && !t) {
    sheet_year *y = all->oldest;
    t = put_away_year(y, p);
    unlink_year(y);
  }
  return t;
}

/* Days ----------------------------------------------------------------------- */

static status get_sheet(sheet_year *y, int i, problem *p) {
  sheet *s = &y->days[i];
  touch(y);
  status t = keep_bound(y->all, p);
  if (t) return t;
  touch(y); /* this very year may have been put away */
  if (!s->away) return load_sheet(y, i, lines_for(y->slot_count), s, p);
  t = sheet_bring_back(y, i, s, p);
  if (t) return t;
  sheet_count(s, &y->all->totals, true);
  mem_free(s->away);
  s->away = NULL;
  return STATUS_OK;
}

status sheet_year_day(sheet_year *y, day on, int half, sheet **out, problem *p) {
  sheet *s = &y->days[on - y->first];
  if (s->now) touch(y);
  status t = s->now ? STATUS_OK : get_sheet(y, on - y->first, p);
  if (t) return t;
  s->came[half] = true;
  *out = s;
  return STATUS_OK;
}

mark sheet_get(const sheet_year *y, const sheet *s, uint32_t entry, int half) {
  uint32_t slot = y->slots[entry];
  return slot < s->room ? s->now[sheet_place(slot, half)] & PLACE_MARK : MARK_NONE;
}

status sheet_set(sheet_year *y, sheet *s, uint32_t entry, int half, mark m, mark *before,
                 bool *again, problem *p) {
  status t = STATUS_OK;
  if (y->slots[entry] == ROLL_NONE) t = own_slot(y, y->slot_count, entry, p);
  uint32_t slot = t ? 0 : y->slots[entry];
  if (!t && slot >= s->room) t = make_room(y, s, lines_for(slot + slot / 2), p);
  if (t) return t;
  uint32_t place = sheet_place(slot, half);
  *before = s->now[place] & PLACE_MARK;
  *again = s->now[place] & PLACE_SET;
  if (*before != m && !s->fresh && !s->was) t = keep_was(y, s, p);
  if (t) return t;
  s->differs |= *before != m;
  s->now[place] = m | PLACE_SET;
  return STATUS_OK;
}

bool sheet_set_plain(sheet_year *y, day on, uint32_t entry, int half, mark m) {
  sheet *s = &y->days[on - y->first];
  uint32_t slot = y->slots[entry];
  if (!s->now || slot >= s->room) return false;
  uint8_t *place = &s->now[sheet_place(slot, half)];
  if (*place != m) {
    if (*place & PLACE_SET || (!s->fresh && !s->was)) return false;
    s->differs = true;
  }
  *place = m | PLACE_SET;
  s->came[half] = true;
  return true;
}
