/* kernel: the measures of one pupil by sets of sessions. The marks of a span become a set of bits,
 * one a session, 64 a word; what the plain loops do session by session is then done only where a
 * bit is set:
 *
 * - A window's count rises only where a session counts, so the largest window and
 *   the first that meets the rule end there. The rule stays met until the school
 *   week in which the oldest of the last `at_least` sessions leaves the window.
 * - A run ends at the first session that breaks it.
 *
 * Only what lies in the rule's period and scope is read. */
#include "attendance/kernel.h"

#include <string.h>

/* Sets of sessions are on the stack. A span of more than that (about 21 years) is
 * left to the plain loops wherever the whole set is needed at once. */
enum { WORD = 64, SET_SESSIONS = 8192, SET_WORDS = SET_SESSIONS / WORD };

static const mark_table blank = {{1}};

const kernel_ops *kernel_best(void) {
  const kernel_ops *avx2 = kernel_avx2();
  return avx2 ? avx2 : &kernel_words;
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }
static size_t words_for(size_t n) { return (n + WORD - 1) / WORD; }

/* How many of the sessions [from, to) are in the set, however many there are: the bits of a word
 * are summed within pairs, fours and bytes, and the product adds up the bytes. */
static uint32_t count_marks(const kernel_ops *ops, const span *s, size_t from, size_t to,
                            const mark_table *set) {
  uint64_t bits[SET_WORDS / 8];
  uint32_t count = 0;
  for (size_t at = from; at < to; at += SET_SESSIONS / 8) {
    size_t n = least(to - at, SET_SESSIONS / 8);
    ops->select(s->marks + at, n, set, bits);
    for (size_t i = 0; i < words_for(n); i++) {
      uint64_t w = bits[i] - (bits[i] >> 1 & 0x5555555555555555U);
      w = (w & 0x3333333333333333U) + (w >> 2 & 0x3333333333333333U);
      w = (w + (w >> 4)) & 0x0f0f0f0f0f0f0f0fU;
      count += (uint32_t)(w * 0x0101010101010101U >> 56);
    }
  }
  return count;
}

/* The indexes of the sessions [from, to) that are in the set, ascending; `to` is at
 * most SET_SESSIONS. */
static size_t list_marks(const kernel_ops *ops, const span *s, size_t from, size_t to,
                         const mark_table *set, uint16_t *out) {
  uint64_t bits[SET_WORDS];
  size_t n = 0;
  if (from >= to) return 0;
  ops->select(s->marks + from, to - from, set, bits);
  for (size_t i = 0; i < words_for(to - from); i++)
    for (uint64_t w = bits[i]; w; w &= w - 1)
      out[n++] = (uint16_t)(from + i * WORD + (size_t)__builtin_ctzll(w));
  return n;
}

/* Measures ----------------------------------------------------------------- */

/* Sessions of the period that may be missing at all. */
static void missing_scope(const span *s, const evidence *e, size_t *from, size_t *to) {
  *from = e->from > s->from ? e->from : s->from;
  *to = least(e->to, least(s->to, s->reach));
}

/* The sessions [from, to) that are in a set of marks, as bits. */
typedef struct session_set {
  size_t from, to;
  uint64_t bits[SET_WORDS];
} session_set;

static void take_set(const kernel_ops *ops, const span *s, size_t from, size_t to,
                     const mark_table *marks, session_set *out) {
  out->from = from;
  out->to = from < to ? to : from;
  if (from < to) ops->select(s->marks + from, to - from, marks, out->bits);
}

/* The first session of the set at or after `at`, or none. */
static size_t next_in(const session_set *set, size_t at) {
  size_t i = at > set->from ? at - set->from : 0, n = set->to - set->from;
  for (uint64_t skip = ~(uint64_t)0 << i % WORD; i < n; i += WORD - i % WORD) {
    uint64_t w = set->bits[i / WORD] & skip;
    if (w) return set->from + i / WORD * WORD + (size_t)__builtin_ctzll(w);
    skip = ~(uint64_t)0;
  }
  return INDEX_NONE;
}

static void longest(const kernel_ops *ops, const compiled_rule *r, const span *s, evidence *e) {
  mark_table breaking = {{0}}; /* marks that end a run: possible, and not counted */
  session_set breaks, blanks;  /* what ends runs; a missing mark does, unless it is counted */
  uint16_t at[SET_SESSIONS];
  size_t from, to, n = list_marks(ops, s, e->from, e->to, &r->counts, at), start = 0, ends = 0;
  for (unsigned m = CLASS_PRESENT << 4; m < CLASS_NOT_POSSIBLE << 4; m++)
    breaking.has[m] = !r->counts.has[m];
  take_set(ops, s, e->from, e->to, &breaking, &breaks);
  missing_scope(s, e, &from, &to);
  take_set(ops, s, from, r->counts.has[MARK_NONE] ? from : to, &blank, &blanks);
  for (size_t i = 0; i < n; i++) {
    if (i == 0 || at[i] > ends)
      start = i, ends = least(next_in(&breaks, at[i]), next_in(&blanks, at[i]));
    uint32_t length = (uint32_t)(i - start + 1);
    if (length > e->count) e->count = length, e->run_from = at[start], e->run_to = at[i] + 1U;
  }
  e->met = e->count >= (uint32_t)r->rule.at_least;
}

static void windows(const kernel_ops *ops, const compiled_rule *r, const span *s, evidence *e) {
  const int32_t *week = s->calendar->week;
  uint16_t at[SET_SESSIONS];
  size_t low, high, tail = 0, asked = (size_t)r->rule.at_least;
  int32_t ends = 0; /* the week in which the present spell is over */
  rule_scope(&r->rule, s, &low, &high);
  size_t n = list_marks(ops, s, low, high, &r->counts, at);
  for (size_t i = 0; i < n; i++) {
    while (tail < i && week[at[tail]] <= week[at[i]] - r->rule.weeks) tail++;
    size_t in_window = i - tail + 1;
    if (in_window > e->largest) e->largest = (uint32_t)in_window, e->largest_at = at[i];
    if (in_window < asked) {
      e->spell = INDEX_NONE;
      continue;
    }
    if (e->first_met == INDEX_NONE) e->first_met = at[i];
    if (e->spell == INDEX_NONE || week[at[i] - 1] >= ends) e->spell = at[i];
    ends = week[at[i + 1 - asked]] + r->rule.weeks;
  }
  if (e->spell != INDEX_NONE && week[s->end - 1] >= ends) e->spell = INDEX_NONE;
  e->from = 0;
  e->to = s->end;
  if (s->end > 0) { /* the window of the last session */
    e->from = calendar_week_start(s->calendar, week[s->end - 1] - r->rule.weeks + 1);
    while (tail < n && at[tail] < e->from) tail++;
  }
  e->count = (uint32_t)(n - tail);
  e->met = e->spell != INDEX_NONE;
}

void kernel_rule_by(const kernel_ops *ops, const compiled_rule *r, const span *s, day from, day to,
                    evidence *out) {
  enum rule_kind kind = r->rule.kind;
  bool walk = kind == RULE_ROLLING || (kind == RULE_COUNT && r->rule.period == PERIOD_WEEKS);
  bool plain = kind == RULE_TREND || kind == RULE_WEEKDAY || /* a few weeks, and the school's */
               kind == RULE_STREAK ||                        /* ends after a few sessions */
               r->rule.by_day || r->rule.after_count > 0 ||  /* what a list a month asks for */
               (walk && r->rule.at_least < 1) ||             /* no plugin can make one */
               ((walk || kind == RULE_LONGEST) && s->end > SET_SESSIONS);
  if (plain) {
    measure_rule(r, s, from, to, out);
    return;
  }
  if (measure_begin(r, s, from, to, out)) {
    windows(ops, r, s, out);
    return;
  }
  size_t first, last;
  switch (kind) {
    case RULE_RATE:
      kernel_tally_by(ops, s, out->from, out->to, &out->tally);
      rate_judge(r, out);
      break;
    case RULE_COUNT:
      out->count = count_marks(ops, s, out->from, out->to, &r->counts);
      out->met = out->count >= (uint32_t)r->rule.at_least;
      break;
    case RULE_MISSING:
      missing_scope(s, out, &first, &last);
      out->count = count_marks(ops, s, first, last, &blank);
      out->met = out->count >= (uint32_t)r->rule.at_least;
      break;
    case RULE_LONGEST: longest(ops, r, s, out); break;
    case RULE_STREAK:
    case RULE_TREND:
    case RULE_WEEKDAY:
    case RULE_ROLLING:
    case RULE_KINDS: break;
  }
}

void kernel_tally_by(const kernel_ops *ops, const span *s, size_t from, size_t to, tally *out) {
  tally t = {0};
  if (from < to) ops->classes(s->marks + from, to - from, t.by_class);
  tally_sum(&t);
  *out = t;
}

void kernel_rule(const compiled_rule *r, const span *s, day from, day to, evidence *out) {
  kernel_rule_by(kernel_best(), r, s, from, to, out);
}

void kernel_tally(const span *s, size_t from, size_t to, tally *out) {
  kernel_tally_by(kernel_best(), s, from, to, out);
}
