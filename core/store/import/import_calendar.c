/* import_calendar: open and closed days of schools; see import.h. All days of a
 * file are held until its end, so that a day it names twice counts once. */
#include <stdlib.h>

#include "store/import/import_inner.h"

enum { DAY_SCHOOL = COLUMN_SCHOOL, DAY_DATE, DAY_AM, DAY_PM, DAY_COLUMNS };
static const csv_column columns[DAY_COLUMNS] = {
    [DAY_SCHOOL] = {"school", false},
    [DAY_DATE] = {"date", true},
    [DAY_AM] = {"am", true},
    [DAY_PM] = {"pm", true},
};

typedef struct held_day {
  size_t school, line;
  day on;
  int open; /* bit 0 the morning, bit 1 the afternoon */
} held_day;

typedef struct held_days {
  held_day *days; /* [count] */
  size_t count, room;
} held_days;

/* What is stored of a day: bit 0 the morning, bit 1 the afternoon; -1: nothing. */
static status read_day(importer *i, int64_t school, day on, int *out, problem *p) {
  statement *s =
      db_statement(i->db, "SELECT am, pm FROM calendar_day WHERE school = ? AND day = ?", p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, school);
  db_bind_int(s, 2, on);
  bool row;
  status t = db_step(s, &row, p);
  if (!t) *out = row ? ((int)db_column_int(s, 0) != 0) | ((int)db_column_int(s, 1) != 0) << 1 : -1;
  db_reset(s);
  return t;
}

static status write_day(importer *i, int64_t school, day on, int open, problem *p) {
  statement *s = db_statement(
      i->db, "INSERT OR REPLACE INTO calendar_day (school, day, am, pm) VALUES (?, ?, ?, ?)", p);
  if (!s) return STATUS_FAULT;
  db_bind_int(s, 1, school);
  db_bind_int(s, 2, on);
  db_bind_int(s, 3, open & 1);
  db_bind_int(s, 4, open >> 1);
  return db_run(s, p);
}

static status put_day(importer *i, const held_day *d, problem *p) {
  int64_t id = people_school(i->people, d->school)->id;
  int known = -1;
  status s = read_day(i, id, d->on, &known, p);
  if (!s && known != d->open) s = write_day(i, id, d->on, d->open, p);
  if (s) return s;
  i->report->unchanged += known == d->open;
  i->report->added += known < 0;
  i->report->changed += known >= 0 && known != d->open;
  return STATUS_OK;
}

static int by_day(const void *a, const void *b) {
  const held_day *x = a, *y = b;
  if (x->school != y->school) return x->school < y->school ? -1 : 1;
  if (x->on != y->on) return x->on < y->on ? -1 : 1;
  return (x->line > y->line) - (x->line < y->line);
}

static void name_again(importer *i, const held_day *first, const held_day *then) {
  char date[DATE_TEXT];
  i->report->repeated++;
  if (first->open == then->open) return;
  date_format(then->on, date);
  tally_add(&i->report->repeats, then->line, "%s, first in line %zu", date, first->line);
}

/* The later of two rows for one day wins. */
static status finish_calendar(importer *i, problem *p) {
  held_days *own = i->own;
  status s = STATUS_OK;
  if (own->count) qsort(own->days, own->count, sizeof *own->days, by_day);
  for (size_t k = 0; k < own->count && !s; k++) {
    const held_day *d = &own->days[k], *then = k + 1 < own->count ? d + 1 : NULL;
    if (then && then->school == d->school && then->on == d->on)
      name_again(i, d, then);
    else
      s = put_day(i, d, p);
  }
  return s;
}

static status begin_calendar(importer *i, problem *p) {
  i->own = mem_new(1, sizeof(held_days));
  return i->own ? STATUS_OK : problem_no_memory(p);
}

static void end_calendar(importer *i) {
  held_days *own = i->own;
  mem_free(own->days);
  mem_free(own);
}

static status hold_day(importer *i, const csv_row *row, size_t school, day on, int open,
                       problem *p) {
  held_days *own = i->own;
  if (own->count == own->room) {
    size_t room = own->room ? own->room * 2 : 256;
    held_day *days = mem_resize(own->days, room, sizeof *days);
    if (!days) return problem_no_memory(p);
    own->days = days;
    own->room = room;
  }
  own->days[own->count++] = (held_day){school, row->line, on, open};
  if (open && date_weekday(on) >= 5) {
    char text[DATE_ENGLISH];
    date_english_short(on, text);
    import_warn(i, WARN_WEEKEND, row->line, "%s", text);
  }
  import_took(i, school, on);
  return STATUS_OK;
}

static status day_row(importer *i, const csv_row *row, problem *p) {
  size_t school;
  day on = DAY_NONE;
  int am = -1, pm = -1;
  bool found;
  status s = import_school(i, row, &school, &found, p);
  if (!s && found) s = import_date(i, row, csv_cell(i->reader, row, DAY_DATE), &on, &found, p);
  if (!s && found) s = import_flag(i, row, csv_cell(i->reader, row, DAY_AM), "am", &am, &found, p);
  if (!s && found) s = import_flag(i, row, csv_cell(i->reader, row, DAY_PM), "pm", &pm, &found, p);
  if (s || !found) return s;
  if (on == DAY_NONE) return import_leave_out(i, row, LEFT_NOT_A_DATE, p, "the date is missing");
  if (am < 0 || pm < 0)
    return import_leave_out(i, row, LEFT_EMPTY, p, "%s is empty", am < 0 ? "am" : "pm");
  return hold_day(i, row, school, on, am | pm << 1, p);
}

const import_ops import_calendar = {
    .name = "calendar",
    .columns = columns,
    .column_count = DAY_COLUMNS,
    .begin = begin_calendar,
    .row = day_row,
    .finish = finish_calendar,
    .end = end_calendar,
};
