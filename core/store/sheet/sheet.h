/* sheet: the register sheets an import touches, in memory until they are
 * written: one school's marks of one day, a byte a pupil and half day.
 *
 * 1. A pupil's place on the sheets (the slot) is fixed for one school and
 *    academic year; new ones are given in the order in which marks come.
 * 2. A sheet is read when it is first touched, and what it held then is known to
 *    the end: what is new and what has changed is the difference, so the order of
 *    rows and marks that come twice cannot miscount.
 * 3. Only sheets that differ are written, by school, year and day, then
 *    amendments in the order of session and slot: same input, same rows.
 * 4. A mark that replaces another, or fills a blank at or before the last
 *    session that earlier imports had brought for the school, also those that
 *    were undone since, leaves an amendment; a first mark beyond it leaves none,
 *    and which they are is kept for who undoes the import (first_marks.h).
 * 5. Sheets in memory take at most the bytes given. Beyond that those of the
 *    school and year that was touched longest ago are written early, in the same
 *    transaction: what stays is which of their marks this import set, and what
 *    those were (away.h). One that is touched again is read again; a caller cannot
 *    tell whether that happened.
 *
 * Memory is a byte for each pupil and half day, an eighth for what was set, and a
 * byte more where stored marks change. Nothing here knows a code. */
#ifndef WAYMARK_SHEET_H
#define WAYMARK_SHEET_H

#include "attendance/code.h"
#include "store/people/roll.h"

typedef struct sheets sheets;
typedef struct sheet_year sheet_year;

/* `most`: bytes of sheets in memory. */
status sheets_new(db *d, size_t most, sheets **out, problem *p);
void sheets_free(sheets *all); /* takes NULL */

/* The sheets of one school and academic year; `r` is the school's roll and must not
 * grow while they live. The same ones when asked again; lent until sheets_free. */
status sheets_year(sheets *all, const roll *r, int academic_year, sheet_year **out, problem *p);

/* What stood in a place before a row of the register. */
typedef struct sheet_before {
  mark mark;
  bool again; /* this import had set it */
} sheet_before;

/* A row of the register came: the mark of a roll entry in a session of that year.
 * MARK_NONE sets nothing, but the half day has come. */
status sheet_set(sheet_year *y, session at, uint32_t entry, mark m, sheet_before *before,
                 problem *p);

/* The same for a mark where nothing is in the way: the sheet is in memory and has a
 * place for the pupil, this import has not set the mark, and it replaces none. False,
 * and nothing done, otherwise. */
bool sheet_set_plain(sheet_year *y, session at, uint32_t entry, mark m);

typedef struct sheet_totals {
  size_t added, unchanged, changed; /* marks set by this import, against before */
  size_t sessions;                  /* half days of which rows came */
  size_t (*pairs)[MARK_VALUES];     /* [MARK_VALUES]: changed, by was and now */
} sheet_totals;

/* What was set by now; lent until the next call. */
const sheet_totals *sheets_count(sheets *all);

typedef struct sheet_source {
  int64_t import, at;
  const char *by; /* may be NULL */
} sheet_source;

/* Write new slots, sheets that differ, their amendments, and which marks are first ones. The
 * end: nothing can be set after it. */
status sheets_write(sheets *all, const sheet_source *from, problem *p);

#endif
