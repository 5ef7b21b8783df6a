/* csv_heading: what a heading line says without being parsed; see csv.h. */
#include "store/csv/csv.h"

static char plain(char c) {
  if (c == ' ' || c == '-') return '_';
  return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool csv_heading_equal(slice a, slice b) {
  if (a.length != b.length) return false;
  for (size_t i = 0; i < a.length; i++)
    if (plain(a.at[i]) != plain(b.at[i])) return false;
  return true;
}

char csv_guess_delimiter(slice text) {
  size_t commas = 0, semicolons = 0, tabs = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.length; i++) {
    char c = text.at[i];
    quoted ^= c == '"';
    if (quoted) continue;
    commas += c == ',';
    semicolons += c == ';';
    tabs += c == '\t';
  }
  if (commas >= semicolons && commas >= tabs) return ',';
  return semicolons >= tabs ? ';' : '\t';
}
