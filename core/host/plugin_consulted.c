/* plugin_consulted: see plugin_consulted.h. The answer to each question:
 *
 *   complete    {fields: {NAME: value}}, {why}, or both; a value is plain, a list of texts,
 *               or a list of maps of texts
 *   checklist   {checklist: [{item, there, needed, words?}]}
 *   routes      {routes: [{contact, route, open, words?, from?}]}; from is a day
 *   fills       {words: {NAME: text}}
 *   any         {failed: message} */
#include "host/plugin_consulted.h"

#include <string.h>

#include "base/date.h"
#include "base/text.h"

enum {
  TEXT_BYTES = 500,
  WORDS_BYTES = 16 * 1024, /* of a document: what people wrote, a list of half days */
  NAME_BYTES = 100,
  ITEMS_MOST = 200,
  ITEM_FIELDS = 8,
  MESSAGE_BYTES = 4096
};

static bool is_text_of(const json_t *value, size_t most) {
  return json_is_string(value) && json_string_length(value) <= most;
}

static bool is_text(const json_t *value) { return is_text_of(value, TEXT_BYTES); }

static bool is_name(const char *name) {
  size_t length = strlen(name);
  if (length < 1 || length > NAME_BYTES) return false;
  for (size_t i = 0; i < length; i++)
    if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-", name[i]))
      return false;
  return true;
}

static bool is_map_of_texts(const json_t *map, size_t most, size_t bytes) {
  const char *name;
  json_t *value;
  if (!json_is_object(map) || json_object_size(map) > most) return false;
  json_object_foreach((json_t *)(uintptr_t)map, name, value) {
    if (!is_name(name) || !is_text_of(value, bytes)) return false;
  }
  return true;
}

static bool is_field(const json_t *value) {
  if (json_is_number(value) || json_is_boolean(value) || is_text(value)) return true;
  if (!json_is_array(value) || json_array_size(value) > ITEMS_MOST) return false;
  for (size_t i = 0; i < json_array_size(value); i++) {
    const json_t *item = json_array_get(value, i);
    if (!is_text(item) && !is_map_of_texts(item, ITEM_FIELDS, TEXT_BYTES)) return false;
  }
  return true;
}

static bool is_fields(const json_t *map) {
  const char *name;
  json_t *value;
  if (!json_is_object(map) || json_object_size(map) > ITEMS_MOST) return false;
  json_object_foreach((json_t *)(uintptr_t)map, name, value) {
    if (!is_name(name) || !is_field(value)) return false;
  }
  return true;
}

/* How many of these optional texts an item has; SIZE_MAX when one is no text. */
static size_t count_texts(const json_t *item, const char *first, const char *second) {
  size_t count = 0;
  const char *const names[] = {first, second};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const json_t *value = names[i] ? json_object_get(item, names[i]) : NULL;
    if (value && !is_text(value)) return SIZE_MAX;
    count += value != NULL;
  }
  return count;
}

static bool is_checklist_item(const json_t *item) {
  size_t texts = count_texts(item, "words", NULL);
  return json_is_object(item) && is_text(json_object_get(item, "item")) &&
         json_is_boolean(json_object_get(item, "there")) &&
         json_is_boolean(json_object_get(item, "needed")) && texts != SIZE_MAX &&
         json_object_size(item) == 3 + texts;
}

/* Absent, or a day, which can be shown in words. */
static bool is_optional_day(const json_t *value) {
  day on;
  return !value || (json_is_string(value) &&
                    date_parse_iso((slice){json_string_value(value), json_string_length(value)},
                                   &on, NULL) == STATUS_OK);
}

static bool is_route(const json_t *item) {
  size_t texts = count_texts(item, "words", "from");
  return json_is_object(item) && json_is_integer(json_object_get(item, "contact")) &&
         is_text(json_object_get(item, "route")) &&
         json_is_boolean(json_object_get(item, "open")) && texts != SIZE_MAX &&
         is_optional_day(json_object_get(item, "from")) && json_object_size(item) == 3 + texts;
}

static bool is_list(const json_t *list, bool is_item(const json_t *item)) {
  if (!json_is_array(list) || json_array_size(list) > ITEMS_MOST) return false;
  for (size_t i = 0; i < json_array_size(list); i++)
    if (!is_item(json_array_get(list, i))) return false;
  return true;
}

bool plugin_consulted_is(const json_t *object) {
  const json_t *failed = json_object_get(object, "failed");
  const json_t *why = json_object_get(object, "why");
  const json_t *fields = json_object_get(object, "fields");
  if (why && fields) return json_object_size(object) == 2 && is_text(why) && is_fields(fields);
  if (json_object_size(object) != 1) return false;
  if (failed) return json_is_string(failed) && json_string_length(failed) <= MESSAGE_BYTES;
  return is_text(why) || is_fields(fields) ||
         is_list(json_object_get(object, "checklist"), is_checklist_item) ||
         is_list(json_object_get(object, "routes"), is_route) ||
         is_map_of_texts(json_object_get(object, "words"), ITEMS_MOST, WORDS_BYTES);
}
