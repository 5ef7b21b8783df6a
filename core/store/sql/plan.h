/* plan: which limits of a query the tables of marks take upon themselves.
 *
 * 1. The plan is a text: the limits in the order of their values ("school= date>=
 *    date<"). It is what EXPLAIN QUERY PLAN shows, and all that is handed from
 *    planning to reading.
 * 2. A limit only ever removes rows that its constraint would remove. A value
 *    that cannot be compared exactly here (a number, a blob) limits nothing,
 *    and SQLite checks it again: `omit` is asked for literal texts only.
 * 3. At most one limit on school and one on upn; further ones are SQLite's.
 * 4. Rows come by school, day and half day. Whoever orders or groups by the code first (then,
 *    it may be, by those) has them by code, in a walk a code: SQLite then sorts nothing. Any
 *    other order, and any other groups, are SQLite's. */
#ifndef WAYMARK_PLAN_H
#define WAYMARK_PLAN_H

#include <sqlite3.h>

#include "base/date.h"

enum marks_column {
  MARKS_SCHOOL,
  MARKS_UPN, /* not in mark_count */
  MARKS_DATE,
  MARKS_SESSION,
  MARKS_CODE,
  MARKS_CLASS,
  MARKS_SCHOOL_WEEK,
  MARKS_COUNT, /* only there */
  MARKS_ENROLMENT,
  MARKS_ON_ROLL,
  MARKS_MINUTES_LATE,
  MARKS_SUB_CODE,
  MARKS_COMMENT
};

enum plan_order { PLAN_AS_READ, PLAN_BY_CODE }; /* the number of a plan */

typedef struct plan_limits {
  sqlite3_value *school, *upn; /* lent; NULL: any */
  day first, last;             /* both included */
  bool nothing;                /* no row can match */
} plan_limits;

/* The column of `mark`, or with `counts` of `mark_count`, by its number there. */
enum marks_column plan_column(bool counts, int column);

/* xBestIndex: SQLITE_OK or SQLITE_NOMEM. */
int plan_best(sqlite3_index_info *info, bool counts);

/* What xFilter was given, as limits. */
plan_limits plan_read(const char *plan, sqlite3_value **values);

#endif
