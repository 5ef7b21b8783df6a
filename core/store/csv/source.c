/* source: which form a file has, by its first bytes. */
#include "store/csv/source.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/db/file.h"

enum { BEGINNING = 512 };

static bool begins(slice bytes, const char *with) {
  size_t length = strlen(with);
  return bytes.length >= length && memcmp(bytes.at, with, length) == 0;
}

static bool begins_nocase(slice bytes, const char *with) {
  size_t length = strlen(with);
  return bytes.length >= length && slice_is_nocase((slice){bytes.at, length}, with);
}

/* Whether it begins with an element of web pages; <Header> is none. */
static bool is_page(slice text) {
  static const char *const pages[] = {"<html", "<!doctype html", "<table", "<head"};
  for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
    size_t length = strlen(pages[i]);
    if (begins_nocase(text, pages[i]) && text.length > length &&
        strchr("> \t\r\n", text.at[length]))
      return true;
  }
  return false;
}

/* Which bytes begin what is not text in columns. */
static source_opener *form_of(slice bytes) {
  if (begins(bytes, "PK\3\4") || begins(bytes, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"))
    return source_open_xlsx;
  bool is_wide = bytes.length >= 4 && (memcmp(bytes.at, "\xFF\xFE<\0", 4) == 0 ||
                                       memcmp(bytes.at, "\xFE\xFF\0<", 4) == 0);
  if (is_wide) return source_open_xml;
  slice text = slice_trim(bytes);
  if (begins_nocase(text, "BEGIN:VCALENDAR")) return source_open_ical;
  char sign = text.length > 1 ? text.at[0] : ' ', next = text.length > 1 ? text.at[1] : ' ';
  if (sign == '<' &&
      (next == '?' || next == '!' || (text_lower(next) >= 'a' && text_lower(next) <= 'z')))
    return source_open_xml;
  if (text.length > 1) text = slice_trim((slice){text.at + 1, text.length - 1});
  next = text.length ? text.at[0] : ' ';
  if ((sign == '{' && (next == '"' || next == '}')) ||
      (sign == '[' && (next == '{' || next == ']')))
    return source_open_json;
  return source_open_text;
}

status source_open(const char *path, const reading *r, source **out, problem *p) {
  char first[BEGINNING] = {0};
  int fd = -1;
  struct stat about;
  status s = file_open(path, &fd, &about, p);
  if (s) return s;
  ssize_t n = pread(fd, first, sizeof first, 0);
  (void)close(fd);
  slice bytes = {first, n > 0 ? (size_t)n : 0};
  const char *slash = strrchr(path, '/'), *name = slash && slash[1] ? slash + 1 : path;
  if (begins(bytes, "\xEF\xBB\xBF")) bytes = (slice){bytes.at + 3, bytes.length - 3};
  if (is_page(slice_trim(bytes)))
    return problem_set(p, STATUS_SYNTAX,
                       "open it in the spreadsheet program, and save it as \"CSV UTF-8\" or .xlsx",
                       "%s is a web page with a table, whatever its name ends with", name);
  return form_of(bytes)(path, r, out, p);
}
