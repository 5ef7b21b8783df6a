/* plugin_answer: what a worker may answer; see plugin_answer_check. Every kind has a
 * closed form; only what suggestions must look like is left to answer.c, which
 * knows the batch.
 *
 * 1. An unknown field refuses the whole, as does a missing one or another type.
 * 2. Names of fields that a plugin chose (options, records) are as long and as
 *    plain as names are: they are shown like our own words. */
#include <jansson.h>
#include <string.h>

#include "host/plugin_consulted.h"
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

/* A message that would have to be cut is none that a worker sends. */
static bool is_message(const json_t *text) {
  buffer shown = {0};
  if (!json_is_string(text)) return false;
  text_add_escaped(&shown, (slice){json_string_value(text), json_string_length(text)});
  bool fits = !shown.failed && shown.length < PLUGIN_MESSAGE;
  buffer_free(&shown);
  return fits;
}

/* Whoever finished says so by DONE. */
static bool is_refused(const json_t *object) {
  return has_verdict(object) && is_message(json_object_get(object, "message")) &&
         strcmp(json_string_value(json_object_get(object, "verdict")), "finished") != 0;
}

static bool is_ready(const json_t *object) {
  return json_integer_value(json_object_get(object, "api")) == FRAME_API &&
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

/* Declarations ------------------------------------------------------------------- */

enum { DECLARED_MOST = 500, NAME_BYTES = 100, DECLARED_DEPTH = 16 };

/* A field of a closed form. In `is`: s text, i integer, n number, b true or false, o
 * object, a anything, t list of texts, m map of texts and numbers, d duration, l list of
 * durations; a capital letter: it may be absent. */
typedef struct field {
  const char *name;
  char is;
} field;

static bool is_map_of_plain(const json_t *object) {
  const char *name;
  json_t *value;
  if (!json_is_object(object)) return false;
  json_object_foreach((json_t *)(uintptr_t)object, name, value) {
    if (!json_is_string(value) && !json_is_number(value)) return false;
  }
  return true;
}

/* {unit, n, or_sooner: another without one} */
static bool is_duration(const json_t *object) {
  const json_t *other = json_object_get(object, "or_sooner");
  return json_is_object(object) && json_is_string(json_object_get(object, "unit")) &&
         json_is_integer(json_object_get(object, "n")) &&
         json_object_size(object) == (other ? 3 : 2) &&
         (!other || (!json_object_get(other, "or_sooner") && is_duration(other)));
}

static bool is_list_of_durations(const json_t *list) {
  if (!json_is_array(list) || json_array_size(list) > DECLARED_MOST) return false;
  for (size_t i = 0; i < json_array_size(list); i++)
    if (!is_duration(json_array_get(list, i))) return false;
  return true;
}

static bool is_of(const json_t *value, char is) {
  switch (is) {
    case 'd': return is_duration(value);
    case 'l': return is_list_of_durations(value);
    case 'n': return json_is_number(value);
    case 's': return json_is_string(value);
    case 'i': return json_is_integer(value);
    case 'b': return json_is_boolean(value);
    case 'o': return json_is_object(value);
    case 't': return is_list_of_texts(value) && json_array_size(value) <= DECLARED_MOST;
    case 'm': return is_map_of_plain(value);
    default: return value != NULL;
  }
}

static bool is_form(const json_t *object, const field *fields) {
  size_t found = 0;
  if (!json_is_object(object)) return false;
  for (const field *f = fields; f->name; f++) {
    const json_t *value = json_object_get(object, f->name);
    bool optional = f->is >= 'A' && f->is <= 'Z';
    if (!value && optional) continue;
    if (!is_of(value, optional ? (char)(f->is - 'A' + 'a') : f->is)) return false;
    found++;
  }
  return json_object_size(object) == found;
}

static bool is_list_of(const json_t *list, const field *fields) {
  if (!json_is_array(list) || json_array_size(list) > DECLARED_MOST) return false;
  for (size_t i = 0; i < json_array_size(list); i++)
    if (!is_form(json_array_get(list, i), fields)) return false;
  return true;
}

static const field option_fields[] = {{"default", 'a'}, {"help", 's'}, {"type", 'S'},
                                      {"least", 'A'},   {"most", 'A'}, {"of", 'S'},
                                      {"choices", 'A'}, {NULL, '\0'}};
static const field manifest_fields[] = {
    {"name", 's'},     {"version", 's'}, {"api", 'i'},   {"title", 'S'},    {"licence", 'S'},
    {"requires", 't'}, {"extends", 'S'}, {"reads", 't'}, {"consults", 't'}, {"sends", 't'},
    {"options", 'o'},  {"config", 'O'},  {NULL, '\0'}};
static const field rule_fields[] = {
    {"plugin", 's'}, {"name", 's'}, {"kind", 's'}, {"spec", 'o'}, {NULL, '\0'}};
static const field code_fields[] = {{"text", 's'},     {"class", 's'}, {"meaning", 's'},
                                    {"physical", 'b'}, {"from", 'S'},  {"to", 'S'},
                                    {"half", 'S'},     {NULL, '\0'}};
static const field step_fields[] = {
    {"name", 's'},      {"plugin", 's'},    {"version", 's'},     {"title", 's'},
    {"principle", 's'}, {"about", 'S'},     {"scope", 's'},       {"period", 'D'},
    {"documents", 't'}, {"outcomes", 't'},  {"attempts", 't'},    {"records", 'o'},
    {"audience", 'S'},  {"suggests", 'b'},  {"gated", 'b'},       {"further", 'b'},
    {"own", 't'},       {"plan", 'b'},      {"each_parent", 'b'}, {"checks", 'l'},
    {"counts", 'S'},    {"tolerance", 'S'}, {"completes", 'b'},   {"lists", 'b'},
    {"routes", 'b'},    {"fills", 'b'},     {NULL, '\0'}};
static const field record_fields[] = {
    {"type", 's'},       {"title", 'S'}, {"help", 'S'}, {"choices", 'T'}, {"required", 'B'},
    {"not_before", 'S'}, {"least", 'N'}, {"most", 'N'}, {"default", 'A'}, {NULL, '\0'}};
static const field reason_fields[] = {{"code", 's'}, {"words", 's'}, {NULL, '\0'}};
static const field return_fields[] = {{"name", 's'},   {"title", 's'}, {"rule", 's'},
                                      {"period", 's'}, {"words", 'S'}, {NULL, '\0'}};
static const field set_fields[] = {{"plugins", 'a'}, {"rules", 'a'},   {"codes", 'a'},
                                   {"steps", 'a'},   {"reasons", 'a'}, {"lists", 'm'},
                                   {"returns", 'a'}, {"hooks", 't'},   {NULL, '\0'}};

static bool is_manifest(const json_t *object) {
  const char *name;
  json_t *option;
  if (!is_form(object, manifest_fields)) return false;
  json_object_foreach(json_object_get(object, "options"), name, option) {
    if (!is_form(option, option_fields)) return false;
  }
  return true;
}

static bool is_list_of_manifests(const json_t *list) {
  if (!json_is_array(list) || json_array_size(list) > DECLARED_MOST) return false;
  for (size_t i = 0; i < json_array_size(list); i++)
    if (!is_manifest(json_array_get(list, i))) return false;
  return json_array_size(list) > 0;
}

static bool is_step(const json_t *object) {
  const char *name;
  json_t *record;
  if (!is_form(object, step_fields)) return false;
  json_object_foreach(json_object_get(object, "records"), name, record) {
    if (!is_form(record, record_fields)) return false;
  }
  return true;
}

static bool is_list_of_steps(const json_t *list) {
  if (!json_is_array(list) || json_array_size(list) > DECLARED_MOST) return false;
  for (size_t i = 0; i < json_array_size(list); i++)
    if (!is_step(json_array_get(list, i))) return false;
  return true;
}

static bool is_set(const json_t *object) {
  return is_form(object, set_fields) && is_list_of_manifests(json_object_get(object, "plugins")) &&
         is_list_of(json_object_get(object, "rules"), rule_fields) &&
         is_list_of(json_object_get(object, "codes"), code_fields) &&
         is_list_of_steps(json_object_get(object, "steps")) &&
         is_list_of(json_object_get(object, "reasons"), reason_fields) &&
         is_list_of(json_object_get(object, "returns"), return_fields);
}

static bool is_plain_key(const char *key) {
  buffer shown = {0};
  slice name = slice_of(key);
  text_add_escaped(&shown, name);
  bool plain = name.length <= NAME_BYTES && slice_equal(name, (slice){shown.bytes, shown.length});
  buffer_free(&shown);
  return plain;
}

/* Every name of a field, however deep. */
static bool has_plain_keys(const json_t *value, int depth) {
  const char *key;
  json_t *inner;
  if (depth > DECLARED_DEPTH) return false;
  for (size_t i = 0; i < json_array_size(value); i++)
    if (!has_plain_keys(json_array_get(value, i), depth + 1)) return false;
  if (!json_is_object(value)) return true;
  json_object_foreach((json_t *)(uintptr_t)value, key, inner) {
    if (!is_plain_key(key) || !has_plain_keys(inner, depth + 1)) return false;
  }
  return true;
}

/* A manifest alone, or all that a load set declares. */
static bool is_declared(const json_t *object) {
  return has_plain_keys(object, 0) &&
         (json_object_get(object, "plugins") ? is_set(object) : is_manifest(object));
}

static bool is_shaped(frame_kind kind, const json_t *json) {
  if (!json_is_object(json)) return false;
  switch (kind) {
    case FRAME_DECLARED: return is_declared(json);
    case FRAME_READY: return is_ready(json);
    case FRAME_RESULT: return is_result(json);
    case FRAME_EFFECTS: return is_effects(json);
    case FRAME_CONSULTED: return plugin_consulted_is(json);
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
