/* calendar: the kind `calendar`: open and closed days of schools. All days of a file are
 * held until its end, so that a day it names twice counts once: the later row wins. */
#include <stdlib.h>

#include "base/array.h"
#include "store/import/import.h"

enum { DAYS_SCHOOL = COLUMN_SCHOOL, DAYS_DATE, DAYS_AM, DAYS_PM, DAYS_COLUMNS };
static const csv_column columns[DAYS_COLUMNS] = {
    [DAYS_SCHOOL] = {"school", CSV_MAY},
    [DAYS_DATE] = {"date", CSV_MUST},
    [DAYS_AM] = {"am", CSV_MUST},
    [DAYS_PM] = {"pm", CSV_MUST},
};

typedef struct named_day {
  size_t school, line;
  day on;
  int open; /* bit 0 the morning, bit 1 the afternoon */
} named_day;

typedef struct named_days {
  named_day *list; /* [count] */
  size_t count, room;
} named_days;

static bool take_day(importer *i, named_days *all) {
  named_day d = {.line = i->row.line};
  int am, pm;
  if (!import_school(i, &d.school) || !import_school_date(i, DAYS_DATE, &d.on) ||
      !import_flag(i, csv_cell(i->reader, &i->row, DAYS_AM), "am", &am) ||
      !import_flag(i, csv_cell(i->reader, &i->row, DAYS_PM), "pm", &pm))
    return false;
  if (d.on == DAY_NONE) return import_leave_out(i, LEFT_NOT_A_DATE, "the date is missing");
  if (am < 0 || pm < 0) return import_leave_out(i, LEFT_EMPTY, "%s is empty", am < 0 ? "am" : "pm");
  d.open = am | pm << 1;
  if (!import_ok(i, array_grow(&all->list, all->count, &all->room, sizeof d, i->problem)))
    return false;
  all->list[all->count++] = d;
  if (d.open && date_weekday(d.on) >= 5) {
    char text[DATE_ENGLISH];
    date_english_short(d.on, text);
    import_warn(i, WARN_WEEKEND, d.line, "%s", text);
  }
  import_note_row(i, d.school, d.on);
  return true;
}

static int by_day(const void *a, const void *b) {
  const named_day *x = a, *y = b;
  if (x->school != y->school) return x->school < y->school ? -1 : 1;
  if (x->on != y->on) return x->on < y->on ? -1 : 1;
  return (x->line > y->line) - (x->line < y->line);
}

/* Compare with what is stored of the day, and write it when it differs. */
static status put_day(importer *i, const named_day *d, problem *p) {
  int64_t school = i->schools->list[d->school].id;
  statement *find =
      db_statement(i->db, "SELECT am, pm FROM calendar_day WHERE school = ? AND day = ?", p);
  if (!find) return STATUS_FAULT;
  db_bind_int(find, 1, school);
  db_bind_int(find, 2, d->on);
  bool known = false, same = false;
  status s = db_step(find, &known, p);
  if (!s && known)
    same = (db_column_int(find, 0) != 0) == (d->open & 1) &&
           (db_column_int(find, 1) != 0) == d->open >> 1;
  db_reset(find);
  if (s) return s;
  i->report->unchanged += same;
  i->report->added += !known;
  i->report->changed += known && !same;
  if (same) return STATUS_OK;
  statement *put = db_statement(
      i->db, "INSERT OR REPLACE INTO calendar_day (school, day, am, pm) VALUES (?, ?, ?, ?)", p);
  if (!put) return STATUS_FAULT;
  db_bind_int(put, 1, school);
  db_bind_int(put, 2, d->on);
  db_bind_int(put, 3, d->open & 1);
  db_bind_int(put, 4, d->open >> 1);
  return db_run(put, p);
}

static status run(importer *i) {
  named_days all = {0};
  while (import_next(i)) (void)take_day(i, &all);
  if (all.count) qsort(all.list, all.count, sizeof *all.list, by_day);
  for (size_t k = 0; k < all.count && !i->failed; k++) {
    const named_day *d = &all.list[k], *then = d + 1;
    if (k + 1 == all.count || then->school != d->school || then->on != d->on) {
      (void)import_ok(i, put_day(i, d, i->problem));
      continue;
    }
    i->report->repeated++;
    if (d->open == then->open) continue;
    char date[DATE_TEXT];
    date_format(d->on, date);
    examples_add(&i->report->repeats, then->line, "%s, first in line %zu", date, d->line);
  }
  mem_free(all.list);
  return i->failed;
}

const import_handler import_calendar = {"calendar", columns, DAYS_COLUMNS, run};
