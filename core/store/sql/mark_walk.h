/* mark_walk: the half days of the registers, one after the other, as the tables
 * of marks see them: by school, day, and morning before afternoon.
 *
 * 1. It owns its statements, so several walks may be open; a half day's bytes are
 *    lent by them until the next step.
 * 2. Texts that live as long as the store are given to SQLite as they are, all
 *    others are copied: a row may outlive the sheet it came from. */
#ifndef WAYMARK_MARK_WALK_H
#define WAYMARK_MARK_WALK_H

#include "store/sql/mark_plan.h"
#include "store/sheet/rows.h"
#include "store/store.h"

typedef struct mark_walk {
  store *store;
  day first, last;
  statement *schools; /* id, key */
  statement *sheets;  /* sheet_rows */
  bool at_end, in_school;
  int64_t school;
  calendar calendar; /* of the school, once somebody asked for a week */
  bool has_calendar;
  sheet_row row;
  int half;
  char date[DATE_TEXT]; /* of the row, once somebody asked for it; else "" */
} mark_walk;

/* Begin before the first half day; `limits` is lent for this call. Problems as
 * *p, here and below. */
status mark_walk_begin(mark_walk *w, store *s, const mark_limits *limits, problem *p);
void mark_walk_end(mark_walk *w);
/* From the beginning again. */
void mark_walk_again(mark_walk *w);
/* The next half day that has a sheet; at_end when there is none. */
status mark_walk_next(mark_walk *w, problem *p);

/* A column of a mark of this half day; not upn, nor the number of marks. */
status mark_walk_column(mark_walk *w, sqlite3_context *to, enum mark_column column, mark m,
                        problem *p);

#endif
