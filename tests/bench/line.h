/* line: the lines of marks.csv as data.c writes them, all of one width, read quickly. */
#ifndef WAYMARK_BENCH_LINE_H
#define WAYMARK_BENCH_LINE_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "base/date.h"

enum { LINE_BYTES = 39, HEADING_BYTES = 29 };

typedef struct mark_line {
  uint32_t school, pupil; /* the pupil's number holds the school's */
  session at;
  uint8_t code;
} mark_line;

static inline unsigned line_number(const char *at, size_t digits) {
  unsigned n = 0;
  while (digits--) n = n * 10 + (unsigned)(*at++ - '0');
  return n;
}

/* The code as in answer.h, with an ordinal of its own so that codes can be told apart. */
static inline uint8_t line_code(char text) {
  static const char present[] = "/\\L", authorised[] = "IM", unauthorised[] = "GNOU";
  const char *at;
  if ((at = strchr(present, text)) != NULL) return (uint8_t)(CODE_PRESENT + (at - present));
  if ((at = strchr(authorised, text)) != NULL)
    return (uint8_t)(CODE_AUTHORISED + (at - authorised));
  if ((at = strchr(unauthorised, text)) != NULL)
    return (uint8_t)(CODE_UNAUTHORISED + (at - unauthorised));
  (void)fprintf(stderr, "a code that the peers do not know: %c\n", text);
  exit(1);
}

static inline FILE *line_open(const char *path) {
  char heading[HEADING_BYTES];
  FILE *f = fopen(path, "rb");
  if (!f || fread(heading, sizeof heading, 1, f) != 1) {
    perror(path);
    exit(1);
  }
  (void)setvbuf(f, NULL, _IOFBF, 1 << 18);
  return f;
}

static inline bool line_next(FILE *f, mark_line *out) {
  char text[LINE_BYTES];
  if (fread(text, LINE_BYTES, 1, f) != 1) return false;
  out->school = (line_number(text, 3) - 201) * 220 + line_number(text + 4, 4) - 1001;
  out->pupil =
      out->school * A_SCHOOL + (line_number(text + 17, 2) - 10) * 1000 + line_number(text + 19, 3);
  day on = date_of((int)line_number(text + 23, 4), (int)line_number(text + 28, 2),
                   (int)line_number(text + 31, 2));
  out->at = session_of(on, text[34] == 'P' ? HALF_PM : HALF_AM);
  out->code = line_code(text[37]);
  return true;
}

#endif
