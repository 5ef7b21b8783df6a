/* file: whole files, opened without waiting and looked at before a byte is read. */
#include "store/db/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
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

/* "FOLDER/.waymark-0f3a….new", for one who writes a file of FOLDER. */
static status own_name(const char *folder, buffer *out, problem *p) {
  uint64_t chance[2];
  if (getrandom(chance, sizeof chance, 0) != sizeof chance)
    return problem_set(p, STATUS_FAULT, NULL, "no random numbers: %s", strerror(errno));
  buffer_printf(out, "%s/.waymark-%016" PRIx64 "%016" PRIx64 ".new", folder, chance[0], chance[1]);
  return buffer_status(out, p);
}

/* A rename that keeps what is there; a file system without one leaves only a moment between
 * looking and renaming. */
static int rename_new(const char *from, const char *to) {
  struct stat there;
  int r = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
  if (r == 0 || (errno != EINVAL && errno != ENOSYS)) return r;
  if (lstat(to, &there) != 0) return rename(from, to);
  errno = EEXIST;
  return -1;
}

/* The folder that holds `path`, "." for a name alone. */
static status folder_of(const char *path, buffer *out, problem *p) {
  const char *slash = strrchr(path, '/');
  int length = !slash ? 0 : slash == path ? 1 : (int)(slash - path);
  if (slash)
    buffer_printf(out, "%.*s", length, path);
  else
    buffer_add(out, ".", sizeof ".");
  return buffer_status(out, p);
}

status file_place(const char *from, const char *to, bool replace, problem *p) {
  if ((replace ? rename(from, to) : rename_new(from, to)) != 0) {
    if (errno != EEXIST || replace) return file_cannot_write(slice_of(to), p);
    return problem_set(p, STATUS_REFUSED, "choose another name", "%s is there already", to);
  }
  buffer folder = {0};
  status s = folder_of(to, &folder, p);
  int fd = s ? -1 : open(folder.bytes, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  /* EINVAL: a file system that syncs no folders; EACCES: one that may be written, not read */
  if (!s && fd < 0 && errno != EACCES) s = file_cannot_write(slice_of(to), p);
  if (fd >= 0 && fsync(fd) != 0 && errno != EINVAL) s = file_cannot_write(slice_of(to), p);
  if (fd >= 0) (void)close(fd);
  if (s && !replace) (void)unlink(to);
  buffer_free(&folder);
  return s;
}

static status write_all(int fd, slice bytes, slice name, problem *p) {
  for (size_t at = 0; at < bytes.length;) {
    ssize_t n = write(fd, bytes.at + at, bytes.length - at);
    if (n >= 0)
      at += (size_t)n;
    else if (errno != EINTR)
      return file_cannot_write(name, p);
  }
  return fsync(fd) == 0 ? STATUS_OK : file_cannot_write(name, p);
}

status file_write(const char *path, slice bytes, bool replace, problem *p) {
  enum { LINK = 64 };
  slice name = slice_of(path);
  buffer own = {0}, folder = {0};
  char link[LINK];
  status s = folder_of(path, &folder, p);
  if (!s) s = own_name(folder.bytes, &own, p);
  assert(s || own.bytes);
  /* Without a name while it is written: one that is killed leaves nothing. */
  int fd = s ? -1 : open(folder.bytes, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
  bool nameless = fd >= 0, named = false;
  if (!s && !nameless) {
    fd = open(own.bytes, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) s = file_cannot_write(name, p);
    named = fd >= 0;
  }
  if (!s) s = write_all(fd, bytes, name, p);
  if (!s && nameless) {
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    named = linkat(AT_FDCWD, link, AT_FDCWD, own.bytes, AT_SYMLINK_FOLLOW) == 0;
    if (!named) s = file_cannot_write(name, p);
  }
  if (fd >= 0 && close(fd) != 0 && !s) s = file_cannot_write(name, p);
  if (!s) s = file_place(own.bytes, path, replace, p);
  if (s && named) (void)unlink(own.bytes);
  buffer_free(&own);
  buffer_free(&folder);
  return s;
}
