/* sweep_inner: what the files of sweep_school share. */
#ifndef WAYMARK_SWEEP_INNER_H
#define WAYMARK_SWEEP_INNER_H

#include "store/sheet/read.h"
#include "store/school/sweep_school.h"
#include "store/school/sweep_scope.h"

enum { TEXT_UPN, TEXT_FORENAME, TEXT_SURNAME, TEXT_YEAR, TEXT_FORM, SWEEP_TEXTS };

typedef struct sweep_member {
  int64_t pupil;
  day joined, left, born;
  size_t text[SWEEP_TEXTS + 1]; /* where each begins in the part's texts; the last: the end */
} sweep_member;

struct sweep_part {
  int64_t school;
  size_t count, rules;
  int64_t *ids;          /* [count] enrolments; NULL: nobody asked who they are */
  sweep_member *members; /* [count], or NULL */
  buffer key, texts;
  tally *figures;        /* [count] */
  uint32_t *missing;     /* [count] */
  sweep_answer *answers; /* [count][rules] */
  buffer rendered;       /* with `render`: its text, and the rest gone but `ids` */
  size_t *ends;          /* [count]: where the text of each row ends */
  sweep_totals totals;   /* with `totals_only`: these, and the rest gone */
  sweep_sums *sums;      /* [rules] */
};

struct sweep_worker {
  store *store;
  const sweep_plan *plan;
  statement *members[2]; /* by `alone`; prepared when first needed */
  /* The school that is being measured: */
  calendar calendar; /* owned */
  size_t end, reach;
  size_t from, to; /* the sessions of the figures */
  school_marks *marks;
  lanes lanes;
  /* By lane, kept from school to school: */
  size_t room;
  tally *tallies;
  lane_window *windows;
  uint32_t *low, *high, *counts;
  sweep_scopes scopes;
  buffer spans; /* marks of a few pupils, side by side */
};

/* sweep_measure.c: fill figures, missing and answers of a part whose members and
 * marks have been read. */
status sweep_measure(sweep_worker *w, sweep_part *part, problem *p);
void sweep_measure_free(sweep_worker *w);

#endif
