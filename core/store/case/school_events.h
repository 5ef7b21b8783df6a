/* school_events: what a school did for all its pupils, such as publishing its
 * attendance policy. Added, never changed, never removed (triggers of the schema see
 * to it); with a SHA-256 of what it says, so that `check` finds what was changed all
 * the same. Nothing of a pupil or a family belongs here: it cannot be struck out. */
#ifndef WAYMARK_SCHOOL_EVENTS_H
#define WAYMARK_SCHOOL_EVENTS_H

#include "store/case/events.h"

/* `what`: at, on, school, step, plugin, version, digest, by; `data` is the body, a JSON
 * object. The rest is not looked at. STATUS_NOT_FOUND: no such school; STATUS_SYNTAX: the
 * body is no JSON object, or day or step is missing. */
status school_event_add(store *s, const event *what, int64_t *id, problem *p);

/* Of the filter school, as_of and known_at count. Columns: id, at (ISO, UTC), on, school
 * (key), step, plugin, version, digest, by, body (JSON text); in the order of `on`, then id. */
status school_events_list(store *s, const event_filter *filter, query **out, problem *p);

/* Calls `wrong` with each whose body is not what was recorded. */
status school_events_check(store *s, void (*wrong)(void *context, int64_t id), void *context,
                           problem *p);

#endif
