/* main: the program `waymark`: a Lua state with the core built in, handed to
 * lua/waymark/cli.lua. Its Lua stands in it, compiled; in a tree of sources a file that was edited
 * since is read in its place. What lies beside its Lua files it finds in a build (BUILD/waymark,
 * ../lua) or where it was installed (PREFIX/bin/waymark, ../share/lua/5.4). Everything it writes is
 * for its owner alone.
 *
 * Nothing is loaded from the folder that it is started in: that may be a plugin's or a
 * workspace, which others write to. */
#include <lauxlib.h>
#include <fcntl.h>
#include <limits.h>
#include <lualib.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/lua_system.h"
#include "host/module.h"
#include "host/screen.h"
#include "script/chunk.h"

enum { EXIT_CANNOT = 1, EXIT_LEFT_OUT = 3 };

static const char no_memory[] =
    "out of memory; close other programs or use a machine with more memory";

static const char no_part[] =
    "waymark: cannot read all that Waymark is made of or needs; look at the disk, or install"
    " Waymark and its packages again\n";

enum { HOME = 1, BUILT }; /* upvalues: the program's folder, and when it was made */

/* A searcher of `require`: what stands in this program. */
static int find_chunk(lua_State *L) {
  const chunk *c = chunk_find(chunk_host, luaL_checkstring(L, 1));
  if (!c) return 0;
  struct stat source;
  lua_pushfstring(L, "%s/../%s", lua_tostring(L, lua_upvalueindex(HOME)), c->file);
  if (stat(lua_tostring(L, -1), &source) == 0 &&
      source.st_mtime >= lua_tointeger(L, lua_upvalueindex(BUILT)))
    return 0; /* edited since: the searcher for files reads it */
  chunk_load(L, c);
  lua_pushstring(L, c->file);
  return 2;
}

/* Push the templates of a search path of Lua that name a folder from the root on. */
static void push_absolute(lua_State *L, const char *path) {
  luaL_Buffer b;
  luaL_buffinit(L, &b);
  while (*path) {
    size_t length = strcspn(path, ";");
    if (*path == '/') {
      luaL_addlstring(&b, path, length);
      luaL_addchar(&b, ';');
    }
    path += length + (path[length] == ';');
  }
  luaL_pushresult(&b);
}

/* Where Lua finds modules: the core, what stands in this program, our own Lua files, then the
 * system's; `home` is where this program lies, and `built` when it was made. */
static void set_package(lua_State *L, const char *home, time_t built) {
  (void)luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  lua_pushcfunction(L, luaopen_waymark_core);
  lua_setfield(L, -2, "waymark.core");
  lua_getglobal(L, "package");
  int package = lua_gettop(L);
  lua_getfield(L, package, "searchers");
  lua_getglobal(L, "table");
  lua_getfield(L, -1, "insert");
  lua_pushvalue(L, package + 1);
  lua_pushinteger(L, 2); /* after preload */
  lua_pushstring(L, home);
  lua_pushinteger(L, built);
  lua_pushcclosure(L, find_chunk, 2);
  lua_call(L, 3, 0);
  lua_getfield(L, package, "path");
  push_absolute(L, lua_tostring(L, -1));
  lua_pushfstring(L,
                  "%s/../lua/?.lua;%s/../lua/?/init.lua;"
                  "%s/../share/lua/5.4/?.lua;%s/../share/lua/5.4/?/init.lua;%s",
                  home, home, home, home, lua_tostring(L, -1));
  lua_setfield(L, package, "path");
  lua_getfield(L, package, "cpath");
  push_absolute(L, lua_tostring(L, -1));
  lua_setfield(L, package, "cpath");
  lua_settop(L, package - 2);
}

typedef struct command_line {
  int count;
  char **values;
} command_line;

/* require("waymark.cli")(arguments, home) -> exit status */
static int run(lua_State *L) {
  const command_line *line = lua_touserdata(L, 1);
  char home[PATH_MAX]; /* the folder that this program lies in */
  ssize_t length = readlink("/proc/self/exe", home, sizeof home - 1);
  if (length <= 0) return luaL_error(L, "cannot find the folder of this program");
  home[length] = '\0';
  struct stat program = {0};
  (void)stat(home, &program);
  char *slash = strrchr(home, '/');
  if (slash) *slash = '\0';
  luaL_openlibs(L);
  set_package(L, home, program.st_mtime);
  lua_getglobal(L, "require");
  lua_pushliteral(L, "waymark.cli");
  lua_call(L, 1, 1);
  lua_createtable(L, line->count, 0);
  for (int i = 1; i < line->count; i++) {
    lua_pushstring(L, line->values[i]);
    lua_rawseti(L, -2, i);
  }
  lua_pushstring(L, home);
  lua_call(L, 2, 1);
  return 1;
}

static int with_traceback(lua_State *L) {
  luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
  return 1;
}

/* The files that a program has from the start are there, so that no file of ours gets the number of
 * one, and with it what is printed. */
static void hold_standard_files(void) {
  for (int fd = 0; fd <= 2; fd++)
    if (fcntl(fd, F_GETFD) < 0) (void)open("/dev/null", O_RDONLY);
}

/* Who reads a pipe and has seen enough (`head`) misses nothing. */
static bool is_reader_gone(void) {
  struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
  return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

/* Out of memory at the very end, or an output that nobody gets: done is done. */
static int end_status(int exit_status, const char *what) {
  if (lua_system_is_changed() && exit_status != EXIT_CANNOT) {
    (void)fprintf(stderr, "waymark: it is done, and what it changed is kept; but %s\n", what);
    return EXIT_LEFT_OUT;
  }
  (void)fprintf(stderr, "waymark: %s\n", what);
  return EXIT_CANNOT;
}

/* Readline asks for memory by these names, which the program has before its library, and ends the
 * program itself where there is none: with our words then. */
static void *readline_memory(void *at) {
  if (at) return at;
  (void)fprintf(stderr, "waymark: %s\n", no_memory);
  exit(EXIT_CANNOT);
}

__attribute__((visibility("default"))) void *xmalloc(size_t size) {
  return readline_memory(malloc(size));
}

__attribute__((visibility("default"))) void *xrealloc(void *old, size_t size) {
  return readline_memory(realloc(old, size));
}

int main(int count, char **values) {
  hold_standard_files();
  screen_open();
  (void)umask(077);
  (void)signal(SIGXFSZ, SIG_IGN); /* beyond a limit on files a write fails, and that is told */
  lua_State *L = luaL_newstate();
  if (!L) return end_status(0, no_memory);
  lua_system_watch(L);
  command_line line = {count, values};
  lua_pushcfunction(L, with_traceback);
  lua_pushcfunction(L, run);
  lua_pushlightuserdata(L, &line);
  int exit_status = EXIT_CANNOT, result = lua_pcall(L, 1, 1, 1);
  if (result == LUA_OK)
    exit_status = (int)lua_tointeger(L, -1);
  else if (result == LUA_ERRMEM)
    exit_status = end_status(0, no_memory);
  else if (strstr(lua_tostring(L, -1), "' not found:")) /* what `require` says */
    (void)fputs(no_part, stderr);
  else
    (void)fprintf(stderr, "waymark: a fault in Waymark itself; please report it:\n%s\n",
                  lua_tostring(L, -1));
  lua_system_watch(NULL);
  lua_close(L);
  if ((fflush(stdout) != 0 || ferror(stdout)) && !is_reader_gone())
    return end_status(exit_status, "cannot write the output; is the disk full?");
  return exit_status;
}
