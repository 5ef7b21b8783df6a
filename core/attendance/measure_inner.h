/* measure_inner: what the plain loops of measure.c share with kernel.c and
 * lanes.c: everything but the looking at marks. */
#ifndef WAYMARK_MEASURE_INNER_H
#define WAYMARK_MEASURE_INNER_H

#include "attendance/measure.h"

/* Begin an answer: nothing found yet. True when it is to be a walk over the
 * windows of school weeks; otherwise [from, to) of `out` is the period. */
bool measure_begin(const rule *r, const span *s, day from, day to, evidence *out);

/* attended, absent and possible, from by_class. */
void tally_sum(tally *t);

/* What a rate says, once e->tally is known. */
void rate_judge(const rule *r, evidence *e);

#endif
