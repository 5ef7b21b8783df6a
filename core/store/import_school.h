/* import_school: what an import of marks holds of one school: which sessions
 * are open, its sheets by year, what came in, and what looks odd.
 *
 * 1. A session is open when the planned calendar says so; a day without a row
 *    in a year that has some is a closed day.
 * 2. Coverage runs from the first to the last session of which a row was taken,
 *    rows without a mark included: they say that the register came in. */
#ifndef WAYMARK_IMPORT_SCHOOL_H
#define WAYMARK_IMPORT_SCHOOL_H

#include "store/import.h"
#include "store/sheet.h"

typedef struct school_days school_days;

status school_days_load(store *s, int64_t school, school_days **out, problem *p);
void school_days_free(school_days *d);

bool school_days_open(const school_days *d, day on, int half);
/* Whether the calendar has any open session in that academic year. */
bool school_days_planned(const school_days *d, int academic_year);

/* `sheets_year`, remembered. The year is planned. */
status school_days_year(school_days *d, sheets *all, const roll *r, int academic_year,
                        sheet_year **out, problem *p);

void school_days_came(school_days *d, session at);
void school_days_note_real(school_days *d);
status school_days_note_closed(school_days *d, day on, problem *p);

/* Add what looks odd to the warnings of the report. */
void school_days_warn(const school_days *d, const char *name, tally *warnings);
/* The coverage of an import; nothing when no row was taken. */
status school_days_write(const school_days *d, db *to, int64_t import, problem *p);

#endif
