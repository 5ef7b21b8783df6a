/* status: how every fallible function of the core answers.
 *
 * A function that can fail returns a `status` and takes its out-parameters after
 * its other arguments and a `problem *` last of all: what happened in one sentence,
 * and what to do about it. The problem may be NULL when the caller only needs the
 * code. Out-parameters are untouched on failure.
 *
 * A status is for the world's faults (a wrong date, a full disk). Our own bugs
 * are asserts. */
#ifndef WAYMARK_STATUS_H
#define WAYMARK_STATUS_H

typedef enum status {
  STATUS_OK = 0,
  STATUS_NO_MEMORY,
  STATUS_RANGE,     /* a number, date or size outside what is allowed */
  STATUS_SYNTAX,    /* text that cannot be read as what it should be */
  STATUS_NOT_FOUND, /* names something that does not exist */
  STATUS_REFUSED,   /* understood, and not allowed */
  STATUS_IO,        /* the file system or a pipe said no */
  STATUS_CORRUPT,   /* stored bytes that break an invariant */
  STATUS_BUSY,      /* another process holds it; try again */
  STATUS_FAULT      /* a library failed in a way we have no remedy for */
} status;

enum { PROBLEM_SENTENCE = 480, PROBLEM_REMEDY = 320 };

typedef struct problem {
  status code;
  char sentence[PROBLEM_SENTENCE]; /* what, where; no full stop; NUL-ended */
  char remedy[PROBLEM_REMEDY];     /* what to do; may be empty; NUL-ended */
} problem;

/* Fill `p` (if not NULL) and return `code`. `remedy` may be NULL. A sentence
 * that is too long is cut at a whole UTF-8 character. */
status problem_set(problem *p, status code, const char *remedy, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same for the one failure that must not allocate or format. */
status problem_no_memory(problem *p);

#endif
