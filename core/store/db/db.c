/* db: owns a connection of SQLite and the statements that it keeps.
 *
 * 1. A statement is kept by the address of its literal, for as long as the connection: none
 *    is ever taken from who stands on a row of it.
 * 2. One of a text that comes at run time is kept by that text, and lent to one user at a time.
 * 3. A value that could not be bound is never run as NULL: the next step says why. */
#include "store/db/db.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/array.h"
#include "store/db/functions.h"

enum { BUSY_MS = 10000, NAP_MS = 20 };

/* Texts of SQL whose statements are kept: more than a command has. */
#ifdef WAYMARK_TESTS
enum { SHARED_MOST = 2 };
#else
enum { SHARED_MOST = 64 };
#endif

struct statement {
  db *db;
  sqlite3_stmt *handle;
  const char *literal; /* by which the connection keeps it; NULL: the caller's own */
  bool is_lent;        /* of `shared`: goes back there */
  int failed;          /* SQLite's answer to the first bind that failed */
  bool asked;          /* by a person */
};

enum end { END_COMMIT, END_ROLLBACK, END_RELEASE, END_UNDO, ENDS };

struct db {
  sqlite3 *handle;
  bool read_only;
  bool begun;        /* a transaction, and not ended by us */
  bool stale;        /* what was read before the write lock was there may be old by now */
  int64_t waits;     /* when it last began to wait for a lock, in milliseconds */
  const char *doing; /* "cannot use the workspace: …" */
  db_guard *guard;   /* NULL: statements that are prepared may do anything */
  statement **kept;  /* one for each literal; only grows, so none is ever taken from its user */
  size_t count, room;
  statement *shared[SHARED_MOST]; /* of texts that come at run time, lent and spare */
  size_t shared_count;
  statement *ends[ENDS]; /* of transactions and of parts of them; NULL: none has begun */
};

/* Opening ------------------------------------------------------------------ */

/* Set once: an authorizer that is set anew lets every statement that is kept expire. */
static int authorize(void *self, int action, const char *first, const char *second,
                     const char *schema, const char *trigger) {
  const db *d = self;
  (void)schema, (void)trigger;
  return d->guard ? d->guard(action, first, second) : SQLITE_OK;
}

/* SQLite's own handler naps the longer, the longer it has waited, and who came last gets the
 * lock: this one looks the oftener. */
static int wait_for_lock(void *self, int times) {
  db *d = self;
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  int64_t now = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
  if (times == 0) d->waits = now;
  int64_t waited = now - d->waits, nap = NAP_MS - NAP_MS * 4 * waited / BUSY_MS;
  if (waited >= BUSY_MS) return 0;
  (void)sqlite3_sleep(nap < 1 ? 1 : (int)nap);
  return 1;
}

/* SQLite would wait for the other end of a pipe. Only a reader maps the file: a disk that fails
 * then ends the command without a word, which is no harm there. It maps 128 MiB, the file of a
 * large authority: of a larger one the rest is read, so that memory stays what it is. A new file
 * gets pages that hold several sheets; its maker syncs it before it gets its name. */
status db_open(const char *path, enum db_mode mode, db **out, problem *p) {
  static const char *const settings[] = {
      [DB_CREATE] =
          "PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = OFF;"
          "PRAGMA journal_mode = MEMORY; PRAGMA page_size = 16384",
      [DB_WRITE] = "PRAGMA synchronous = FULL",
      [DB_READ] = "PRAGMA mmap_size = 134217728",
  };
  struct stat about;
  if (stat(path, &about) == 0 && !S_ISREG(about.st_mode))
    return problem_set(p, STATUS_REFUSED, "check the folder", "%s is not an ordinary file", path);
  db *d = mem_new(1, sizeof *d);
  if (!d) return problem_no_memory(p);
  d->read_only = mode == DB_READ;
  d->doing = "use the workspace";
  int flags = d->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  status s = STATUS_OK;
  if (sqlite3_open_v2(path, &d->handle, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    s = db_failed(d, p);
  if (!s) {
    (void)sqlite3_extended_result_codes(d->handle, 1);
    (void)sqlite3_busy_handler(d->handle, wait_for_lock, d);
    if (sqlite3_set_authorizer(d->handle, authorize, d) != SQLITE_OK ||
        functions_register(d->handle) != SQLITE_OK)
      s = db_failed(d, p);
  }
  if (!s)
    s = db_exec(d,
                "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF;"
                "PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY",
                p);
  if (!s) s = db_exec(d, settings[mode], p);
  if (s)
    db_close(d);
  else
    *out = d;
  return s;
}

void db_close(db *d) {
  if (!d) return;
  for (size_t i = 0; i < d->count; i++) db_finalize(d->kept[i]);
  mem_free(d->kept);
  for (size_t i = 0; i < d->shared_count; i++) {
    if (d->shared[i]->is_lent)
      d->shared[i]->is_lent = false; /* its user frees it */
    else
      db_finalize(d->shared[i]);
  }
  for (int i = 0; i < ENDS; i++) db_finalize(d->ends[i]);
  (void)sqlite3_close_v2(d->handle);
  mem_free(d);
}

void db_doing(db *d, const char *what) { d->doing = what; }

status db_log(db *d, problem *p) { return db_exec(d, "PRAGMA journal_mode = WAL", p); }

sqlite3 *db_handle(db *d) { return d->handle; }
bool db_is_read_only(const db *d) { return d->read_only; }

/* Statements --------------------------------------------------------------- */

statement *db_adopt(db *d, sqlite3_stmt *handle, problem *p) {
  statement *q = mem_new(1, sizeof *q);
  if (q)
    *q = (statement){.db = d, .handle = handle};
  else
    (void)sqlite3_finalize(handle), (void)problem_no_memory(p);
  return q;
}

void db_asked(statement *q) { q->asked = true; }

static statement *prepare(db *d, slice sql, unsigned flags, problem *p) {
  sqlite3_stmt *handle = NULL;
  if (sql.length <= INT_MAX &&
      sqlite3_prepare_v3(d->handle, sql.at, (int)sql.length, flags, &handle, NULL) == SQLITE_OK)
    return db_adopt(d, handle, p);
  (void)db_failed(d, p);
  return NULL;
}

statement *db_prepare(db *d, slice sql, problem *p) { return prepare(d, sql, 0, p); }

void db_guarded(db *d, db_guard *guard) { d->guard = guard; }

/* The one at `i` becomes the one that was lent last. */
static statement *lend_shared(db *d, size_t i) {
  statement *q = d->shared[i];
  memmove(d->shared + i, d->shared + i + 1, (d->shared_count - i - 1) * sizeof *d->shared);
  d->shared[d->shared_count - 1] = q;
  q->is_lent = true;
  return q;
}

statement *db_lend(db *d, slice sql) {
  for (size_t i = d->shared_count; i-- > 0;)
    if (!d->shared[i]->is_lent && slice_is(sql, sqlite3_sql(d->shared[i]->handle)))
      return lend_shared(d, i);
  return NULL;
}

void db_share(statement *q) {
  db *d = q->db;
  size_t i = 0;
  if (d->shared_count < SHARED_MOST) {
    i = d->shared_count++;
  } else {
    while (i < SHARED_MOST && d->shared[i]->is_lent) i++;
    if (i == SHARED_MOST) return; /* none is spare: it stays its user's alone */
    db_finalize(d->shared[i]);    /* the one that was lent the longest ago */
  }
  d->shared[i] = q;
  (void)lend_shared(d, i);
}

statement *db_borrow(db *d, slice sql, problem *p) {
  statement *q = db_lend(d, sql);
  if (q) return q;
  q = db_prepare(d, sql, p);
  if (q) db_share(q);
  return q;
}

void db_finalize(statement *q) {
  if (!q) return;
  if (q->is_lent) {
    db_reset(q);
    (void)sqlite3_clear_bindings(q->handle);
    q->failed = SQLITE_OK;
    q->is_lent = false;
    return;
  }
  (void)sqlite3_finalize(q->handle); /* repeats the last step's failure, which was answered then */
  mem_free(q);
}

void db_reset(statement *q) {
  if (!q) return;
  (void)sqlite3_reset(q->handle); /* repeats the last step's failure, which was answered then */
}

statement *db_statement(db *d, const char *sql, problem *p) {
  size_t i = 0;
  while (i < d->count && d->kept[i]->literal != sql) i++;
  if (i < d->count) {
    statement *q = d->kept[i];
    assert(!sqlite3_stmt_busy(q->handle));
    (void)sqlite3_clear_bindings(q->handle);
    q->failed = SQLITE_OK;
    return q;
  }
  if (array_grow(&d->kept, d->count, &d->room, sizeof(statement *), p)) return NULL;
  statement *q = prepare(d, slice_of(sql), SQLITE_PREPARE_PERSISTENT, p);
  if (!q) return NULL;
  q->literal = sql;
  return d->kept[d->count++] = q;
}

/* SQLite undoes a transaction by itself when the disk fails in it. Whoever did not see that goes
 * on: nothing of what follows may then stay, statement by statement. */
static bool is_lost(const db *d) { return d->begun && sqlite3_get_autocommit(d->handle); }

static status fail_lost(const db *d, problem *p) {
  return problem_set(p, STATUS_IO, "look at the disk, then try again",
                     "cannot %s: the disk failed, and what was changed is undone", d->doing);
}

status db_step(statement *q, bool *row, problem *p) {
  if (is_lost(q->db)) {
    db_reset(q);
    return fail_lost(q->db, p);
  }
  if (q->failed) {
    db_reset(q);
    return q->failed == SQLITE_NOMEM ? problem_no_memory(p)
                                     : problem_set(p, STATUS_RANGE, "give a shorter text",
                                                   "a value cannot be kept in the workspace: %s",
                                                   sqlite3_errstr(q->failed));
  }
  int r = sqlite3_step(q->handle);
  if (r == SQLITE_ROW) {
    *row = true;
    return STATUS_OK;
  }
  status s = r == SQLITE_DONE ? STATUS_OK : db_failed(q->db, p);
  bool is_fault = s == STATUS_FAULT || (s && sqlite3_errcode(q->db->handle) == SQLITE_ERROR);
  if (is_fault && q->asked)
    s = problem_set(p, STATUS_SYNTAX, "look at the values that it works on", "the query fails: %s",
                    sqlite3_errmsg(q->db->handle));
  db_reset(q);
  if (!s) *row = false;
  return s;
}

status db_run(statement *q, problem *p) {
  bool row = false;
  status s;
  do s = db_step(q, &row, p);
  while (!s && row);
  return s;
}

status db_change(db *d, const char *sql, int64_t value, problem *p) {
  statement *q = db_statement(d, sql, p);
  if (!q) return STATUS_FAULT;
  db_bind_int(q, 1, value);
  return db_run(q, p);
}

status db_number(db *d, const char *sql, int64_t value, int64_t otherwise, int64_t *out,
                 problem *p) {
  bool row = false;
  statement *q = db_statement(d, sql, p);
  if (!q) return STATUS_FAULT;
  if (sqlite3_bind_parameter_count(q->handle)) db_bind_int(q, 1, value);
  status s = db_step(q, &row, p);
  if (s) return s;
  *out = row && db_column_type(q, 0) != SQLITE_NULL ? db_column_int(q, 0) : otherwise;
  db_reset(q);
  return STATUS_OK;
}

status db_snapshot(db *d, statement **snapshot, problem *p) {
  bool row;
  if (!*snapshot && !(*snapshot = db_borrow(d, slice_of("SELECT 1 FROM sqlite_schema"), p)))
    return STATUS_FAULT;
  db_reset(*snapshot);
  return db_step(*snapshot, &row, p);
}

int64_t db_last_id(db *d) { return sqlite3_last_insert_rowid(d->handle); }
int64_t db_changes(db *d) { return sqlite3_changes64(d->handle); }

status db_exec(db *d, const char *sql, problem *p) {
  if (is_lost(d)) return fail_lost(d, p);
  return sqlite3_exec(d->handle, sql, NULL, NULL, NULL) == SQLITE_OK ? STATUS_OK : db_failed(d, p);
}

/* Whether the system could not read the disk: of that SQLite says that the file is damaged. */
static bool disk_failed(sqlite3 *handle) {
  int last = 0;
  sqlite3_file *log = NULL;
  (void)sqlite3_file_control(handle, "main", SQLITE_FCNTL_LAST_ERRNO, &last);
  if (last != EIO &&
      sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK &&
      log && log->pMethods && log->pMethods->xFileControl)
    (void)log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &last);
  return last == EIO;
}

status db_failed(db *d, problem *p) {
  const char *doing = d->doing;
  int reason = errno;
  int code = d->handle ? sqlite3_errcode(d->handle) & 0xFF : SQLITE_NOMEM;
  if (code == SQLITE_NOMEM) return problem_no_memory(p);
  /* SQLite keeps the system's reason of a failed write, not of a failed sync. */
  if (code == SQLITE_FULL ||
      (code == SQLITE_IOERR && (reason == ENOSPC || reason == EDQUOT || reason == EFBIG)))
    return problem_set(p, STATUS_IO, "make room and run the command again; nothing was changed",
                       "cannot %s: the disk is full, or has no more room for this account", doing);
  const char *why = sqlite3_errmsg(d->handle);
  switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      d->stale = db_in_transaction(d);
      return problem_set(p, STATUS_BUSY, "wait until the other command is done, then try again",
                         "cannot %s: another Waymark command is using it", doing);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      if (disk_failed(d->handle))
        return problem_set(
            p, STATUS_IO,
            "look at the disk, its cable and its power, then try again; if it stays so,"
            " restore a backup on another disk",
            "cannot %s: the disk cannot be read (%s)", doing, strerror(EIO));
      return problem_set(p, STATUS_CORRUPT, "restore a backup",
                         "cannot %s: the file is damaged (%s)", doing, why);
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
    case SQLITE_PERM:
      return problem_set(p, STATUS_IO, "check the disk and the permissions of the folder",
                         "cannot %s: %s", doing, why);
    default:
      if (strcmp(why, "malformed JSON") == 0 || strncmp(why, "no such table", 13) == 0)
        return problem_set(p, STATUS_CORRUPT, "look at: waymark check, and restore a backup",
                           "cannot %s: what it holds is damaged (%s)", doing, why);
      return problem_set(p, STATUS_FAULT, NULL, "cannot %s: %s", doing, why);
  }
}

/* Transactions ------------------------------------------------------------- */

static const char *const ends[] = {[END_COMMIT] = "COMMIT",
                                   [END_ROLLBACK] = "ROLLBACK",
                                   [END_RELEASE] = "RELEASE part",
                                   [END_UNDO] = "ROLLBACK TO part"};

/* Prepared when it begins, and anew each time, since a change of the schema lets all that is
 * kept expire: so what is half done can be undone without memory. */
static status prepare_end(db *d, enum end end, problem *p) {
  statement *q = db_prepare(d, slice_of(ends[end]), p);
  if (!q) return STATUS_FAULT;
  db_finalize(d->ends[end]);
  d->ends[end] = q;
  return STATUS_OK;
}

static status run_end(db *d, enum end end, problem *p) {
  return d->ends[end] ? db_run(d->ends[end], p) : db_exec(d, ends[end], p);
}

status db_begin(db *d, bool later, problem *p) {
  status s = prepare_end(d, END_COMMIT, p);
  if (!s) s = prepare_end(d, END_ROLLBACK, p);
  d->stale = d->begun = false;
  if (!s) s = db_exec(d, later ? "BEGIN" : "BEGIN IMMEDIATE", p);
  d->begun = s == STATUS_OK;
  return s;
}

status db_lock(db *d, problem *p) {
  return db_exec(d, "UPDATE main.settings SET text = text WHERE false", p);
}

status db_refuse_changes(db *d, bool refuse, problem *p) {
  return db_exec(d, refuse ? "PRAGMA query_only = 1" : "PRAGMA query_only = 0", p);
}

bool db_is_locked(db *d) { return sqlite3_txn_state(d->handle, "main") == SQLITE_TXN_WRITE; }
bool db_is_stale(const db *d) { return d->stale; }

status db_commit(db *d, problem *p) {
  status s = run_end(d, END_COMMIT, p);
  d->begun = d->begun && s;
  return s;
}

void db_rollback(db *d) {
  if (db_in_transaction(d)) (void)run_end(d, END_ROLLBACK, NULL);
  d->begun = false;
}

status db_savepoint(db *d, problem *p) {
  status s = prepare_end(d, END_RELEASE, p);
  if (!s) s = prepare_end(d, END_UNDO, p);
  return s ? s : db_exec(d, "SAVEPOINT part", p);
}

status db_release(db *d, problem *p) { return run_end(d, END_RELEASE, p); }

void db_undo(db *d) { /* a failure that ended the transaction has undone everything */
  if (db_in_transaction(d) && !run_end(d, END_UNDO, NULL)) (void)run_end(d, END_RELEASE, NULL);
}

bool db_in_transaction(db *d) { return !sqlite3_get_autocommit(d->handle); }

/* Values ------------------------------------------------------------------- */

static void note(statement *q, int result) {
  if (result != SQLITE_OK && q->failed == SQLITE_OK) q->failed = result;
}

static void bind_text(statement *q, int i, slice text, void (*keep)(void *)) {
  note(q, text.length == 0
              ? sqlite3_bind_null(q->handle, i)
              : sqlite3_bind_text64(q->handle, i, text.at, text.length, keep, SQLITE_UTF8));
}

void db_bind_int(statement *q, int i, int64_t value) {
  note(q, sqlite3_bind_int64(q->handle, i, value));
}

void db_bind_real(statement *q, int i, double value) {
  note(q, sqlite3_bind_double(q->handle, i, value));
}

void db_bind_text(statement *q, int i, slice text) { bind_text(q, i, text, SQLITE_TRANSIENT); }
void db_bind_lent(statement *q, int i, slice text) { bind_text(q, i, text, SQLITE_STATIC); }

void db_bind_name(statement *q, int i, slice text) {
  note(q, sqlite3_bind_text64(q->handle, i, text.length ? text.at : "", text.length,
                              SQLITE_TRANSIENT, SQLITE_UTF8));
}

void db_bind_blob(statement *q, int i, slice bytes) {
  note(q, sqlite3_bind_blob64(q->handle, i, bytes.length ? bytes.at : "", bytes.length,
                              SQLITE_TRANSIENT));
}

void db_bind_day(statement *q, int i, day d) {
  note(q, d == DAY_NONE ? sqlite3_bind_null(q->handle, i) : sqlite3_bind_int(q->handle, i, d));
}

void db_bind_value(statement *q, int i, sqlite3_value *value) {
  note(q, sqlite3_bind_value(q->handle, i, value));
}

const char *db_column_name(statement *q, int i) {
  const char *name = sqlite3_column_name(q->handle, i);
  return name ? name : "";
}

int db_parameters(statement *q) { return sqlite3_bind_parameter_count(q->handle); }
int db_columns(statement *q) { return sqlite3_column_count(q->handle); }
int db_column_type(statement *q, int i) { return sqlite3_column_type(q->handle, i); }
int64_t db_column_int(statement *q, int i) { return sqlite3_column_int64(q->handle, i); }
double db_column_real(statement *q, int i) { return sqlite3_column_double(q->handle, i); }
const char *db_column_shown(statement *q, int i) {
  const char *text = (const char *)sqlite3_column_text(q->handle, i);
  return text ? text : "";
}

sqlite3_value *db_column_value(statement *q, int i) { return sqlite3_column_value(q->handle, i); }

day db_column_day(statement *q, int i) {
  return db_column_type(q, i) == SQLITE_NULL ? DAY_NONE : (day)db_column_int(q, i);
}

/* As a blob: SQLite would copy a text to end it with a NUL, and may have no memory. */
slice db_column_text(statement *q, int i) {
  const char *bytes = sqlite3_column_blob(q->handle, i);
  return bytes ? (slice){bytes, (size_t)sqlite3_column_bytes(q->handle, i)} : (slice){"", 0};
}
