/* marks: the registers as tables of SQL.
 *
 *   mark(school, upn, date, session, code, class, school_week)
 *   mark_count(school, date, session, code, class, school_week, marks)
 *
 * `mark` has one row a stored mark: `school` is the school's key (as in the table
 * of schools, case ignored), `date` ISO text, `session` 'AM' or 'PM', `code` and
 * `class` texts, `school_week` the number of the school week within the academic
 * year, the first being 1, NULL in a week without school. Columns that are there for who
 * names them: `enrolment` its number, `on_roll` 0 where the mark is from before the pupil
 * joined or after one left; `minutes_late`, `sub_code` and `comment`, which came with the mark
 * (sheet/details.h; a look-up a row). `mark_count` has one row a school, half day and code: how
 * many such marks there are of pupils who were on roll. Whoever asks for groups asks that one: it
 * has a fiftieth of the rows.
 *
 * Equality on school and upn, and =, <, <=, >, >= (so also BETWEEN) on date
 * limit what is read: schools, one pupil's slot, sheets. EXPLAIN QUERY PLAN
 * names the limits in use: "school= date>= date<". Any text may be compared
 * with a date; ISO order is the order of days, so the limits are exact. */
#ifndef WAYMARK_MARKS_H
#define WAYMARK_MARKS_H

#include "store/store.h"

/* Make the tables known on the store's connection; again does nothing. They lend the
 * store: no query over them may be stepped once the store is closed. */
status marks_register(store *st, problem *p);

#endif
