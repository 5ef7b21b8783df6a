/* csv_write: one cell. libcsv quotes whatever it is given, so it is given only what needs
 * it. */
#include "store/csv/csv_write.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* What Lua's tonumber takes, so that "-5" stays as it is. */
static bool is_number(slice text) {
  char copy[64], *end;
  if (text.length >= sizeof copy || memchr(text.at, 'n', text.length) ||
      memchr(text.at, 'N', text.length) || memchr(text.at, '\0', text.length))
    return false;
  memcpy(copy, text.at, text.length);
  copy[text.length] = '\0';
  (void)strtod(copy, &end);
  return end != copy && end[strspn(end, " \f\n\r\t\v")] == '\0';
}

/* Whether a cell must be quoted: compared byte by byte here, since there are as many
 * cells as pupils. `any_delimiter`: also what other files take for one. */
static bool is_special(slice text, bool any_delimiter) {
  for (size_t i = 0; i < text.length; i++) {
    char c = text.at[i];
    if (c == '"' || c == ',' || c == '\n' || c == '\r') return true;
    if (any_delimiter && (c == ';' || c == '\t')) return true;
  }
  return false;
}

static void add_quoted(buffer *to, slice text, bool guarded) {
  size_t most = 2 * text.length + 2;
  char *at = buffer_room(to, most + 1);
  if (!at) return;
  size_t length = csv_write2(at + guarded, most, text.at, text.length, '"');
  if (guarded) at[0] = '"', at[1] = '\''; /* in the place of the quotation mark */
  to->length += length + guarded;
}

void csv_write_cell(buffer *to, slice text) {
  if (is_special(text, true))
    add_quoted(to, text, false);
  else
    buffer_add(to, text.at, text.length);
}

void csv_write_shown(buffer *to, slice text) {
  if (text.length == 0) return;
  bool guarded = strchr("=+@-\t\r", text.at[0]) && text.at[0] && !is_number(text);
  if (is_special(text, false) || is_space(text.at[text.length - 1]) ||
      (!guarded && is_space(text.at[0]))) {
    add_quoted(to, text, guarded);
    return;
  }
  if (guarded) buffer_add_char(to, '\'');
  buffer_add(to, text.at, text.length);
}
