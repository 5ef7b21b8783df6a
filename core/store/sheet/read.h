/* read: the sheets of one school in memory: a row a session, a lane a
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
#ifndef WAYMARK_SHEET_READ_H
#define WAYMARK_SHEET_READ_H

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

/* Free with school_marks_free, which takes NULL. */
status school_marks_read(db *d, const school_marks_plan *plan, school_marks **out, problem *p);
void school_marks_free(school_marks *m);

/* The same without asking who the pupils are: a lane for every slot of the school.
 * Only where marks of one academic year lie; *out is NULL when there are more
 * years, and nothing was read. `members` is not looked at. */
status school_marks_read_slots(db *d, const school_marks_plan *plan, school_marks **out,
                               problem *p);

/* The marks of `count` members from `first` on, `calendar->count` bytes each,
 * one after another. `to` must be zero. */
void school_marks_copy(const school_marks *m, size_t first, size_t count, mark *to);

/* The whole school's sessions, of members and everybody else; lent. NULL when nobody
 * asked for them. */
const school_session *school_marks_sessions(const school_marks *m);

/* The marks as they lie; lent. Every member has a lane below `width`. */
lanes school_marks_lanes(const school_marks *m);
size_t school_marks_lane_of(const school_marks *m, size_t member);

#endif
