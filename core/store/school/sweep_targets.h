/* sweep_targets: the schools that a sweep is for, and between which enrolments the
 * pupils of each lie. */
#ifndef WAYMARK_SWEEP_TARGETS_H
#define WAYMARK_SWEEP_TARGETS_H

#include "store/school/sweep_school.h"

typedef struct sweep_targets {
  sweep_target *of; /* [count], by first enrolment; the caller frees it with mem_free */
  size_t count;
} sweep_targets;

/* Those that the options ask for, of the schools at which anybody is enrolled; in
 * place of what was there. STATUS_NOT_FOUND: no school of that number. */
status sweep_targets_list(store *s, const sweep_options *o, sweep_targets *out, problem *p);

#endif
