/* backup: owns the table `backup_seal`, which is in no workspace and seals all but itself.
 *
 * 1. The copy is made by SQLite (VACUUM INTO): row by row, so a damaged page cannot come
 *    along unseen. It reads a snapshot of its own; that the seal describes the same rows is
 *    known because nothing was committed in between (PRAGMA data_version), else both are
 *    made again.
 * 2. A digest is over all rows of a table in the order of their keys, each value with its
 *    type and length. Its form may never change: the backups that people keep have it. */
#include "store/backup/backup.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/db/digest.h"
#include "store/db/file.h"
#include "store/db/part.h"
#include "store/db/schema.h"

enum {
#ifdef WAYMARK_TESTS
  ATTEMPTS = 2
#else
  ATTEMPTS = 10
#endif
};

#define SEAL_COLUMNS                                                     \
  "(name TEXT PRIMARY KEY, rows INTEGER NOT NULL, digest TEXT NOT NULL," \
  " at INTEGER NOT NULL) STRICT, WITHOUT ROWID"

/* Digests -------------------------------------------------------------------- */

/* All rows of a table; `sqlite_schema` stands for the schema. */
static status digest_table(db *d, const char *name, int64_t *rows, char hex[DIGEST_HEX],
                           problem *p) {
  char *sql = strcmp(name, "sqlite_schema") == 0
                  ? sqlite3_mprintf(
                        "SELECT type, name, tbl_name, sql FROM main.sqlite_schema"
                        " WHERE tbl_name <> 'backup_seal' ORDER BY type, name")
                  /* NOT INDEXED: in the order of its key. */
                  : sqlite3_mprintf("SELECT * FROM main.\"%w\" NOT INDEXED", name);
  digest hash;
  statement *q = NULL;
  status s = sql ? STATUS_OK : problem_no_memory(p);
  if (!s && !(q = db_prepare(d, slice_of(sql), p))) s = STATUS_FAULT;
  *rows = 0;
  digest_begin(&hash);
  for (bool row = true; !s && !(s = db_step(q, &row, p)) && row; ++*rows) {
    for (int i = 0; i < db_columns(q) && !s; i++)
      if (!digest_add_value(&hash, db_column_value(q, i))) s = problem_no_memory(p);
  }
  digest_end(&hash, hex);
  db_finalize(q);
  sqlite3_free(sql);
  return s;
}

/* Visit the schema and every table of `d` but the seal: with the rows and the digest. */
static status each_table(db *d,
                         status (*visit)(void *context, const char *name, int64_t rows,
                                         const char *hex, problem *p),
                         void *context, problem *p) {
  statement *q =
      db_prepare(d,
                 slice_of("SELECT 'sqlite_schema' UNION ALL SELECT name FROM main.sqlite_schema"
                          " WHERE type = 'table' AND name NOT LIKE 'sqlite@_%' ESCAPE '@'"
                          " AND name <> 'backup_seal'"),
                 p);
  if (!q) return STATUS_FAULT;
  status s;
  for (bool row = true; !(s = db_step(q, &row, p)) && row;) {
    int64_t rows;
    char hex[DIGEST_HEX];
    const char *name = db_column_shown(q, 0);
    if (!*name) s = problem_no_memory(p);
    if (!s) s = digest_table(d, name, &rows, hex, p);
    if (!s) s = visit(context, name, rows, hex, p);
    if (s) break;
  }
  db_finalize(q);
  return s;
}

/* Checking ------------------------------------------------------------------- */

/* A file that is looked at. What is wrong with it is STATUS_CORRUPT and `how`, or without
 * it SQLite's own finding. */
typedef struct checking {
  db *file;
  const char *shown; /* the name that people know it by */
  char how[160];
  backup_report report;
} checking;

static status damaged(checking *c, const char *how) {
  (void)snprintf(c->how, sizeof c->how, "%.*s", (int)strcspn(how, "\n"), how);
  return STATUS_CORRUPT;
}

static status check_table(void *context, const char *name, int64_t rows, const char *hex,
                          problem *p) {
  checking *c = context;
  bool same = false;
  statement *q = db_statement(c->file,
                              "SELECT at FROM main.backup_seal WHERE name = ? AND rows = ?"
                              " AND digest = ?",
                              p);
  if (!q) return STATUS_FAULT;
  db_bind_text(q, 1, slice_of(name));
  db_bind_int(q, 2, rows);
  db_bind_text(q, 3, slice_of(hex));
  status s = db_step(q, &same, p);
  if (s) return s;
  if (!same) return damaged(c, "a table is not as it was in the workspace");
  c->report.at = db_column_int(q, 0);
  db_reset(q);
  bool schema = strcmp(name, "sqlite_schema") == 0;
  c->report.tables += !schema;
  c->report.rows += schema ? 0 : rows;
  return STATUS_OK;
}

/* SQLite's own opinion of its pages and indexes. */
static status check_integrity(checking *c, problem *p) {
  bool row = false;
  statement *q = db_prepare(c->file, slice_of("PRAGMA integrity_check(1)"), p);
  if (!q) return p->code;
  status s = db_step(q, &row, p);
  if (!s && row && !slice_is(db_column_text(q, 0), "ok")) {
    const char *text = db_column_shown(q, 0), *after = strchr(text, '\n');
    /* A first line with stars only names the database. */
    s = damaged(c, strncmp(text, "***", 3) == 0 && after ? after + 1 : text);
  }
  db_finalize(q);
  return s;
}

/* What can be said of a file before SQLite sees it; *size are its bytes. */
static status look_at(const char *path, const char *shown, int64_t *size, problem *p) {
  enum { HEADER = 100 }; /* of every file of SQLite's */
  char header[HEADER] = "";
  struct stat about;
  int fd = -1;
  status s = file_open(path, &fd, &about, p);
  if (s) return s;
  ssize_t n = read(fd, header, HEADER);
  (void)close(fd);
  if (about.st_size == 0)
    return problem_set(p, STATUS_REFUSED, "use another backup", "%s is empty", shown);
  if (n < HEADER || memcmp(header, "SQLite format 3", 16) != 0)
    return problem_set(p, STATUS_REFUSED, "make one with: waymark backup FILE",
                       "%s is not a Waymark backup", shown);
  *size = about.st_size;
  return STATUS_OK;
}

/* Is it a file of ours, whole, of a version that we know, with all that its seal says? */
static status verify(const char *path, const char *shown, backup_report *out, problem *p) {
  checking c = {.shown = shown};
  int64_t pages = 0, size = 0, sealed = 0;
  status s = look_at(path, shown, &c.report.bytes, p);
  if (!s) s = db_open(path, DB_READ, &c.file, p);
  if (!s) s = schema_read(c.file, shown, &c.report.version, p);
  if (!s) s = db_number(c.file, "PRAGMA page_count", 0, 0, &pages, p);
  if (!s) s = db_number(c.file, "PRAGMA page_size", 0, 0, &size, p);
  if (!s && c.report.bytes < pages * size) s = damaged(&c, "its end is missing");
  if (!s && c.report.version > 0) s = check_integrity(&c, p);
  if (!s && c.report.version > 0)
    s = db_number(c.file, "SELECT 1 FROM main.sqlite_schema WHERE name = 'backup_seal'", 0, 0,
                  &sealed, p);
  if (!s && !sealed)
    s = problem_set(p, STATUS_REFUSED, "make one with: waymark backup FILE",
                    "%s is not a Waymark backup", shown);
  if (!s) s = each_table(c.file, check_table, &c, p);
  if (!s) s = db_number(c.file, "SELECT count(*) FROM main.backup_seal", 0, 0, &sealed, p);
  if (!s && c.report.tables + 1 != sealed) s = damaged(&c, "a table is missing");
  db_close(c.file);
  if (s == STATUS_CORRUPT)
    s = problem_set(p, STATUS_CORRUPT, "use another backup", "%s is not intact: %s", shown,
                    c.how[0] ? c.how : "its pages are broken, or some are missing");
  if (!s) *out = c.report;
  return s;
}

/* Backing up ------------------------------------------------------------------- */

static status copy_into(db *from, const part *to, problem *p) {
  statement *q = db_prepare(from, slice_of("VACUUM INTO ?"), p);
  if (!q) return STATUS_FAULT;
  db_bind_text(q, 1, slice_of(to->path.bytes));
  db_doing(from, "write the copy");
  status s = db_run(q, p);
  db_doing(from, "read the tables");
  db_finalize(q);
  return s;
}

typedef struct sealing {
  db *copy;
  int64_t at;
} sealing;

static status seal_table(void *context, const char *name, int64_t rows, const char *hex,
                         problem *p) {
  sealing *c = context;
  statement *q = db_statement(c->copy, "INSERT INTO backup_seal VALUES (?, ?, ?, ?)", p);
  if (!q) return STATUS_FAULT;
  db_bind_text(q, 1, slice_of(name));
  db_bind_int(q, 2, rows);
  db_bind_text(q, 3, slice_of(hex));
  db_bind_int(q, 4, c->at);
  return db_run(q, p);
}

/* The copy, and the seal of what `from` holds now; *same: that is what was copied. */
static status copy_and_seal(db *from, part *to, int64_t at, bool *same, problem *p) {
  static const char version[] = "PRAGMA data_version";
  int64_t before = 0, after = 0;
  sealing c = {.at = at};
  status s = part_empty(to, p);
  if (!s) s = db_number(from, version, 0, 0, &before, p);
  if (!s) s = copy_into(from, to, p);
  if (!s) s = db_open(to->path.bytes, DB_CREATE, &c.copy, p);
  if (!s) db_doing(c.copy, "write the copy");
  if (!s)
    s = db_exec(c.copy,
                "BEGIN; DROP TABLE IF EXISTS backup_seal; CREATE TABLE backup_seal " SEAL_COLUMNS,
                p);
  if (!s) s = db_exec(from, "BEGIN", p);
  if (!s) s = each_table(from, seal_table, &c, p);
  if (!s) s = db_number(from, version, 0, 0, &after, p);
  db_rollback(from);
  if (!s) s = db_commit(c.copy, p);
  db_close(c.copy);
  *same = before == after;
  return s;
}

status backup_write(const char *from, const char *to, int64_t at, backup_report *out, problem *p) {
  part t = {.fd = -1};
  db *source = NULL;
  bool same = false;
  if (access(from, F_OK) != 0)
    return problem_set(p, STATUS_NOT_FOUND, "go to its folder, or name it with -C DIR",
                       "there is no workspace here (%s)", from);
  status s = part_begin(to, &t, p);
  if (!s) s = db_open(from, DB_READ, &source, p);
  for (int i = 0; i < ATTEMPTS && !s && !same; i++) s = copy_and_seal(source, &t, at, &same, p);
  db_close(source);
  if (!s && !same)
    s = problem_set(p, STATUS_BUSY, "wait until the other commands are done, then try again",
                    "other commands keep changing %s", from);
  if (!s) s = verify(t.path.bytes, from, out, p);
  if (s == STATUS_CORRUPT)
    s = problem_set(p, STATUS_CORRUPT,
                    "restore an earlier backup; to keep what there is, copy the file itself",
                    "%s is damaged, so a backup of it would be too; none was made", from);
  if (!s) s = part_place(&t, p);
  part_end(&t);
  return s;
}

/* Restoring -------------------------------------------------------------------- */

status backup_restore(const char *from, const char *to, backup_report *out, problem *p) {
  backup_report copied;
  part t = {.fd = -1};
  db *source = NULL, *copy = NULL;
  status s = verify(from, from, out, p);
  if (!s) s = part_begin(to, &t, p);
  if (!s) s = db_open(from, DB_READ, &source, p);
  if (!s) s = copy_into(source, &t, p);
  db_close(source);
  if (!s) s = verify(t.path.bytes, from, &copied, p);
  if (!s) s = db_open(t.path.bytes, DB_CREATE, &copy, p);
  if (!s) s = db_exec(copy, "DROP TABLE backup_seal", p);
  if (!s) s = db_log(copy, p);
  db_close(copy);
  if (!s) s = part_place(&t, p);
  part_end(&t);
  return s;
}
