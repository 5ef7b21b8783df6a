/* loose: preloaded into a program, a disk with a loose cable: what lies LOOSE_FROM bytes and
 * more after the beginning of a file that is read at a place cannot be read. */
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static ssize_t read_at(int fd, void *to, size_t length, off_t at) {
  const char *text = getenv("LOOSE_FROM");
  if (text && at >= strtol(text, NULL, 10)) {
    errno = EIO;
    return -1;
  }
  return (ssize_t)syscall(SYS_pread64, fd, to, length, at);
}

ssize_t pread(int fd, void *to, size_t length, off_t at) { return read_at(fd, to, length, at); }
ssize_t pread64(int fd, void *to, size_t length, off_t at) { return read_at(fd, to, length, at); }
