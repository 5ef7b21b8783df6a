/* db: see db.h. */
#include "store/db/db.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/array.h"

enum { BUSY_MS = 10000 };

struct statement {
  db *db;
  sqlite3_stmt *handle;
  const char *literal; /* by which the connection keeps it; NULL: the caller's own */
  int failed;          /* SQLite's answer to the first bind that failed */
};

struct db {
  sqlite3 *handle;
  bool read_only;
  statement **kept; /* one for each literal; only grows, so none is ever taken from its user */
  size_t count, room;
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

static status check_identity(db *d, const char *path, enum db_mode mode, problem *p) {
  int64_t application = 0, version = 0;
  status s = db_number(d, "PRAGMA application_id", 0, 0, &application, p);
  if (!s) s = db_number(d, "PRAGMA user_version", 0, 0, &version, p);
  if (s) return s;
  if (mode != DB_CREATE && application != SCHEMA_APPLICATION)
    return problem_set(p, STATUS_REFUSED, "check the folder", "%s is not a Waymark workspace",
                       path);
  if (version > schema_version())
    return problem_set(p, STATUS_REFUSED, "update Waymark on this computer",
                       "%s was written by a newer Waymark (data version %d, this one knows %d)",
                       path, (int)version, schema_version());
  if (mode == DB_READ && version < schema_version())
    return problem_set(p, STATUS_REFUSED,
                       "run any changing command once, for example: waymark today",
                       "%s was written by an older Waymark (data version %d)", path, (int)version);
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
  for (size_t i = 0; i < d->count; i++) db_finalize(d->kept[i]);
  mem_free(d->kept);
  (void)sqlite3_close_v2(d->handle);
  mem_free(d);
}

sqlite3 *db_handle(db *d) { return d->handle; }
bool db_is_read_only(const db *d) { return d->read_only; }

/* Statements --------------------------------------------------------------- */

statement *db_adopt(db *d, sqlite3_stmt *handle, problem *p) {
  statement *s = mem_new(1, sizeof *s);
  if (s)
    *s = (statement){.db = d, .handle = handle};
  else
    (void)sqlite3_finalize(handle), (void)problem_no_memory(p);
  return s;
}

static statement *prepare(db *d, slice sql, unsigned flags, problem *p) {
  sqlite3_stmt *handle = NULL;
  if (sql.length <= INT_MAX &&
      sqlite3_prepare_v3(d->handle, sql.at, (int)sql.length, flags, &handle, NULL) == SQLITE_OK)
    return db_adopt(d, handle, p);
  (void)db_failed(d, "read the workspace", p);
  return NULL;
}

statement *db_prepare(db *d, slice sql, problem *p) { return prepare(d, sql, 0, p); }

void db_finalize(statement *s) {
  if (!s) return;
  (void)sqlite3_finalize(s->handle); /* repeats the last step's failure, which was answered then */
  mem_free(s);
}

void db_reset(statement *s) {
  if (!s) return;
  (void)sqlite3_reset(s->handle); /* repeats the last step's failure, which was answered then */
}

statement *db_statement(db *d, const char *sql, problem *p) {
  size_t i = 0;
  while (i < d->count && d->kept[i]->literal != sql) i++;
  if (i < d->count) {
    statement *s = d->kept[i];
    assert(!sqlite3_stmt_busy(s->handle));
    (void)sqlite3_clear_bindings(s->handle);
    s->failed = SQLITE_OK;
    return s;
  }
  if (array_grow(&d->kept, d->count, &d->room, sizeof(statement *), p)) return NULL;
  statement *s = prepare(d, slice_of(sql), SQLITE_PREPARE_PERSISTENT, p);
  if (!s) return NULL;
  s->literal = sql;
  return d->kept[d->count++] = s;
}

status db_step(statement *s, bool *row, problem *p) {
  if (s->failed) {
    db_reset(s);
    return s->failed == SQLITE_NOMEM ? problem_no_memory(p)
                                     : problem_set(p, STATUS_RANGE, "give a shorter text",
                                                   "a value cannot be kept in the workspace: %s",
                                                   sqlite3_errstr(s->failed));
  }
  int r = sqlite3_step(s->handle);
  if (r == SQLITE_ROW) {
    *row = true;
    return STATUS_OK;
  }
  status failed = r == SQLITE_DONE ? STATUS_OK : db_failed(s->db, "use the workspace", p);
  db_reset(s);
  if (!failed) *row = false;
  return failed;
}

status db_run(statement *s, problem *p) {
  bool row = false;
  status failed;
  do failed = db_step(s, &row, p);
  while (!failed && row);
  return failed;
}

status db_number(db *d, const char *sql, int64_t value, int64_t otherwise, int64_t *out,
                 problem *p) {
  bool row = false;
  statement *s = db_statement(d, sql, p);
  if (!s) return STATUS_FAULT;
  if (sqlite3_bind_parameter_count(s->handle)) db_bind_int(s, 1, value);
  status failed = db_step(s, &row, p);
  if (failed) return failed;
  *out = row && db_column_type(s, 0) != SQLITE_NULL ? db_column_int(s, 0) : otherwise;
  db_reset(s);
  return STATUS_OK;
}

status db_snapshot(db *d, statement **snapshot, problem *p) {
  bool row;
  if (!*snapshot && !(*snapshot = db_prepare(d, slice_of("SELECT 1 FROM sqlite_schema"), p)))
    return STATUS_FAULT;
  db_reset(*snapshot);
  return db_step(*snapshot, &row, p);
}

int64_t db_last_id(db *d) { return sqlite3_last_insert_rowid(d->handle); }
int64_t db_changes(db *d) { return sqlite3_changes64(d->handle); }

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

bool db_in_transaction(db *d) { return !sqlite3_get_autocommit(d->handle); }

/* Values ------------------------------------------------------------------- */

static void note(statement *s, int result) {
  if (result != SQLITE_OK && s->failed == SQLITE_OK) s->failed = result;
}

static void bind_text(statement *s, int i, slice text, void (*keep)(void *)) {
  note(s, text.length == 0
              ? sqlite3_bind_null(s->handle, i)
              : sqlite3_bind_text64(s->handle, i, text.at, text.length, keep, SQLITE_UTF8));
}

void db_bind_int(statement *s, int i, int64_t value) {
  note(s, sqlite3_bind_int64(s->handle, i, value));
}

void db_bind_real(statement *s, int i, double value) {
  note(s, sqlite3_bind_double(s->handle, i, value));
}

void db_bind_text(statement *s, int i, slice text) { bind_text(s, i, text, SQLITE_TRANSIENT); }
void db_bind_lent(statement *s, int i, slice text) { bind_text(s, i, text, SQLITE_STATIC); }

void db_bind_name(statement *s, int i, slice text) {
  note(s, sqlite3_bind_text64(s->handle, i, text.length ? text.at : "", text.length,
                              SQLITE_TRANSIENT, SQLITE_UTF8));
}

void db_bind_blob(statement *s, int i, slice bytes) {
  note(s, sqlite3_bind_blob64(s->handle, i, bytes.length ? bytes.at : "", bytes.length,
                              SQLITE_TRANSIENT));
}

void db_bind_day(statement *s, int i, day d) {
  note(s, d == DAY_NONE ? sqlite3_bind_null(s->handle, i) : sqlite3_bind_int(s->handle, i, d));
}

void db_bind_value(statement *s, int i, sqlite3_value *value) {
  note(s, sqlite3_bind_value(s->handle, i, value));
}

const char *db_column_name(statement *s, int i) {
  const char *name = sqlite3_column_name(s->handle, i);
  return name ? name : "";
}

int db_columns(statement *s) { return sqlite3_column_count(s->handle); }
int db_column_type(statement *s, int i) { return sqlite3_column_type(s->handle, i); }
int64_t db_column_int(statement *s, int i) { return sqlite3_column_int64(s->handle, i); }
double db_column_real(statement *s, int i) { return sqlite3_column_double(s->handle, i); }
const char *db_column_shown(statement *s, int i) {
  const char *text = (const char *)sqlite3_column_text(s->handle, i);
  return text ? text : "";
}

sqlite3_value *db_column_value(statement *s, int i) { return sqlite3_column_value(s->handle, i); }

day db_column_day(statement *s, int i) {
  return db_column_type(s, i) == SQLITE_NULL ? DAY_NONE : (day)db_column_int(s, i);
}

/* As a blob: SQLite would copy a text to end it with a NUL, and may have no memory. */
slice db_column_text(statement *s, int i) {
  const char *bytes = sqlite3_column_blob(s->handle, i);
  return bytes ? (slice){bytes, (size_t)sqlite3_column_bytes(s->handle, i)} : (slice){"", 0};
}
