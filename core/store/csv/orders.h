/* orders: whether the day or the month comes first in the dates of a column, out of all of them.
 *
 * A date such as 13/02/2026 can be read in one order only, and proves it. What is proved both ways,
 * or what a person or a profile says against the proof, is not decided; nor is what very few cells
 * prove where read so the others would fall on days without school. */
#ifndef WAYMARK_ORDERS_H
#define WAYMARK_ORDERS_H

#include "base/date.h"
#include "base/status.h"
#include "store/csv/reading.h"

enum { DAY_FIRST, MONTH_FIRST, ORDERS };

/* The first cell of some kind. */
typedef struct dated_cell {
  char text[24]; /* "": there is none */
  size_t line;
  written_date date;
} dated_cell;

typedef struct order_facts {
  size_t only[ORDERS]; /* dates that can be read in this order alone */
  size_t either;       /* in both, as different days … */
  size_t odd[ORDERS]; /* … of which this many are at a weekend or after today, read in this one */
  dated_cell first[ORDERS]; /* of `only` */
  dated_cell first_either;
} order_facts;

/* `today` may be DAY_NONE. */
void orders_note(order_facts *f, slice cell, const written_date *w, size_t line, day today);
/* The order that is proved; DATES_FOUND: none is, or both are. */
enum date_order orders_proved(const order_facts *f);
/* STATUS_REFUSED where the order `said` (DATES_FOUND: nothing is) goes against what is proved, or
 * where what is proved is in doubt. `file` may be NULL. */
status orders_check(const order_facts *f, enum date_order said, const char *file, slice heading,
                    problem *p);
/* The question, where nothing proves an order. */
status orders_ask(const order_facts *f, const char *file, slice heading, problem *p);

#endif
