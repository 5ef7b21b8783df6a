/* lua_program: see lua_program.h. */
#include "host/lua_program.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORDS_MOST = 32, SAID_MOST = 4096, LOOK_MS = 10 };

/* The texts of a list at `index`, NULL after the last; the list keeps them alive. */
static void take_texts(lua_State *L, int index, const char *texts[WORDS_MOST + 1]) {
  luaL_checktype(L, index, LUA_TTABLE);
  lua_Unsigned count = lua_rawlen(L, index);
  luaL_argcheck(L, count <= WORDS_MOST, index, "too many words");
  for (lua_Unsigned i = 0; i < count; i++) {
    bool is_text = lua_rawgeti(L, index, (lua_Integer)i + 1) == LUA_TSTRING;
    luaL_argcheck(L, is_text, index, "a list of texts");
    texts[i] = lua_tostring(L, -1);
    lua_pop(L, 1);
  }
  texts[count] = NULL;
}

static int add_files(posix_spawn_file_actions_t *files, int said) {
  int no = posix_spawn_file_actions_addopen(files, 0, "/dev/null", O_RDONLY, 0);
  if (no == 0) no = posix_spawn_file_actions_adddup2(files, said, 1);
  if (no == 0) no = posix_spawn_file_actions_adddup2(files, said, 2);
  if (no == 0) no = posix_spawn_file_actions_addclosefrom_np(files, 3);
  return no;
}

/* Signals as usual, and a group of its own, so that what it starts ends with it. */
static int add_signals(posix_spawnattr_t *attributes) {
  sigset_t all, none;
  (void)sigfillset(&all);
  (void)sigemptyset(&none);
  int no = posix_spawnattr_setsigdefault(attributes, &all);
  if (no == 0) no = posix_spawnattr_setsigmask(attributes, &none);
  if (no == 0) no = posix_spawnattr_setpgroup(attributes, 0);
  if (no == 0)
    no = posix_spawnattr_setflags(
        attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  return no;
}

static int spawn(const char *const words[], const char *const environment[], int said, pid_t *pid) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  int no = posix_spawn_file_actions_init(&files);
  if (no != 0) return no;
  no = posix_spawnattr_init(&attributes);
  if (no == 0) {
    no = add_files(&files, said);
    if (no == 0) no = add_signals(&attributes);
    if (no == 0)
      no = posix_spawnp(pid, words[0], &files, &attributes, (char *const *)(uintptr_t)words,
                        (char *const *)(uintptr_t)environment);
    (void)posix_spawnattr_destroy(&attributes);
  }
  (void)posix_spawn_file_actions_destroy(&files);
  return no;
}

static long long now_ms(void) {
  struct timespec t;
  (void)clock_gettime(CLOCK_MONOTONIC, &t);
  return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* What it says until it says no more, at most until `deadline`. -> bytes kept */
static size_t listen_to(int said, char text[SAID_MOST], long long deadline) {
  size_t kept = 0;
  for (;;) {
    long long left = deadline - now_ms();
    struct pollfd one = {.fd = said, .events = POLLIN};
    if (left <= 0 || (poll(&one, 1, (int)left) < 0 && errno != EINTR)) return kept;
    if (!one.revents) continue;
    char part[1024];
    ssize_t n = read(said, part, sizeof part);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return kept;
    size_t room = SAID_MOST - kept, taken = (size_t)n < room ? (size_t)n : room;
    memcpy(text + kept, part, taken);
    kept += taken;
  }
}

/* Its end, by itself or by us. -> whether it ended in time */
static bool wait_for(pid_t pid, long long deadline, int *how) {
  bool in_time = true;
  for (;;) {
    pid_t got = waitpid(pid, how, WNOHANG);
    if (got == pid) break;
    if (got < 0 && errno != EINTR) break;
    if (in_time && now_ms() >= deadline) {
      in_time = false;
      (void)kill(-pid, SIGKILL);
    }
    (void)poll(NULL, 0, LOOK_MS);
  }
  (void)kill(-pid, SIGKILL); /* what it left behind */
  return in_time;
}

static int say(lua_State *L, const char *program, const char *what) {
  lua_pushnil(L);
  lua_pushfstring(L, "%s: %s", program, what);
  return 2;
}

int lua_program_run(lua_State *L) {
  const char *words[WORDS_MOST + 1], *environment[WORDS_MOST + 1];
  take_texts(L, 1, words);
  take_texts(L, 2, environment);
  lua_Integer seconds = luaL_checkinteger(L, 3);
  if (!words[0]) return luaL_argerror(L, 1, "no program");
  luaL_argcheck(L, seconds >= 1 && seconds <= 3600, 3, "from 1 to 3600 seconds");
  int ends[2], how = 0;
  pid_t pid = 0;
  if (pipe2(ends, O_CLOEXEC) != 0) return say(L, words[0], strerror(errno));
  int no = spawn(words, environment, ends[1], &pid);
  (void)close(ends[1]);
  if (no != 0) {
    (void)close(ends[0]);
    return say(L, words[0], strerror(no));
  }
  char text[SAID_MOST];
  long long deadline = now_ms() + seconds * 1000;
  size_t length = listen_to(ends[0], text, deadline);
  (void)close(ends[0]);
  if (!wait_for(pid, deadline, &how)) return say(L, words[0], "it did not come to an end");
  if (!WIFEXITED(how)) return say(L, words[0], "it was ended by a signal");
  lua_pushinteger(L, WEXITSTATUS(how));
  lua_pushlstring(L, text, length);
  return 2;
}
