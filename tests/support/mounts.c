/* mounts: preloaded into the program, stands in for what the kernel says of file systems:
 * /proc/self/mountinfo is the file MOUNTINFO ("" or missing: there is none), and statfs
 * says that everything has the type STATFS (a number), if that is set. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

int open(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, int) : 0;
  va_end(more);
  const char *instead = getenv("MOUNTINFO");
  if (instead && strcmp(path, "/proc/self/mountinfo") == 0) path = instead;
  return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));

int statfs(const char *path, struct statfs *about) {
  const char *type = getenv("STATFS");
  int r = (int)syscall(SYS_statfs, path, about);
  if (r == 0 && type) about->f_type = (__fsword_t)strtol(type, NULL, 0);
  return r;
}

int statfs64(const char *path, struct statfs64 *about) __attribute__((alias("statfs")));
