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

/* By day: the end of the day that begins with session i, no further than `to`; else of i alone. */
static size_t unit_end(const compiled_rule *r, const span *s, size_t i, size_t to) {
  const session *at = s->calendar->at;
  size_t end = i + 1;
  while (r->rule.by_day && end < to && session_day(at[end]) == session_day(at[i])) end++;
  return end;
}

/* The beginning of the day that ends before session `end`, no earlier than `from`; likewise. */
static size_t unit_begin(const compiled_rule *r, const span *s, size_t from, size_t end) {
  const session *at = s->calendar->at;
  size_t begin = end - 1;
  while (r->rule.by_day && begin > from && session_day(at[begin - 1]) == session_day(at[end - 1]))
    begin--;
  return begin;
}

/* A session that a run passes over: it was not possible, or nothing has come in for it. A missing
 * mark between others ends a run, because nobody knows what it was. By day, only what is no
 * school at all is passed over. */
static bool run_skips(const compiled_rule *r, const span *s, size_t i) {
  mark m = s->marks[i];
  if (m == MARK_NONE) return !is_missing(s, i);
  enum mark_class c = mark_class_of(m);
  return !class_is_possible(c) && (!r->rule.by_day || c != CLASS_NOT_POSSIBLE);
}

enum in_run { RUN_PASSES, RUN_COUNTS, RUN_ENDS };

/* What the sessions [from, to) of a unit are to a run. A day of which a session has not come in
 * yet does not count. */
static enum in_run in_run(const compiled_rule *r, const span *s, size_t from, size_t to) {
  bool counts = false, unknown = false;
  for (size_t i = from; i < to; i++) {
    if (r->counts.has[s->marks[i]])
      counts = true;
    else if (!run_skips(r, s, i))
      return RUN_ENDS;
    else if (s->marks[i] == MARK_NONE && i >= s->from && i < s->to)
      unknown = true;
  }
  return counts && !unknown ? RUN_COUNTS : RUN_PASSES;
}

/* Whether the run that begins with session i comes just after what the rule asks for. */
static bool run_follows(const compiled_rule *r, const span *s, size_t i) {
  if (r->rule.after_count == 0) return true;
  while (i > 0 && (r->counts.has[s->marks[i - 1]] || run_skips(r, s, i - 1))) i--;
  return i > 0 && r->after.has[s->marks[i - 1]];
}

/* The run that ends just before `end`, walking back as far as `low`. */
static uint32_t run_back(const compiled_rule *r, const span *s, size_t low, size_t end,
                         evidence *e) {
  uint32_t length = 0;
  for (size_t to = end, from; to > low; to = from) {
    from = unit_begin(r, s, low, to);
    enum in_run what = in_run(r, s, from, to);
    if (what == RUN_ENDS) break;
    if (what == RUN_PASSES) continue;
    if (length++ == 0) e->run_to = to;
    e->run_from = from;
  }
  return length;
}

static void measure_longest(const compiled_rule *r, const span *s, evidence *e) {
  size_t start = INDEX_NONE;
  uint32_t length = 0;
  bool follows = false;
  for (size_t i = e->from, to; i < e->to; i = to) {
    to = unit_end(r, s, i, e->to);
    enum in_run what = in_run(r, s, i, to);
    if (what == RUN_ENDS) length = 0;
    if (what != RUN_COUNTS) continue;
    if (length++ == 0) start = i, follows = run_follows(r, s, i);
    if (follows && length > e->count) e->count = length, e->run_from = start, e->run_to = to;
  }
  e->met = e->count >= (uint32_t)r->rule.at_least;
}

/* Sessions that count, or days that have one. */
static uint32_t count_units(const compiled_rule *r, const span *s, size_t from, size_t end) {
  uint32_t count = 0;
  for (size_t i = from, to; i < end; i = to) {
    bool counts = false;
    to = unit_end(r, s, i, end);
    for (size_t k = i; k < to; k++) counts = counts || r->counts.has[s->marks[k]];
    count += counts;
  }
  return count;
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
      e.count = count_units(r, s, e.from, e.to);
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
