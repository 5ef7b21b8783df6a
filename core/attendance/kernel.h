/* kernel: the measures of measure.h, fast.
 *
 * Every function answers exactly what the one of the same name in measure.h
 * answers, for every span and rule, field by field: the plain loops there are
 * the definition, and a spec compares the two. AVX2 is used where the processor
 * has it, 64-bit words elsewhere. */
#ifndef WAYMARK_KERNEL_H
#define WAYMARK_KERNEL_H

#include "attendance/measure.h"

void kernel_rule(const rule *r, const span *s, day from, day to, evidence *out);
void kernel_tally(const span *s, size_t from, size_t to, tally *out);

#endif
