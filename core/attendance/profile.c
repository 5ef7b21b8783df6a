/* profile: two sets of sessions are counted and compared as fractions.
 *
 * Bounds: a pupil has at most 100,000 sessions in all, here and beside together, so a
 * product of two counts is below 2^32, and a hundred of them below 2^39. A school has at
 * most 2^31 - 1 possible marks in all (batch.h), so the product of the two sides, which
 * add up to no more, is below 2^60. */
#include "attendance/profile.h"

/* How much more of the possible sessions are absent here than beside, as a fraction. */
typedef struct fraction {
  int64_t over, under; /* under > 0 */
} fraction;

static fraction rise_of(const share side[2]) {
  const share *here = &side[0], *beside = &side[1];
  if (here->possible == 0 || beside->possible == 0) return (fraction){0, 1};
  return (fraction){
      (int64_t)here->absent * beside->possible - (int64_t)beside->absent * here->possible,
      (int64_t)here->possible * beside->possible};
}

static int64_t floor_of(fraction f) {
  return f.over >= 0 ? f.over / f.under : -((-f.over + f.under - 1) / f.under);
}

/* a - b: below, at or above 0. Whole parts first; if they are the same, what is left
 * over, upside down. */
static int compare(fraction a, fraction b) {
  for (;;) {
    int64_t x = floor_of(a), y = floor_of(b);
    if (x != y) return x < y ? -1 : 1;
    a.over -= x * a.under;
    b.over -= y * b.under;
    if (a.over == 0 || b.over == 0) return (a.over > 0) - (b.over > 0);
    fraction swapped = {b.under, b.over};
    b = (fraction){a.under, a.over};
    a = swapped;
  }
}

/* In hundredths of a percentage point, half away from nought: for people. Digit by
 * digit, since 10,000 times a school's would not fit. */
static int32_t hundredths_of(fraction f) {
  uint64_t under = (uint64_t)f.under, rest = (uint64_t)(f.over < 0 ? -f.over : f.over);
  uint64_t value = rest / under;
  rest %= under;
  for (int digit = 0; digit < 4; digit++) {
    value = value * 10 + rest * 10 / under;
    rest = rest * 10 % under;
  }
  if (rest * 2 >= under) value++;
  return f.over < 0 ? -(int32_t)value : (int32_t)value;
}

/* Counting ----------------------------------------------------------------- */

void profile_add_school(const compiled_rule *r, const school_session *all, share *to) {
  to->possible += all->possible;
  if (r->rule.classes >> CLASS_AUTHORISED & 1U) to->absent += all->authorised;
  if (r->rule.classes >> CLASS_UNAUTHORISED & 1U) to->absent += all->unauthorised;
}

static void add_session(const compiled_rule *r, const span *s, size_t i, profile_counts *to) {
  mark m = s->marks[i];
  if (class_is_possible(mark_class_of(m))) {
    to->pupil.possible++;
    to->pupil.absent += r->counts.has[m];
  }
  if (!s->school || !rule_needs_school(&r->rule)) return;
  profile_add_school(r, &s->school[i], &to->everybody);
}

static uint32_t less(uint32_t a, uint32_t b) { return a > b ? a - b : 0; }

static share share_less(share a, share b) {
  return (share){less(a.absent, b.absent), less(a.possible, b.possible)};
}

/* Without the points. */
static contrast sides_of(profile_counts here, profile_counts beside) {
  return (contrast){.pupil = {here.pupil, beside.pupil},
                    .school = {share_less(here.everybody, here.pupil),
                               share_less(beside.everybody, beside.pupil)}};
}

static contrast contrast_of(profile_counts here, profile_counts beside) {
  contrast c = sides_of(here, beside);
  c.points = hundredths_of(rise_of(c.pupil));
  c.school_points = hundredths_of(rise_of(c.school));
  return c;
}

/* Whether the pupil's rise, less what the others share of it, is so many points. */
static bool reaches(const contrast *c, int points) {
  fraction rise = rise_of(c->pupil), shared = rise_of(c->school);
  if (shared.over < 0) shared = (fraction){0, 1};
  return compare((fraction){100 * rise.over - points * rise.under, 100 * rise.under}, shared) >= 0;
}

bool profile_weekday_met(const compiled_rule *r, const profile_counts *on,
                         const profile_counts *others, uint32_t away) {
  contrast c = sides_of(*on, *others);
  return on->pupil.possible > 0 && others->pupil.possible > 0 &&
         away >= (uint32_t)r->rule.at_least && reaches(&c, r->rule.points);
}

/* Trend -------------------------------------------------------------------- */

static profile_counts count_between(const compiled_rule *r, const span *s, size_t from, size_t to) {
  profile_counts c = {.pupil = {0}};
  for (size_t i = from; i < to; i++) add_session(r, s, i, &c);
  return c;
}

bool profile_is_short(const compiled_rule *r, const school_session *school, share pupil) {
  bool is_unknown = rule_needs_school(&r->rule) && !school;
  return is_unknown || pupil.possible == 0 || pupil.possible < (uint32_t)r->rule.least_possible;
}

static bool is_trend_short(const compiled_rule *r, const school_session *school,
                           const contrast *c) {
  return profile_is_short(r, school, c->pupil[0]) || profile_is_short(r, school, c->pupil[1]);
}

static bool has_fallen(const compiled_rule *r, const contrast *c) {
  const share *before = &c->pupil[1];
  bool was = (uint64_t)(before->possible - before->absent) * 100U >=
             (uint64_t)(unsigned)r->rule.was_at_least * before->possible;
  return was && reaches(c, r->rule.points);
}

bool profile_trend_met(const compiled_rule *r, const school_session *school,
                       const profile_counts *now, const profile_counts *before) {
  contrast c = sides_of(*now, *before);
  return !is_trend_short(r, school, &c) && has_fallen(r, &c);
}

/* The trend as it stands on the last session before `end`, in the school week `week`. */
static void look_back(const compiled_rule *r, const span *s, int32_t week, size_t end,
                      evidence *e) {
  const calendar *c = s->calendar;
  e->to = end;
  e->from = e->before_to = calendar_week_start(c, week - r->rule.weeks + 1);
  e->before_from = calendar_week_start(c, week - r->rule.weeks - r->rule.before + 1);
  e->contrast = contrast_of(count_between(r, s, e->from, e->to),
                            count_between(r, s, e->before_from, e->before_to));
  e->too_few = is_trend_short(r, s->school, &e->contrast);
  e->met = !e->too_few && has_fallen(r, &e->contrast);
}

void profile_trend(const compiled_rule *r, const span *s, evidence *e) {
  e->too_few = true;
  e->of = 0;
  if (s->end == 0) return;
  int32_t week = s->calendar->week[s->end - 1];
  look_back(r, s, week, s->end, e);
  e->count = e->contrast.pupil[0].absent;
  e->of = e->contrast.pupil[0].possible;
  if (!e->met) return;
  evidence before; /* the spell began in the week from which on it was met at every week's end */
  for (; week > 0; week--) {
    look_back(r, s, week - 1, calendar_week_start(s->calendar, week), &before);
    if (!before.met) break;
  }
  e->spell = calendar_week_start(s->calendar, week);
}

/* Weekday ------------------------------------------------------------------ */

static int32_t beyond_school(const contrast *c) {
  return c->points - (c->school_points > 0 ? c->school_points : 0);
}

/* Of the weekdays that can be compared: one that meets the rule goes before one that does
 * not; then the larger difference, as it is shown; then the earlier weekday. */
void profile_weekday(const compiled_rule *r, const span *s, evidence *e) {
  const session *at = s->calendar->at;
  profile_counts all = {.pupil = {0}}, on[WEEKDAYS] = {{.pupil = {0}}};
  uint32_t away[WEEKDAYS] = {0}, days[WEEKDAYS] = {0}; /* with an absence, and with a mark */
  e->from = e->to = s->end;
  if (s->end > 0)
    e->from = calendar_week_start(s->calendar, s->calendar->week[s->end - 1] - r->rule.weeks + 1);
  for (size_t i = e->from; i < e->to;) {
    day today = session_day(at[i]);
    int weekday = date_weekday(today);
    profile_counts of_day = {.pupil = {0}};
    for (; i < e->to && session_day(at[i]) == today; i++) {
      add_session(r, s, i, &of_day);
      add_session(r, s, i, &on[weekday]);
      add_session(r, s, i, &all);
    }
    away[weekday] += of_day.pupil.absent > 0;
    days[weekday] += of_day.pupil.possible > 0;
  }
  for (int weekday = 0; weekday < WEEKDAYS; weekday++) {
    profile_counts others = {share_less(all.pupil, on[weekday].pupil),
                             share_less(all.everybody, on[weekday].everybody)};
    if (on[weekday].pupil.possible == 0 || others.pupil.possible == 0) continue;
    contrast c = contrast_of(on[weekday], others);
    bool met = away[weekday] >= (uint32_t)r->rule.at_least && reaches(&c, r->rule.points);
    bool first = e->weekday < 0;
    if (!first && met == e->met && beyond_school(&c) <= beyond_school(&e->contrast)) continue;
    if (!first && met < e->met) continue;
    e->contrast = c;
    e->weekday = weekday;
    e->days = away[weekday];
    e->of_days = days[weekday];
    e->met = met;
  }
  e->too_few = e->weekday < 0 || profile_is_short(r, s->school, all.pupil);
  e->met = e->met && !e->too_few;
  e->count = e->contrast.pupil[0].absent;
  e->of = e->contrast.pupil[0].possible;
}
