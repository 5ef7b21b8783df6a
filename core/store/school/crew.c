/* crew: see crew.h. One lock; results lie in a ring of `window` places. */
#include "store/school/crew.h"

#include <pthread.h>
#include <string.h>

#include "base/mem.h"

enum { THREADS_MOST = 64 };

typedef struct place {
  bool done;
  status status;
  problem problem;
  void *result;
} place;

typedef struct seat {
  crew *crew;
  unsigned number;
  pthread_t thread;
} seat;

struct crew {
  crew_plan plan;
  pthread_mutex_t lock;      /* over all below but `seats` and `failed` */
  pthread_cond_t room, done; /* a result was taken; one was made */
  size_t begun, taken;       /* jobs */
  bool stop;
  place *places; /* [window] */
  seat seats[THREADS_MOST];
  unsigned started;
  bool failed;
};

/* The next job of a thread; false when there is no more to do. Locked. */
static bool begin_job(crew *c, size_t *job) {
  while (!c->stop && c->begun < c->plan.jobs && c->begun - c->taken >= c->plan.window)
    (void)pthread_cond_wait(&c->room, &c->lock);
  if (c->stop || c->begun >= c->plan.jobs) return false;
  *job = c->begun++;
  return true;
}

static void *run_seat(void *self) {
  const seat *s = self;
  crew *c = s->crew;
  size_t job;
  (void)pthread_mutex_lock(&c->lock);
  while (begin_job(c, &job)) {
    (void)pthread_mutex_unlock(&c->lock);
    place made = {.done = true};
    made.status = c->plan.work(c->plan.context, s->number, job, &made.result, &made.problem);
    (void)pthread_mutex_lock(&c->lock);
    c->places[job % c->plan.window] = made;
    (void)pthread_cond_signal(&c->done);
  }
  (void)pthread_mutex_unlock(&c->lock);
  return NULL;
}

static status start(crew *c, problem *p) {
  for (unsigned i = 0; i < c->plan.threads; i++) {
    c->seats[i] = (seat){.crew = c, .number = i};
    if (pthread_create(&c->seats[i].thread, NULL, run_seat, &c->seats[i]) != 0)
      return problem_set(p, STATUS_FAULT, "close other programs, or ask for fewer threads",
                         "the system gives no more threads");
    c->started++;
  }
  return STATUS_OK;
}

status crew_new(const crew_plan *plan, crew **out, problem *p) {
  crew *c = mem_new(1, sizeof *c);
  if (!c) return problem_no_memory(p);
  c->plan = *plan;
  if (c->plan.threads > THREADS_MOST) c->plan.threads = THREADS_MOST;
  (void)pthread_mutex_init(&c->lock, NULL);
  (void)pthread_cond_init(&c->room, NULL);
  (void)pthread_cond_init(&c->done, NULL);
  c->places = mem_new(plan->window, sizeof *c->places);
  status s = c->places ? start(c, p) : problem_no_memory(p);
  if (s) {
    crew_free(c);
    return s;
  }
  *out = c;
  return STATUS_OK;
}

void crew_free(crew *c) {
  if (!c) return;
  (void)pthread_mutex_lock(&c->lock);
  c->stop = true;
  (void)pthread_cond_broadcast(&c->room);
  (void)pthread_mutex_unlock(&c->lock);
  for (unsigned i = 0; i < c->started; i++) (void)pthread_join(c->seats[i].thread, NULL);
  for (size_t i = 0; c->places && i < c->plan.window; i++) c->plan.let_go(c->places[i].result);
  (void)pthread_mutex_destroy(&c->lock);
  (void)pthread_cond_destroy(&c->room);
  (void)pthread_cond_destroy(&c->done);
  mem_free(c->places);
  mem_free(c);
}

static status do_here(crew *c, void **result, problem *p) {
  return c->plan.work(c->plan.context, 0, c->taken++, result, p);
}

static status take(crew *c, void **result, problem *p) {
  (void)pthread_mutex_lock(&c->lock);
  place *next = &c->places[c->taken % c->plan.window];
  while (!next->done) (void)pthread_cond_wait(&c->done, &c->lock);
  place made = *next;
  *next = (place){0};
  c->taken++;
  (void)pthread_cond_broadcast(&c->room);
  (void)pthread_mutex_unlock(&c->lock);
  if (made.status == STATUS_OK) *result = made.result;
  if (made.status != STATUS_OK && p) *p = made.problem;
  return made.status;
}

status crew_next(crew *c, void **result, bool *more, problem *p) {
  *more = false;
  if (c->failed || c->taken == c->plan.jobs) return STATUS_OK;
  status s = c->plan.threads ? take(c, result, p) : do_here(c, result, p);
  c->failed = s != STATUS_OK;
  *more = s == STATUS_OK;
  return s;
}
