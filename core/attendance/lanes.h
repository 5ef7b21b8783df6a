/* lanes: one school's registers as they lie on its sheets, measured down the
 * columns: a row a session, a column (a lane) a pupil, many lanes at a time.
 *
 * Nothing is transposed. Each answer is what measure.h answers for the span of
 * that column, bit for bit: a spec compares them. */
#ifndef WAYMARK_LANES_H
#define WAYMARK_LANES_H

#include "attendance/kernel.h"

/* `stride` is a multiple of it, so that blocks of so many lanes can be read whole;
 * rows that begin at such addresses are read fastest. */
enum { LANES_ALIGN = 64 };

typedef struct lanes {
  const calendar *calendar;
  const mark *marks; /* [calendar->count at least `end` rows][stride] */
  size_t stride;     /* bytes from row to row */
  size_t width;      /* lanes in use; those up to `stride` hold anything */
  size_t end;        /* sessions known on the as-of day */
  size_t reach;      /* as in `span` */
} lanes;

/* What a rolling rule says of a lane; indexes are those of the calendar,
 * INDEX_NONE as in `evidence`. */
typedef struct lane_window {
  size_t first_met, spell;
  uint32_t largest, count; /* count: in the window of the last session */
} lane_window;

/* What a lane was on each weekday, Monday first: absent by the classes that were asked for, and on
 * how many days so. */
typedef struct lane_week {
  uint32_t possible[WEEKDAYS], absent[WEEKDAYS], away[WEEKDAYS];
} lane_week;

/* Attendance of every lane between two rows. out[width]. */
void lanes_tally(const lanes *l, size_t from, size_t to, tally *out);

/* A rolling rule (or a count over school weeks, which is the same walk)
 * for every lane. low[width], high[width]: the rows [low, high) that may count
 * for each lane, as rule_scope gives them; NULL for both: [0, end) for all.
 * out[width]. */
void lanes_rolling(const compiled_rule *r, const lanes *l, const uint32_t *low,
                   const uint32_t *high, lane_window *out);

/* Open sessions in [from, to) up to the reach without a mark, within each lane's
 * enrolment [begin, finish). out[width]. */
void lanes_missing(const lanes *l, size_t from, size_t to, const uint32_t *begin,
                   const uint32_t *finish, uint32_t *out);

/* The weekdays of every lane between two rows; `classes` as in `rule`. out[width]. */
void lanes_weekdays(const lanes *l, size_t from, size_t to, unsigned classes, lane_week *out);

/* Private part: the same by the loops given. */

void lanes_tally_by(const kernel_ops *ops, const lanes *l, size_t from, size_t to, tally *out);
void lanes_rolling_by(const kernel_ops *ops, const compiled_rule *r, const lanes *l,
                      const uint32_t *low, const uint32_t *high, lane_window *out);
void lanes_missing_by(const kernel_ops *ops, const lanes *l, size_t from, size_t to,
                      const uint32_t *begin, const uint32_t *finish, uint32_t *out);

#endif
