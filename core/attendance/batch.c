/* batch: a block written once and checked once. Layout: header, sessions, weeks, the school's
 * sessions (or nothing), records, marks (padded to four bytes), texts. */
#include "attendance/batch.h"

#include <string.h>

enum { SESSIONS_MOST = 100000 };

typedef struct layout {
  size_t at, week, school, records, marks, texts;
} layout;

static layout layout_of(size_t sessions, size_t pupils, bool school) {
  layout l;
  l.at = sizeof(batch_header);
  l.week = l.at + sessions * sizeof(int32_t);
  l.school = l.week + sessions * sizeof(int32_t);
  l.records = l.school + (school ? sessions * sizeof(school_session) : 0);
  l.marks = l.records + pupils * sizeof(batch_record);
  l.texts = (l.marks + pupils * sessions + 3) & ~(size_t)3;
  return l;
}

static layout layout_for(const batch_header *h) {
  return layout_of(h->sessions, h->pupils, h->beside_school != 0);
}

static batch_header *header_of(const buffer *b) { return (batch_header *)(void *)b->bytes; }

static batch_text add_text(buffer *b, slice text) {
  batch_text t = {(uint32_t)b->length, (uint32_t)text.length};
  buffer_add(b, text.at, text.length);
  return t;
}

status batch_begin(buffer *to, const batch_shape *shape, problem *p) {
  size_t n = shape->calendar->count;
  if (shape->pupils < 1 || shape->pupils > BATCH_PUPILS || n > SESSIONS_MOST)
    return problem_set(p, STATUS_RANGE, "shorten the calendar",
                       "a batch of %zu pupils, %zu sessions", shape->pupils, n);
  layout l = layout_of(n, shape->pupils, shape->beside_school != NULL);
  buffer_clear(to);
  if (!buffer_room(to, l.texts)) return problem_no_memory(p);
  memset(to->bytes, 0, l.texts);
  to->length = l.texts;
  if (n) {
    memcpy(to->bytes + l.at, shape->calendar->at, n * sizeof(int32_t));
    memcpy(to->bytes + l.week, shape->calendar->week, n * sizeof(int32_t));
  }
  if (n && shape->beside_school)
    memcpy(to->bytes + l.school, shape->beside_school, n * sizeof *shape->beside_school);
  batch_header h = {.magic = BATCH_MAGIC,
                    .sessions = (uint32_t)n,
                    .pupils = (uint32_t)shape->pupils,
                    .end = (uint32_t)shape->end,
                    .reach = (uint32_t)shape->reach,
                    .beside_school = shape->beside_school != NULL,
                    .as_of = shape->as_of};
  h.school = add_text(to, shape->school);
  if (to->failed) return problem_no_memory(p);
  memcpy(to->bytes, &h, sizeof h);
  return STATUS_OK;
}

mark *batch_marks(buffer *b, size_t i) {
  const batch_header *h = header_of(b);
  layout l = layout_for(h);
  return (mark *)b->bytes + l.marks + i * h->sessions;
}

void batch_record_set(buffer *b, size_t i, const batch_record *what, slice fields) {
  batch_record r = *what;
  r.fields = add_text(b, fields);
  if (b->failed) return;
  layout l = layout_for(header_of(b));
  memcpy(b->bytes + l.records + i * sizeof r, &r, sizeof r);
}

status batch_end(buffer *b, problem *p) {
  if (b->failed) return problem_no_memory(p);
  if (b->length > UINT32_MAX)
    return problem_set(p, STATUS_RANGE, "shorten the calendar", "a batch over 4 GB");
  header_of(b)->bytes = (uint32_t)b->length;
  return STATUS_OK;
}

/* Reading ------------------------------------------------------------------ */

static status broken(const char *why, problem *p) {
  return problem_set(p, STATUS_CORRUPT, NULL, "a damaged batch: %s", why);
}

static bool text_fits(batch_text t, size_t texts, size_t length) {
  return t.at >= texts && t.at <= length && t.length <= length - t.at;
}

status batch_open(const char *bytes, size_t length, batch *out, problem *p) {
  const batch_header *h = (const batch_header *)(const void *)bytes;
  if (length < sizeof *h || h->magic != BATCH_MAGIC) return broken("not a batch", p);
  if (h->bytes != length || h->pupils < 1 || h->pupils > BATCH_PUPILS ||
      h->sessions > SESSIONS_MOST || h->end > h->sessions || h->reach > h->sessions ||
      h->beside_school > 1 || h->as_of < DATE_FIRST || h->as_of > DATE_LAST)
    return broken("its header", p);
  layout l = layout_for(h);
  if (l.texts > length || !text_fits(h->school, l.texts, length)) return broken("cut short", p);
  batch b = {.header = h, .bytes = bytes};
  b.calendar = (calendar){h->sessions, (const session *)(const void *)(bytes + l.at),
                          (const int32_t *)(const void *)(bytes + l.week)};
  if (h->beside_school) b.school = (const school_session *)(const void *)(bytes + l.school);
  b.records = (const batch_record *)(const void *)(bytes + l.records);
  b.marks = (const mark *)bytes + l.marks;

  const calendar *c = &b.calendar;
  for (size_t i = 0; i < c->count; i++) {
    if (c->at[i] < session_of(DATE_FIRST, 0) || c->at[i] > session_of(DATE_LAST, 1))
      return broken("a session out of range", p);
    if (i == 0 ? c->week[0] != 0 : c->at[i] <= c->at[i - 1])
      return broken("sessions out of order", p);
    if (i && (c->week[i] < c->week[i - 1] || c->week[i] > c->week[i - 1] + 1))
      return broken("weeks out of order", p);
  }
  uint64_t possible = 0;
  for (size_t i = 0; b.school && i < h->sessions; i++) {
    const school_session *s = &b.school[i];
    if ((uint64_t)s->authorised + s->unauthorised > s->possible)
      return broken("more absent than possible", p);
    if (i >= h->end && s->possible) return broken("a session of the school after the last day", p);
    possible += s->possible;
  }
  if (possible > SCHOOL_MARKS) return broken("more marks than a school has", p);
  for (size_t i = 0; i < h->pupils; i++) {
    const batch_record *r = &b.records[i];
    if (r->from > r->to || r->to > h->sessions) return broken("an enrolment out of bounds", p);
    if (r->born != DAY_NONE && (r->born < DATE_FIRST || r->born > DATE_LAST))
      return broken("a date of birth out of range", p);
    if (!text_fits(r->fields, l.texts, length)) return broken("a text out of bounds", p);
  }
  for (size_t i = 0; i < (size_t)h->pupils * h->sessions; i++)
    if (mark_class_of(b.marks[i]) >= CLASS_COUNT) return broken("a mark of no class", p);
  *out = b;
  return STATUS_OK;
}

void batch_span(const batch *b, size_t i, span *out) {
  const batch_header *h = b->header;
  const batch_record *r = &b->records[i];
  *out = (span){.calendar = &b->calendar,
                .marks = b->marks + i * h->sessions,
                .school = b->school,
                .end = h->end,
                .reach = h->reach,
                .from = r->from,
                .to = r->to,
                .as_of = h->as_of,
                .born = r->born};
}

uint64_t batch_met(const batch *b, size_t i) {
  const uint32_t *met = b->records[i].met;
  return (uint64_t)met[1] << 32 | met[0];
}

slice batch_fields(const batch *b, size_t i) {
  return (slice){b->bytes + b->records[i].fields.at, b->records[i].fields.length};
}

slice batch_school(const batch *b) {
  return (slice){b->bytes + b->header->school.at, b->header->school.length};
}
