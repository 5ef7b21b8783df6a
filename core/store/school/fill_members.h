/* fill_members: which enrolments of a school somebody asks for, in the order of
 * their ids.
 *
 * Those that have begun by the as-of day and had not ended before 1 August of its
 * academic year, and those with any mark between that 1 August and the as-of day (as
 * known at `known_at`); with `everyone`, all; with `on_roll`, only those whose dates
 * hold the as-of day. */
#ifndef WAYMARK_FILL_MEMBERS_H
#define WAYMARK_FILL_MEMBERS_H

#include "store/db/db.h"

typedef struct members_wanted {
  day as_of;
  int64_t known_at;       /* seconds; INT64_MAX: now */
  slice year, form, upn;  /* empty: any; ASCII case ignored */
  int64_t enrolment;      /* 0: any */
  bool everyone, on_roll; /* as above */
} members_wanted;

/* A statement that gives the columns `columns` (of enrolment e and pupil p) of each.
 * Conditions that were not asked for are not in it. `alone`: it will be asked for
 * schools between whose first and last enrolment there is nobody of another school,
 * and walks along the ids. The caller finalizes it. */
status fill_members_prepare(db *d, const char *columns, const members_wanted *what, bool alone,
                            statement **out, problem *p);

/* Begin with the enrolments of a school, whose ids lie between `first` and `last`. */
void fill_members_of(statement *rows, int64_t school, int64_t first, int64_t last);

#endif
