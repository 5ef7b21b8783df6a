/* process: one worker process, seen from the host: start, ask, verdict.
 *
 * 1. What the worker says is input from a stranger: lengths, kinds, order and
 *    JSON are checked before anybody sees them (envelope.h); anything odd ends it.
 * 2. A verdict comes from what the host itself saw (time, signal, exit status)
 *    and, for limits inside Lua, from the worker's flag; never from words that
 *    a plugin wrote.
 * 3. Every process is reaped: by finish, by the first failed request, or by free.
 * 4. The host's own files are not inherited; the worker gets its channel, one
 *    page of shared memory and /dev/null.
 * 5. The worker ends with the thread that started it.
 * 6. What a request may take is processor time of the worker, as the system counts it, and no
 *    verdict on a plugin hangs on how busy the machine is. The wall's clock is a last resort: a
 *    worker that comes to it was given no processor, and the machine is at fault. So it is when the
 *    worker is killed from outside before a limit of its own: the system does that for memory. */
#ifndef WAYMARK_PROCESS_H
#define WAYMARK_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "host/envelope.h"

typedef struct process process;

/* How it ended. */
typedef struct process_end {
  verdict verdict;
  bool machine;                      /* the machine's fault, not of what ran */
  char message[ENVELOPE_MESSAGE];    /* one sentence, escaped, NUL-ended; empty if finished */
  uint32_t record, step;             /* what was being worked on; 0 if nothing was said */
  uint64_t peak_bytes, instructions; /* as the worker counted them */
  double seconds;                    /* of processor time, as the system counted it */
} process_end;

typedef struct process_limits {
  uint64_t memory_bytes;
  double cpu_seconds;     /* of processor time in all */
  double request_seconds; /* of the same, for the start and for each request */
  double wall_seconds;    /* on the wall, for each of these: far more */
} process_limits;

/* Start the program at `worker`. NULL when there will be no process: `end` (always
 * VERDICT_REFUSED) says why. */
process *process_start(const char *worker, const process_limits *limits, process_end *end);

/* Wait until it is jailed and READY, before anything is asked of it. False when the process is
 * over. */
bool process_await(process *w);

/* What READY said: {api, jail: [{name, done, mandatory, why}]}. Lent; NULL before it was awaited.
 */
const json_t *process_ready(const process *w);

/* Ask. False when the process is over. */
bool process_send(process *w, frame_kind kind, slice payload);

/* Wait for the answer to what was sent. False when the process is over: it is reaped, and
 * process_over says why. */
bool process_receive(process *w, frame_kind *kind);

/* What was received last: its bytes, and what they say, but for a SUGGESTED (NULL). Lent until the
 * next. */
slice process_payload(const process *w);
const json_t *process_json(const process *w);

/* The answer was not in its form, `why` in a few words: the process is killed. */
void process_refuse(process *w, const char *why);

/* END, DONE, reap. A process that is over already just gives its end; one that has not
 * answered yet is killed at once. */
const process_end *process_finish(process *w);

/* NULL while the process goes on. */
const process_end *process_over(const process *w);

/* Kills the worker if it still runs, and reaps it. NULL is allowed. */
void process_free(process *w);

#endif
