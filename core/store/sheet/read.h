/* read: a school's sheets in memory, as a row a session and a lane a pupil: to be
 * measured as they lie, or turned into pupils' marks.
 *
 * A sheet is read once. With marks of one academic year a lane is a slot of its
 * sheets, and only those between the lowest and the highest slot that any member
 * has are kept; members who have none come behind them. With several years the
 * slots of a pupil differ: there a lane is a member.
 *
 * 1. Members ascend by enrolment; member i is the i-th.
 * 2. Sessions are those of the calendar before `end`; later marks stay 0, so
 *    nobody reads what came after the as-of day.
 * 3. With `known_at`, amendments learnt after it are undone, newest first, and
 *    marks from `reach` (as it was then) on are blank.
 * 4. The whole school's sessions count everybody who has a mark on its sheets,
 *    whoever is asked for, so that one pupil alone is compared with the same as all.
 * 5. Marks from outside a pupil's time on roll are blank here (on_roll.h): nothing that is
 *    counted has them. */
#ifndef WAYMARK_SHEET_READ_H
#define WAYMARK_SHEET_READ_H

#include "attendance/batch.h"
#include "attendance/lanes.h"
#include "store/db/db.h"

typedef struct school_marks school_marks;

typedef struct school_marks_plan {
  int64_t school;
  const calendar *calendar; /* must live as long as the result */
  size_t end, reach;
  int64_t known_at;       /* INT64_MAX: now */
  const int64_t *members; /* [count] enrolments, lent while reading */
  size_t count;
  bool beside_school; /* school_marks_sessions is wanted */
} school_marks_plan;

/* STATUS_RANGE when the school has more marks than a batch may hold (asked with
 * `beside_school`). Free with school_marks_free, which takes NULL. */
status school_marks_read(db *d, const school_marks_plan *plan, school_marks **out, problem *p);
void school_marks_free(school_marks *m);

/* The same without asking who the pupils are: a lane for every slot of the school, now.
 * Only where marks of one academic year lie; *out is NULL when there are more
 * years, and nothing was read. `members` is not looked at. */
status school_marks_read_slots(db *d, const school_marks_plan *plan, school_marks **out,
                               problem *p);

/* The marks of `count` members from `first` on, `calendar->count` bytes each,
 * one after another. `to` must be zero. */
void school_marks_copy(const school_marks *m, size_t first, size_t count, mark *to);

/* The whole school's sessions, [calendar->count]; lent. NULL when nobody asked. */
const school_session *school_marks_sessions(const school_marks *m);

/* The marks as they lie; lent. Every member has a lane below `width`. */
lanes school_marks_lanes(const school_marks *m);
size_t school_marks_lane_of(const school_marks *m, size_t member);

#endif
