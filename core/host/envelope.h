/* envelope: what every message of a worker but a SUGGESTED (answer.h) must be before anybody looks
 * into it: one JSON object of bounded depth. What the worker itself says of a job (READY, RESULT,
 * DONE, REFUSED) has its whole form here; what plugins say in the others is checked against the
 * declaration of the API (lua/waymark/plugin/forms.lua) or by the batch that it is about
 * (answer.h), since only those know the words in it. */
#ifndef WAYMARK_ENVELOPE_H
#define WAYMARK_ENVELOPE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/status.h"
#include "base/text.h"
#include "worker/frame.h"

enum { ENVELOPE_DEPTH = 40, ENVELOPE_MESSAGE = 2048 };

typedef enum verdict {
  VERDICT_FINISHED,
  VERDICT_FAILED,      /* the plugin raised an error, or answered what cannot be sent */
  VERDICT_OVER_BUDGET, /* instructions */
  VERDICT_OVER_MEMORY,
  VERDICT_KILLED, /* wall clock, processor time, forbidden call, crash, odd answer */
  VERDICT_REFUSED /* not run: no jail on this machine, no worker, not source text */
} verdict;

/* "finished", "over-budget", … */
const char *verdict_name(verdict v);

/* The verdict of an object that envelope_open took; VERDICT_FAILED where it has none. */
verdict verdict_of(const json_t *object);

/* Parse a message, the only time that this is done. STATUS_CORRUPT: it is no JSON object,
 * deeper than ENVELOPE_DEPTH, has a null (but as what a RESULT returned), or is not what the
 * worker says in a message of that kind: verdicts are those that a worker can see, `killed`
 * is not among them; a refusal did not finish, and has a message that need not be cut. The
 * caller frees *out with json_decref. */
status envelope_open(frame_kind kind, slice payload, json_t **out, problem *p);

#endif
