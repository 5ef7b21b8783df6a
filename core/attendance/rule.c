/* rule: names of kinds, codes turned into marks, and which sessions of a pupil may count. */
#include "attendance/rule.h"

#include <stdio.h>
#include <string.h>

const char *rule_kind_name(enum rule_kind k) {
  static const char *const names[RULE_KINDS] = {
      [RULE_RATE] = "rate",       [RULE_COUNT] = "count",     [RULE_STREAK] = "streak",
      [RULE_LONGEST] = "longest", [RULE_ROLLING] = "rolling", [RULE_MISSING] = "missing",
      [RULE_TREND] = "trend",     [RULE_WEEKDAY] = "weekday"};
  return names[k];
}

const char *weekday_name(int weekday) {
  static const char *const names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                      "friday", "saturday", "sunday"};
  return names[weekday];
}

bool rule_is_fixed(const rule *r) {
  return r->kind == RULE_ROLLING || r->kind == RULE_STREAK || r->kind == RULE_TREND ||
         r->kind == RULE_WEEKDAY;
}

bool rule_needs_school(const rule *r) {
  return r->kind == RULE_WEEKDAY || (r->kind == RULE_TREND && r->beside_school);
}

bool rule_needs_dates(const rule *r) {
  return r->kind == RULE_MISSING || r->kind == RULE_STREAK || r->kind == RULE_LONGEST;
}

static status add_codes(mark_table *t, const char (*codes)[CODE_TEXT], int count, const rule *r,
                        const code_set *set, problem *p) {
  for (int i = 0; i < count; i++) {
    if (mark_table_add_code(t, set, slice_of(codes[i]))) continue;
    const char *nearest = code_nearest(set, slice_of(codes[i]), DAY_NONE + 1);
    char remedy[64];
    if (nearest)
      (void)snprintf(remedy, sizeof remedy, "the nearest code is \"%s\"", nearest);
    else
      (void)snprintf(remedy, sizeof remedy, "use codes of the code set");
    return problem_set(p, STATUS_NOT_FOUND, remedy, "the rule \"%s\" names an unknown code: \"%s\"",
                       r->name, codes[i]);
  }
  return STATUS_OK;
}

status rule_compile(const rule *r, const code_set *set, compiled_rule *out, problem *p) {
  compiled_rule c = {.rule = *r};
  status s = add_codes(&c.counts, r->codes, r->code_count, r, set, p);
  if (!s) s = add_codes(&c.watched, r->unresolved, r->unresolved_count, r, set, p);
  if (!s) s = add_codes(&c.after, r->after, r->after_count, r, set, p);
  if (s) return s;
  for (int class = 0; class < CLASS_COUNT; class ++)
    if (r->classes >> class & 1U) mark_table_add_class(&c.counts, (enum mark_class) class);
  *out = c;
  return STATUS_OK;
}

/* Ages -------------------------------------------------------------------- */

typedef struct civil {
  int year, month, day;
} civil;

/* The birthday in a year; 29 February is kept on 1 March in other years
 * (Family Law Reform Act 1969 s.9 leaves the day; the common reading). */
static civil birthday(civil born, int age) {
  int year = born.year + age;
  if (born.day > date_days_in_month(year, born.month)) return (civil){year, born.month + 1, 1};
  return (civil){year, born.month, born.day};
}

void age_range_days(const age_range *a, day born, day *from, day *to) {
  *from = *to = DAY_NONE;
  if (born == DAY_NONE || born > date_of(2199 - a->to_age - 2, 1, 1)) return;
  civil b;
  date_split(born, &b.year, &b.month, &b.day);
  civil begins = birthday(b, a->from_age), turns = birthday(b, a->to_age);
  day earliest = date_of(begins.year, begins.month, begins.day);
  *from = DATE_LAST;
  for (int i = 0; i < a->from_count; i++) { /* the first of the dates from that birthday on */
    day on = date_of(begins.year, a->from_on[i].month, a->from_on[i].day);
    if (on < earliest) on = date_of(begins.year + 1, a->from_on[i].month, a->from_on[i].day);
    if (on >= earliest && on < *from) *from = on;
  }
  bool begun = date_of(turns.year, turns.month, turns.day) >=
               date_of(turns.year, a->year_begins.month, a->year_begins.day);
  int first_year = begun ? turns.year : turns.year - 1;
  int end_year = a->to_month >= a->year_begins.month ? first_year : first_year + 1;
  day last = date_of(end_year, a->to_month, date_days_in_month(end_year, a->to_month));
  *to = last - (date_weekday(last) - a->to_weekday + 7) % 7;
}

void rule_scope(const rule *r, const span *s, size_t *from, size_t *to) {
  const calendar *c = s->calendar;
  const age_range *a = &r->ages;
  *from = 0;
  *to = s->end;
  if (c->count == 0) return;
  day first = session_day(c->at[0]), last = session_day(c->at[c->count - 1]);
  if (r->since != DAY_NONE && r->since > first)
    *from = calendar_index(c, session_of(r->since, HALF_AM));
  if (a->used && s->born != DAY_NONE) {
    /* Most pupils are of these ages on every day of the calendar, and a generous bound says so
     * without a date: the first day that counts comes within a year and a day of a birthday,
     * the last no more than a year and a month before one, and a year has 365 or 366 days. */
    bool always = a->from_count > 0 && s->born + 366 * ((int64_t)a->from_age + 2) <= first &&
                  s->born + 365 * ((int64_t)a->to_age - 2) > last;
    day of_age = DAY_NONE, over_age = DAY_NONE;
    if (!always) age_range_days(a, s->born, &of_age, &over_age);
    size_t begin = of_age == DAY_NONE ? 0 : calendar_index(c, session_of(of_age, HALF_AM));
    size_t end = over_age == DAY_NONE ? s->end : calendar_end(c, over_age);
    if (begin > *from) *from = begin;
    if (end < *to) *to = end;
  }
  if (*from > *to) *from = *to;
}
