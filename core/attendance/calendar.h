/* calendar: one school's open sessions, in order, and its school weeks.
 *
 * A school week is a Monday-to-Sunday week with at least one open session
 * (SI 2007/1867 as amended in 2024, "school week"). Weeks are numbered from 0
 * over the whole calendar, so "the nine school weeks before" is a subtraction;
 * half terms, holidays and weeks of training days alone have no number.
 *
 * 1. `at` ascends strictly; `week` never descends and steps by at most one.
 * 2. The calendar is the planned one: a week lost to snow stays a school week.
 * 3. A calendar lends; whoever built it (calendar_build) frees it. */
#ifndef WAYMARK_CALENDAR_H
#define WAYMARK_CALENDAR_H

#include "base/date.h"

typedef struct calendar {
  size_t count;        /* open sessions */
  const session *at;   /* [count] */
  const int32_t *week; /* [count] */
} calendar;

typedef struct school_day {
  day on;
  bool open[2]; /* morning, afternoon */
} school_day;

/* From days in ascending order, none twice (STATUS_RANGE otherwise). Free with
 * calendar_free. */
status calendar_build(const school_day *days, size_t count, calendar *out, problem *p);
void calendar_free(calendar *c);

/* The index of the first open session at or after `s` (count when none). */
size_t calendar_index(const calendar *c, session s);
/* How many open sessions lie on or before day `d`. */
size_t calendar_end(const calendar *c, day d);
bool calendar_is_open(const calendar *c, session s);
bool calendar_is_school_day(const calendar *c, day d);

/* The number of the school week that holds `d`; false in a week without school. */
bool calendar_week_of(const calendar *c, day d, int32_t *out);
/* The index of the first session of a school week (count when there is none). */
size_t calendar_week_start(const calendar *c, int32_t week);

/* School days from `from` to `to`, both included. */
size_t calendar_days_between(const calendar *c, day from, day to);

/* The n-th school day after `d` (n >= 1): "within five school days". STATUS_RANGE
 * when the calendar ends before. */
status calendar_days_after(const calendar *c, day d, int n, day *out, problem *p);

/* The last day of a period of `n` school days that begins on `start`, or on the
 * next school day when `start` is none. STATUS_RANGE as above. */
status calendar_days_period(const calendar *c, day start, int n, day *out, problem *p);

/* The day of the n-th open session (n >= 1) from the morning of `start` on: the last day
 * of a period of `n` sessions. STATUS_RANGE as above. */
status calendar_sessions_period(const calendar *c, day start, int n, day *out, problem *p);

/* The last day of a period of `n` school weeks that begins on `start`: from the
 * start of a week that week and the n - 1 after it; from the middle of a week
 * day for day, weeks without school skipped. STATUS_RANGE as above. */
status calendar_weeks_period(const calendar *c, day start, int n, day *out, problem *p);

#endif
