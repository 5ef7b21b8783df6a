/* envelope: the forms of what a worker says for itself are few and never change with what
 * plugins can do; an unknown field refuses the whole. Payloads have been measured already:
 * frame.h knows the most bytes of each kind. */
#include "host/envelope.h"

#include <string.h>

static const char *const names[] = {
    [VERDICT_FINISHED] = "finished",       [VERDICT_FAILED] = "failed",
    [VERDICT_OVER_BUDGET] = "over-budget", [VERDICT_OVER_MEMORY] = "over-memory",
    [VERDICT_KILLED] = "killed",           [VERDICT_REFUSED] = "refused"};
enum { VERDICTS = sizeof names / sizeof *names };

const char *verdict_name(verdict v) { return names[v]; }

/* VERDICTS: it has none. */
static int find_verdict(const json_t *object) {
  const char *name = json_string_value(json_object_get(object, "verdict"));
  int v = name ? 0 : VERDICTS;
  while (v < VERDICTS && strcmp(name, names[v]) != 0) v++;
  return v;
}

verdict verdict_of(const json_t *object) {
  int v = find_verdict(object);
  return v == VERDICTS ? VERDICT_FAILED : (verdict)v;
}

/* Whether nothing in it lies deeper, or is null. */
static bool is_plain(const json_t *value, int depth) {
  const char *name;
  json_t *inner;
  if (depth < 0 || json_is_null(value)) return false;
  for (size_t i = 0; i < json_array_size(value); i++)
    if (!is_plain(json_array_get(value, i), depth - 1)) return false;
  if (!json_is_object(value)) return true;
  json_object_foreach((json_t *)(uintptr_t)value, name, inner) {
    if (!is_plain(inner, depth - 1)) return false;
  }
  return true;
}

static bool has_count(const json_t *object, const char *name) {
  const json_t *n = json_object_get(object, name);
  return json_is_integer(n) && json_integer_value(n) >= 0;
}

static bool has_verdict(const json_t *object) {
  int v = find_verdict(object);
  return v != VERDICTS && v != VERDICT_KILLED;
}

static bool is_of_kind(const json_t *object, frame_kind kind) {
  const json_t *message = json_object_get(object, "message");
  const json_t *output = json_object_get(object, "output");
  const json_t *result = json_object_get(object, "result");
  if (!json_is_object(object)) return false;
  if (kind != FRAME_RESULT && !is_plain(object, ENVELOPE_DEPTH)) return false;
  switch (kind) {
    case FRAME_RESULT: /* {} acknowledges the batch of a try; what was returned may be null */
      if (json_object_size(object) == 0) return true;
      for (size_t i = 0; i < json_array_size(output); i++)
        if (!json_is_string(json_array_get(output, i))) return false;
      return json_object_size(object) == 7 && has_verdict(object) && json_is_string(message) &&
             json_is_array(output) && result &&
             (json_is_null(result) || is_plain(result, ENVELOPE_DEPTH - 1)) &&
             has_count(object, "peak_bytes") && has_count(object, "instructions") &&
             json_is_number(json_object_get(object, "seconds"));
    case FRAME_REFUSED: { /* whoever finished says so by DONE; no message is cut when shown */
      buffer shown = {0};
      if (!has_verdict(object) || find_verdict(object) == VERDICT_FINISHED ||
          !json_is_string(message))
        return false;
      text_add_escaped(&shown, (slice){json_string_value(message), json_string_length(message)});
      bool fits = !shown.failed && shown.length < ENVELOPE_MESSAGE;
      buffer_free(&shown);
      return fits;
    }
    case FRAME_READY:
      return json_integer_value(json_object_get(object, "api")) == FRAME_VERSION &&
             json_is_array(json_object_get(object, "jail"));
    case FRAME_DONE:
      return json_object_size(object) == 3 && has_verdict(object) &&
             has_count(object, "peak_bytes") && has_count(object, "instructions");
    case FRAME_DECLARED:
    case FRAME_EFFECTS:
    case FRAME_CONSULTED: return true;
    default: return false;
  }
}

status envelope_open(frame_kind kind, slice payload, json_t **out, problem *p) {
  json_error_t error;
  json_t *json = json_loadb(payload.at, payload.length, JSON_REJECT_DUPLICATES, &error);
  if (!json && (!error.text[0] || json_error_code(&error) == json_error_out_of_memory))
    return problem_no_memory(p);
  if (!json) return problem_set(p, STATUS_CORRUPT, NULL, "not JSON (byte %d)", error.position);
  if (is_of_kind(json, kind)) {
    *out = json;
    return STATUS_OK;
  }
  json_decref(json);
  return problem_set(p, STATUS_CORRUPT, NULL, "not what a %s message has", frame_kind_name(kind));
}
