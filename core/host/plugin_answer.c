/* plugin_answer: what a worker may answer; see plugin_answer_check. Only the
 * envelope is checked here; what suggestions and declarations must look like is
 * the business of those who know them. */
#include <jansson.h>

#include "host/plugin_job.h"

static const char *const verdict_names[] = {
    [PLUGIN_FINISHED] = "finished",       [PLUGIN_FAILED] = "failed",
    [PLUGIN_OVER_BUDGET] = "over-budget", [PLUGIN_OVER_MEMORY] = "over-memory",
    [PLUGIN_KILLED] = "killed",           [PLUGIN_REFUSED] = "refused"};

const char *plugin_verdict_name(plugin_verdict verdict) { return verdict_names[verdict]; }

bool plugin_verdict_of(slice name, plugin_verdict *out) {
  for (int i = PLUGIN_FINISHED; i <= PLUGIN_REFUSED; i++) {
    if (!slice_is(name, verdict_names[i])) continue;
    *out = (plugin_verdict)i;
    return true;
  }
  return false;
}

static bool is_count(const json_t *n) { return json_is_integer(n) && json_integer_value(n) >= 0; }

/* A worker gives every verdict but `killed`, which only the host can see. */
static bool has_verdict(const json_t *object) {
  const json_t *name = json_object_get(object, "verdict");
  plugin_verdict verdict;
  return json_is_string(name) &&
         plugin_verdict_of((slice){json_string_value(name), json_string_length(name)}, &verdict) &&
         verdict != PLUGIN_KILLED;
}

static bool is_list_of_texts(const json_t *list) {
  if (!json_is_array(list)) return false;
  for (size_t i = 0; i < json_array_size(list); i++)
    if (!json_is_string(json_array_get(list, i))) return false;
  return true;
}

/* {} acknowledges a batch of a try. */
static bool is_result(const json_t *object) {
  if (json_object_size(object) == 0) return true;
  return json_object_size(object) == 7 && has_verdict(object) &&
         json_is_string(json_object_get(object, "message")) &&
         is_list_of_texts(json_object_get(object, "output")) && json_object_get(object, "result") &&
         is_count(json_object_get(object, "peak_bytes")) &&
         is_count(json_object_get(object, "instructions")) &&
         json_is_number(json_object_get(object, "seconds"));
}

static bool is_done(const json_t *object) {
  return json_object_size(object) == 3 && has_verdict(object) &&
         is_count(json_object_get(object, "peak_bytes")) &&
         is_count(json_object_get(object, "instructions"));
}

static bool is_refused(const json_t *object) {
  return has_verdict(object) && json_is_string(json_object_get(object, "message"));
}

static bool is_ready(const json_t *object) {
  return json_integer_value(json_object_get(object, "api")) == 1 &&
         json_is_array(json_object_get(object, "jail"));
}

enum { EFFECTS_MOST = 10000, EFFECT_BYTES = 64 << 10 };

static bool is_effect(const json_t *e) {
  static const char *const kinds[] = {"mail", "note", "follow-up"};
  const json_t *kind = json_object_get(e, "kind"), *body = json_object_get(e, "body");
  bool known = false;
  if (json_object_size(e) != 4 || !json_is_string(kind) || !json_is_object(body)) return false;
  if (json_integer_value(json_object_get(e, "event")) < 1) return false;
  if (json_integer_value(json_object_get(e, "number")) < 1) return false;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    known = known || slice_is((slice){json_string_value(kind), json_string_length(kind)}, kinds[i]);
  return known && json_dumpb(body, NULL, 0, JSON_COMPACT) <= EFFECT_BYTES;
}

/* {effects: […]}, or {effects: [], failed: {event, message}} */
static bool is_effects(const json_t *object) {
  const json_t *list = json_object_get(object, "effects");
  const json_t *failed = json_object_get(object, "failed");
  if (!json_is_array(list) || json_array_size(list) > EFFECTS_MOST) return false;
  if (json_object_size(object) != (failed ? 2 : 1)) return false;
  for (size_t i = 0; i < json_array_size(list); i++)
    if (!is_effect(json_array_get(list, i))) return false;
  return !failed || (json_object_size(failed) == 2 && json_array_size(list) == 0 &&
                     json_integer_value(json_object_get(failed, "event")) >= 1 &&
                     json_is_string(json_object_get(failed, "message")));
}

static bool is_shaped(frame_kind kind, const json_t *json) {
  if (kind == FRAME_DECLARED) return json_is_array(json) || json_is_object(json);
  if (!json_is_object(json)) return false;
  switch (kind) {
    case FRAME_READY: return is_ready(json);
    case FRAME_RESULT: return is_result(json);
    case FRAME_EFFECTS: return is_effects(json);
    case FRAME_DONE: return is_done(json);
    case FRAME_REFUSED: return is_refused(json);
    default: return false;
  }
}

status plugin_answer_check(frame_kind kind, slice payload, problem *p) {
  if (kind == FRAME_SUGGESTED) return STATUS_OK; /* answers_read looks at all of it, once */
  json_error_t error;
  json_t *json = json_loadb(payload.at, payload.length, JSON_REJECT_DUPLICATES, &error);
  if (!json) return problem_set(p, STATUS_CORRUPT, NULL, "not JSON (byte %d)", error.position);
  bool shaped = is_shaped(kind, json);
  json_decref(json);
  if (shaped) return STATUS_OK;
  return problem_set(p, STATUS_CORRUPT, NULL, "not what a %s message has", frame_kind_name(kind));
}
