/* thread: threads that help the program's own one, and take no signals: those are for it. */
#ifndef WAYMARK_THREAD_H
#define WAYMARK_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* Begin one; false when the system gives none. The caller joins it. */
bool thread_start(pthread_t *thread, void *(*run)(void *), void *of);

#endif
