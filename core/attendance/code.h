/* code: the attendance codes of a workspace, one byte each.
 *
 * A `mark` is a byte: the class in the high nibble, an ordinal within the class
 * in the low one; 0 is "no mark". What a code is called, its class and when it
 * was in force are data (a plugin declares them, the workspace keeps them), so
 * nothing here knows a code by name.
 *
 * 1. A byte means one text and one class for ever; sets only grow.
 * 2. A code whose class changes by date has two bytes with dates that do not
 *    overlap.
 *
 * Source of the classes: DfE, "Working together to improve school attendance",
 * chapter on coding; SI 2024/208 reg. 10. */
#ifndef WAYMARK_CODE_H
#define WAYMARK_CODE_H

#include "base/date.h"

typedef uint8_t mark;

enum mark_class {
  CLASS_MISSING,
  CLASS_PRESENT,
  CLASS_EDUCATIONAL,
  CLASS_AUTHORISED,
  CLASS_UNAUTHORISED,
  CLASS_NOT_POSSIBLE,
  CLASS_ADMINISTRATIVE,
  CLASS_COUNT
};

enum { MARK_NONE = 0, MARK_VALUES = 256, CODES_A_CLASS = 15, CODE_TEXT = 3 };

typedef struct code {
  char text[CODE_TEXT]; /* one or two characters, NUL-ended; "" when unused */
  bool physical;        /* the pupil was in school (U, L and the present codes) */
  day from, to;         /* in force on these days and between; DAY_NONE: open */
} code;

typedef struct code_set {
  code of[MARK_VALUES]; /* by byte */
} code_set;

/* Any set of marks, as a table by byte: 1 when in the set. */
typedef struct mark_table {
  uint8_t has[MARK_VALUES];
} mark_table;

static inline enum mark_class mark_class_of(mark m) { return (enum mark_class)(m >> 4); }

/* Present, educational, authorised or unauthorised: a session that counts in
 * the denominator (WT: "possible attendance"). */
static inline bool class_is_possible(enum mark_class c) {
  return c >= CLASS_PRESENT && c <= CLASS_UNAUTHORISED;
}

const char *class_name(enum mark_class c); /* "not-possible" */
bool class_parse(slice name, enum mark_class *out);

/* Take the next byte of `c`'s class. STATUS_SYNTAX: not one or two printable
 * characters; STATUS_RANGE: the class is full, or the dates overlap those of
 * the same text. */
status code_set_add(code_set *set, enum mark_class c, const code *what, mark *out, problem *p);

/* Put a code where it was stored. STATUS_CORRUPT when the byte is taken or its
 * class nibble names no class. */
status code_set_put(code_set *set, mark m, const code *what, problem *p);

/* Whether the text is a code on any day. */
bool code_exists(const code_set *set, slice text);

/* The nearest code in force on `on` (for messages), or NULL. */
const char *code_nearest(const code_set *set, slice text, day on);

/* Add every byte of this text; false when there is none. */
bool mark_table_add_code(mark_table *t, const code_set *set, slice text);
/* Add every byte of this class; of CLASS_MISSING also the blank, which is byte 0. */
void mark_table_add_class(mark_table *t, enum mark_class c);

#endif
