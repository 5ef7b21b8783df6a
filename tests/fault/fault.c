/* fault: preloaded into a program, counts what it does to files and lets one of
 * these calls go wrong. FAULT says which:
 *
 *   count       none; how many writes, calls, allocations and reads of databases there were is in
 *               the file FAULT_COUNT at the end
 *   kill:N      SIGKILL in place of the N-th write
 *   torn:N      half of the N-th, if it writes, and then SIGKILL
 *   full:N      "no space left on device" for the N-th and all later ones
 *   once:N      for the N-th alone
 *   call:N:E    the N-th call fails with the error of the number E
 *   read:N:E    the N-th read of a database, or of its log, fails so
 *   memory:N    there is no memory for the N-th allocation; short:N: nor for any later one
 *   stop:N      before the N-th call: the file FAULT_AT is made, and it waits until FAULT_GO is
 * there
 *
 * Writes are write, pwrite, ftruncate, fsync, fdatasync (of regular files), rename, unlink, remove
 * and mkdir; not what is said on the standard files, or what stdio writes, which is inside libc.
 * Taking away is never refused. Calls are these and open, fopen, fclose, fflush, read, pread and
 * mmap of files, opendir, fchmod, link, flock and fork. Allocations are everybody's: Lua's,
 * SQLite's and those of the other libraries. A program that waits for another does not wait for
 * SQLite's locks. Loaded by tests/fault/kill.lua and trial.lua. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum mode { NONE, COUNT, KILL, TORN, FULL, ONCE, CALL, READ, MEMORY, SHORT, STOP };

static enum mode mode;
static long number, writes, calls, allocations, reads;
static int fault_error;
static pid_t program;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

__attribute__((constructor)) static void read_mode(void) {
  static const char *const names[] = {
      [COUNT] = "count",  [KILL] = "kill:", [TORN] = "torn:", [FULL] = "full:",
      [ONCE] = "once:",   [CALL] = "call:", [READ] = "read:", [MEMORY] = "memory:",
      [SHORT] = "short:", [STOP] = "stop:"};
  const char *fault = getenv("FAULT");
  enum mode wanted = NONE;
  for (int i = COUNT; fault && i <= STOP; i++) {
    size_t length = strlen(names[i]);
    char *rest;
    if (strncmp(fault, names[i], length) != 0) continue;
    wanted = (enum mode)i;
    number = strtol(fault + length, &rest, 10);
    if (*rest == ':') fault_error = (int)strtol(rest + 1, NULL, 10);
  }
  program = getpid();
  mode = wanted; /* last: what is allocated by now is not counted */
}

__attribute__((destructor)) static void note_count(void) {
  const char *path = getenv("FAULT_COUNT");
  if (mode != COUNT || !path || getpid() != program) return;
  mode = NONE;
  char text[96];
  int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
  int length = snprintf(text, sizeof text, "%ld %ld %ld %ld\n", writes, calls, allocations, reads);
  if (fd >= 0) (void)syscall(SYS_write, fd, text, (size_t)length);
  if (fd >= 0) (void)syscall(SYS_close, fd);
}

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

/* Allocations --------------------------------------------------------------- */

static bool has_memory(void) {
  if (mode != COUNT && mode != MEMORY && mode != SHORT) return true;
  long n = __atomic_add_fetch(&allocations, 1, __ATOMIC_RELAXED);
  return !((mode == MEMORY && n == number) || (mode == SHORT && n >= number));
}

static void *no_memory(void) {
  errno = ENOMEM;
  return NULL;
}

void *malloc(size_t size) { return has_memory() ? __libc_malloc(size) : no_memory(); }

void *calloc(size_t count, size_t size) {
  return has_memory() ? __libc_calloc(count, size) : no_memory();
}

void *realloc(void *old, size_t size) {
  return has_memory() ? __libc_realloc(old, size) : no_memory();
}

/* Calls --------------------------------------------------------------------- */

static void wait_for_go(void) {
  const char *at = getenv("FAULT_AT"), *go = getenv("FAULT_GO");
  if (!at || !go) return;
  int fd = (int)syscall(SYS_openat, AT_FDCWD, at, O_CREAT | O_WRONLY, 0600);
  if (fd >= 0) (void)syscall(SYS_close, fd);
  struct timespec wait = {0, 1000000};
  for (int i = 0; i < 30000 && syscall(SYS_faccessat, AT_FDCWD, go, F_OK) != 0; i++)
    (void)nanosleep(&wait, NULL);
}

/* Whether the call that comes now must fail; errno is set then. */
static bool call_fails(void) {
  if (mode == NONE || getpid() != program) return false;
  long n = __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
  if (mode == STOP && n == number) wait_for_go();
  if (mode != CALL || n != number) return false;
  errno = fault_error;
  return true;
}

static bool is_regular(int fd) {
  struct stat about;
  return fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
}

static void die(void) {
  (void)kill(getpid(), SIGKILL);
  for (;;) (void)pause();
}

/* Count a write; whether it must fail. A torn write comes back with TORN. */
static enum mode count_write(void) {
  if (mode == NONE) return NONE;
  if (call_fails()) return CALL;
  writes++;
  if (mode == KILL && writes == number) die();
  if (mode == TORN && writes == number) return TORN;
  bool fails = (mode == FULL && writes >= number) || (mode == ONCE && writes == number);
  return fails ? FULL : NONE;
}

static int refuse(void) {
  errno = mode == CALL ? fault_error : ENOSPC;
  return -1;
}

static ssize_t on_write(int fd, const void *bytes, size_t length, off_t at, bool placed) {
  enum mode m = fd > STDERR_FILENO && is_regular(fd) ? count_write() : NONE;
  if (m == FULL || m == CALL) return refuse();
  if (m == TORN) length /= 2;
  ssize_t n =
      placed ? syscall(SYS_pwrite64, fd, bytes, length, at) : syscall(SYS_write, fd, bytes, length);
  if (m == TORN) die();
  return n;
}

/* For calls that are whole or not at all. */
static bool is_refused(void) {
  enum mode m = count_write();
  if (m == TORN) die();
  return m == FULL || m == CALL;
}

ssize_t write(int fd, const void *bytes, size_t length) {
  if (fd <= STDERR_FILENO) return syscall(SYS_write, fd, bytes, length); /* what is shown */
  return on_write(fd, bytes, length, 0, false);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
  return on_write(fd, bytes, length, at, true);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t at) {
  return on_write(fd, bytes, length, at, true);
}

static bool shrinks(int fd, off_t length) {
  struct stat about;
  return fstat(fd, &about) == 0 && length <= about.st_size;
}

int ftruncate(int fd, off_t length) {
  if (is_regular(fd) && is_refused() && !shrinks(fd, length)) return refuse();
  return (int)syscall(SYS_ftruncate, fd, length);
}

int ftruncate64(int fd, off_t length) { return ftruncate(fd, length); }

int fsync(int fd) {
  return is_regular(fd) && is_refused() ? refuse() : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
  return is_regular(fd) && is_refused() ? refuse() : (int)syscall(SYS_fdatasync, fd);
}

int rename(const char *from, const char *to) {
  return is_refused() ? refuse() : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags) {
  return is_refused() ? refuse() : (int)syscall(SYS_renameat2, from_at, from, to_at, to, flags);
}

int mkdir(const char *path, mode_t bits) {
  return is_refused() ? refuse() : (int)syscall(SYS_mkdirat, AT_FDCWD, path, bits);
}

int unlink(const char *path) {
  (void)is_refused();
  return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

int remove(const char *path) {
  (void)is_refused();
  int r = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  return r != 0 && errno == EISDIR ? (int)syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR) : r;
}

/* Calls that only read, or make what is written to ----------------------------- */

static int open_file(const char *path, int flags, int bits) {
  return call_fails() ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, flags, bits);
}

int open(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  int bits = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, int) : 0;
  va_end(more);
  return open_file(path, flags, bits);
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));

FILE *fopen(const char *path, const char *how) {
  FILE *(*real)(const char *, const char *) =
      (FILE * (*)(const char *, const char *))(uintptr_t)next("fopen");
  return call_fails() ? NULL : real(path, how);
}

FILE *fopen64(const char *path, const char *how) __attribute__((alias("fopen")));

int fclose(FILE *file) {
  int (*real)(FILE *) = (int (*)(FILE *))(uintptr_t)next("fclose");
  bool fails = call_fails();
  int error = errno, r = real(file); /* it is closed, whatever it says */
  if (!fails) return r;
  errno = error;
  return EOF;
}

int fflush(FILE *file) {
  int (*real)(FILE *) = (int (*)(FILE *))(uintptr_t)next("fflush");
  return call_fails() ? EOF : real(file);
}

/* Whether the file that is open so is a database, or its log. */
static bool is_database(int fd) {
  char link[32], path[512] = "";
  (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  return readlink(link, path, sizeof path - 1) > 0 && strstr(path, ".db") != NULL;
}

static bool read_fails(int fd) {
  if (!is_regular(fd)) return false;
  if (call_fails()) return true;
  if ((mode != COUNT && mode != READ) || getpid() != program || !is_database(fd)) return false;
  reads++;
  if (mode != READ || reads != number) return false;
  errno = fault_error;
  return true;
}

ssize_t read(int fd, void *bytes, size_t length) {
  return read_fails(fd) ? -1 : syscall(SYS_read, fd, bytes, length);
}

ssize_t pread(int fd, void *bytes, size_t length, off_t at) {
  return read_fails(fd) ? -1 : syscall(SYS_pread64, fd, bytes, length, at);
}

ssize_t pread64(int fd, void *bytes, size_t length, off_t at) __attribute__((alias("pread")));

void *mmap(void *at, size_t length, int may, int how, int fd, off_t offset) {
  if (fd >= 0 && call_fails()) return MAP_FAILED;
  return (void *)syscall(SYS_mmap, at, length, may, how, fd, offset);
}

void *mmap64(void *at, size_t length, int may, int how, int fd, off_t offset)
    __attribute__((alias("mmap")));

DIR *opendir(const char *path) {
  DIR *(*real)(const char *) = (DIR * (*)(const char *))(uintptr_t)next("opendir");
  return call_fails() ? NULL : real(path);
}

int fchmod(int fd, mode_t bits) { return call_fails() ? -1 : (int)syscall(SYS_fchmod, fd, bits); }

int linkat(int from_at, const char *from, int to_at, const char *to, int flags) {
  return call_fails() ? -1 : (int)syscall(SYS_linkat, from_at, from, to_at, to, flags);
}

int flock(int fd, int how) { return call_fails() ? -1 : (int)syscall(SYS_flock, fd, how); }

int posix_spawnp(pid_t *child, const char *path, const posix_spawn_file_actions_t *files,
                 const posix_spawnattr_t *attributes, char *const words[],
                 char *const environment[]) {
  typedef int spawn(pid_t *, const char *, const posix_spawn_file_actions_t *,
                    const posix_spawnattr_t *, char *const[], char *const[]);
  spawn *real = (spawn *)(uintptr_t)next("posix_spawnp");
  return call_fails() ? fault_error : real(child, path, files, attributes, words, environment);
}

/* Who meets somebody that waits here would wait for ever. SQLite is asked for by its name: where
 * the core is a module of Lua, no other library finds it. */
int sqlite3_busy_handler(void *connection, int (*wait)(void *, int), void *what) {
  typedef int set(void *, int (*)(void *, int), void *);
  void *sqlite = dlopen("libsqlite3.so.0", RTLD_LAZY | RTLD_NOLOAD);
  set *real = (set *)(uintptr_t)dlsym(sqlite, "sqlite3_busy_handler");
  return real(connection, getenv("FAULT_GO") ? NULL : wait, what);
}
