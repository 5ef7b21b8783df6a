/* figures: the figures of all pupils as CSV, a line a pupil, in the order imported.
 *
 *   [school,] upn, possible, attended, authorised, unauthorised, attendance,
 *   for each band 1 or 0, and for each rule the date and the session on which it was
 *   first met and the largest count
 *
 * Cells are quoted as RFC 4180 has it; a text that a spreadsheet would take for a
 * formula gets an apostrophe before it. Lines are made in the threads of the sweep,
 * and nothing is kept of a pupil once it is written. */
#ifndef WAYMARK_FIGURES_H
#define WAYMARK_FIGURES_H

#include "store/school/sweep.h"

enum { FIGURES_BANDS = 8 };

typedef struct figures_plan {
  slice heading;            /* the first line, written as it is */
  bool school;              /* begin lines with the school */
  int bands[FIGURES_BANDS]; /* percent: 1 where attendance is at or under it; -1: always 0 */
  size_t band_count;
} figures_plan;

/* Write all of it to an open file, a pipe or a terminal. STATUS_IO when that cannot
 * be done; otherwise as sweep_begin and sweep_next_text, of whose options `render` is
 * taken. */
status figures_write(store *st, const sweep_options *options, const figures_plan *plan, int to,
                     problem *p);

#endif
