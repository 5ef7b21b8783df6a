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

#include "store/store.h"

typedef struct event {
  int64_t at; /* seconds */
  day on;
  int64_t pupil, school;                            /* 0: those of the enrolment */
  int64_t enrolment;                                /* 0: about none in particular */
  slice kind;                                       /* "suggestion.made" */
  slice plugin, version, digest, step, concern, by; /* empty: none */
  slice data;                                       /* a JSON object; empty: {} */
  bool encoded;                                     /* by us just now: not checked again */
  bool packed;                                      /* the data are kept packed (store/db/pack.h) */
} event;

/* STATUS_NOT_FOUND: no such pupil, school or enrolment. STATUS_SYNTAX: the data
 * are not JSON, or kind or day is missing. */
status event_add(store *w, const event *what, int64_t *id, problem *p);

/* Of what a school did, which waymark.store.school_events adds with a SHA-256 of its text:
 * calls `wrong` with each whose text is not what was recorded. */
status school_events_check(store *w, void (*wrong)(void *context, int64_t id), void *context,
                           problem *p);

/* Private part: for the room ----------------------------------------------------- */

/* STATUS_SYNTAX unless the text is a JSON object; `of` says whose it is in the message
 * ("the body of an entry"). */
status event_check_json(db *d, slice json, const char *of, problem *p);

#endif
