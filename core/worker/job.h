/* job: what a worker does between READY and its end: one LOAD, then batches, events or
 * questions. `job` below is the trusted module of that name, lua/sdk/job.lua.
 *
 * Requests and answers (JSON, but for BATCH and SUGGESTED; see frame.h):
 *
 *   LOAD {kind, limits?, …} bytes   kind "try": {name, source?, data?}; the bytes are files
 *     try with a source, no data    -> RESULT at once
 *     other try                     -> RESULT {}
 *     declare, evaluate, hook, consult  -> DECLARED: what job.load(LOAD, bytes) returned
 *   BATCH bytes                     -> SUGGESTED: what job.evaluate(batch) returned
 *     in a try                      -> RESULT {}; kept
 *   EVENTS u32, JSON, bytes         -> EFFECTS: what job.events(bytes, events) returned;
 *                                      of a job of kind "hook" only. The number (little
 *                                      endian) is the length of the JSON, {events: […]};
 *                                      the rest is a batch, none when nobody is in it
 *   CONSULT u32, JSON, bytes        -> CONSULTED: what job.consult(bytes, question) returned;
 *                                      of a job of kind "consult" only. The JSON is {step,
 *                                      what, on, fields?, entry?}; the batch holds one pupil
 *   TRY bytes                       -> RESULT; the bytes are the source (none: the
 *                                      one of the LOAD), not JSON, so that a file
 *                                      is tried as it is; its environment is
 *                                      job.try_env(environment, batches, LOAD)
 *   END                             -> DONE {instructions, peak_bytes}
 *
 *   limits:  {memory, instructions_call, instructions_job, print_bytes, print_lines, seed,
 *            count}; what is absent has a default, and memory is at most what the process
 *            was started with. count is "exact" (every instruction; usual for try and
 *            declare) or "late" (only calls that last; usual for evaluate, hook and
 *            consult, see fence_tick)
 *   RESULT:  {verdict, message, output, result, peak_bytes, instructions, seconds}
 *   REFUSED: {verdict, message, peak_bytes, instructions} ends the job: a limit was passed,
 *            the load set failed, or the request was not understood
 *
 * 1. Nothing here trusts a plugin's value: results are read raw, with limits.
 * 2. The verdict comes from the fence's flag.
 * 3. The state is not closed at the end: the process is ended instead. */
#ifndef WAYMARK_JOB_H
#define WAYMARK_JOB_H

#include <stdint.h>

#include "worker/page.h"

/* The fence that a clock should tick, once there is one: see fence_tick. */
typedef struct job_clock {
  struct fence *volatile fence;
} job_clock;

typedef struct job_setting {
  int channel;
  worker_page *page;    /* may be NULL */
  uint64_t memory_most; /* bytes */
  job_clock *clock;     /* ticking; NULL: none, so every instruction is counted */
} job_setting;

/* Serves requests until the job is over or the host is gone. */
void job_run(const job_setting *setting);

#endif
