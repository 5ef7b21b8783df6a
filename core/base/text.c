/* text: pure functions of their arguments; no locale, no state, and no memory of its own
 * but the buffer that a text is appended to. */
#include "base/text.h"

#include <string.h>

slice slice_of(const char *text) { return (slice){text, strlen(text)}; }

bool slice_equal(slice a, slice b) {
  return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

int slice_compare(slice a, slice b) {
  size_t least = a.length < b.length ? a.length : b.length;
  int by_bytes = least ? memcmp(a.at, b.at, least) : 0;
  return by_bytes ? by_bytes : (a.length > b.length) - (a.length < b.length);
}

bool slice_is(slice a, const char *text) { return slice_equal(a, slice_of(text)); }

bool slice_is_nocase(slice a, const char *text) {
  size_t i = 0;
  while (i < a.length && text[i] && text_lower(a.at[i]) == text_lower(text[i])) i++;
  return i == a.length && !text[i];
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

slice slice_trim(slice a) {
  while (a.length && is_space(a.at[0])) a = (slice){a.at + 1, a.length - 1};
  while (a.length && is_space(a.at[a.length - 1])) a.length--;
  return a;
}

/* UTF-8 ------------------------------------------------------------------ */

size_t text_utf8_next(slice a, uint32_t *out) {
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (a.length == 0) return 0;
  unsigned char first = (unsigned char)a.at[0];
  size_t n = first < 0x80   ? 1
             : first < 0xC2 ? 0
             : first < 0xE0 ? 2
             : first < 0xF0 ? 3
             : first < 0xF5 ? 4
                            : 0;
  if (n == 0 || n > a.length) return 0;
  uint32_t c = n == 1 ? first : first & (0xFFU >> (n + 1));
  for (size_t i = 1; i < n; i++) {
    unsigned char next = (unsigned char)a.at[i];
    if ((next & 0xC0U) != 0x80U) return 0;
    c = c << 6 | (next & 0x3FU);
  }
  if (c < least[n] || (c >= 0xD800 && c <= 0xDFFF) || c > 0x10FFFF) return 0;
  *out = c;
  return n;
}

size_t text_utf8_prefix(slice a) {
  size_t done = 0;
  while (done < a.length) {
    if ((unsigned char)a.at[done] - 1U < 0x7FU) {
      done++;
      continue;
    }
    uint32_t c;
    size_t n = text_utf8_next((slice){a.at + done, a.length - done}, &c);
    if (n == 0 || c == 0) break;
    done += n;
  }
  return done;
}

bool text_is_utf8(slice a) { return text_utf8_prefix(a) == a.length; }

size_t text_utf8_put(uint32_t c, char out[4]) {
  if (c < 0x80) return out[0] = (char)c, 1;
  size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  out[0] = (char)(0xF00U >> n | c >> 6 * (n - 1));
  for (size_t i = 1; i < n; i++) out[i] = (char)(0x80U | (c >> 6 * (n - 1 - i) & 0x3FU));
  return n;
}

/* Windows-1252 0x80..0x9F; the rest is Latin-1. */
static const uint16_t windows1252[32] = {
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};

void text_add_windows1252(buffer *to, slice a) {
  for (size_t i = 0; i < a.length; i++) {
    unsigned char c = (unsigned char)a.at[i];
    char bytes[4];
    size_t n = text_utf8_put(c >= 0x80 && c < 0xA0 ? windows1252[c - 0x80U] : c, bytes);
    buffer_add(to, bytes, n);
  }
}

/* Controls, and what shows nothing or turns the direction of a text. The joiners
 * (U+200C, U+200D) are parts of names in some scripts. */
bool text_is_hidden(uint32_t c) {
  static const struct {
    uint32_t first, last;
  } hidden[] = {{0x0000, 0x001F}, {0x007F, 0x009F}, {0x00AD, 0x00AD}, {0x061C, 0x061C},
                {0x180E, 0x180E}, {0x200B, 0x200B}, {0x200E, 0x200F}, {0x2028, 0x202E},
                {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F}};
  if (c >= 0x20 && c < 0x7F) return false;
  for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
    if (c >= hidden[i].first && c <= hidden[i].last) return true;
  return false;
}

bool text_is_space(uint32_t c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || c == 0x180E ||
         (c >= 0x2000 && c <= 0x200B) || c == 0x202F || c == 0x205F || c == 0x2060 || c == 0x3000 ||
         c == 0xFEFF;
}

slice text_trim(slice a) {
  uint32_t c;
  size_t n;
  while ((n = text_utf8_next(a, &c)) != 0 && text_is_space(c)) a = (slice){a.at + n, a.length - n};
  while (a.length) {
    size_t from = a.length - 1; /* of the last character */
    while (from > 0 && a.length - from < 4 && ((unsigned char)a.at[from] & 0xC0U) == 0x80U) from--;
    n = text_utf8_next((slice){a.at + from, a.length - from}, &c);
    if (n != a.length - from || !text_is_space(c)) break;
    a.length = from;
  }
  return a;
}

static void add_escaped(buffer *to, slice a, bool spaces) {
  while (a.length) {
    uint32_t c = 0;
    size_t n = text_utf8_next(a, &c);
    if (n == 0) {
      buffer_printf(to, "\\x%02X", (unsigned)(unsigned char)a.at[0]);
      n = 1;
    } else if (text_is_hidden(c) || (spaces && c != ' ' && text_is_space(c))) {
      buffer_printf(to, c < 0x80 ? "\\x%02X" : "\\u{%04X}", (unsigned)c);
    } else {
      buffer_add(to, a.at, n);
    }
    a = (slice){a.at + n, a.length - n};
  }
}

void text_add_escaped(buffer *to, slice a) { add_escaped(to, a, false); }
void text_add_visible(buffer *to, slice a) { add_escaped(to, a, true); }

void text_add_json(buffer *to, slice a) {
  size_t done = 0;
  buffer_add_char(to, '"');
  for (size_t i = 0; i < a.length; i++) {
    unsigned char c = (unsigned char)a.at[i];
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    buffer_add(to, a.at + done, i - done);
    done = i + 1;
    if (c == '\n')
      buffer_add_text(to, "\\n");
    else if (c == '\t')
      buffer_add_text(to, "\\t");
    else if (c == '"' || c == '\\')
      buffer_printf(to, "\\%c", c);
    else
      buffer_printf(to, "\\u%04X", (unsigned)c);
  }
  buffer_add(to, a.at + done, a.length - done);
  buffer_add_char(to, '"');
}

void text_hex(slice a, char *out) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < a.length; i++) {
    *out++ = digits[(unsigned char)a.at[i] >> 4];
    *out++ = digits[a.at[i] & 0xF];
  }
  *out = '\0';
}

/* The nearest name -------------------------------------------------------- */

enum { LONGEST_NAME = 64 };

static size_t least_of(size_t a, size_t b) { return a < b ? a : b; }

size_t text_distance(slice a, slice b) {
  if (a.length > LONGEST_NAME || b.length > LONGEST_NAME) return SIZE_MAX;
  size_t rows[3][LONGEST_NAME + 1]; /* two rows before, one before, this one */
  size_t *older = rows[0], *old = rows[1], *now = rows[2];
  for (size_t j = 0; j <= b.length; j++) old[j] = older[j] = j;
  for (size_t i = 1; i <= a.length; i++) {
    now[0] = i;
    for (size_t j = 1; j <= b.length; j++) {
      size_t differ = text_lower(a.at[i - 1]) != text_lower(b.at[j - 1]);
      now[j] = least_of(least_of(old[j] + 1, now[j - 1] + 1), old[j - 1] + differ);
      if (i > 1 && j > 1 && text_lower(a.at[i - 1]) == text_lower(b.at[j - 2]) &&
          text_lower(a.at[i - 2]) == text_lower(b.at[j - 1]))
        now[j] = least_of(now[j], older[j - 2] + 1);
    }
    size_t *spare = older;
    older = old, old = now, now = spare;
  }
  return old[b.length];
}

size_t text_nearest(slice name, const slice *candidates, size_t count) {
  size_t best = count, best_distance = SIZE_MAX;
  for (size_t i = 0; i < count; i++) {
    size_t longer = name.length > candidates[i].length ? name.length : candidates[i].length;
    size_t allowed = longer / 3 ? longer / 3 : 1;
    size_t distance = text_distance(name, candidates[i]);
    if (distance <= allowed && distance < best_distance) best = i, best_distance = distance;
  }
  return best;
}

bool text_number(slice a, int64_t most, int64_t *out) {
  int64_t n = 0;
  if (a.length == 0 || a.length > 18) return false;
  for (size_t i = 0; i < a.length; i++) {
    if (a.at[i] < '0' || a.at[i] > '9') return false;
    n = n * 10 + (a.at[i] - '0');
  }
  if (n > most) return false;
  *out = n;
  return true;
}
