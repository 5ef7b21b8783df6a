/* text_fold: character by character, without memory. */
#include "base/text_fold.h"

#include <string.h>

#include "base/array.h"
#include "base/text_fold_table.h"

/* One character -------------------------------------------------------------- */

enum { LETTERS_MOST = 3 };

static int before(const void *element, const void *key) {
  uint32_t first, c;
  memcpy(&first, element, sizeof first);
  memcpy(&c, key, sizeof c);
  return first <= c;
}

/* The last entry of a table whose first character is not after c, or NULL. */
static const void *entry_of(const void *table, size_t count, size_t size, uint32_t c) {
  size_t after = array_lower_bound(table, count, size, &c, before);
  return after ? (const char *)table + (after - 1) * size : NULL;
}

#define ENTRY_OF(table, c) entry_of(table, sizeof(table) / sizeof *(table), sizeof *(table), c)

/* -> how many; 0: it folds to nothing */
static size_t fold_character(uint32_t c, uint32_t out[LETTERS_MOST]) {
  if (c < 0x80) {
    bool space = (c >= '\t' && c <= '\r') || c == ' ' || c == '-';
    *out = space ? ' ' : c == '`' ? '\'' : (uint32_t)(unsigned char)text_lower((char)c);
    return 1;
  }
  if (c >= 0xAC00 && c <= 0xD7A3) { /* a syllable of Hangul: two or three letters, which may */
    uint32_t at = c - 0xAC00;       /*   also stand apart */
    out[0] = 0x1100 + at / 588;
    out[1] = 0x1161 + at % 588 / 28;
    out[2] = 0x11A7 + at % 28;
    return at % 28 ? 3 : 2;
  }
  const struct fold_nothing *nothing = ENTRY_OF(fold_nothing, c);
  const struct fold_range *range = ENTRY_OF(fold_ranges, c);
  const struct fold_letters *several = ENTRY_OF(fold_letters, c);
  if (nothing && c <= nothing->last) return 0;
  if (several && several->from == c) {
    memcpy(out, several->to, sizeof several->to);
    return out[2] ? 3 : 2;
  }
  out[0] = c;
  if (!range || c > range->last) return 1;
  uint32_t along = c - range->first;
  if (range->kind == ONE)
    out[0] = range->to;
  else if (range->kind == EACH || along % 2 == 0)
    out[0] = range->to + along;
  return 1;
}

/* A text --------------------------------------------------------------------- */

size_t text_folding_next(text_folding *f, char piece[TEXT_FOLD_PIECE], size_t *from) {
  bool spaces = false;
  size_t space_at = 0;
  while (f->at < f->text.length) {
    slice rest = {f->text.at + f->at, f->text.length - f->at};
    uint32_t c = 0, letters[LETTERS_MOST];
    size_t n = text_utf8_next(rest, &c), count = n ? fold_character(c, letters) : 0, length = 0;
    if (count == 1 && letters[0] == ' ') {
      if (!spaces) space_at = f->at;
      spaces = true;
      f->broken = false;
      f->at += n;
      continue;
    }
    if (n && count == 0 && !f->broken) {
      f->at += n;
      if (!spaces) f->end = f->at;
      continue;
    }
    if (spaces && f->any) {
      *piece = ' ';
      *from = space_at;
      return 1;
    }
    *from = f->at;
    for (size_t i = 0; i < count; i++) length += text_utf8_put(letters[i], piece + length);
    if (count == 0) memcpy(piece, rest.at, length = n ? n : 1);
    f->broken = n == 0;
    f->at += n ? n : 1;
    f->end = f->at;
    f->any = true;
    return length;
  }
  return 0;
}

void text_fold(buffer *to, slice a) {
  text_folding f = {.text = a};
  char piece[TEXT_FOLD_PIECE];
  size_t n, from;
  while ((n = text_folding_next(&f, piece, &from))) buffer_add(to, piece, n);
}

bool text_fold_equal(slice a, slice b) {
  text_folding f[2] = {{.text = a}, {.text = b}};
  char piece[2][TEXT_FOLD_PIECE];
  size_t length[2] = {0}, at[2] = {0}, from;
  for (;;) {
    for (int i = 0; i < 2; i++)
      if (at[i] == length[i]) length[i] = text_folding_next(&f[i], piece[i], &from), at[i] = 0;
    if (length[0] == 0 || length[1] == 0) return length[0] == length[1];
    if (piece[0][at[0]++] != piece[1][at[1]++]) return false;
  }
}
