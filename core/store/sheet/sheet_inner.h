/* sheet_inner: what the sheet files share; nobody else includes it. */
#ifndef WAYMARK_SHEET_INNER_H
#define WAYMARK_SHEET_INNER_H

#include "store/sheet/sheet.h"
#include "store/sheet/away.h"

enum { SHEET_DAYS = 366 }; /* an academic year */

/* One day of a school. A place is a pupil's slot in the morning or afternoon,
 * both side by side; it holds a mark, and PLACE_SET where this import set it: no
 * mark's byte has that bit. What a place held before this import: `was`, or blank
 * on a fresh sheet, or what it holds now. */
struct sheet {
  uint8_t *now;     /* [2 * room]; NULL: not in memory */
  mark *was;        /* [2 * room]; NULL while no mark that was stored has changed */
  sheet_away *away; /* NULL: not put away */
  uint32_t room;    /* pupils */
  bool came[2];     /* whether this import brought any row of the half day */
  bool fresh;       /* there was no such sheet before this import */
  bool differs;     /* from the row as it is stored now */
};

enum { PLACE_SET = 0x80, PLACE_MARK = 0x7F };

static inline uint32_t sheet_place(uint32_t slot, int half) { return 2 * slot + (uint32_t)half; }

static inline mark sheet_was(const sheet *s, uint32_t place) {
  return s->was ? s->was[place] : s->fresh ? MARK_NONE : s->now[place] & PLACE_MARK;
}

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
  sheet days[SHEET_DAYS];
  sheet_year *next;
  sheet_year *newer, *older; /* in the queue of those touched */
  bool queued;
};

struct sheets {
  db *db;
  statement *rows; /* over sheets */
  sheet_year *first;
  sheet_year *newest, *oldest;
  size_t most, held; /* bytes of sheets */
  mark *scratch;     /* [scratch_room] */
  size_t scratch_room;
  sheet_totals totals; /* of sheets put away; at the end of all */
};

/* sheet.c: read a sheet that was put away into *out, which is then to be dropped. */
status sheet_bring_back(sheet_year *y, int day_of_year, sheet *out, problem *p);
/* Forget its marks. */
void sheet_drop(sheet_year *y, sheet *s);

/* sheet_write.c */
void sheet_count(const sheet *s, sheet_totals *totals, bool take_away);
status sheet_write_marks(sheet_year *y, int day_of_year, const sheet *s, problem *p);

#endif
