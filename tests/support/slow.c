/* slow: preloaded into a program, makes it wait before it locks or renames a file, so that
 * two programs meet where they seldom do: SLOW_LOCK, SLOW_RENAME (milliseconds). SQLite
 * does not wait for a lock that somebody else has. */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void wait_for(const char *name) {
  const char *text = getenv(name);
  long ms = text ? strtol(text, NULL, 10) : 0;
  struct timespec t = {ms / 1000, ms % 1000 * 1000000};
  if (ms > 0) (void)nanosleep(&t, NULL);
}

int flock(int fd, int how) {
  wait_for("SLOW_LOCK");
  return (int)syscall(SYS_flock, fd, how);
}

int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags) {
  wait_for("SLOW_RENAME");
  return (int)syscall(SYS_renameat2, from_at, from, to_at, to, flags);
}

int sqlite3_busy_handler(void *connection, int (*wait)(void *, int), void *self) {
  (void)connection, (void)wait, (void)self;
  return 0;
}
