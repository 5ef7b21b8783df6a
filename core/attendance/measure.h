/* measure: what a rule says of a span. These plain loops are the definition;
 * any faster code must give the same answers.
 *
 * `evidence` is a rule's answer: figures, period, and enough to list the exact
 * sessions counted. It lends the compiled rule and the span it came from. Indexes are
 * those of the span's calendar; [from, to) excludes `to`. */
#ifndef WAYMARK_MEASURE_H
#define WAYMARK_MEASURE_H

#include "attendance/rule.h"

enum { CONCERN_TEXT = 65 };

#define INDEX_NONE SIZE_MAX

/* Sessions by class. possible = present + educational + authorised +
 * unauthorised (DfE: sessions with a mark that counts). */
typedef struct tally {
  uint32_t by_class[CLASS_COUNT];
  uint32_t possible, attended, absent;
} tally;

/* Sessions absent of those possible. */
typedef struct share {
  uint32_t absent, possible;
} share;

/* Two sets of sessions side by side, of the pupil and of the rest of the school: first
 * what is looked at, then what it is compared with. Where the rule does not ask for the
 * school, or there is nobody else, nothing was possible for the rest of it. */
typedef struct contrast {
  share pupil[2], school[2];
  int32_t points, school_points; /* how much more is absent in the first than in the
                                    second, in hundredths of a percentage point */
} contrast;

typedef struct evidence {
  const compiled_rule *rule;
  size_t from, to;  /* the period looked at */
  bool met;         /* the rule's condition holds on the as-of day */
  uint32_t count;   /* sessions counted, or days of a rule by day; rate: sessions absent;
                       trend: in the last weeks; weekday: on that weekday */
  uint32_t of;      /* what is asked for; rate, trend, weekday: sessions possible */
  tally tally;      /* rate */
  int band;         /* rate: the lowest band at or under which the rate lies; -1 */
  bool too_few;     /* rate, trend, weekday: fewer possible sessions than the rule wants */
  size_t run_from;  /* streak, longest: first session of the run, or none */
  size_t run_to;    /*   and the one after its last */
  size_t first_met; /* rolling: the first session ever met, or none */
  size_t spell;     /* rolling: where the present spell of "met" began, or none;
                       also for a count over school weeks, which is the same
                       walk seen from the as-of day; trend: the first session of
                       the school week from which on it was met, week by week */
  uint32_t largest; /* rolling: the largest count in any window */
  size_t largest_at;
  contrast contrast;             /* trend: the last weeks and those before; weekday: that
                                    weekday and the others */
  size_t before_from, before_to; /* trend: the weeks before, [before_from, before_to) */
  int weekday;                   /* weekday: Monday is 0; -1: there is none to look at */
  uint32_t days, of_days;        /* weekday: such days with an absence, and with a
                                    possible session */
} evidence;

/* `from` and `to` (days, both included) narrow or
 * replace the rule's own period for rate, count, longest and missing; DAY_NONE
 * for both takes the rule's. Rolling, streak, trend and weekday have their own. */
void measure_rule(const compiled_rule *r, const span *s, day from, day to, evidence *out);

/* Attendance between two indexes. */
void measure_tally(const span *s, size_t from, size_t to, tally *out);

/* Percent with two decimals, half up, in hundredths: 9125 is 91.25 %. -1 when
 * nothing was possible. By integers, so never a rounding of a rounding. */
int32_t tally_percent(const tally *t);

/* The indexes of the sessions counted, ascending; at most `room` are written,
 * all are counted. `watched`: those that are unresolved, instead. */
size_t evidence_sessions(const evidence *e, const span *s, bool watched, uint32_t *out,
                         size_t room);

/* The evidence as a key: what makes "the same concern". For rolling, and for a
 * count over school weeks, the session where the present spell began; for a run
 * its first session; for a trend the Monday of the school week in which the spell
 * began; else the rule, the weekday, the academic year and the band. */
void evidence_concern(const evidence *e, const span *s, char out[CONCERN_TEXT]);

/* The day on which that spell or run began; DAY_NONE where there is none. */
day evidence_began(const evidence *e, const span *s);

/* Private part: what the plain loops share with kernel.c, lanes.c and whoever asks a whole
 * school at once: everything but the looking at marks. */

/* Begin an answer: nothing found yet. True when it is to be a walk over the
 * windows of school weeks; otherwise [from, to) of `out` is the period. */
bool measure_begin(const compiled_rule *r, const span *s, day from, day to, evidence *out);

/* attended, absent and possible, from by_class. */
void tally_sum(tally *t);

/* What a rate says, once e->tally is known. */
void rate_judge(const compiled_rule *r, evidence *e);

#endif
