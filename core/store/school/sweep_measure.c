/* sweep_measure: the rules of a plan asked of one school's lanes; see
 * sweep_inner.h. */
#include <string.h>

#include "store/school/sweep_inner.h"

enum { SPANS = 32 };

void sweep_measure_free(sweep_worker *w) {
  mem_free(w->tallies);
  mem_free(w->windows);
  mem_free(w->low);
  mem_free(w->high);
  mem_free(w->counts);
  sweep_scopes_free(&w->scopes);
  buffer_free(&w->spans);
}

static bool grow(void **block, size_t count, size_t size) {
  void *more = mem_resize(*block, count, size);
  if (more) *block = more;
  return more != NULL;
}

/* Room for every lane, whether or not a pupil has it. */
static status make_room(sweep_worker *w, problem *p) {
  size_t n = w->lanes.width ? w->lanes.width : 1;
  if (n <= w->room) return STATUS_OK;
  void *tallies = w->tallies, *windows = w->windows, *low = w->low, *high = w->high,
       *counts = w->counts;
  bool done = grow(&tallies, n, sizeof *w->tallies) && grow(&windows, n, sizeof *w->windows) &&
              grow(&low, n, sizeof *w->low) && grow(&high, n, sizeof *w->high) &&
              grow(&counts, n, sizeof *w->counts);
  w->tallies = tallies;
  w->windows = windows;
  w->low = low;
  w->high = high;
  w->counts = counts;
  if (!done) return problem_no_memory(p);
  w->room = n;
  return STATUS_OK;
}

/* Pupils as spans ------------------------------------------------------------- */

/* A pupil's span but for the marks; of nobody in particular without a member. */
static span span_of(const sweep_worker *w, const sweep_part *part, size_t i) {
  const calendar *c = &w->calendar;
  span s = {.calendar = c,
            .end = w->end,
            .reach = w->reach,
            .to = c->count,
            .as_of = w->plan->options.as_of,
            .born = DAY_NONE};
  if (!part->members) return s;
  const sweep_member *m = &part->members[i];
  s.born = m->born;
  if (m->joined != DAY_NONE) s.from = calendar_index(c, session_of(m->joined, HALF_AM));
  if (m->left != DAY_NONE) s.to = calendar_end(c, m->left);
  if (s.to < s.from) s.to = s.from;
  return s;
}

static session session_at(const sweep_worker *w, size_t i) {
  return i == INDEX_NONE ? SESSION_NONE : w->calendar.at[i];
}

static sweep_answer answer_of(const sweep_worker *w, const evidence *e) {
  size_t since = e->run_from == INDEX_NONE ? e->spell : e->run_from;
  return (sweep_answer){.first_met = session_at(w, e->first_met),
                        .since = session_at(w, since),
                        .count = e->count,
                        .of = e->of,
                        .largest = e->largest,
                        .band = e->band,
                        .met = e->met,
                        .too_few = e->too_few};
}

static void ask_spans(const sweep_worker *w, sweep_part *part, size_t k, size_t first, size_t n) {
  const sweep_options *o = &w->plan->options;
  bool own = rule_is_fixed(&w->plan->rules[k].rule); /* up to the as-of day, whatever the period */
  for (size_t i = 0; i < n; i++) {
    span s = span_of(w, part, first + i);
    s.marks = (const mark *)w->spans.bytes + i * w->calendar.count;
    s.school = school_marks_sessions(w->marks);
    evidence e;
    kernel_rule(&w->plan->rules[k], &s, own ? DAY_NONE : o->from, own ? DAY_NONE : o->to, &e);
    part->answers[(first + i) * part->rules + k] = answer_of(w, &e);
  }
}

/* A rule that has no form over lanes: a few pupils' marks at a time. */
static status by_spans(sweep_worker *w, sweep_part *part, size_t k, problem *p) {
  buffer_clear(&w->spans);
  char *bytes = buffer_room(&w->spans, SPANS * w->calendar.count + 1);
  if (!bytes) return problem_no_memory(p);
  memset(bytes, MARK_NONE, SPANS * w->calendar.count);
  for (size_t first = 0; first < part->count; first += SPANS) {
    size_t n = part->count - first < SPANS ? part->count - first : SPANS;
    school_marks_copy(w->marks, first, n, (mark *)bytes);
    ask_spans(w, part, k, first, n);
  }
  return STATUS_OK;
}

/* Rules over lanes ------------------------------------------------------------- */

/* The sessions that may count for each lane. */
static void scope_lanes(sweep_worker *w, const sweep_part *part, size_t k) {
  const compiled_rule *r = &w->plan->rules[k];
  span pupil = span_of(w, &(sweep_part){0}, 0);
  scope nobody = sweep_scope_of(&w->scopes, k, &r->rule, &pupil);
  for (size_t i = 0; i < w->lanes.width; i++) {
    w->low[i] = nobody.low;
    w->high[i] = nobody.high;
  }
  for (size_t i = 0; r->rule.ages.used && part->members && i < part->count; i++) {
    pupil.born = part->members[i].born;
    scope s = sweep_scope_of(&w->scopes, k, &r->rule, &pupil);
    size_t lane = school_marks_lane_of(w->marks, i);
    w->low[lane] = s.low;
    w->high[lane] = s.high;
  }
}

static void by_windows(sweep_worker *w, sweep_part *part, size_t k) {
  const compiled_rule *r = &w->plan->rules[k];
  bool scoped = r->rule.ages.used || r->rule.since != DAY_NONE;
  if (scoped) scope_lanes(w, part, k);
  lanes_rolling(r, &w->lanes, scoped ? w->low : NULL, scoped ? w->high : NULL, w->windows);
  for (size_t i = 0; i < part->count; i++) {
    const lane_window *a = &w->windows[school_marks_lane_of(w->marks, i)];
    part->answers[i * part->rules + k] = (sweep_answer){.first_met = session_at(w, a->first_met),
                                                        .since = session_at(w, a->spell),
                                                        .count = a->count,
                                                        .of = (uint32_t)r->rule.at_least,
                                                        .largest = a->largest,
                                                        .band = -1,
                                                        .met = a->spell != INDEX_NONE};
  }
}

static sweep_answer rate_of(const compiled_rule *r, evidence *e) {
  e->band = -1;
  rate_judge(r, e);
  return (sweep_answer){.first_met = SESSION_NONE,
                        .since = SESSION_NONE,
                        .count = e->count,
                        .of = e->of,
                        .band = e->band,
                        .met = e->met,
                        .too_few = e->too_few};
}

/* A rate over one period for all. */
static void by_tallies(const sweep_worker *w, sweep_part *part, size_t k, evidence *e) {
  const compiled_rule *r = &w->plan->rules[k];
  bool figures = e->from == w->from && e->to == w->to;
  if (!figures) lanes_tally(&w->lanes, e->from, e->to, w->tallies);
  for (size_t i = 0; i < part->count; i++) {
    e->tally = figures ? part->figures[i] : w->tallies[school_marks_lane_of(w->marks, i)];
    part->answers[i * part->rules + k] = rate_of(r, e);
  }
}

static status ask(sweep_worker *w, sweep_part *part, size_t k, problem *p) {
  const sweep_options *o = &w->plan->options;
  const compiled_rule *r = &w->plan->rules[k];
  span nobody = span_of(w, &(sweep_part){0}, 0);
  evidence period;
  if (measure_begin(r, &nobody, o->from, o->to, &period)) {
    by_windows(w, part, k);
    return STATUS_OK;
  }
  if (r->rule.kind != RULE_RATE || r->rule.ages.used) return by_spans(w, part, k, p);
  by_tallies(w, part, k, &period);
  return STATUS_OK;
}

/* Figures ---------------------------------------------------------------------- */

static void take_period(sweep_worker *w) {
  const sweep_options *o = &w->plan->options;
  day from = o->from;
  if (from == DAY_NONE && o->to == DAY_NONE)
    from = date_academic_start(date_academic_year(o->as_of));
  w->to = o->to == DAY_NONE ? w->end : calendar_end(&w->calendar, o->to);
  if (w->to > w->end) w->to = w->end;
  w->from = from == DAY_NONE ? 0 : calendar_index(&w->calendar, session_of(from, HALF_AM));
  if (w->from > w->to) w->from = w->to;
}

static void count_missing(const sweep_worker *w, sweep_part *part) {
  memset(w->low, 0, w->lanes.width * sizeof *w->low);
  memset(w->high, 0, w->lanes.width * sizeof *w->high);
  for (size_t i = 0; i < part->count; i++) {
    size_t lane = school_marks_lane_of(w->marks, i);
    span s = span_of(w, part, i);
    w->low[lane] = (uint32_t)s.from;
    w->high[lane] = (uint32_t)s.to;
  }
  lanes_missing(&w->lanes, w->from, w->to, w->low, w->high, w->counts);
  for (size_t i = 0; i < part->count; i++)
    part->missing[i] = w->counts[school_marks_lane_of(w->marks, i)];
}

status sweep_measure(sweep_worker *w, sweep_part *part, problem *p) {
  w->lanes = school_marks_lanes(w->marks);
  status s = make_room(w, p);
  if (!s) s = sweep_scopes_school(&w->scopes, part->rules, &w->calendar, w->end, p);
  if (s) return s;
  take_period(w);
  lanes_tally(&w->lanes, w->from, w->to, w->tallies);
  for (size_t i = 0; i < part->count; i++)
    part->figures[i] = w->tallies[school_marks_lane_of(w->marks, i)];
  if (w->plan->options.missing) count_missing(w, part);
  for (size_t k = 0; !s && k < part->rules; k++) s = ask(w, part, k, p);
  return s;
}
