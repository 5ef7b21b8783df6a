/* code: see code.h. */
#include "attendance/code.h"

#include <string.h>

static const char *const class_names[CLASS_COUNT] = {
    "missing",      "present",      "educational",   "authorised",
    "unauthorised", "not-possible", "administrative"};

const char *class_name(enum mark_class c) {
  return (unsigned)c < CLASS_COUNT ? class_names[c] : "unknown";
}

bool class_parse(slice name, enum mark_class *out) {
  for (int c = CLASS_PRESENT; c < CLASS_COUNT; c++)
    if (slice_is(name, class_names[c])) return *out = (enum mark_class)c, true;
  return false;
}

static bool in_force(const code *c, day on) {
  return c->text[0] && (c->from == DAY_NONE || c->from <= on) && (c->to == DAY_NONE || on <= c->to);
}

static bool dates_overlap(const code *a, const code *b) {
  bool a_first = a->to != DAY_NONE && b->from != DAY_NONE && a->to < b->from;
  bool b_first = b->to != DAY_NONE && a->from != DAY_NONE && b->to < a->from;
  return !a_first && !b_first;
}

static bool is_code_text(const char *text) {
  size_t n = strlen(text);
  if (n < 1 || n > 2) return false;
  for (size_t i = 0; i < n; i++)
    if (text[i] <= ' ' || text[i] > '~' || text[i] == '"' || text[i] == ',') return false;
  return true;
}

static status check_new(const code_set *set, const code *what, problem *p) {
  if (!is_code_text(what->text))
    return problem_set(p, STATUS_SYNTAX, "use one or two printable characters",
                       "not an attendance code: \"%s\"", what->text);
  for (int m = 0; m < MARK_VALUES; m++)
    if (strcmp(set->of[m].text, what->text) == 0 && dates_overlap(&set->of[m], what))
      return problem_set(p, STATUS_RANGE, "give each meaning its own dates",
                         "the code \"%s\" is there twice for the same dates", what->text);
  return STATUS_OK;
}

status code_set_add(code_set *set, enum mark_class c, const code *what, mark *out, problem *p) {
  status s = check_new(set, what, p);
  if (s) return s;
  for (unsigned i = 1; i <= CODES_A_CLASS; i++) {
    mark m = (mark)((unsigned)c << 4 | i);
    if (set->of[m].text[0]) continue;
    set->of[m] = *what;
    *out = m;
    return STATUS_OK;
  }
  return problem_set(p, STATUS_RANGE, "a workspace holds at most 15 codes of one class",
                     "no room for the code \"%s\" among the %s codes", what->text, class_name(c));
}

status code_set_put(code_set *set, mark m, const code *what, problem *p) {
  enum mark_class c = mark_class_of(m);
  if (c == CLASS_MISSING || c >= CLASS_COUNT || set->of[m].text[0] || !is_code_text(what->text))
    return problem_set(p, STATUS_CORRUPT, "restore a backup", "the code table is damaged at %d",
                       (int)m);
  set->of[m] = *what;
  return STATUS_OK;
}

bool code_exists(const code_set *set, slice text) {
  for (int m = 1; m < MARK_VALUES; m++)
    if (set->of[m].text[0] && slice_is(text, set->of[m].text)) return true;
  return false;
}

const char *code_nearest(const code_set *set, slice text, day on) {
  const char *best = NULL;
  size_t best_distance = SIZE_MAX;
  for (int m = 1; m < MARK_VALUES; m++) {
    const code *c = &set->of[m];
    if (!in_force(c, on)) continue;
    size_t distance = 4 * text_distance(text, slice_of(c->text));
    if (text.length && text.at[0] == c->text[0]) distance -= 1; /* "I01" is an I, not a J1 */
    if (distance < best_distance) best = c->text, best_distance = distance;
  }
  return best;
}

bool mark_table_add_code(mark_table *t, const code_set *set, slice text) {
  bool found = false;
  for (int m = 1; m < MARK_VALUES; m++)
    if (set->of[m].text[0] && slice_is(text, set->of[m].text)) t->has[m] = 1, found = true;
  return found;
}

void mark_table_add_class(mark_table *t, enum mark_class c) {
  for (unsigned i = 0; i < 16; i++) t->has[(unsigned)c << 4 | i] = 1;
  t->has[MARK_NONE] = c == CLASS_MISSING;
}
