/* frame: the messages of the channel between the host and a worker.
 *
 * u32 length of the payload, u8 kind, u32 sequence, payload; little endian, no
 * padding. One request, one answer, the answer with its request's sequence.
 *
 * 1. A length over its kind's limit is refused before anything is allocated.
 * 2. A frame is read whole or not at all; broken off means STATUS_IO.
 * 3. With patience that ends nothing here blocks beyond it. A peer that sends or takes
 *    one byte at a time does not prolong it.
 *
 * Limits: 1 MiB; LOAD, TRY, SUGGESTED and EFFECTS 4 MiB; BATCH 16 MiB (256 pupils
 * with years of sessions and a case each); EVENTS and CONSULT 17 MiB (JSON, and a
 * batch). */
#ifndef WAYMARK_FRAME_H
#define WAYMARK_FRAME_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/mem.h"
#include "base/status.h"
#include "base/text.h"

/* The version of these messages, which a worker says in READY: it and its host are of one build,
 * or they do not work together. It has nothing to do with the level of the API that a plugin
 * is written for. */
enum { FRAME_HEADER = 9, FRAME_VERSION = 3 };

/* READY comes unasked, sequence 0. Then the host asks, and is answered:
 *
 *   LOAD      DECLARED; of a try RESULT
 *   BATCH     SUGGESTED; of a try RESULT
 *   EVENTS    EFFECTS
 *   CONSULT   CONSULTED
 *   TRY       RESULT
 *   END       DONE
 *   any       REFUSED: the job is over, with a verdict */
/* Payloads are JSON but for BATCH, TRY, and SUGGESTED, of which there are most. That has, with
 * numbers in little endian, a text as its length and its bytes, a list as its length and its items:
 *
 *   answers  list of: u32 record; texts step, verdict, words, gate, concern; lists rules and
 *            consulted of texts rule, from, to; list printed of texts
 *   asked    list of: u32 step
 *   costs    list of: u64 calls, nanoseconds, instructions, bytes, pupils asked; one a step
 *
 * Lengths are u32, FRAME_NONE for what is not said. A record is a place in the batch, a step that
 * was asked one in the road map, both from 1. */
#define FRAME_NONE UINT32_MAX

typedef enum frame_kind {
  FRAME_READY = 1,
  FRAME_LOAD,
  FRAME_DECLARED,
  FRAME_BATCH,
  FRAME_SUGGESTED,
  FRAME_TRY,
  FRAME_RESULT,
  FRAME_END,
  FRAME_DONE,
  FRAME_REFUSED,
  FRAME_EVENTS,
  FRAME_EFFECTS,
  FRAME_CONSULT,
  FRAME_CONSULTED,
  FRAME_KINDS /* one more than the last */
} frame_kind;

typedef struct frame_header {
  uint32_t length;
  frame_kind kind;
  uint32_t sequence;
} frame_header;

/* The most payload bytes of a kind. */
uint32_t frame_limit(frame_kind kind);

/* "load", "suggested", …; and back, or false. */
const char *frame_kind_name(frame_kind kind);
bool frame_kind_of(slice name, frame_kind *out);

/* Nine bytes from the other side. STATUS_CORRUPT for an unknown kind, and for
 * a length over the kind's limit. */
status frame_parse_header(const uint8_t bytes[FRAME_HEADER], frame_header *out, problem *p);

/* How long the other side is waited for, in nanoseconds: until the wall's clock has come to
 * `wall`, or the clock of its processor time to `work`. None (NULL) waits for ever and uses
 * nothing but read and write (all that the jail allows). */
typedef struct frame_patience {
  int64_t wall;
  clockid_t clock;
  int64_t work;
} frame_patience;

/* What a clock says, and so many seconds later. A clock that cannot be read stands at 0. */
int64_t frame_time(clockid_t clock);
int64_t frame_time_in(clockid_t clock, double seconds);

/* STATUS_BUSY at the end of patience, STATUS_IO when the other side is gone,
 * STATUS_RANGE when the payload is too long for its kind. */
status frame_write(int fd, const frame_patience *patience, frame_kind kind, uint32_t sequence,
                   slice payload, problem *p);

/* Also STATUS_CORRUPT and STATUS_NO_MEMORY. `payload` is cleared and filled; it
 * is not NUL-ended. The caller frees it. */
status frame_read(int fd, const frame_patience *patience, frame_header *header, buffer *payload,
                  problem *p);

#endif
