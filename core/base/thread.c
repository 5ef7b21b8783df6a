/* thread: a thread begins with the mask of signals of the one that made it. */
#include "base/thread.h"

#include <signal.h>

bool thread_start(pthread_t *thread, void *(*run)(void *), void *of) {
  sigset_t all, before;
  (void)sigfillset(&all);
  (void)pthread_sigmask(SIG_SETMASK, &all, &before);
  bool started = pthread_create(thread, NULL, run, of) == 0;
  (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
  return started;
}
