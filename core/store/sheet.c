/* sheet: see sheet.h. */
#include "store/sheet.h"

#include <stdlib.h>
#include <string.h>

#include "store/sheet_rows.h"

enum { DAYS = 366, ROOM = 64 }; /* an academic year; sheets grow by whole lines */

struct sheet_year {
  sheets *all;
  db *db;
  const roll *roll;
  int year;
  day first;        /* 1 August */
  session reach;    /* SESSION_NONE: nothing had come in */
  uint32_t *slots;  /* [roll->count]: by roll entry, ROLL_NONE */
  uint32_t *owners; /* [owner_room]: roll entries by slot */
  uint32_t slot_count, stored_slots, owner_room;
  sheet *days[DAYS];
  sheet_year *next;
};

struct sheets {
  db *db;
  sqlite3_stmt *rows; /* over sheets */
  sheet_year *first;
};

/* Years ---------------------------------------------------------------------- */

status sheets_new(db *d, sheets **out, problem *p) {
  sheets *all = mem_new(1, sizeof *all);
  if (!all) return problem_no_memory(p);
  all->db = d;
  all->rows = sheet_rows_prepare(d, p);
  if (!all->rows) {
    mem_free(all);
    return STATUS_FAULT;
  }
  *out = all;
  return STATUS_OK;
}

static void free_sheet(sheet *s) {
  if (!s) return;
  mem_free(s->was);
  mem_free(s);
}

static void free_year(sheet_year *y) {
  for (size_t i = 0; i < DAYS; i++) free_sheet(y->days[i]);
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
  (void)sqlite3_finalize(all->rows);
  mem_free(all);
}

static status load_reach(sheet_year *y, problem *p) {
  sqlite3_stmt *s =
      db_statement(y->db, "SELECT max(last_session) FROM coverage WHERE school = ?", p);
  if (!s) return STATUS_FAULT;
  (void)sqlite3_bind_int64(s, 1, y->roll->school);
  bool row;
  status t = db_step(y->db, s, &row, p);
  if (!t && row) y->reach = db_column_day(s, 0); /* NULL is SESSION_NONE, as for days */
  (void)sqlite3_reset(s);
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

static status load_slot(sheet_year *y, sqlite3_stmt *row, problem *p) {
  int64_t slot = sqlite3_column_int64(row, 0);
  uint32_t entry = roll_of_enrolment(y->roll, sqlite3_column_int64(row, 1));
  if (entry == ROLL_NONE || slot < 0 || (size_t)slot >= y->roll->count)
    return problem_set(p, STATUS_CORRUPT, "restore a backup", "a register has a place of nobody");
  return own_slot(y, (uint32_t)slot, entry, p);
}

static status load_slots(sheet_year *y, problem *p) {
  sqlite3_stmt *rows = db_statement(y->db,
                                    "SELECT slot, enrolment FROM slot WHERE school = ? AND"
                                    " academic_year = ? ORDER BY slot",
                                    p);
  if (!rows) return STATUS_FAULT;
  (void)sqlite3_bind_int64(rows, 1, y->roll->school);
  (void)sqlite3_bind_int(rows, 2, y->year);
  bool row;
  status t;
  while (!(t = db_step(y->db, rows, &row, p)) && row) {
    t = load_slot(y, rows, p);
    if (t) break;
  }
  (void)sqlite3_reset(rows);
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

/* Room for `room` pupils; what there is already is kept. */
static status make_room(sheet *s, uint32_t room, problem *p) {
  mark *block = mem_new(room, 6);
  if (!block) return problem_no_memory(p);
  for (uint32_t half = 0; half < 2 && s->room; half++) {
    memcpy(block + half * room, s->was + half * s->room, s->room);
    memcpy(block + (2 + half) * room, s->now + half * s->room, s->room);
    memcpy(block + (4 + half) * room, s->set + half * s->room, s->room);
  }
  mem_free(s->was);
  s->was = block;
  s->now = block + (size_t)2 * room;
  s->set = block + (size_t)4 * room;
  s->room = room;
  return STATUS_OK;
}

static uint32_t lines_for(uint32_t pupils) { return (pupils / ROOM + 1) * ROOM; }

static status load_half(sheet *s, const sheet_row *row, int half, uint32_t most, problem *p) {
  size_t length = row->length[half];
  if (length > most)
    return problem_set(p, STATUS_CORRUPT, "restore a backup", "a register has too many places");
  if (length == 0) return STATUS_OK;
  memcpy(s->was + (uint32_t)half * s->room, row->half[half], length);
  memcpy(s->now + (uint32_t)half * s->room, row->half[half], length);
  return STATUS_OK;
}

static status load_sheet(sheet_year *y, day on, sheet *s, problem *p) {
  sqlite3_stmt *rows = y->all->rows;
  sheet_row row;
  bool found;
  sheet_rows_of(rows, y->roll->school, on, on);
  status t = sheet_rows_next(y->db, rows, &row, &found, p);
  for (int half = 0; half < 2 && found && !t; half++) t = load_half(s, &row, half, y->slot_count, p);
  (void)sqlite3_reset(rows);
  return t;
}

status sheet_year_day(sheet_year *y, day on, sheet **out, problem *p) {
  sheet **place = &y->days[on - y->first];
  if (!*place) {
    sheet *s = mem_new(1, sizeof *s);
    if (!s) return problem_no_memory(p);
    status t = make_room(s, lines_for(y->slot_count), p);
    if (!t) t = load_sheet(y, on, s, p);
    if (t) {
      free_sheet(s);
      return t;
    }
    *place = s;
  }
  *out = *place;
  return STATUS_OK;
}

mark sheet_get(const sheet_year *y, const sheet *s, uint32_t entry, int half) {
  uint32_t slot = y->slots[entry];
  return slot < s->room ? s->now[(uint32_t)half * s->room + slot] : MARK_NONE;
}

status sheet_set(sheet_year *y, sheet *s, uint32_t entry, int half, mark m, mark *before,
                 bool *again, problem *p) {
  status t = STATUS_OK;
  if (y->slots[entry] == ROLL_NONE) t = own_slot(y, y->slot_count, entry, p);
  uint32_t slot = t ? 0 : y->slots[entry];
  if (!t && slot >= s->room) t = make_room(s, lines_for(slot + slot / 2), p);
  if (t) return t;
  uint32_t at = (uint32_t)half * s->room + slot;
  *before = s->now[at];
  *again = s->set[at];
  s->now[at] = m;
  s->set[at] = 1;
  return STATUS_OK;
}

/* Counting ------------------------------------------------------------------- */

static void count_sheet(const sheet *s, sheet_totals *totals) {
  totals->sessions += (size_t)s->came[0] + (size_t)s->came[1];
  for (uint32_t i = 0; i < 2 * s->room; i++) {
    if (!s->set[i]) continue;
    if (s->was[i] == s->now[i]) {
      totals->unchanged++;
    } else if (s->was[i] == MARK_NONE) {
      totals->added++;
    } else {
      totals->changed++;
      if (totals->pairs) totals->pairs[s->was[i]][s->now[i]]++;
    }
  }
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

void sheets_count(sheets *all, sheet_totals *totals) {
  sort_years(all);
  for (const sheet_year *y = all->first; y; y = y->next)
    for (size_t i = 0; i < DAYS; i++)
      if (y->days[i]) count_sheet(y->days[i], totals);
}

/* Writing -------------------------------------------------------------------- */

static status write_slots(const sheet_year *y, problem *p) {
  status t = STATUS_OK;
  for (uint32_t slot = y->stored_slots; slot < y->slot_count && !t; slot++) {
    sqlite3_stmt *s = db_statement(
        y->db, "INSERT INTO slot (school, academic_year, slot, enrolment) VALUES (?, ?, ?, ?)", p);
    if (!s) return STATUS_FAULT;
    (void)sqlite3_bind_int64(s, 1, y->roll->school);
    (void)sqlite3_bind_int(s, 2, y->year);
    (void)sqlite3_bind_int64(s, 3, slot);
    (void)sqlite3_bind_int64(s, 4, y->roll->entries[y->owners[slot]].enrolment);
    t = db_run(y->db, s, p);
  }
  return t;
}

/* Bytes after the last mark are not stored. */
static size_t used(const sheet *s, uint32_t half) {
  uint32_t n = s->room;
  while (n && s->now[half * s->room + n - 1] == MARK_NONE) n--;
  return n;
}

static status write_sheet(const sheet_year *y, day on, const sheet *s, problem *p) {
  sheet_row row = {.on = on};
  for (uint32_t half = 0; half < 2; half++) {
    row.half[half] = s->now + half * s->room;
    row.length[half] = used(s, half);
  }
  return sheet_rows_put(y->db, y->roll->school, &row, p);
}

static status write_amendment(const sheet_year *y, const sheet_source *from, uint32_t slot,
                              session at, mark was, mark now, problem *p) {
  sqlite3_stmt *s = db_statement(y->db,
                                 "INSERT INTO amendment (enrolment, session, was, now, at, import,"
                                 " by) VALUES (?, ?, ?, ?, ?, ?, ?)",
                                 p);
  if (!s) return STATUS_FAULT;
  (void)sqlite3_bind_int64(s, 1, y->roll->entries[y->owners[slot]].enrolment);
  (void)sqlite3_bind_int(s, 2, at);
  (void)sqlite3_bind_int(s, 3, was);
  (void)sqlite3_bind_int(s, 4, now);
  (void)sqlite3_bind_int64(s, 5, from->at);
  (void)sqlite3_bind_int64(s, 6, from->import);
  if (from->by) db_bind_text(s, 7, slice_of(from->by));
  return db_run(y->db, s, p);
}

static status write_amendments(const sheet_year *y, const sheet_source *from, day on,
                               const sheet *s, problem *p) {
  status t = STATUS_OK;
  const uint32_t room = s->room;
  for (uint32_t i = 0; i < 2 * room && !t; i++) {
    session at = session_of(on, i >= room);
    if (s->was[i] == s->now[i]) continue;
    if (s->was[i] == MARK_NONE && at > y->reach) continue;
    t = write_amendment(y, from, i < room ? i : i - room, at, s->was[i], s->now[i], p);
  }
  return t;
}

static status write_year(const sheet_year *y, const sheet_source *from, problem *p) {
  status t = write_slots(y, p);
  for (int i = 0; i < DAYS && !t; i++) {
    const sheet *s = y->days[i];
    if (!s || memcmp(s->was, s->now, (size_t)2 * s->room) == 0) continue;
    t = write_sheet(y, y->first + i, s, p);
    if (!t) t = write_amendments(y, from, y->first + i, s, p);
  }
  return t;
}

status sheets_write(sheets *all, const sheet_source *from, problem *p) {
  sort_years(all);
  status t = STATUS_OK;
  for (const sheet_year *y = all->first; y && !t; y = y->next) t = write_year(y, from, p);
  return t;
}
