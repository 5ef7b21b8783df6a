/* entries: what people recorded, with its text apart from the event.
 *
 * An event says who did what kind of thing when; the entry's body (a JSON
 * object: outcome, note, fields, evidence …) lies in a row of its own. The event
 * holds a salted SHA-256 of it. A wrong-child entry is struck out: the body is
 * gone, the event and the digest stay, and `check` still passes.
 *
 * 1. An entry is added once and never changed; striking out is for ever.
 * 2. event.data of an entry: { "digest": hex, "answers": [[enrolment, step,
 *    concern], …], … }: no personal text.
 * 3. What an entry answered is open again once it is struck out, unless a later
 *    entry that stands answers it too. */
#ifndef WAYMARK_ENTRIES_H
#define WAYMARK_ENTRIES_H

#include "store/case/events.h"

/* Add an event of kind "entry.…" with its body. Each key of `what->data.answers` that is
 * open ends as the kind says (ENTRY_STATE). Whole (a savepoint). STATUS_SYNTAX: the body
 * or the data is no JSON object. */
status entry_add(store *w, const event *what, slice body, int64_t *id, problem *p);

/* Strike out entry `of` by an event "entry.corrected" (`what`: its pupil, day,
 * time, who; data.why). STATUS_NOT_FOUND: no such entry of that pupil, or it is
 * struck out already. */
status entry_strike(store *w, int64_t of, const event *what, int64_t *id, problem *p);

/* Whether every entry's body has the digest that its event holds: calls `wrong`
 * with each event whose body has not. */
status entries_check(store *w, void (*wrong)(void *context, int64_t event), void *context,
                     problem *p);

/* Private part: for the room ----------------------------------------------------- */

/* In SQL: the state of a suggestion that an entry of this kind answers; NULL for a kind
 * that answers none. */
#define ENTRY_STATE(kind)                                        \
  "CASE " kind                                                   \
  " WHEN 'entry.recorded' THEN 'answered' WHEN 'entry.bypassed'" \
  " THEN 'bypassed' WHEN 'entry.put-off' THEN 'put-off' END"

#endif
