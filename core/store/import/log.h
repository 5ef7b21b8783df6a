/* log: what an import changed in the tables of people, schools and calendars, for who undoes it:
 * the table `import_row`.
 *
 * 1. Whoever writes, and with whatever statement: while an import runs, triggers of this
 *    connection keep each row as it was before it changed first, as JSON. A column that a
 *    table gets is kept as well, and a table joins by its line in log.c.
 * 2. Rows that were added have numbers side by side, since they are never removed: a range of
 *    them is one row, without `was`.
 * 3. Names that a pupil or a school had before come ("upn_alias added") and go ("… removed"); they
 *    are numbered as that happened.
 * 4. `of` is the table; "touched" says of which schools rows came. The key of a day of a calendar
 *    is that of a sheet (sheet/rows.h). */
#ifndef WAYMARK_IMPORT_LOG_H
#define WAYMARK_IMPORT_LOG_H

#include "store/db/db.h"

enum { IMPORT_LOG_TABLES = 4 };

typedef struct import_log {
  int64_t import; /* the number that the import will have; 0: nothing is kept */
  int64_t last[IMPORT_LOG_TABLES];
} import_log;

/* Inside the import's transaction or savepoint: what fails is undone with it, triggers too. */
status import_log_begin(import_log *log, db *d, problem *p);
status import_log_school(const import_log *log, db *d, int64_t school, problem *p);
status import_log_end(const import_log *log, db *d, problem *p);

#endif
