/* rule: see rule.h. */
#include "attendance/rule.h"

#include <stdio.h>
#include <string.h>

const char *rule_kind_name(enum rule_kind k) {
  static const char *const names[RULE_KINDS] = {"rate",    "count",   "streak",
                                                "longest", "rolling", "missing"};
  return names[k];
}

static status add_codes(mark_table *t, char (*codes)[CODE_TEXT], int count, const rule *r,
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

status rule_compile(rule *r, const code_set *set, problem *p) {
  mark_table counts = {{0}}, watched = {{0}};
  status s = add_codes(&counts, r->codes, r->code_count, r, set, p);
  if (!s) s = add_codes(&watched, r->unresolved, r->unresolved_count, r, set, p);
  if (s) return s;
  for (int c = 0; c < CLASS_COUNT; c++)
    if (r->classes >> c & 1U) mark_table_add_class(&counts, (enum mark_class)c);
  r->counts = counts;
  r->watched = watched;
  r->compiled = true;
  return STATUS_OK;
}

/* Ages -------------------------------------------------------------------- */

/* The birthday in a year; 29 February is kept on 1 March in other years
 * (Family Law Reform Act 1969 s.9 leaves the day; the common reading). */
static day birthday(day born, int age) {
  int y, m, d;
  date_split(born, &y, &m, &d);
  y += age;
  if (d > date_days_in_month(y, m)) return date_of(y, m + 1, 1);
  return date_of(y, m, d);
}

static day first_date_from(const age_range *a, day earliest) {
  int y, m, d;
  date_split(earliest, &y, &m, &d);
  day best = DATE_LAST;
  for (int i = 0; i < a->from_count; i++)
    for (int next = 0; next < 2; next++) {
      day on = date_of(y + next, a->from_on[i].month, a->from_on[i].day);
      if (on >= earliest && on < best) best = on;
    }
  return best;
}

static day last_weekday(int year, int month, int weekday) {
  day d = date_of(year, month, date_days_in_month(year, month));
  int back = (date_weekday(d) - weekday + 7) % 7;
  return d - back;
}

void age_range_days(const age_range *a, day born, day *from, day *to) {
  *from = *to = DAY_NONE;
  if (born == DAY_NONE || born > date_of(2199 - a->to_age - 2, 1, 1)) return;
  *from = first_date_from(a, birthday(born, a->from_age));
  day turns = birthday(born, a->to_age);
  int y, m, d;
  date_split(turns, &y, &m, &d);
  day begins = date_of(y, a->year_begins.month, a->year_begins.day);
  int first_year = turns >= begins ? y : y - 1;
  int end_year = a->to_month >= a->year_begins.month ? first_year : first_year + 1;
  *to = last_weekday(end_year, a->to_month, a->to_weekday);
}

void rule_scope(const rule *r, const span *s, size_t *from, size_t *to) {
  *from = 0;
  *to = s->end;
  if (r->since != DAY_NONE) *from = calendar_index(s->calendar, session_of(r->since, 0));
  if (r->ages.used && s->born != DAY_NONE) {
    day first, last;
    age_range_days(&r->ages, s->born, &first, &last);
    size_t a = first == DAY_NONE ? 0 : calendar_index(s->calendar, session_of(first, 0));
    size_t b = last == DAY_NONE ? s->end : calendar_end(s->calendar, last);
    if (a > *from) *from = a;
    if (b < *to) *to = b;
  }
  if (*from > *to) *from = *to;
}
