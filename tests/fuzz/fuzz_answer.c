/* fuzz_answer: what a hostile worker answers, behind its frame. Any bytes as the
 * answer to a batch (answers_read) and, by the first byte, as one of the other
 * kinds (envelope_open). What is taken must be what the headers promise; the forms
 * of what plugins say are those of Lua, which tests/spec/worker/plugin_forms_spec.lua tries.
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
#include "host/envelope.h"

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
  assert(a->printed_count <= ANSWER_LINES);
  for (size_t i = 0; i < a->printed_count; i++) check_text(a->printed[i], ANSWER_WORDS);
  assert(a->verdict != ANSWER_SUGGEST || (a->words.at && a->rule_count));
}

static status read_answers(slice payload) {
  static const rule away = {.kind = RULE_COUNT, .name = "away"};
  static const rule late = {.kind = RULE_ROLLING, .name = "late"};
  static const rule *const rules[] = {&away, &late};
  const slice steps[] = {slice_of("visit"), slice_of("tea")};
  static const bool silent[] = {false, false};
  const answer_form form = {
      .steps = steps, .silent = silent, .step_count = 2, .rules = rules, .rule_count = 2};
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
  return s;
}

/* How deep it is; nothing in it is null, but at the top of a RESULT. */
static int depth_of(const json_t *value, bool result) {
  int deepest = 0;
  const char *name;
  json_t *inner;
  assert(!json_is_null(value));
  for (size_t i = 0; i < json_array_size(value); i++) {
    int depth = depth_of(json_array_get(value, i), false);
    if (depth > deepest) deepest = depth;
  }
  if (json_is_object(value)) {
    json_object_foreach((json_t *)(uintptr_t)value, name, inner) {
      int depth = result && json_is_null(inner) ? 0 : depth_of(inner, false);
      if (depth > deepest) deepest = depth;
    }
  }
  return deepest + (json_is_array(value) || json_is_object(value));
}

static status open_one(frame_kind kind, slice payload) {
  problem p = {0};
  json_t *json = NULL;
  if (kind == FRAME_SUGGESTED) return read_answers(payload);
  status s = envelope_open(kind, payload, &json, &p);
  assert(s == STATUS_OK || (p.sentence[0] && !json));
  if (s != STATUS_OK) return s;
  assert(json_is_object(json) && depth_of(json, kind == FRAME_RESULT) <= ENVELOPE_DEPTH + 1);
  json_decref(json);
  return s;
}

static frame_kind kind_of(uint8_t first) {
  return (frame_kind)(FRAME_READY + first % (FRAME_KINDS - FRAME_READY));
}

/* No byte more than there is, so that reading beyond it is seen. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  char *bytes = malloc(size);
  if (!bytes) return 0;
  memcpy(bytes, data + 1, size - 1);
  (void)open_one(FRAME_SUGGESTED, (slice){bytes, size - 1});
  (void)open_one(kind_of(data[0]), (slice){bytes, size - 1});
  free(bytes);
  return 0;
}

#ifndef FUZZING
static void say(const char *name, const uint8_t *bytes, size_t size) {
  frame_kind kind = kind_of(bytes[0]);
  status s = open_one(kind, (slice){(const char *)bytes + 1, size - 1});
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
