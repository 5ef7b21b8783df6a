/* import_school: see import_school.h. */
#include "store/import/import_school.h"

#include <string.h>

enum {
  ODD_AT_LEAST = 20, /* real marks on closed days … */
  ODD_ONE_IN = 100   /* … and one in so many of all: the calendar is wrong */
};

static status take_days(school_days *d, const school_day *days, size_t count, problem *p) {
  if (count == 0) return STATUS_OK;
  for (size_t i = 0; i < count; i++)
    if (days[i].on < DATE_FIRST || days[i].on > DATE_LAST || days[i].on < days[0].on)
      return problem_set(p, STATUS_CORRUPT, "restore a backup",
                         "a calendar has a day that is none");
  d->first = days[0].on;
  d->count = (size_t)(days[count - 1].on - days[0].on) + 1;
  d->open = mem_new(d->count, 1);
  if (!d->open) return problem_no_memory(p);
  for (size_t i = 0; i < count; i++) {
    unsigned open =
        (days[i].open[0] ? SCHOOL_OPEN_AM : 0U) | (days[i].open[1] ? SCHOOL_OPEN_PM : 0U);
    d->open[days[i].on - d->first] = (uint8_t)open;
    if (open) d->planned[date_academic_year(days[i].on) - SCHOOL_FIRST_YEAR] = true;
  }
  return STATUS_OK;
}

status school_days_load(store *s, int64_t school, school_days **out, problem *p) {
  school_day *days = NULL;
  size_t count = 0;
  status t = store_days(s, school, &days, &count, p);
  if (t) return t;
  school_days *d = mem_new(1, sizeof *d);
  if (d) {
    d->school = school;
    d->from = d->to = SESSION_NONE;
    t = take_days(d, days, count, p);
  } else {
    t = problem_no_memory(p);
  }
  mem_free(days);
  if (t) {
    school_days_free(d);
    return t;
  }
  *out = d;
  return STATUS_OK;
}

void school_days_free(school_days *d) {
  if (!d) return;
  mem_free(d->open);
  mem_free(d->closed);
  mem_free(d);
}

bool school_days_planned(const school_days *d, int academic_year) {
  return d->planned[academic_year - SCHOOL_FIRST_YEAR];
}

void school_days_came(school_days *d, session at) {
  if (d->from == SESSION_NONE || at < d->from) d->from = at;
  if (d->to == SESSION_NONE || at > d->to) d->to = at;
}

/* Oddities ------------------------------------------------------------------- */

static size_t find_closed(const school_days *d, day on) {
  size_t low = 0, high = d->closed_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (d->closed[middle].on < on)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

status school_days_note_closed(school_days *d, day on, problem *p) {
  size_t at = find_closed(d, on);
  if (at == d->closed_count || d->closed[at].on != on) {
    if (d->closed_count == d->closed_room) {
      size_t room = d->closed_room ? d->closed_room * 2 : 16;
      day_count *closed = mem_resize(d->closed, room, sizeof *closed);
      if (!closed) return problem_no_memory(p);
      d->closed = closed;
      d->closed_room = room;
    }
    memmove(d->closed + at + 1, d->closed + at, (d->closed_count - at) * sizeof *d->closed);
    d->closed[at] = (day_count){on, 0};
    d->closed_count++;
  }
  d->closed[at].count++;
  return STATUS_OK;
}

void school_days_warn(const school_days *d, const char *name, examples *warnings) {
  size_t all = 0, most = 0;
  char date[DATE_ENGLISH];
  for (size_t i = 0; i < d->closed_count; i++) {
    all += d->closed[i].count;
    if (d->closed[i].count > d->closed[most].count) most = i;
  }
  if (all < ODD_AT_LEAST || all <= d->real / ODD_ONE_IN) return;
  date_english(d->closed[most].on, date);
  examples_add(
      &warnings[WARN_CALENDAR_WRONG], 0,
      "%.80s: %zu of %zu marks fall on days that its calendar has closed, most of them (%zu)"
      " on %s",
      name, all, d->real, d->closed[most].count, date);
}

status school_days_write(const school_days *d, db *to, int64_t import, problem *p) {
  if (d->from == SESSION_NONE) return STATUS_OK;
  statement *s = db_statement(to,
                              "INSERT INTO coverage (import, school, first_session,"
                              " last_session) VALUES (?, ?, ?, ?)",
                              p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, import);
  db_bind_int(s, 2, d->school);
  db_bind_int(s, 3, d->from);
  db_bind_int(s, 4, d->to);
  return db_run(s, p);
}
