/* answer: what every peer works out, and what makes answers comparable.
 *
 * A pupil is a number: school × 10,000 + pupil of the school, both as data.c counts them.
 * A session is day × 2 (+ 1 in the afternoon), days since 1970-01-01. A code is its class
 * × 16 + an ordinal, as in Waymark: 16 present, 48 authorised, 64 unauthorised.
 *
 *   A  For every pupil, for each open session: how many unauthorised sessions (class 4)
 *      lie in its school week and the nine school weeks before it, up to itself. `first`
 *      is the first session for which there are ten, 0 when there is none; `largest` the
 *      largest count.
 *   B  possible (classes 1 to 4), attended (1, 2), authorised (3), unauthorised (4);
 *      rate = 100 × attended / possible in hundredths, half up; persistent: attended ×
 *      100 <= 90 × possible; severe: attended × 100 <= 50 × possible.
 *
 * The answers of an engine are sums over all pupils; `mix` weighs every figure by the
 * pupil and by itself, so that two pupils changed about are seen. */
#ifndef WAYMARK_BENCH_ANSWER_H
#define WAYMARK_BENCH_ANSWER_H

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

enum { A_SCHOOL = 10000, WEIGHTS = 997, AT_LEAST = 10, WEEKS = 10 };
enum { CODE_PRESENT = 0x10, CODE_AUTHORISED = 0x30, CODE_UNAUTHORISED = 0x40 };

typedef struct pupil_answer {
  uint32_t pupil;
  uint32_t first, largest;
  uint32_t possible, attended, authorised, unauthorised;
} pupil_answer;

typedef struct answer {
  uint64_t pupils, met, first, largest, possible, attended, authorised, unauthorised, rate,
      persistent, severe, mix;
} answer;

static inline void answer_add(answer *a, const pupil_answer *p) {
  uint64_t of = p->possible, attended = p->attended;
  a->pupils++;
  a->met += p->first != 0;
  a->first += p->first;
  a->largest += p->largest;
  a->possible += of;
  a->attended += attended;
  a->authorised += p->authorised;
  a->unauthorised += p->unauthorised;
  a->rate += of ? (attended * 20000 + of) / (2 * of) : 0;
  a->persistent += of && attended * 100 <= of * 90;
  a->severe += of && attended * 100 <= of * 50;
  a->mix +=
      (p->pupil % WEIGHTS + 1) * (p->first + UINT64_C(3) * p->largest + 5 * of + 7 * attended +
                                  UINT64_C(11) * p->authorised + UINT64_C(13) * p->unauthorised);
}

static inline void answer_print(const answer *a, const char *before) {
  const struct {
    const char *name;
    uint64_t value;
  } list[] = {{"pupils", a->pupils},
              {"met", a->met},
              {"first", a->first},
              {"largest", a->largest},
              {"possible", a->possible},
              {"attended", a->attended},
              {"authorised", a->authorised},
              {"unauthorised", a->unauthorised},
              {"rate", a->rate},
              {"persistent", a->persistent},
              {"severe", a->severe},
              {"mix", a->mix}};
  for (size_t i = 0; i < sizeof list / sizeof *list; i++)
    (void)printf("%s%s=%" PRIu64 "\n", before, list[i].name, list[i].value);
}

#endif
