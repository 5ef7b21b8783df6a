/* plugin_job: one worker process, seen from the host: start, ask, verdict.
 *
 * 1. What the worker says is input from a stranger: lengths, kinds, order and
 *    JSON are checked before anybody sees them; anything odd ends the job.
 * 2. A verdict comes from what the host itself saw (time, signal, exit status)
 *    and, for limits inside Lua, from the worker's flag; never from words that
 *    a plugin wrote.
 * 3. Every job is reaped: by finish, by the first failed request, or by free.
 * 4. The host's own files are not inherited; the worker gets its channel, one
 *    page of shared memory and /dev/null.
 * 5. The worker ends with the thread that started it. */
#ifndef WAYMARK_PLUGIN_JOB_H
#define WAYMARK_PLUGIN_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"
#include "worker/frame.h"

typedef enum plugin_verdict {
  PLUGIN_FINISHED,
  PLUGIN_FAILED,      /* the plugin raised an error, or answered what cannot be sent */
  PLUGIN_OVER_BUDGET, /* instructions */
  PLUGIN_OVER_MEMORY,
  PLUGIN_KILLED, /* wall clock, processor time, forbidden call, crash, odd answer */
  PLUGIN_REFUSED /* not run: no jail on this machine, no worker, not source text */
} plugin_verdict;

enum { PLUGIN_MESSAGE = 2048 };

typedef struct plugin_outcome {
  plugin_verdict verdict;
  char message[PLUGIN_MESSAGE];      /* one sentence, escaped, NUL-ended; empty if finished */
  uint32_t record, step;             /* what was being worked on; 0 if nothing was said */
  uint64_t peak_bytes, instructions; /* as the worker counted them */
  double seconds;                    /* of processor time, as the system counted it */
} plugin_outcome;

typedef struct plugin_limits {
  uint64_t memory_bytes;
  double cpu_seconds;
  double wall_seconds; /* for the start, and each request without its own */
} plugin_limits;

typedef struct plugin_job plugin_job;

/* "finished", "over-budget", … */
const char *plugin_verdict_name(plugin_verdict verdict);
bool plugin_verdict_of(slice name, plugin_verdict *out);

/* Start the program at `worker` and wait until it is jailed and READY. False
 * when there will be no job: `outcome` (always PLUGIN_REFUSED, or
 * PLUGIN_KILLED) says why. */
bool plugin_job_start(const char *worker, const plugin_limits *limits, plugin_job **out,
                      plugin_outcome *outcome);

/* READY's text: {api, jail: [{name, done, mandatory, why}]}. Lent. */
slice plugin_job_ready(const plugin_job *job);

/* Ask without waiting: the answer must be in `seconds` (0: the job's wall limit)
 * from now on. False when the job is over. */
bool plugin_job_send(plugin_job *job, frame_kind kind, slice payload, double seconds);
/* The answer to what was sent; as plugin_job_request. */
bool plugin_job_receive(plugin_job *job, frame_kind *answer_kind, slice *answer);

/* Ask and wait at most `seconds` (0: the job's wall limit). True with the
 * answer's kind; its payload, valid JSON, is lent until the next request. False
 * when the job is over: it is reaped, and plugin_job_outcome says why. */
bool plugin_job_request(plugin_job *job, frame_kind kind, slice payload, double seconds,
                        frame_kind *answer_kind, slice *answer);

/* END, DONE, reap. A job that is over already just gives its outcome; one that has
 * not answered yet is killed at once. */
const plugin_outcome *plugin_job_finish(plugin_job *job);

/* NULL while the job goes on. */
const plugin_outcome *plugin_job_outcome(const plugin_job *job);

/* Kills the worker if it still runs, and reaps it. NULL is allowed. */
void plugin_job_free(plugin_job *job);

/* Whether an answer may be looked at: JSON, one object (DECLARED: an object or a
 * list; SUGGESTED: not looked at here, see answer.h; EFFECTS: a list of known kinds, each with at
 * most 64 KiB), of the verdicts and sizes that it must have. For job and fuzzer. */
status plugin_answer_check(frame_kind kind, slice payload, problem *p);

#endif
