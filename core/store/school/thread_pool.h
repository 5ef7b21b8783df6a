/* thread_pool: numbered tasks shared out over threads, their results handed back in order.
 *
 * 1. Task n's result comes before task n + 1's, whoever did it and when.
 * 2. At most `window` results are made ahead of the one that was last taken.
 * 3. The first failure in the order of tasks is the caller's; nothing comes after it.
 * 4. No thread outlives thread_pool_free; results that were never taken are freed there.
 * 5. Signals are for the program's own thread: those of the pool take none.
 *
 * Without threads each task is done when its result is asked for. Everything that
 * `work` uses for one thread's number is used by one thread at a time. */
#ifndef WAYMARK_THREAD_POOL_H
#define WAYMARK_THREAD_POOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

typedef struct thread_pool thread_pool;

enum { THREADS_MOST = 64 };

typedef struct thread_pool_plan {
  size_t tasks;
  unsigned threads; /* 0: none, the caller's counts as number 0; at most THREADS_MOST */
  size_t window;    /* 1 and more */
  void *context;
  status (*work)(void *context, unsigned thread, size_t task, void **result, problem *p);
  void (*free_result)(void *result); /* takes NULL */
} thread_pool_plan;

/* STATUS_FAULT: the system gives no thread. Free with thread_pool_free, which takes NULL. */
status thread_pool_new(const thread_pool_plan *plan, thread_pool **out, problem *p);
void thread_pool_free(thread_pool *pool);

/* The next result, the caller's from now on; *more is false when there are none. */
status thread_pool_next(thread_pool *pool, void **result, bool *more, problem *p);

#endif
