/* outbox: what hook plugins asked for, what became of it, and how far each of
 * them has read.
 *
 * 1. An effect's key is (plugin, event, number): it enters once, however often
 *    it is asked for.
 * 2. It enters waiting, written, withdrawn or failed. Only a waiting one changes;
 *    the others are as they are for ever, but for 4.
 * 3. A waiting effect with a path is planned: that file is being written. After
 *    a kill it is written there and nowhere else.
 * 4. Once the entry that an effect is about was struck out, its body is gone too.
 * 5. A hook plugin's place is the last event that it has read.
 *
 * Transactions are the caller's. */
#ifndef WAYMARK_OUTBOX_H
#define WAYMARK_OUTBOX_H

#include "store/db/query.h"

typedef struct effect {
  slice plugin, version;
  int64_t event, number; /* the number counts a plugin's effects of one event, from 1 */
  slice kind;            /* "mail", "note", "follow-up" */
  slice body;            /* a JSON object */
  int64_t at;            /* seconds */
  slice state, note;     /* "waiting", "written", …; why, empty: none */
} effect;

/* *fresh is false when the key is there already: nothing is changed then, and
 * *id is the row that is there. STATUS_SYNTAX: the body is no JSON object. */
status effect_add(store *s, const effect *what, int64_t *id, bool *fresh, problem *p);

/* Give a waiting effect a state, a path and a note (empty: none).
 * STATUS_NOT_FOUND: no such effect is waiting. */
status effect_mark(store *s, int64_t id, slice state, slice path, slice note, problem *p);

/* The bodies of effects whose entry was struck out become {}; *count of them. */
status effects_forget(store *s, int64_t *count, problem *p);

typedef struct effect_filter {
  int64_t id;                /* 0: any */
  slice state, plugin, path; /* empty: any */
} effect_filter;

/* Columns: id, plugin, version, event, number, kind, body (JSON), at (seconds),
 * entered (ISO, UTC), state, path, note; of the event: about (its kind), on,
 * pupil, upn, name, enrolment, school, school_name, step, concern, data, entry (its
 * body; both JSON); and gone: why there is no reason any more ("lapsed", "answered",
 * "put-off", "bypassed", "undone", "struck"), NULL while there is. In the order of
 * their ids. */
status effects_list(store *s, const effect_filter *filter, query **out, problem *p);

/* Places ------------------------------------------------------------------------ */

/* *found is false for a plugin that has read nothing yet. */
status hook_place_get(store *s, slice plugin, int64_t *event, bool *found, problem *p);
status hook_place_put(store *s, slice plugin, int64_t event, problem *p);

/* The last event learnt at another time than `at`, 0 when there is none: what was
 * there before a command that began at that time. INT64_MIN: the last of all. */
status hook_last_event(store *s, int64_t at, int64_t *event, problem *p);

/* Events after one, in order: id, on, kind, pupil, upn, name, enrolment, school
 * (key), school_id, step, concern, data (JSON), body (JSON, of an entry that was not
 * struck out), baseline (1 for a suggestion from before the school began with
 * Waymark, and for its lapsing). */
status hook_events(store *s, int64_t after, query **out, problem *p);

#endif
