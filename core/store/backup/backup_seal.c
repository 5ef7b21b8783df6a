/* backup_seal: see backup_seal.h. */
#include "store/backup/backup_seal.h"

#include <sodium.h>
#include <string.h>

#include "base/text.h"

enum { HEX = crypto_hash_sha256_BYTES * 2 + 1 };

/* One table, or the schema, as it is. */
typedef struct content {
  const char *name;
  int64_t rows;
  char digest[HEX];
} content;

/* Digests -------------------------------------------------------------------- */

static void add_number(crypto_hash_sha256_state *hash, uint64_t n) {
  unsigned char bytes[8];
  for (int i = 0; i < 8; i++) bytes[i] = (unsigned char)(n >> (8 * i));
  (void)crypto_hash_sha256_update(hash, bytes, sizeof bytes);
}

static void add_value(crypto_hash_sha256_state *hash, sqlite3_stmt *s, int i) {
  int type = sqlite3_column_type(s, i);
  add_number(hash, (uint64_t)type);
  if (type == SQLITE_NULL) return;
  if (type == SQLITE_INTEGER) {
    add_number(hash, (uint64_t)sqlite3_column_int64(s, i));
    return;
  }
  const unsigned char *bytes = sqlite3_column_blob(s, i); /* a number as its text */
  uint64_t length = (uint64_t)sqlite3_column_bytes(s, i);
  add_number(hash, length);
  if (length) (void)crypto_hash_sha256_update(hash, bytes, length);
}

static status digest_rows(sqlite3 *d, const char *sql, content *out, problem *p) {
  sqlite3_stmt *s = NULL;
  crypto_hash_sha256_state hash;
  unsigned char digest[crypto_hash_sha256_BYTES];
  (void)crypto_hash_sha256_init(&hash);
  int64_t rows = 0;
  int r = sqlite3_prepare_v2(d, sql, -1, &s, NULL);
  while (r == SQLITE_OK || r == SQLITE_ROW) {
    r = sqlite3_step(s);
    if (r != SQLITE_ROW) break;
    rows++;
    for (int i = 0; i < sqlite3_column_count(s); i++) add_value(&hash, s, i);
  }
  status failed = r == SQLITE_DONE ? STATUS_OK : db_explain(d, "read the tables", p);
  (void)sqlite3_finalize(s);
  if (failed) return failed;
  (void)crypto_hash_sha256_final(&hash, digest);
  (void)sodium_bin2hex(out->digest, HEX, digest, sizeof digest);
  out->rows = rows;
  return STATUS_OK;
}

/* What to read of a table; `sqlite_schema` stands for the schema. */
static char *rows_of(const char *name) {
  if (strcmp(name, "sqlite_schema") == 0)
    return sqlite3_mprintf(
        "SELECT type, name, tbl_name, sql FROM main.sqlite_schema"
        " WHERE tbl_name <> 'backup_seal' ORDER BY type, name");
  return sqlite3_mprintf("SELECT * FROM main.\"%w\" NOT INDEXED", name); /* so: by its key */
}

/* Fill in the rest of a content that has its name. */
static status digest_table(sqlite3 *d, content *out, problem *p) {
  char *sql = rows_of(out->name);
  if (!sql) return problem_no_memory(p);
  status failed = digest_rows(d, sql, out, p);
  sqlite3_free(sql);
  return failed;
}

/* Visit every content of `d` but the seal. */
static status each_content(sqlite3 *d, status (*visit)(void *, const content *, problem *),
                           void *context, problem *p) {
  sqlite3_stmt *s = NULL;
  int r = sqlite3_prepare_v2(d,
                             "SELECT 'sqlite_schema' UNION ALL SELECT name FROM main.sqlite_schema"
                             " WHERE type = 'table' AND name NOT LIKE 'sqlite@_%' ESCAPE '@'"
                             " AND name <> 'backup_seal'",
                             -1, &s, NULL);
  status failed = r == SQLITE_OK ? STATUS_OK : db_explain(d, "read the tables", p);
  while (!failed && (r = sqlite3_step(s)) == SQLITE_ROW) {
    content c = {.name = (const char *)sqlite3_column_text(s, 0)};
    if (!c.name) {
      failed = problem_no_memory(p);
      break;
    }
    failed = digest_table(d, &c, p);
    if (!failed) failed = visit(context, &c, p);
  }
  if (!failed && r != SQLITE_DONE) failed = db_explain(d, "read the tables", p);
  (void)sqlite3_finalize(s);
  return failed;
}

/* Writing -------------------------------------------------------------------- */

typedef struct writing {
  sqlite3 *into;
  int64_t at;
} writing;

static status write_content(void *context, const content *c, problem *p) {
  writing *w = context;
  sqlite3_stmt *s = NULL;
  int r = sqlite3_prepare_v2(w->into, "INSERT INTO backup_seal VALUES (?, ?, ?, ?)", -1, &s, NULL);
  if (r == SQLITE_OK) {
    (void)sqlite3_bind_text(s, 1, c->name, -1, SQLITE_TRANSIENT);
    (void)sqlite3_bind_int64(s, 2, c->rows);
    (void)sqlite3_bind_text(s, 3, c->digest, -1, SQLITE_TRANSIENT);
    (void)sqlite3_bind_int64(s, 4, w->at);
    r = sqlite3_step(s);
  }
  status failed = r == SQLITE_DONE ? STATUS_OK : db_explain(w->into, "seal the backup", p);
  (void)sqlite3_finalize(s);
  return failed;
}

static status exec(sqlite3 *d, const char *sql, problem *p) {
  return sqlite3_exec(d, sql, NULL, NULL, NULL) == SQLITE_OK ? STATUS_OK
                                                             : db_explain(d, "seal the backup", p);
}

status seal_write(sqlite3 *of, sqlite3 *into, int64_t at, problem *p) {
  writing w = {into, at};
  status failed = exec(into,
                       "BEGIN; DROP TABLE IF EXISTS backup_seal; CREATE TABLE backup_seal ("
                       "  name TEXT PRIMARY KEY, rows INTEGER NOT NULL, digest TEXT NOT NULL,"
                       "  at INTEGER NOT NULL) STRICT, WITHOUT ROWID",
                       p);
  if (!failed) failed = each_content(of, write_content, &w, p);
  return failed ? failed : exec(into, "COMMIT", p);
}

status seal_remove(sqlite3 *file, problem *p) { return exec(file, "DROP TABLE backup_seal", p); }

/* Checking ------------------------------------------------------------------- */

typedef struct checking {
  sqlite3 *file;
  const char *path;
  backup_report report;
} checking;

static status damaged(const char *path, const char *how, problem *p) {
  return problem_set(p, STATUS_CORRUPT, "use another backup", "%s is not intact: %s", path, how);
}

/* SQLite's finding without the line before it, which names the database. */
static void one_line(const char *text, size_t room, char *out) {
  const char *after = strchr(text, '\n');
  if (strncmp(text, "***", 3) == 0 && after) text = after + 1;
  size_t length = strcspn(text, "\n");
  if (length >= room) length = room - 1;
  memcpy(out, text, length);
  out[length] = '\0';
}

static status check_integrity(checking *c, problem *p) {
  sqlite3_stmt *s = NULL;
  char how[160];
  int r = sqlite3_prepare_v2(c->file, "PRAGMA integrity_check(1)", -1, &s, NULL);
  if (r == SQLITE_OK) r = sqlite3_step(s);
  const char *text = r == SQLITE_ROW ? (const char *)sqlite3_column_text(s, 0) : NULL;
  one_line(text ? text : sqlite3_errmsg(c->file), sizeof how, how);
  (void)sqlite3_finalize(s);
  return strcmp(how, "ok") == 0 ? STATUS_OK : damaged(c->path, how, p);
}

static status check_content(void *context, const content *c, problem *p) {
  checking *k = context;
  sqlite3_stmt *s = NULL;
  int r = sqlite3_prepare_v2(k->file,
                             "SELECT at FROM main.backup_seal WHERE name = ?"
                             " AND rows = ? AND digest = ?",
                             -1, &s, NULL);
  if (r == SQLITE_OK) {
    (void)sqlite3_bind_text(s, 1, c->name, -1, SQLITE_TRANSIENT);
    (void)sqlite3_bind_int64(s, 2, c->rows);
    (void)sqlite3_bind_text(s, 3, c->digest, -1, SQLITE_TRANSIENT);
    r = sqlite3_step(s);
  }
  if (r == SQLITE_ROW) k->report.at = sqlite3_column_int64(s, 0);
  (void)sqlite3_finalize(s);
  if (r != SQLITE_ROW && r != SQLITE_DONE) return db_explain(k->file, "read the seal", p);
  if (r == SQLITE_DONE) return damaged(k->path, "a table is not as it was in the workspace", p);
  bool schema = strcmp(c->name, "sqlite_schema") == 0;
  k->report.tables += !schema;
  k->report.rows += schema ? 0 : c->rows;
  return STATUS_OK;
}

/* How many contents the seal knows; -1 when there is no seal. */
static int64_t sealed_contents(sqlite3 *file) {
  sqlite3_stmt *s = NULL;
  int64_t count = -1;
  if (sqlite3_prepare_v2(file, "SELECT count(*) FROM main.backup_seal", -1, &s, NULL) ==
          SQLITE_OK &&
      sqlite3_step(s) == SQLITE_ROW)
    count = sqlite3_column_int64(s, 0);
  (void)sqlite3_finalize(s);
  return count;
}

status seal_check(sqlite3 *file, const char *path, backup_report *out, problem *p) {
  checking c = {.file = file, .path = path};
  problem own = {0};
  status failed = check_integrity(&c, p);
  if (failed) return failed;
  int64_t sealed = sealed_contents(file);
  if (sealed < 0)
    return problem_set(p, STATUS_REFUSED, "make one with: waymark backup FILE",
                       "%s is not a Waymark backup", path);
  failed = each_content(file, check_content, &c, &own);
  if (failed == STATUS_CORRUPT && p) *p = own;
  if (failed == STATUS_CORRUPT) return failed;
  if (failed) return damaged(path, own.sentence, p);
  if (c.report.tables + 1 != sealed) return damaged(path, "a table is missing", p);
  *out = c.report;
  return STATUS_OK;
}
