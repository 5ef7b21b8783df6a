/* fence_probe: plugins that want more memory than they may have, under many limits, with
 * what Lua is asked by the fence watched (ld --wrap, see fence_spec.lua).
 *
 *   fence_probe FILE FROM TO STEP   run FILE under each limit of FROM, FROM + STEP, … TO KB:
 *                                   "LIMIT verdict message" for each
 *
 * Lua asks for memory while its stack is moved, so its API must not be called from within
 * the allocator: the probe then says so and ends with 1. */
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>

#include "worker/fence.h"
#include "worker/fence_lib.h"

static lua_Alloc allocator;
static int depth; /* of the allocator */

static void watch(const char *name) {
  if (depth == 0) return;
  printf("%s is called from within the allocator\n", name);
  (void)fflush(stdout);
  _Exit(1);
}

static void *watched(void *ud, void *block, size_t old_bytes, size_t bytes) {
  depth++;
  void *given = allocator(ud, block, old_bytes, bytes);
  depth--;
  return given;
}

lua_State *__real_lua_newstate(lua_Alloc f, void *ud);
lua_State *__wrap_lua_newstate(lua_Alloc f, void *ud);
lua_State *__wrap_lua_newstate(lua_Alloc f, void *ud) {
  allocator = f;
  return __real_lua_newstate(watched, ud);
}

#define WATCHED(result, name, parameters, arguments) \
  result __real_##name parameters;                   \
  result __wrap_##name parameters;                   \
  result __wrap_##name parameters {                  \
    watch(#name);                                    \
    return __real_##name arguments;                  \
  }

WATCHED(int, lua_getstack, (lua_State * L, int level, lua_Debug *ar), (L, level, ar))
WATCHED(int, lua_getinfo, (lua_State * L, const char *what, lua_Debug *ar), (L, what, ar))
WATCHED(void, lua_sethook, (lua_State * L, lua_Hook f, int mask, int count), (L, f, mask, count))
WATCHED(int, lua_gettop, (lua_State * L), (L))
WATCHED(void, lua_settop, (lua_State * L, int top), (L, top))
WATCHED(void, lua_pushvalue, (lua_State * L, int index), (L, index))

static const char *path;
static slice source;

static int compile(lua_State *L) {
  problem p;
  lua_pushglobaltable(L);
  if (fence_compile(L, path, source, -1, &p)) return luaL_error(L, "%s", p.sentence);
  return 1;
}

static void run(size_t kilobytes) {
  static const char *const verdicts[] = {"ok", "failed", "over-budget", "over-memory"};
  const fence_limits limits = {.memory = kilobytes << 10,
                               .call_instructions = 100000000,
                               .job_instructions = 100000000,
                               .print_lines = 10,
                               .print_bytes = 1000,
                               .seed = 1};
  fence *f;
  problem p;
  if (fence_new(&limits, NULL, fence_lib_open, &f, &p)) {
    printf("%zu %s\n", kilobytes, p.sentence);
    return;
  }
  lua_pushcfunction(fence_state(f), compile);
  fence_verdict verdict = fence_call(f, 0, 1, 0);
  if (verdict == FENCE_OK) verdict = fence_call(f, 0, 0, limits.call_instructions);
  slice message = fence_message(f);
  printf("%zu %s %.*s\n", kilobytes, verdicts[verdict], (int)message.length,
         message.at ? message.at : "");
}

int main(int count, char **arguments) {
  static char bytes[1 << 16];
  FILE *file = count == 5 ? fopen(arguments[1], "rb") : NULL;
  if (!file) return 2;
  source = (slice){bytes, fread(bytes, 1, sizeof bytes, file)};
  (void)fclose(file);
  path = "plugin.lua";
  size_t from = strtoul(arguments[2], NULL, 10), to = strtoul(arguments[3], NULL, 10);
  size_t step = strtoul(arguments[4], NULL, 10);
  for (size_t limit = from; limit <= to; limit += step) run(limit);
  return 0;
}
