/* layout: how registers should lie in the database, by measurement.
 *
 *   layout FOLDER [SCHOOLS PUPILS [ROUNDS]]      (220 1000 5 if not given)
 *
 * Makes one database a layout in FOLDER (which must be there; for 220,000 pupils 1.2 GB
 * in all; they are removed at the end), all with the same marks of 190 days, and prints
 * a table: a row a layout, medians of interleaved rounds.
 *
 *   MB         the file, when a year came at once; "grown": when it came day by day
 *   read       every school's marks copied into a table of its own, as the sweep does;
 *              with SQLite's page cache, and with the file mapped
 *   count      every byte counted by its value, mapped
 *   day        a new day for everybody: from BEGIN to the end of COMMIT, and the WAL
 *   closed     the same until the connection is closed, so with the checkpoint
 *   amend      one mark of one pupil, a transaction of its own, and the WAL
 *   pupil      one pupil's year, mapped
 *
 * read, count and pupil are processor time; day, closed and amend are time on the clock, for
 * they wait for the disk (synchronous = FULL). The settings are those of the store. */
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
  DAYS = 190,
  SESSIONS = 2 * DAYS,
  FIRST_DAY = 20332,
  ROUNDS_MOST = 99,
  AMENDS = 20,
  READS = 200
};

/* How marks are cut into rows: `each` pupils with all their sessions in one blob, by
 * pupil; or `each` days of all pupils, a blob for mornings and one for afternoons. */
typedef struct layout {
  const char *name;
  bool by_pupil;
  size_t each;
  int page;
  const char *create, *put, *get; /* put: school, part, blobs; get: school, first, last part */
} layout;

#define KEY(part) "?1 << 20 | " part
#define ROWID_DAY                                                                            \
  "CREATE TABLE sheet (key INTEGER PRIMARY KEY, am BLOB NOT NULL, pm BLOB NOT NULL) STRICT", \
      "INSERT OR REPLACE INTO sheet VALUES (" KEY("?2") ", ?3, ?4)",                         \
      "SELECT am, pm FROM sheet WHERE key BETWEEN " KEY("?2") " AND " KEY("?3")
#define ROWID_PUPIL                                                        \
  "CREATE TABLE sheet (key INTEGER PRIMARY KEY, am BLOB NOT NULL) STRICT", \
      "INSERT OR REPLACE INTO sheet VALUES (" KEY("?2") ", ?3)",           \
      "SELECT am FROM sheet WHERE key BETWEEN " KEY("?2") " AND " KEY("?3")
#define TWO_COLUMNS                                                                      \
  "CREATE TABLE sheet (school INTEGER NOT NULL, day INTEGER NOT NULL, am BLOB NOT NULL," \
  " pm BLOB NOT NULL, PRIMARY KEY (school, day)) STRICT, WITHOUT ROWID",                 \
      "INSERT OR REPLACE INTO sheet VALUES (?1, ?2, ?3, ?4)",                            \
      "SELECT am, pm FROM sheet WHERE school = ?1 AND day BETWEEN ?2 AND ?3 ORDER BY day"
#define DAY_FIRST                                                                            \
  "CREATE TABLE sheet (key INTEGER PRIMARY KEY, am BLOB NOT NULL, pm BLOB NOT NULL) STRICT", \
      "INSERT OR REPLACE INTO sheet VALUES (?2 << 20 | ?1, ?3, ?4)",                         \
      "WITH RECURSIVE d(day) AS (SELECT ?2 UNION ALL SELECT day + 1 FROM d WHERE day < ?3)"  \
      " SELECT am, pm FROM d CROSS JOIN sheet ON key = day << 20 | ?1"

static const layout layouts[] = {
    {"a blob a pupil-year", true, 1, 4096, ROWID_PUPIL},
    {"a blob of 89 pupils' year", true, 89, 4096, ROWID_PUPIL},
    {"a school-day, WITHOUT ROWID", false, 1, 4096, TWO_COLUMNS},
    {"a school-day, WITHOUT ROWID", false, 1, 16384, TWO_COLUMNS},
    {"a school-day, integer key", false, 1, 4096, ROWID_DAY},
    {"a school-day, integer key", false, 1, 8192, ROWID_DAY},
    {"a school-day, integer key", false, 1, 16384, ROWID_DAY},
    {"a school-day, integer key", false, 1, 32768, ROWID_DAY},
    {"a day-school, integer key", false, 1, 16384, DAY_FIRST},
    {"a school-week, integer key", false, 5, 16384, ROWID_DAY},
};

enum { LAYOUTS = sizeof layouts / sizeof *layouts };

typedef struct bench {
  const char *folder;
  size_t schools, pupils, rounds;
  uint8_t *marks; /* [schools][SESSIONS][pupils] */
  uint8_t *room;  /* one school's */
  uint64_t chance;
} bench;

static void check(sqlite3 *d, bool good) {
  if (good) return;
  (void)fprintf(stderr, "layout: %s\n", d ? sqlite3_errmsg(d) : "no memory");
  exit(1);
}

static uint64_t next_random(uint64_t *state) { /* splitmix64, by Sebastiano Vigna */
  uint64_t z = (*state += 0x9E3779B97F4A7C15U);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

/* Databases -------------------------------------------------------------------- */

static size_t parts_of(const bench *b, const layout *l) {
  return ((l->by_pupil ? b->pupils : DAYS) + l->each - 1) / l->each;
}

static void path_of(const bench *b, const layout *l, const char *tail, char out[4096]) {
  (void)snprintf(out, 4096, "%s/layout-%d.db%s", b->folder, (int)(l - layouts), tail);
}

static void exec(sqlite3 *d, const char *sql) {
  check(d, sqlite3_exec(d, sql, NULL, NULL, NULL) == SQLITE_OK);
}

static sqlite3 *open_layout(const bench *b, const layout *l, bool mapped) {
  char path[4096];
  sqlite3 *d = NULL;
  path_of(b, l, "", path);
  check(d, sqlite3_open(path, &d) == SQLITE_OK);
  exec(d, "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA cache_size = -16000");
  exec(d, mapped ? "PRAGMA mmap_size = 2147418112" : "PRAGMA mmap_size = 0");
  return d;
}

static void close_layout(sqlite3 *d) { check(d, sqlite3_close(d) == SQLITE_OK); }

static void remove_layout(const bench *b, const layout *l) {
  static const char *const tails[] = {"", "-wal", "-shm"};
  char path[4096];
  for (int i = 0; i < 3; i++) {
    path_of(b, l, tails[i], path);
    (void)unlink(path);
  }
}

static sqlite3_stmt *prepare(sqlite3 *d, const char *sql) {
  sqlite3_stmt *s = NULL;
  check(d, sqlite3_prepare_v2(d, sql, -1, &s, NULL) == SQLITE_OK);
  return s;
}

static double file_mb(const bench *b, const layout *l, const char *tail) {
  char path[4096];
  struct stat is;
  path_of(b, l, tail, path);
  return stat(path, &is) == 0 ? (double)is.st_size / 1e6 : 0;
}

/* Rows --------------------------------------------------------------------------- */

static uint8_t *marks_of(const bench *b, size_t school) {
  return b->marks + school * SESSIONS * b->pupils;
}

/* The bytes of a part with `days` known; blank after, or left away. */
static size_t bytes_of(const bench *b, const layout *l, size_t school, size_t part, size_t days,
                       size_t half, uint8_t *out) {
  const uint8_t *from = marks_of(b, school);
  size_t first = part * l->each, n = 0;
  if (l->by_pupil) {
    for (size_t p = first; p < first + l->each && p < b->pupils; p++)
      for (size_t i = 0; i < SESSIONS; i++) out[n++] = i < 2 * days ? from[i * b->pupils + p] : 0;
    return n;
  }
  for (size_t d = first; d < first + l->each && d < days; d++, n += b->pupils)
    memcpy(out + n, from + (2 * d + half) * b->pupils, b->pupils);
  return n;
}

static void put(const bench *b, const layout *l, sqlite3_stmt *s, size_t school, size_t part,
                size_t days) {
  (void)sqlite3_bind_int64(s, 1, (int64_t)school);
  (void)sqlite3_bind_int64(s, 2, (int64_t)(FIRST_DAY + part));
  uint8_t *half = b->room;
  for (int h = 0; h < (l->by_pupil ? 1 : 2); h++) {
    size_t n = bytes_of(b, l, school, part, days, (size_t)h, half);
    (void)sqlite3_bind_blob64(s, 3 + h, half, n, SQLITE_STATIC);
    half += n;
  }
  check(sqlite3_db_handle(s), sqlite3_step(s) == SQLITE_DONE);
  (void)sqlite3_reset(s);
}

static void get(sqlite3_stmt *s, size_t school, size_t first, size_t last) {
  (void)sqlite3_reset(s);
  (void)sqlite3_bind_int64(s, 1, (int64_t)school);
  (void)sqlite3_bind_int64(s, 2, (int64_t)(FIRST_DAY + first));
  (void)sqlite3_bind_int64(s, 3, (int64_t)(FIRST_DAY + last));
}

/* A file with all days but the last; by school, or day by day. */
static double make(const bench *b, const layout *l, bool day_by_day) {
  remove_layout(b, l);
  sqlite3 *d = open_layout(b, l, false);
  char page[64];
  (void)snprintf(page, sizeof page, "PRAGMA page_size = %d", l->page);
  exec(d, page);
  exec(d, "PRAGMA synchronous = OFF; PRAGMA journal_mode = WAL");
  exec(d, l->create);
  sqlite3_stmt *s = prepare(d, l->put);
  exec(d, "BEGIN");
  size_t parts = parts_of(b, l), outer = day_by_day ? DAYS - 1 : 1;
  for (size_t day = 0; day < outer; day++)
    for (size_t school = 0; school < b->schools; school++)
      for (size_t part = 0; part < parts; part++)
        if (!day_by_day || part == day / l->each)
          if (l->by_pupil || part * l->each < DAYS - 1)
            put(b, l, s, school, part, day_by_day ? day + 1 : DAYS - 1);
  exec(d, "COMMIT");
  (void)sqlite3_finalize(s);
  close_layout(d);
  return file_mb(b, l, "");
}

/* Work --------------------------------------------------------------------------- */

static double now(clockid_t clock) {
  struct timespec t;
  (void)clock_gettime(clock, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

enum figure { READ, READ_MAPPED, COUNT, DAY, DAY_WAL, CLOSED, AMEND, AMEND_WAL, PUPIL, FIGURES };

static size_t read_school(const bench *b, const layout *l, sqlite3_stmt *s, size_t school) {
  size_t n = 0;
  get(s, school, 0, parts_of(b, l) - 1);
  while (sqlite3_step(s) == SQLITE_ROW)
    for (int i = 0; i < (l->by_pupil ? 1 : 2); i++) {
      size_t length = (size_t)sqlite3_column_bytes(s, i);
      memcpy(b->room + n, sqlite3_column_blob(s, i), length);
      n += length;
    }
  return n;
}

static double work_read(bench *b, const layout *l, bool mapped) {
  sqlite3 *d = open_layout(b, l, mapped);
  sqlite3_stmt *s = prepare(d, l->get);
  (void)read_school(b, l, s, 0);
  size_t bytes = 0;
  double from = now(CLOCK_PROCESS_CPUTIME_ID);
  for (size_t school = 0; school < b->schools; school++) bytes += read_school(b, l, s, school);
  double took = now(CLOCK_PROCESS_CPUTIME_ID) - from;
  check(d, bytes >= b->schools * b->pupils * (SESSIONS - 2));
  (void)sqlite3_finalize(s);
  close_layout(d);
  return took;
}

static double work_count(bench *b, const layout *l) {
  sqlite3 *d = open_layout(b, l, true);
  sqlite3_stmt *s = prepare(d, l->get);
  size_t of[4][256] = {{0}};
  double from = now(CLOCK_PROCESS_CPUTIME_ID);
  for (size_t school = 0; school < b->schools; school++) {
    get(s, school, 0, parts_of(b, l) - 1);
    while (sqlite3_step(s) == SQLITE_ROW)
      for (int i = 0; i < (l->by_pupil ? 1 : 2); i++) {
        size_t length = (size_t)sqlite3_column_bytes(s, i);
        const uint8_t *bytes = sqlite3_column_blob(s, i);
        for (size_t k = 0; k < length; k++) of[k & 3][bytes[k]]++;
      }
  }
  double took = now(CLOCK_PROCESS_CPUTIME_ID) - from;
  size_t marks = 0;
  for (int i = 0; i < 4; i++)
    for (int k = 1; k < 256; k++) marks += of[i][k];
  check(d, marks == b->schools * b->pupils * (SESSIONS - 2));
  (void)sqlite3_finalize(s);
  close_layout(d);
  return took;
}

/* Bytes in the middle of a row: the cheapest way that SQLite has. */
static void write_pupils(const bench *b, const layout *l, sqlite3 *d, size_t days) {
  sqlite3_blob *at = NULL;
  for (size_t school = 0; school < b->schools; school++)
    for (size_t p = 0; p < b->pupils; p++) {
      int64_t key = (int64_t)(school << 20 | (FIRST_DAY + p / l->each));
      int r = at ? (p % l->each ? SQLITE_OK : sqlite3_blob_reopen(at, key))
                 : sqlite3_blob_open(d, "main", "sheet", "am", key, 1, &at);
      uint8_t two[2] = {0, 0};
      for (size_t half = 0; half < 2 && days == DAYS; half++)
        two[half] = marks_of(b, school)[(SESSIONS - 2 + half) * b->pupils + p];
      check(d, r == SQLITE_OK);
      check(d, sqlite3_blob_write(at, two, 2, (int)(p % l->each * SESSIONS + SESSIONS - 2)) ==
                   SQLITE_OK);
    }
  (void)sqlite3_blob_close(at);
}

static void write_day(const bench *b, const layout *l, sqlite3 *d, size_t days) {
  exec(d, "BEGIN IMMEDIATE");
  if (l->by_pupil) {
    write_pupils(b, l, d, days);
  } else if (days < DAYS && l->each == 1) {
    exec(d, strstr(l->create, "WITHOUT") ? "DELETE FROM sheet WHERE day = 20521"
            : strstr(l->put, "?2 <<")    ? "DELETE FROM sheet WHERE key >> 20 = 20521"
                                         : "DELETE FROM sheet WHERE key & 1048575 = 20521");
  } else {
    sqlite3_stmt *s = prepare(d, l->put);
    for (size_t i = 0; i < b->schools; i++) put(b, l, s, i, parts_of(b, l) - 1, days);
    (void)sqlite3_finalize(s);
  }
  exec(d, "COMMIT");
}

static void work_day(bench *b, const layout *l, double *out) {
  sqlite3 *d = open_layout(b, l, true);
  double from = now(CLOCK_MONOTONIC);
  write_day(b, l, d, DAYS);
  out[DAY] = now(CLOCK_MONOTONIC) - from;
  out[DAY_WAL] = file_mb(b, l, "-wal");
  close_layout(d);
  out[CLOSED] = now(CLOCK_MONOTONIC) - from;
  d = open_layout(b, l, true);
  write_day(b, l, d, DAYS - 1);
  close_layout(d);
}

static void amend(bench *b, const layout *l, sqlite3 *d) {
  size_t school = next_random(&b->chance) % b->schools, p = next_random(&b->chance) % b->pupils;
  size_t day = next_random(&b->chance) % (DAYS - 1);
  size_t part = (l->by_pupil ? p : day) / l->each;
  sqlite3_stmt *g = prepare(d, l->get), *s = prepare(d, l->put);
  exec(d, "BEGIN IMMEDIATE");
  get(g, school, part, part);
  check(d, sqlite3_step(g) == SQLITE_ROW);
  uint8_t *row = b->room;
  (void)sqlite3_bind_int64(s, 1, (int64_t)school);
  (void)sqlite3_bind_int64(s, 2, (int64_t)(FIRST_DAY + part));
  for (int i = 0; i < (l->by_pupil ? 1 : 2); i++) {
    size_t n = (size_t)sqlite3_column_bytes(g, i);
    memcpy(row, sqlite3_column_blob(g, i), n);
    row[l->by_pupil ? p % l->each * SESSIONS + 2 * day : day % l->each * b->pupils + p] ^= 3;
    (void)sqlite3_bind_blob64(s, 3 + i, row, n, SQLITE_STATIC);
    row += n;
  }
  (void)sqlite3_finalize(g);
  check(d, sqlite3_step(s) == SQLITE_DONE);
  (void)sqlite3_finalize(s);
  exec(d, "COMMIT");
}

static void work_amend(bench *b, const layout *l, double *out) {
  sqlite3 *d = open_layout(b, l, true);
  double from = now(CLOCK_MONOTONIC);
  for (int i = 0; i < AMENDS; i++) amend(b, l, d);
  out[AMEND] = (now(CLOCK_MONOTONIC) - from) / AMENDS;
  out[AMEND_WAL] = file_mb(b, l, "-wal") * 1000 / AMENDS;
  close_layout(d);
}

static double work_pupil(bench *b, const layout *l) {
  sqlite3 *d = open_layout(b, l, true);
  sqlite3_stmt *s = prepare(d, l->get);
  double from = now(CLOCK_PROCESS_CPUTIME_ID);
  for (int i = 0; i < READS; i++) {
    size_t school = next_random(&b->chance) % b->schools, n = 0;
    size_t p = next_random(&b->chance) % b->pupils, part = p / l->each;
    get(s, school, l->by_pupil ? part : 0, l->by_pupil ? part : parts_of(b, l) - 1);
    while (sqlite3_step(s) == SQLITE_ROW) {
      if (l->by_pupil)
        memcpy(b->room, (const uint8_t *)sqlite3_column_blob(s, 0) + p % l->each * SESSIONS,
               SESSIONS);
      for (int half = 0; half < 2 && !l->by_pupil; half++) {
        const uint8_t *bytes = sqlite3_column_blob(s, half);
        size_t length = (size_t)sqlite3_column_bytes(s, half);
        for (size_t k = p; k < length; k += b->pupils) b->room[n++] = bytes[k];
      }
    }
  }
  double took = (now(CLOCK_PROCESS_CPUTIME_ID) - from) / READS;
  (void)sqlite3_finalize(s);
  close_layout(d);
  return took;
}

/* The table ---------------------------------------------------------------------- */

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *list, size_t count) {
  qsort(list, count, sizeof *list, by_size);
  return list[count / 2];
}

static double figures[LAYOUTS][FIGURES][ROUNDS_MOST];
static double sizes[LAYOUTS][2];

static void measure(bench *b, size_t i, size_t round) {
  const layout *l = &layouts[i];
  double of[FIGURES] = {0};
  of[READ] = work_read(b, l, false);
  of[READ_MAPPED] = work_read(b, l, true);
  of[COUNT] = work_count(b, l);
  of[PUPIL] = work_pupil(b, l) * 1000;
  work_day(b, l, of);
  work_amend(b, l, of);
  for (int f = 0; f < FIGURES; f++) figures[i][f][round] = of[f];
}

static void print_table(const bench *b) {
  (void)printf(
      "| a row holds | page | MB | grown | read ms | mapped | count ms | day ms | WAL MB"
      " | closed ms | amend ms | WAL KB | pupil µs |\n"
      "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
  for (size_t i = 0; i < LAYOUTS; i++) {
    (void)printf("| %s | %d | %.1f | %.1f", layouts[i].name, layouts[i].page, sizes[i][0],
                 sizes[i][1]);
    for (int f = 0; f < FIGURES; f++) (void)printf(" | %.1f", median(figures[i][f], b->rounds));
    (void)printf(" |\n");
  }
}

static void make_marks(bench *b) {
  static const uint8_t rare[] = {0x13, 0x35, 0x37, 0x41, 0x43, 0x44};
  size_t count = b->schools * SESSIONS * b->pupils;
  for (size_t i = 0; i < count; i++) {
    uint64_t draw = next_random(&b->chance);
    b->marks[i] = draw % 100 < 7 ? rare[(draw >> 32) % sizeof rare] : 0x11;
  }
}

int main(int argc, char **argv) {
  if (argc != 2 && argc != 4 && argc != 5) {
    (void)fputs("usage: layout FOLDER [SCHOOLS PUPILS [ROUNDS]]\n", stderr);
    return 2;
  }
  bench b = {.folder = argv[1], .schools = 220, .pupils = 1000, .rounds = 5, .chance = 1};
  if (argc > 2) b.schools = strtoul(argv[2], NULL, 10), b.pupils = strtoul(argv[3], NULL, 10);
  if (argc > 4) b.rounds = strtoul(argv[4], NULL, 10);
  if (!b.schools || !b.pupils || !b.rounds || b.rounds > ROUNDS_MOST) return 2;
  b.marks = malloc(b.schools * SESSIONS * b.pupils);
  b.room = malloc(2 * SESSIONS * (b.pupils + 89));
  check(NULL, b.marks && b.room);
  make_marks(&b);
  for (size_t i = 0; i < LAYOUTS; i++) {
    sizes[i][1] = layouts[i].by_pupil ? 0 : make(&b, &layouts[i], true);
    sizes[i][0] = make(&b, &layouts[i], false);
    if (layouts[i].by_pupil) sizes[i][1] = sizes[i][0]; /* rows of blanks from the first day on */
  }
  for (size_t round = 0; round < b.rounds; round++)
    for (size_t i = 0; i < LAYOUTS; i++) measure(&b, i, round);
  print_table(&b);
  for (size_t i = 0; i < LAYOUTS; i++) remove_layout(&b, &layouts[i]);
  return 0;
}
