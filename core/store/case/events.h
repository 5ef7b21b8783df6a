/* events: the entries of cases. Added, never edited, never removed (triggers of
 * the schema see to it).
 *
 * `on` is the day an entry is about, `at` when Waymark learnt it. An event
 * belongs to a pupil and names the school; an enrolment only where the entry is
 * about one. Transactions are the caller's. */
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
status event_add(store *s, const event *what, int64_t *id, problem *p);

/* STATUS_SYNTAX unless the text is a JSON object. */
status event_check_json(db *d, slice json, problem *p);

typedef struct event_filter {
  int64_t pupil;    /* 0: any */
  int64_t school;   /* 0: any */
  slice upn;        /* empty: any */
  slice kind;       /* empty: any; "suggestion." takes all that begin so */
  day as_of;        /* DAY_NONE: any; else on or before */
  int64_t known_at; /* INT64_MAX: any; else learnt by then */
} event_filter;

/* Append " WHERE …" for events called v: what a filter lets through, with the one
 * limit first that an index finds. Bind the filter's fields afterwards. */
void event_filter_write(const event_filter *filter, buffer *sql);
void event_filter_bind(query *q, const event_filter *filter);

/* Columns: id, at (ISO, UTC), on, kind, pupil, upn, enrolment, school (key),
 * plugin, version, digest, step, concern, by, data (JSON text); in the order of
 * their ids. */
status events_list(store *s, const event_filter *filter, query **out, problem *p);

#endif
