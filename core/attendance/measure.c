/* measure: the plain loops, session by session. They are the definition of every measure:
 * kernel.c and lanes.c answer the same, faster. A trend and a weekday are in profile.c. */
#include "attendance/measure.h"

#include <stdio.h>
#include <string.h>

#include "attendance/profile.h"

void tally_sum(tally *t) {
  t->attended = t->by_class[CLASS_PRESENT] + t->by_class[CLASS_EDUCATIONAL];
  t->absent = t->by_class[CLASS_AUTHORISED] + t->by_class[CLASS_UNAUTHORISED];
  t->possible = t->attended + t->absent;
}

void measure_tally(const span *s, size_t from, size_t to, tally *out) {
  tally t = {0};
  for (size_t i = from; i < to; i++) t.by_class[mark_class_of(s->marks[i])]++;
  tally_sum(&t);
  *out = t;
}

int32_t tally_percent(const tally *t) {
  if (t->possible == 0) return -1;
  return (int32_t)(((uint64_t)t->attended * 20000U + t->possible) / (2U * (uint64_t)t->possible));
}

/* Periods ------------------------------------------------------------------ */

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

bool measure_begin(const compiled_rule *compiled, const span *s, day from, day to, evidence *out) {
  const rule *r = &compiled->rule;
  const calendar *c = s->calendar;
  *out = (evidence){.rule = compiled,
                    .of = (uint32_t)r->at_least,
                    .band = -1,
                    .run_from = INDEX_NONE,
                    .run_to = INDEX_NONE,
                    .first_met = INDEX_NONE,
                    .spell = INDEX_NONE,
                    .largest_at = INDEX_NONE,
                    .weekday = -1};
  bool asked = from != DAY_NONE || to != DAY_NONE;
  if (r->kind == RULE_ROLLING || (r->kind == RULE_COUNT && r->period == PERIOD_WEEKS && !asked))
    return true;
  /* The period of the rule, or the one that was asked for, within what the rule may count. */
  out->to = s->end;
  if (asked) {
    if (from != DAY_NONE) out->from = calendar_index(c, session_of(from, 0));
    if (to != DAY_NONE) out->to = least(s->end, calendar_end(c, to));
  } else if (r->period == PERIOD_YEAR) {
    day start = date_academic_start(date_academic_year(s->as_of));
    out->from = least(s->end, calendar_index(c, session_of(start, 0)));
  } else if (r->period == PERIOD_WEEKS && s->end > 0) {
    out->from = calendar_week_start(c, c->week[s->end - 1] - r->weeks + 1);
  }
  size_t low, high;
  rule_scope(r, s, &low, &high);
  if (out->from < low) out->from = low;
  if (out->to > high) out->to = high;
  if (out->from > out->to) out->from = out->to;
  return false;
}

/* Measures ----------------------------------------------------------------- */

void rate_judge(const compiled_rule *r, evidence *e) {
  e->count = e->tally.absent;
  e->of = e->tally.possible;
  e->too_few = e->tally.possible == 0 || e->tally.possible < (uint32_t)r->rule.least_possible;
  for (int i = 0; i < r->rule.band_count && !e->too_few; i++)
    if ((uint64_t)e->tally.attended * 100U <= (uint64_t)r->rule.bands[i] * e->tally.possible)
      e->band = r->rule.bands[i];
  e->met = e->band >= 0;
}

static bool is_missing(const span *s, size_t i) {
  return i < s->reach && i >= s->from && i < s->to && s->marks[i] == MARK_NONE;
}

/* A session that a run passes over: it was not possible, or nothing has come in
 * for it. A missing mark between others ends a run, because nobody knows what it
 * was. */
static bool run_skips(const span *s, size_t i) {
  mark m = s->marks[i];
  return m == MARK_NONE ? !is_missing(s, i) : !class_is_possible(mark_class_of(m));
}

/* The run that ends just before `end`, walking back as far as `low`. */
static uint32_t run_back(const compiled_rule *r, const span *s, size_t low, size_t end,
                         evidence *e) {
  uint32_t length = 0;
  for (size_t i = end; i > low; i--) {
    if (r->counts.has[s->marks[i - 1]]) {
      if (length++ == 0) e->run_to = i;
      e->run_from = i - 1;
    } else if (!run_skips(s, i - 1)) {
      break;
    }
  }
  return length;
}

static void measure_longest(const compiled_rule *r, const span *s, evidence *e) {
  size_t start = INDEX_NONE;
  uint32_t length = 0;
  for (size_t i = e->from; i < e->to; i++) {
    if (r->counts.has[s->marks[i]]) {
      if (length++ == 0) start = i;
      if (length > e->count) e->count = length, e->run_from = start, e->run_to = i + 1;
    } else if (!run_skips(s, i)) {
      length = 0;
    }
  }
  e->met = e->count >= (uint32_t)r->rule.at_least;
}

/* For each open session: how many sessions that count lie in its school week
 * and the weeks - 1 school weeks before it, up to itself. */
static void measure_windows(const compiled_rule *r, const span *s, evidence *e) {
  const int32_t *week = s->calendar->week;
  size_t low, high, tail = 0;
  uint32_t count = 0;
  rule_scope(&r->rule, s, &low, &high);
  for (size_t i = 0; i < s->end; i++) {
    for (; week[tail] <= week[i] - r->rule.weeks; tail++)
      if (tail >= low && tail < high) count -= r->counts.has[s->marks[tail]];
    if (i >= low && i < high) count += r->counts.has[s->marks[i]];
    if (count > e->largest) e->largest = count, e->largest_at = i;
    bool met = count >= (uint32_t)r->rule.at_least;
    if (met && e->first_met == INDEX_NONE) e->first_met = i;
    if (met && e->spell == INDEX_NONE) e->spell = i;
    if (!met) e->spell = INDEX_NONE;
  }
  e->from = tail;
  e->to = s->end;
  e->count = count;
  e->met = e->spell != INDEX_NONE;
}

void measure_rule(const compiled_rule *r, const span *s, day from, day to, evidence *out) {
  evidence e;
  bool windows = measure_begin(r, s, from, to, &e);
  size_t end = e.to;
  switch (windows ? RULE_ROLLING : r->rule.kind) {
    case RULE_RATE:
      measure_tally(s, e.from, e.to, &e.tally);
      rate_judge(r, &e);
      break;
    case RULE_COUNT:
      for (size_t i = e.from; i < e.to; i++) e.count += r->counts.has[s->marks[i]];
      e.met = e.count >= (uint32_t)r->rule.at_least;
      break;
    case RULE_MISSING:
      for (size_t i = e.from; i < e.to; i++) e.count += is_missing(s, i);
      e.met = e.count >= (uint32_t)r->rule.at_least;
      break;
    case RULE_STREAK: /* the run that the last mark belongs to: what has not come in since (the
                         register of one form, say) is not known to have ended it */
      while (end > e.from && s->marks[end - 1] == MARK_NONE) end--;
      e.count = run_back(r, s, e.from, end, &e);
      e.met = e.count >= (uint32_t)r->rule.at_least;
      break;
    case RULE_LONGEST: measure_longest(r, s, &e); break;
    case RULE_ROLLING: measure_windows(r, s, &e); break;
    case RULE_TREND: profile_trend(r, s, &e); break;
    case RULE_WEEKDAY: profile_weekday(r, s, &e); break;
    case RULE_KINDS: break;
  }
  *out = e;
}

/* Which sessions ----------------------------------------------------------- */

/* Whether the rule counted the session, which lies in the period. */
static bool is_counted(const evidence *e, const span *s, size_t i) {
  mark m = s->marks[i];
  enum mark_class c = mark_class_of(m);
  bool counts = e->rule->counts.has[m];
  switch (e->rule->rule.kind) {
    case RULE_MISSING: return is_missing(s, i);
    case RULE_RATE: return c == CLASS_AUTHORISED || c == CLASS_UNAUTHORISED;
    case RULE_TREND: return counts && class_is_possible(c);
    case RULE_WEEKDAY:
      return counts && class_is_possible(c) &&
             date_weekday(session_day(s->calendar->at[i])) == e->weekday;
    default: return counts;
  }
}

size_t evidence_sessions(const evidence *e, const span *s, bool watched, uint32_t *out,
                         size_t room) {
  size_t from = e->from, to = e->to, low, high, n = 0;
  bool run = e->rule->rule.kind == RULE_STREAK || e->rule->rule.kind == RULE_LONGEST;
  if (run && !watched) {
    from = e->count ? e->run_from : e->to;
    to = e->count ? e->run_to : e->to;
  }
  rule_scope(&e->rule->rule, s, &low, &high);
  for (size_t i = from > low ? from : low; i < to && i < high; i++) {
    if (watched ? !e->rule->watched.has[s->marks[i]] : !is_counted(e, s, i)) continue;
    if (n < room) out[n] = (uint32_t)i;
    n++;
  }
  return n;
}

void evidence_concern(const evidence *e, const span *s, char out[CONCERN_TEXT]) {
  const rule *r = &e->rule->rule;
  size_t begins = e->spell;
  if (begins == INDEX_NONE && e->run_from != INDEX_NONE) { /* a period may cut a run's head off */
    evidence whole = {.run_from = e->run_from, .run_to = e->run_to};
    (void)run_back(e->rule, s, 0, e->run_to, &whole);
    begins = whole.run_from;
  }
  if (begins != INDEX_NONE) {
    session at = s->calendar->at[begins];
    bool week = r->kind == RULE_TREND;
    char date[DATE_TEXT];
    date_format(week ? date_monday(session_day(at)) : session_day(at), date);
    (void)snprintf(out, CONCERN_TEXT, "%.*s from %s%s%s", RULE_NAME - 1, r->name, date,
                   week ? "" : " ", week ? "" : session_half_name(at));
    return;
  }
  int year = date_academic_year(s->as_of);
  int used = snprintf(out, CONCERN_TEXT, "%.*s %s%s%d-%02d", RULE_NAME - 1, r->name,
                      e->weekday < 0 ? "" : weekday_name(e->weekday), e->weekday < 0 ? "" : " ",
                      year, (year + 1) % 100);
  if (e->band >= 0 && used > 0)
    (void)snprintf(out + used, (size_t)(CONCERN_TEXT - used), " at %d", e->band);
}

day evidence_began(const evidence *e, const span *s) {
  size_t began = e->spell == INDEX_NONE ? e->run_from : e->spell;
  return began == INDEX_NONE ? DAY_NONE : session_day(s->calendar->at[began]);
}
