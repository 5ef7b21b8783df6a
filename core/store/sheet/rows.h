/* rows: how sheets lie in the database. Everybody reads and writes them through
 * this; two questions of check look into the bytes in SQL, by the same key.
 *
 * A sheet is one school's marks of one day: the bytes of the morning and those
 * of the afternoon, a byte a slot; a half day's bytes may be fewer than there are
 * slots, the rest are blank.
 *
 * A sheet is a row under one integer, the school's number and the day: a school's
 * sheets lie side by side in the order of days. README.md has the measurements.
 *
 * Bytes are lent by their statement: until the next step, reset or binding. */
#ifndef WAYMARK_SHEET_ROWS_H
#define WAYMARK_SHEET_ROWS_H

#include "attendance/code.h"
#include "store/db/db.h"

/* SQL: the key of a school's sheet of a day; 25567 makes the first day there is,
 * DATE_FIRST, 0. The columns `school` and `day` are worked out of it: to find
 * rows, compare the key. */
#define SHEET_KEY(school, day) "(((" school ") << 20) + (" day ") + 25567)"

/* Slots are below this: no school has so many pupils in a year, and a stored number
 * that was damaged is not to size a block. */
enum { SHEET_SLOTS = 1 << 20 };

typedef struct sheet_row {
  day on;
  const mark *half[2]; /* morning, afternoon */
  size_t length[2];
} sheet_row;

/* A statement of its own over one school's sheets, by day; the caller finalizes
 * it. NULL with the problem on failure. */
statement *sheet_rows_prepare(db *d, problem *p);
/* Begin with the sheets of a school from `first` to `last`, both included and
 * within DATE_FIRST and DATE_LAST. */
void sheet_rows_of(statement *rows, int64_t school, day first, day last);
/* The next of them; *more is false at the end, and the statement reset. */
status sheet_rows_next(statement *rows, sheet_row *out, bool *more, problem *p);

/* Write a sheet, in place of one that is there. */
status sheet_rows_put(db *d, int64_t school, const sheet_row *what, problem *p);

#endif
