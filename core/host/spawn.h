/* spawn: the one way in which another program is started, and one that is run to its end.
 *
 * 1. A program has the files that it is given, the environment that it is given, and
 *    nothing else of ours: no other descriptor, no ignored or blocked signal.
 * 2. A number of a process is used only until the process has been waited for: from then
 *    on it may be another's. */
#ifndef WAYMARK_SPAWN_H
#define WAYMARK_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { SPAWN_FILES = 8, SPAWN_TEXT = 4096 };

/* Lists end with NULL; all is lent for the call. */
typedef struct spawn {
  const char *path;               /* without a slash: looked for in PATH */
  const char *const *words;       /* its own name, and its arguments as they are */
  const char *const *environment; /* "NAME=VALUE" */
  int files[SPAWN_FILES]; /* [file_count]: what it has as files 0, 1, 2, …; -1: /dev/null */
  size_t file_count;
  bool group; /* a process group of its own, so that what it starts can be ended with it */
} spawn;

/* Start it. 0 with its number in *pid, which somebody has to wait for; else an errno. */
int spawn_start(const spawn *program, pid_t *pid);

/* How a program came to its end. */
typedef struct spawn_end {
  bool in_time;          /* by itself, before its time was over */
  int exit_status;       /* -1: it was ended by a signal */
  size_t length;         /* of the text */
  char text[SPAWN_TEXT]; /* the first of what it said on standard output and error */
} spawn_end;

/* Run a program of PATH with empty input for at most so many seconds; then it is killed,
 * and at its end whatever it started and left behind. 0, or the errno of a program that
 * could not be started. */
int spawn_run(const char *const words[], const char *const environment[], double seconds,
              spawn_end *out);

/* From here on no program has any time: what runs is ended. For a handler of a signal. */
void spawn_stop(void);

#endif
