/* fill_marks: the sheets of one school in memory: a row a session, a lane a
 * pupil, to be measured as they lie or turned into pupils' marks.
 *
 * A sheet is read once. With marks of one academic year a lane is a slot of its
 * sheets, and only those between the lowest and the highest slot that anybody
 * here has are kept; those who have none come behind them. With several years the
 * slots of a pupil differ: there a lane is a member.
 *
 * 1. Members ascend by enrolment; member i is the i-th.
 * 2. Sessions are those of the calendar before `end`; later marks stay 0, so
 *    nobody reads what came after the as-of day.
 * 3. With `known_at`, amendments learnt after it are undone, newest first, and
 *    marks from `reach` (as it was then) on are blank. */
#ifndef WAYMARK_FILL_MARKS_H
#define WAYMARK_FILL_MARKS_H

#include "attendance/lanes.h"
#include "store/db/db.h"

typedef struct fill_marks fill_marks;

typedef struct fill_marks_plan {
  int64_t school;
  const calendar *calendar; /* must live as long as the result */
  size_t end, reach;
  int64_t known_at;       /* INT64_MAX: now */
  const int64_t *members; /* [count] enrolments, lent while reading */
  size_t count;
  bool beside_school; /* fill_marks_school is wanted */
} fill_marks_plan;

/* Free with fill_marks_free, which takes NULL. */
status fill_marks_read(db *d, const fill_marks_plan *plan, fill_marks **out, problem *p);
void fill_marks_free(fill_marks *m);

/* The same without asking who the pupils are: a lane for every slot of the school.
 * Only where marks of one academic year lie; *out is NULL when there are more
 * years, and nothing was read. `members` is not looked at. */
status fill_marks_read_slots(db *d, const fill_marks_plan *plan, fill_marks **out, problem *p);

/* The marks of `count` members from `first` on, `calendar->count` bytes each,
 * one after another. `to` must be zero. */
void fill_marks_copy(const fill_marks *m, size_t first, size_t count, mark *to);

/* The whole school's sessions, of members and everybody else; lent. NULL when nobody
 * asked for them. */
const school_session *fill_marks_school(const fill_marks *m);

/* The marks as they lie; lent. Every member has a lane below `width`. */
lanes fill_marks_lanes(const fill_marks *m);
size_t fill_marks_lane_of(const fill_marks *m, size_t member);

#endif
