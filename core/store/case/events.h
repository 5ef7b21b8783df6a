/* events: what happened to a pupil, and what a school did for all of its own. Added,
 * never edited, never removed (triggers of the schema see to it).
 *
 * `on` is the day an event is about, `at` when Waymark learnt it. An event of a case
 * belongs to a pupil and names the school; an enrolment only where it is about one. An
 * event of a school (a policy that was published) has no pupil, and its text with it:
 * nothing of a family belongs there, since it cannot be struck out. A SHA-256 of the
 * text finds what was changed all the same. Transactions are the caller's. */
#ifndef WAYMARK_EVENTS_H
#define WAYMARK_EVENTS_H

#include "store/db/query.h"

typedef struct event {
  int64_t at; /* seconds */
  day on;
  int64_t pupil, school;                            /* 0: those of the enrolment */
  int64_t enrolment;                                /* 0: about none in particular */
  slice kind;                                       /* "suggestion.made" */
  slice plugin, version, digest, step, concern, by; /* empty: none */
  slice data;                                       /* a JSON object; empty: {} */
  bool encoded;                                     /* by us just now: not checked again */
} event;

/* STATUS_NOT_FOUND: no such pupil, school or enrolment. STATUS_SYNTAX: the data
 * are not JSON, or kind or day is missing. */
status event_add(store *w, const event *what, int64_t *id, problem *p);

typedef struct event_filter {
  int64_t pupil;    /* 0: any */
  int64_t school;   /* 0: any */
  slice upn;        /* empty: any */
  slice kind;       /* empty: any; "suggestion." takes all that begin so */
  day as_of;        /* DAY_NONE: any; else on or before */
  int64_t known_at; /* INT64_MAX: any; else learnt by then */
} event_filter;

/* Columns: id, at (ISO, UTC), on, kind, pupil, upn, enrolment, school (key),
 * plugin, version, digest, step, concern, by, data (JSON text); in the order of
 * their ids. */
status events_list(store *w, const event_filter *filter, query **out, problem *p);

/* Of a school ------------------------------------------------------------------- */

/* `what`: at, on, school, step, plugin, version, digest, by; `data` is the text, a JSON
 * object. The rest is not looked at. STATUS_NOT_FOUND: no such school; STATUS_SYNTAX: the
 * text is no JSON object, or day or step is missing. */
status school_event_add(store *w, const event *what, int64_t *id, problem *p);

/* Of the filter school, as_of and known_at count. Columns: id, at (ISO, UTC), on, school
 * (key), step, plugin, version, digest, by, body (JSON text); in the order of `on`, then id. */
status school_events_list(store *w, const event_filter *filter, query **out, problem *p);

/* Calls `wrong` with each whose text is not what was recorded. */
status school_events_check(store *w, void (*wrong)(void *context, int64_t id), void *context,
                           problem *p);

/* Private part: for the room ----------------------------------------------------- */

/* STATUS_SYNTAX unless the text is a JSON object; `of` says whose it is in the message
 * ("the body of an entry"). */
status event_check_json(db *d, slice json, const char *of, problem *p);

/* The rows of `select`, which calls the events v and uses ?1 to ?6 as the filter's fields
 * in their order, that the filter lets through; `order` are the columns to sort by. */
status event_query(store *w, const event_filter *filter, const char *select, const char *order,
                   query **out, problem *p);

#endif
