/* functions: what SQL is given besides SQLite's own, on every connection.
 *
 *   fold(text)         as names are compared (base/text_fold.h)
 *   year_group(text)   a year group however it is written: "Year 4", "Y4", "04" and 4 are '4',
 *                      "Reception", "YR" and "R" are 'r'; other texts are folded, without spaces
 *   pattern_of(text), values_of(text)   the parts that a text is kept in (store/db/pack.h), NULL
 * when it is kept as it is; unpacked(pattern, values) is the text again, NULL when these are not
 * its parts; unpacked(pattern, values, 1) with all its lists of half days empty
 *   row_digest(value, …)   a number by which a changed value is found (store/db/digest.h)
 *
 * The others are NULL of NULL. */
#ifndef WAYMARK_FUNCTIONS_H
#define WAYMARK_FUNCTIONS_H

#include <sqlite3.h>

/* -> SQLite's answer */
int functions_register(sqlite3 *handle);

#endif
