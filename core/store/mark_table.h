/* mark_table: the registers as a table of SQL.
 *
 *   mark(school, upn, date, session, code, class, school_week)
 *
 * One row a stored mark: `school` is the school's key (as in the table of
 * schools, case ignored), `date` ISO text, `session` 'AM' or 'PM', `code` and
 * `class` texts, `school_week` the number of the school week within the
 * academic year, the first being 1, NULL in a week without school. Rows come by
 * school, day, session and slot.
 *
 * Equality on school and upn, and =, <, <=, >, >= (so also BETWEEN) on date
 * limit what is read: schools, one pupil's slot, sheets. EXPLAIN QUERY PLAN
 * names the limits in use: "school= date>= date<". Any text may be compared
 * with a date; ISO order is the order of days, so the limits are exact. */
#ifndef WAYMARK_MARK_TABLE_H
#define WAYMARK_MARK_TABLE_H

#include "store/store.h"

/* Make the table known on the store's connection; again does nothing. It lends the store: no query
 * over it may be stepped once the store is closed. */
status mark_table_register(store *s, problem *p);

#endif
