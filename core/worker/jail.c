/* jail: the parts, in the order in which they are done. Linux only. */
#include "worker/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { NOBODY = 65534 };
static const uint64_t MIB = 1024 * 1024;

typedef bool (*jail_step)(const jail_limits *limits, char why[JAIL_WHY]);

static bool failed(char why[JAIL_WHY], const char *what) {
  (void)snprintf(why, JAIL_WHY, "%s: %s", what, strerror(errno));
  return false;
}

/* Files and environment ---------------------------------------------------- */

static bool close_files(const jail_limits *limits, char why[JAIL_WHY]) {
  (void)limits;
  if (close_range(JAIL_CHANNEL + 1, ~0U, 0) == 0) return true;
  if (errno != ENOSYS) return failed(why, "close_range");
  long most = sysconf(_SC_OPEN_MAX);
  for (int fd = JAIL_CHANNEL + 1; fd < most; fd++) (void)close(fd);
  return true;
}

static bool forget_surroundings(const jail_limits *limits, char why[JAIL_WHY]) {
  (void)limits;
  (void)clearenv();
  (void)umask(077);
  return chdir("/") == 0 || failed(why, "chdir");
}

/* Second lines -------------------------------------------------------------- */

/* Root keeps its own user namespace: leaving it would need nothing more and
 * gain nothing, since root is left behind just below. */
static bool leave_namespaces(const jail_limits *limits, char why[JAIL_WHY]) {
  (void)limits;
  int flags = CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWNS;
  if (geteuid() != 0) flags |= CLONE_NEWUSER;
  return unshare(flags) == 0 || failed(why, "unshare");
}

static bool leave_root(const jail_limits *limits, char why[JAIL_WHY]) {
  (void)limits;
  if (geteuid() != 0) return true;
  if (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
      setresuid(NOBODY, NOBODY, NOBODY) != 0)
    return failed(why, "giving up root");
  return true;
}

/* All rights that the kernel's version knows are handled, and no rule allows
 * any of them. Newer kernels also handle the network and signals; those are the
 * work of seccomp. */
static bool enter_landlock(const jail_limits *limits, char why[JAIL_WHY]) {
  (void)limits;
  long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1) return failed(why, "not offered by this kernel");
  int rights = abi == 1 ? 13 : abi == 2 ? 14 : 15;
  struct landlock_ruleset_attr all = {.handled_access_fs = (1ULL << rights) - 1};
  long set = syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
  if (set < 0) return failed(why, "ruleset");
  bool done = syscall(SYS_landlock_restrict_self, set, 0) == 0 || failed(why, "restrict");
  (void)close((int)set);
  return done;
}

/* Limits --------------------------------------------------------------------- */

static bool limit(int which, uint64_t soft, uint64_t hard, const char *name, char why[JAIL_WHY]) {
  struct rlimit value = {soft, hard};
  return setrlimit((__rlimit_resource_t)which, &value) == 0 || failed(why, name);
}

/* Lua doubles its arrays by realloc and copies a buffer into the final text,
 * and a batch lies beside its Lua form: four times the cap, and room for the
 * program itself. */
static bool limit_memory(const jail_limits *limits, char why[JAIL_WHY]) {
#ifdef WAYMARK_SANITIZED
  (void)limits;
  (void)snprintf(why, JAIL_WHY, "left out in this sanitizer build");
  return true;
#else
  uint64_t bytes = 4 * limits->memory + 96 * MIB;
  return limit(RLIMIT_AS, bytes, bytes, "address space", why);
#endif
}

static bool limit_rest(const jail_limits *limits, char why[JAIL_WHY]) {
  (void)limits;
  const struct rlimit none = {0, 0};
  (void)setrlimit(RLIMIT_NPROC, &none); /* no effect on root */
  return limit(RLIMIT_CORE, 0, 0, "core", why) && limit(RLIMIT_FSIZE, 0, 0, "file size", why) &&
         limit(RLIMIT_NOFILE, 4, 4, "open files", why) &&
         limit(RLIMIT_MEMLOCK, 0, 0, "locked memory", why) &&
         limit(RLIMIT_STACK, 8 * MIB, 8 * MIB, "stack", why);
}

/* The timer is exact, counts all processor time, and ends the process by the
 * default action of SIGXCPU; the kernel's whole-second limit stands behind it. */
static bool limit_cpu(const jail_limits *limits, char why[JAIL_WHY]) {
  uint64_t soft = limits->cpu_milliseconds / 1000 + 1;
  if (!limit(RLIMIT_CPU, soft, soft + 1, "processor time", why)) return false;
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGXCPU};
  struct itimerspec after = {.it_value = {(time_t)(limits->cpu_milliseconds / 1000),
                                          (long)(limits->cpu_milliseconds % 1000) * 1000000}};
  timer_t timer;
  (void)signal(SIGXCPU, SIG_DFL);
  return (timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer) == 0 &&
          timer_settime(timer, 0, &after, NULL) == 0) ||
         failed(why, "processor timer");
}

/* System calls ---------------------------------------------------------------- */

static const int plain_calls[] = {
    SCMP_SYS(brk),         SCMP_SYS(munmap),
    SCMP_SYS(mremap),      SCMP_SYS(madvise),
    SCMP_SYS(exit_group),  SCMP_SYS(exit),
    SCMP_SYS(futex),       SCMP_SYS(rt_sigreturn),
    SCMP_SYS(time),        SCMP_SYS(clock_gettime),
#ifdef WAYMARK_SANITIZED
    SCMP_SYS(write),       SCMP_SYS(sigaltstack),
    SCMP_SYS(getpid),      SCMP_SYS(gettid),
    SCMP_SYS(getrlimit),   SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(prlimit64),   SCMP_SYS(rt_sigaction),
    SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getrusage),
#endif
};

static bool filter_calls(const jail_limits *limits, char why[JAIL_WHY]) {
  (void)limits;
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
  if (!filter) return failed(why, "seccomp_init");
  int no = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
  for (size_t i = 0; no == 0 && i < sizeof plain_calls / sizeof plain_calls[0]; i++) {
    no = seccomp_rule_add(filter, SCMP_ACT_ALLOW, plain_calls[i], 0);
    if (no == -EDOM) no = 0; /* a call this architecture does not have */
  }
  /* Memory may be had, but never memory to execute, and never a file's. */
  if (no == 0)
    no = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
                          SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                          SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS));
  if (no == 0)
    no = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                          SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  if (no == 0)
    no = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(read), 1,
                          SCMP_A0(SCMP_CMP_EQ, JAIL_CHANNEL, 0));
#ifndef WAYMARK_SANITIZED
  if (no == 0)
    no = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
                          SCMP_A0(SCMP_CMP_EQ, JAIL_CHANNEL, 0));
#endif
  if (no == 0) no = seccomp_load(filter);
  seccomp_release(filter);
#ifdef WAYMARK_SANITIZED
  if (no == 0) (void)snprintf(why, JAIL_WHY, "wider in this sanitizer build");
#endif
  if (no != 0) (void)snprintf(why, JAIL_WHY, "libseccomp: %s", strerror(-no));
  return no == 0;
}

/* All together ----------------------------------------------------------------- */

typedef struct jail_row {
  const char *name;
  jail_step step; /* NULL: prctl(option, value) is all of it */
  unsigned long value;
  int option;
  bool mandatory;
} jail_row;

/* The order matters: what needs root before root is left; what needs a file
 * before the limit on files; landlock after no-new-privileges; the last three
 * after the change of user, which clears two of them; the filter last. If the host is gone
 * already, the channel's end is what ends the worker. */
static const jail_row rows[] = {
    {"files closed", close_files, 0, 0, true},
    {"environment empty", forget_surroundings, 0, 0, true},
    {"namespaces", leave_namespaces, 0, 0, false},
    {"unprivileged user", leave_root, 0, 0, false},
    {"no new privileges", NULL, 1, PR_SET_NO_NEW_PRIVS, true},
    {"landlock", enter_landlock, 0, 0, false},
    {"memory limit", limit_memory, 0, 0, true},
    {"processor limit", limit_cpu, 0, 0, true},
    {"other limits", limit_rest, 0, 0, true},
    {"not dumpable", NULL, 0, PR_SET_DUMPABLE, true},
    {"ends with the host", NULL, SIGKILL, PR_SET_PDEATHSIG, true},
    {"system call filter", filter_calls, 0, 0, true},
};

_Static_assert(sizeof rows / sizeof rows[0] <= JAIL_PARTS, "the report has room for all parts");

bool jail_apply(const jail_limits *limits, jail_report *report) {
  *report = (jail_report){0};
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    jail_part *part = &report->parts[report->count++];
    part->name = rows[i].name;
    part->mandatory = rows[i].mandatory;
    if (rows[i].step)
      part->done = rows[i].step(limits, part->why);
    else
      part->done = prctl(rows[i].option, rows[i].value, 0, 0, 0) == 0 || failed(part->why, "prctl");
    if (!part->done && part->mandatory) return false;
  }
  return true;
}
