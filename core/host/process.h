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
 * 5. The worker ends with the thread that started it. */
#ifndef WAYMARK_PROCESS_H
#define WAYMARK_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "host/envelope.h"

typedef struct process process;

/* How it ended. */
typedef struct process_end {
  verdict verdict;
  char message[ENVELOPE_MESSAGE];    /* one sentence, escaped, NUL-ended; empty if finished */
  uint32_t record, step;             /* what was being worked on; 0 if nothing was said */
  uint64_t peak_bytes, instructions; /* as the worker counted them */
  double seconds;                    /* of processor time, as the system counted it */
} process_end;

typedef struct process_limits {
  uint64_t memory_bytes;
  double cpu_seconds;
  double wall_seconds; /* for the start, and each request without its own */
} process_limits;

/* Start the program at `worker` and wait until it is jailed and READY. NULL when there
 * will be no process: `end` (always VERDICT_REFUSED or VERDICT_KILLED) says why. */
process *process_start(const char *worker, const process_limits *limits, process_end *end);

/* What READY said: {api, jail: [{name, done, mandatory, why}]}. Lent. */
const json_t *process_ready(const process *w);

/* Ask: the answer must be in `seconds` (0: the wall limit) from now on. False when the
 * process is over. */
bool process_send(process *w, frame_kind kind, slice payload, double seconds);

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
