/* orders: what is counted of each date, and when it is enough; see the header. */
#include "store/csv/orders.h"

#include <stdio.h>

enum {
  FEW = 50,   /* one proof among so many that can be read both ways proves little */
  STRAY = 10, /* one date against so many that support an order is a slip of the pen */
  OFTEN = 5,  /* one in so many on a day without school is no chance */
  SHOWN = 40  /* bytes of a heading */
};

static const char *const words[ORDERS] = {"day first", "month first"};
static const char remedy[] =
    "put them right in the file, or say how all are meant with --dates "
    "day-first or --dates month-first";

static void keep(dated_cell *kept, slice cell, const written_date *w, size_t line) {
  if (kept->text[0]) return;
  size_t most = sizeof kept->text - 1;
  (void)snprintf(kept->text, sizeof kept->text, "%.*s",
                 (int)(cell.length < most ? cell.length : most), cell.at);
  kept->line = line;
  kept->date = *w;
}

void orders_note(order_facts *f, slice cell, const written_date *w, size_t line, day today) {
  if (w->form != DATE_NUMBERS || w->first == w->second) return;
  char order = date_order_of(w);
  if (order) {
    int which = order == 'm' ? MONTH_FIRST : DAY_FIRST;
    f->only[which]++;
    keep(&f->first[which], cell, w, line);
  } else if (w->first <= 12) {
    f->either++;
    keep(&f->first_either, cell, w, line);
    for (int m = 0; m < ORDERS; m++) {
      day on;
      if (date_of_written(w, m == MONTH_FIRST, &on)) continue;
      f->odd[m] += date_weekday(on) > 4 || (today != DAY_NONE && on > today);
    }
  }
}

enum date_order orders_proved(const order_facts *f) {
  if (!f->only[DAY_FIRST] == !f->only[MONTH_FIRST]) return DATES_FOUND;
  return f->only[DAY_FIRST] ? DATES_DAY_FIRST : DATES_MONTH_FIRST;
}

/* "marks.csv: under "Date" " */
static void name(char *to, size_t room, const char *file, slice heading) {
  int length =
      (int)text_utf8_prefix((slice){heading.at, heading.length < SHOWN ? heading.length : SHOWN});
  (void)snprintf(to, room, "%s%sunder \"%.*s\"", file ? file : "", file ? ": " : "", length,
                 heading.at);
}

status orders_check(const order_facts *f, enum date_order said, const char *file, slice heading,
                    problem *p) {
  char where[400];
  name(where, sizeof where, file, heading);
  const dated_cell *first = f->first;
  if (said) {
    int order = said == DATES_MONTH_FIRST ? MONTH_FIRST : DAY_FIRST, other = !order;
    size_t support = f->only[order] + (f->odd[other] > f->odd[order] ? f->either : 0);
    if (f->only[other] * STRAY <= support) return STATUS_OK;
    return problem_set(
        p, STATUS_REFUSED,
        f->only[order] ? "put right in the file those that are written the other way"
        : said == DATES_DAY_FIRST
            ? "say --dates month-first (it goes before a profile), or put them right in the file"
            : "say --dates day-first (it goes before a profile), or put them right in the file",
        "%s dates are said to be %s, but %zu can only be %s (line %zu: %s)", where, words[order],
        f->only[other], words[other], first[other].line, first[other].text);
  }
  if (f->only[DAY_FIRST] && f->only[MONTH_FIRST])
    return problem_set(p, STATUS_REFUSED, remedy,
                       "%s some dates can only be read day first (%zu; line %zu: %s), others only"
                       " month first (%zu; line %zu: %s)",
                       where, f->only[DAY_FIRST], first[DAY_FIRST].line, first[DAY_FIRST].text,
                       f->only[MONTH_FIRST], first[MONTH_FIRST].line, first[MONTH_FIRST].text);
  for (int order = 0; order < ORDERS; order++) {
    size_t odd = f->odd[order], other = f->odd[!order];
    if (!f->only[order] || f->only[order] * FEW > f->either || odd * OFTEN < f->either ||
        other * STRAY > odd)
      continue;
    return problem_set(p, STATUS_REFUSED, remedy,
                       "%s only %zu of %zu dates can be read in one way alone, %s (line %zu: %s);"
                       " read so, %zu of the others are after today or on Saturdays and Sundays,"
                       " and %zu read %s",
                       where, f->only[order], f->only[order] + f->either, words[order],
                       first[order].line, first[order].text, odd, other, words[!order]);
  }
  return STATUS_OK;
}

status orders_ask(const order_facts *f, const char *file, slice heading, problem *p) {
  day one = DATE_FIRST, other = DATE_FIRST;
  char a[DATE_ENGLISH], b[DATE_ENGLISH];
  (void)date_of_written(&f->first_either.date, false, &one);
  (void)date_of_written(&f->first_either.date, true, &other);
  date_english(one, a);
  date_english(other, b);
  int length =
      (int)text_utf8_prefix((slice){heading.at, heading.length < SHOWN ? heading.length : SHOWN});
  return problem_set(
      p, STATUS_REFUSED, "say which with --dates day-first or --dates month-first, or in a profile",
      "%s%sare the dates under \"%.*s\" day first or month first? %s may be %s or %s",
      file ? file : "", file ? ": " : "", length, heading.at, f->first_either.text, a, b);
}
