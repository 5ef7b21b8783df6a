/* fill: rows of the workspace to batches, school by school.
 *
 * 1. Schools come in the order of their ids, a school's enrolments in the order
 *    of theirs, which is the order imported. A batch holds one school only.
 * 2. Memory is bounded by one school: its sheets are read once and kept while
 *    its batches are made.
 * 3. Who is in: enrolments that have begun by the as-of day and had not ended
 *    before 1 August of its academic year, and those with any mark between that
 *    1 August and the as-of day; with `everyone`, all;
 *    with `on_roll`, only those whose dates hold the as-of day.
 * 4. Nothing after the as-of day is in a batch: later marks are blank, events
 *    after it (or after `diary`) left out. The calendar is the planned one, to its end.
 * 5. `known_at` T is the register as it was known then: amendments learnt after
 *    T are undone, marks after the reach at T are blank. Dates of enrolments,
 *    names and groups are today's.
 * 6. With FILL_REGISTERS a batch says of how many pupils of the whole school a mark was
 *    possible and how many were absent, session by session; the same whoever is asked
 *    for. That is counted while the sheets are read anyway: 20,000 pupils with and
 *    without it are within the noise of each other (13.5 ms).
 * 7. All of it is one snapshot, held from fill_begin until there is no more or
 *    fill_free: an import in the middle stays unseen.
 *
 * A fill has its own statements: several may be open at once. It must not be
 * used after its store is closed; freeing it then is allowed. */
#ifndef WAYMARK_FILL_H
#define WAYMARK_FILL_H

#include "attendance/batch.h"
#include "store/school/fill_fields.h"
#include "store/store.h"

typedef struct fill_options {
  int64_t school; /* row id; 0: all */
  day as_of;
  day diary;         /* entries of the case up to this day (registers often lag
                        behind what people did); DAY_NONE: the as-of day */
  int64_t known_at;  /* seconds; INT64_MAX: now */
  day first_day;     /* the calendar begins here, its weeks numbered from 0;
                        DAY_NONE: all history */
  slice year, form;  /* empty: any; ASCII case ignored */
  slice upn;         /* empty: any; taken in capitals */
  int64_t enrolment; /* 0: any */
  uint32_t fields;   /* enum fill_group; without FILL_REGISTERS marks are zero
                        and dates of birth unknown */
  bool everyone;
  bool on_roll; /* only enrolments that have not ended by the as-of day */
} fill_options;

typedef struct fill fill;

/* The options are copied. STATUS_RANGE: no such as-of day. STATUS_NOT_FOUND: no
 * school of that id. Free with fill_free, which takes NULL. */
status fill_begin(store *s, const fill_options *options, fill **out, problem *p);
void fill_free(fill *f);

/* The next batch, up to BATCH_PUPILS enrolments, sealed, in `block` (cleared
 * first). *more is false, and the block empty, when there is none. A record's
 * id is its enrolment. The school is JSON: id, key, name, phase, la and, when
 * anything was imported, `reach` (ISO date) and `reach_session` ("AM", "PM"). */
status fill_next(fill *f, buffer *block, bool *more, problem *p);

#endif
