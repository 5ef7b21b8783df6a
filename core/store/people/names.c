/* names: without memory, so that whoever compares cannot fail. */
#include "store/people/names.h"

#include "base/text_fold.h"

/* What a byte from 0x80 to 0xBF became when it was read as Windows-1252; false for others. */
static bool is_trailing(uint32_t c, bool typographic) {
  static const uint16_t made[] = {0x20AC, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                  0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x017D, 0x2018,
                                  0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC,
                                  0x2122, 0x0161, 0x203A, 0x0153, 0x017E, 0x0178};
  if (c >= 0x80 && c <= 0xBF) return true;
  for (size_t i = 0; typographic && i < sizeof made / sizeof *made; i++)
    if (made[i] == c) return true;
  return false;
}

bool name_is_damaged(slice name) {
  uint32_t before = 0, c = 0;
  while (name.length) {
    size_t n = text_utf8_next(name, &c);
    if (n == 0 || c == 0xFFFD || c == '?') return true;
    /* the first byte of a letter in two or three; one in two of Western Europe may be followed
     * by a sign that people write, as an apostrophe in "Ó’Néill": there it says nothing */
    bool western = before >= 0xC2 && before <= 0xC5;
    bool first = before >= 0xC2 && before <= 0xEF;
    if (first && is_trailing(c, western || before == 0xE2) && c != 0xAA && c != 0xBA && c != 0xB7)
      return true;
    before = c;
    name.at += n;
    name.length -= n;
  }
  return false;
}

/* The next ASCII letter of a name, in lower case, or 0: what no program damages. */
static char next_plain(slice *name) {
  while (name->length) {
    char c = text_lower(*name->at);
    name->at++;
    name->length--;
    if (c >= 'a' && c <= 'z') return c;
  }
  return 0;
}

bool names_agree(slice a, slice b) {
  if (a.length == 0 || b.length == 0 || text_fold_equal(a, b)) return true;
  bool damaged = name_is_damaged(a);
  if (!damaged && !name_is_damaged(b)) return false;
  slice bad = damaged ? a : b;
  if (!next_plain(&bad)) return true; /* nothing is left of it */
  for (;;) {
    char x = next_plain(&a), y = next_plain(&b);
    if (x != y) return false;
    if (x == 0) return true;
  }
}

slice number_bare(slice number) {
  while (number.length > 1 && *number.at == '0') number.at++, number.length--;
  return number;
}
