/* on_roll: which marks of a school's sheets lie in their pupil's time at the school. Marks from
 * before a pupil joined, or from after one left, stay on the sheets as they came; whoever counts
 * marks reads them through this, so that none of those is in a figure.
 *
 * 1. Both dates of an enrolment are days at the school; one that is not known bounds nothing.
 *    They are today's, whatever the time that is asked about. An enrolment that is at no school
 *    any more (the pupil is another one) was there on no day.
 * 2. What is kept is who came or went within a year, and of a day only those are looked at who
 *    were not there: most schools have few, most days none. */
#ifndef WAYMARK_ON_ROLL_H
#define WAYMARK_ON_ROLL_H

#include "store/sheet/rows.h"

typedef struct on_roll_slot {
  day on; /* joined, or left */
  uint32_t slot;
} on_roll_slot;

/* Zeroed: nobody came or went. */
typedef struct on_roll {
  on_roll_slot *joined, *left; /* [joined_count], [left_count]: by day */
  size_t joined_count, left_count, joined_room, left_room;
  buffer marks; /* of a half day, without those that do not count */
} on_roll;

/* Who of a school's sheets of an academic year joined after `first` or left before `last`: on days
 * from `first` to `last` everybody else was there. Frees what *out had. */
status on_roll_read(db *d, int64_t school, int academic_year, day first, day last, on_roll *out,
                    problem *p);
void on_roll_free(on_roll *r);

/* The marks of a half day, blank where the pupil was not there then: *half itself where there is no
 * such mark; else lent until the next call. */
status on_roll_marks(on_roll *r, day on, const mark **half, size_t length, problem *p);

#endif
