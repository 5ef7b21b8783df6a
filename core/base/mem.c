/* mem: checked allocation, by calloc and realloc alone: a test build wraps those two. */
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *mem_new(size_t count, size_t size) { return calloc(count ? count : 1, size ? size : 1); }

void *mem_resize(void *old, size_t count, size_t size) {
  if (size && count > SIZE_MAX / size) return NULL;
  size_t bytes = count * size;
  return realloc(old, bytes ? bytes : 1);
}

void mem_free(void *block) { free(block); }

char *mem_copy_text(const char *text, size_t length) {
  if (length == SIZE_MAX) return NULL;
  char *copy = mem_new(length + 1, 1);
  if (copy && length) memcpy(copy, text, length);
  return copy;
}

char *buffer_room(buffer *b, size_t more) {
  if (b->failed || more > SIZE_MAX - b->length) {
    b->failed = 1;
    return NULL;
  }
  size_t need = b->length + more;
  if (need > b->room || !b->bytes) {
    size_t room = b->room < 64 ? 64 : b->room;
    while (room < need) room = room > SIZE_MAX / 2 ? need : room * 2;
    char *bytes = mem_resize(b->bytes, room, 1);
    if (!bytes) {
      b->failed = 1;
      return NULL;
    }
    b->bytes = bytes;
    b->room = room;
  }
  return b->bytes + b->length;
}

void buffer_add(buffer *b, const void *bytes, size_t length) {
  char *to = buffer_room(b, length);
  if (!to || length == 0) return;
  memcpy(to, bytes, length);
  b->length += length;
}

void buffer_add_text(buffer *b, const char *text) { buffer_add(b, text, strlen(text)); }

void buffer_add_char(buffer *b, char c) { buffer_add(b, &c, 1); }

void buffer_add_integer(buffer *b, int64_t n) {
  char digits[20], *at = digits + sizeof digits;
  uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
  do *--at = (char)('0' + rest % 10);
  while (rest /= 10);
  if (n < 0) *--at = '-';
  buffer_add(b, at, (size_t)(digits + sizeof digits - at));
}

void buffer_printf(buffer *b, const char *format, ...) {
  va_list args, again;
  size_t room = b->failed ? 0 : b->room - b->length;
  va_start(args, format);
  va_copy(again, args);
  int need = vsnprintf(room ? b->bytes + b->length : NULL, room, format, args);
  va_end(args);
  if (need >= 0 && (size_t)need < room) {
    b->length += (size_t)need;
  } else {
    char *to = need < 0 ? NULL : buffer_room(b, (size_t)need + 1);
    if (to) {
      (void)vsnprintf(to, (size_t)need + 1, format, again);
      b->length += (size_t)need;
    }
  }
  va_end(again);
}

void buffer_clear(buffer *b) {
  b->length = 0;
  b->failed = 0;
}

void buffer_free(buffer *b) {
  mem_free(b->bytes);
  *b = (buffer){0};
}

status buffer_status(const buffer *b, problem *p) {
  return b->failed ? problem_no_memory(p) : STATUS_OK;
}
