/* measuring: a school is read, its lanes are asked, and it is let go; what is kept from
 * school to school is room for its lanes and what rule_scope answered.
 *
 * Most schools of an authority keep the same calendar, and what rule_scope answers
 * depends on nothing but it and the date of birth: with the calendar of the school
 * before, it is not asked again for a date of birth that was met. */
#include "store/school/measuring.h"

#include <string.h>

#include "attendance/lanes_profile.h"
#include "store/people/schools.h"

enum {
  SPANS = 32,   /* pupils whose marks are laid side by side for a rule without lanes */
  SCOPES = 4096 /* a power of two: days of birth, eleven years */
};

typedef struct scope {
  day born; /* DAY_NONE: nothing is known here */
  uint32_t low, high;
} scope;

struct measuring {
  store *store;
  const measuring_plan *plan;
  school_reader *reader;
  /* Of the school that is being measured: */
  lanes lanes;
  /* By lane, in one block that begins with the windows: */
  size_t room;
  lane_window *windows;
  tally *tallies; /* of the sessions [tallied_from, tallied_to) */
  size_t tallied_from, tallied_to;
  tally *before;
  lane_week *weeks;
  uint32_t *low, *high, *counts;
  bool *met;
  size_t scoped;   /* rules that need them */
  scope *scopes;   /* [scoped][SCOPES], of the calendar and the end that follow */
  buffer calendar; /* its sessions */
  size_t end;
  buffer spans;     /* [SPANS][sessions] */
  size_t *by_pupil; /* [rules]: those that have no form over lanes */
  size_t *scope_of; /* [rules]: whose of the scopes, where it needs them */
};

/* Whether not every session of everybody may count. */
static bool is_scoped(const rule *r) { return r->ages.used || r->since != DAY_NONE; }

status measuring_new(store *st, const measuring_plan *plan, measuring **out, problem *p) {
  measuring *m = mem_new(1, sizeof *m);
  if (!m) return problem_no_memory(p);
  m->store = st;
  m->plan = plan;
  m->by_pupil = mem_new(plan->count, sizeof *m->by_pupil);
  m->scope_of = mem_new(plan->count, sizeof *m->scope_of);
  for (size_t k = 0; m->scope_of && k < plan->count; k++)
    if (is_scoped(&plan->rules[k].rule)) m->scope_of[k] = m->scoped++;
  status s = m->by_pupil && m->scope_of ? school_reader_new(st, &plan->read, &m->reader, p)
                                        : problem_no_memory(p);
  if (s)
    measuring_free(m);
  else
    *out = m;
  return s;
}

void measuring_free(measuring *m) {
  if (!m) return;
  school_reader_free(m->reader);
  mem_free(m->windows);
  mem_free(m->scopes);
  mem_free(m->by_pupil);
  mem_free(m->scope_of);
  buffer_free(&m->calendar);
  buffer_free(&m->spans);
  mem_free(m);
}

/* Pupils as spans -------------------------------------------------------------- */

/* A pupil's span but for the marks; of nobody in particular without a member. */
static span span_of(const measuring *m, const school_register *of, const school_member *member) {
  span s = {.calendar = &of->calendar,
            .end = of->end,
            .reach = of->reach,
            .to = of->calendar.count,
            .as_of = m->plan->options.who.as_of,
            .born = member ? member->born : DAY_NONE};
  if (member) school_member_sessions(of, member, &s.from, &s.to);
  return s;
}

static session session_at(const school_register *of, size_t i) {
  return i == INDEX_NONE ? SESSION_NONE : of->calendar.at[i];
}

/* Rules that have no form over lanes, m->by_pupil: a few pupils' marks at a time. */
static status ask_spans(measuring *m, const school_register *of, size_t rules,
                        sweep_answer *answers, problem *p) {
  size_t sessions = of->calendar.count;
  buffer_clear(&m->spans);
  char *bytes = buffer_room(&m->spans, SPANS * sessions + 1);
  if (!bytes) return problem_no_memory(p);
  memset(bytes, MARK_NONE, SPANS * sessions);
  for (size_t i = 0; i < of->count; i++) {
    size_t left = of->count - i;
    if (i % SPANS == 0) school_marks_copy(of->marks, i, left < SPANS ? left : SPANS, (mark *)bytes);
    span s = span_of(m, of, of->members ? &of->members[i] : NULL);
    s.marks = (const mark *)bytes + i % SPANS * sessions;
    s.school = school_marks_sessions(of->marks);
    for (size_t n = 0; n < rules; n++) {
      size_t k = m->by_pupil[n];
      const compiled_rule *r = &m->plan->rules[k];
      bool fixed = rule_is_fixed(&r->rule); /* up to the as-of day, whatever the period */
      evidence e;
      kernel_rule(r, &s, fixed ? DAY_NONE : m->plan->options.from,
                  fixed ? DAY_NONE : m->plan->options.to, &e);
      answers[i * m->plan->count + k] =
          (sweep_answer){.first_met = session_at(of, e.first_met),
                         .since = session_at(of, e.run_from == INDEX_NONE ? e.spell : e.run_from),
                         .count = e.count,
                         .of = e.of,
                         .largest = e.largest,
                         .band = e.band,
                         .met = e.met,
                         .too_few = e.too_few};
    }
  }
  return STATUS_OK;
}

/* Rules over lanes ------------------------------------------------------------- */

/* What rule_scope answers for a pupil and rule `k`. */
static scope scope_of(measuring *m, size_t k, const span *pupil) {
  scope *known = &m->scopes[m->scope_of[k] * SCOPES + ((uint32_t)pupil->born & (SCOPES - 1))];
  if (known->born != pupil->born || pupil->born == DAY_NONE) {
    size_t low, high;
    rule_scope(&m->plan->rules[k].rule, pupil, &low, &high);
    *known = (scope){pupil->born, (uint32_t)low, (uint32_t)high};
  }
  return *known;
}

static void ask_windows(measuring *m, const school_register *of, size_t k, sweep_answer *answers) {
  const compiled_rule *r = &m->plan->rules[k];
  bool ages = r->rule.ages.used, scoped = is_scoped(&r->rule);
  if (scoped) { /* the sessions that may count for each lane */
    span pupil = span_of(m, of, NULL);
    scope nobody = scope_of(m, k, &pupil);
    for (size_t i = 0; i < m->lanes.width; i++) m->low[i] = nobody.low, m->high[i] = nobody.high;
    for (size_t i = 0; ages && of->members && i < of->count; i++) {
      pupil.born = of->members[i].born;
      scope s = scope_of(m, k, &pupil);
      size_t lane = school_marks_lane_of(of->marks, i);
      m->low[lane] = s.low;
      m->high[lane] = s.high;
    }
  }
  lanes_rolling(r, &m->lanes, scoped ? m->low : NULL, scoped ? m->high : NULL, m->windows);
  for (size_t i = 0; i < of->count; i++) {
    const lane_window *a = &m->windows[school_marks_lane_of(of->marks, i)];
    answers[i * m->plan->count + k] = (sweep_answer){.first_met = session_at(of, a->first_met),
                                                     .since = session_at(of, a->spell),
                                                     .count = a->count,
                                                     .of = (uint32_t)r->rule.at_least,
                                                     .largest = a->largest,
                                                     .band = -1,
                                                     .met = a->spell != INDEX_NONE};
  }
}

static void count_classes(measuring *m, size_t from, size_t to) {
  if (m->tallied_from == from && m->tallied_to == to) return;
  lanes_tally(&m->lanes, from, to, m->tallies);
  m->tallied_from = from;
  m->tallied_to = to;
}

/* A rate over one period for all. */
static void ask_tallies(measuring *m, const school_register *of, size_t k, evidence *e,
                        sweep_answer *answers) {
  count_classes(m, e->from, e->to);
  for (size_t i = 0; i < of->count; i++) {
    e->tally = m->tallies[school_marks_lane_of(of->marks, i)];
    e->band = -1;
    rate_judge(&m->plan->rules[k], e);
    answers[i * m->plan->count + k] = (sweep_answer){.first_met = SESSION_NONE,
                                                     .since = SESSION_NONE,
                                                     .count = e->count,
                                                     .of = e->of,
                                                     .band = e->band,
                                                     .met = e->met,
                                                     .too_few = e->too_few};
  }
}

/* Whether a trend or a weekday is met, of a pupil's sessions beside the school's. */
static void ask_profile(measuring *m, const school_register *of, size_t k, sweep_answer *answers) {
  const compiled_rule *r = &m->plan->rules[k];
  const school_session *school = school_marks_sessions(of->marks);
  if (r->rule.kind == RULE_WEEKDAY) {
    lanes_weekday(r, &m->lanes, school, m->weeks, m->met);
  } else {
    lanes_trend(r, &m->lanes, school, m->tallies, m->before, m->met);
    m->tallied_from = SIZE_MAX;
  }
  for (size_t i = 0; i < of->count; i++)
    answers[i * m->plan->count + k].met = m->met[school_marks_lane_of(of->marks, i)];
}

/* Measuring -------------------------------------------------------------------- */

/* Room for every lane, whether or not a pupil has it; and forget what is not so for
 * this school. */
static status make_room(measuring *m, const school_register *of, problem *p) {
  const size_t lane = sizeof *m->windows + 2 * sizeof *m->tallies + sizeof *m->weeks +
                      3 * sizeof *m->low + sizeof *m->met;
  size_t n = m->lanes.width;
  if (n >= m->room) {
    lane_window *block = mem_resize(m->windows, n + 1, lane);
    if (!block) return problem_no_memory(p);
    m->room = n + 1;
    m->windows = block;
    m->tallies = (tally *)(m->windows + m->room);
    m->before = m->tallies + m->room;
    m->weeks = (lane_week *)(m->before + m->room);
    m->low = (uint32_t *)(m->weeks + m->room);
    m->high = m->low + m->room;
    m->counts = m->high + m->room;
    m->met = (bool *)(m->counts + m->room);
  }
  const calendar *c = &of->calendar;
  size_t bytes = c->count * sizeof *c->at;
  if (m->scopes && m->end == of->end && m->calendar.length == bytes &&
      (bytes == 0 || memcmp(m->calendar.bytes, c->at, bytes) == 0))
    return STATUS_OK;
  if (!m->scopes) m->scopes = mem_new(m->scoped * SCOPES, sizeof *m->scopes);
  if (!m->scopes) return problem_no_memory(p);
  for (size_t i = 0; i < m->scoped * SCOPES; i++) m->scopes[i].born = DAY_NONE;
  buffer_clear(&m->calendar);
  buffer_add(&m->calendar, c->at, bytes);
  m->end = of->end;
  return buffer_status(&m->calendar, p);
}

status measuring_read(measuring *m, const school_range *which, school_register *out, problem *p) {
  return school_read(m->reader, which, out, p);
}

status measuring_rules(measuring *m, const school_register *of, sweep_answer *answers, problem *p) {
  const sweep_options *o = &m->plan->options;
  m->lanes = school_marks_lanes(of->marks);
  m->tallied_from = SIZE_MAX;
  status s = make_room(m, of, p);
  if (s) return s;
  span nobody = span_of(m, of, NULL);
  size_t by_pupil = 0;
  for (size_t k = 0; k < m->plan->count; k++) {
    const compiled_rule *r = &m->plan->rules[k];
    evidence period;
    if (measure_begin(r, &nobody, o->from, o->to, &period))
      ask_windows(m, of, k, answers);
    else if (r->rule.kind == RULE_RATE && !r->rule.ages.used)
      ask_tallies(m, of, k, &period, answers);
    else if (m->plan->met_only && (r->rule.kind == RULE_TREND || r->rule.kind == RULE_WEEKDAY))
      ask_profile(m, of, k, answers);
    else
      m->by_pupil[by_pupil++] = k;
  }
  return by_pupil ? ask_spans(m, of, by_pupil, answers, p) : STATUS_OK;
}

/* Every rule, figures, and what is missing, of a school whose marks have been read. */
static status ask(measuring *m, school_rows *rows, problem *p) {
  const sweep_options *o = &m->plan->options;
  const school_register *of = &rows->school;
  const calendar *c = &of->calendar;
  status s = measuring_rules(m, of, rows->answers, p);
  if (s) return s;

  day first = o->from, last = o->to; /* of the figures */
  if (first == DAY_NONE && last == DAY_NONE)
    first = date_academic_start(date_academic_year(o->who.as_of));
  size_t to = last == DAY_NONE ? of->end : calendar_end(c, last);
  if (to > of->end) to = of->end;
  size_t from = first == DAY_NONE ? 0 : calendar_index(c, session_of(first, HALF_AM));
  if (from > to) from = to;

  count_classes(m, from, to);
  for (size_t i = 0; i < rows->count; i++)
    rows->figures[i] = m->tallies[school_marks_lane_of(of->marks, i)];
  if (!o->missing) return STATUS_OK;

  memset(m->low, 0, m->lanes.width * sizeof *m->low);
  memset(m->high, 0, m->lanes.width * sizeof *m->high);
  for (size_t i = 0; i < rows->count; i++) {
    size_t lane = school_marks_lane_of(of->marks, i);
    span pupil = span_of(m, of, of->members ? &of->members[i] : NULL);
    m->low[lane] = (uint32_t)pupil.from;
    m->high[lane] = (uint32_t)pupil.to;
  }
  lanes_missing(&m->lanes, from, to, m->low, m->high, m->counts);
  for (size_t i = 0; i < rows->count; i++)
    rows->missing[i] = m->counts[school_marks_lane_of(of->marks, i)];
  return STATUS_OK;
}

/* Rows ------------------------------------------------------------------------- */

/* What is not needed once the rows are text, or sums. */
static void drop_rows(school_rows *rows) {
  mem_free(rows->school.members);
  mem_free(rows->figures);
  mem_free(rows->missing);
  mem_free(rows->answers);
  rows->school.members = NULL;
  rows->figures = NULL;
  rows->missing = NULL;
  rows->answers = NULL;
  buffer_free(&rows->school.texts);
}

void school_rows_free(school_rows *rows) {
  if (!rows) return;
  drop_rows(rows);
  school_register_free(&rows->school);
  mem_free(rows->ends);
  mem_free(rows->sums);
  buffer_free(&rows->key);
  buffer_free(&rows->text);
  mem_free(rows);
}

/* Keep only pupils of whom a rule is met now. */
static void keep_met(school_rows *rows) {
  size_t kept = 0, rules = rows->rules;
  for (size_t i = 0; i < rows->count; i++) {
    bool met = false;
    for (size_t k = 0; k < rules; k++) met = met || rows->answers[i * rules + k].met;
    if (!met) continue;
    rows->school.ids[kept] = rows->school.ids[i];
    rows->school.members[kept] = rows->school.members[i];
    rows->figures[kept] = rows->figures[i];
    rows->missing[kept] = rows->missing[i];
    if (kept != i)
      memcpy(rows->answers + kept * rules, rows->answers + i * rules,
             rules * sizeof *rows->answers);
    kept++;
  }
  rows->count = kept;
}

static status render(const sweep_options *o, school_rows *rows, problem *p) {
  rows->ends = mem_new(rows->count, sizeof *rows->ends);
  if (!rows->ends) return problem_no_memory(p);
  for (size_t i = 0; i < rows->count; i++) {
    sweep_row row;
    school_rows_get(rows, i, &row);
    o->render(o->context, &row, &rows->text);
    rows->ends[i] = rows->text.length;
  }
  drop_rows(rows);
  return buffer_status(&rows->text, p);
}

static status add_up(const measuring *m, school_rows *rows, problem *p) {
  sweep_totals t = {.pupils = m->plan->read.anonymous ? 0 : rows->count};
  rows->sums = mem_new(rows->rules, sizeof *rows->sums);
  if (!rows->sums) return problem_no_memory(p);
  for (size_t i = 0; i < rows->count; i++) {
    t.possible += rows->figures[i].possible;
    t.attended += rows->figures[i].attended;
    t.authorised += rows->figures[i].by_class[CLASS_AUTHORISED];
    t.unauthorised += rows->figures[i].by_class[CLASS_UNAUTHORISED];
  }
  for (size_t k = 0; k < rows->rules; k++) {
    sweep_sums sum = {0};
    for (size_t i = 0; i < rows->count; i++) {
      const sweep_answer *a = &rows->answers[i * rows->rules + k];
      sum.met += a->met;
      sum.ever += a->first_met != SESSION_NONE;
      sum.first_met += a->first_met == SESSION_NONE ? 0 : a->first_met;
      sum.count += a->count;
      sum.largest += a->largest;
    }
    rows->sums[k] = sum;
  }
  rows->totals = t;
  drop_rows(rows);
  return STATUS_OK;
}

status measuring_school(measuring *m, const school_range *which, school_rows **out, problem *p) {
  const sweep_options *o = &m->plan->options;
  school_rows *rows = mem_new(1, sizeof *rows);
  if (!rows) return problem_no_memory(p);
  status s = school_read(m->reader, which, &rows->school, p);
  if (!s && !o->totals_only) s = school_key(store_db(m->store), which->school, &rows->key, p);
  rows->count = rows->school.count;
  rows->rules = m->plan->count;
  if (!s && rows->rules && rows->count > SIZE_MAX / rows->rules) s = problem_no_memory(p);
  if (!s) {
    rows->figures = mem_resize(NULL, rows->count, sizeof *rows->figures);
    rows->missing = mem_new(rows->count, sizeof *rows->missing);
    rows->answers = mem_resize(NULL, rows->count * rows->rules, sizeof *rows->answers);
    if (!rows->figures || !rows->missing || !rows->answers) s = problem_no_memory(p);
  }
  if (!s && rows->school.marks) s = ask(m, rows, p); /* none when there is nobody */
  school_register_close(&rows->school);
  if (!s && o->met) keep_met(rows);
  if (!s && o->render) s = render(o, rows, p);
  if (!s && o->totals_only) s = add_up(m, rows, p);
  if (s)
    school_rows_free(rows);
  else
    *out = rows;
  return s;
}

void school_rows_get(const school_rows *rows, size_t i, sweep_row *out) {
  const school_register *of = &rows->school;
  const school_member *m = &of->members[i];
  *out = (sweep_row){.school = of->id,
                     .enrolment = of->ids[i],
                     .pupil = m->pupil,
                     .school_key = buffer_slice(&rows->key),
                     .upn = school_member_text(of, m, SCHOOL_UPN),
                     .forename = school_member_text(of, m, SCHOOL_FORENAME),
                     .surname = school_member_text(of, m, SCHOOL_SURNAME),
                     .year = school_member_text(of, m, SCHOOL_YEAR),
                     .form = school_member_text(of, m, SCHOOL_FORM),
                     .figures = rows->figures[i],
                     .missing = rows->missing[i],
                     .answers = rows->answers + i * rows->rules};
}

slice school_rows_text(const school_rows *rows, size_t from, size_t to) {
  size_t begin = from ? rows->ends[from - 1] : 0, end = to ? rows->ends[to - 1] : 0;
  return (slice){end ? rows->text.bytes + begin : "", end - begin};
}
