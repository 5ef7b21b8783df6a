/* crew: numbered jobs shared out over threads, their results handed back in order.
 *
 * 1. Job n's result comes before job n + 1's, whoever did it and when.
 * 2. At most `window` results are made ahead of the one that was last taken.
 * 3. The first failure in the order of jobs is the caller's; nothing comes after it.
 * 4. No thread outlives crew_free; results that were never taken are let go there.
 *
 * Without threads each job is done when its result is asked for. Everything that
 * `work` uses of one seat is used by one thread at a time. */
#ifndef WAYMARK_CREW_H
#define WAYMARK_CREW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

typedef struct crew crew;

typedef struct crew_plan {
  size_t jobs;
  unsigned threads; /* 0: none; else as many seats, from 0 */
  size_t window;    /* 1 and more */
  void *context;
  status (*work)(void *context, unsigned seat, size_t job, void **result, problem *p);
  void (*let_go)(void *result); /* takes NULL */
} crew_plan;

/* STATUS_FAULT: the system gives no thread. Free with crew_free, which takes NULL. */
status crew_new(const crew_plan *plan, crew **out, problem *p);
void crew_free(crew *c);

/* The next result, the caller's from now on; *more is false when there are none. */
status crew_next(crew *c, void **result, bool *more, problem *p);

#endif
