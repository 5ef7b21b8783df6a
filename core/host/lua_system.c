/* lua_system: the machine for the host's Lua. Owns what completes names while readline runs, and
 * whether something was changed or Ctrl-C typed. */
#include "host/lua_system.h"

#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "base/date.h"
#include "host/args.h"
#include "host/spawn.h"
#include "script/result.h"
#include "store/db/digest.h"
#include "store/db/file.h"

static struct {
  lua_State *L;
  volatile sig_atomic_t is_held, is_stopped;
} watched;

static void raise_stopped(lua_State *L, lua_Debug *at) {
  (void)at;
  lua_sethook(L, NULL, 0, 0);
  lua_pushliteral(L, "stopped by Ctrl-C");
  (void)lua_error(L);
}

/* lua_sethook is made to be called by a handler of a signal; spawn_stop sets a flag.
 * NOLINTBEGIN(bugprone-signal-handler,cert-sig30-c) */
static void stop(void) {
  if (!watched.L) return;
  lua_sethook(watched.L, raise_stopped, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT,
              1);
}

static void note_interrupt(int number) {
  (void)signal(number, SIG_DFL);
  watched.is_stopped = 1;
  spawn_stop();
  if (!watched.is_held) stop();
}
/* NOLINTEND(bugprone-signal-handler,cert-sig30-c) */

void lua_system_watch(lua_State *L) {
  watched.L = L;
  if (!L) return;
  void (*before)(int) = signal(SIGINT, note_interrupt);
  if (before == SIG_IGN) (void)signal(SIGINT, SIG_IGN); /* of a shell, in the background */
}

int lua_system_hold(lua_State *L) {
  watched.is_held = lua_toboolean(L, 1);
  if (!watched.is_held && watched.is_stopped) stop();
  return 0;
}

int lua_system_is_stopped(lua_State *L) {
  lua_pushboolean(L, watched.is_stopped);
  return 1;
}

static bool changed, committed; /* for the process */

void lua_system_changed(void) {
  if (!changed) (void)signal(SIGPIPE, SIG_IGN);
  changed = true;
}

void lua_system_committed(void) {
  lua_system_changed();
  committed = true;
}

void lua_system_rolled_back(void) {
  if (!committed) changed = false;
}

bool lua_system_is_changed(void) { return changed; }

int lua_system_taken_back(lua_State *L) {
  (void)L;
  changed = false;
  return 0;
}

int lua_system_now(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)time(NULL));
  return 1;
}

int lua_system_time(lua_State *L) {
  int64_t at = 0;
  problem p;
  status s = time_parse(args_slice(L, 1), &at, &p);
  return result_integer(L, s, at, &p);
}

int lua_system_time_text(lua_State *L) {
  char text[TIME_TEXT];
  time_format(luaL_checkinteger(L, 1), text);
  lua_pushstring(L, text);
  return 1;
}

int lua_system_local_text(lua_State *L) {
  time_t at = (time_t)luaL_checkinteger(L, 1);
  struct tm tm;
  char text[40] = "";
  if (localtime_r(&at, &tm)) (void)strftime(text, sizeof text, "%Y-%m-%d %H:%M", &tm);
  lua_pushstring(L, text);
  return 1;
}

int lua_system_sha256(lua_State *L) {
  char hex[DIGEST_HEX];
  digest_of(args_slice(L, 1), hex);
  lua_pushstring(L, hex);
  return 1;
}

int lua_system_is_terminal(lua_State *L) {
  static const char *const names[] = {"stdin", "stdout", "stderr", NULL};
  lua_pushboolean(L, isatty(luaL_checkoption(L, 1, NULL, names)));
  return 1;
}

int lua_system_processors(lua_State *L) {
  long n = sysconf(_SC_NPROCESSORS_ONLN);
  lua_pushinteger(L, n < 1 ? 1 : n > 8 ? 8 : n);
  return 1;
}

int lua_system_width(lua_State *L) {
  struct winsize size = {0};
  bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  lua_pushinteger(L, known ? size.ws_col : 80);
  return 1;
}

/* wcwidth knows wide characters and those that take no column, in a locale of UTF-8. */
int lua_system_columns(lua_State *L) {
  static locale_t utf8;
  slice text = args_slice(L, 1);
  lua_Integer most = luaL_optinteger(L, 2, LUA_MAXINTEGER), columns = 0;
  const char *start = text.at, *fits = text.at;
  if (!utf8) utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
  locale_t before = uselocale(utf8);
  while (text.length) {
    uint32_t c = 0;
    size_t n = text_utf8_next(text, &c);
    int width = n && utf8 ? wcwidth((wchar_t)c) : 1;
    columns += width < 0 ? 1 : width;
    n += n == 0;
    text = (slice){text.at + n, text.length - n};
    if (columns <= most) fits = text.at;
  }
  (void)uselocale(before);
  lua_pushinteger(L, columns);
  lua_pushinteger(L, fits - start);
  return 2;
}

/* Lines from a person -------------------------------------------------------- */

/* Readline hands nothing of ours to its callbacks, so what they need lies here while
 * readline() runs: the state, with the function that completes at index 2; the word. */
static struct {
  lua_State *L; /* NULL when nobody completes */
  const char *word;
  lua_Integer at;
} completing;

/* complete -> list of names; on its own, so that nothing is raised into readline */
static int ask_for_names(lua_State *L) {
  lua_pushstring(L, completing.word);
  lua_call(L, 1, 1);
  return 1;
}

/* The next name of the list at 3, for readline to free. */
static char *next_name(const char *word, int again) {
  lua_State *L = completing.L;
  (void)word;
  if (!again) completing.at = 0;
  lua_rawgeti(L, 3, ++completing.at);
  const char *name = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
  char *copy = name ? strdup(name) : NULL;
  lua_pop(L, 1);
  return copy;
}

static char **complete_word(const char *word, int start, int end) {
  lua_State *L = completing.L;
  char **names = NULL;
  (void)start, (void)end;
  completing.word = word;
  rl_attempted_completion_over = 1; /* never names of files */
  rl_completion_append_character = '\0';
  lua_pushcfunction(L, ask_for_names);
  lua_pushvalue(L, 2);
  if (lua_pcall(L, 1, 1, 0) == LUA_OK && lua_istable(L, 3))
    names = rl_completion_matches(word, next_name);
  lua_settop(L, 2);
  return names;
}

int lua_system_readline(lua_State *L) {
  const char *prompt = luaL_checkstring(L, 1);
  if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  completing.L = lua_isnil(L, 2) ? NULL : L;
  rl_attempted_completion_function = completing.L ? complete_word : NULL;
  rl_completer_word_break_characters = " \t\n\"'`()[]{}<>=+-*/%^#~,;&|?";
  static FILE *plain; /* what readline writes are its own signs, for its own terminal */
  if (!plain) plain = fdopen(STDOUT_FILENO, "w");
  rl_outstream = plain;
  (void)fflush(stdout);
  void (*before)(int) = signal(SIGINT, SIG_DFL); /* at a prompt Ctrl-C ends the program */
  char *line = readline(prompt);
  (void)signal(SIGINT, before);
  completing.L = NULL;
  rl_attempted_completion_function = NULL;
  if (!line) return 0;
  if (*line) add_history(line);
  lua_pushstring(L, line); /* raises only when out of memory, and then we end */
  free(line);
  return 1;
}

int lua_system_history_load(lua_State *L) {
  const char *path = args_path(L, 1);
  struct stat about;
  int fd = -1;
  using_history();
  bool is_file =
      file_open(path, &fd, &about, NULL) == STATUS_OK; /* readline would wait for a pipe */
  if (is_file) (void)close(fd);
  lua_pushboolean(L, is_file && read_history(path) == 0);
  return 1;
}

int lua_system_history_save(lua_State *L) {
  enum { LINES_KEPT = 1000 };
  const char *path = args_path(L, 1);
  stifle_history(LINES_KEPT);
  lua_pushboolean(L, write_history(path) == 0 && chmod(path, 0600) == 0);
  return 1;
}

/* Files ---------------------------------------------------------------------- */

int lua_system_make_folder(lua_State *L) {
  const char *path = args_path(L, 1);
  struct stat there;
  bool good = mkdir(path, 0700) == 0;
  const char *why = good ? NULL : strerror(errno), *todo = "check the folder that it is to be in";
  if (!good && errno == EEXIST && lstat(path, &there) == 0) { /* a link leads elsewhere */
    good = S_ISDIR(there.st_mode);
    why = S_ISLNK(there.st_mode) ? "a link has its name" : "a file has its name";
    todo = "put a folder there, or take it away";
  }
  if (good) return lua_pushboolean(L, true), 1;
  problem p;
  (void)problem_set(&p, STATUS_IO, todo, "cannot make the folder %s: %s", path, why);
  return result_problem(L, &p);
}

int lua_system_place(lua_State *L) {
  problem p;
  status s = file_place(args_path(L, 1), args_path(L, 2), lua_toboolean(L, 3), &p);
  if (!s) lua_system_changed();
  return result_true(L, s, &p);
}

static int close_lock(lua_State *L) {
  luaL_Stream *lock = luaL_checkudata(L, 1, LUA_FILEHANDLE);
  return luaL_fileresult(L, fclose(lock->f) == 0, NULL);
}

int lua_system_lock(lua_State *L) {
  const char *path = args_path(L, 1);
  luaL_Stream *lock = lua_newuserdatauv(L, sizeof *lock, 0);
  lock->closef = NULL; /* not open yet */
  luaL_setmetatable(L, LUA_FILEHANDLE);
  struct stat about;
  struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
  bool good = fd >= 0 && fstat(fd, &about) == 0;
  if (good && !S_ISREG(about.st_mode)) good = false, errno = EEXIST;
  bool held = good && fcntl(fd, F_SETLK, &all) != 0 && (errno == EAGAIN || errno == EACCES);
  if (good && !held) {
    lock->f = fdopen(fd, "r+");
    good = lock->f != NULL;
  }
  if (good && !held) {
    lock->closef = close_lock;
    return 1;
  }
  problem p;
  if (!good) (void)file_cannot_write(slice_of(path), &p);
  if (fd >= 0) (void)close(fd);
  return held ? (lua_pushboolean(L, false), 1) : result_problem(L, &p);
}

int lua_system_private(lua_State *L) {
  lua_pushboolean(L, chmod(args_path(L, 1), 0600) == 0);
  return 1;
}

int lua_system_read(lua_State *L) {
  const char *path = args_path(L, 1);
  lua_Integer most = luaL_checkinteger(L, 2);
  luaL_argcheck(L, most > 0, 2, "at least one byte");
  buffer text = {0};
  problem p;
  status s = file_read(path, (size_t)most, &text, &p);
  if (!s)
    lua_pushlstring(L, text.bytes ? text.bytes : "",
                    text.length); /* raises only when out of memory */
  buffer_free(&text);
  return s ? result_problem(L, &p) : 1;
}

int lua_system_write(lua_State *L) {
  problem p;
  status s = file_write(args_path(L, 1), args_slice(L, 2), lua_toboolean(L, 3), &p);
  if (!s) lua_system_changed();
  return result_true(L, s, &p);
}

/* A limit on memory ------------------------------------------------------------ */

/* An allocator before another: as long as it stands, no more than `left` bytes are added to
 * what the state has. */
typedef struct cap {
  lua_Alloc alloc;
  void *data;
  size_t left;
} cap;

static void *alloc_capped(void *data, void *block, size_t was, size_t size) {
  cap *c = data;
  if (!block) was = 0; /* Lua says the kind of object there */
  if (size > was && size - was > c->left) return NULL;
  void *now = c->alloc(c->data, block, was, size);
  if (now || size == 0) c->left = c->left + was - size;
  return now;
}

int lua_system_bounded(lua_State *L) {
  lua_Integer most = luaL_checkinteger(L, 1);
  luaL_argcheck(L, most > 0, 1, "at least one byte");
  luaL_checkany(L, 2);
  cap c = {.left = (size_t)most};
  c.alloc = lua_getallocf(L, &c.data);
  lua_setallocf(L, alloc_capped, &c);
  bool fine = lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 0) == LUA_OK;
  lua_setallocf(L, c.alloc, c.data);
  lua_pushboolean(L, fine);
  lua_replace(L, 1); /* over the limit */
  return lua_gettop(L);
}

/* Programs ------------------------------------------------------------------- */

enum { WORDS_MOST = 32 };

/* The texts of a list at `index`, NULL after the last; the list keeps them alive. */
static void take_texts(lua_State *L, int index, const char *texts[WORDS_MOST + 1]) {
  luaL_checktype(L, index, LUA_TTABLE);
  lua_Unsigned count = lua_rawlen(L, index);
  luaL_argcheck(L, count <= WORDS_MOST, index, "too many words");
  for (lua_Unsigned i = 0; i < count; i++) {
    size_t length = 0;
    bool is_text = lua_rawgeti(L, index, (lua_Integer)i + 1) == LUA_TSTRING;
    texts[i] = is_text ? lua_tolstring(L, -1, &length) : "";
    luaL_argcheck(L, is_text && strlen(texts[i]) == length, index, "a list of texts without NUL");
    lua_pop(L, 1);
  }
  texts[count] = NULL;
}

int lua_system_run(lua_State *L) {
  const char *words[WORDS_MOST + 1], *environment[WORDS_MOST + 1];
  spawn_end end;
  take_texts(L, 1, words);
  take_texts(L, 2, environment);
  lua_Integer seconds = luaL_checkinteger(L, 3);
  luaL_argcheck(L, words[0], 1, "no program");
  luaL_argcheck(L, seconds >= 1 && seconds <= 3600, 3, "from 1 to 3600 seconds");
  int fault = spawn_run(words, environment, (double)seconds, &end);
  if (fault == 0 && end.in_time && end.exit_status >= 0) {
    lua_pushinteger(L, end.exit_status);
    lua_pushlstring(L, end.text, end.length);
    return 2;
  }
  problem p;
  const char *why = fault          ? strerror(fault)
                    : !end.in_time ? "it did not come to an end"
                                   : "it was ended by a signal";
  (void)problem_set(&p, STATUS_IO, NULL, "%s: %s", words[0], why);
  return result_problem(L, &p);
}
