/* lanes_profile: whether a trend, or a weekday, is met of each lane, and nothing else of it: as
 * profile.h answers for the span of that column, which a spec compares. */
#ifndef WAYMARK_LANES_PROFILE_H
#define WAYMARK_LANES_PROFILE_H

#include "attendance/lanes.h"

/* `school` as in `span`. met[width]; the rest is room, [width] too. */
void lanes_trend(const compiled_rule *r, const lanes *l, const school_session *school, tally *now,
                 tally *before, bool *met);
void lanes_weekday(const compiled_rule *r, const lanes *l, const school_session *school,
                   lane_week *weeks, bool *met);

#endif
