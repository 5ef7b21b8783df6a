/* store: a workspace file, opened: its connection, its codes and its schools'
 * calendars.
 *
 * 1. The code set is loaded when the file is opened and kept in step with what
 *    `store_codes_add` writes; `store_reload` reads it again after a rollback.
 * 2. A school's planned days are the calendar of the settings, given by the
 *    host (`store_default_days`), overlaid day by day by the imported rows of
 *    `calendar_day`: an imported row wins.
 * 3. A transaction belongs to the caller; nothing here begins or ends one.
 * 4. One store, one thread. */
#ifndef WAYMARK_STORE_H
#define WAYMARK_STORE_H

#include "attendance/calendar.h"
#include "attendance/code.h"
#include "store/db/db.h"

typedef struct store store;

/* Make a new workspace file: whole, or not at all; what should be said of the disk it lies
 * on is appended to `warning`. STATUS_REFUSED: it is there already, or on a network drive. */
status store_create(const char *path, buffer *warning, problem *p);

/* Open a workspace file, with DB_READ or DB_WRITE, which brings a file of an older version to
 * this one. Free with store_close, which takes NULL. STATUS_NOT_FOUND: there is none;
 * STATUS_REFUSED: the file is not a workspace's or of a newer program, of an older one
 * (DB_READ), or on a network drive. */
status store_open(const char *path, enum db_mode mode, store **out, problem *p);
void store_close(store *w);

/* What should be said about where the file lies, one line without a full stop; NULL:
 * nothing. Lent. */
const char *store_warning(const store *w);

/* The same file once more, for reading in another thread: a connection of its own
 * with the same codes and calendars of the settings. It maps at most `mapped` bytes
 * of the file into memory. */
status store_open_beside(const store *w, int64_t mapped, store **out, problem *p);

/* Lent, for as long as the store is open. */
db *store_db(store *w);
const code_set *store_codes(const store *w);

/* Read the codes again, after a transaction that added some was rolled back. */
status store_reload(store *w, problem *p);

/* Add a code and its meaning (UTF-8). The same text with the same class and
 * dates again is a no-op that answers its mark. Otherwise as `code_set_add`;
 * STATUS_REFUSED when read-only. `out` may be NULL. */
status store_codes_add(store *w, enum mark_class c, const code *what, slice meaning, mark *out,
                       problem *p);

/* What a code means, in words; appended to `out`. */
status store_code_meaning(store *w, mark m, buffer *out, problem *p);

/* Keep the text of the settings when it differs from the last that was kept
 * (calendars are evidence); *kept says so. */
status store_settings(store *w, slice text, int64_t at, bool *kept, problem *p);
/* The last text kept, appended to `out`, and when; *found false when none was. */
status store_last_settings(store *w, buffer *out, int64_t *at, bool *found, problem *p);

/* Calendar of the settings for one school by its key (empty: every school that
 * has none of its own), compared as schools.h says. In memory; replaces what was given
 * for that key. Days ascend, none twice (STATUS_RANGE). A day with neither half open is a
 * planned closed day. */
status store_default_days(store *w, slice school_key, const school_day *days, size_t count,
                          problem *p);

/* The further columns of pupils, as a JSON list of folded headings, that the grant of groups shows;
 * the others are sensitive. In memory; none, if nothing is said. */
status store_show_groups(store *w, slice headings, problem *p);
slice store_shown_groups(const store *w); /* "[]": none */

/* The merged planned days of a school (its row id), ascending, closed days
 * included. The caller frees *out with mem_free. STATUS_NOT_FOUND: no such
 * school; STATUS_CORRUPT: a stored day is no date. */
status store_days(store *w, int64_t school, school_day **out, size_t *count, problem *p);

/* The same as a calendar: the caller frees it with calendar_free. A school
 * without any planned day has an empty one. */
status store_calendar(store *w, int64_t school, calendar *out, problem *p);

#endif
