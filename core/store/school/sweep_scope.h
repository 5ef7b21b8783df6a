/* sweep_scope: which sessions may count for a pupil, remembered by date of birth.
 *
 * Most schools of an authority keep the same calendar, and what rule_scope answers
 * depends on nothing else: with the calendar of the school before, it is not asked
 * again for a date of birth that was met. */
#ifndef WAYMARK_SWEEP_SCOPE_H
#define WAYMARK_SWEEP_SCOPE_H

#include "attendance/rule.h"
#include "base/mem.h"

enum { SCOPES = 4096 }; /* a power of two: days of birth, eleven years */

typedef struct scope {
  day born; /* DAY_NONE: nothing is known here */
  uint32_t low, high;
} scope;

typedef struct sweep_scopes {
  scope *of;       /* [rules][SCOPES] */
  buffer calendar; /* the one they are of */
  size_t end;
} sweep_scopes;

/* Begin with a school; forgets what is not so for it. */
status sweep_scopes_school(sweep_scopes *s, size_t rules, const calendar *c, size_t end,
                           problem *p);
/* What rule_scope answers for `pupil` and rule `k`. */
scope sweep_scope_of(sweep_scopes *s, size_t k, const rule *r, const span *pupil);
void sweep_scopes_free(sweep_scopes *s);

#endif
