/* spawn: posix_spawn with every default of ours taken away. A descriptor that is handed on
 * is first copied above the numbers that the program is given, so that putting one in its
 * place never closes another. A program that is run to its end leads a process group, and
 * keeps its number as a zombie until the group has been killed (see spawn.h, 2). */
#include "host/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_MS = 10 };

int spawn_start(const spawn *program, pid_t *pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t all, none;
  int files[SPAWN_FILES], count = (int)program->file_count;
  short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
  if (program->group) flags |= POSIX_SPAWN_SETPGROUP;
  (void)sigfillset(&all);
  (void)sigemptyset(&none);
  int fault = posix_spawn_file_actions_init(&actions);
  if (fault != 0) return fault;
  fault = posix_spawnattr_init(&attributes);
  if (fault != 0) {
    (void)posix_spawn_file_actions_destroy(&actions);
    return fault;
  }
  for (int i = 0; i < count; i++) {
    bool given = program->files[i] >= 0;
    files[i] = given ? fcntl(program->files[i], F_DUPFD_CLOEXEC, SPAWN_FILES) : -1;
    if (given && files[i] < 0)
      fault = errno;
    else if (fault == 0 && given)
      fault = posix_spawn_file_actions_adddup2(&actions, files[i], i);
    else if (fault == 0)
      fault = posix_spawn_file_actions_addopen(&actions, i, "/dev/null", O_RDWR, 0);
  }
  if (fault == 0) fault = posix_spawn_file_actions_addclosefrom_np(&actions, count);
  if (fault == 0) fault = posix_spawnattr_setsigdefault(&attributes, &all);
  if (fault == 0) fault = posix_spawnattr_setsigmask(&attributes, &none);
  if (fault == 0) fault = posix_spawnattr_setflags(&attributes, flags);
  if (fault == 0)
    fault = posix_spawnp(pid, program->path, &actions, &attributes,
                         (char *const *)(uintptr_t)program->words,
                         (char *const *)(uintptr_t)program->environment);
  for (int i = 0; i < count; i++)
    if (files[i] >= 0) (void)close(files[i]);
  (void)posix_spawnattr_destroy(&attributes);
  (void)posix_spawn_file_actions_destroy(&actions);
  return fault;
}

static volatile sig_atomic_t is_over; /* set once, for the process */

void spawn_stop(void) { is_over = 1; }

static long long now_ms(void) {
  struct timespec t;
  if (is_over) return LLONG_MAX; /* past every deadline */
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* What is said on a pipe until nobody can say more, at most until `deadline`. */
static void listen_to(int pipe, long long deadline, spawn_end *out) {
  for (long long left; (left = deadline - now_ms()) > 0;) {
    struct pollfd one = {.fd = pipe, .events = POLLIN};
    int ready = poll(&one, 1, (int)left);
    if (ready < 0 && errno != EINTR) return;
    if (ready <= 0) continue;
    char part[1024];
    ssize_t n = read(pipe, part, sizeof part);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    size_t room = SPAWN_TEXT - out->length, taken = (size_t)n < room ? (size_t)n : room;
    memcpy(out->text + out->length, part, taken);
    out->length += taken;
  }
}

int spawn_run(const char *const words[], const char *const environment[], double seconds,
              spawn_end *out) {
  int ends[2], how = 0;
  pid_t pid = 0, got;
  out->length = 0;
  if (pipe2(ends, O_CLOEXEC) != 0) return errno;
  const spawn program = {.path = words[0],
                         .words = words,
                         .environment = environment,
                         .files = {-1, ends[1], ends[1]},
                         .file_count = 3,
                         .group = true};
  int fault = spawn_start(&program, &pid);
  (void)close(ends[1]);
  if (fault == 0) {
    long long now = now_ms(), deadline = now == LLONG_MAX ? 0 : now + (long long)(seconds * 1000);
    listen_to(ends[0], deadline, out);
    for (;;) { /* until it came to its end; it is not waited for, and its number still its own */
      siginfo_t info = {0};
      (void)waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT);
      out->in_time = info.si_pid == pid;
      if (out->in_time || now_ms() >= deadline) break;
      (void)poll(NULL, 0, LOOK_MS);
    }
    (void)kill(pid, SIGKILL);
    (void)kill(-pid, SIGKILL); /* what it left behind */
    do got = waitpid(pid, &how, 0);
    while (got < 0 && errno == EINTR);
    out->exit_status = got == pid && WIFEXITED(how) ? WEXITSTATUS(how) : -1;
  }
  (void)close(ends[0]);
  return fault;
}
