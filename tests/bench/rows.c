/* rows: SQLite with a row a mark: what a program of the usual shape would do.
 *
 *   rows build DATABASE MARKS.CSV     the integer table, in the order of its key
 *   rows sweep DATABASE TIMES         A and B (answer.h), results in memory; the median
 *   rows codes DATABASE               GROUP BY code
 *   rows size FILE TABLE              the bytes of a table's pages in any SQLite file
 *
 *   session(at, week)                   school weeks, numbered from 0
 *   mark(school, pupil, session, code)  numbers as in answer.h; by pupil and session
 *
 * A: windows over the unauthorised sessions alone, for a count only grows at one. Such a
 * session is the n-th of its pupil; those of ten and more school weeks before are out of
 * its window. */
#include <sqlite3.h>
#include <time.h>

#include "line.h"

enum { MOST_SESSIONS = 1024, MOST_TIMES = 99 };

static const char schema[] =
    "PRAGMA journal_mode = off; PRAGMA synchronous = off;"
    "CREATE TABLE session(at INTEGER PRIMARY KEY, week INTEGER NOT NULL) STRICT;"
    "CREATE TABLE mark(school INTEGER NOT NULL, pupil INTEGER NOT NULL, session INTEGER NOT NULL,"
    " code INTEGER NOT NULL, PRIMARY KEY (pupil, session)) STRICT, WITHOUT ROWID;";

static const char sweep_sql[] =
    "WITH without_leave AS ("
    "  SELECT pupil, session,"
    "    row_number() OVER (PARTITION BY pupil ORDER BY week, session)"
    "    - count(*) OVER (PARTITION BY pupil ORDER BY week"
    "                     RANGE BETWEEN UNBOUNDED PRECEDING AND 10 PRECEDING) AS n"
    "  FROM mark JOIN session ON session.at = mark.session WHERE code BETWEEN 64 AND 79),"
    " a AS (SELECT pupil, min(session) FILTER (WHERE n >= 10) AS first, max(n) AS largest"
    "  FROM without_leave GROUP BY pupil),"
    " b AS (SELECT pupil, count(*) FILTER (WHERE code < 80) AS possible,"
    "    count(*) FILTER (WHERE code < 48) AS attended,"
    "    count(*) FILTER (WHERE code BETWEEN 64 AND 79) AS unauthorised FROM mark GROUP BY pupil)"
    "SELECT pupil, coalesce(first, 0), coalesce(largest, 0), possible, attended,"
    "  possible - attended - unauthorised, unauthorised FROM b LEFT JOIN a USING (pupil)";

static void stop(sqlite3 *db, const char *what) {
  (void)fprintf(stderr, "rows: %s: %s\n", what, sqlite3_errmsg(db));
  exit(1);
}

static double now(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static sqlite3 *open_database(const char *path, int flags) {
  sqlite3 *db = NULL;
  if (sqlite3_open_v2(path, &db, flags, NULL)) stop(db, path);
  if (sqlite3_exec(db, "PRAGMA cache_size = -262144; PRAGMA mmap_size = 2147418112;", NULL, NULL,
                   NULL))
    stop(db, path);
  return db;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
  sqlite3_stmt *s = NULL;
  if (sqlite3_prepare_v2(db, sql, -1, &s, NULL)) stop(db, sql);
  return s;
}

static void run_once(sqlite3 *db, sqlite3_stmt *s) {
  if (sqlite3_step(s) != SQLITE_DONE) stop(db, "a row");
  (void)sqlite3_reset(s);
}

/* Build -------------------------------------------------------------------- */

static void put_mark(sqlite3 *db, sqlite3_stmt *s, const mark_line *m) {
  (void)sqlite3_bind_int64(s, 1, m->school);
  (void)sqlite3_bind_int64(s, 2, m->pupil);
  (void)sqlite3_bind_int64(s, 3, m->at);
  (void)sqlite3_bind_int64(s, 4, m->code);
  run_once(db, s);
}

/* The sessions of the first pupil, who has all. */
static void put_sessions(sqlite3 *db, const char *csv_path) {
  FILE *csv = line_open(csv_path);
  sqlite3_stmt *s = prepare(db, "INSERT INTO session VALUES (?, ?)");
  mark_line line = {0};
  uint32_t first = UINT32_MAX;
  int64_t week = -1;
  day monday = DAY_NONE;
  while (line_next(csv, &line) && (first == UINT32_MAX || line.pupil == first)) {
    first = line.pupil;
    week += date_monday(session_day(line.at)) != monday;
    monday = date_monday(session_day(line.at));
    (void)sqlite3_bind_int64(s, 1, line.at);
    (void)sqlite3_bind_int64(s, 2, week);
    run_once(db, s);
  }
  (void)sqlite3_finalize(s);
  (void)fclose(csv);
}

static int build(const char *path, const char *csv_path) {
  sqlite3 *db = open_database(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (sqlite3_exec(db, schema, NULL, NULL, NULL)) stop(db, "schema");
  (void)sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
  put_sessions(db, csv_path);
  sqlite3_stmt *s = prepare(db, "INSERT INTO mark VALUES (?, ?, ?, ?)");
  FILE *csv = line_open(csv_path);
  mark_line line;
  while (line_next(csv, &line)) put_mark(db, s, &line);
  (void)fclose(csv);
  (void)sqlite3_finalize(s);
  if (sqlite3_exec(db, "COMMIT", NULL, NULL, NULL)) stop(db, "commit");
  return sqlite3_close(db);
}

/* Questions ---------------------------------------------------------------- */

typedef struct results {
  pupil_answer *of;
  size_t count, room;
} results;

static void take_row(results *r, sqlite3_stmt *s) {
  if (r->count == r->room) {
    r->room = r->room ? 2 * r->room : 4096;
    r->of = realloc(r->of, r->room * sizeof *r->of);
    if (!r->of) exit(1);
  }
  uint32_t v[7];
  for (int i = 0; i < 7; i++) v[i] = (uint32_t)sqlite3_column_int64(s, i);
  r->of[r->count++] = (pupil_answer){v[0], v[1], v[2], v[3], v[4], v[5], v[6]};
}

static double sweep_once(sqlite3 *db, results *r) {
  double began = now();
  sqlite3_stmt *s = prepare(db, sweep_sql);
  int got;
  r->count = 0;
  while ((got = sqlite3_step(s)) == SQLITE_ROW) take_row(r, s);
  if (got != SQLITE_DONE) stop(db, "sweep");
  (void)sqlite3_finalize(s);
  return now() - began;
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static int sweep(const char *path, const char *times_text) {
  sqlite3 *db = open_database(path, SQLITE_OPEN_READONLY);
  double took[MOST_TIMES] = {0};
  size_t times = strtoul(times_text, NULL, 10);
  results r = {0};
  answer sum = {0};
  if (times == 0 || times > MOST_TIMES) return 2;
  for (size_t i = 0; i < times; i++) took[i] = sweep_once(db, &r);
  qsort(took, times, sizeof *took, by_size);
  (void)printf("seconds=%.6f\n", took[times / 2]);
  for (size_t i = 0; i < r.count; i++) answer_add(&sum, &r.of[i]);
  answer_print(&sum, "");
  free(r.of);
  return sqlite3_close(db);
}

static int codes(const char *path) {
  sqlite3 *db = open_database(path, SQLITE_OPEN_READONLY);
  double began = now();
  sqlite3_stmt *s = prepare(db, "SELECT code, count(*) FROM mark GROUP BY code ORDER BY code");
  while (sqlite3_step(s) == SQLITE_ROW)
    (void)printf("code_%d=%lld\n", sqlite3_column_int(s, 0), (long long)sqlite3_column_int64(s, 1));
  (void)sqlite3_finalize(s);
  (void)printf("seconds=%.6f\n", now() - began);
  return sqlite3_close(db);
}

static int size(const char *path, const char *table) {
  sqlite3 *db = open_database(path, SQLITE_OPEN_READONLY);
  sqlite3_stmt *s = prepare(db, "SELECT total(pgsize) FROM dbstat WHERE name = ?1");
  (void)sqlite3_bind_text(s, 1, table, -1, SQLITE_STATIC);
  if (sqlite3_step(s) != SQLITE_ROW) stop(db, table);
  (void)printf("bytes=%.0f\n", sqlite3_column_double(s, 0));
  (void)sqlite3_finalize(s);
  return sqlite3_close(db);
}

int main(int argc, char **argv) {
  if (argc == 4 && strcmp(argv[1], "build") == 0) return build(argv[2], argv[3]);
  if (argc == 4 && strcmp(argv[1], "sweep") == 0) return sweep(argv[2], argv[3]);
  if (argc == 3 && strcmp(argv[1], "codes") == 0) return codes(argv[2]);
  if (argc == 4 && strcmp(argv[1], "size") == 0) return size(argv[2], argv[3]);
  (void)fputs(
      "usage: rows build DATABASE MARKS.CSV | sweep DATABASE TIMES | codes DATABASE |"
      " size FILE TABLE\n",
      stderr);
  return 2;
}
