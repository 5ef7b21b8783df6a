/* answer: the closed form of a batch's suggestions. Every text stays where the JSON has it;
 * a field is counted when it is taken, and an object that has more is refused. */
#include "host/answer.h"

#include <stdlib.h>
#include <string.h>

static const char *const verdict_names[] = {[ANSWER_SUGGEST] = "suggest",
                                            [ANSWER_GATED] = "gated",
                                            [ANSWER_FAILED] = "failed",
                                            [ANSWER_NONE] = "none"};
#define VERDICTS (sizeof verdict_names / sizeof *verdict_names)

const char *answer_verdict_name(answer_verdict verdict) { return verdict_names[verdict]; }

void answers_free(answers *a) {
  for (size_t i = 0; i < a->count; i++) {
    mem_free(a->list[i].rules);
    mem_free(a->list[i].consulted);
  }
  mem_free(a->list);
  mem_free(a->costs);
  mem_free(a->asked);
  *a = (answers){0};
}

static slice text_of(const json_t *value) {
  return (slice){json_string_value(value), json_string_length(value)};
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

/* Absent, or a list of lines that were printed. */
static bool take_printed(const json_t *object, size_t *fields, const json_t **out) {
  const json_t *value = json_object_get(object, "printed"), *line;
  size_t i;
  if (!value) return true;
  ++*fields;
  *out = value;
  if (!json_is_array(value) || json_array_size(value) > ANSWER_LINES) return false;
  json_array_foreach(value, i, line) if (!json_is_string(line) ||
                                         json_string_length(line) > ANSWER_WORDS) return false;
  return true;
}

/* Absent, or a day. */
static bool take_day(const json_t *object, const char *name, size_t *fields, day *out) {
  slice text = {0};
  *out = DAY_NONE;
  if (!take_text(object, name, 10, fields, &text)) return false;
  return !text.at || date_parse_iso(text, out, NULL) == STATUS_OK;
}

/* Absent, or a list of references: each names a rule, and a period if the rule has none of
 * its own. NULL, or what is wrong. */
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
  for (size_t i = 0; i < n; i++) {
    const json_t *reference = json_array_get(value, i), *named = json_object_get(reference, "rule");
    answer_reference *out = *list + i;
    size_t place = json_is_string(named) ? 0 : form->rule_count, taken = 1;
    while (place < form->rule_count && !slice_is(text_of(named), form->rules[place]->name)) place++;
    if (place == form->rule_count) return name;
    out->rule = (uint32_t)place;
    if (!take_day(reference, "from", &taken, &out->from)) return name;
    if (!take_day(reference, "to", &taken, &out->to)) return name;
    if (json_object_size(reference) != taken) return name;
    if (taken > 1 && rule_is_fixed(form->rules[place])) return name;
  }
  return NULL;
}

/* NULL, or what is wrong. */
static const char *take_answer(const answer_form *form, const json_t *object, size_t pupils,
                               answer *out) {
  const json_t *record = json_object_get(object, "record"), *step = json_object_get(object, "step");
  const json_t *verdict = json_object_get(object, "verdict");
  json_int_t n = json_integer_value(record);
  size_t fields = 3, place = 0, v = 0;
  if (!json_is_object(object)) return "its form";
  if (!json_is_integer(record) || n < 1 || (uint64_t)n > pupils) return "the pupil";
  if (!json_is_string(step)) return "the step";
  while (place < form->step_count && !slice_equal(text_of(step), form->steps[place])) place++;
  if (place == form->step_count) return "the step";
  out->record = (uint32_t)n - 1;
  out->step = (uint32_t)place;
  out->placed = true;
  for (size_t i = 0; i < form->own_count; i++)
    if (form->own[i].step == place) return "the step";
  if (!json_is_string(verdict)) return "the verdict";
  while (v < VERDICTS && !slice_is(text_of(verdict), verdict_names[v])) v++;
  if (v == VERDICTS) return "the verdict";
  out->verdict = (answer_verdict)v;
  size_t words = out->verdict == ANSWER_SUGGEST ? ANSWER_WORDS : ANSWER_TOLD;
  if (!take_text(object, "words", words, &fields, &out->words)) return "the words";
  if (!take_text(object, "gate", ANSWER_TOLD, &fields, &out->gate)) return "the gate";
  if (!take_text(object, "concern", ANSWER_CONCERN, &fields, &out->concern)) return "the concern";
  if (out->concern.at && out->concern.length == 0) return "the concern";
  if (!take_printed(object, &fields, &out->printed)) return "what it printed";
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

static status malformed(const char *why, problem *p) {
  return problem_set(p, STATUS_CORRUPT, NULL, "its answer is malformed (%s)", why);
}

status answers_read(const answer_form *form, const json_t *json, size_t pupils, answers *out,
                    problem *p) {
  *out = (answers){0};
  const json_t *list = json_object_get(json, "answers");
  size_t n = json_array_size(list);
  const json_t *costs = json_object_get(json, "costs"), *asked = json_object_get(json, "asked");
  if (!json_is_array(list) ||
      json_object_size(json) != 1 + (size_t)(costs != NULL) + (size_t)(asked != NULL))
    return malformed("its form", p);
  if (asked && (!json_is_array(asked) || json_array_size(asked) > form->step_count))
    return malformed("the steps asked", p);
  if (asked && !(out->asked = mem_new(form->step_count, sizeof *out->asked)))
    return problem_no_memory(p);
  for (size_t i = 0; i < json_array_size(asked); i++) { /* each the place of a step, from 1 */
    json_int_t place = json_integer_value(json_array_get(asked, i));
    if (place < 1 || (uint64_t)place > form->step_count) return malformed("the steps asked", p);
    out->asked[place - 1] = true;
  }
  if (costs && json_array_size(costs) != form->step_count) return malformed("the costs", p);
  if (costs && !(out->costs = mem_new(form->step_count, sizeof *out->costs)))
    return problem_no_memory(p);
  for (size_t i = 0; costs && i < form->step_count; i++) { /* each a list of five counts */
    const json_t *counts = json_array_get(costs, i);
    answer_cost *c = &out->costs[i];
    uint64_t *const numbers[] = {&c->calls, &c->nanoseconds, &c->instructions, &c->bytes,
                                 &c->asked};
    if (json_array_size(counts) != 5) return malformed("the costs", p);
    for (size_t k = 0; k < 5; k++) {
      const json_t *count = json_array_get(counts, k);
      if (!json_is_integer(count) || json_integer_value(count) < 0)
        return malformed("the costs", p);
      *numbers[k] = (uint64_t)json_integer_value(count);
    }
  }
  if (n > pupils * form->step_count) return malformed("too many", p);
  const char *fault = NULL;
  out->list = mem_new(n, sizeof *out->list);
  if (!out->list) return problem_no_memory(p);
  while (!fault && out->count < n) {
    answer *a = &out->list[out->count];
    const answer *before = out->count ? a - 1 : NULL;
    fault = take_answer(form, json_array_get(list, out->count), pupils, a);
    out->count++; /* its lists are to be freed, whatever is wrong with it */
    if (!fault && before &&
        (a->record != before->record ? a->record < before->record : a->step <= before->step))
      fault = "the order";
  }
  return fault ? malformed(fault, p) : STATUS_OK;
}

/* Own ------------------------------------------------------------------------- */

static int by_place(const void *a, const void *b) {
  const answer *x = a, *y = b;
  if (x->record != y->record) return x->record < y->record ? -1 : 1;
  return (x->step > y->step) - (x->step < y->step);
}

status answers_add_own(const answer_form *form, const batch *b, answers *list, problem *p) {
  if (form->own_count == 0) return STATUS_OK;
  size_t most = list->count + b->header->pupils * form->own_count;
  answer *longer = mem_resize(list->list, most, sizeof *longer);
  if (!longer) return problem_no_memory(p);
  list->list = longer;
  if (!list->asked && !(list->asked = mem_new(form->step_count, sizeof *list->asked)))
    return problem_no_memory(p);
  for (uint32_t i = 0; i < b->header->pupils; i++) {
    uint64_t met = batch_met(b, i);
    for (const answer_own *own = form->own; own < form->own + form->own_count; own++) {
      size_t first = 0;
      while (first < own->bit_count && !(met >> own->bits[first] & 1)) first++;
      if (first == own->bit_count) continue;
      answer_reference *reason = mem_new(1, sizeof *reason);
      if (!reason) return problem_no_memory(p);
      *reason = (answer_reference){form->swept[own->bits[first]], DAY_NONE, DAY_NONE};
      list->asked[own->step] = true;
      list->list[list->count++] = (answer){.record = i,
                                           .step = own->step,
                                           .placed = true,
                                           .verdict = ANSWER_SUGGEST,
                                           .words = own->words,
                                           .rules = reason,
                                           .rule_count = 1};
    }
  }
  qsort(list->list, list->count, sizeof *list->list, by_place);
  return STATUS_OK;
}
