/* row_digests: a digest of each row of what was recorded, and of the schema, so that a changed
 * byte is found wherever it lies. A table's last column, row_digest, is worked out by SQLite
 * whenever a row is written, by whomever, from all columns that are kept, and kept with the row; a
 * program that has not Waymark's function row_digest() (digest.h) cannot write one.
 *
 * It finds accidents and careless edits, not a forger, who could work the digests out anew. Rows
 * from before a table had them count as they were on the day that it got them. */
#ifndef WAYMARK_ROW_DIGESTS_H
#define WAYMARK_ROW_DIGESTS_H

#include "store/db/db.h"

/* After a migration, in its transaction, while foreign keys are not looked at: each table that has
 * no digests, or has other columns than they are of, is made anew with its rows, indexes and
 * triggers; digests of the schema. STATUS_FAULT: a table is not among those in row_digests.c. */
status row_digests_renew(db *d, problem *p);

/* What differs from its digest, and what is gone of rows that are never removed: a sentence each,
 * without a full stop. *whole: every table and view is as it was made; else no rows were looked at.
 */
status row_digests_compare(db *d, void (*differs)(void *context, const char *sentence),
                           void *context, bool *whole, problem *p);

#endif
