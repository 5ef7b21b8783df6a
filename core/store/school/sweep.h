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

#include "attendance/measure.h"
#include "store/school/filter.h"
#include "store/store.h"

/* What one rule says of one pupil. */
typedef struct sweep_answer {
  session first_met;           /* rolling: the first session on which it was met, in all
                                  history; SESSION_NONE: never */
  session since;               /* rolling: where the present spell of being met began; streak,
                                  longest: the first session of the run; or none */
  uint32_t count, of, largest; /* as in `evidence` */
  int32_t band;                /* rate: as in `evidence`; -1 */
  bool met, too_few;
} sweep_answer;

/* A pupil. Lent; texts are empty where nothing is known or asked for. */
typedef struct sweep_row {
  int64_t school, enrolment, pupil;
  slice school_key, upn, forename, surname, year, form;
  tally figures;
  uint32_t missing;            /* open sessions of the year up to the reach without a mark */
  const sweep_answer *answers; /* [rules] */
} sweep_row;

/* Sums over pupils of what one rule says. */
typedef struct sweep_sums {
  uint64_t met, ever; /* pupils: now, at any time */
  uint64_t count, largest;
  int64_t first_met; /* sum of the sessions (day * 2 + half) */
} sweep_sums;

typedef struct sweep_totals {
  uint64_t pupils, possible, attended, authorised, unauthorised;
} sweep_totals;

/* Append a row as text, in the thread that measured it. */
typedef void sweep_render(const void *context, const sweep_row *row, buffer *out);

typedef struct sweep_options {
  pupil_filter who;
  day from, to;             /* the period, both included; DAY_NONE: none given */
  const rule *const *rules; /* [rule_count]; copied, and compiled for the codes of the store */
  size_t rule_count;
  unsigned threads;     /* 0: as many as pay (the processors online, at most SWEEP_THREADS_MOST) */
  bool met;             /* only those of whom a rule is met now */
  bool names;           /* forename, surname, year and form are wanted */
  bool missing;         /* `missing` is wanted */
  bool totals_only;     /* no rows */
  sweep_render *render; /* NULL: rows */
  const void *context;  /* of `render`; must live as long as the sweep */
} sweep_options;

typedef struct sweep sweep;

enum { SWEEP_THREADS_MOST = 8 };

/* STATUS_RANGE: no such as-of day, or period that ends before it begins.
 * STATUS_NOT_FOUND: no school of that id. Otherwise as rule_compile. Free with
 * sweep_free, which takes NULL. */
status sweep_begin(store *st, const sweep_options *options, sweep **out, problem *p);
void sweep_free(sweep *w);

/* One pupil. Lent until the next sweep_next or sweep_free. *more is false when there
 * are no more; `row` is then untouched. */
status sweep_next(sweep *w, sweep_row *row, bool *more, problem *p);

/* With `render`: the next piece of its text, in the same order. */
status sweep_next_text(sweep *w, slice *text, bool *more, problem *p);

/* With `totals_only`: the sums over everybody. `answers` has room for a sum a rule. */
status sweep_sum(sweep *w, sweep_totals *out, sweep_sums *answers, problem *p);

#endif
