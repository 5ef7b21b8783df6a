/* find: which pupils somebody means by a text: never a guess, always a list. */
#ifndef WAYMARK_FIND_H
#define WAYMARK_FIND_H

#include "store/db/query.h"

/* The enrolments that `text` names, by the first of these that fits any: the
 * exact UPN; the exact admission number; "forename surname" or "surname,
 * forename"; the surname; the forename. ASCII case does not matter, other
 * letters are as they are. Spaces around, and after a comma, do not count.
 *
 * Columns: enrolment, pupil, upn, name, school (key), school_name, year, form,
 * joined, left (ISO); in the order imported. */
status find_pupils(store *s, slice text, query **out, problem *p);

#endif
