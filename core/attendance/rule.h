/* rule: a measure with its parameters, as a value.
 *
 * A rule names its codes as text. What measures is a compiled rule: the same for
 * one code set, with its codes as tables of marks. One rule may be compiled for
 * several sets side by side. No number of a law is here: plugins give them.
 *
 * `ages` says on which days a pupil counts, from the date of birth. In England
 * compulsory school age begins on the first of several dates of the year
 * (31 March, 31 August, 31 December) on or after the fifth birthday (Education
 * Act 1996 s.8(2); SI 1998/1607) and ends with the last Friday of June of the
 * school year in which the pupil turns sixteen (s.8(3); SI 1997/1970). All of
 * those figures are parameters. */
#ifndef WAYMARK_RULE_H
#define WAYMARK_RULE_H

#include "attendance/span.h"

enum rule_kind {
  RULE_RATE,    /* attended of possible */
  RULE_COUNT,   /* how many sessions bear one of the codes */
  RULE_STREAK,  /* the run of possible sessions that bear one, to the last mark */
  RULE_LONGEST, /* the longest such run of the period */
  RULE_ROLLING, /* the codes within a rolling number of school weeks */
  RULE_MISSING, /* open sessions without a mark, up to the reach */
  RULE_TREND,   /* attendance of the last weeks beside the weeks before them */
  RULE_WEEKDAY, /* absence on one weekday beside the other days, and the school's own */
  RULE_KINDS
};

enum rule_period {
  PERIOD_YEAR,  /* the academic year to date */
  PERIOD_WEEKS, /* the last `weeks` school weeks to date */
  PERIOD_ALL    /* everything there is */
};

enum { RULE_NAME = 40, RULE_CODES = 40, RULE_BANDS = 12, AGE_DATES = 4 };

typedef struct month_day {
  int month, day;
} month_day;

typedef struct age_range {
  bool used;
  int from_age;
  month_day from_on[AGE_DATES]; /* the first of these on or after that birthday */
  int from_count;
  int to_age;
  month_day year_begins;    /* the school year in which `to_age` is reached */
  int to_month, to_weekday; /* its last such weekday of that month, included */
} age_range;

typedef struct rule {
  enum rule_kind kind;
  char name[RULE_NAME];
  char codes[RULE_CODES][CODE_TEXT]; /* what counts */
  int code_count;
  char unresolved[RULE_CODES][CODE_TEXT]; /* what would count if it were decided so */
  int unresolved_count;
  char after[RULE_CODES][CODE_TEXT]; /* longest: only a run just after one of these */
  int after_count;
  unsigned classes; /* bit 1 << class, beside the codes */
  bool by_day;      /* count: days that have one; longest: school days of which every session
                       counts, and nothing that bears a mark is passed over */
  int at_least;     /* weekday: days on which the pupil was away */
  enum rule_period period;
  int weeks;
  int before;         /* trend: school weeks before the last `weeks` */
  int points;         /* trend, weekday: percentage points that make it met */
  int was_at_least;   /* trend: attendance before, in percent; 0: any */
  bool beside_school; /* trend: what the rest of the school fell is taken off */
  day since;          /* sessions before do not count; DAY_NONE */
  age_range ages;
  int bands[RULE_BANDS]; /* rate: percentages, descending */
  int band_count;
  int least_possible; /* rate, trend (of both periods), weekday: "too few sessions to
                         say" under this */
} rule;

/* Marks mean something in their code set only: a compiled rule measures registers of the
 * set that it was compiled for. */
typedef struct compiled_rule {
  rule rule;
  mark_table counts;  /* what counts */
  mark_table watched; /* what is unresolved */
  mark_table after;
} compiled_rule;

const char *rule_kind_name(enum rule_kind k);

const char *weekday_name(int weekday); /* "monday" is 0 */

/* Whether the rule looks at a period of its own, so that nobody can give it another. */
bool rule_is_fixed(const rule *r);

/* Whether the rule needs the school's own figures beside the pupil's. */
bool rule_needs_school(const rule *r);

/* Whether what is asked depends on when the pupil joined and left: a session without a mark is
 * missing only in between. */
bool rule_needs_dates(const rule *r);

/* STATUS_NOT_FOUND names a code that the set does not have, and the nearest. */
status rule_compile(const rule *r, const code_set *set, compiled_rule *out, problem *p);

/* The first and last day on which a pupil born on `born` counts; DAY_NONE for
 * both when `born` is unknown (taken as counting always). */
void age_range_days(const age_range *a, day born, day *from, day *to);

/* The sessions [from, to) of the span that this rule may count at all. */
void rule_scope(const rule *r, const span *s, size_t *from, size_t *to);

#endif
