/* store_probe: the lowest room of the store, asked in C where no command asks.
 *
 *   store_probe statements PATH COUNT   a loop over numbers, and in each turn COUNT other
 *                                       statements that are kept: every number comes, in
 *                                       order. Prints how many statements there are.
 *   store_probe busy PATH               asks for a statement that stands on a row: our own
 *                                       bug, and an assertion
 *   store_probe binds PATH              a row of a text, a name and a blob is added with
 *                                       every allocation of SQLite failing in turn, once
 *                                       or from there on: it is whole, or not there. Prints
 *                                       how often it failed and how often it was whole.
 *   store_probe disk FOLDER             the type of its file system; /proc/self/mountinfo
 *                                       is standard input */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/db/db.h"
#include "store/db/disk.h"

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
  if (strcmp(argv[1], "busy") == 0) return ask_twice(argv[2]);
  if (strcmp(argv[1], "binds") == 0) return fail_binds(argv[2]);
  static char text[1 << 16], type[DISK_TYPE];
  slice mounts = {text, fread(text, 1, sizeof text, stdin)};
  disk_type(mounts, argv[2], type);
  printf("%s\n", type);
  return 0;
}
