/* fuzz_answer: what a hostile worker answers, behind its frame. Any bytes as the
 * answer to a batch (answers_read) and, by the first byte, as one of the other
 * kinds (plugin_answer_check). What is taken must be what the headers promise.
 *
 *   clang -fsanitize=fuzzer,address,undefined -DFUZZING … fuzz_answer.c …
 *
 * Without -DFUZZING it is a program that reads the files named on its command
 * line, for replaying what was found, and says of each whether it is taken. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/answer.h"
#include "host/plugin_job.h"

enum { PUPILS = 3, INPUT_MOST = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_references(const answer_reference *list, size_t count, size_t rules) {
  assert(count <= ANSWER_RULES);
  for (size_t i = 0; i < count; i++) assert(list[i].rule < rules);
}

static void check_text(slice text, size_t most) {
  assert(text.length <= most);
  assert(!text.at || text_is_utf8(text));
}

static void check_answer(const answer_form *form, const answer *a) {
  assert(a->record < PUPILS && a->step < form->step_count);
  assert(answer_verdict_name(a->verdict));
  check_text(a->words, a->verdict == ANSWER_SUGGEST ? ANSWER_WORDS : ANSWER_TOLD);
  check_text(a->gate, ANSWER_TOLD);
  check_text(a->concern, ANSWER_CONCERN);
  check_references(a->rules, a->rule_count, form->rule_count);
  check_references(a->consulted, a->consulted_count, form->rule_count);
  assert(a->verdict != ANSWER_SUGGEST || (a->words.at && a->rule_count));
}

static void read_answers(slice payload) {
  static const compiled_rule away = {.rule = {.kind = RULE_COUNT, .name = "away"}};
  static const compiled_rule late = {.rule = {.kind = RULE_ROLLING, .name = "late"}};
  static const compiled_rule *const rules[] = {&away, &late};
  const slice steps[] = {slice_of("visit"), slice_of("tea")};
  const answer_form form = {steps, 2, rules, 2};
  answers list;
  problem p = {0};
  status s = answers_read(&form, payload, PUPILS, &list, &p);
  assert(s == STATUS_OK || p.sentence[0]);
  assert(s != STATUS_OK || list.count <= PUPILS * form.step_count);
  for (size_t i = 0; s == STATUS_OK && list.costs && i < form.step_count; i++)
    assert(list.costs[i].calls <= INT64_MAX && list.costs[i].bytes <= INT64_MAX);
  for (size_t i = 0; s == STATUS_OK && i < list.count; i++) {
    const answer *a = &list.list[i];
    check_answer(&form, a);
    assert(i == 0 || a[-1].record < a->record ||
           (a[-1].record == a->record && a[-1].step < a->step));
  }
  answers_free(&list);
}

static frame_kind kind_of(uint8_t first) {
  return (frame_kind)(FRAME_READY + first % (FRAME_KINDS - FRAME_READY));
}

/* No byte more than there is, so that reading beyond it is seen. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  problem p = {0};
  if (size == 0) return 0;
  frame_kind kind = kind_of(data[0]);
  char *bytes = malloc(size);
  if (!bytes) return 0;
  memcpy(bytes, data + 1, size - 1);
  slice payload = {bytes, size - 1};
  read_answers(payload);
  if (plugin_answer_check(kind, payload, &p) != STATUS_OK) assert(p.sentence[0]);
  free(bytes);
  return 0;
}

#ifndef FUZZING
static void say(const char *name, const uint8_t *bytes, size_t size) {
  problem p = {0};
  frame_kind kind = kind_of(bytes[0]);
  status s = plugin_answer_check(kind, (slice){(const char *)bytes + 1, size - 1}, &p);
  printf("%s: %s %s\n", name, frame_kind_name(kind), s == STATUS_OK ? "taken" : "refused");
}

int main(int count, char **names) {
  static uint8_t bytes[INPUT_MOST];
  for (int i = 1; i < count; i++) {
    FILE *file = fopen(names[i], "rb");
    if (!file) return 1;
    size_t size = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    (void)LLVMFuzzerTestOneInput(bytes, size);
    if (size > 0) say(names[i], bytes, size);
  }
  return 0;
}
#endif
