/* sheet: the register sheets an import touches, in memory until they are
 * written: one school's marks of one day, a byte a pupil and half day.
 *
 * 1. A pupil's place on the sheets (the slot) is fixed for one school and
 *    academic year; new ones are given in the order in which marks come.
 * 2. A sheet is read when it is first touched, and remembers what it held then:
 *    what is new and what has changed is the difference at the end, so the
 *    order of rows and marks that come twice cannot miscount.
 * 3. Only sheets that differ are written, by school, year and day, then
 *    amendments in the order of session and slot: same input, same rows.
 * 4. A mark that replaces another, or fills a blank at or before the last
 *    session that earlier imports had brought for the school (its reach),
 *    leaves an amendment; a first mark beyond the reach leaves none.
 *
 * Memory is six bytes a pupil and sheet touched. Nothing here knows a code. */
#ifndef WAYMARK_SHEET_H
#define WAYMARK_SHEET_H

#include "store/people.h"

typedef struct sheets sheets;
typedef struct sheet_year sheet_year;

typedef struct sheet {
  uint32_t room;   /* bytes a half day */
  bool came[2];    /* whether this import brought any row of the half day */
  mark *was, *now; /* [2][room] */
  uint8_t *set;    /* [2][room]: 1 when this import set it */
} sheet;

status sheets_new(db *d, sheets **out, problem *p);
void sheets_free(sheets *all);

/* One school's academic year; `r` is the school's roll and must not grow while
 * these sheets live. Lent until sheets_free. */
status sheets_year(sheets *all, const roll *r, int academic_year, sheet_year **out, problem *p);

/* The sheet of a day of that year, read if need be; lent until sheets_free. */
status sheet_year_day(sheet_year *y, day on, sheet **out, problem *p);

/* The mark of a roll entry as it stands now: MARK_NONE when it has no slot. */
mark sheet_get(const sheet_year *y, const sheet *s, uint32_t entry, int half);

/* Set it. *before is what stood there, *again whether this import had set it. */
status sheet_set(sheet_year *y, sheet *s, uint32_t entry, int half, mark m, mark *before,
                 bool *again, problem *p);

typedef struct sheet_totals {
  size_t added, unchanged, changed; /* marks set by this import, against before */
  size_t sessions;                  /* half days of which rows came */
  size_t (*pairs)[MARK_VALUES];     /* [MARK_VALUES]: changed, by was and now; may be NULL */
} sheet_totals;

/* Add to *totals; put years in the order in which they are written. */
void sheets_count(sheets *all, sheet_totals *totals);

typedef struct sheet_source {
  int64_t import, at;
  const char *by; /* may be NULL */
} sheet_source;

/* Write new slots, sheets that differ and their amendments. */
status sheets_write(sheets *all, const sheet_source *from, problem *p);

#endif
