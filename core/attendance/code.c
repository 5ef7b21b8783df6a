/* code: a code set is a table by byte; all look-ups by text walk it, since it is small and
 * asked about once a rule or a row of codes. */
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

static bool is_code_text(const char *text) {
  size_t n = strlen(text);
  if (n < 1 || n > 2) return false;
  for (size_t i = 0; i < n; i++)
    if (text[i] <= ' ' || text[i] > '~' || text[i] == '"' || text[i] == ',') return false;
  return true;
}

status code_set_add(code_set *set, enum mark_class c, const code *what, mark *out, problem *p) {
  if (!is_code_text(what->text))
    return problem_set(p, STATUS_SYNTAX, "use one or two printable characters",
                       "not an attendance code: \"%s\"", what->text);
  for (int m = 0; m < MARK_VALUES; m++) {
    const code *other = &set->of[m];
    bool before = what->to != DAY_NONE && other->from != DAY_NONE && what->to < other->from;
    bool after = what->from != DAY_NONE && other->to != DAY_NONE && what->from > other->to;
    if (strcmp(other->text, what->text) == 0 && !before && !after)
      return problem_set(p, STATUS_RANGE, "give each meaning its own dates",
                         "the code \"%s\" is there twice for the same dates", what->text);
  }
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
    if (!c->text[0] || (c->from != DAY_NONE && c->from > on) || (c->to != DAY_NONE && on > c->to))
      continue;
    size_t distance = 4 * text_distance(text, slice_of(c->text));
    if (distance && text.length && text.at[0] == c->text[0])
      distance -= 1; /* "I01" is an I, not a J1 */
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
}
