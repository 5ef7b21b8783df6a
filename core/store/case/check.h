/* check: is everything in the workspace as it was recorded?
 *
 * 1. SQLite: pages and indexes, references between tables.
 * 2. Codes: every byte's class nibble is the class it was recorded with.
 * 3. Calendars: every imported day is a day.
 * 4. Sheets: every byte is no mark or a known code, in the slot of a pupil.
 * 5. Amendments: the last one of a session ends at the mark on the sheet.
 * 6. Suggestions: the projection is what the events say.
 * 7. Events: each belongs to the pupil and school of the enrolment that it names.
 * 8. Entries: each text has the digest that its event holds, or was struck out; and
 *    those of schools have theirs.
 *
 * Nothing is changed or repaired. */
#ifndef WAYMARK_CHECK_H
#define WAYMARK_CHECK_H

#include "store/store.h"

/* Sentences without a full stop, NUL-ended, in the order above; at most
 * FINDINGS_KEPT of each kind are written out, then their number. */
typedef struct findings {
  char **texts; /* [count] */
  size_t count;
} findings;

enum { FINDINGS_KEPT = 20 };

/* Looks at all of it; a finding is not a failure. Free with findings_free. */
status check_workspace(store *w, findings *out, problem *p);
void findings_free(findings *f);

#endif
