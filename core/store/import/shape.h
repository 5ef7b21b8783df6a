/* shape: how a file of marks holds them: a record a mark, a record a pupil and day, a record a
 * pupil with a column a session, or a record a pupil with one string of marks.
 *
 * 1. What is not said is told from the headings alone.
 * 2. The dates of all headings are read in one order of day and month: the one that is said; else
 *    the one that a number over 12 proves; else the only one in which the columns ascend over days
 *    from Monday to Friday. Where both are possible the file is refused.
 * 3. A heading without a year is of the last such day before the import, of that weekday.
 * 4. Two columns of one day that say neither AM nor PM are its morning and its afternoon, in that
 *    order; a single one is refused.
 *
 * Nothing here reads a record. */
#ifndef WAYMARK_SHAPE_H
#define WAYMARK_SHAPE_H

#include "base/status.h"
#include "store/csv/reading.h"

const char *shape_name(enum shape s); /* "long" */

/* A column of a grid. */
typedef struct shape_column {
  size_t column; /* among the cells of a record */
  session at;
} shape_column;

/* The columns among the headings that are sessions, in the order of time; *count 0: there are
 * none. `taken[i]`: heading i is another column. The caller frees *out with mem_free.
 * STATUS_SYNTAX: a day without a half, a session twice, orders of day and month that cannot both
 * be, a year of two digits. */
status shape_columns(const slice *headings, const bool *taken, size_t heading_count,
                     enum date_order order, day today, shape_column **out, size_t *count,
                     problem *p);

/* Whether the headings are those of totals: possible, authorised, unauthorised … sessions. */
bool shape_is_totals(const slice *headings, size_t heading_count);

/* The session of place `k` of a string of marks that begins on `start`: mornings and afternoons,
 * of Saturdays and Sundays too where those take places. */
session shape_place(day start, bool weekends, size_t k);

#endif
