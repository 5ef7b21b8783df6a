/* profile: how a pupil's absence on some sessions stands beside that on others, and
 * whether the rest of the school shares it: the trend over weeks, and the weekday.
 *
 * Both ask one question of two sets of sessions, here and beside: is the pupil absent
 * for so many percentage points more of the possible sessions here than there? Trend:
 * the last school weeks, and those before them (a fall in attendance is a rise in
 * absence). Weekday: one weekday, and the other days of the same school weeks.
 *
 * What the rest of the school shares is taken off: snow, an illness that goes round,
 * Fridays, which are about a fifth worse everywhere. Where the others went the other way
 * nothing is added: a pupil who stayed as before has not declined. The pupil's own
 * sessions are no part of the school's figure, so that it means the same in a small
 * school as in a large one; with nobody else there is nothing to take off.
 *
 * 1. Nothing is rounded before it is compared: counts are cross-multiplied, and the two
 *    fractions compared by Euclid's algorithm, which stays within 64 bits.
 * 2. School weeks run over holidays, terms and years. Where there are too few possible
 *    sessions, on either side of a trend, it is "too few to say", and not met.
 *
 * From: "Working together to improve school attendance" (DfE): regularly analyse data
 * "to identify pupils or cohorts that require support" and look for "patterns of
 * absence"; how many points, weeks and days make one is the school's, and the rule's. */
#ifndef WAYMARK_PROFILE_H
#define WAYMARK_PROFILE_H

#include "attendance/measure.h"

/* Of a compiled trend or weekday rule; `e` as measure_begin leaves it. */
void profile_trend(const compiled_rule *r, const span *s, evidence *e);
void profile_weekday(const compiled_rule *r, const span *s, evidence *e);

/* Private part: what lanes_profile.c asks of many pupils at once; `school` as in `span`. */

/* Sessions of the pupil, and of everybody (only where the rule asks for the school). */
typedef struct profile_counts {
  share pupil, everybody;
} profile_counts;

void profile_add_school(const compiled_rule *r, const school_session *all, share *to);
/* Too few sessions to say. */
bool profile_is_short(const compiled_rule *r, const school_session *school, share pupil);
bool profile_trend_met(const compiled_rule *r, const school_session *school,
                       const profile_counts *now, const profile_counts *before);
/* One weekday, where there is enough to say. */
bool profile_weekday_met(const compiled_rule *r, const profile_counts *on,
                         const profile_counts *others, uint32_t away);

#endif
