/* mem: the one door to the allocator, with checked sizes, and a growing buffer.
 *
 * 1. Sizes are a count times an element size, checked for overflow.
 * 2. A zero count gives a non-NULL block that may be freed.
 * 3. Every allocation of the core goes through here, so that tests reach all of it
 *    (tests/support/faults.c). SQLite, Lua, jansson and the readers of XML, zip files and calendars
 *    keep their own. */
#ifndef WAYMARK_MEM_H
#define WAYMARK_MEM_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* NULL when out of memory or when count * size overflows. Zero-filled. */
void *mem_new(size_t count, size_t size);

/* Resize to `count` elements; the old block stands on failure (NULL). New room
 * is not cleared. `old` may be NULL. */
void *mem_resize(void *old, size_t count, size_t size);

void mem_free(void *block);

/* A copy of `length` bytes with a NUL after them, or NULL. */
char *mem_copy_text(const char *text, size_t length);

/* Bytes that grow. Zero-initialise; `buffer_free` to end. After a failed add
 * the buffer is `failed` and takes nothing more: check once, at the end. */
typedef struct buffer {
  char *bytes;
  size_t length;
  size_t room;
  int failed;
} buffer;

/* Make room for `more` bytes and return where they go (length is not moved),
 * or NULL. */
char *buffer_room(buffer *b, size_t more);
void buffer_add(buffer *b, const void *bytes, size_t length);
void buffer_add_text(buffer *b, const char *text);
void buffer_add_char(buffer *b, char c);
void buffer_add_integer(buffer *b, int64_t n);
void buffer_printf(buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buffer_clear(buffer *b);
void buffer_free(buffer *b);
status buffer_status(const buffer *b, problem *p);

#endif
