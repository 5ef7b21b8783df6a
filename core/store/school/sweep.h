/* sweep: rules over everybody's registers, in one pass.
 *
 * A school is measured at a time, as its sheets lie (attendance/lanes.h), and
 * schools are shared out over threads, each with its own read-only connection. The
 * measures are those of measure.h.
 *
 * 1. Rows come in the order of enrolments, which is the order imported, whatever
 *    the number of threads.
 * 2. All connections see one snapshot, held from sweep_begin to sweep_free: an
 *    import in the middle stays unseen. Where the store is in a transaction of its
 *    own, that is the snapshot, and there is one thread: the caller's.
 * 3. Memory is bounded by a few schools a thread, whatever the number of pupils;
 *    only schools whose enrolments were imported side by side are gathered and
 *    sorted.
 * 4. No thread outlives sweep_free. What fails in a thread is the caller's problem,
 *    in the order of the rows.
 *
 * A sweep has its own statements: several may be open at once. It must not be used
 * after its store is closed; freeing it then is allowed. */
#ifndef WAYMARK_SWEEP_H
#define WAYMARK_SWEEP_H

#include "store/school/sweep_school.h"

typedef struct sweep sweep;

enum { SWEEP_THREADS_MOST = 8 };

/* The rules are copied, and compiled for the codes of the store. `threads`: 0 for as
 * many as pay (the processors online, at most SWEEP_THREADS_MOST). STATUS_RANGE: no
 * such as-of day, or period that ends before it begins. STATUS_NOT_FOUND: no school
 * of that id. Otherwise as rule_compile. Free with sweep_free, which takes NULL. */
status sweep_begin(store *s, const sweep_options *options, const rule *const *rules, size_t count,
                   unsigned threads, sweep **out, problem *p);
void sweep_free(sweep *w);

/* One pupil. Lent until the next sweep_next or sweep_free. *more is false when there
 * are no more; `row` is then untouched. */
status sweep_next(sweep *w, sweep_row *row, bool *more, problem *p);

/* With `render`: the next piece of its text, in the same order. */
status sweep_next_text(sweep *w, slice *text, bool *more, problem *p);

/* With `totals_only`: the sums over everybody. `answers` has room for a sum a rule. */
status sweep_sum(sweep *w, sweep_totals *out, sweep_sums *answers, problem *p);

#endif
