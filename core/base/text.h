/* text: pieces of text by length, UTF-8, old Windows text, the nearest name.
 *
 * A `slice` lends bytes that somebody else owns; it is not NUL-ended. Nothing
 * here looks at the locale. */
#ifndef WAYMARK_TEXT_H
#define WAYMARK_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

typedef struct slice {
  const char *at;
  size_t length;
} slice;

/* A slice of a C string; of a literal. */
slice slice_of(const char *text);
/* All that a buffer holds, lent until it changes. */
static inline slice buffer_slice(const buffer *b) { return (slice){b->bytes, b->length}; }

bool slice_equal(slice a, slice b);
/* By bytes, and then by length: below, at or above 0. */
int slice_compare(slice a, slice b);
bool slice_is(slice a, const char *text);
/* ASCII letters without regard to case; other bytes as they are. */
bool slice_is_nocase(slice a, const char *text);
/* Without ASCII spaces, tabs, CR and LF at both ends. */
slice slice_trim(slice a);

/* An ASCII letter in lower case; any other byte as it is. */
static inline char text_lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

/* Whether the bytes are well-formed UTF-8 without surrogates or NUL. */
bool text_is_utf8(slice a);

/* The number of bytes at the start of `a` that are whole, well-formed UTF-8.
 * Less than the length means: broken there, or cut in a character. */
size_t text_utf8_prefix(slice a);

/* The character at the start of `a`: its length in bytes and its number, or 0 when the
 * bytes are not a whole well-formed character. */
size_t text_utf8_next(slice a, uint32_t *out);
/* A character as UTF-8: -> how many bytes. */
size_t text_utf8_put(uint32_t c, char out[4]);

/* Append Windows-1252 bytes as UTF-8 (its five undefined bytes as U+FFFD). */
void text_add_windows1252(buffer *to, slice a);

/* Whether a character is shown escaped. */
bool text_is_hidden(uint32_t c);

/* Whether a character is a space, of any width: of none too, and the byte-order mark. */
bool text_is_space(uint32_t c);
/* Without spaces of any kind at both ends. */
slice text_trim(slice a);

/* Append text made safe for a terminal or a log: control characters (C0, C1,
 * DEL), bidirectional controls and broken bytes as \xNN or \u{NNNN}. */
void text_add_escaped(buffer *to, slice a);

/* The same, and every space but the usual one is shown as \u{00A0} too: for what is compared. */
void text_add_visible(buffer *to, slice a);

/* Append a text as JSON, in quotes; the bytes are taken for UTF-8. */
void text_add_json(buffer *to, slice a);

/* Bytes as two small hexadecimal digits each, and a NUL: a.length * 2 + 1 characters. */
void text_hex(slice a, char *out);

/* Damerau-Levenshtein distance (adjacent swaps count one), ASCII case ignored;
 * texts longer than 64 bytes are as far apart as `SIZE_MAX`. */
size_t text_distance(slice a, slice b);

/* The index of the candidate nearest to `name`, or `count` when none is nearer
 * than a third of the longer text (at least one edit is always allowed). */
size_t text_nearest(slice name, const slice *candidates, size_t count);

/* An unsigned decimal number, all of the slice; false when it is not one or is
 * over `most`. */
bool text_number(slice a, int64_t most, int64_t *out);

#endif
