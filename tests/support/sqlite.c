/* sqlite: a second connection to a database, for specs that do what no command
 * does. sqlite DATABASE [quietly] < SQL: runs it, a row a line, cells with "|" between; the
 * first error ends it (exit status 1). It has the function that the store's tables need;
 * quietly: no trigger runs. Built by tests/support/sqlite.lua. */
#include <stdio.h>
#include <stdlib.h>

#include "store/db/digest.h"

static int print_row(void *context, int count, char **cells, char **names) {
  (void)context, (void)names;
  for (int i = 0; i < count; i++) (void)printf("%s%s", i ? "|" : "", cells[i] ? cells[i] : "NULL");
  (void)putchar('\n');
  return 0;
}

static char *read_all(FILE *from) {
  size_t length = 0, room = 1 << 16;
  char *text = malloc(room);
  while (text) {
    length += fread(text + length, 1, room - length - 1, from);
    if (length + 1 < room) break;
    room *= 2;
    text = realloc(text, room);
  }
  if (text) text[length] = '\0';
  return text;
}

int main(int count, char **values) {
  sqlite3 *d = NULL;
  char *text = read_all(stdin), *why = NULL;
  if (count < 2 || !text || sqlite3_open(values[1], &d) != SQLITE_OK) return 2;
  if (digest_register(d) != SQLITE_OK) return 2;
  if (count > 2) (void)sqlite3_db_config(d, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  int r = sqlite3_exec(d, text, print_row, NULL, &why);
  if (r != SQLITE_OK) (void)fprintf(stderr, "%s\n", why ? why : sqlite3_errstr(r));
  sqlite3_free(why);
  (void)sqlite3_close(d);
  free(text);
  return r == SQLITE_OK ? 0 : 1;
}
