/* lists: the numbers on the lists that were made, and what came back from them.
 *
 * A list gives each of its rows a number, from 1; "3" then means the pupil of
 * row 3 until the next list is made. A row that comes back filled in is
 * recorded once: its key, which is the caller's, is kept with the entry.
 *
 * 1. Lists, rows and actions are added and never changed.
 * 2. Nothing here knows what a step or a key means. */
#ifndef WAYMARK_LISTS_H
#define WAYMARK_LISTS_H

#include "store/db/query.h"

/* A new list without rows. The transaction around it is the caller's. */
status list_make(store *s, int64_t at, day as_of, int64_t *id, problem *p);

/* `step` may be empty: the row is about no step. STATUS_NOT_FOUND: no such list or
 * enrolment; STATUS_REFUSED: the number is taken. */
status list_add_row(store *s, int64_t list, int64_t number, int64_t enrolment, slice step,
                    problem *p);

/* Rows of `list` (0: of the last one), all of them or the one with a number (0:
 * all). Columns: list, at (seconds), as_of (ISO), number, step, and those of
 * find_pupils (find.h); in the order of the numbers. */
status list_rows(store *s, int64_t list, int64_t number, query **out, problem *p);

/* Keep that the row with this key was recorded as `event`. STATUS_REFUSED when
 * the key is known already. */
status action_add(store *s, slice key, int64_t event, problem *p);

/* The actions whose key begins with `prefix`. Columns: key, event, on (ISO), struck
 * (1 when the entry was struck out); in the order recorded. */
status actions_list(store *s, slice prefix, query **out, problem *p);

#endif
