/* backup: see backup.h. */
#include "store/backup/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

/* What is being written: NAME.part until it is good. */
typedef struct part {
  buffer path; /* NUL-ended */
  int fd;      /* locked, so that no other command takes it for a leftover */
} part;

/* Connections ------------------------------------------------------------------ */

static status open_file(const char *path, int flags, sqlite3 **out, problem *p) {
  sqlite3 *d = NULL;
  status failed = STATUS_OK;
  if (sqlite3_open_v2(path, &d, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    failed = db_explain(d, "open the file", p);
  if (failed) {
    (void)sqlite3_close(d);
    return failed;
  }
  (void)sqlite3_extended_result_codes(d, 1);
  (void)sqlite3_busy_timeout(d, 10000);
  *out = d;
  return STATUS_OK;
}

static status exec(sqlite3 *d, const char *sql, const char *doing, problem *p) {
  return sqlite3_exec(d, sql, NULL, NULL, NULL) == SQLITE_OK ? STATUS_OK : db_explain(d, doing, p);
}

static status copy_pages(sqlite3 *from, sqlite3 *to, problem *p) {
  sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
  if (!b) return db_explain(to, "begin the copy", p);
  (void)sqlite3_backup_step(b, -1);
  return sqlite3_backup_finish(b) == SQLITE_OK ? STATUS_OK : db_explain(to, "write the copy", p);
}

/* Files ------------------------------------------------------------------------ */

static status cannot_write(const char *path, problem *p) {
  bool full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
  return problem_set(
      p, STATUS_IO,
      full ? "make room, or choose another disk" : "check the folder and its permissions",
      "cannot write %s: %s", path, strerror(errno));
}

static status refuse_existing(const char *path, problem *p) {
  struct stat there;
  if (lstat(path, &there) != 0) return STATUS_OK;
  return problem_set(p, STATUS_REFUSED, "choose another name", "%s is there already", path);
}

/* Remove the part and what SQLite may have left beside it. */
static void clear(part *t) {
  static const char *const beside[] = {"", "-journal", "-wal", "-shm"};
  size_t length = t->path.length;
  for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
    buffer_add_text(&t->path, beside[i]);
    if (!t->path.failed) (void)unlink(t->path.bytes);
    t->path.length = length;
    if (!t->path.failed) t->path.bytes[length] = '\0';
  }
}

/* Make and lock it, and clear away what a killed command left. */
static status begin_part(const char *path, part *t, problem *p) {
  buffer_printf(&t->path, "%s.part", path);
  if (t->path.failed) return problem_no_memory(p);
  int old = open(t->path.bytes, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (old >= 0) {
    bool held = flock(old, LOCK_EX | LOCK_NB) != 0;
    if (!held) clear(t);
    (void)close(old);
    if (held)
      return problem_set(p, STATUS_REFUSED, "wait until it is done",
                         "another command is writing %s", path);
  }
  t->fd = open(t->path.bytes, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (t->fd < 0) return cannot_write(path, p);
  (void)flock(t->fd, LOCK_EX | LOCK_NB);
  return STATUS_OK;
}

static void end_part(part *t, bool failed) {
  if (failed && t->fd >= 0) clear(t);
  if (t->fd >= 0) (void)close(t->fd);
  buffer_free(&t->path);
}

static void sync_folder_of(const char *path) {
  char folder[4096];
  (void)snprintf(folder, sizeof folder, "%s", path);
  char *slash = strrchr(folder, '/');
  if (slash) slash[slash == folder] = '\0';
  int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0) (void)fsync(fd);
  if (fd >= 0) (void)close(fd);
}

/* Give it its name, which nobody has. A file system without a rename that keeps
 * what is there leaves only a moment between looking and renaming. */
static status place(const part *t, const char *path, problem *p) {
  if (fsync(t->fd) != 0) return cannot_write(path, p);
  int r = renameat2(AT_FDCWD, t->path.bytes, AT_FDCWD, path, RENAME_NOREPLACE);
  if (r != 0 && (errno == EINVAL || errno == ENOSYS)) {
    status taken = refuse_existing(path, p);
    if (taken) return taken;
    r = rename(t->path.bytes, path);
  }
  if (r != 0 && errno == EEXIST) return refuse_existing(path, p);
  if (r != 0) return cannot_write(path, p);
  sync_folder_of(path);
  return STATUS_OK;
}

/* Looking at a file ------------------------------------------------------------- */

/* The first bytes of an SQLite file; see "The Database Header" of its format. */
enum { HEADER = 100, AT_PAGE_SIZE = 16, AT_PAGES = 28, AT_VERSION = 60, AT_APPLICATION = 68 };

static uint32_t number_at(const unsigned char *b) {
  return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static status read_header(const char *path, const char *shown, unsigned char header[HEADER],
                          int64_t *size, problem *p) {
  struct stat about;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  bool got = fd >= 0 && fstat(fd, &about) == 0;
  int why = errno;
  bool regular = got && S_ISREG(about.st_mode);
  memset(header, 0, HEADER);
  ssize_t n = regular ? pread(fd, header, HEADER, 0) : 0;
  if (fd >= 0) (void)close(fd);
  if (!got || n < 0)
    return problem_set(p, STATUS_IO, "check the name and the permissions", "cannot read %s: %s",
                       shown, strerror(n < 0 ? errno : why));
  *size = about.st_size;
  if (regular && about.st_size == 0)
    return problem_set(p, STATUS_REFUSED, "use another backup", "%s is empty", shown);
  if (!regular || n < HEADER || memcmp(header, "SQLite format 3", 16) != 0 ||
      number_at(header + AT_APPLICATION) != SCHEMA_APPLICATION)
    return problem_set(p, STATUS_REFUSED, "make one with: waymark backup FILE",
                       "%s is not a Waymark backup", shown);
  return STATUS_OK;
}

/* Is it a file of ours, whole, of a version that we know? `shown` is the name that
 * people know it by. */
static status look_at(const char *path, const char *shown, backup_report *out, problem *p) {
  unsigned char header[HEADER];
  backup_report r = {0};
  status failed = read_header(path, shown, header, &r.bytes, p);
  if (failed) return failed;
  int64_t page = header[AT_PAGE_SIZE] << 8 | header[AT_PAGE_SIZE + 1];
  if (page == 1) page = 65536;
  if (r.bytes < page * number_at(header + AT_PAGES))
    return problem_set(p, STATUS_CORRUPT, "use another backup",
                       "%s is not intact: its end is missing", shown);
  r.version = (int)number_at(header + AT_VERSION);
  if (r.version > schema_version())
    return problem_set(p, STATUS_REFUSED, "update Waymark on this computer",
                       "%s was written by a newer Waymark (data version %d, this one knows %d)",
                       shown, r.version, schema_version());
  *out = r;
  return STATUS_OK;
}

static status verify(const char *path, const char *shown, backup_report *out, problem *p) {
  sqlite3 *d = NULL;
  backup_report r = {0}, sealed = {0};
  status failed = look_at(path, shown, &r, p);
  if (!failed) failed = open_file(path, SQLITE_OPEN_READONLY, &d, p);
  if (!failed) failed = seal_check(d, shown, &sealed, p);
  (void)sqlite3_close(d);
  if (failed) return failed;
  sealed.bytes = r.bytes;
  sealed.version = r.version;
  *out = sealed;
  return STATUS_OK;
}

/* Backing up ------------------------------------------------------------------- */

/* A copy by itself: no log beside it. What is lost by a crash is a .part. */
static status open_copy(const part *t, sqlite3 **out, problem *p) {
  status failed = open_file(t->path.bytes, SQLITE_OPEN_READWRITE, out, p);
  if (!failed)
    failed = exec(*out,
                  "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = OFF;"
                  "PRAGMA journal_mode = MEMORY",
                  "write the copy", p);
  return failed;
}

static status fill(sqlite3 *from, sqlite3 *to, int64_t at, problem *p) {
  status failed = exec(from, "BEGIN; SELECT count(*) FROM sqlite_schema", "read the workspace", p);
  if (!failed) failed = copy_pages(from, to, p);
  if (!failed) failed = seal_write(from, to, at, p);
  if (!failed) failed = exec(to, "PRAGMA journal_mode = DELETE", "write the copy", p);
  (void)sqlite3_exec(from, "ROLLBACK", NULL, NULL, NULL);
  return failed;
}

static status write_part(const char *from, const part *t, int64_t at, problem *p) {
  sqlite3 *source = NULL, *copy = NULL;
  status failed = open_file(from, SQLITE_OPEN_READONLY, &source, p);
  if (!failed) failed = open_copy(t, &copy, p);
  if (!failed) failed = fill(source, copy, at, p);
  (void)sqlite3_close(copy);
  (void)sqlite3_close(source);
  return failed;
}

static status source_is_damaged(const char *from, problem *p) {
  return problem_set(p, STATUS_CORRUPT, "restore an earlier backup",
                     "%s is damaged, so a backup of it would be too; none was made", from);
}

status backup_write(const char *from, const char *to, int64_t at, backup_report *out, problem *p) {
  backup_report looked = {0};
  part t = {.fd = -1};
  status failed = refuse_existing(to, p);
  if (!failed && access(from, F_OK) != 0)
    failed = problem_set(p, STATUS_NOT_FOUND, "go to its folder, or name it with -C DIR",
                         "there is no workspace here (%s)", from);
  if (!failed) failed = begin_part(to, &t, p);
  if (!failed) failed = write_part(from, &t, at, p);
  if (!failed) failed = verify(t.path.bytes, from, &looked, p);
  if (failed == STATUS_CORRUPT) failed = source_is_damaged(from, p);
  if (!failed) failed = place(&t, to, p);
  end_part(&t, failed != STATUS_OK);
  if (!failed) *out = looked;
  return failed;
}

/* Restoring -------------------------------------------------------------------- */

static status copy_back(const char *from, const part *t, problem *p) {
  sqlite3 *source = NULL, *copy = NULL;
  status failed = open_file(from, SQLITE_OPEN_READONLY, &source, p);
  if (!failed) failed = open_copy(t, &copy, p);
  if (!failed) failed = copy_pages(source, copy, p);
  (void)sqlite3_close(copy);
  (void)sqlite3_close(source);
  return failed;
}

static status unseal(const part *t, problem *p) {
  sqlite3 *copy = NULL;
  status failed = open_copy(t, &copy, p);
  if (!failed) failed = seal_remove(copy, p);
  (void)sqlite3_close(copy);
  return failed;
}

status backup_restore(const char *from, const char *to, backup_report *out, problem *p) {
  backup_report looked = {0}, copied = {0};
  part t = {.fd = -1};
  status failed = refuse_existing(to, p);
  if (!failed) failed = verify(from, from, &looked, p);
  if (!failed) failed = begin_part(to, &t, p);
  if (!failed) failed = copy_back(from, &t, p);
  if (!failed) failed = verify(t.path.bytes, from, &copied, p);
  if (!failed) failed = unseal(&t, p);
  if (!failed) failed = place(&t, to, p);
  end_part(&t, failed != STATUS_OK);
  if (!failed) *out = looked;
  return failed;
}
