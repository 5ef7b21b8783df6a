/* span: one pupil's sessions at one school, as marks side by side with the
 * school's calendar, cut at a day; and what the whole school was like on them.
 *
 * A span lends everything; it is made on the fly from a batch and costs
 * nothing. Marks of sessions on which the school is closed are not in it.
 *
 * 1. end <= reach' where reach' = calendar->count; sessions at `end` and later
 *    lie after the as-of day and are never looked at.
 * 2. Blanks from `reach` on have not come in yet: they are not missing.
 * 3. Blanks outside [from, to) lie outside the enrolment: not missing either.
 *    Nor are there marks: whoever lends them leaves out those that are not of the
 *    enrolment. */
#ifndef WAYMARK_SPAN_H
#define WAYMARK_SPAN_H

#include "attendance/calendar.h"
#include "attendance/code.h"

/* One session of the whole school: of how many pupils a mark was possible, and how
 * many of those were absent. The pupil of a span is among them. */
typedef struct school_session {
  uint32_t possible, authorised, unauthorised;
} school_session;

typedef struct span {
  const calendar *calendar;
  const mark *marks;            /* [calendar->count] */
  const school_session *school; /* [calendar->count]; NULL: nobody asked for it */
  size_t end;                   /* sessions known on the as-of day */
  size_t reach;                 /* sessions that imports had brought */
  size_t from, to;              /* sessions of the enrolment */
  day as_of;
  day born; /* DAY_NONE when unknown */
} span;

#endif
