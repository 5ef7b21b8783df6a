/* forks: what fork_server.lua needs of the system, as a module for Lua.
 *
 *   forks.fork()                  -> 0 in the child, the child's number in the parent
 *   forks.wait(child)             -> exit status, or 128 and the signal, as a shell says it
 *   forks.enter(dir, out, err)    go to a folder; output to two files, input from nowhere
 *   forks.leave(status)           the process ends when the state is closed
 *   forks.unwaited()              from now on children of this process are waited for by nobody:
 *                                 none is left as a zombie
 *   forks.serve(dir)              input from the pipe dir/requests -> a function that writes a line
 *                                 to dir/answers; children are waited for again */
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int answers = -1, leaving = -1;

static int forks_fork(lua_State *L) {
  pid_t child = fork();
  if (child < 0) return luaL_error(L, "cannot fork: %s", strerror(errno));
  lua_pushinteger(L, child);
  return 1;
}

static int forks_wait(lua_State *L) {
  int status = 0;
  while (waitpid((pid_t)luaL_checkinteger(L, 1), &status, 0) < 0)
    if (errno != EINTR) return luaL_error(L, "cannot wait: %s", strerror(errno));
  lua_pushinteger(L, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return 1;
}

static void reopen(lua_State *L, const char *path, int flags, int as) {
  int fd = open(path, flags, 0600);
  if (fd < 0 || dup2(fd, as) < 0) luaL_error(L, "%s: %s", path, strerror(errno));
  (void)close(fd);
}

static int forks_enter(lua_State *L) {
  const char *dir = luaL_checkstring(L, 1);
  if (chdir(dir) != 0) return luaL_error(L, "%s: %s", dir, strerror(errno));
  if (answers >= 0) (void)close(answers);
  answers = -1;
  reopen(L, "/dev/null", O_RDONLY, 0);
  reopen(L, luaL_checkstring(L, 2), O_WRONLY | O_CREAT | O_TRUNC, 1);
  reopen(L, luaL_checkstring(L, 3), O_WRONLY | O_CREAT | O_TRUNC, 2);
  return 0;
}

/* The first object with a finalizer is finalised last. Then all that a command opened is closed,
 * and to free the memory shared with the parent piece by piece would only copy it. */
static int end_process(lua_State *L) {
  (void)L;
  if (leaving >= 0) exit(leaving);
  return 0;
}

static int forks_leave(lua_State *L) {
  leaving = (int)luaL_checkinteger(L, 1);
  return 0;
}

static int forks_unwaited(lua_State *L) {
  (void)L;
  (void)signal(SIGCHLD, SIG_IGN);
  return 0;
}

static int answer(lua_State *L) {
  size_t length;
  const char *line = luaL_checklstring(L, 1, &length);
  if (write(answers, line, length) != (ssize_t)length)
    return luaL_error(L, "cannot answer: %s", strerror(errno));
  return 0;
}

static int forks_serve(lua_State *L) {
  (void)signal(SIGCHLD, SIG_DFL);
  reopen(L, lua_pushfstring(L, "%s/requests", luaL_checkstring(L, 1)), O_RDONLY, 0);
  const char *path = lua_pushfstring(L, "%s/answers", lua_tostring(L, 1));
  answers = open(path, O_WRONLY | O_CLOEXEC);
  if (answers < 0) return luaL_error(L, "%s: %s", path, strerror(errno));
  lua_pushcfunction(L, answer);
  return 1;
}

int luaopen_forks(lua_State *L);
int luaopen_forks(lua_State *L) {
  const luaL_Reg functions[] = {{"fork", forks_fork},
                                {"wait", forks_wait},
                                {"enter", forks_enter},
                                {"leave", forks_leave},
                                {"serve", forks_serve},
                                {"unwaited", forks_unwaited},
                                {NULL, NULL}};
  (void)lua_newuserdatauv(L, 1, 0);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, end_process);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  lua_setfield(L, LUA_REGISTRYINDEX, "forks");
  luaL_newlib(L, functions);
  return 1;
}
