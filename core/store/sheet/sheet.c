/* sheet: the sheets of an import, by school and year, each year's by day.
 *
 * A place is a pupil's slot in the morning or afternoon, both side by side. It holds a
 * mark, and PLACE_SET where this import set it: no mark's byte has that bit. What a
 * place held before this import: `was`, or blank on a fresh sheet, or what it holds now.
 *
 * 1. `years` ascend by school and year, each once: they are written in that order.
 * 2. A sheet is in memory (`now`), or written early (`away`), or neither, when no row
 *    of it came; never both.
 * 3. `held` is the bytes of `now` and `was`, of a year and of all.
 * 4. `early` counts the sheets that are away; the others are counted when asked.
 * 5. Of a day that no row touched there are two bytes, `place`: of thousands of small
 *    schools memory is what their days take. Sheets move when a day is touched first. */
#include "store/sheet/sheet.h"

#include <assert.h>
#include <string.h>

#include "base/array.h"
#include "store/sheet/amendments.h"
#include "store/sheet/away.h"
#include "store/sheet/first_marks.h"
#include "store/sheet/rows.h"

enum { PLACE_SET = 0x80, PLACE_MARK = 0x7F };
enum { SHEET_DAYS = 366 }; /* an academic year */
enum { LINE = 64 };        /* sheets grow by whole lines of the processor */

typedef struct sheet {
  uint8_t *now;     /* [2 * room]; NULL: not in memory */
  mark *was;        /* [2 * room]; NULL while no mark that was stored has changed */
  sheet_away *away; /* NULL: not written early */
  uint32_t room;    /* pupils */
  bool came[2];     /* whether this import brought any row of the half day */
  bool fresh;       /* there was no such sheet before this import */
  bool differs;     /* from the row as it is stored now */
} sheet;

struct sheet_year {
  sheets *all;
  const roll *roll;
  int year;
  day first;        /* 1 August */
  session reach;    /* the last session that any import brought, undone or not; SESSION_NONE */
  uint32_t *slots;  /* [roll->count]: by roll entry, ROLL_NONE */
  uint32_t *owners; /* [slot_count]: roll entries by slot, ROLL_NONE */
  size_t slot_count, stored_slots, owner_room;
  size_t held, touched; /* bytes; when, in turns of `all` */
  sheet *sheets;        /* [sheet_count]: in the order of the first touch */
  size_t sheet_count, sheet_room;
  uint16_t place[SHEET_DAYS]; /* by day: one more than that of its sheet; 0: there is none */
};

struct sheets {
  db *db;
  statement *rows;    /* over sheets */
  sheet_year **years; /* [count] */
  size_t count, room;
  size_t most, held, turn;
  sheet_totals early, totals;
};

/* The sheet of a day, lent until another is touched; NULL: no row of it came. */
static inline sheet *sheet_of(const sheet_year *y, int i) {
  return y->place[i] ? &y->sheets[y->place[i] - 1] : NULL;
}

static inline uint32_t place_of(uint32_t slot, int half) { return 2 * slot + (uint32_t)half; }

static uint32_t room_for(size_t pupils) { return (uint32_t)(pupils / LINE + 1) * LINE; }

static size_t bytes_of(const sheet *sh) {
  return sh->now ? (size_t)sh->room * (sh->was ? 4 : 2) : 0;
}

/* Give a sheet other blocks (NULL: none), for so many pupils. */
static void replace(sheet_year *y, sheet *sh, uint8_t *now, mark *was, uint32_t room) {
  size_t before = bytes_of(sh);
  if (sh->now != now) mem_free(sh->now);
  if (sh->was != was) mem_free(sh->was);
  sh->now = now;
  sh->was = was;
  sh->room = room;
  y->held += bytes_of(sh) - before; /* modulo what a size_t can be */
  y->all->held += bytes_of(sh) - before;
}

static void drop(sheet_year *y, sheet *sh) { replace(y, sh, NULL, NULL, sh->room); }

/* Years ---------------------------------------------------------------------- */

status sheets_new(db *d, size_t most, sheets **out, problem *p) {
  sheets *all = mem_new(1, sizeof *all);
  if (!all) return problem_no_memory(p);
  all->db = d;
  all->most = most;
  all->early.pairs = mem_new(MARK_VALUES, sizeof *all->early.pairs);
  all->totals.pairs = mem_new(MARK_VALUES, sizeof *all->totals.pairs);
  status s = all->early.pairs && all->totals.pairs ? STATUS_OK : problem_no_memory(p);
  if (!s && !(all->rows = sheet_rows_prepare(d, p))) s = STATUS_FAULT;
  if (s) {
    sheets_free(all);
    return s;
  }
  *out = all;
  return STATUS_OK;
}

static void free_year(sheet_year *y) {
  for (size_t i = 0; i < y->sheet_count; i++) {
    drop(y, &y->sheets[i]);
    mem_free(y->sheets[i].away);
  }
  mem_free(y->sheets);
  mem_free(y->slots);
  mem_free(y->owners);
  mem_free(y);
}

void sheets_free(sheets *all) {
  if (!all) return;
  for (size_t k = 0; k < all->count; k++) free_year(all->years[k]);
  mem_free(all->years);
  db_finalize(all->rows);
  mem_free(all->early.pairs);
  mem_free(all->totals.pairs);
  mem_free(all);
}

static status give_slot(sheet_year *y, uint32_t slot, uint32_t entry, problem *p) {
  if (slot >= SHEET_SLOTS)
    return problem_set(p, STATUS_RANGE, NULL, "a school has more pupils than can be held");
  while (slot >= y->slot_count) {
    status s = array_grow(&y->owners, y->slot_count, &y->owner_room, sizeof *y->owners, p);
    if (s) return s;
    y->owners[y->slot_count++] = ROLL_NONE;
  }
  y->owners[slot] = entry;
  if (entry != ROLL_NONE) y->slots[entry] = slot;
  return STATUS_OK;
}

static int year_before(const void *element, const void *key) {
  const sheet_year *a = *(sheet_year *const *)element, *b = key;
  return a->roll->school != b->roll->school ? a->roll->school < b->roll->school : a->year < b->year;
}

status sheets_year(sheets *all, const roll *r, int academic_year, sheet_year **out, problem *p) {
  const sheet_year key = {.roll = r, .year = academic_year};
  size_t k = array_lower_bound(all->years, all->count, sizeof(sheet_year *), &key, year_before);
  if (k < all->count && all->years[k]->roll == r && all->years[k]->year == academic_year)
    return *out = all->years[k], STATUS_OK;
  status s = array_grow(&all->years, all->count, &all->room, sizeof(sheet_year *), p);
  if (s) return s;
  sheet_year *y = mem_new(1, sizeof *y);
  if (!y) return problem_no_memory(p);
  y->all = all;
  y->roll = r;
  y->year = academic_year;
  y->first = date_academic_start(academic_year);
  y->slots = mem_new(r->count, sizeof *y->slots);
  if (y->slots)
    memset(y->slots, 0xFF, r->count * sizeof *y->slots); /* ROLL_NONE */
  else
    s = problem_no_memory(p);
  int64_t reach = SESSION_NONE;
  if (!s)
    s = db_number(all->db, "SELECT max(last_session) FROM coverage WHERE school = ?", r->school,
                  SESSION_NONE, &reach, p);
  y->reach = (session)reach;
  statement *rows = NULL; /* the slots as they are stored */
  if (!s && !(rows = db_statement(all->db,
                                  "SELECT slot, enrolment FROM slot WHERE school = ?"
                                  " AND academic_year = ? ORDER BY slot",
                                  p)))
    s = STATUS_FAULT;
  if (rows) {
    db_bind_int(rows, 1, r->school);
    db_bind_int(rows, 2, academic_year);
  }
  for (bool more = true; !s && !(s = db_step(rows, &more, p)) && more;) {
    int64_t slot = db_column_int(rows, 0);
    if (slot < 0 || slot >= SHEET_SLOTS)
      s = problem_set(p, STATUS_CORRUPT, "restore a backup", "a register has a place of nobody");
    else /* of who came by an import that was undone, nobody's */
      s = give_slot(y, (uint32_t)slot, roll_of_enrolment(r, db_column_int(rows, 1)), p);
  }
  db_reset(rows);
  y->stored_slots = y->slot_count;
  if (s) {
    free_year(y);
    return s;
  }
  memmove(all->years + k + 1, all->years + k, (all->count - k) * sizeof(sheet_year *));
  all->years[k] = y;
  all->count++;
  *out = y;
  return STATUS_OK;
}

/* Sheets --------------------------------------------------------------------- */

/* A longer copy of places, blank after the first `count` pupils; NULL: out of memory. */
static uint8_t *longer(const uint8_t *places, uint32_t count, uint32_t room) {
  uint8_t *more = mem_new(room, 2);
  if (more && count) memcpy(more, places, (size_t)2 * count);
  return more;
}

static status make_room(sheet_year *y, sheet *sh, uint32_t room, problem *p) {
  uint8_t *now = longer(sh->now, sh->now ? sh->room : 0, room);
  mark *was = sh->was ? longer(sh->was, sh->room, room) : NULL;
  if (!now || (sh->was && !was)) {
    mem_free(now);
    mem_free(was);
    return problem_no_memory(p);
  }
  replace(y, sh, now, was, room);
  return STATUS_OK;
}

/* The marks of a day as they are stored, with room for so many pupils. */
static status load(sheet_year *y, int i, uint32_t room, problem *p) {
  statement *rows = y->all->rows;
  sheet *sh = sheet_of(y, i);
  sheet_row row;
  bool found = false;
  status s = make_room(y, sh, room, p);
  if (s) return s;
  assert(sh->now);
  sheet_rows_of(rows, y->roll->school, y->first + i, y->first + i);
  s = sheet_rows_next(rows, &row, &found, p);
  for (int half = 0; half < 2 && !s && found; half++) {
    unsigned bits = 0;
    if (row.length[half] > y->slot_count || row.length[half] > room) {
      s = problem_set(p, STATUS_CORRUPT, "restore a backup", "a register has too many places");
      break;
    }
    for (uint32_t slot = 0; slot < row.length[half]; slot++) {
      sh->now[place_of(slot, half)] = row.half[half][slot];
      bits |= row.half[half][slot];
    }
    if (bits & PLACE_SET)
      s = problem_set(p, STATUS_CORRUPT, "restore a backup", "a register holds what is no mark");
  }
  db_reset(rows);
  sh->fresh = !found;
  if (s) drop(y, sh);
  return s;
}

/* Remember what the marks were, before the first of them changes. */
static status keep_was(sheet_year *y, sheet *sh, problem *p) {
  mark *was = mem_new(sh->room, 2);
  if (!was) return problem_no_memory(p);
  for (uint32_t i = 0; i < 2 * sh->room; i++) was[i] = sh->now[i] & PLACE_MARK;
  replace(y, sh, sh->now, was, sh->room);
  return STATUS_OK;
}

static status store_marks(sheet_year *y, int i, problem *p) {
  const sheet *sh = sheet_of(y, i);
  mark *marks = mem_new(sh->room, 2);
  if (!marks) return problem_no_memory(p);
  sheet_row row = {.on = y->first + i, .half = {marks, marks + sh->room}};
  for (int half = 0; half < 2; half++)
    for (uint32_t slot = 0; slot < sh->room; slot++) {
      mark m = sh->now[place_of(slot, half)] & PLACE_MARK;
      marks[(uint32_t)half * sh->room + slot] = m;
      if (m) row.length[half] = slot + 1; /* no more than up to the last mark are stored */
    }
  status s = sheet_rows_put(y->all->db, y->roll->school, &row, p);
  mem_free(marks);
  return s;
}

/* Add what a sheet says to the totals; `by` is 1, or -1 as a size_t to take it away. */
static void count_sheet(const sheet *sh, sheet_totals *totals, size_t by) {
  totals->sessions += by * ((size_t)sh->came[0] + (size_t)sh->came[1]);
  if (!sh->was) {
    size_t set = 0;
    for (uint32_t i = 0; i < 2 * sh->room; i++) set += sh->now[i] >> 7;
    *(sh->fresh ? &totals->added : &totals->unchanged) += by * set;
    return;
  }
  for (uint32_t i = 0; i < 2 * sh->room; i++) {
    mark was = sh->was[i], now = sh->now[i] & PLACE_MARK;
    if (!(sh->now[i] & PLACE_SET)) continue;
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

/* Early ---------------------------------------------------------------------- */

/* Write a sheet, and keep of it what this import set and what that was. */
static status put_away(sheet_year *y, int i, problem *p) {
  sheet *sh = sheet_of(y, i);
  assert(sh->now);
  status s = sh->differs ? store_marks(y, i, p) : STATUS_OK;
  uint8_t *values = s ? NULL : mem_new(sh->room, 2);
  if (!values) return s ? s : problem_no_memory(p);
  for (uint32_t place = 0; place < 2 * sh->room; place++) {
    uint8_t now = sh->now[place];
    bool same = !sh->was || sh->was[place] == (now & PLACE_MARK);
    values[place] = !(now & PLACE_SET) ? AWAY_UNSET : same ? AWAY_SET : sh->was[place];
  }
  sh->away = sheet_away_new(values, 2 * sh->room);
  mem_free(values);
  if (!sh->away) return problem_no_memory(p);
  sh->away->changed = sh->was != NULL;
  sh->differs = false;
  count_sheet(sh, &y->all->early, 1);
  drop(y, sh);
  return STATUS_OK;
}

/* The same sheet in memory again, as it was. */
static status bring_back(sheet_year *y, int i, problem *p) {
  sheet *sh = sheet_of(y, i);
  bool fresh = sh->fresh;
  uint8_t *values = mem_new(sh->room, 2);
  if (!values) return problem_no_memory(p);
  sheet_away_values(sh->away, values, 2 * sh->room);
  status s = load(y, i, sh->room, p);
  sh->fresh = fresh;
  if (!s && sh->away->changed && (s = keep_was(y, sh, p))) drop(y, sh);
  if (!s) {
    for (uint32_t place = 0; place < 2 * sh->room; place++) {
      if (values[place] == AWAY_UNSET) continue;
      sh->now[place] |= PLACE_SET;
      if (values[place] != AWAY_SET && sh->was) sh->was[place] = values[place];
    }
    count_sheet(sh, &y->all->early, SIZE_MAX);
    mem_free(sh->away);
    sh->away = NULL;
  }
  mem_free(values);
  return s;
}

/* Keep to the bound: the year that was touched longest ago goes first, this one last. */
static status keep_bound(sheets *all, problem *p) {
  status s = STATUS_OK;
  while (!s && all->held > all->most) {
    sheet_year *oldest = NULL;
    for (size_t k = 0; k < all->count; k++) {
      sheet_year *y = all->years[k];
      if (y->held && (!oldest || y->touched < oldest->touched)) oldest = y;
    }
    assert(oldest);
    for (int i = 0; i < SHEET_DAYS && !s; i++)
      if (oldest->place[i] && sheet_of(oldest, i)->now) s = put_away(oldest, i, p);
  }
  return s;
}

/* Marks ---------------------------------------------------------------------- */

status sheet_set(sheet_year *y, session at, uint32_t entry, mark m, sheet_before *before,
                 problem *p) {
  int i = session_day(at) - y->first, half = session_half(at);
  status s = STATUS_OK;
  if (!y->place[i]) {
    s = array_grow(&y->sheets, y->sheet_count, &y->sheet_room, sizeof *y->sheets, p);
    if (s) return s;
    y->sheets[y->sheet_count++] = (sheet){0};
    y->place[i] = (uint16_t)y->sheet_count;
  }
  sheet *sh = sheet_of(y, i);
  y->touched = ++y->all->turn;
  if (!sh->now) {
    s = keep_bound(y->all, p);
    if (!s) s = sh->away ? bring_back(y, i, p) : load(y, i, room_for(y->slot_count), p);
    if (s) return s;
  }
  if (m && y->slots[entry] == ROLL_NONE) s = give_slot(y, (uint32_t)y->slot_count, entry, p);
  uint32_t slot = y->slots[entry];
  if (!s && m && slot >= sh->room) s = make_room(y, sh, room_for(slot + slot / 2), p);
  if (s) return s;
  uint8_t *now = slot < sh->room ? &sh->now[place_of(slot, half)] : NULL;
  *before = (sheet_before){MARK_NONE, false};
  if (now) *before = (sheet_before){*now & PLACE_MARK, *now & PLACE_SET};
  if (m) {
    assert(now);
    if (before->mark != m && !sh->fresh && !sh->was && (s = keep_was(y, sh, p))) return s;
    sh->differs |= before->mark != m;
    *now = m | PLACE_SET;
  }
  sh->came[half] = true;
  return STATUS_OK;
}

bool sheet_set_plain(sheet_year *y, session at, uint32_t entry, mark m) {
  int half = session_half(at);
  sheet *sh = sheet_of(y, session_day(at) - y->first);
  uint32_t slot = y->slots[entry];
  if (!sh || !sh->now || slot >= sh->room) return false;
  uint8_t *now = &sh->now[place_of(slot, half)];
  if (*now != m) {
    if (*now & PLACE_SET || (!sh->fresh && !sh->was)) return false;
    sh->differs = true;
  }
  *now = m | PLACE_SET;
  sh->came[half] = true;
  return true;
}

/* The end -------------------------------------------------------------------- */

const sheet_totals *sheets_count(sheets *all) {
  size_t(*pairs)[MARK_VALUES] = all->totals.pairs;
  memcpy(pairs, all->early.pairs, MARK_VALUES * sizeof *pairs);
  all->totals = all->early;
  all->totals.pairs = pairs;
  for (size_t k = 0; k < all->count; k++)
    for (size_t i = 0; i < all->years[k]->sheet_count; i++)
      if (all->years[k]->sheets[i].now) count_sheet(&all->years[k]->sheets[i], &all->totals, 1);
  return &all->totals;
}

/* Which marks of a day were set where none was, and leave no amendment. */
static status note_first(const sheet_year *y, int i, first_marks *first, problem *p) {
  const sheet *sh = sheet_of(y, i);
  if (session_of(y->first + i, HALF_PM) <= y->reach) return STATUS_OK;
  uint8_t *values = sh->away ? mem_new(sh->room, 2) : NULL;
  if (sh->away && !values) return problem_no_memory(p);
  if (values) sheet_away_values(sh->away, values, 2 * sh->room);
  for (int half = 0; half < 2; half++) {
    if (session_of(y->first + i, half) <= y->reach) continue;
    for (uint32_t slot = 0; slot < sh->room; slot++) {
      uint32_t place = place_of(slot, half);
      bool is_first = values ? values[place] == (sh->fresh ? AWAY_SET : MARK_NONE)
                      : !(sh->now[place] & PLACE_SET) ? false
                      : sh->was                       ? sh->was[place] == MARK_NONE
                                                      : sh->fresh;
      if (is_first) first_marks_add(first, 2 * i + half, slot);
    }
  }
  mem_free(values);
  return STATUS_OK;
}

/* The sheet of a day, and its amendments. */
static status write_day(sheet_year *y, int i, const sheet_source *from, problem *p) {
  sheet *sh = sheet_of(y, i);
  if (sh->now && sh->differs) {
    status s = store_marks(y, i, p);
    if (s) return s;
    sh->differs = false;
  }
  bool early = sh->away, changed = early ? sh->away->changed : sh->was != NULL;
  bool passed = sh->fresh && session_of(y->first + i, HALF_AM) <= y->reach;
  if (!changed && !passed) return STATUS_OK;
  status s = early ? bring_back(y, i, p) : STATUS_OK;
  assert(s || sh->now);
  for (int half = 0; half < 2; half++)
    for (uint32_t slot = 0; slot < sh->room && !s; slot++) {
      uint32_t place = place_of(slot, half);
      amendment a = {.at = session_of(y->first + i, half), .now = sh->now[place] & PLACE_MARK};
      a.was = sh->was ? sh->was[place] : sh->fresh ? MARK_NONE : a.now;
      if (a.was == a.now || (a.was == MARK_NONE && a.at > y->reach)) continue;
      a.enrolment = y->roll->entries[y->owners[slot]].enrolment;
      s = amendment_add(y->all->db, &a, from->import, from->at, from->by, p);
    }
  return !s && early ? put_away(y, i, p) : s;
}

status sheets_write(sheets *all, const sheet_source *from, problem *p) {
  status s = STATUS_OK;
  for (size_t k = 0; k < all->count && !s; k++) {
    sheet_year *y = all->years[k];
    for (size_t slot = y->stored_slots; slot < y->slot_count && !s; slot++) {
      statement *add = db_statement(
          all->db, "INSERT INTO slot (school, academic_year, slot, enrolment) VALUES (?, ?, ?, ?)",
          p);
      if (!add) return STATUS_FAULT;
      db_bind_int(add, 1, y->roll->school);
      db_bind_int(add, 2, y->year);
      db_bind_int(add, 3, (int64_t)slot);
      db_bind_int(add, 4, y->roll->entries[y->owners[slot]].enrolment);
      s = db_run(add, p);
    }
    first_marks first = {0};
    for (int i = 0; i < SHEET_DAYS && !s; i++) {
      if (!y->place[i]) continue;
      s = note_first(y, i, &first, p);
      if (!s) s = write_day(y, i, from, p);
    }
    if (!s) s = first_marks_put(&first, all->db, from->import, y->roll->school, y->year, p);
    first_marks_free(&first);
  }
  return s;
}
