/* memory: A and B (answer.h) over marks that are in memory, one thread: what the machine
 * can do when nothing is stored.
 *
 *   memory pack FILE PUPILS MARKS.CSV    append a file in pupil order, PUPILS a school
 *   memory measure FILE TIMES            each engine, the median of so many times
 *
 * The engines: `touch` reads every byte once and answers nothing; `bytes` is a plain loop
 * of this file's own, a byte at a time; `measure` is core/attendance/measure.h, the
 * definition; `kernel` and `lanes` are the fast ones beside it. `lanes` has a matrix a
 * school, a row a session, made before the clock starts. */
#include <time.h>

#include "attendance/kernel.h"
#include "attendance/lanes.h"
#include "line.h"

enum { MAGIC = 0x574D424E, MOST_SESSIONS = 1024, MOST_TIMES = 99 };

typedef struct header {
  uint32_t magic, sessions, pupils_a_school;
  session at[MOST_SESSIONS];
} header;

typedef struct registers {
  header head;
  int32_t week[MOST_SESSIONS];
  calendar calendar;
  compiled_rule national;
  size_t pupils, stride;
  mark *spans; /* [pupils][sessions] */
  mark *lanes; /* [schools][sessions][stride] */
} registers;

/* Pack --------------------------------------------------------------------- */

static void stop(const char *what) {
  perror(what);
  exit(1);
}

/* The sessions of the first pupil are those of all. */
static void learn_sessions(FILE *csv, header *h) {
  mark_line line;
  uint32_t first = UINT32_MAX;
  while (line_next(csv, &line)) {
    if (first == UINT32_MAX) first = line.pupil;
    if (line.pupil != first) break;
    if (h->sessions == MOST_SESSIONS) stop("too many sessions");
    h->at[h->sessions++] = line.at;
  }
  (void)fseek(csv, HEADING_BYTES, SEEK_SET);
}

static bool is_new(const char *path) {
  FILE *f = fopen(path, "rb");
  if (f) (void)fclose(f);
  return !f;
}

static int pack(const char *path, const char *pupils, const char *csv_path) {
  header h = {.magic = MAGIC, .pupils_a_school = (uint32_t)strtoul(pupils, NULL, 10)};
  bool first = is_new(path);
  FILE *csv = line_open(csv_path), *out = fopen(path, "ab");
  mark row[MOST_SESSIONS];
  mark_line line;
  size_t i = 0;
  if (!out) stop(path);
  learn_sessions(csv, &h);
  if (first) (void)fwrite(&h, sizeof h, 1, out);
  while (line_next(csv, &line)) {
    if (line.at != h.at[i]) stop("not in pupil order");
    row[i++] = line.code;
    if (i == h.sessions) (void)fwrite(row, i, 1, out), i = 0;
  }
  (void)fclose(csv);
  if (ferror(out) | fclose(out)) stop(path);
  return 0;
}

/* Load --------------------------------------------------------------------- */

static void load(registers *r, const char *path) {
  FILE *f = fopen(path, "rb");
  if (!f || fread(&r->head, sizeof r->head, 1, f) != 1 || r->head.magic != MAGIC) stop(path);
  long from = ftell(f);
  (void)fseek(f, 0, SEEK_END);
  size_t bytes = (size_t)(ftell(f) - from);
  (void)fseek(f, from, SEEK_SET);
  r->pupils = bytes / r->head.sessions;
  r->spans = malloc(bytes + 1);
  if (!r->spans || fread(r->spans, 1, bytes, f) != bytes) stop(path);
  (void)fclose(f);
}

static void make_calendar(registers *r) {
  for (size_t i = 1; i < r->head.sessions; i++)
    r->week[i] = r->week[i - 1] + (date_monday(session_day(r->head.at[i])) !=
                                   date_monday(session_day(r->head.at[i - 1])));
  r->calendar = (calendar){r->head.sessions, r->head.at, r->week};
}

static void make_rule(registers *r) {
  static code_set set;
  static const mark present[] = {0x10, 0x11, 0x12}, authorised[] = {0x30, 0x31},
                    unauthorised[] = {0x40, 0x41, 0x42, 0x43};
  static const char names[] = "/\\LIMGNOU";
  problem p;
  size_t n = 0;
  const struct {
    const mark *of;
    size_t count;
  } classes[] = {{present, 3}, {authorised, 2}, {unauthorised, 4}};
  for (size_t c = 0; c < 3; c++)
    for (size_t i = 0; i < classes[c].count; i++, n++) {
      code what = {.text = {names[n]}, .from = DAY_NONE, .to = DAY_NONE};
      if (code_set_put(&set, classes[c].of[i], &what, &p)) stop("codes");
    }
  const rule national = {.kind = RULE_ROLLING,
                       .name = "national",
                       .codes = {"G", "N", "O", "U"},
                       .code_count = 4,
                       .at_least = AT_LEAST,
                       .weeks = WEEKS,
                       .period = PERIOD_ALL,
                       .since = DAY_NONE};
  if (rule_compile(&national, &set, &r->national, &p)) stop("the rule");
}

/* Engines ------------------------------------------------------------------ */

static uint32_t number_of(const registers *r, size_t i) {
  size_t school = i / r->head.pupils_a_school;
  return (uint32_t)(school * A_SCHOOL + i % r->head.pupils_a_school);
}

static uint32_t first_of(const registers *r, size_t index) {
  return index == INDEX_NONE ? 0 : (uint32_t)r->head.at[index];
}

static void take_tally(pupil_answer *a, const tally *t) {
  a->possible = t->possible;
  a->attended = t->attended;
  a->authorised = t->by_class[CLASS_AUTHORISED];
  a->unauthorised = t->by_class[CLASS_UNAUTHORISED];
}

static void touch(const registers *r, pupil_answer *out) {
  const mark *at = r->spans, *end = at + r->pupils * r->head.sessions;
  uint64_t sum = 0, word;
  for (; at + sizeof word <= end; at += sizeof word) {
    memcpy(&word, at, sizeof word);
    sum += word;
  }
  out[0].largest = (uint32_t)(sum >> 32 ^ sum);
}

static void by_bytes(const registers *r, pupil_answer *out) {
  const int32_t *week = r->week;
  for (size_t i = 0; i < r->pupils; i++) {
    const mark *m = r->spans + i * r->head.sessions;
    uint32_t of[16] = {0}, count = 0, largest = 0;
    size_t tail = 0, first = INDEX_NONE;
    for (size_t s = 0; s < r->head.sessions; s++) {
      of[m[s] >> 4]++;
      for (; week[tail] <= week[s] - WEEKS; tail++) count -= m[tail] >> 4 == CLASS_UNAUTHORISED;
      count += m[s] >> 4 == CLASS_UNAUTHORISED;
      if (count > largest) largest = count;
      if (count >= AT_LEAST && first == INDEX_NONE) first = s;
    }
    out[i] = (pupil_answer){.pupil = number_of(r, i),
                            .first = first_of(r, first),
                            .largest = largest,
                            .possible = of[1] + of[2] + of[3] + of[4],
                            .attended = of[1] + of[2],
                            .authorised = of[3],
                            .unauthorised = of[4]};
  }
}

typedef void tally_function(const span *s, size_t from, size_t to, tally *out);
typedef void rule_function(const compiled_rule *r, const span *s, day from, day to, evidence *out);

static void by_span(const registers *r, tally_function *count, rule_function *walk,
                    pupil_answer *out) {
  size_t n = r->head.sessions;
  span s = {.calendar = &r->calendar,
            .end = n,
            .reach = n,
            .to = n,
            .as_of = session_day(r->head.at[n - 1]),
            .born = DAY_NONE};
  for (size_t i = 0; i < r->pupils; i++) {
    tally t;
    evidence e;
    s.marks = r->spans + i * n;
    count(&s, 0, n, &t);
    walk(&r->national, &s, DAY_NONE, DAY_NONE, &e);
    out[i] = (pupil_answer){
        .pupil = number_of(r, i), .first = first_of(r, e.first_met), .largest = e.largest};
    take_tally(&out[i], &t);
  }
}

static void by_measure(const registers *r, pupil_answer *out) {
  by_span(r, measure_tally, measure_rule, out);
}

static void by_kernel(const registers *r, pupil_answer *out) {
  by_span(r, kernel_tally, kernel_rule, out);
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

static void make_lanes(registers *r) {
  size_t width = r->head.pupils_a_school, n = r->head.sessions;
  size_t schools = (r->pupils + width - 1) / width;
  r->stride = (width + LANES_ALIGN - 1) / LANES_ALIGN * LANES_ALIGN;
  r->lanes = aligned_alloc(LANES_ALIGN, schools * n * r->stride);
  if (!r->lanes) stop("lanes");
  memset(r->lanes, 0, schools * n * r->stride);
  for (size_t i = 0; i < r->pupils; i++)
    for (size_t s = 0; s < n; s++)
      r->lanes[(i / width * n + s) * r->stride + i % width] = r->spans[i * n + s];
}

static void lane_answer(const registers *r, const tally *t, const lane_window *w,
                        pupil_answer *out) {
  out->first = first_of(r, w->first_met);
  out->largest = w->largest;
  take_tally(out, t);
}

static void by_lanes(const registers *r, pupil_answer *out) {
  size_t width = r->head.pupils_a_school, n = r->head.sessions;
  tally *tallies = malloc(width * sizeof *tallies);
  lane_window *windows = malloc(width * sizeof *windows);
  if (!tallies || !windows) stop("lanes");
  for (size_t from = 0; from < r->pupils; from += width) {
    size_t count = least(width, r->pupils - from);
    lanes l = {&r->calendar, r->lanes + from / width * n * r->stride, r->stride, count, n, n};
    lanes_tally(&l, 0, n, tallies);
    lanes_rolling(&r->national, &l, NULL, NULL, windows);
    for (size_t i = 0; i < count; i++) {
      out[from + i].pupil = number_of(r, from + i);
      lane_answer(r, &tallies[i], &windows[i], &out[from + i]);
    }
  }
  free(tallies);
  free(windows);
}

/* Measure ------------------------------------------------------------------ */

typedef struct engine {
  const char *name;
  void (*run)(const registers *r, pupil_answer *out);
} engine;

static double now(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void report(const registers *r, const engine *e, size_t times, pupil_answer *out) {
  double took[MOST_TIMES] = {0};
  answer sum = {0};
  char before[32];
  for (size_t i = 0; i < times; i++) {
    double began = now();
    e->run(r, out);
    took[i] = now() - began;
  }
  qsort(took, times, sizeof *took, by_size);
  (void)printf("%s_seconds=%.6f\n", e->name, took[times / 2]);
  if (e->run == touch) return;
  for (size_t i = 0; i < r->pupils; i++) answer_add(&sum, &out[i]);
  (void)snprintf(before, sizeof before, "%s_", e->name);
  answer_print(&sum, before);
}

static int measure(const char *path, const char *times) {
  static registers r;
  static const engine engines[] = {
      {"touch", touch},      {"bytes", by_bytes}, {"measure", by_measure},
      {"kernel", by_kernel}, {"lanes", by_lanes},
  };
  size_t wanted = strtoul(times, NULL, 10);
  load(&r, path);
  make_calendar(&r);
  make_rule(&r);
  make_lanes(&r);
  pupil_answer *out = calloc(r.pupils + 1, sizeof *out);
  if (!out || wanted == 0 || wanted > MOST_TIMES) stop("measure");
  for (size_t i = 0; i < sizeof engines / sizeof *engines; i++)
    report(&r, &engines[i], wanted, out);
  free(out);
  free(r.lanes);
  free(r.spans);
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 5 && strcmp(argv[1], "pack") == 0) return pack(argv[2], argv[3], argv[4]);
  if (argc == 4 && strcmp(argv[1], "measure") == 0) return measure(argv[2], argv[3]);
  (void)fputs("usage: memory pack FILE PUPILS MARKS.CSV | memory measure FILE TIMES\n", stderr);
  return 2;
}
