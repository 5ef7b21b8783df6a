/* kernel_time: what the kernels cost beside the plain loops of measure.c, in
 * processor time: nanoseconds a pupil for each kind of rule, and milliseconds for
 * the registers of an authority (one school's in memory, worked through 220 times).
 * Run by hand:
 *
 *   gcc -O2 -std=c11 -D_GNU_SOURCE -Icore -o /tmp/kernel_time tests/support/kernel_time.c \
 *     build/o/attendance/?*.o build/o/base/?*.o && /tmp/kernel_time */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "attendance/lanes.h"

enum { PUPILS = 1000, SCHOOLS = 220, ROUNDS = 7 };

static const age_range compulsory = {true, 5, {{3, 31}, {8, 31}, {12, 31}}, 3, 16, {9, 1}, 6, 4};

static const kernel_ops *implementations[2];
static size_t implementation_count;

static int below(int n) { return rand() % n; } /* the same every time */
static bool chance(int percent) { return below(100) < percent; }

static void *must(void *block) {
  if (!block) abort();
  return block;
}

/* A school year of 38 weeks; about 7 in 100 sessions absent. */
typedef struct year {
  calendar calendar;
  lanes lanes;
  mark *rows, *columns;
  span pupils[PUPILS];
  uint32_t low[PUPILS], high[PUPILS];
} year;

static mark usual_mark(mark before) {
  static const mark absent[] = {0x31, 0x32, 0x33, 0x41, 0x42, 0x43, 0x44};
  if (before > 0x2f && chance(60)) return before;
  return chance(3) ? absent[below(7)] : chance(2) ? 0x21 : 0x11;
}

static void make_year(year *y) {
  static school_day days[38 * 5];
  problem p;
  for (int i = 0; i < 38 * 5; i++)
    days[i] = (school_day){date_of(2025, 9, 1) + i / 5 * 7 + i % 5, {true, true}};
  if (calendar_build(days, 38 * 5, &y->calendar, &p)) abort();
  size_t n = y->calendar.count, stride = 17 * LANES_ALIGN;
  y->rows = must(aligned_alloc(LANES_ALIGN, n * stride));
  y->columns = must(calloc(n, PUPILS));
  memset(y->rows, 0, n * stride);
  for (size_t k = 0; k < PUPILS; k++) {
    mark *marks = y->columns + k * n;
    for (size_t i = 0; i < n; i++) marks[i] = usual_mark(i ? marks[i - 1] : 0x11);
    for (size_t i = 0; i < n; i++) y->rows[i * stride + k] = marks[i];
    y->pupils[k] = (span){
        &y->calendar, marks, NULL, n, n, 0, n, date_of(2026, 7, 20), date_of(2011, 1, 1) + below(3000)};
  }
  y->lanes = (lanes){&y->calendar, y->rows, stride, PUPILS, n, n};
}

static double processor_ns(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double lesser(double a, double b) { return a < b ? a : b; }

/* Nanoseconds a pupil; `ops` NULL is the plain loop, `r` NULL a tally. */
static double time_rule(const kernel_ops *ops, const compiled_rule *r, const year *y) {
  double best = 1e18;
  evidence e;
  tally t;
  for (int round = 0; round < ROUNDS; round++) {
    double start = processor_ns();
    for (int again = 0; again < 20; again++)
      for (size_t k = 0; k < PUPILS; k++) {
        const span *s = &y->pupils[k];
        if (r && ops) kernel_rule_by(ops, r, s, DAY_NONE, DAY_NONE, &e);
        if (r && !ops) measure_rule(r, s, DAY_NONE, DAY_NONE, &e);
        if (!r && ops) kernel_tally_by(ops, s, 0, s->end, &t);
        if (!r && !ops) measure_tally(s, 0, s->end, &t);
      }
    best = lesser(best, (processor_ns() - start) / 20 / PUPILS);
  }
  return best;
}

static void print_rule(const char *what, const compiled_rule *r, const year *y) {
  double plain = time_rule(NULL, r, y);
  printf("%-8s plain %7.1f ns a pupil", what, plain);
  for (size_t i = 0; i < implementation_count; i++) {
    double fast = time_rule(implementations[i], r, y);
    printf("   %s %6.1f (%4.1fx)", implementations[i]->name, fast, plain / fast);
  }
  printf("\n");
}

static void print_lanes(const kernel_ops *ops, const compiled_rule *r, year *y) {
  static tally tallies[PUPILS];
  static lane_window windows[PUPILS];
  static uint32_t missing[PUPILS];
  double best[4] = {1e18, 1e18, 1e18, 1e18};
  for (int round = 0; round < ROUNDS; round++) {
    double at[5] = {processor_ns()};
    for (int n = 0; n < SCHOOLS; n++) lanes_tally_by(ops, &y->lanes, 0, y->lanes.end, tallies);
    at[1] = processor_ns();
    for (int n = 0; n < SCHOOLS; n++) lanes_rolling_by(ops, r, &y->lanes, NULL, NULL, windows);
    at[2] = processor_ns();
    for (int n = 0; n < SCHOOLS; n++) lanes_rolling_by(ops, r, &y->lanes, y->low, y->high, windows);
    at[3] = processor_ns();
    for (int n = 0; n < SCHOOLS; n++)
      lanes_missing_by(ops, &y->lanes, 0, y->lanes.end, y->low, y->high, missing);
    at[4] = processor_ns();
    for (int i = 0; i < 4; i++) best[i] = lesser(best[i], (at[i + 1] - at[i]) / 1e6);
  }
  printf(
      "lanes, %d x %d x %zu, %-5s: tally %.1f ms, rolling %.1f ms, rolling with scopes %.1f ms,"
      " missing %.1f ms\n",
      SCHOOLS, PUPILS, y->lanes.end, ops->name, best[0], best[1], best[2], best[3]);
}

int main(void) {
  static year y;
  static compiled_rule r[RULE_KINDS];
  implementations[implementation_count++] = &kernel_words;
  if (kernel_avx2()) implementations[implementation_count++] = kernel_avx2();
  make_year(&y);
  for (int k = 0; k < RULE_KINDS; k++) {
    r[k].rule = (rule){.kind = (enum rule_kind)k,
                  .at_least = 10,
                  .weeks = 10,
                  .since = date_of(2024, 8, 19),
                  .ages = compulsory,
                  .bands = {90, 50},
                  .band_count = 2};
    mark_table_add_class(&r[k].counts, CLASS_UNAUTHORISED);
  }
  for (size_t k = 0; k < PUPILS; k++) {
    size_t low, high;
    rule_scope(&r[RULE_ROLLING].rule, &y.pupils[k], &low, &high);
    y.low[k] = (uint32_t)low, y.high[k] = (uint32_t)high;
  }
  print_rule("tally", NULL, &y);
  for (int k = 0; k < RULE_KINDS; k++) print_rule(rule_kind_name((enum rule_kind)k), &r[k], &y);
  for (size_t i = 0; i < implementation_count; i++)
    print_lanes(implementations[i], &r[RULE_ROLLING], &y);
  return 0;
}
