/* fence: the state, its allocator, its count, and protected calls; see fence.h.
 * What a plugin sees is in fence_lib.c. */
#include "worker/fence.h"

#include <lauxlib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "worker/fence_lib.h"

enum {
  COUNT_STEP = 1000,     /* instructions between two looks */
  BLOCK_OVERHEAD = 16,   /* what malloc adds */
  MESSAGE_TAKEN = 4096,  /* bytes of a plugin's error text */
  MESSAGE_SHOWN = 1600,  /* of them, escaped: the host takes 2047 with what it adds */
  LEVELS_SEARCHED = 24,  /* for the plugin's own line */
  SOURCE_MOST = 1 << 20, /* bytes of one source text */
  GC_PAUSE = 400,        /* collect at four times what was alive: most objects die young */
  EXIT_PANIC = 70
};

struct fence {
  lua_State *L; /* NULL until it is complete */
  fence_limits limits;
  size_t cap, used, peak;
  uint64_t allocated;
  uint64_t spent_job, spent_call, budget;       /* budget 0: no limit a call */
  volatile sig_atomic_t counting, call, ticked; /* counting late: see fence_tick */
  fence_verdict killed;
  uint64_t passed; /* which budget was passed: a call's, or 0 for the job's */
  bool refusing;   /* the last request for memory was refused */
  size_t refused_bytes;
  char place[128]; /* file:line of the plugin when a limit was passed */
  worker_page *page;
  worker_page own_page; /* when the caller gave none */
  buffer message, printed;
  size_t lines;
  bool print_full;
};

lua_State *fence_state(fence *f) { return f->L; }
fence *fence_of(lua_State *L) { return *(fence **)lua_getextraspace(L); }
const fence_limits *fence_limits_of(const fence *f) { return &f->limits; }
worker_page *fence_page(const fence *f) { return f->page; }
fence_verdict fence_killed(const fence *f) { return f->killed; }
uint64_t fence_allocated(const fence *f) { return f->allocated; }
size_t fence_peak(const fence *f) { return f->peak; }
uint64_t fence_instructions(const fence *f) { return f->spent_job; }
slice fence_printed(const fence *f) { return (slice){f->printed.bytes, f->printed.length}; }
slice fence_message(const fence *f) { return (slice){f->message.bytes, f->message.length}; }
void fence_reserve(fence *f, size_t bytes) { f->cap += bytes; }

/* The kill ------------------------------------------------------------------ */

static void count(lua_State *L, lua_Debug *ar);

/* The innermost line of a plugin's own source; trusted chunks are named with
 * '=' and are passed over. Only reads the state, so the allocator may ask. */
static void note_place(fence *f) {
  lua_Debug ar;
  for (int level = 0; level < LEVELS_SEARCHED && lua_getstack(f->L, level, &ar); level++) {
    if (!lua_getinfo(f->L, "Sl", &ar) || ar.currentline <= 0 || ar.source[0] != '@') continue;
    (void)snprintf(f->place, sizeof f->place, "%.100s:%d", ar.source + 1, ar.currentline);
    return;
  }
}

/* lua_sethook may be called at any moment (the manual of lua_sethook and lua.c
 * do so from a signal), so also from inside the allocator. */
static void kill_plugin(fence *f, fence_verdict why) {
  if (f->killed || !f->L) return;
  f->killed = why;
  if (why == FENCE_BUDGET) f->place[0] = '\0'; /* that of memory refused before */
  note_place(f);
  lua_sethook(f->L, count, LUA_MASKCOUNT, 1);
}

int fence_raise_again(lua_State *L) {
  lua_pushliteral(L, "limit passed");
  return lua_error(L);
}

static void count(lua_State *L, lua_Debug *ar) {
  (void)ar;
  fence *f = fence_of(L);
  if (!f->killed) {
    f->spent_job += COUNT_STEP;
    f->spent_call += COUNT_STEP;
    f->page->instructions = f->spent_job;
    bool call_over = f->budget && f->spent_call > f->budget;
    if (!call_over && f->spent_job <= f->limits.job_instructions) return;
    f->passed = call_over ? f->budget : 0;
    kill_plugin(f, FENCE_BUDGET);
  }
  (void)fence_raise_again(L);
}

/* Late counting: a call is counted from the second tick that finds it running.
 * Only plain words of `f` and lua_sethook are touched, as in lua.c. */
void fence_tick(fence *f) {
  if (!f->limits.late || f->killed || f->counting) return;
  if (f->ticked == f->call) {
    f->counting = 1;
    lua_sethook(f->L, count, LUA_MASKCOUNT, COUNT_STEP);
  }
  f->ticked = f->call;
}

static void begin_call(fence *f) {
  f->call = (f->call + 1) & 0xFFFF;
  if (!f->limits.late || !f->counting || f->killed) return;
  lua_sethook(f->L, NULL, 0, 0);
  f->counting = 0;
}

/* Memory --------------------------------------------------------------------- */

/* When refused, Lua collects everything and asks at once for the same again;
 * that collection only frees. So the second refusal in a row means that the
 * plugin really needs more than it may have. A text buffer of the auxiliary
 * library does not ask again: then the next wish is for something else. */
static void *refuse(fence *f, size_t bytes) {
  if (f->refusing) kill_plugin(f, FENCE_MEMORY);
  if (!f->killed && f->L) note_place(f); /* for fence_caught, when the stack is gone */
  f->refusing = true;
  f->refused_bytes = bytes;
  return NULL;
}

static void *grow(fence *f, void *block, size_t bytes, size_t more) {
  if (f->refusing && bytes != f->refused_bytes) kill_plugin(f, FENCE_MEMORY);
  size_t room = f->cap > f->used ? f->cap - f->used : 0;
  if (bytes > f->cap || more > room) return refuse(f, bytes);
  void *now = realloc(block, bytes);
  if (!now) return refuse(f, bytes);
  f->refusing = false;
  f->used += more;
  f->allocated += more;
  if (f->used > f->peak) f->page->peak_bytes = f->peak = f->used;
  return now;
}

fence_verdict fence_caught(fence *f) {
  if (f->refusing) kill_plugin(f, FENCE_MEMORY);
  return f->killed;
}

/* lua_Alloc. For a new block `old_bytes` is a type tag, not a size. Shrinking
 * never fails. */
static void *allocate(void *ud, void *block, size_t old_bytes, size_t bytes) {
  fence *f = ud;
  if (!block) return bytes ? grow(f, NULL, bytes, bytes + BLOCK_OVERHEAD) : NULL;
  if (bytes > old_bytes) return grow(f, block, bytes, bytes - old_bytes);
  f->used -= old_bytes - bytes;
  if (bytes == 0) {
    f->used -= BLOCK_OVERHEAD;
    free(block);
    return NULL;
  }
  void *smaller = realloc(block, bytes);
  if (!smaller) return block; /* stays as it is, which is large enough */
  return smaller;
}

/* Life ------------------------------------------------------------------------- */

/* Reached only by a bug of ours: all work is done in protected calls. */
static int panic(lua_State *L) {
  (void)L;
  _exit(EXIT_PANIC);
}

status fence_new(const fence_limits *limits, worker_page *page, fence **out, problem *p) {
  fence *f = mem_new(1, sizeof *f);
  if (!f) return problem_no_memory(p);
  f->limits = *limits;
  f->cap = limits->memory;
  f->page = page ? page : &f->own_page;
  lua_State *L = lua_newstate(allocate, f);
  if (L) {
    *(fence **)lua_getextraspace(L) = f;
    (void)lua_atpanic(L, panic);
    lua_setwarnf(L, NULL, NULL);
    (void)lua_gc(L, LUA_GCINC, GC_PAUSE, 0, 0);
    lua_pushcfunction(L, fence_lib_open);
    if (lua_pcall(L, 0, 0, 0) == LUA_OK) {
      f->L = L;
      f->refusing = false;
      if (!limits->late) lua_sethook(L, count, LUA_MASKCOUNT, COUNT_STEP);
      *out = f;
      return STATUS_OK;
    }
    lua_close(L);
  }
  mem_free(f);
  return problem_set(p, STATUS_RANGE, "allow plugins more memory", "%zu bytes are too few for Lua",
                     limits->memory);
}

void fence_free(fence *f) {
  if (!f) return;
  lua_close(f->L);
  buffer_free(&f->message);
  buffer_free(&f->printed);
  mem_free(f);
}

/* Calls ------------------------------------------------------------------------ */

static void say_limit(fence *f) {
  buffer *m = &f->message;
  if (f->killed == FENCE_MEMORY)
    buffer_printf(m, "needed more than %zu MB of memory", f->limits.memory >> 20);
  else if (f->passed)
    buffer_printf(m, "used more than %llu instructions in one call", (unsigned long long)f->passed);
  else
    buffer_printf(m, "used more than %llu instructions",
                  (unsigned long long)f->limits.job_instructions);
  if (!f->place[0]) return;
  buffer_add_text(m, " at ");
  text_add_escaped(m, slice_of(f->place));
}

/* Cut at a whole character; an escape at the end may lose a part. */
static void shorten_message(fence *f) {
  buffer *m = &f->message;
  if (m->failed || m->length <= MESSAGE_SHOWN) return;
  m->length = text_utf8_prefix((slice){m->bytes, MESSAGE_SHOWN});
  buffer_add_text(m, "…");
}

/* The error value is on top; it is read raw and never converted. */
static void say_error(fence *f) {
  if (lua_type(f->L, -1) != LUA_TSTRING) {
    buffer_printf(&f->message, "error object of type %s", luaL_typename(f->L, -1));
    return;
  }
  slice text;
  text.at = lua_tolstring(f->L, -1, &text.length);
  if (text.length > MESSAGE_TAKEN) text.length = MESSAGE_TAKEN;
  text_add_escaped(&f->message, text);
  shorten_message(f);
}

fence_verdict fence_call(fence *f, int arguments, int results, uint64_t budget) {
  uint64_t outer_spent = f->spent_call, outer_budget = f->budget;
  f->spent_call = 0;
  f->budget = budget;
  begin_call(f);
  int base = lua_gettop(f->L) - arguments - 1;
  int code = lua_pcall(f->L, arguments, results, 0);
  buffer_clear(&f->message);
  if (code != LUA_OK) (void)fence_caught(f);
  if (f->killed)
    say_limit(f);
  else if (code != LUA_OK)
    say_error(f);
  f->spent_call = outer_spent;
  f->budget = outer_budget;
  if (code == LUA_OK && !f->killed) return FENCE_OK;
  lua_settop(f->L, base);
  return f->killed ? f->killed : FENCE_FAILED;
}

/* The report --------------------------------------------------------------------- */

/* One line's bytes, tabs kept, everything else that could move a cursor
 * escaped. */
static void add_line(buffer *to, slice line) {
  while (line.length) {
    const char *tab = memchr(line.at, '\t', line.length);
    size_t before = tab ? (size_t)(tab - line.at) : line.length;
    text_add_escaped(to, (slice){line.at, before});
    if (!tab) break;
    buffer_add_char(to, '\t');
    line = (slice){tab + 1, line.length - before - 1};
  }
  buffer_add_char(to, '\n');
}

static void print_line(fence *f, slice line) {
  size_t before = f->printed.length;
  if (f->lines < f->limits.print_lines && line.length <= f->limits.print_bytes) {
    add_line(&f->printed, line);
    f->lines++;
    if (f->printed.length <= f->limits.print_bytes) return;
  }
  f->printed.length = before;
  f->print_full = true;
  buffer_add_text(&f->printed, "[what was printed after this was dropped: too much]\n");
}

void fence_print(fence *f, slice text) {
  while (!f->print_full) {
    const char *end = text.length ? memchr(text.at, '\n', text.length) : NULL;
    size_t length = end ? (size_t)(end - text.at) : text.length;
    print_line(f, (slice){text.at, length});
    if (!end) return;
    text = (slice){end + 1, text.length - length - 1};
  }
}

/* Source text ---------------------------------------------------------------------- */

/* Controls that show text in another order than it runs in. */
static bool has_bidi_controls(slice text) {
  for (size_t i = 0; i < text.length; i++) {
    const unsigned char *c = (const unsigned char *)text.at + i; /* whole characters follow */
    if (c[0] == 0xD8 && c[1] == 0x9C) return true;
    if (c[0] != 0xE2) continue;
    if (c[1] == 0x80 && (c[2] == 0x8E || c[2] == 0x8F || (c[2] >= 0xAA && c[2] <= 0xAE)))
      return true;
    if (c[1] == 0x81 && c[2] >= 0xA6 && c[2] <= 0xA9) return true;
  }
  return false;
}

static const char *why_not_source(slice text) {
  if (text.length > SOURCE_MOST) return "the file is larger than 1 MiB";
  if (text.length && text.at[0] == '\x1b') return "this is compiled Lua; only source text is run";
  if (text.length && text.at[0] == '#') return "a first line with # is not taken";
  if (text.length >= 3 && memcmp(text.at, "\xEF\xBB\xBF", 3) == 0)
    return "the file begins with a byte-order mark";
  if (!text_is_utf8(text)) return "the file is not UTF-8 text";
  if (has_bidi_controls(text)) return "the file has hidden controls of writing direction";
  return NULL;
}

/* The compiler's message quotes the text, so it is escaped. */
static status say_syntax(lua_State *L, const char *name, problem *p) {
  slice message = {0};
  buffer shown = {0};
  if (lua_type(L, -1) == LUA_TSTRING) message.at = lua_tolstring(L, -1, &message.length);
  text_add_escaped(&shown, message);
  buffer_add_char(&shown, '\0');
  (void)problem_set(p, STATUS_SYNTAX, NULL, "%s", shown.failed ? name : shown.bytes);
  buffer_free(&shown);
  return STATUS_SYNTAX;
}

status fence_compile(lua_State *L, const char *name, slice text, int environment, problem *p) {
  const char *why = why_not_source(text);
  if (why)
    return problem_set(p, STATUS_REFUSED, "save it as plain UTF-8 text", "%s: %s", name, why);
  environment = lua_absindex(L, environment);
  lua_pushfstring(L, "@%s", name);
  int code = luaL_loadbufferx(L, text.at, text.length, lua_tostring(L, -1), "t");
  lua_remove(L, -2);
  if (code == LUA_ERRMEM || fence_killed(fence_of(L))) lua_error(L);
  if (code != LUA_OK) {
    (void)say_syntax(L, name, p);
    lua_pop(L, 1);
    return STATUS_SYNTAX;
  }
  lua_pushvalue(L, environment);
  if (!lua_setupvalue(L, -2, 1)) lua_pop(L, 1);
  return STATUS_OK;
}
