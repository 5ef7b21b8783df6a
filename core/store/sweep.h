/* sweep: rules over the batches of a workspace, a row a pupil.
 *
 * The rows come in the order of `fill`, for the same enrolments. Figures of the
 * year count the open sessions from 1 August of the academic year of the as-of
 * day to that day; rolling rules look at all history up to it. The measures are
 * those of measure.h, nothing is counted here. */
#ifndef WAYMARK_SWEEP_H
#define WAYMARK_SWEEP_H

#include "attendance/measure.h"
#include "store/fill.h"

typedef struct sweep_options {
  int64_t school; /* row id; 0: all */
  day as_of;
  int64_t known_at; /* seconds; INT64_MAX: now */
  slice year, form, upn;
  int64_t enrolment;
  bool everyone; /* as in fill_options */
} sweep_options;

typedef struct threshold {
  session first_met; /* the first session on which the rule was met, in all
                        history; SESSION_NONE: never */
  session since;     /* where the present spell of being met began, or none */
  uint32_t largest;  /* the largest count in any window */
} threshold;

/* Everything is lent until the next sweep_next or sweep_free. Texts are empty
 * where nothing is known. */
typedef struct sweep_row {
  int64_t school, enrolment, pupil;
  slice school_key, upn, forename, surname, year, form;
  tally figures;               /* of the academic year to date */
  uint32_t missing;            /* open sessions up to the reach without a mark */
  const threshold *thresholds; /* [rules] */
} sweep_row;

typedef struct sweep sweep;

/* The rules are copied, and compiled for the codes of the store. STATUS_REFUSED
 * names a rule that is not a rolling one; otherwise as fill_begin and
 * rule_compile. Free with sweep_free, which takes NULL. */
status sweep_begin(store *s, const sweep_options *options, const rule *const *rules, size_t count,
                   sweep **out, problem *p);
void sweep_free(sweep *w);

/* *more is false when there are no more rows; `row` is then untouched. */
status sweep_next(sweep *w, sweep_row *row, bool *more, problem *p);

#endif
