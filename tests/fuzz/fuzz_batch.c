/* fuzz_batch: batch_open on any bytes, and on good blocks with some bytes changed;
 * what it lets through can be measured without a fault. Built with -DFUZZING for libFuzzer; without
 * it, a program that reads the files it is given. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/batch.h"
#include "attendance/measure.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void measure_all(const batch *b) {
  for (size_t i = 0; i < b->header->pupils; i++) {
    span s;
    batch_span(b, i, &s);
    for (int k = 0; k < RULE_KINDS; k++) {
      compiled_rule r = {.rule = {.kind = (enum rule_kind)k,
                                  .at_least = 2,
                                  .weeks = 3,
                                  .since = DAY_NONE,
                                  .before = 4,
                                  .points = 5,
                                  .beside_school = true,
                                  .classes = 1U << CLASS_UNAUTHORISED}};
      mark_table_add_class(&r.counts, CLASS_UNAUTHORISED);
      evidence e;
      uint32_t indexes[16];
      char concern[CONCERN_TEXT];
      measure_rule(&r, &s, DAY_NONE, DAY_NONE, &e);
      (void)evidence_sessions(&e, &s, false, indexes, 16);
      evidence_concern(&e, &s, concern);
    }
  }
}

static void open_and_measure(const char *bytes, size_t size) {
  batch b;
  if (batch_open(bytes, size, &b, NULL) == STATUS_OK) measure_all(&b);
}

/* The school's own sessions; in half of the blocks there are none. */
static const school_session *school_of(const uint8_t *data, size_t size, school_session *out) {
  if (size == 0 || !(data[0] & 2)) return NULL;
  for (size_t i = 0; i < 60; i++) {
    uint32_t n = i < 50 && i < size ? data[i] : 0;
    out[i] = (school_session){n * n, n / 2, n / 3};
  }
  return out;
}

/* A good block of two pupils whose marks are the input. */
static bool build(const uint8_t *data, size_t size, buffer *block) {
  session at[60];
  int32_t week[60];
  for (int i = 0; i < 60; i++) at[i] = session_of(20000 + i, i & 1), week[i] = i / 9;
  calendar c = {60, at, week};
  school_session school[60];
  batch_shape shape = {&c, 20050, 50, 40, 2, {"{}", 2}, school_of(data, size, school)};
  if (batch_begin(block, &shape, NULL)) return false;
  for (size_t i = 0; i < 120; i++) {
    uint8_t m = i < size ? data[i] : 0;
    batch_marks(block, i / 60)[i % 60] = (mark)(m >> 4 < CLASS_COUNT ? m : 0);
  }
  for (size_t i = 0; i < 2; i++) {
    batch_record r = {(uint32_t)i + 1, 0, 60, 14000, {5, 0}, {0, 0}};
    batch_record_set(block, i, &r, (slice){"{}", 2});
  }
  return batch_end(block, NULL) == STATUS_OK;
}

static void spoil(buffer *block, const uint8_t *data, size_t size) {
  for (size_t i = 0; i + 3 <= size; i += 3)
    block->bytes[(data[i] << 8 | data[i + 1]) % block->length] = (char)data[i + 2];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size && data[0] & 1) { /* any bytes: aligned, and no byte more than there is */
    char *bytes = malloc(size);
    if (bytes) memcpy(bytes, data, size), open_and_measure(bytes, size);
    free(bytes);
    return 0;
  }
  buffer block = {0};
  size_t marks = size < 120 ? size : 120;
  if (build(data, marks, &block)) {
    spoil(&block, data + marks, size - marks);
    char *exact = malloc(block.length);
    if (exact) memcpy(exact, block.bytes, block.length), open_and_measure(exact, block.length);
    free(exact);
  }
  buffer_free(&block);
  return 0;
}

#ifndef FUZZING
int main(int count, char **paths) {
  for (int i = 1; i < count; i++) {
    static uint8_t bytes[1 << 20];
    FILE *file = fopen(paths[i], "rb");
    if (!file) return 1;
    size_t size = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    (void)LLVMFuzzerTestOneInput(bytes, size);
  }
  return 0;
}
#endif
