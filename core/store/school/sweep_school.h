/* sweep_school: the pupils of one school measured, on one connection.
 *
 * What a sweep is to do is a `sweep_plan`, shared and unchanging; a `sweep_worker`
 * has what one thread needs for it; a `sweep_part` is what came of one school.
 *
 * 1. A part does not depend on which worker made it, nor on the ones before.
 * 2. Marks are read once; rules that have no form over lanes are asked of each
 *    pupil's marks, with the same answers (attendance/kernel.h).
 * 3. Figures are those of the period (from, to), else of the academic year to the
 *    as-of day. Rolling rules and streaks look at all history. */
#ifndef WAYMARK_SWEEP_SCHOOL_H
#define WAYMARK_SWEEP_SCHOOL_H

#include "attendance/measure.h"
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
  int64_t school; /* row id; 0: all */
  day as_of;
  day from, to;     /* the period, both included; DAY_NONE: none given */
  int64_t known_at; /* seconds; INT64_MAX: now */
  slice year, form, upn;
  int64_t enrolment;
  bool everyone;        /* as in fill_options */
  bool met;             /* only those of whom a rule is met now */
  bool names;           /* forename, surname, year and form are wanted */
  bool missing;         /* `missing` is wanted */
  bool totals_only;     /* no rows */
  sweep_render *render; /* NULL: rows */
  const void *context;  /* of `render`; must live as long as the sweep */
} sweep_options;

typedef struct sweep_plan {
  sweep_options options;         /* without its texts, which are in `wanted` */
  char *texts;                   /* owned: where those lie */
  struct members_wanted *wanted; /* owned */
  compiled_rule *rules;          /* owned; [count] */
  size_t count;
  bool ages, dates; /* dates of birth, and of enrolments, matter */
  bool anonymous;   /* nobody needs to know who the pupils are */
  bool school;      /* a rule looks at the whole school */
} sweep_plan;

/* A school, and between which enrolments its pupils lie. */
typedef struct sweep_target {
  int64_t school, first, last;
  bool alone; /* no other school's lie between */
} sweep_target;

typedef struct sweep_part sweep_part;
typedef struct sweep_worker sweep_worker;

/* Both must outlive the worker. Free with sweep_worker_free, which takes NULL. */
status sweep_worker_new(store *s, const sweep_plan *plan, sweep_worker **out, problem *p);
void sweep_worker_free(sweep_worker *w);

/* Free *out with sweep_part_free, which takes NULL. */
status sweep_worker_measure(sweep_worker *w, const sweep_target *t, sweep_part **out, problem *p);
void sweep_part_free(sweep_part *part);

size_t sweep_part_count(const sweep_part *part);
int64_t sweep_part_enrolment(const sweep_part *part, size_t i);
/* Lent by the part. */
void sweep_part_row(const sweep_part *part, size_t i, sweep_row *out);
/* The text of rows [from, to). */
slice sweep_part_text(const sweep_part *part, size_t from, size_t to);
/* Add to both. */
void sweep_part_sum(const sweep_part *part, sweep_totals *totals, sweep_sums *answers);

#endif
