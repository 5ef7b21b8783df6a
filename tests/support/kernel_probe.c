/* kernel_probe: the kernels against the plain loops of measure.c.
 *
 *   kernel_probe check SEED CASES   CASES random registers, calendars and rules, each
 *                                   from its own seed; every field of every answer of
 *                                   every implementation. The first difference is
 *                                   printed with its seed, and the probe ends with 1.
 *   kernel_probe names              the implementations of this machine */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/lanes_profile.h"

enum { YEAR_WEEKS = 44, MOST_DAYS = 8000, MOST_LANES = 150 };

static const kernel_ops *implementations[2];
static size_t implementation_count;

static void find_implementations(void) {
  implementations[implementation_count++] = &kernel_words;
  if (kernel_avx2()) implementations[implementation_count++] = kernel_avx2();
}

/* Chance ------------------------------------------------------------------ */

static uint64_t state; /* splitmix64 */

static uint64_t next_random(void) {
  uint64_t z = state += 0x9e3779b97f4a7c15U;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
  z = (z ^ z >> 27) * 0x94d049bb133111ebU;
  return z ^ z >> 31;
}

static int below(int n) { return (int)(next_random() % (uint64_t)n); }
static bool chance(int percent) { return below(100) < percent; }
static size_t index_to(size_t n) { return (size_t)below((int)n + 1); }

static void *must(void *block) {
  if (!block) abort();
  return block;
}

/* Registers --------------------------------------------------------------- */

static size_t add_week(day monday, school_day *days) {
  enum { NORMAL, HOLIDAY, TRAINING, ONE_SESSION, ODD } kind = NORMAL;
  if (chance(30)) kind = (below(4) + 1);
  if (kind == HOLIDAY) return 0;
  if (kind == ONE_SESSION) {
    int half = below(2);
    days[0] = (school_day){monday + below(7), {half == 0, half == 1}};
    return 1;
  }
  int n = kind == ODD ? 7 : 5;
  for (int i = 0; i < n; i++) {
    bool am = kind == ODD ? chance(50) : kind == NORMAL, pm = kind == ODD ? chance(50) : am;
    days[i] = (school_day){monday + i, {am, pm}};
  }
  return (size_t)n;
}

/* Mostly a year or two; sometimes none, one session, 20 years or more than a set
 * of sessions holds. */
static void make_calendar(calendar *out) {
  static school_day days[MOST_DAYS];
  day monday = date_monday(date_of(2005 + below(18), 1 + below(12), 1));
  int weeks = chance(80) ? 1 + below(2 * YEAR_WEEKS) : below(3);
  size_t n = 0;
  if (below(150) == 0) weeks = 19 * YEAR_WEEKS + below(14 * YEAR_WEEKS);
  for (int w = 0; w < weeks && n + 7 <= MOST_DAYS; w++) n += add_week(monday + 7 * w, days + n);
  problem p;
  if (calendar_build(days, n, out, &p)) abort();
}

static day some_day(const calendar *c) {
  if (c->count == 0) return date_of(2020, 1, 1) + below(700);
  return session_day(c->at[0]) - 20 +
         below(session_day(c->at[c->count - 1]) - session_day(c->at[0]) + 40);
}

/* How often each class comes, and how often a mark is that of the session before. */
typedef struct habits {
  int weight[CLASS_COUNT + 1], sum, sticky, ordinals;
} habits;

static habits make_habits(void) {
  habits h = {.sticky = chance(15) ? 100 : below(95), .ordinals = 1 + below(16)};
  for (int c = 0; c <= CLASS_COUNT; c++) h.sum += h.weight[c] = chance(60) ? 1 + below(30) : 0;
  h.sum += 1, h.weight[CLASS_PRESENT]++;
  return h;
}

/* (The last weight is for the byte that has the class missing and is no blank.) */
static mark make_mark(const habits *h, mark before) {
  int c = 0;
  if (chance(h->sticky)) return before;
  for (int left = below(h->sum); left >= h->weight[c]; c++) left -= h->weight[c];
  if (c == CLASS_COUNT) return chance(5) ? 5 : MARK_NONE;
  return c ? (mark)(c << 4 | below(h->ordinals)) : MARK_NONE;
}

static void make_span(const calendar *c, mark *marks, span *out) {
  habits h = make_habits();
  for (size_t i = 0; i < c->count; i++) marks[i] = make_mark(&h, i ? marks[i - 1] : MARK_NONE);
  *out = (span){.calendar = c, .marks = marks, .end = c->count, .reach = c->count};
  out->to = c->count;
  out->born = chance(20) ? DAY_NONE : some_day(c) - (chance(50) ? 5 : 16) * 365;
  if (chance(50)) out->end = index_to(c->count);
  if (chance(50)) out->reach = index_to(c->count);
  if (chance(30)) out->from = index_to(c->count);
  if (chance(30)) out->to = index_to(c->count);
  out->as_of = out->end ? session_day(c->at[out->end - 1]) + below(3) : some_day(c);
}

/* Rules ------------------------------------------------------------------- */

static const age_range compulsory = {true, 5, {{3, 31}, {8, 31}, {12, 31}}, 3, 16, {9, 1}, 6, 4};

static month_day some_month_day(void) { return (month_day){1 + below(12), 1 + below(28)}; }

static age_range some_ages(void) {
  age_range a = {.used = true, .from_age = 1 + below(10), .to_age = 5 + below(14)};
  a.from_count = 1 + below(AGE_DATES);
  for (int i = 0; i < a.from_count; i++) a.from_on[i] = some_month_day();
  a.year_begins = some_month_day();
  a.to_month = 1 + below(12), a.to_weekday = below(7);
  return a;
}

static void make_set(mark_table *out) {
  memset(out, 0, sizeof *out);
  switch (below(4)) {
    case 0:
      for (int c = 0; c < CLASS_COUNT; c++)
        if (chance(30)) mark_table_add_class(out, (enum mark_class)c);
      break;
    case 1:
      for (int i = 0; i < 4; i++) out->has[CLASS_UNAUTHORISED << 4 | below(8)] = 1;
      break;
    case 2:
      for (int m = 0; m < CLASS_COUNT << 4; m++) out->has[m] = chance(50);
      break;
    default: memset(out->has, chance(30), CLASS_COUNT << 4);
  }
}

static void make_rule(const calendar *c, enum rule_kind kind, compiled_rule *compiled) {
  rule *out = &compiled->rule;
  *compiled = (compiled_rule){.rule.kind = kind};
  out->period = kind == RULE_ROLLING ? PERIOD_WEEKS : (enum rule_period)below(3);
  out->weeks = chance(50) ? 1 + below(12) : 1 + below(60);
  out->at_least = chance(80) ? below(20) : below(300);
  out->since = chance(30) ? some_day(c) : DAY_NONE;
  if (chance(40)) out->ages = chance(70) ? compulsory : some_ages();
  out->band_count = below(RULE_BANDS);
  for (int i = 0; i < out->band_count; i++) out->bands[i] = 100 - 8 * i - below(8);
  out->least_possible = below(60);
  make_set(&compiled->counts);
  out->by_day =
      chance(30) && (kind == RULE_LONGEST || (kind == RULE_COUNT && out->period != PERIOD_WEEKS));
  if (kind == RULE_LONGEST && chance(20)) out->after_count = 1, make_set(&compiled->after);
}

/* Comparing --------------------------------------------------------------- */

static uint64_t seed;

static bool same(const char *by, const char *what, const char *field, uint64_t is,
                 uint64_t should) {
  if (is == should) return true;
  printf("seed %" PRIu64 ": %s, %s: %s is %" PRId64 ", not %" PRId64 "\n", seed, by, what, field,
         (int64_t)is, (int64_t)should);
  return false;
}

#define SAME(f) same(by, what, #f, (uint64_t)a->f, (uint64_t)b->f)

static bool same_tally(const char *by, const char *what, const tally *a, const tally *b) {
  return SAME(by_class[0]) && SAME(by_class[1]) && SAME(by_class[2]) && SAME(by_class[3]) &&
         SAME(by_class[4]) && SAME(by_class[5]) && SAME(by_class[6]) && SAME(possible) &&
         SAME(attended) && SAME(absent);
}

static bool same_evidence(const char *by, const char *what, const evidence *a, const evidence *b) {
  return SAME(rule) && SAME(from) && SAME(to) && SAME(met) && SAME(count) && SAME(of) &&
         same_tally(by, what, &a->tally, &b->tally) && SAME(band) && SAME(too_few) &&
         SAME(run_from) && SAME(run_to) && SAME(first_met) && SAME(spell) && SAME(largest) &&
         SAME(largest_at);
}

static bool same_window(const char *by, const char *what, const lane_window *a, const evidence *b) {
  return SAME(first_met) && SAME(spell) && SAME(largest) && SAME(count);
}

static bool check_rule(const compiled_rule *r, const span *s, day from, day to) {
  evidence plain, fast;
  measure_rule(r, s, from, to, &plain);
  for (size_t i = 0; i < implementation_count; i++) {
    memset(&fast, 0xa5, sizeof fast);
    kernel_rule_by(implementations[i], r, s, from, to, &fast);
    if (!same_evidence(implementations[i]->name, rule_kind_name(r->rule.kind), &fast, &plain))
      return false;
  }
  return true;
}

/* The scope, session by session. */
static bool in_scope(const rule *r, const span *s, size_t i) {
  day on = session_day(s->calendar->at[i]), first = DAY_NONE, last = DAY_NONE;
  if (r->ages.used) age_range_days(&r->ages, s->born, &first, &last);
  return i < s->end && on >= r->since && on >= first && (last == DAY_NONE || on <= last);
}

static bool check_scope(const rule *r, const span *s) {
  size_t low, high, n = 0;
  rule_scope(r, s, &low, &high);
  for (size_t i = 0; i < s->calendar->count; i++) {
    n += in_scope(r, s, i);
    if (!same("rule_scope", "scope", "a session's place", i >= low && i < high, in_scope(r, s, i)))
      return false;
  }
  return same("rule_scope", "scope", "its length", high - low, n);
}

static bool check_tally(const span *s, size_t from, size_t to) {
  tally plain, fast;
  measure_tally(s, from, to, &plain);
  for (size_t i = 0; i < implementation_count; i++) {
    kernel_tally_by(implementations[i], s, from, to, &fast);
    if (!same_tally(implementations[i]->name, "tally", &fast, &plain)) return false;
  }
  return true;
}

static bool check_span(const calendar *c) {
  span s;
  compiled_rule r;
  mark *marks = must(malloc(c->count ? c->count : 1)); /* to the byte, for the sanitizer */
  bool good = true;
  make_span(c, marks, &s);
  for (int n = 0; n < 2 * RULE_KINDS && good; n++) {
    make_rule(c, (enum rule_kind)(n % RULE_KINDS), &r);
    day from = chance(25) ? some_day(c) : DAY_NONE, to = chance(25) ? some_day(c) : DAY_NONE;
    size_t a = index_to(c->count), b = index_to(c->count);
    good = check_scope(&r.rule, &s) && check_rule(&r, &s, from, to) &&
           check_tally(&s, a < b ? a : b, a < b ? b : a);
  }
  free(marks);
  return good;
}

/* Lanes ------------------------------------------------------------------- */

typedef struct school {
  lanes lanes;
  mark *marks, *columns;
  span pupils[MOST_LANES];
  uint32_t low[MOST_LANES], high[MOST_LANES], begin[MOST_LANES], finish[MOST_LANES];
} school;

/* Pupils as spans, and the same marks as rows. All know the same end and reach. */
static void make_school(const calendar *c, size_t width, school *out) {
  size_t stride = (width + LANES_ALIGN - 1) / LANES_ALIGN * LANES_ALIGN;
  size_t size = c->count * stride;
  out->marks = must(aligned_alloc(LANES_ALIGN, size ? size : LANES_ALIGN));
  out->columns = must(malloc(c->count * width + 1));
  for (size_t i = 0; i < size; i++) out->marks[i] = (mark)next_random();
  for (size_t k = 0; k < width; k++) {
    span *s = &out->pupils[k];
    make_span(c, out->columns + k * c->count, s);
    s->end = out->pupils[0].end, s->reach = out->pupils[0].reach, s->as_of = out->pupils[0].as_of;
    out->begin[k] = (uint32_t)s->from, out->finish[k] = (uint32_t)s->to;
    for (size_t i = 0; i < c->count; i++) out->marks[i * stride + k] = s->marks[i];
  }
  out->lanes = (lanes){c, out->marks, stride, width, out->pupils[0].end, out->pupils[0].reach};
}

static void free_school(school *s) {
  free(s->marks);
  free(s->columns);
}

static bool check_lane_windows(const kernel_ops *ops, const compiled_rule *r, school *s) {
  lane_window windows[MOST_LANES];
  bool scoped = r->rule.since != DAY_NONE || r->rule.ages.used;
  for (size_t k = 0; k < s->lanes.width; k++) {
    size_t low, high;
    rule_scope(&r->rule, &s->pupils[k], &low, &high);
    s->low[k] = (uint32_t)low, s->high[k] = (uint32_t)high;
  }
  lanes_rolling_by(ops, r, &s->lanes, scoped ? s->low : NULL, scoped ? s->high : NULL, windows);
  for (size_t k = 0; k < s->lanes.width; k++) {
    evidence plain;
    measure_rule(r, &s->pupils[k], DAY_NONE, DAY_NONE, &plain);
    if (!same_window(ops->name, "lanes, rolling", &windows[k], &plain)) return false;
  }
  return true;
}

static bool check_lane_missing(const kernel_ops *ops, const school *s, day from, day to) {
  uint32_t counts[MOST_LANES];
  const compiled_rule r = {
      .rule = {.kind = RULE_MISSING, .period = PERIOD_ALL, .at_least = 1, .since = DAY_NONE}};
  evidence plain;
  measure_rule(&r, &s->pupils[0], from, to, &plain);
  lanes_missing_by(ops, &s->lanes, plain.from, plain.to, s->begin, s->finish, counts);
  for (size_t k = 0; k < s->lanes.width; k++) {
    measure_rule(&r, &s->pupils[k], from, to, &plain);
    if (!same(ops->name, "lanes, missing", "count", counts[k], plain.count)) return false;
  }
  return true;
}

static bool check_lane_tallies(const kernel_ops *ops, const school *s, size_t from, size_t to) {
  tally tallies[MOST_LANES], plain;
  lanes_tally_by(ops, &s->lanes, from, to, tallies);
  for (size_t k = 0; k < s->lanes.width; k++) {
    measure_tally(&s->pupils[k], from, to, &plain);
    if (!same_tally(ops->name, "lanes, tally", &tallies[k], &plain)) return false;
  }
  return true;
}

/* Trends and weekdays, beside the sums of these pupils. */
static bool check_lane_profiles(const calendar *c, school *s) {
  compiled_rule r = {.rule = {.kind = chance(50) ? RULE_TREND : RULE_WEEKDAY,
                              .weeks = 1 + below(12),
                              .before = 1 + below(12),
                              .points = 1 + below(20),
                              .at_least = 1 + below(4),
                              .was_at_least = chance(50) ? 0 : below(90),
                              .beside_school = chance(60),
                              .least_possible = below(40),
                              .since = DAY_NONE}};
  static tally now[MOST_LANES], before[MOST_LANES];
  static lane_week weeks[MOST_LANES];
  bool met[MOST_LANES], known = chance(90), good = true;
  school_session *all = must(calloc(c->count + 1, sizeof *all));
  r.rule.classes = 1U << CLASS_AUTHORISED | 1U << CLASS_UNAUTHORISED;
  if (r.rule.kind == RULE_WEEKDAY && chance(40)) r.rule.classes = 1U << CLASS_UNAUTHORISED;
  for (int k = 0; k < CLASS_COUNT; k++)
    if (r.rule.classes >> k & 1U) mark_table_add_class(&r.counts, (enum mark_class)k);
  for (size_t i = 0; i < s->lanes.end; i++)
    for (size_t k = 0; k < s->lanes.width; k++) {
      enum mark_class class = mark_class_of(s->pupils[k].marks[i]);
      all[i].possible += class_is_possible(class);
      all[i].authorised += class == CLASS_AUTHORISED;
      all[i].unauthorised += class == CLASS_UNAUTHORISED;
    }
  if (r.rule.kind == RULE_TREND)
    lanes_trend(&r, &s->lanes, known ? all : NULL, now, before, met);
  else
    lanes_weekday(&r, &s->lanes, known ? all : NULL, weeks, met);
  for (size_t k = 0; good && k < s->lanes.width; k++) {
    span pupil = s->pupils[k];
    evidence plain;
    pupil.school = known ? all : NULL;
    measure_rule(&r, &pupil, DAY_NONE, DAY_NONE, &plain);
    good = same("lanes", rule_kind_name(r.rule.kind), "met", met[k], plain.met);
  }
  free(all);
  return good;
}

static bool check_lanes(const calendar *c) {
  school s;
  compiled_rule r;
  bool good = true;
  make_school(c, 1 + (size_t)below(c->count > 1000 ? 3 : MOST_LANES), &s);
  for (int n = 0; n < 3 && good; n++) {
    make_rule(c, chance(80) ? RULE_ROLLING : RULE_COUNT, &r);
    r.rule.period = PERIOD_WEEKS;
    day from = chance(30) ? some_day(c) : DAY_NONE, to = chance(30) ? some_day(c) : DAY_NONE;
    size_t a = index_to(c->count), b = index_to(c->count);
    for (size_t i = 0; i < implementation_count && good; i++)
      good = check_lane_windows(implementations[i], &r, &s) &&
             check_lane_missing(implementations[i], &s, from, to) &&
             check_lane_tallies(implementations[i], &s, a < b ? a : b, a < b ? b : a);
    good = good && check_lane_profiles(c, &s);
  }
  free_school(&s);
  return good;
}

/* One window that holds every session, all counted, about as many as a byte counts;
 * the rule asks for about as many. */
static bool check_full_window(void) {
  static school_day days[200];
  int n = (chance(50) ? 126 : 253) + below(4), width = 1 + below(70);
  calendar c;
  problem p;
  school s;
  compiled_rule r = {
      .rule = {.kind = RULE_ROLLING, .weeks = 60, .at_least = n - 1 + below(3), .since = DAY_NONE}};
  memset(r.counts.has, 1, CLASS_COUNT << 4);
  for (int i = 0; i < n; i++)
    days[i / 2] = (school_day){date_of(2025, 9, 1) + i / 2, {true, i + 1 < n}};
  if (calendar_build(days, (size_t)(n + 1) / 2, &c, &p)) abort();
  make_school(&c, (size_t)width, &s);
  bool good = true;
  for (size_t i = 0; i < implementation_count && good; i++)
    good = check_lane_windows(implementations[i], &r, &s);
  free_school(&s);
  calendar_free(&c);
  return good;
}

static bool check_case(void) {
  calendar c;
  state = seed;
  make_calendar(&c);
  bool good = check_span(&c) && (seed % 8 != 0 || check_lanes(&c)) &&
              (seed % 8 != 1 || check_full_window());
  calendar_free(&c);
  return good;
}

int main(int argc, char **argv) {
  find_implementations();
  if (argc == 2 && strcmp(argv[1], "names") == 0) {
    for (size_t i = 0; i < implementation_count; i++) printf("%s\n", implementations[i]->name);
    return 0;
  }
  if (argc != 4 || strcmp(argv[1], "check") != 0) {
    fprintf(stderr, "usage: kernel_probe check SEED CASES | names\n");
    return 2;
  }
  uint64_t first = strtoull(argv[2], NULL, 10), cases = strtoull(argv[3], NULL, 10);
  for (seed = first; seed < first + cases; seed++)
    if (!check_case()) return 1;
  printf("%" PRIu64 " cases\n", cases);
  return 0;
}
