/* main: the program `waymark`: a Lua state with the core built in, handed to
 * lua/waymark/cli.lua. It finds the Lua files beside itself: in a build
 * (BUILD/waymark, ../lua) or where it was installed (PREFIX/bin/waymark,
 * ../share/lua/5.4). Everything it writes is for its owner alone. */
#include <lauxlib.h>
#include <limits.h>
#include <lualib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/module.h"

enum { EXIT_CANNOT = 1 };

/* Push the folder that this program lies in. */
static void push_home(lua_State *L) {
  char path[PATH_MAX];
  ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
  if (n <= 0) luaL_error(L, "cannot find the folder of this program");
  path[n] = '\0';
  char *slash = strrchr(path, '/');
  lua_pushlstring(L, path, slash ? (size_t)(slash - path) : 1);
}

static void set_path(lua_State *L, const char *home) {
  lua_getglobal(L, "package");
  lua_getfield(L, -1, "path");
  lua_pushfstring(L,
                  "%s/../lua/?.lua;%s/../lua/?/init.lua;"
                  "%s/../share/lua/5.4/?.lua;%s/../share/lua/5.4/?/init.lua;%s",
                  home, home, home, home, lua_tostring(L, -1));
  lua_setfield(L, -3, "path");
  lua_pop(L, 2);
}

static void push_arguments(lua_State *L, int count, char **values) {
  lua_createtable(L, count, 0);
  for (int i = 1; i < count; i++) {
    lua_pushstring(L, values[i]);
    lua_rawseti(L, -2, i);
  }
}

typedef struct command_line {
  int count;
  char **values;
} command_line;

/* require("waymark.cli")(arguments, home) -> exit status */
static int run(lua_State *L) {
  const command_line *line = lua_touserdata(L, 1);
  luaL_openlibs(L);
  push_home(L);
  set_path(L, lua_tostring(L, 2));
  luaL_requiref(L, "waymark.core", luaopen_waymark_core, 0);
  lua_pop(L, 1);
  lua_getglobal(L, "require");
  lua_pushliteral(L, "waymark.cli");
  lua_call(L, 1, 1);
  push_arguments(L, line->count, line->values);
  lua_pushvalue(L, 2);
  lua_call(L, 2, 1);
  return 1;
}

static int with_traceback(lua_State *L) {
  luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
  return 1;
}

int main(int count, char **values) {
  (void)umask(077);
  (void)signal(SIGXFSZ, SIG_IGN); /* beyond a limit on files a write fails, and that is told */
  lua_State *L = luaL_newstate();
  if (!L) {
    (void)fputs("waymark: out of memory\n", stderr);
    return EXIT_CANNOT;
  }
  command_line line = {count, values};
  lua_pushcfunction(L, with_traceback);
  lua_pushcfunction(L, run);
  lua_pushlightuserdata(L, &line);
  int exit_status = EXIT_CANNOT;
  if (lua_pcall(L, 1, 1, 1) == LUA_OK)
    exit_status = (int)lua_tointeger(L, -1);
  else
    (void)fprintf(stderr, "waymark: a fault in Waymark itself; please report it:\n%s\n",
                  lua_tostring(L, -1));
  lua_close(L);
  if (fflush(stdout) != 0 || ferror(stdout)) {
    (void)fputs("waymark: cannot write the output; is the disk full?\n", stderr);
    return EXIT_CANNOT;
  }
  return exit_status;
}
