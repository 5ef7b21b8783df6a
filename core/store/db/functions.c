/* functions: deterministic. */
#include "store/db/functions.h"

#include <string.h>

#include "base/text_fold.h"
#include "store/db/digest.h"
#include "store/db/pack.h"

static void answer(sqlite3_context *context, buffer *folded, slice text) {
  if (folded->failed)
    sqlite3_result_error_nomem(context);
  else
    sqlite3_result_text64(context, text.length ? text.at : "", text.length, SQLITE_TRANSIENT,
                          SQLITE_UTF8);
  buffer_free(folded);
}

/* `text` is folded and has no spaces. A number is without the zeros that a spreadsheet may have
 * given it ("04", "4.0"). */
static slice read_year_group(slice text) {
  static const char *const before[] = {"", "yeargroup", "year", "yr", "y"};
  static const struct {
    const char *name, *group;
  } names[] = {{"r", "r"}, {"rec", "r"}, {"reception", "r"}, {"n", "n"}, {"nursery", "n"}};
  for (size_t i = 0; i < sizeof before / sizeof *before; i++) {
    size_t n = strlen(before[i]);
    if (text.length < n || (n && memcmp(text.at, before[i], n) != 0)) continue;
    slice rest = {text.at + n, text.length - n}, number = rest;
    if (n + 2 < text.length && memcmp(text.at + text.length - 2, ".0", 2) == 0) number.length -= 2;
    size_t digits = 0;
    while (digits < number.length && number.at[digits] >= '0' && number.at[digits] <= '9') digits++;
    if (digits && digits == number.length) {
      while (number.length > 1 && *number.at == '0') number.at++, number.length--;
      return number;
    }
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
      if (slice_is(rest, names[k].name)) return slice_of(names[k].group);
  }
  return text;
}

/* fold(text) and year_group(text), by the user data; NULL is NULL. */
static void folded_text(sqlite3_context *context, int count, sqlite3_value **values) {
  (void)count;
  if (sqlite3_value_type(values[0]) == SQLITE_NULL) return;
  const char *text = (const char *)sqlite3_value_text(values[0]);
  buffer folded = {0};
  if (text)
    text_fold(&folded, (slice){text, (size_t)sqlite3_value_bytes(values[0])});
  else
    folded.failed = true;
  slice result = buffer_slice(&folded);
  if (sqlite3_user_data(context) && !folded.failed) {
    result.length = 0;
    for (size_t i = 0; i < folded.length; i++)
      if (folded.bytes[i] != ' ') folded.bytes[result.length++] = folded.bytes[i];
    result = read_year_group(result);
  }
  answer(context, &folded, result);
}

/* Texts as the table `event` keeps them ------------------------------------------ */

static slice bytes_of(sqlite3_value *value) {
  const char *bytes = sqlite3_value_blob(value);
  return bytes ? (slice){bytes, (size_t)sqlite3_value_bytes(value)} : (slice){"", 0};
}

/* pattern_of(text) and values_of(text), by the user data. */
static void packed_part(sqlite3_context *context, int count, sqlite3_value **values) {
  (void)count;
  buffer pattern = {0}, packed = {0};
  bool done = pack(bytes_of(values[0]), &pattern, &packed);
  if (pattern.failed || packed.failed)
    sqlite3_result_error_nomem(context);
  else if (done && sqlite3_user_data(context))
    sqlite3_result_blob64(context, packed.bytes ? packed.bytes : "", packed.length,
                          SQLITE_TRANSIENT);
  else if (done)
    sqlite3_result_text64(context, pattern.bytes ? pattern.bytes : "", pattern.length,
                          SQLITE_TRANSIENT, SQLITE_UTF8);
  buffer_free(&pattern);
  buffer_free(&packed);
}

static void unpacked(sqlite3_context *context, int count, sqlite3_value **values) {
  bool brief = count > 2 && sqlite3_value_int(values[2]) != 0;
  buffer text = {0};
  if (unpack(bytes_of(values[0]), bytes_of(values[1]), brief, &text) || text.failed)
    answer(context, &text, buffer_slice(&text));
  else
    buffer_free(&text);
}

int functions_register(sqlite3 *handle) {
  enum { FLAGS = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS };
  int result = sqlite3_create_function(handle, "fold", 1, FLAGS, NULL, folded_text, NULL, NULL);
  if (result == SQLITE_OK)
    result =
        sqlite3_create_function(handle, "year_group", 1, FLAGS, handle, folded_text, NULL, NULL);
  if (result == SQLITE_OK)
    result = sqlite3_create_function(handle, "pattern_of", 1, FLAGS, NULL, packed_part, NULL, NULL);
  if (result == SQLITE_OK)
    result =
        sqlite3_create_function(handle, "values_of", 1, FLAGS, handle, packed_part, NULL, NULL);
  if (result == SQLITE_OK)
    result = sqlite3_create_function(handle, "unpacked", 2, FLAGS, NULL, unpacked, NULL, NULL);
  if (result == SQLITE_OK)
    result = sqlite3_create_function(handle, "unpacked", 3, FLAGS, NULL, unpacked, NULL, NULL);
  return result == SQLITE_OK ? digest_register(handle) : result;
}
