/* figures: see figures.h. */
#include "store/school/figures.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/csv/csv_write.h"

/* Lines ------------------------------------------------------------------------ */

enum { CELL_MOST = 24 }; /* a number, or a date and a session, with its commas */

static char *put_number(char *at, uint32_t n) {
  char digits[10];
  int count = 0;
  do digits[count++] = (char)('0' + n % 10);
  while (n /= 10);
  while (count) *at++ = digits[--count];
  return at;
}

static char *put_percent(char *at, const tally *t) {
  int32_t hundredths = tally_percent(t);
  if (hundredths < 0) return at;
  at = put_number(at, (uint32_t)hundredths / 100);
  *at++ = '.';
  *at++ = (char)('0' + hundredths / 10 % 10);
  *at++ = (char)('0' + hundredths % 10);
  return at;
}

static char *put_comma(char *at) {
  *at++ = ',';
  return at;
}

/* On the counts, never on the percentage. */
static char reaches(int band, const tally *t) {
  bool does = band >= 0 && t->possible &&
              (uint64_t)t->attended * 100U <= (uint64_t)(unsigned)band * t->possible;
  return does ? '1' : '0';
}

static char *put_figures(char *at, const tally *t, const int bands[FIGURES_BANDS]) {
  at = put_comma(put_number(put_comma(at), t->possible));
  at = put_comma(put_number(at, t->attended));
  at = put_comma(put_number(at, t->by_class[CLASS_AUTHORISED]));
  at = put_comma(put_number(at, t->by_class[CLASS_UNAUTHORISED]));
  at = put_percent(at, t);
  for (int i = 0; i < FIGURES_BANDS; i++) {
    at = put_comma(at);
    *at++ = reaches(bands[i], t);
  }
  return at;
}

static char *put_two(char *at, int n) {
  *at++ = (char)('0' + n / 10);
  *at++ = (char)('0' + n % 10);
  return at;
}

static char *put_threshold(char *at, const sweep_answer *a) {
  *at++ = ',';
  if (a->first_met != SESSION_NONE) {
    int year, month, of_month;
    date_split(session_day(a->first_met), &year, &month, &of_month);
    at = put_number(at, (uint32_t)year);
    *at++ = '-';
    at = put_two(at, month);
    *at++ = '-';
    at = put_two(at, of_month);
    *at++ = ',';
    *at++ = session_half(a->first_met) == HALF_AM ? 'A' : 'P';
    *at++ = 'M';
  } else {
    *at++ = ',';
  }
  return put_number(put_comma(at), a->largest);
}

static void write_line(const void *context, const sweep_row *row, buffer *out) {
  const figures_plan *plan = context;
  if (plan->school) {
    csv_write_shown(out, row->school_key);
    buffer_add_char(out, ',');
  }
  csv_write_shown(out, row->upn);
  char *at = buffer_room(out, (8 + 2 * plan->rules) * CELL_MOST);
  if (!at) return;
  at = put_figures(at, &row->figures, plan->bands);
  for (size_t i = 0; i < plan->rules; i++) at = put_threshold(at, &row->answers[i]);
  *at++ = '\n';
  out->length = (size_t)(at - out->bytes);
}

/* Writing ---------------------------------------------------------------------- */

enum { BLOCK = 1 << 16 };

typedef struct output {
  int fd;
  buffer waiting; /* small pieces, until they are a block */
} output;

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

static status write_waiting(output *out, problem *p) {
  status s = buffer_status(&out->waiting, p);
  if (!s) s = write_bytes(out->fd, (slice){out->waiting.bytes, out->waiting.length}, p);
  buffer_clear(&out->waiting);
  return s;
}

static status write_text(output *out, slice text, problem *p) {
  status s = STATUS_OK;
  if (text.length < BLOCK) buffer_add(&out->waiting, text.at, text.length);
  if (text.length >= BLOCK || out->waiting.length >= BLOCK) s = write_waiting(out, p);
  if (!s && text.length >= BLOCK) s = write_bytes(out->fd, text, p);
  return s;
}

static status write_all(sweep *w, output *out, problem *p) {
  slice text;
  bool more = true;
  status s = STATUS_OK;
  while (!s && !(s = sweep_next_text(w, &text, &more, p)) && more) s = write_text(out, text, p);
  return s ? s : write_waiting(out, p);
}

status figures_write(store *s, const sweep_options *options, const rule *const *rules, size_t count,
                     unsigned threads, const figures_plan *plan, int to, problem *p) {
  figures_plan lines = *plan;
  lines.rules = count;
  sweep_options o = *options;
  o.render = write_line;
  o.context = &lines;
  o.names = o.missing = o.totals_only = false;
  sweep *w = NULL;
  output out = {.fd = to};
  status failed = sweep_begin(s, &o, rules, count, threads, &w, p);
  if (!failed) failed = write_text(&out, plan->heading, p);
  if (!failed) failed = write_all(w, &out, p);
  sweep_free(w);
  buffer_free(&out.waiting);
  return failed;
}
