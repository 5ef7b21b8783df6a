/* db: see db.h. */
#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { STATEMENTS = 96, BUSY_MS = 10000 };

struct db {
  sqlite3 *handle;
  bool read_only;
  struct {
    const char *sql;
    sqlite3_stmt *statement;
  } cache[STATEMENTS];
};

/* Opening ------------------------------------------------------------------ */

static const char *network_name(unsigned long type) {
  static const struct {
    unsigned long type;
    const char *name;
  } network[] = {{0x6969, "NFS"},       {0xFF534D42, "SMB"},
                 {0xFE534D42, "SMB"},   {0x517B, "SMB"},
                 {0x564C, "NCP"},       {0x01021997, "9P"},
                 {0x73757245, "Coda"},  {0x5346414F, "AFS"},
                 {0x6B414653, "AFS"},   {0x786F4256, "a shared folder of VirtualBox"},
                 {0x00C36400, "Ceph"},  {0x47504653, "GPFS"},
                 {0x0BD00BD0, "Lustre"}};
  for (size_t i = 0; i < sizeof network / sizeof *network; i++)
    if (network[i].type == (type & 0xFFFFFFFFUL)) return network[i].name;
  return NULL;
}

static status refuse_network(const char *path, problem *p) {
  char folder[4096];
  (void)snprintf(folder, sizeof folder, "%s", path);
  char *slash = strrchr(folder, '/');
  if (slash) *slash = '\0';
  struct statfs fs;
  if (statfs(slash ? (folder[0] ? folder : "/") : ".", &fs) != 0) return STATUS_OK;
  const char *name = network_name((unsigned long)fs.f_type);
  if (!name) return STATUS_OK;
  return problem_set(p, STATUS_REFUSED, "keep the workspace on this computer's own disk",
                     "%s is on a network drive (%s), where two programs can damage it", path, name);
}

static status create_file(const char *path, problem *p) {
  int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0 && errno == EEXIST)
    return problem_set(p, STATUS_REFUSED, "use another folder", "%s is there already", path);
  if (fd < 0)
    return problem_set(p, STATUS_IO, "check the folder and its permissions", "cannot make %s: %s",
                       path, strerror(errno));
  (void)close(fd);
  return STATUS_OK;
}

static status open_handle(db *d, const char *path, enum db_mode mode, problem *p) {
  int flags = mode == DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (access(path, F_OK) != 0)
    return problem_set(p, STATUS_NOT_FOUND, "make a workspace with: waymark init DIR",
                       "there is no workspace here (%s)", path);
  if (sqlite3_open_v2(path, &d->handle, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    return db_failed(d, "open the workspace", p);
  (void)sqlite3_extended_result_codes(d->handle, 1);
  (void)sqlite3_busy_timeout(d->handle, BUSY_MS);
  d->read_only = mode == DB_READ;
  return STATUS_OK;
}

static status read_number(db *d, const char *sql, int *out, problem *p) {
  bool row = false;
  sqlite3_stmt *s = db_statement(d, sql, p);
  if (!s || db_step(d, s, &row, p)) return p ? p->code : STATUS_FAULT;
  *out = row ? sqlite3_column_int(s, 0) : 0;
  (void)sqlite3_reset(s);
  return STATUS_OK;
}

static status check_identity(db *d, const char *path, enum db_mode mode, problem *p) {
  int application = 0, version = 0;
  problem own = {0};
  status s = read_number(d, "PRAGMA application_id", &application, &own);
  if (!s) s = read_number(d, "PRAGMA user_version", &version, &own);
  if (s) return problem_set(p, s, own.remedy, "%s", own.sentence);
  if (mode != DB_CREATE && application != SCHEMA_APPLICATION)
    return problem_set(p, STATUS_REFUSED, "check the folder", "%s is not a Waymark workspace",
                       path);
  if (version > schema_version())
    return problem_set(p, STATUS_REFUSED, "update Waymark on this computer",
                       "%s was written by a newer Waymark (data version %d, this one knows %d)",
                       path, version, schema_version());
  if (mode == DB_READ && version < schema_version())
    return problem_set(p, STATUS_REFUSED,
                       "run any changing command once, for example: waymark today",
                       "%s was written by an older Waymark (data version %d)", path, version);
  return STATUS_OK;
}

/* Only a reader maps the file: a disk that fails then ends the command without a
 * word, which is no harm there. A new file gets pages that hold several sheets. */
static status prepare_file(db *d, enum db_mode mode, problem *p) {
  status s =
      db_exec(d,
              "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
              "PRAGMA trusted_schema = OFF; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY",
              p);
  if (!s && mode == DB_READ) s = db_exec(d, "PRAGMA mmap_size = 2147418112", p);
  if (!s && mode == DB_CREATE) s = db_exec(d, "PRAGMA page_size = 16384", p);
  if (!s && mode != DB_READ) s = db_exec(d, "PRAGMA journal_mode = WAL", p);
  if (!s && mode != DB_READ) s = schema_migrate(d, p);
  return s;
}

status db_open(const char *path, enum db_mode mode, db **out, problem *p) {
  status s = refuse_network(path, p);
  if (!s && mode == DB_CREATE) s = create_file(path, p);
  if (s) return s;
  db *d = mem_new(1, sizeof *d);
  if (!d) return problem_no_memory(p);
  s = open_handle(d, path, mode, p);
  if (!s) s = check_identity(d, path, mode, p);
  if (!s) s = prepare_file(d, mode, p);
  if (s) {
    db_close(d);
    if (mode == DB_CREATE) (void)unlink(path);
    return s;
  }
  *out = d;
  return STATUS_OK;
}

void db_close(db *d) {
  if (!d) return;
  for (size_t i = 0; i < STATEMENTS; i++) (void)sqlite3_finalize(d->cache[i].statement);
  (void)sqlite3_close_v2(d->handle);
  mem_free(d);
}

sqlite3 *db_handle(db *d) { return d->handle; }
bool db_is_read_only(const db *d) { return d->read_only; }

/* Statements --------------------------------------------------------------- */

sqlite3_stmt *db_statement(db *d, const char *sql, problem *p) {
  size_t i = 0;
  while (i < STATEMENTS && d->cache[i].sql && d->cache[i].sql != sql) i++;
  if (i == STATEMENTS) { /* far more than there are literals: begin again */
    i = 0;
    (void)sqlite3_finalize(d->cache[0].statement);
    d->cache[0].sql = NULL;
  }
  if (!d->cache[i].sql) {
    if (sqlite3_prepare_v3(d->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &d->cache[i].statement,
                           NULL) != SQLITE_OK) {
      (void)db_failed(d, "read the workspace", p);
      return NULL;
    }
    d->cache[i].sql = sql;
  }
  (void)sqlite3_reset(d->cache[i].statement);
  (void)sqlite3_clear_bindings(d->cache[i].statement);
  return d->cache[i].statement;
}

status db_step(db *d, sqlite3_stmt *statement, bool *row, problem *p) {
  int r = sqlite3_step(statement);
  *row = r == SQLITE_ROW;
  if (r == SQLITE_ROW) return STATUS_OK;
  status s = r == SQLITE_DONE ? STATUS_OK : db_failed(d, "use the workspace", p);
  (void)sqlite3_reset(statement);
  return s;
}

status db_run(db *d, sqlite3_stmt *statement, problem *p) {
  bool row;
  status s;
  do s = db_step(d, statement, &row, p);
  while (!s && row);
  return s;
}

status db_exec(db *d, const char *sql, problem *p) {
  return sqlite3_exec(d->handle, sql, NULL, NULL, NULL) == SQLITE_OK
             ? STATUS_OK
             : db_failed(d, "use the workspace", p);
}

/* SQLite keeps the system's reason of a failed write, not of a failed sync. */
static bool is_full(int code, int why) {
  return code == SQLITE_FULL ||
         (code == SQLITE_IOERR && (why == ENOSPC || why == EDQUOT || why == EFBIG));
}

status db_explain(sqlite3 *handle, const char *doing, problem *p) {
  int reason = errno;
  int code = handle ? sqlite3_errcode(handle) & 0xFF : SQLITE_NOMEM;
  if (code == SQLITE_NOMEM) return problem_no_memory(p);
  if (is_full(code, reason))
    return problem_set(p, STATUS_IO, "make room and run the command again; nothing was changed",
                       "cannot %s: the disk is full, or has no more room for this account", doing);
  const char *why = sqlite3_errmsg(handle);
  switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return problem_set(p, STATUS_BUSY, "wait until the other command is done, then try again",
                         "cannot %s: another Waymark command is using it", doing);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return problem_set(p, STATUS_CORRUPT, "restore a backup",
                         "cannot %s: the file is damaged (%s)", doing, why);
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
    case SQLITE_PERM:
      return problem_set(p, STATUS_IO, "check the disk and the permissions of the folder",
                         "cannot %s: %s", doing, why);
    default: return problem_set(p, STATUS_FAULT, NULL, "cannot %s: %s", doing, why);
  }
}

status db_failed(db *d, const char *doing, problem *p) { return db_explain(d->handle, doing, p); }

status db_begin(db *d, problem *p) { return db_exec(d, "BEGIN IMMEDIATE", p); }
status db_commit(db *d, problem *p) { return db_exec(d, "COMMIT", p); }

void db_rollback(db *d) {
  if (!sqlite3_get_autocommit(d->handle)) (void)db_exec(d, "ROLLBACK", NULL);
}

/* Values ------------------------------------------------------------------- */

void db_bind_text(sqlite3_stmt *s, int i, slice text) {
  if (text.length == 0)
    (void)sqlite3_bind_null(s, i);
  else
    (void)sqlite3_bind_text64(s, i, text.at, text.length, SQLITE_TRANSIENT, SQLITE_UTF8);
}

void db_bind_lent(sqlite3_stmt *s, int i, slice text) {
  if (text.length == 0)
    (void)sqlite3_bind_null(s, i);
  else
    (void)sqlite3_bind_text64(s, i, text.at, text.length, SQLITE_STATIC, SQLITE_UTF8);
}

void db_bind_day(sqlite3_stmt *s, int i, day d) {
  if (d == DAY_NONE)
    (void)sqlite3_bind_null(s, i);
  else
    (void)sqlite3_bind_int(s, i, d);
}

day db_column_day(sqlite3_stmt *s, int i) {
  return sqlite3_column_type(s, i) == SQLITE_NULL ? DAY_NONE : sqlite3_column_int(s, i);
}

slice db_column_text(sqlite3_stmt *s, int i) {
  const char *text = (const char *)sqlite3_column_text(s, i);
  return text ? (slice){text, (size_t)sqlite3_column_bytes(s, i)} : (slice){"", 0};
}
