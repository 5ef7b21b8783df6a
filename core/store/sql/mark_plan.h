/* mark_plan: what of a query the tables of marks take upon themselves: limits,
 * and the order of rows.
 *
 * 1. The plan is a text: the limits in the order of their values, then words on
 *    the rows ("school= date>= date< counted"). It is what EXPLAIN QUERY PLAN
 *    shows, and all that is handed from planning to reading.
 * 2. A limit only ever removes rows that its constraint would remove. A value
 *    that cannot be compared exactly here (a number, a blob) limits nothing,
 *    and SQLite checks it again: `omit` is asked for literal texts only.
 * 3. At most one limit on school and one on upn; further ones are SQLite's.
 * 4. The words: "by:code", "by:class" (with "-" before the name: descending):
 *    in that order, first to last, and only then by school and day. "counted":
 *    nobody asks whose marks they are. "once": equal rows may come once only. */
#ifndef WAYMARK_MARK_PLAN_H
#define WAYMARK_MARK_PLAN_H

#include <sqlite3.h>

#include "base/date.h"

enum mark_column {
  MARK_SCHOOL,
  MARK_UPN, /* not in mark_count */
  MARK_DATE,
  MARK_SESSION,
  MARK_CODE,
  MARK_CLASS,
  MARK_SCHOOL_WEEK,
  MARK_MARKS /* only there */
};

enum { MARK_ORDERS = 2 };

typedef struct mark_order {
  enum mark_column by; /* MARK_CODE, MARK_CLASS */
  bool descending;
} mark_order;

typedef struct mark_limits {
  sqlite3_value *school, *upn; /* lent; NULL: any */
  day first, last;             /* both included */
  bool nothing;                /* no row can match */
  bool counted, once;
  mark_order orders[MARK_ORDERS];
  int order_count;
} mark_limits;

/* The column of `mark`, or with `counts` of `mark_count`, by its number there. */
enum mark_column mark_plan_column(bool counts, int column);

/* xBestIndex: SQLITE_OK or SQLITE_NOMEM. */
int mark_plan_best(sqlite3_index_info *info, bool counts);

/* What xFilter was given, as limits. */
mark_limits mark_plan_limits(const char *plan, sqlite3_value **values);

#endif
