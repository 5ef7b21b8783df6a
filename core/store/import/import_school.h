/* import_school: what an import of marks holds of one school: which sessions
 * are open, its sheets by year, what came in, and what looks odd.
 *
 * 1. A session is open when the planned calendar says so; a day without a row
 *    in a year that has some is a closed day.
 * 2. Coverage runs from the first to the last session of which a row was taken,
 *    rows without a mark included: they say that the register came in. */
#ifndef WAYMARK_IMPORT_SCHOOL_H
#define WAYMARK_IMPORT_SCHOOL_H

#include "store/import/import.h"
#include "store/sheet/sheet.h"

enum { SCHOOL_OPEN_AM = 1, SCHOOL_OPEN_PM = 2 };
enum { SCHOOL_YEARS = 301, SCHOOL_FIRST_YEAR = 1899 }; /* academic years, to 2199-2200 */

typedef struct day_count {
  day on;
  size_t count;
} day_count;

/* For import_school.c, and the two short functions below. */
typedef struct school_days {
  int64_t school;
  day first;
  size_t count;
  uint8_t *open; /* [count], from `first` */
  bool planned[SCHOOL_YEARS];
  session from, to;  /* what came in; SESSION_NONE */
  size_t real;       /* real marks, wherever they fall */
  day_count *closed; /* [closed_count], ascending: real marks on closed days */
  size_t closed_count, closed_room;
} school_days;

status school_days_load(store *s, int64_t school, school_days **out, problem *p);
void school_days_free(school_days *d);

static inline bool school_days_open(const school_days *d, day on, int half) {
  if (on < d->first || (size_t)(on - d->first) >= d->count) return false;
  return d->open[on - d->first] & (half ? SCHOOL_OPEN_PM : SCHOOL_OPEN_AM);
}

/* Whether it is open then, within the sessions that came already. */
static inline bool school_days_is_inside(const school_days *d, day on, int half) {
  session at = session_of(on, half);
  return d->from != SESSION_NONE && d->from <= at && at <= d->to && school_days_open(d, on, half);
}

/* Whether the calendar has any open session in that academic year. */
bool school_days_planned(const school_days *d, int academic_year);

void school_days_came(school_days *d, session at);
static inline void school_days_note_real(school_days *d) { d->real++; }
status school_days_note_closed(school_days *d, day on, problem *p);

/* Add what looks odd to the warnings of the report. */
void school_days_warn(const school_days *d, const char *name, examples *warnings);
/* The coverage of an import; nothing when no row was taken. */
status school_days_write(const school_days *d, db *to, int64_t import, problem *p);

#endif
