/* part: owns the file NAME.part while it holds its lock. A lock belongs to an inode, a
 * name does not: after each lock the two are compared, since another command may have
 * placed or cleared away the file in between. */
#include "store/db/part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/db/file.h"

enum { PART_SUFFIX = sizeof ".part" - 1 };

/* By the name that it is to have. */
static status cannot_write(const part *t, problem *p) {
  return file_cannot_write((slice){t->path.bytes, t->path.length - PART_SUFFIX}, p);
}

/* Remove what SQLite keeps beside it, and with `all` the part: last, since from then on
 * the names may be another command's. */
static void clear(part *t, bool all) {
  static const char *const names[] = {"-journal", "-wal", "-shm", ""};
  size_t length = t->path.length;
  for (size_t i = 0; i < (all ? 4 : 3); i++) {
    buffer_add_text(&t->path, names[i]);
    buffer_add_char(&t->path, '\0');
    if (!t->path.failed) (void)unlink(t->path.bytes);
    t->path.failed = 0; /* one name less to clear away */
    t->path.length = length;
    t->path.bytes[length] = '\0';
  }
}

status part_begin(const char *path, part *out, problem *p) {
  struct stat there, locked;
  *out = (part){.fd = -1};
  if (lstat(path, &there) == 0)
    return problem_set(p, STATUS_REFUSED, "choose another name", "%s is there already", path);
  buffer_printf(&out->path, "%s.part", path);
  if (out->path.failed) return problem_no_memory(p);
  for (bool held = false; !held;) {
    int fd = open(out->path.bytes, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool fresh = fd >= 0;
    if (!fresh && errno == EEXIST) {
      fd = open(out->path.bytes, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
      if (fd < 0 && errno == ENOENT) continue; /* cleared away since */
    }
    if (fd < 0) return cannot_write(out, p);
    held = flock(fd, LOCK_EX | LOCK_NB) != 0;
    bool ours = !held && fstat(fd, &locked) == 0 && lstat(out->path.bytes, &there) == 0 &&
                locked.st_ino == there.st_ino && locked.st_dev == there.st_dev;
    if (ours && fresh) return out->fd = fd, STATUS_OK;
    if (ours) clear(out, true);
    (void)close(fd);
  }
  return problem_set(p, STATUS_REFUSED, "wait until it is done", "another command is writing %s",
                     path);
}

status part_empty(part *t, problem *p) {
  clear(t, false);
  return ftruncate(t->fd, 0) == 0 ? STATUS_OK : cannot_write(t, p);
}

status part_place(part *t, problem *p) {
  if (fsync(t->fd) != 0) return cannot_write(t, p);
  buffer path = {0};
  buffer_printf(&path, "%.*s", (int)(t->path.length - PART_SUFFIX), t->path.bytes);
  status s = buffer_status(&path, p);
  if (!s) s = file_place(t->path.bytes, path.bytes, false, p);
  if (!s) {
    (void)close(t->fd);
    t->fd = -1;
  }
  buffer_free(&path);
  return s;
}

void part_end(part *t) {
  if (t->fd >= 0) {
    clear(t, true);
    (void)close(t->fd);
  }
  buffer_free(&t->path);
}
