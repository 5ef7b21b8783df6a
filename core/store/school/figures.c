/* figures: lines are put together by hand, byte by byte: there are as many as pupils. */
#include "store/school/figures.h"

#include <errno.h>
#include <unistd.h>

#include "store/csv/csv_write.h"

/* Lines ------------------------------------------------------------------------ */

typedef struct line_plan {
  const figures_plan *figures;
  size_t rules;
} line_plan;

enum { CELL_MOST = 24 }; /* a number, or a date and a session, with its commas */

static char *put_number(char *at, uint32_t n) {
  char digits[10];
  int count = 0;
  do digits[count++] = (char)('0' + n % 10);
  while (n /= 10);
  while (count) *at++ = digits[--count];
  return at;
}

static char *put_two(char *at, int n) {
  *at++ = (char)('0' + n / 10);
  *at++ = (char)('0' + n % 10);
  return at;
}

static void write_line(const void *context, const sweep_row *row, buffer *out) {
  const line_plan *plan = context;
  const figures_plan *figures = plan->figures;
  const tally *t = &row->figures;
  if (figures->school) {
    csv_write_shown(out, row->school_key);
    buffer_add_char(out, ',');
  }
  csv_write_shown(out, row->upn);
  char *at = buffer_room(out, (6 + FIGURES_BANDS + 2 * plan->rules) * CELL_MOST);
  if (!at) return;
  uint32_t counts[] = {t->possible, t->attended, t->by_class[CLASS_AUTHORISED],
                       t->by_class[CLASS_UNAUTHORISED]};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    *at++ = ',';
    at = put_number(at, counts[i]);
  }
  *at++ = ',';
  int32_t hundredths = tally_percent(t);
  if (hundredths >= 0) {
    at = put_number(at, (uint32_t)hundredths / 100);
    *at++ = '.';
    at = put_two(at, hundredths % 100);
  }
  for (size_t i = 0; i < figures->band_count; i++) { /* on the counts, never on the percentage */
    int band = figures->bands[i];
    bool is_reached = band >= 0 && t->possible &&
                      (uint64_t)t->attended * 100U <= (uint64_t)(unsigned)band * t->possible;
    *at++ = ',';
    *at++ = is_reached ? '1' : '0';
  }
  for (size_t i = 0; i < plan->rules; i++) {
    const sweep_answer *a = &row->answers[i];
    *at++ = ',';
    if (a->first_met != SESSION_NONE) {
      int year, month, of_month;
      date_split(session_day(a->first_met), &year, &month, &of_month);
      at = put_number(at, (uint32_t)year);
      *at++ = '-';
      at = put_two(at, month);
      *at++ = '-';
      at = put_two(at, of_month);
    }
    *at++ = ',';
    if (a->first_met != SESSION_NONE) {
      *at++ = session_half(a->first_met) == HALF_AM ? 'A' : 'P';
      *at++ = 'M';
    }
    *at++ = ',';
    at = put_number(at, a->largest);
  }
  *at++ = '\n';
  out->length = (size_t)(at - out->bytes);
}

/* Writing ---------------------------------------------------------------------- */

enum { BLOCK = 1 << 16 };

static status write_bytes(int fd, slice what, problem *p) {
  while (what.length) {
    ssize_t n = write(fd, what.at, what.length);
    if (n < 0 && errno != EINTR)
      return problem_set(p, STATUS_IO, "is the disk full?", "cannot write the output");
    if (n <= 0) continue;
    what.at += n;
    what.length -= (size_t)n;
  }
  return STATUS_OK;
}

static status write_waiting(int fd, buffer *waiting, problem *p) {
  status s = buffer_status(waiting, p);
  if (!s) s = write_bytes(fd, buffer_slice(waiting), p);
  buffer_clear(waiting);
  return s;
}

status figures_write(store *st, const sweep_options *options, const figures_plan *plan, int to,
                     problem *p) {
  line_plan lines = {plan, options->rule_count};
  sweep_options o = *options;
  o.render = write_line;
  o.context = &lines;
  o.names = o.missing = o.totals_only = false;
  sweep *w = NULL;
  buffer waiting = {0}; /* small pieces, until they are a block */
  slice text = plan->heading;
  bool more = true;
  status s = sweep_begin(st, &o, &w, p);
  while (!s && more) {
    bool is_block = text.length >= BLOCK;
    if (!is_block) buffer_add(&waiting, text.at, text.length);
    if (is_block || waiting.length >= BLOCK) s = write_waiting(to, &waiting, p);
    if (!s && is_block) s = write_bytes(to, text, p);
    if (!s) s = sweep_next_text(w, &text, &more, p);
  }
  if (!s) s = write_waiting(to, &waiting, p);
  sweep_free(w);
  buffer_free(&waiting);
  return s;
}
