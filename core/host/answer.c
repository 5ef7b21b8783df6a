/* answer: the closed form of a batch's suggestions. Every text stays where the JSON has it;
 * a field is counted when it is taken, and an object that has more is refused. */
#include "host/answer.h"

#include <string.h>

static const char *const verdict_names[] = {[ANSWER_SUGGEST] = "suggest",
                                            [ANSWER_GATED] = "gated",
                                            [ANSWER_FAILED] = "failed",
                                            [ANSWER_NONE] = "none"};
enum { VERDICTS = sizeof verdict_names / sizeof *verdict_names };

const char *answer_verdict_name(answer_verdict verdict) { return verdict_names[verdict]; }

void answers_free(answers *a) {
  for (size_t i = 0; i < a->count; i++) {
    mem_free(a->list[i].rules);
    mem_free(a->list[i].consulted);
  }
  mem_free(a->list);
  mem_free(a->costs);
  *a = (answers){0};
}

static slice text_of(const json_t *value) {
  return (slice){json_string_value(value), json_string_length(value)};
}

/* The place of a name, or the count. */
static size_t step_of(const answer_form *form, const json_t *value) {
  size_t i = json_is_string(value) ? 0 : form->step_count;
  while (i < form->step_count && !slice_equal(text_of(value), form->steps[i])) i++;
  return i;
}

static size_t rule_of(const answer_form *form, const json_t *value) {
  size_t i = json_is_string(value) ? 0 : form->rule_count;
  while (i < form->rule_count && !slice_is(text_of(value), form->rules[i]->name)) i++;
  return i;
}

/* Absent, or a text of at most so many bytes. */
static bool take_text(const json_t *object, const char *name, size_t most, size_t *fields,
                      slice *out) {
  const json_t *value = json_object_get(object, name);
  if (!value) return true;
  ++*fields;
  *out = text_of(value);
  return json_is_string(value) && out->length <= most;
}

/* References ----------------------------------------------------------------- */

static bool take_day(const json_t *object, const char *name, size_t *fields, day *out) {
  slice text = {0};
  *out = DAY_NONE;
  if (!take_text(object, name, 10, fields, &text)) return false;
  return !text.at || date_parse_iso(text, out, NULL) == STATUS_OK;
}

static bool take_reference(const answer_form *form, const json_t *object, answer_reference *out) {
  size_t fields = 1;
  size_t place = rule_of(form, json_object_get(object, "rule"));
  if (place == form->rule_count) return false;
  out->rule = (uint32_t)place;
  if (!take_day(object, "from", &fields, &out->from)) return false;
  if (!take_day(object, "to", &fields, &out->to)) return false;
  bool fixed = rule_is_fixed(form->rules[place]);
  return json_object_size(object) == fields && !(fixed && fields > 1);
}

/* Absent, or a list of references. */
static const char *take_references(const answer_form *form, const json_t *object, const char *name,
                                   size_t *fields, answer_reference **list, size_t *count) {
  const json_t *value = json_object_get(object, name);
  size_t n = json_array_size(value);
  if (!value) return NULL;
  ++*fields;
  if (!json_is_array(value) || n > ANSWER_RULES) return name;
  *list = mem_new(n, sizeof **list);
  if (!*list) return "out of memory";
  *count = n;
  for (size_t i = 0; i < n; i++)
    if (!take_reference(form, json_array_get(value, i), *list + i)) return name;
  return NULL;
}

/* Answers -------------------------------------------------------------------- */

static bool take_verdict(const json_t *object, answer_verdict *out) {
  const json_t *value = json_object_get(object, "verdict");
  for (int i = 0; i < VERDICTS && json_is_string(value); i++)
    if (slice_is(text_of(value), verdict_names[i])) return *out = (answer_verdict)i, true;
  return false;
}

static bool take_record(const json_t *object, size_t pupils, uint32_t *out) {
  const json_t *value = json_object_get(object, "record");
  json_int_t n = json_integer_value(value);
  if (!json_is_integer(value) || n < 1 || (uint64_t)n > pupils) return false;
  *out = (uint32_t)n - 1;
  return true;
}

/* NULL, or what is wrong. */
static const char *take_answer(const answer_form *form, const json_t *object, size_t pupils,
                               answer *out) {
  size_t fields = 3;
  size_t step = step_of(form, json_object_get(object, "step"));
  if (!json_is_object(object)) return "its form";
  if (!take_record(object, pupils, &out->record)) return "the pupil";
  if (step == form->step_count) return "the step";
  out->step = (uint32_t)step;
  if (!take_verdict(object, &out->verdict)) return "the verdict";
  size_t words = out->verdict == ANSWER_SUGGEST ? ANSWER_WORDS : ANSWER_TOLD;
  if (!take_text(object, "words", words, &fields, &out->words)) return "the words";
  if (!take_text(object, "gate", ANSWER_TOLD, &fields, &out->gate)) return "the gate";
  if (!take_text(object, "concern", ANSWER_CONCERN, &fields, &out->concern)) return "the concern";
  if (out->concern.at && out->concern.length == 0) return "the concern";
  const char *fault =
      take_references(form, object, "rules", &fields, &out->rules, &out->rule_count);
  if (!fault)
    fault =
        take_references(form, object, "consulted", &fields, &out->consulted, &out->consulted_count);
  if (fault) return fault;
  if (out->verdict == ANSWER_SUGGEST && !out->words.at) return "the words";
  if (out->verdict == ANSWER_SUGGEST && out->rule_count == 0) return "rules";
  return json_object_size(object) == fields ? NULL : "its form";
}

static bool comes_after(const answer *a, const answer *b) {
  return a->record != b->record ? a->record > b->record : a->step > b->step;
}

/* costs: for each step a list of four counts. */
static bool take_cost(const json_t *list, answer_cost *out) {
  uint64_t *const numbers[] = {&out->calls, &out->nanoseconds, &out->instructions, &out->bytes};
  if (json_array_size(list) != 4) return false;
  for (size_t i = 0; i < 4; i++) {
    const json_t *n = json_array_get(list, i);
    if (!json_is_integer(n) || json_integer_value(n) < 0) return false;
    *numbers[i] = (uint64_t)json_integer_value(n);
  }
  return true;
}

static const char *take_costs(const answer_form *form, const json_t *list, answers *out) {
  if (!list) return NULL;
  if (json_array_size(list) != form->step_count) return "the costs";
  out->costs = mem_new(form->step_count, sizeof *out->costs);
  if (!out->costs) return "out of memory";
  for (size_t i = 0; i < form->step_count; i++)
    if (!take_cost(json_array_get(list, i), &out->costs[i])) return "the costs";
  return NULL;
}

static status malformed(const char *why, problem *p) {
  return problem_set(p, STATUS_CORRUPT, NULL, "its answer is malformed (%s)", why);
}

status answers_read(const answer_form *form, const json_t *json, size_t pupils, answers *out,
                    problem *p) {
  *out = (answers){0};
  const json_t *list = json_object_get(json, "answers");
  size_t n = json_array_size(list);
  const json_t *costs = json_object_get(json, "costs");
  if (!json_is_array(list) || json_object_size(json) != (costs ? 2 : 1))
    return malformed("its form", p);
  const char *wrong = take_costs(form, costs, out);
  if (wrong) return malformed(wrong, p);
  if (n > pupils * form->step_count) return malformed("too many", p);
  out->list = mem_new(n, sizeof *out->list);
  if (!out->list) return problem_no_memory(p);
  for (; out->count < n; out->count++) {
    answer *a = &out->list[out->count];
    const char *fault = take_answer(form, json_array_get(list, out->count), pupils, a);
    if (!fault && out->count && !comes_after(a, a - 1)) fault = "the order";
    if (!fault) continue;
    out->count++; /* its lists are to be freed */
    return malformed(fault, p);
  }
  return STATUS_OK;
}
