/* runs: what `suggest` recorded each time, and which plugins failed then. */
#ifndef WAYMARK_RUNS_H
#define WAYMARK_RUNS_H

#include "store/db/query.h"

typedef struct run {
  int64_t id; /* given by the store */
  int64_t at; /* seconds */
  day as_of;
  int64_t made, lapsed; /* suggestions */
} run;

typedef struct run_failure {
  slice plugin, version, step; /* version and step may be empty */
  int64_t enrolment;           /* 0: of no pupil in particular */
  slice verdict, message;      /* "failed", "over-budget", … */
} run_failure;

/* Record a run; `id` may be NULL. */
status run_record(store *s, const run *what, int64_t *id, problem *p);
status run_fail(store *s, int64_t id, const run_failure *what, problem *p);

/* The run recorded last; *found is false when there is none. */
status run_last(store *s, run *out, bool *found, problem *p);

/* Columns: plugin, version, step, enrolment, verdict, message; as recorded. */
status run_failures(store *s, int64_t id, query **out, problem *p);

/* Plugins that failed as a whole: each failure, each time that one was switched off,
 * and each time that it worked again or a person switched it on. */
typedef struct plugin_state {
  int64_t at;          /* seconds */
  slice plugin, state; /* "on", "failed", "off" */
  slice why, by;       /* may be empty */
} plugin_state;

status plugin_state_add(store *s, const plugin_state *what, problem *p);

/* Columns: plugin, at (ISO, UTC), state, why, by: what was added, in order. */
status plugin_states(store *s, query **out, problem *p);

#endif
