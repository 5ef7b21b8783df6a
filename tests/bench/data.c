/* data: schools made for `make bench`: the same seed and sizes give the same bytes.
 *
 *   data FOLDER SCHOOLS PUPILS [pupil|date|grid] [SEED] [FIRST]
 *
 * FIRST numbers the schools from there (0 if not given), so that England can be made in
 * pieces. In FOLDER, which must be there:
 *
 *   waymark.lua   settings: the year 2025-26 of the example school
 *   schools.csv   school, name
 *   pupils.csv    PUPILS in each school
 *   marks.csv     a row a mark, to the last school day but one; by pupil, or by date; with
 *                 `grid` a row a pupil, and a column a half day
 *   day.csv       the last school day, for everybody
 *
 * National figures are made by a few pupils with much absence and many with little: four
 * in a hundred are away most of the time, 21 are patchy, the rest steady; absence comes in
 * spells. Pupils are in years 6 to 10: of compulsory school age all year, so that a
 * threshold for that age counts every session. Nothing is kept but one school's marks, or
 * with `date` all of them. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAYS = 366, SESSIONS = 2 * DAYS, CODES = 16, LINE = 64, KEY = 48 };

/* Chance ------------------------------------------------------------------- */

static uint64_t next_random(uint64_t *state) { /* splitmix64, by Sebastiano Vigna */
  uint64_t z = (*state += 0x9E3779B97F4A7C15U);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

static unsigned below(uint64_t *state, unsigned n) {
  return (unsigned)((next_random(state) >> 32) * n >> 32);
}

static bool in_thousand(uint64_t *state, unsigned n) { return below(state, 1000) < n; }

/* The year ----------------------------------------------------------------- */

typedef struct school_year {
  int days;
  char iso[DAYS][11];
  int weekday[DAYS]; /* 1 Monday */
} school_year;

typedef struct span_of_days {
  const char *from, *to;
} span_of_days;

static const span_of_days terms[] = {
    {"2025-09-01", "2025-12-19"}, {"2026-01-05", "2026-03-27"}, {"2026-04-13", "2026-07-20"}};
static const span_of_days away[] = {
    {"2025-10-27", "2025-10-31"}, {"2026-02-16", "2026-02-20"}, {"2026-05-25", "2026-05-29"},
    {"2025-09-01", "2025-09-01"}, {"2025-10-24", "2025-10-24"}, {"2025-11-03", "2025-11-03"},
    {"2026-05-01", "2026-05-01"}, {"2026-07-20", "2026-07-20"}, {"2026-05-04", "2026-05-04"}};

static const char settings[] =
    "use \"england\"\n"
    "use \"essex\"\n\n"
    "year \"2025-26\" {\n"
    "  term { \"2025-09-01\", \"2025-12-19\", half_term = { \"2025-10-27\", \"2025-10-31\" } },\n"
    "  term { \"2026-01-05\", \"2026-03-27\", half_term = { \"2026-02-16\", \"2026-02-20\" } },\n"
    "  term { \"2026-04-13\", \"2026-07-20\", half_term = { \"2026-05-25\", \"2026-05-29\" } },\n"
    "  inset { \"2025-09-01\", \"2025-10-24\", \"2025-11-03\", \"2026-05-01\", \"2026-07-20\" },\n"
    "  closed { \"2026-05-04\" },\n"
    "}\n";

static bool lies_in(const char *iso, const span_of_days *list, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(iso, list[i].from) >= 0 && strcmp(iso, list[i].to) <= 0) return true;
  return false;
}

/* From Monday 1 September 2025 on, by the calendar on the wall. */
static void make_year(school_year *y) {
  static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  int year = 2025, month = 9, day = 1, weekday = 1;
  char iso[48];
  y->days = 0;
  for (int i = 0; i < 330; i++) {
    (void)snprintf(iso, sizeof iso, "%04d-%02d-%02d", year, month, day);
    if (weekday <= 5 && lies_in(iso, terms, sizeof terms / sizeof *terms) &&
        !lies_in(iso, away, sizeof away / sizeof *away)) {
      memcpy(y->iso[y->days], iso, 11);
      y->weekday[y->days++] = weekday;
    }
    weekday = weekday % 7 + 1;
    if (++day > length[month - 1]) day = 1, month++;
    if (month > 12) month = 1, year++;
  }
}

/* Pupils ------------------------------------------------------------------- */

typedef struct kind {
  unsigned share, spell, none, longest, late, very_late; /* in a thousand; days */
} kind;

static const kind kinds[] = {
    {40, 380, 480, 16, 30, 10}, {210, 130, 440, 3, 60, 13}, {750, 20, 200, 3, 55, 3}};

static const kind *kind_of(uint64_t *chance) {
  unsigned draw = below(chance, 1000);
  if (draw < kinds[0].share) return &kinds[0];
  return draw < kinds[0].share + kinds[1].share ? &kinds[1] : &kinds[2];
}

/* The codes of a year, AM and PM by turns. */
static void make_marks(const school_year *y, uint64_t chance, char *codes) {
  const kind *k = kind_of(&chance);
  unsigned spell = 0;
  char code = 'I';
  for (int d = 0; d < y->days; d++) {
    unsigned likely = y->weekday[d] == 5 ? k->spell * 12 / 10 : k->spell;
    if (spell == 0 && in_thousand(&chance, likely)) {
      spell = in_thousand(&chance, 550) ? 1 : 1 + below(&chance, k->longest);
      code = 'I';
      if (in_thousand(&chance, k->none)) code = in_thousand(&chance, 100) ? 'G' : 'O';
      if (code == 'O' && y->days - d <= 5 && in_thousand(&chance, 300)) code = 'N';
    }
    char am = in_thousand(&chance, k->late) ? 'L' : in_thousand(&chance, k->very_late) ? 'U' : '/';
    char pm = in_thousand(&chance, 4) ? 'M' : '\\';
    codes[2 * d] = spell ? code : am;
    codes[2 * d + 1] = spell ? code : pm;
    if (spell) spell--;
  }
}

static void make_upn(size_t school, size_t pupil, char out[14]) {
  static const char letters[] = "ABCDEFGHJKLMNPQRTUVWXYZ";
  unsigned sum = 0;
  char digits[64];
  (void)snprintf(digits, sizeof digits, "%03zu%04zu%02zu%03zu", 201 + school / 220,
                 1001 + school % 220, 10 + pupil / 1000, pupil % 1000);
  for (unsigned i = 0; i < 12; i++) sum += (i + 2) * (unsigned)(digits[i] - '0');
  out[0] = letters[sum % 23];
  memcpy(out + 1, digits, 13);
}

static void school_key(size_t school, char out[KEY]) {
  (void)snprintf(out, KEY, "%03zu/%04zu", 201 + school / 220, 1001 + school % 220);
}

/* Files -------------------------------------------------------------------- */

static FILE *create(const char *folder, const char *name) {
  char path[4096];
  (void)snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *f = fopen(path, "wb");
  if (!f) {
    perror(path);
    exit(1);
  }
  (void)setvbuf(f, NULL, _IOFBF, 1 << 20);
  return f;
}

static void finish(FILE *f) {
  if (ferror(f) | fclose(f)) {
    perror("data");
    exit(1);
  }
}

static void put_mark(FILE *f, const char *key, const char *upn, const char *iso, int half,
                     char code) {
  char line[LINE];
  memcpy(line, key, 8);
  line[8] = ',';
  memcpy(line + 9, upn, 13);
  line[22] = ',';
  memcpy(line + 23, iso, 10);
  line[33] = line[36] = ',';
  line[34] = half ? 'P' : 'A';
  line[35] = 'M';
  line[37] = code;
  line[38] = '\n';
  if (fwrite(line, 39, 1, f) != 1) exit(1);
}

typedef struct request {
  const char *folder;
  size_t schools, pupils, first;
  const char *order;
  uint64_t seed;
} request;

static uint64_t seed_of(const request *r, size_t school, size_t pupil) {
  uint64_t state = r->seed ^ (uint64_t)school << 32 ^ pupil;
  return next_random(&state);
}

static void write_people(const request *r) {
  static const char *const forenames[] = {"Ada",  "Ben",   "Cal", "Dee",  "Eve",
                                          "Finn", "Grace", "Zoë", "Isla", "Jack"};
  static const char *const surnames[] = {"Begum", "Clarke", "Davies", "Evans",       "Hussain",
                                         "Khan",  "Nowak",  "O'Shea", "Smith-Jones", "Young"};
  FILE *schools = create(r->folder, "schools.csv"), *pupils = create(r->folder, "pupils.csv");
  char key[KEY], upn[14];
  (void)fputs("school,name\n", schools);
  (void)fputs("school,upn,surname,forename,dob,year,form\n", pupils);
  for (size_t s = r->first; s < r->first + r->schools; s++) {
    school_key(s, key);
    (void)fprintf(schools, "%s,School %zu\n", key, s + 1);
    for (size_t p = 0; p < r->pupils; p++) {
      uint64_t chance = seed_of(r, s, p) ^ 1;
      unsigned year = 6 + (unsigned)p % 5;
      make_upn(s, p, upn);
      (void)fprintf(pupils, "%s,%s,%s,%s,%u-%02u-%02u,%u,%u%c\n", key, upn,
                    surnames[below(&chance, 10)], forenames[below(&chance, 10)], 2025 - year - 4,
                    1 + below(&chance, 8), 1 + below(&chance, 28), year, year, "ABCDEFGH"[p % 8]);
    }
  }
  finish(schools);
  finish(pupils);
}

static void write_by_pupil(const request *r, const school_year *y, FILE *marks, FILE *day) {
  char key[KEY], upn[14], codes[SESSIONS] = {0};
  for (size_t s = r->first; s < r->first + r->schools; s++) {
    school_key(s, key);
    for (size_t p = 0; p < r->pupils; p++) {
      make_upn(s, p, upn);
      make_marks(y, seed_of(r, s, p), codes);
      for (int i = 0; i < 2 * y->days; i++)
        put_mark(i / 2 == y->days - 1 ? day : marks, key, upn, y->iso[i / 2], i & 1, codes[i]);
    }
  }
}

static void write_by_date(const request *r, const school_year *y, FILE *marks, FILE *day) {
  size_t sessions = 2 * (size_t)y->days, pupils = r->schools * r->pupils;
  char key[KEY], upn[14], *codes = calloc(pupils, sessions);
  if (!codes) exit(1);
  for (size_t i = 0; i < pupils; i++)
    make_marks(y, seed_of(r, r->first + i / r->pupils, i % r->pupils), codes + i * sessions);
  for (size_t d = 0; d < sessions / 2; d++)
    for (size_t i = 0; i < pupils; i++) {
      school_key(r->first + i / r->pupils, key);
      make_upn(r->first + i / r->pupils, i % r->pupils, upn);
      for (size_t half = 0; half < 2; half++)
        put_mark(d == sessions / 2 - 1 ? day : marks, key, upn, y->iso[d], (int)half,
                 codes[i * sessions + 2 * d + half]);
    }
  free(codes);
}

static void write_grid(const request *r, const school_year *y, FILE *marks, FILE *day) {
  char key[KEY], upn[14], codes[SESSIONS] = {0};
  int sessions = 2 * (y->days - 1);
  (void)fputs("school,upn", marks);
  for (int i = 0; i < sessions; i++)
    (void)fprintf(marks, ",%s %s", y->iso[i / 2], i & 1 ? "PM" : "AM");
  (void)fputc('\n', marks);
  for (size_t s = r->first; s < r->first + r->schools; s++) {
    school_key(s, key);
    for (size_t p = 0; p < r->pupils; p++) {
      make_upn(s, p, upn);
      make_marks(y, seed_of(r, s, p), codes);
      (void)fprintf(marks, "%s,%s", key, upn);
      for (int i = 0; i < sessions; i++) {
        (void)fputc(',', marks);
        (void)fputc(codes[i], marks);
      }
      (void)fputc('\n', marks);
      for (int i = sessions; i < sessions + 2; i++)
        put_mark(day, key, upn, y->iso[i / 2], i & 1, codes[i]);
    }
  }
}

int main(int argc, char **argv) {
  static school_year year;
  if (argc < 4) {
    (void)fputs("usage: data FOLDER SCHOOLS PUPILS [pupil|date|grid] [SEED] [FIRST]\n", stderr);
    return 2;
  }
  request r = {.folder = argv[1],
               .schools = strtoul(argv[2], NULL, 10),
               .pupils = strtoul(argv[3], NULL, 10),
               .order = argc > 4 ? argv[4] : "pupil",
               .seed = argc > 5 ? strtoull(argv[5], NULL, 10) : 1,
               .first = argc > 6 ? strtoul(argv[6], NULL, 10) : 0};
  make_year(&year);
  FILE *text = create(r.folder, "waymark.lua");
  (void)fputs(settings, text);
  finish(text);
  write_people(&r);
  FILE *marks = create(r.folder, "marks.csv"), *day = create(r.folder, "day.csv");
  bool is_grid = strcmp(r.order, "grid") == 0;
  if (!is_grid) (void)fputs("school,upn,date,session,code\n", marks);
  (void)fputs("school,upn,date,session,code\n", day);
  (is_grid                        ? write_grid
   : strcmp(r.order, "date") == 0 ? write_by_date
                                  : write_by_pupil)(&r, &year, marks, day);
  finish(marks);
  finish(day);
  return 0;
}
