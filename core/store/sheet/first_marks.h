/* first_marks: which marks an import set where none was, of one school and academic year:
 * what has to be taken out of the sheets when the import is undone. (What it set in place
 * of another mark, or behind the reach, is an amendment.)
 *
 * Runs of slots side by side, half day by half day: a class register of a day takes some
 * ten bytes, whatever its length. */
#ifndef WAYMARK_FIRST_MARKS_H
#define WAYMARK_FIRST_MARKS_H

#include "store/db/db.h"

typedef struct first_marks {
  buffer runs;
  int64_t end;         /* of the last run that is in `runs` */
  int64_t from, count; /* the one that grows; count 0: none */
} first_marks;

/* One more: its half day, counted from 1 August, and its slot. They ascend. */
void first_marks_add(first_marks *f, int half_day, uint32_t slot);
/* Keep them, if there are any. Free with first_marks_free, whatever came out. */
status first_marks_put(first_marks *f, db *d, int64_t import, int64_t school, int academic_year,
                       problem *p);
void first_marks_free(first_marks *f);

typedef struct first_marks_run {
  int half_day;
  uint32_t slot, count;
} first_marks_run;

/* Those that were kept, as bytes: the next run, from *at and *end (0 at first) on; false at
 * the end. STATUS_CORRUPT when they are none. */
status first_marks_next(slice bytes, size_t *at, int64_t *end, first_marks_run *out, bool *more,
                        problem *p);
/* Begin with the bytes of an import: lent, one row at most; NULL with the problem on failure. */
statement *first_marks_of(db *d, int64_t import, int64_t school, int academic_year, problem *p);

#endif
