/* calendar: two ascending arrays side by side, in one block of memory; every question is a
 * search in one of them. */
#include "attendance/calendar.h"

#include <string.h>

#include "base/array.h"

status calendar_build(const school_day *days, size_t count, calendar *out, problem *p) {
  size_t n = 0;
  for (size_t i = 0; i < count; i++) {
    n += (size_t)days[i].open[0] + (size_t)days[i].open[1];
    if (i == 0 || days[i].on > days[i - 1].on) continue;
    char text[DATE_TEXT];
    date_format(days[i].on, text);
    return problem_set(p, STATUS_RANGE, "list each day once, in order",
                       "the calendar has %s twice or out of order", text);
  }
  session *at = mem_new(n * 2, sizeof(int32_t));
  if (!at) return problem_no_memory(p);
  int32_t *week = at + n, number = -1;
  day monday = DAY_NONE;
  size_t k = 0;
  for (size_t i = 0; i < count; i++) {
    for (int half = 0; half < 2; half++) {
      if (!days[i].open[half]) continue;
      if (date_monday(days[i].on) != monday) monday = date_monday(days[i].on), number++;
      at[k] = session_of(days[i].on, half);
      week[k++] = number;
    }
  }
  *out = (calendar){n, at, week};
  return STATUS_OK;
}

void calendar_free(calendar *c) {
  void *block;
  memcpy(&block, &c->at, sizeof block); /* the builder's own block, lent as const */
  mem_free(block);
  *c = (calendar){0};
}

static int is_less(const void *element, const void *key) {
  return *(const int32_t *)element < *(const int32_t *)key;
}

size_t calendar_index(const calendar *c, session s) {
  return array_lower_bound(c->at, c->count, sizeof *c->at, &s, is_less);
}

size_t calendar_end(const calendar *c, day d) { return calendar_index(c, session_of(d + 1, 0)); }

bool calendar_is_open(const calendar *c, session s) {
  size_t i = calendar_index(c, s);
  return i < c->count && c->at[i] == s;
}

bool calendar_is_school_day(const calendar *c, day d) {
  size_t i = calendar_index(c, session_of(d, 0));
  return i < c->count && session_day(c->at[i]) == d;
}

bool calendar_week_of(const calendar *c, day d, int32_t *out) {
  size_t i = calendar_index(c, session_of(date_monday(d), 0));
  if (i == c->count || date_monday(session_day(c->at[i])) != date_monday(d)) return false;
  *out = c->week[i];
  return true;
}

size_t calendar_week_start(const calendar *c, int32_t week) {
  return array_lower_bound(c->week, c->count, sizeof *c->week, &week, is_less);
}

/* The index of the first session of the next school day after session i. */
static size_t next_day(const calendar *c, size_t i) {
  return calendar_end(c, session_day(c->at[i]));
}

size_t calendar_days_between(const calendar *c, day from, day to) {
  size_t n = 0;
  for (size_t i = calendar_index(c, session_of(from, 0)); i < c->count; i = next_day(c, i)) {
    if (session_day(c->at[i]) > to) break;
    n++;
  }
  return n;
}

static status ends_before(day from, const char *what, problem *p) {
  char text[DATE_TEXT];
  date_format(from, text);
  return problem_set(p, STATUS_RANGE, "add the next school year to the calendar",
                     "the calendar ends before %s from %s is over", what, text);
}

status calendar_days_after(const calendar *c, day d, int n, day *out, problem *p) {
  size_t i = calendar_end(c, d);
  for (int k = 1; k < n && i < c->count; k++) i = next_day(c, i);
  if (i >= c->count) return ends_before(d, "that number of school days", p);
  *out = session_day(c->at[i]);
  return STATUS_OK;
}

status calendar_days_period(const calendar *c, day start, int n, day *out, problem *p) {
  return calendar_days_after(c, start - 1, n, out, p);
}

status calendar_sessions_period(const calendar *c, day start, int n, day *out, problem *p) {
  size_t first = calendar_index(c, session_of(start, 0)), wanted = (size_t)n - 1;
  if (wanted >= c->count - first) return ends_before(start, "that number of half days", p);
  *out = session_day(c->at[first + wanted]);
  return STATUS_OK;
}

status calendar_weeks_period(const calendar *c, day start, int n, day *out, problem *p) {
  size_t first = calendar_index(c, session_of(start, 0));
  if (first == c->count) return ends_before(start, "the period", p);
  day begins = session_day(c->at[first]);
  size_t head = calendar_week_start(c, c->week[first]);
  /* A week's first school day stands for its Monday. */
  int weekday = first == head ? 0 : date_weekday(begins);
  int32_t last_week = c->week[c->count - 1];
  if (c->week[first] + n > last_week + (weekday == 0)) return ends_before(start, "the period", p);
  size_t after = calendar_week_start(c, c->week[first] + n);
  if (weekday > 0) /* the same weekday, n school weeks on */
    after = calendar_index(c, session_of(date_monday(session_day(c->at[after])) + weekday, 0));
  *out = session_day(c->at[after - 1]);
  return STATUS_OK;
}
