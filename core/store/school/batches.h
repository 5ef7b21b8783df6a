/* batches: rows of the workspace to batches, school by school.
 *
 * 1. Schools come in the order of their ids, a school's enrolments in the order
 *    of theirs, which is the order imported. A batch holds one school only.
 * 2. Memory is bounded by one school: its sheets are read once and kept while
 *    its batches are made.
 * 3. Nothing after the as-of day is in a batch: later marks are blank, events
 *    after it (or after `diary`) left out. The rest is as in school.h.
 * 4. With FIELD_REGISTERS a batch says of how many pupils of the whole school a mark was
 *    possible and how many were absent, session by session; the same whoever is asked
 *    for. That is counted while the sheets are read anyway: 20,000 pupils with and
 *    without it are within the noise of each other (13.5 ms).
 * 5. All of it is one snapshot, held from batches_begin until there is no more or
 *    batches_free: an import in the middle stays unseen.
 *
 * 6. With rules each record says which of them are met of the pupil as of the day (batch_met),
 *    measured down the lanes before anything is made for anybody; and with `some` only those
 *    have records of whom one is met, or who are to be asked about for another reason.
 *
 * They have statements of their own: several may be open at once. They must not be
 * used after their store is closed; freeing them then is allowed. */
#ifndef WAYMARK_BATCHES_H
#define WAYMARK_BATCHES_H

#include "attendance/batch.h"
#include "attendance/rule.h"
#include "store/school/fields.h"
#include "store/school/filter.h"
#include "store/store.h"

typedef struct batches_options {
  pupil_filter who;
  day diary;                /* entries of the case up to this day (registers often lag behind
                               what people did); DAY_NONE: the as-of day */
  day first_day;            /* the calendar begins here, its weeks numbered from 0; DAY_NONE:
                               all history */
  uint32_t fields;          /* enum field_group; without FIELD_REGISTERS marks are zero and dates
                               of birth unknown */
  const rule *const *rules; /* [rule_count], at most BATCH_RULES; they need FIELD_REGISTERS */
  size_t rule_count;
  size_t size;         /* of a batch, at most BATCH_PUPILS, which it is with 0 */
  bool some;           /* not everybody: those of whom a rule is met, and */
  const int64_t *also; /* [also_count] these enrolments, ascending; must stay */
  size_t also_count;
} batches_options;

typedef struct batches batches;

/* The options are copied, and the rules compiled for the codes of the store. STATUS_RANGE: no such
 * as-of day. STATUS_NOT_FOUND: no school of that id. Free with batches_free, which takes NULL. */
status batches_begin(store *st, const batches_options *options, batches **out, problem *p);
void batches_free(batches *b);

/* The next batch, up to BATCH_PUPILS enrolments, sealed, in `block` (cleared
 * first). *more is false, and the block empty, when there is none. A record's
 * id is its enrolment. The school is JSON: id, key, name, phase, la and, when
 * anything was imported, `reach` (ISO date) and `reach_session` ("AM", "PM"). */
status batches_next(batches *b, buffer *block, bool *more, problem *p);

/* How many pupils were looked at so far, those who have no record too. */
size_t batches_pupils(const batches *b);

#endif
