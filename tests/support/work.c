/* work: preloaded into the program, counts what a command does in place of the time that it takes:
 * the instructions of Lua's and of SQLite's machines, which are the same on every machine. At its
 * end both sums, in hundreds, and the most memory that it had, in KB, are in the file WORK. A
 * worker has its own Lua and is not counted.
 * Built by tests/spec/whole/growth_spec.lua. */
#include <dlfcn.h>
#include <lua.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

typedef struct sqlite3 sqlite3;
void sqlite3_progress_handler(sqlite3 *db, int steps, int (*f)(void *), void *argument);

enum { STEP = 100 };

static long lua_steps, sqlite_steps;

static void on_lua(lua_State *L, lua_Debug *at) {
  (void)L, (void)at;
  lua_steps++;
}

static int on_sqlite(void *unused) {
  (void)unused;
  sqlite_steps++;
  return 0;
}

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

lua_State *luaL_newstate(void) {
  lua_State *(*make)(void) = (lua_State * (*)(void))(uintptr_t)next("luaL_newstate");
  lua_State *L = make();
  if (L) lua_sethook(L, on_lua, LUA_MASKCOUNT, STEP);
  return L;
}

int sqlite3_open_v2(const char *path, sqlite3 **out, int flags, const char *vfs) {
  int (*open)(const char *, sqlite3 **, int, const char *) =
      (int (*)(const char *, sqlite3 **, int, const char *))(uintptr_t)next("sqlite3_open_v2");
  int r = open(path, out, flags, vfs);
  if (r == 0) sqlite3_progress_handler(*out, STEP, on_sqlite, NULL);
  return r;
}

__attribute__((destructor)) static void write_sums(void) {
  const char *path = getenv("WORK");
  FILE *file = path && lua_steps ? fopen(path, "w") : NULL;
  if (!file) return;
  struct rusage used = {0};
  (void)getrusage(RUSAGE_SELF, &used);
  (void)fprintf(file, "%ld %ld %ld\n", lua_steps, sqlite_steps, used.ru_maxrss);
  (void)fclose(file);
}
