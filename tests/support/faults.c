/* faults: a door for specs into the allocators of the core and of SQLite. Linked with the
 * core's objects into a waymark/core.so of its own (--wrap=calloc, --wrap=realloc), beside
 * luaopen_waymark_core; the program and the core.so of a build do not have it. Built by
 * tests/support/faults.lua. Only the thread that asks is struck.
 *
 *   fail(of, n, once)   of "core" or "sqlite": the allocation after the next n fails, and
 *                       all later ones too, unless `once`
 *   calm() -> failed    no longer; whether any did */
#include <lauxlib.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct allocator {
  long left; /* allocations that succeed; -1: all */
  bool once, failed;
} allocator;

static _Thread_local allocator core = {.left = -1}, sqlite = {.left = -1};

static bool may_allocate(allocator *a) {
  if (a->left < 0) return true;
  if (a->left > 0) return a->left--, true;
  a->failed = true;
  if (a->once) a->left = -1;
  return false;
}

void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_calloc(size_t count, size_t size) {
  return may_allocate(&core) ? __real_calloc(count, size) : NULL;
}

void *__wrap_realloc(void *old, size_t size) {
  return may_allocate(&core) ? __real_realloc(old, size) : NULL;
}

static sqlite3_mem_methods plain;

static void *sqlite_malloc(int n) { return may_allocate(&sqlite) ? plain.xMalloc(n) : NULL; }

static void *sqlite_realloc(void *old, int n) {
  return may_allocate(&sqlite) ? plain.xRealloc(old, n) : NULL;
}

static int fail(lua_State *L) {
  static const char *const names[] = {"core", "sqlite", NULL};
  allocator *a = luaL_checkoption(L, 1, NULL, names) ? &sqlite : &core;
  *a = (allocator){.left = (long)luaL_checkinteger(L, 2), .once = lua_toboolean(L, 3)};
  return 0;
}

static int calm(lua_State *L) {
  lua_pushboolean(L, core.failed || sqlite.failed);
  core = sqlite = (allocator){.left = -1};
  return 1;
}

__attribute__((visibility("default"))) int luaopen_waymark_faults(lua_State *L) {
  static const luaL_Reg functions[] = {{"fail", fail}, {"calm", calm}, {NULL, NULL}};
  (void)sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain);
  sqlite3_mem_methods failing = plain;
  failing.xMalloc = sqlite_malloc;
  failing.xRealloc = sqlite_realloc;
  /* Small blocks that SQLite keeps for itself would not come here. */
  if (sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) != SQLITE_OK ||
      sqlite3_config(SQLITE_CONFIG_MALLOC, &failing) != SQLITE_OK)
    return luaL_error(L, "SQLite is in use already");
  luaL_newlib(L, functions);
  return 1;
}
