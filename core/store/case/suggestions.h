/* suggestions: what is proposed for an enrolment, by (enrolment, step, concern).
 *
 * 1. The table `suggestion` is a projection: every change is an event first
 *    (suggestion.made, suggestion.lapsed), and it could be rebuilt from them.
 * 2. The same key is the same suggestion: making an open one changes nothing.
 * 3. A lapsed one that holds again is made again, by a new event.
 *
 * The transaction around a change is the caller's, and is to be rolled back when
 * one fails: half of it may have been made. */
#ifndef WAYMARK_SUGGESTIONS_H
#define WAYMARK_SUGGESTIONS_H

#include "store/case/events.h"

/* `what` names enrolment, step and concern (none may be missing) beside day,
 * time, plugin and data; its kind is ignored. *id is the event that made it:
 * *made says whether that is new. `id` and `made` may be NULL. */
status suggestion_make(store *s, const event *what, int64_t *id, bool *made, problem *p);

/* The same for one that no longer holds; `data` says what changed. `id` may be
 * NULL. STATUS_NOT_FOUND when it is not open. */
status suggestion_lapse(store *s, const event *what, int64_t *id, problem *p);

typedef struct suggestion_filter {
  int64_t enrolment, school; /* 0: any */
  slice state;               /* "open", "lapsed"; empty: any */
} suggestion_filter;

/* Columns: enrolment, pupil, upn, school (key), step, concern, state, made
 * (event), made_on (ISO), made_at (ISO, UTC), plugin, version, data (of the
 * event that made it), ended (event), ended_on; by enrolment, step, concern. */
status suggestions_list(store *s, const suggestion_filter *filter, query **out, problem *p);

#endif
