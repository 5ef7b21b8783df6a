/* naps: preloaded into a program, adds a line to the file NAPS for each time that it sleeps, as
 * SQLite does while it waits for a lock: how many microseconds. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int nanosleep(const struct timespec *asked, struct timespec *left) {
  const char *path = getenv("NAPS");
  FILE *file = path ? fopen(path, "a") : NULL;
  if (file) {
    (void)fprintf(file, "%lld\n", (long long)asked->tv_sec * 1000000 + asked->tv_nsec / 1000);
    (void)fclose(file);
  }
  return (int)syscall(SYS_nanosleep, asked, left);
}

int usleep(useconds_t us) {
  struct timespec asked = {us / 1000000, us % 1000000 * 1000};
  return nanosleep(&asked, NULL);
}
