/* away: what an import keeps of a sheet that it has written and put away:
 * which marks it set, and what those were before.
 *
 * For each place: not set; set, and as before the import (on a fresh sheet:
 * blank before); or set, and what it was. Runs of the same take two or three
 * bytes, so that a sheet as registers have them takes a few. */
#ifndef WAYMARK_SHEET_AWAY_H
#define WAYMARK_SHEET_AWAY_H

#include "attendance/code.h"
#include "base/mem.h"

enum { AWAY_UNSET = 0xFF, AWAY_SET = 0xFE }; /* no mark's bytes: classes end before */

typedef struct sheet_away {
  uint32_t length;
  bool changed;   /* stored marks had: it may have values other than those two */
  uint8_t runs[]; /* [length]: value, then how many, seven bits a byte */
} sheet_away;

/* From the values of [count] places, gathered into runs; NULL: out of memory. Free
 * with mem_free. */
sheet_away *sheet_away_new(const uint8_t *values, uint32_t count);
/* The values again: [count] of them, as many as it was made of. */
void sheet_away_values(const sheet_away *a, uint8_t *values, uint32_t count);

#endif
