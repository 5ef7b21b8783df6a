/* run: one command, and what it took.
 *
 *   run FILE COMMAND [ARGUMENT …]
 *
 * FILE then holds one line: status, wall, user, sys (seconds), peak (KiB): the processor
 * time and the largest resident memory of the command and of the processes it waited for.
 * The status is the command's own, 128 + the signal that ended it, or 127. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

static int status_of(int ended) {
  return WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended);
}

static int write_line(const char *path, int status, double wall, const struct rusage *used) {
  FILE *f = fopen(path, "w");
  if (!f) return 1;
  (void)fprintf(f, "status=%d wall=%.6f user=%.6f sys=%.6f peak=%ld\n", status, wall,
                seconds(used->ru_utime), seconds(used->ru_stime), used->ru_maxrss);
  return fclose(f) != 0;
}

int main(int argc, char **argv) {
  struct rusage used;
  int ended = 0;
  if (argc < 3) {
    (void)fputs("usage: run FILE COMMAND [ARGUMENT ...]\n", stderr);
    return 2;
  }
  double began = now();
  pid_t child = fork();
  if (child < 0) {
    perror("run");
    return 1;
  }
  if (child == 0) {
    (void)execvp(argv[2], argv + 2);
    perror(argv[2]);
    _exit(127);
  }
  if (wait4(child, &ended, 0, &used) != child) return 1;
  int status = status_of(ended);
  if (write_line(argv[1], status, now() - began, &used)) {
    perror(argv[1]);
    return 1;
  }
  return status;
}
