/* thread_pool: one lock over a ring of `window` results. */
#include "store/school/thread_pool.h"

#include <assert.h>

#include "base/mem.h"
#include "base/thread.h"

typedef struct task_result {
  bool done;
  status status;
  problem problem;
  void *result;
} task_result;

typedef struct pool_thread {
  thread_pool *pool;
  unsigned number;
  pthread_t thread;
} pool_thread;

struct thread_pool {
  thread_pool_plan plan;
  pthread_mutex_t lock;       /* over all below but `threads` and `failed` */
  pthread_cond_t taken, done; /* a result was taken; one was made */
  size_t begun, handed;       /* tasks begun, and results handed out */
  bool stop;
  task_result *ring; /* [window] */
  pool_thread threads[THREADS_MOST];
  unsigned started;
  bool failed;
};

static void *run(void *self) {
  const pool_thread *t = self;
  thread_pool *pool = t->pool;
  const thread_pool_plan *plan = &pool->plan;
  (void)pthread_mutex_lock(&pool->lock);
  for (;;) {
    while (!pool->stop && pool->begun < plan->tasks && pool->begun - pool->handed >= plan->window)
      (void)pthread_cond_wait(&pool->taken, &pool->lock);
    if (pool->stop || pool->begun >= plan->tasks) break;
    size_t task = pool->begun++;
    (void)pthread_mutex_unlock(&pool->lock);
    task_result r = {.done = true};
    r.status = plan->work(plan->context, t->number, task, &r.result, &r.problem);
    (void)pthread_mutex_lock(&pool->lock);
    pool->ring[task % plan->window] = r;
    (void)pthread_cond_signal(&pool->done);
  }
  (void)pthread_mutex_unlock(&pool->lock);
  return NULL;
}

status thread_pool_new(const thread_pool_plan *plan, thread_pool **out, problem *p) {
  assert(plan->window && plan->threads <= THREADS_MOST);
  thread_pool *pool = mem_new(1, sizeof *pool);
  if (!pool) return problem_no_memory(p);
  pool->plan = *plan;
  (void)pthread_mutex_init(&pool->lock, NULL);
  (void)pthread_cond_init(&pool->taken, NULL);
  (void)pthread_cond_init(&pool->done, NULL);
  pool->ring = mem_new(plan->window, sizeof *pool->ring);
  status s = pool->ring ? STATUS_OK : problem_no_memory(p);
  for (unsigned i = 0; !s && i < plan->threads; i++) {
    pool_thread *t = &pool->threads[i];
    *t = (pool_thread){.pool = pool, .number = i};
    if (thread_start(&t->thread, run, t))
      pool->started++;
    else
      s = problem_set(p, STATUS_FAULT, "close other programs, or ask for fewer threads",
                      "the system gives no more threads");
  }
  if (s) {
    thread_pool_free(pool);
    return s;
  }
  *out = pool;
  return STATUS_OK;
}

void thread_pool_free(thread_pool *pool) {
  if (!pool) return;
  (void)pthread_mutex_lock(&pool->lock);
  pool->stop = true;
  (void)pthread_cond_broadcast(&pool->taken);
  (void)pthread_mutex_unlock(&pool->lock);
  for (unsigned i = 0; i < pool->started; i++) (void)pthread_join(pool->threads[i].thread, NULL);
  for (size_t i = 0; pool->ring && i < pool->plan.window; i++)
    pool->plan.free_result(pool->ring[i].result);
  (void)pthread_mutex_destroy(&pool->lock);
  (void)pthread_cond_destroy(&pool->taken);
  (void)pthread_cond_destroy(&pool->done);
  mem_free(pool->ring);
  mem_free(pool);
}

status thread_pool_next(thread_pool *pool, void **result, bool *more, problem *p) {
  *more = false;
  if (pool->failed || pool->handed == pool->plan.tasks) return STATUS_OK;
  status s;
  if (pool->plan.threads == 0) {
    s = pool->plan.work(pool->plan.context, 0, pool->handed++, result, p);
  } else {
    (void)pthread_mutex_lock(&pool->lock);
    task_result *next = &pool->ring[pool->handed % pool->plan.window];
    while (!next->done) (void)pthread_cond_wait(&pool->done, &pool->lock);
    task_result r = *next;
    *next = (task_result){0};
    pool->handed++;
    (void)pthread_cond_broadcast(&pool->taken);
    (void)pthread_mutex_unlock(&pool->lock);
    s = r.status;
    if (!s) *result = r.result;
    if (s && p) *p = r.problem;
  }
  pool->failed = s != STATUS_OK;
  *more = !s;
  return s;
}
