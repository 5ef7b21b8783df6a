/* file: whole files, opened without waiting and looked at before a byte is read. */
#include "store/db/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static status cannot_read(const char *path, problem *p) {
  bool missing = errno == ENOENT;
  return problem_set(
      p, missing ? STATUS_NOT_FOUND : STATUS_IO,
      missing ? "check the name and the folder" : "check the file and its permissions",
      "cannot read %s: %s", path, strerror(errno));
}

/* O_NONBLOCK: a pipe is opened at once, and refused. */
status file_open(const char *path, int *fd, struct stat *about, problem *p) {
  int opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (opened < 0 && errno != ENXIO) return cannot_read(path, p); /* ENXIO: a socket */
  status s = STATUS_OK;
  if (opened >= 0 && fstat(opened, about) != 0)
    s = cannot_read(path, p);
  else if (opened >= 0 && S_ISDIR(about->st_mode))
    s = problem_set(p, STATUS_IO, "name a file", "%s is a folder", path);
  else if (opened < 0 || !S_ISREG(about->st_mode))
    s = problem_set(p, STATUS_IO, "save what it holds as a file, and name that",
                    "%s is not an ordinary file", path);
  if (!s)
    *fd = opened;
  else if (opened >= 0)
    (void)close(opened);
  return s;
}

status file_read(const char *path, size_t most, buffer *out, problem *p) {
  enum { CHUNK = 1 << 16 };
  struct stat about = {0};
  int fd = -1;
  status s = file_open(path, &fd, &about, p);
  if (s) return s;
  size_t from = out->length, next = 0; /* by its size first: it may grow meanwhile */
  bool fits = about.st_size >= 0 && (uint64_t)about.st_size <= most;
  if (fits) next = (size_t)about.st_size + 1;
  for (ssize_t n = 1; !s && fits && n > 0; next = CHUNK) {
    char *to = buffer_room(out, next);
    if (!to) {
      s = problem_no_memory(p);
      break;
    }
    do n = read(fd, to, next);
    while (n < 0 && errno == EINTR);
    if (n < 0)
      s = cannot_read(path, p);
    else
      out->length += (size_t)n;
    fits = out->length - from <= most;
  }
  if (!s && !fits)
    s = problem_set(p, STATUS_RANGE, "make it smaller", "%s is over %zu %s", path,
                    most >> 20 ? most >> 20 : most >> 10, most >> 20 ? "MB" : "KB");
  (void)close(fd);
  return s;
}

status file_cannot_write(slice path, problem *p) {
  bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
  return problem_set(
      p, STATUS_IO,
      full ? "make room, or choose another disk" : "check the folder and its permissions",
      "cannot write %.*s: %s", (int)path.length, path.at, strerror(errno));
}

status file_write(const char *path, slice bytes, problem *p) {
  buffer beside = {0};
  slice name = slice_of(path);
  buffer_printf(&beside, "%s.new", path);
  status s = buffer_status(&beside, p);
  if (s) return s;
  if (unlink(beside.bytes) != 0 && errno != ENOENT) s = file_cannot_write(name, p);
  int fd = s ? -1 : open(beside.bytes, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (!s && fd < 0) s = file_cannot_write(name, p);
  for (size_t at = 0; !s && at < bytes.length;) {
    ssize_t n = write(fd, bytes.at + at, bytes.length - at);
    if (n >= 0)
      at += (size_t)n;
    else if (errno != EINTR)
      s = file_cannot_write(name, p);
  }
  if (!s && fsync(fd) != 0) s = file_cannot_write(name, p);
  if (fd >= 0 && close(fd) != 0 && !s) s = file_cannot_write(name, p);
  if (!s && rename(beside.bytes, path) != 0) s = file_cannot_write(name, p);
  if (s && fd >= 0) (void)unlink(beside.bytes);
  buffer_free(&beside);
  return s;
}
