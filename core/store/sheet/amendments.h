/* amendments: marks that changed after they had come in: what a mark was, what it is
 * now, when that was learnt, from which import, by whom. Only ever added. */
#ifndef WAYMARK_AMENDMENTS_H
#define WAYMARK_AMENDMENTS_H

#include "attendance/code.h"
#include "store/db/db.h"

typedef struct amendment {
  int64_t enrolment;
  session at;
  mark was, now;
} amendment;

/* `learnt` is UTC seconds; `by` may be NULL. */
status amendment_add(db *d, const amendment *what, int64_t import, int64_t learnt, const char *by,
                     problem *p);

/* Begin with those of a school that were learnt after a time, the last learnt first, of days on
 * which the pupil was on roll.
 * Lent, as db_statement lends; NULL with the problem on failure. */
statement *amendments_after(db *d, int64_t school, int64_t known_at, problem *p);
/* The next of them; *more is false at the end, and the statement reset. */
status amendments_next(statement *rows, amendment *out, bool *more, problem *p);

#endif
