/* store_probe: the lowest room of the store, asked in C where no command asks.
 *
 *   store_probe statements PATH COUNT   a loop over numbers, and in each turn COUNT other
 *                                       statements that are kept: every number comes, in
 *                                       order. Prints how many statements there are.
 *   store_probe shared PATH             a text asked again and again, at times by several at once:
 *                                       each has its rows, from the first on, without the
 *                                       values of who had the statement before
 *   store_probe busy PATH               asks for a statement that stands on a row: our own
 *                                       bug, and an assertion
 *   store_probe binds PATH              a row of a text, a name and a blob is added with
 *                                       every allocation of SQLite failing in turn, once
 *                                       or from there on: it is whole, or not there. Prints
 *                                       how often it failed and how often it was whole.
 *   store_probe mapped PATH             how many bytes of a file a reader has in its memory at
 *                                       most, and who changes it
 *   store_probe disk FOLDER             the type of its file system; /proc/self/mountinfo
 *                                       is standard input */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/db/db.h"
#include "store/db/disk.h"
#include "store/db/query.h"

enum { NUMBERS = 50, MOST = 500, TEXT = 40 };

static problem p;

static void need(status s) {
  if (!s) return;
  printf("%s\n", p.sentence);
  exit(1);
}

static db *open_file(const char *path) {
  db *d = NULL;
  FILE *empty = fopen(path, "wb");
  if (!empty || fclose(empty) != 0) exit(2);
  need(db_open(path, DB_CREATE, &d, &p));
  return d;
}

static int show_mapped(const char *path) {
  db_close(open_file(path));
  for (enum db_mode mode = DB_WRITE; mode <= DB_READ; mode++) {
    int64_t bytes = -1;
    db *d = NULL;
    need(db_open(path, mode, &d, &p));
    need(db_number(d, "PRAGMA mmap_size", 0, 0, &bytes, &p));
    printf("%s%lld", mode == DB_READ ? " " : "", (long long)bytes);
    db_close(d);
  }
  printf("\n");
  return 0;
}

static int count_statements(const char *path, int count) {
  static char texts[MOST][TEXT];
  static const char numbers[] =
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 50)"
      " SELECT i, 'row ' || i FROM n";
  db *d = open_file(path);
  statement *outer = db_statement(d, numbers, &p), *inner;
  int turns = 0;
  for (bool row = true; outer; turns++) {
    char shown[TEXT];
    need(db_step(outer, &row, &p));
    if (!row) break;
    for (int k = 0; k < count; k++) {
      int64_t i = turns % 2 ? k : count - 1 - k;
      (void)snprintf(texts[i], TEXT, "SELECT %d WHERE ?1 > 0", (int)i);
      if (!(inner = db_statement(d, texts[i], &p))) exit(1);
      db_bind_int(inner, 1, 1);
      need(db_step(inner, &row, &p));
      if (!row || db_column_int(inner, 0) != i) return printf("another statement's row\n"), 1;
      db_reset(inner);
    }
    (void)snprintf(shown, TEXT, "row %d", turns + 1);
    if (db_column_int(outer, 0) != turns + 1 || !slice_is(db_column_text(outer, 1), shown))
      return printf("the outer loop lost its row %d\n", turns + 1), 1;
  }
  db_close(d);
  printf("%d rows, %d statements\n", turns, count + 1);
  return turns == NUMBERS ? 0 : 1;
}

static statement *ask(db *d, const char *sql) {
  statement *q = NULL;
  int values = 0;
  need(query_own(d, slice_of(sql), false, &q, &values, &p));
  return q;
}

/* The first rows of a text that counts them, each beside a number. */
static void read_rows(statement *q, int rows, int64_t number) {
  bool row = true;
  for (int i = 1; i <= rows; i++) {
    need(db_step(q, &row, &p));
    if (row && db_column_int(q, 0) == i && db_column_int(q, 1) == number) continue;
    printf("another row\n");
    exit(1);
  }
}

static int share_statements(const char *path) {
  static const char sql[] = "SELECT 1, ?1 UNION ALL SELECT 2, ?1";
  char text[TEXT];
  db *d = open_file(path);
  for (int i = 0; i < MOST; i++) {
    statement *outer = ask(d, sql), *inner = ask(d, sql), *other;
    if (i % 2) db_bind_int(outer, 1, i); /* else NULL, which is read as 0 */
    read_rows(outer, 1, i % 2 ? i : 0);
    db_bind_int(inner, 1, 7);
    read_rows(inner, 2, 7);
    (void)snprintf(text, TEXT, "SELECT 1, %d", i);
    read_rows(other = ask(d, text), 1, i);
    db_finalize(other);
    db_finalize(inner);
    db_finalize(outer);
  }
  int all = 0, statements = 0, runs = 0;
  for (sqlite3_stmt *s = NULL; (s = sqlite3_next_stmt(db_handle(d), s)); all++) {
    if (strcmp(sqlite3_sql(s), sql) != 0) continue;
    statements++;
    runs += sqlite3_stmt_status(s, SQLITE_STMTSTATUS_RUN, 0);
  }
  statement *last = ask(d, sql);
  read_rows(last, 1, 0);
  db_close(d);
  db_finalize(last);
  printf("%d statements run %d times, %s\n", statements, runs,
         all < MOST ? "few others" : "all others");
  return 0;
}

static int ask_twice(const char *path) {
  static const char sql[] = "SELECT 1 UNION ALL SELECT 2";
  bool row;
  db *d = open_file(path);
  need(db_step(db_statement(d, sql, &p), &row, &p));
  (void)db_statement(d, sql, &p);
  printf("nothing was said\n");
  return 0;
}

/* Failing allocations ---------------------------------------------------------- */

static sqlite3_mem_methods plain;
static long left = -1; /* allocations that succeed; -1: all */
static bool once;

static bool may_allocate(void) {
  if (left < 0) return true;
  if (left > 0) return left--, true;
  if (once) left = -1;
  return false;
}

static void *failing_malloc(int n) { return may_allocate() ? plain.xMalloc(n) : NULL; }
static void *failing_realloc(void *old, int n) {
  return may_allocate() ? plain.xRealloc(old, n) : NULL;
}

static status add_row(db *d, slice text, slice blob) {
  statement *s = db_statement(d, "INSERT INTO t VALUES (?, ?, ?)", &p);
  if (!s) return p.code;
  db_bind_text(s, 1, text);
  db_bind_name(s, 2, text);
  db_bind_blob(s, 3, blob);
  return db_run(s, &p);
}

static int fail_binds(const char *path) {
  char text[3000];
  memset(text, 'x', sizeof text);
  slice whole = {text, sizeof text};
  (void)sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain);
  sqlite3_mem_methods failing = plain;
  failing.xMalloc = failing_malloc;
  failing.xRealloc = failing_realloc;
  (void)sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
  (void)sqlite3_config(SQLITE_CONFIG_MALLOC, &failing);
  db *d = open_file(path);
  need(db_exec(d, "CREATE TABLE t (a TEXT, b TEXT, c BLOB)", &p));
  int failed = 0, good = 0;
  for (int mode = 0; mode < 2; mode++) {
    for (long n = 0, done = 0; !done; n++) {
      once = mode == 0;
      left = n;
      status s = add_row(d, whole, whole);
      done = left > 0;
      left = -1;
      failed += s != STATUS_OK;
      good += s == STATUS_OK;
      if (s && s != STATUS_NO_MEMORY) return printf("%s\n", p.sentence), 1;
    }
  }
  int64_t rows = 0, wrong = 0;
  need(db_number(d, "SELECT count(*) FROM t", 0, 0, &rows, &p));
  need(db_number(d,
                 "SELECT count(*) FROM t WHERE ifnull(length(a), 0) <> ?1"
                 " OR ifnull(length(b), 0) <> ?1 OR ifnull(length(c), 0) <> ?1",
                 sizeof text, 0, &wrong, &p));
  db_close(d);
  printf("%d refused, %d added\n", failed, good);
  return rows == good && wrong == 0 && failed > 0 ? 0 : 1;
}

int main(int argc, char **argv) {
  if (argc == 4 && strcmp(argv[1], "statements") == 0)
    return count_statements(argv[2], atoi(argv[3]) < MOST ? atoi(argv[3]) : MOST);
  if (argc != 3) return 2;
  if (strcmp(argv[1], "shared") == 0) return share_statements(argv[2]);
  if (strcmp(argv[1], "mapped") == 0) return show_mapped(argv[2]);
  if (strcmp(argv[1], "busy") == 0) return ask_twice(argv[2]);
  if (strcmp(argv[1], "binds") == 0) return fail_binds(argv[2]);
  static char text[1 << 16], type[DISK_TYPE];
  slice mounts = {text, fread(text, 1, sizeof text, stdin)};
  disk_type(mounts, argv[2], type);
  printf("%s\n", type);
  return 0;
}
