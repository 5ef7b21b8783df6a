/* batch: one school's calendar and up to 256 pupils in one checked block; where a
 * rule needs it, also how many of the whole school were absent session by session.
 *
 * The store fills batches, sweeps read them, Lua pupils are views of their
 * records, and a worker receives the very same bytes. The block has no
 * pointers: after `batch_open` has checked it once, nothing needs checking
 * again. Numbers are in the machine's own order: a batch never leaves it.
 *
 * Text fields of a record are one JSON object, holding only what the reader
 * may see; the school's and the codes' likewise. */
#ifndef WAYMARK_BATCH_H
#define WAYMARK_BATCH_H

#include "attendance/span.h"

/* More than a school of 100,000 pupils takes in 50 years. */
#define SCHOOL_MARKS ((uint64_t)INT32_MAX)

enum { BATCH_PUPILS = 256, BATCH_RULES = 62, BATCH_MAGIC = 0x57414233 };

typedef struct batch_text {
  uint32_t at, length; /* within the block */
} batch_text;

typedef struct batch_record {
  uint32_t id;       /* the enrolment, as the sender numbers it */
  uint32_t from, to; /* sessions of the enrolment, as in `span` */
  int32_t born;
  uint32_t met[2]; /* the lower and the upper half of batch_met */
  batch_text fields;
} batch_record;

typedef struct batch_header {
  uint32_t magic, bytes;
  uint32_t sessions, pupils;
  uint32_t end, reach;
  uint32_t beside_school; /* 1: the school's own sessions are there; else 0 */
  int32_t as_of;
  batch_text school;
} batch_header;

/* A view of a checked block; lends its bytes. */
typedef struct batch {
  const batch_header *header;
  calendar calendar;
  const school_session *school; /* [sessions]; NULL */
  const batch_record *records;  /* [pupils] */
  const mark *marks;            /* [pupils][sessions] */
  const char *bytes;
} batch;

/* What to put into a new block. */
typedef struct batch_shape {
  const calendar *calendar;
  day as_of;
  size_t end, reach;
  size_t pupils;                       /* 1 .. BATCH_PUPILS */
  slice school;                        /* JSON object */
  const school_session *beside_school; /* [calendar->count]; NULL: left out */
} batch_shape;

/* Begin a block in an empty buffer: calendar and school in place, records and
 * marks zero. STATUS_RANGE when the shape is out of bounds. */
status batch_begin(buffer *to, const batch_shape *shape, problem *p);
/* The marks of pupil `i`, to be filled before the first batch_record_set. */
mark *batch_marks(buffer *b, size_t i);
/* Describe pupil `i`; `what->fields` is ignored, `fields` (JSON) is appended. */
void batch_record_set(buffer *b, size_t i, const batch_record *what, slice fields);
/* Seal the block; STATUS_NO_MEMORY when an append failed. */
status batch_end(buffer *b, problem *p);

/* Check every bound and order once. The bytes must be 4-byte aligned and stay.
 * STATUS_CORRUPT with the reason. Of the school's sessions none lies after `end`, and
 * all of them have at most SCHOOL_MARKS possible marks, so that sums and their
 * products stay within 64 bits (profile.c). */
status batch_open(const char *bytes, size_t length, batch *out, problem *p);

void batch_span(const batch *b, size_t i, span *out);
/* Which of the sender's rules, at most BATCH_RULES, are met of pupil `i`: the lowest bit is the
 * first. */
uint64_t batch_met(const batch *b, size_t i);
slice batch_fields(const batch *b, size_t i);
slice batch_school(const batch *b);

#endif
