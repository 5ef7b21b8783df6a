/* source: which form a file has, by its first bytes. */
#include "store/csv/source.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/db/file.h"

static bool begins(slice bytes, const char *with) {
  size_t length = strlen(with);
  return bytes.length >= length && memcmp(bytes.at, with, length) == 0;
}

status source_open(const char *path, const reading *r, source **out, problem *p) {
  char first[8] = {0};
  int fd = -1;
  struct stat about;
  status s = file_open(path, &fd, &about, p);
  if (s) return s;
  ssize_t n = pread(fd, first, sizeof first, 0);
  (void)close(fd);
  slice bytes = {first, n > 0 ? (size_t)n : 0};
  const char *slash = strrchr(path, '/'), *name = slash && slash[1] ? slash + 1 : path;
  if (begins(bytes, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"))
    return problem_set(p, STATUS_SYNTAX,
                       "open it in the spreadsheet program, and save it as \"CSV UTF-8\" or .xlsx",
                       "%s is a spreadsheet of the old form (.xls), which Waymark does not read",
                       name);
  return source_open_text(path, r, out, p);
}
