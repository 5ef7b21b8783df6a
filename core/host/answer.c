/* answer: the closed form of a batch's suggestions. Every text stays where the payload has it. */
#include "host/answer.h"

#include <stdlib.h>
#include <string.h>

#include "worker/frame.h"

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
    mem_free(a->list[i].printed);
  }
  mem_free(a->list);
  mem_free(a->costs);
  mem_free(a->asked);
  *a = (answers){0};
}

/* What is left of a payload; `broken` once it was too short for what it should have. */
typedef struct reader {
  slice left;
  bool broken, no_memory;
} reader;

/* Zeroed; NULL is noted. */
static void *new_list(reader *r, size_t count, size_t bytes) {
  void *list = mem_new(count, bytes);
  if (!list) r->no_memory = true;
  return list;
}

static uint64_t read_number(reader *r, size_t bytes) {
  uint64_t n = 0;
  if (r->left.length < bytes) r->broken = true;
  if (r->broken) return 0;
  for (size_t i = 0; i < bytes; i++) n |= (uint64_t)(unsigned char)r->left.at[i] << (8 * i);
  r->left = (slice){r->left.at + bytes, r->left.length - bytes};
  return n;
}

/* The length of a list, 0 where it is not said. */
static size_t read_count(reader *r, bool *is_said) {
  uint64_t n = read_number(r, 4);
  *is_said = !r->broken && n != FRAME_NONE;
  return *is_said ? (size_t)n : 0;
}

/* Not said, or a text of at most so many bytes. */
static bool read_text(reader *r, size_t most, slice *out) {
  bool is_said;
  size_t length = read_count(r, &is_said);
  *out = (slice){0};
  if (r->broken || length > r->left.length || length > most) return false;
  if (!is_said) return true;
  *out = (slice){r->left.at, length};
  r->left = (slice){r->left.at + length, r->left.length - length};
  return text_is_utf8(*out);
}

/* Not said, or a list of lines that were printed. */
static bool read_printed(reader *r, answer *out) {
  bool is_said;
  size_t n = read_count(r, &is_said);
  if (r->broken || n > ANSWER_LINES) return false;
  if (!is_said) return true;
  out->printed = new_list(r, n, sizeof *out->printed);
  while (out->printed && out->printed_count < n) {
    slice *line = &out->printed[out->printed_count];
    if (!read_text(r, ANSWER_WORDS, line) || !line->at) return false;
    out->printed_count++;
  }
  return out->printed != NULL;
}

/* Not said, or a day. */
static bool read_day(reader *r, day *out) {
  slice text;
  *out = DAY_NONE;
  if (!read_text(r, 10, &text)) return false;
  return !text.at || date_parse_iso(text, out, NULL) == STATUS_OK;
}

/* Not said, or a list of references: each names a rule, and a period if the rule has none of
 * its own. */
static bool read_references(reader *r, const answer_form *form, answer_reference **list,
                            size_t *count) {
  bool is_said;
  size_t n = read_count(r, &is_said);
  if (r->broken || n > ANSWER_RULES) return false;
  if (!is_said) return true;
  *list = new_list(r, n, sizeof **list);
  if (!*list) return false;
  *count = n;
  for (size_t i = 0; i < n; i++) {
    answer_reference *out = *list + i;
    slice name;
    size_t place = 0;
    if (!read_text(r, ANSWER_TOLD, &name)) return false;
    while (place < form->rule_count && !slice_is(name, form->rules[place]->name)) place++;
    if (place == form->rule_count || !read_day(r, &out->from) || !read_day(r, &out->to))
      return false;
    if ((out->from != DAY_NONE || out->to != DAY_NONE) && rule_is_fixed(form->rules[place]))
      return false;
    out->rule = (uint32_t)place;
  }
  return true;
}

/* NULL, or what is wrong. */
static const char *read_answer(reader *r, const answer_form *form, size_t pupils, answer *out) {
  uint64_t record = read_number(r, 4);
  size_t place = 0, v = 0;
  slice text;
  if (r->broken) return "its form";
  if (record < 1 || record > pupils) return "the pupil";
  if (!read_text(r, ANSWER_TOLD, &text)) return "the step";
  while (place < form->step_count && !slice_equal(text, form->steps[place])) place++;
  if (place == form->step_count) return "the step";
  out->record = (uint32_t)record - 1;
  out->step = (uint32_t)place;
  out->placed = true;
  for (size_t i = 0; i < form->own_count; i++)
    if (form->own[i].step == place) return "the step";
  if (!read_text(r, ANSWER_TOLD, &text)) return "the verdict";
  while (v < VERDICTS && !slice_is(text, verdict_names[v])) v++;
  if (v == VERDICTS) return "the verdict";
  out->verdict = (answer_verdict)v;
  if (form->silent[place] && (v == ANSWER_SUGGEST || v == ANSWER_GATED)) return "the step";
  size_t words = out->verdict == ANSWER_SUGGEST ? ANSWER_WORDS : ANSWER_TOLD;
  if (!read_text(r, words, &out->words)) return "the words";
  if (!read_text(r, ANSWER_TOLD, &out->gate)) return "the gate";
  if (!read_text(r, ANSWER_CONCERN, &out->concern)) return "the concern";
  if (out->concern.at && out->concern.length == 0) return "the concern";
  if (!read_references(r, form, &out->rules, &out->rule_count)) return "rules";
  if (!read_references(r, form, &out->consulted, &out->consulted_count)) return "consulted";
  if (!read_printed(r, out)) return "what it printed";
  if (out->verdict == ANSWER_SUGGEST && !out->words.at) return "the words";
  if (out->verdict == ANSWER_SUGGEST && out->rule_count == 0) return "rules";
  return NULL;
}

/* Which steps were asked of somebody, and what each cost. NULL, or what is wrong. */
static const char *read_steps(reader *r, const answer_form *form, answers *out) {
  bool is_said;
  size_t n = read_count(r, &is_said);
  if (r->broken || n > form->step_count) return "the steps asked";
  if (is_said && !(out->asked = new_list(r, form->step_count, sizeof *out->asked)))
    return "the steps asked";
  for (size_t i = 0; i < n; i++) { /* each the place of a step, from 1 */
    uint64_t place = read_number(r, 4);
    if (place < 1 || place > form->step_count) return "the steps asked";
    out->asked[place - 1] = true;
  }
  n = read_count(r, &is_said);
  if (r->broken || (is_said && n != form->step_count)) return "the costs";
  if (is_said && !(out->costs = new_list(r, n, sizeof *out->costs))) return "the costs";
  for (size_t i = 0; i < n; i++) {
    answer_cost *c = &out->costs[i];
    uint64_t *const numbers[] = {&c->calls, &c->nanoseconds, &c->instructions, &c->bytes,
                                 &c->asked};
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
      *numbers[k] = read_number(r, 8);
      if (*numbers[k] > INT64_MAX) return "the costs";
    }
  }
  return r->broken || r->left.length ? "its form" : NULL;
}

static status malformed(const char *why, problem *p) {
  return problem_set(p, STATUS_CORRUPT, NULL, "its answer is malformed (%s)", why);
}

status answers_read(const answer_form *form, slice payload, size_t pupils, answers *out,
                    problem *p) {
  reader r = {.left = payload};
  bool is_said;
  *out = (answers){0};
  size_t n = read_count(&r, &is_said);
  if (!is_said) return malformed("its form", p);
  if (n > pupils * form->step_count) return malformed("too many", p);
  const char *fault = NULL;
  out->list = mem_new(n, sizeof *out->list);
  if (!out->list) return problem_no_memory(p);
  while (!fault && out->count < n) {
    answer *a = &out->list[out->count];
    const answer *before = out->count ? a - 1 : NULL;
    fault = read_answer(&r, form, pupils, a);
    out->count++; /* its lists are to be freed, whatever is wrong with it */
    if (!fault && before &&
        (a->record != before->record ? a->record < before->record : a->step <= before->step))
      fault = "the order";
  }
  if (!fault) fault = read_steps(&r, form, out);
  if (r.no_memory) return problem_no_memory(p);
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
