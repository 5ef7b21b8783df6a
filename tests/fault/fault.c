/* fault: preloaded into a program, counts what it does to files and lets one of
 * these calls go wrong. FAULT says which:
 *
 *   count      none; the number of calls is in the file FAULT_COUNT at the end
 *   kill:N     SIGKILL in place of the N-th
 *   torn:N     half of the N-th, if it writes, and then SIGKILL
 *   full:N     "no space left on device" for the N-th and all later ones
 *   once:N     for the N-th alone
 *
 * Counted are write, pwrite, ftruncate, fsync, fdatasync (of regular files),
 * rename, unlink, remove and mkdir; not what stdio writes, which is inside libc.
 * Taking away is never refused. Loaded by tests/fault/kill.lua. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum mode { NONE, COUNT, KILL, TORN, FULL, ONCE };

static enum mode mode;
static long number, calls;

__attribute__((constructor)) static void read_mode(void) {
  static const char *const names[] = {[COUNT] = "count", [KILL] = "kill:", [TORN] = "torn:",
                                      [FULL] = "full:",  [ONCE] = "once:"};
  const char *fault = getenv("FAULT");
  for (int i = COUNT; fault && i <= ONCE; i++) {
    size_t length = strlen(names[i]);
    if (strncmp(fault, names[i], length) != 0) continue;
    mode = (enum mode)i;
    number = strtol(fault + length, NULL, 10);
  }
}

static void note_count(void) {
  char text[24] = {0};
  const char *path = getenv("FAULT_COUNT");
  int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_WRONLY, 0600) : -1;
  size_t n = sizeof text;
  for (long rest = calls; rest > 0; rest /= 10) text[--n] = (char)('0' + rest % 10);
  if (fd >= 0) (void)syscall(SYS_pwrite64, fd, text + n, sizeof text - n, 0);
  if (fd >= 0) (void)syscall(SYS_close, fd);
}

static bool is_regular(int fd) {
  struct stat about;
  return fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
}

static void die(void) {
  (void)kill(getpid(), SIGKILL);
  for (;;) (void)pause();
}

/* Count a call; whether it must fail. A torn write comes back with TORN. */
static enum mode count_call(void) {
  if (mode == NONE) return NONE;
  calls++;
  if (mode == COUNT) note_count();
  if (mode == KILL && calls == number) die();
  if (mode == TORN && calls == number) return TORN;
  bool fails = (mode == FULL && calls >= number) || (mode == ONCE && calls == number);
  return fails ? FULL : NONE;
}

static int refuse(void) {
  errno = ENOSPC;
  return -1;
}

static ssize_t on_write(int fd, const void *bytes, size_t length, off_t at, bool placed) {
  enum mode m = is_regular(fd) ? count_call() : NONE;
  if (m == FULL) return refuse();
  if (m == TORN) length /= 2;
  ssize_t n = placed ? syscall(SYS_pwrite64, fd, bytes, length, at)
                     : syscall(SYS_write, fd, bytes, length);
  if (m == TORN) die();
  return n;
}

/* For calls that are whole or not at all. */
static bool is_refused(void) {
  enum mode m = count_call();
  if (m == TORN) die();
  return m == FULL;
}

ssize_t write(int fd, const void *bytes, size_t length) {
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
