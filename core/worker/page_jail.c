/* page_jail: Landlock for files, seccomp for the network; both outlast execve. */
#include "worker/page_jail.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const uint64_t reading =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;

/* What programs of a system are made of, fonts with it. */
static const char *const parts_of_programs[] = {
    "/usr",
    "/bin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/opt",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/etc/python3",
    "/etc/python3.11",
    "/etc/mime.types",
    "/var/cache/fontconfig",
    "/dev/urandom",
};

/* `rights` below `path`; what is not there needs none. */
static bool allow(int set, const char *path, uint64_t rights) {
  struct landlock_path_beneath_attr rule = {.allowed_access = rights};
  struct stat kind;
  rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
  if (rule.parent_fd < 0) return errno == ENOENT;
  bool done = fstat(rule.parent_fd, &kind) == 0;
  if (done && !S_ISDIR(kind.st_mode))
    rule.allowed_access &=
        LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE;
  done = done && syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
  (void)close(rule.parent_fd);
  return done;
}

/* The file that a name of PATH is. */
static bool find_program(const char *name, char found[PATH_MAX]) {
  const char *path = getenv("PATH");
  char tried[PATH_MAX];
  for (const char *at = path ? path : "/usr/bin"; *at; at += *at == ':') {
    size_t length = strcspn(at, ":");
    int written = snprintf(tried, sizeof tried, "%.*s/%s", (int)length, at, name);
    if (length > 0 && written < PATH_MAX && access(tried, X_OK) == 0 && realpath(tried, found))
      return true;
    at += length;
  }
  errno = ENOENT;
  return false;
}

/* To the folder where we are, and what the program needs. It may lie with its libraries in a
 * folder of its own: bin, lib and pyvenv.cfg of that. */
static bool limit_files(const char *program) {
  static const char *const surroundings[] = {"bin", "lib", "pyvenv.cfg"};
  long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1) return false;
  int rights = abi == 1 ? 13 : abi == 2 ? 14 : 15; /* all that this kernel knows to refuse */
  struct landlock_ruleset_attr all = {.handled_access_fs = (1ULL << rights) - 1};
  int set = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
  char folder[PATH_MAX], path[PATH_MAX];
  (void)snprintf(folder, sizeof folder, "%s", program);
  for (int up = 0; up < 2; up++) {
    char *last = strrchr(folder, '/');
    if (last) *last = '\0';
  }
  bool done = set >= 0 && allow(set, ".", all.handled_access_fs);
  for (size_t i = 0; done && i < sizeof surroundings / sizeof surroundings[0]; i++)
    done = snprintf(path, sizeof path, "%s/%s", folder, surroundings[i]) < PATH_MAX &&
           allow(set, path, reading);
  for (size_t i = 0; done && i < sizeof parts_of_programs / sizeof parts_of_programs[0]; i++)
    done = allow(set, parts_of_programs[i], reading);
  return done && allow(set, "/dev/null", reading | LANDLOCK_ACCESS_FS_WRITE_FILE) &&
         syscall(SYS_landlock_restrict_self, set, 0) == 0;
}

static const int refused_calls[] = {
    SCMP_SYS(socket),
    SCMP_SYS(socketpair),
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(listen),
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
    SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendmmsg),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(mount),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(bpf),
    SCMP_SYS(keyctl),
    SCMP_SYS(perf_event_open),
};

static bool limit_calls(void) {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  if (!filter) return false;
  int no = 0;
  for (size_t i = 0; no == 0 && i < sizeof refused_calls / sizeof refused_calls[0]; i++) {
    no = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), refused_calls[i], 0);
    if (no == -EDOM) no = 0; /* a call this architecture does not have */
  }
  if (no == 0) no = seccomp_load(filter);
  seccomp_release(filter);
  errno = -no;
  return no == 0;
}

/* At most this; a limit that is lower already stays, since it may not be raised. */
static bool limit(__rlimit_resource_t resource, rlim_t most) {
  struct rlimit now;
  if (getrlimit(resource, &now) != 0) return false;
  if (now.rlim_max > most) now.rlim_max = most;
  if (now.rlim_cur > now.rlim_max) now.rlim_cur = now.rlim_max;
  return setrlimit(resource, &now) == 0;
}

int page_jail_run(const char *folder, char *const words[]) {
  char program[PATH_MAX];
  if (!find_program(words[0], program)) {
    (void)fprintf(stderr, "%s: %s\n", words[0], strerror(errno));
    return PAGE_JAIL_NO_PROGRAM;
  }
  const char *part = "limits";
  bool jailed = limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 1u << 28) && chdir(folder) == 0 &&
                prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  if (jailed) part = "landlock", jailed = limit_files(program);
  if (jailed) part = "system call filter", jailed = limit_calls();
  if (jailed) part = "start", (void)execv(program, words);
  (void)fprintf(stderr, "%s cannot be run safely on this machine: %s: %s\n", words[0], part,
                strerror(errno));
  return PAGE_JAIL_REFUSED;
}
