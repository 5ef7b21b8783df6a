/* filter: which pupils somebody asks for, and as of when. The same for batches, for the
 * sweep and for figures.
 *
 * Wanted are enrolments that have begun by the as-of day and had not ended before
 * 1 August of its academic year (marks from outside of those dates count for nothing); with
 * `everyone`, all; with `on_roll`, only those whose dates hold the as-of day. */
#ifndef WAYMARK_FILTER_H
#define WAYMARK_FILTER_H

#include "base/date.h"

typedef struct pupil_filter {
  int64_t school;        /* row id; 0: all */
  int64_t enrolment;     /* 0: any */
  slice year, form, upn; /* empty: any; compared by the functions year_group and fold of SQL
                          (db/functions.h), the UPN without regard to the case of letters */
  day as_of;
  int64_t known_at; /* seconds; INT64_MAX: now */
  bool everyone, on_roll;
} pupil_filter;

#endif
