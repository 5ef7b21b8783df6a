/* mark_plan: which limits of a query the table of marks takes upon itself.
 *
 * 1. The plan is a text that lists the limits in the order of their values
 *    ("school= date>= date<"); it is what EXPLAIN QUERY PLAN shows, and all
 *    that is handed from planning to reading.
 * 2. A limit only ever removes rows that its constraint would remove. A value
 *    that cannot be compared exactly here (a number, a blob) limits nothing,
 *    and SQLite checks it again: `omit` is asked for literal texts only.
 * 3. At most one limit on school and one on upn; further ones are SQLite's. */
#ifndef WAYMARK_MARK_PLAN_H
#define WAYMARK_MARK_PLAN_H

#include <sqlite3.h>

#include "base/date.h"

enum mark_column {
  MARK_SCHOOL,
  MARK_UPN,
  MARK_DATE,
  MARK_SESSION,
  MARK_CODE,
  MARK_CLASS,
  MARK_SCHOOL_WEEK
};

typedef struct mark_limits {
  sqlite3_value *school, *upn; /* lent; NULL: any */
  day first, last;             /* both included */
  bool nothing;                /* no row can match */
} mark_limits;

/* xBestIndex: SQLITE_OK or SQLITE_NOMEM. */
int mark_plan_best(sqlite3_index_info *info);

/* What xFilter was given, as limits. */
mark_limits mark_plan_limits(const char *plan, sqlite3_value **values);

#endif
