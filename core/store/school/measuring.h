/* measuring: the pupils of one school measured, on one connection.
 *
 * What a sweep is to do is a `measuring_plan`, shared and unchanging; `measuring` has
 * what one thread needs for it; `school_rows` is what came of one school.
 *
 * 1. A school's rows do not depend on who measured them, nor on the schools before.
 * 2. Marks are read once; rules that have no form over lanes are asked of each
 *    pupil's marks, with the same answers (attendance/kernel.h).
 * 3. Figures are those of the period (from, to), else of the academic year to the
 *    as-of day. Rolling rules and streaks look at all history. */
#ifndef WAYMARK_MEASURING_H
#define WAYMARK_MEASURING_H

#include "store/school/school.h"
#include "store/school/sweep.h"

typedef struct measuring_plan {
  sweep_options options;
  school_plan read;     /* the texts of both are lent until everybody is begun */
  compiled_rule *rules; /* [count] */
  size_t count;
  bool met_only; /* of answers only `met` is looked at */
} measuring_plan;

typedef struct school_rows {
  school_register school; /* its members; closed */
  size_t count, rules;
  buffer key;
  tally *figures;        /* [count] */
  uint32_t *missing;     /* [count] */
  sweep_answer *answers; /* [count][rules] */
  buffer text;           /* with `render`: of all rows, and the rest gone but the ids */
  size_t *ends;          /* [count]: where the text of each ends */
  sweep_totals totals;   /* with `totals_only`: these, and the rest gone */
  sweep_sums *sums;      /* [rules] */
} school_rows;

typedef struct measuring measuring;

/* Store and plan must outlive it. Free with measuring_free, which takes NULL. */
status measuring_new(store *st, const measuring_plan *plan, measuring **out, problem *p);
void measuring_free(measuring *m);

/* The two halves of it, for who needs the marks besides: a school as the plan reads it
 * (school_read), and what the rules say of it. answers[out->count][plan->count]; its marks must be
 * there, and those of the whole school where a rule needs them. */
status measuring_read(measuring *m, const school_range *which, school_register *out, problem *p);
status measuring_rules(measuring *m, const school_register *of, sweep_answer *answers, problem *p);

/* Free *out with school_rows_free, which takes NULL. */
status measuring_school(measuring *m, const school_range *which, school_rows **out, problem *p);
void school_rows_free(school_rows *rows);

/* Lent by the rows. */
void school_rows_get(const school_rows *rows, size_t i, sweep_row *out);
/* The text of rows [from, to). */
slice school_rows_text(const school_rows *rows, size_t from, size_t to);

#endif
