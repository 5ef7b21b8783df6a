/* status: a problem is filled. Allocates nothing. */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Cut a UTF-8 text that filled its array back to a whole character. */
static void cut_to_character(char *text, size_t size) {
  size_t length = strlen(text);
  if (length + 1 < size) return;
  while (length > 0 && ((unsigned char)text[length - 1] & 0xC0U) == 0x80U) length--;
  if (length > 0 && ((unsigned char)text[length - 1] & 0x80U)) length--;
  text[length] = '\0';
}

status problem_set(problem *p, status code, const char *remedy, const char *format, ...) {
  if (!p) return code;
  va_list args;
  va_start(args, format);
  p->code = code;
  (void)vsnprintf(p->sentence, sizeof p->sentence, format, args);
  va_end(args);
  (void)snprintf(p->remedy, sizeof p->remedy, "%s", remedy ? remedy : "");
  cut_to_character(p->sentence, sizeof p->sentence);
  cut_to_character(p->remedy, sizeof p->remedy);
  return code;
}

status problem_no_memory(problem *p) {
  return problem_set(p, STATUS_NO_MEMORY, "close other programs or use a machine with more memory",
                     "out of memory");
}
