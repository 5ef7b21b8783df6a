/* screen: owns the two streams that take the place of stdout and stderr. Nothing is allocated when
 * they are written: that memory is short is told through them. */
#include "host/screen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

enum { LONGEST_CHARACTER = 4, ROOM = 1024, ESCAPE_ROOM = 16 };

typedef struct screen {
  int fd;
  char begun[LONGEST_CHARACTER]; /* a character whose end comes with the next write */
  size_t begun_length;
  char out[ROOM];
  size_t length;
} screen;

static screen screens[] = {{.fd = STDOUT_FILENO}, {.fd = STDERR_FILENO}};

static bool flush(screen *s) {
  for (size_t at = 0; at < s->length;) {
    ssize_t n = write(s->fd, s->out + at, s->length - at);
    if (n >= 0)
      at += (size_t)n;
    else if (errno != EINTR)
      return false;
  }
  s->length = 0;
  return true;
}

static bool put(screen *s, const char *bytes, size_t length) {
  if (s->length + length > ROOM && !flush(s)) return false;
  memcpy(s->out + s->length, bytes, length);
  s->length += length;
  return true;
}

/* The length of what is ours at the start of a text: a colour (waymark.base.terminal), the end of a
 * line that is written over. 0: none. */
static size_t own_sequence(slice a) {
  static const char *const own[] = {"\33[0m",  "\33[1m",  "\33[2m",  "\33[31m",
                                    "\33[32m", "\33[33m", "\33[34m", "\33[K"};
  for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
    size_t length = strlen(own[i]);
    if (a.length >= length && memcmp(a.at, own[i], length) == 0) return length;
  }
  return 0;
}

static bool put_character(screen *s, slice a, size_t *taken) {
  uint32_t c = 0;
  char shown[ESCAPE_ROOM];
  size_t n = text_utf8_next(a, &c);
  *taken = n ? n : 1;
  if (n && (c == '\n' || c == '\t' || !text_is_hidden(c))) return put(s, a.at, n);
  size_t own = own_sequence(a);
  if (own) return *taken = own, put(s, a.at, own);
  unsigned value = n ? (unsigned)c : (unsigned)(unsigned char)a.at[0];
  int length = snprintf(shown, sizeof shown, n && c >= 0x80 ? "\\u{%04X}" : "\\x%02X", value);
  return put(s, shown, (size_t)length);
}

/* Whether these are the first bytes of a longer character. */
static bool is_begun(slice a) {
  unsigned char c = (unsigned char)a.at[0];
  size_t needs = c >= 0xF0 && c < 0xF8 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
  for (size_t i = 1; i < a.length && i < needs; i++)
    if (((unsigned char)a.at[i] & 0xC0U) != 0x80U) return false;
  return c < 0xF8 && a.length < needs;
}

static ssize_t write_shown(void *self, const char *bytes, size_t length) {
  screen *s = self;
  static const char line_start[] = "\r"; /* alone, from the line of progress */
  if (length == 1 && *bytes == *line_start)
    return put(s, bytes, 1) && flush(s) ? (ssize_t)length : 0;
  slice rest = {bytes, length};
  while (s->begun_length && rest.length) { /* one byte more of it */
    s->begun[s->begun_length++] = *rest.at;
    rest = (slice){rest.at + 1, rest.length - 1};
    slice whole = {s->begun, s->begun_length};
    if (is_begun(whole)) continue;
    size_t taken;
    for (; whole.length; whole = (slice){whole.at + taken, whole.length - taken})
      if (!put_character(s, whole, &taken)) return 0;
    s->begun_length = 0;
  }
  while (rest.length) {
    if (is_begun(rest)) {
      memcpy(s->begun, rest.at, rest.length);
      s->begun_length = rest.length;
      break;
    }
    size_t taken;
    if (!put_character(s, rest, &taken)) return 0;
    rest = (slice){rest.at + taken, rest.length - taken};
  }
  return flush(s) ? (ssize_t)length : 0;
}

static FILE *open_screen(screen *s, int buffered) {
  FILE *file = fopencookie(s, "w", (cookie_io_functions_t){.write = write_shown});
  if (file) (void)setvbuf(file, NULL, buffered, buffered == _IONBF ? 0 : BUFSIZ);
  return file;
}

void screen_open(void) {
  FILE *out = isatty(STDOUT_FILENO) ? open_screen(&screens[0], _IOLBF) : NULL;
  FILE *err = open_screen(&screens[1], _IONBF);
  if (out) stdout = out;
  if (err) stderr = err;
}
