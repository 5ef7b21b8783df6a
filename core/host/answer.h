/* answer: what a worker says of a batch, read like something from the network:
 * against a closed form, with nothing believed.
 *
 * 1. A suggestion refers: to the pupil by its place in the batch, to step and
 *    rules by name. Whoever reads it measures for himself.
 * 2. Lengths, texts and names are checked; a byte too few or too many refuses all.
 * 3. Answers come sorted by pupil, then by step in the order of the form, so
 *    none comes twice.
 * 4. Of steps that are a list of rules and words the host says itself what the rules say that the
 *    batch has as met; no worker may answer for them.
 * 5. Nothing is suggested of a step that was declared without: a plugin may be another one when it
 *    is asked than when it declared. */
#ifndef WAYMARK_ANSWER_H
#define WAYMARK_ANSWER_H

#include <stdbool.h>

#include "attendance/batch.h"
#include "attendance/rule.h"
#include "base/status.h"
#include "base/text.h"

enum {
  ANSWER_WORDS = 500,
  ANSWER_TOLD = 8192,
  ANSWER_CONCERN = 64,
  ANSWER_RULES = 50,
  ANSWER_LINES = 200
};

/* A step that is suggested, in these words, of whom one of these rules of the batch is met; the
 * first of them is the reason. */
typedef struct answer_own {
  uint32_t step; /* of the form */
  slice words;
  uint8_t bits[BATCH_RULES]; /* [bit_count]: bits of batch_met */
  size_t bit_count;
} answer_own;

/* What a load set declared. Lent for as long as it is used. */
typedef struct answer_form {
  const slice *steps; /* [step_count], in their order */
  const bool *silent; /* [step_count]: whether a step suggests nothing, of anybody */
  size_t step_count;
  const rule *const *rules; /* [rule_count] */
  size_t rule_count;
  const answer_own *own; /* [own_count] */
  size_t own_count;
  const uint32_t *swept; /* the rules of the bits of batch_met, by their place */
} answer_form;

typedef enum answer_verdict {
  ANSWER_SUGGEST,
  ANSWER_GATED,
  ANSWER_FAILED,
  ANSWER_NONE
} answer_verdict;

typedef struct answer_reference {
  uint32_t rule; /* of the form */
  day from, to;  /* DAY_NONE: the rule's own period */
} answer_reference;

typedef struct answer {
  uint32_t record, step; /* of the batch, of the form */
  bool placed;           /* these two are known, if all else is wrong */
  answer_verdict verdict;
  slice words, gate, concern; /* `at` is NULL when not said; of the strangers' choosing */
  answer_reference *rules;    /* [rule_count] */
  size_t rule_count;
  answer_reference *consulted; /* [consulted_count] */
  size_t consulted_count;
  slice *printed; /* [printed_count], at most ANSWER_LINES of ANSWER_WORDS; NULL: not said */
  size_t printed_count;
} answer;

/* What a step has cost so far in this worker; instructions in thousands. */
typedef struct answer_cost {
  uint64_t calls, nanoseconds, instructions, bytes;
  uint64_t asked; /* pupils */
} answer_cost;

typedef struct answers {
  answer *list; /* [count] */
  size_t count;
  answer_cost *costs; /* [step_count of the form], or NULL: no profile was asked for */
  bool *asked;        /* [step_count]: asked of somebody, or said by the host; or NULL: not said */
} answers;

const char *answer_verdict_name(answer_verdict verdict);

/* Read a SUGGESTED (frame.h) about `pupils` records. STATUS_CORRUPT: the sentence says in a few
 * words what is wrong with it; what is wrong is the last of the list, if it is one of them. The
 * payload lends the texts, which are UTF-8. Free with answers_free, whatever came out. */
status answers_read(const answer_form *form, slice payload, size_t pupils, answers *out,
                    problem *p);
/* Add what the host says itself of a batch, each where it belongs. */
status answers_add_own(const answer_form *form, const batch *b, answers *list, problem *p);
void answers_free(answers *a);

#endif
