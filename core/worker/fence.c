/* fence: a Lua state, its allocator, its count of instructions, and protected calls.
 *
 * 1. Lua asks for memory at moments when nothing may be asked of it: since 5.4.6 its stack
 *    has no addresses while it is moved. So the allocator has no lua_State: it only notes
 *    that the limit was passed, in `memory`. The hook, and whoever catches an error, make
 *    that final (settle).
 * 2. A state whose memory is over gets no more, so that nothing goes on with what there is.
 * 3. Where a plugin was is looked up in the hook and about a call, never by the allocator:
 *    of memory it is the last line that was counted, or the function that was called. */
#include "worker/fence.h"

#include <assert.h>
#include <lauxlib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
  COUNT_STEP = 1000,     /* instructions between two looks */
  BLOCK_OVERHEAD = 16,   /* what malloc adds */
  MESSAGE_TAKEN = 1000,  /* bytes of a plugin's error text */
  MESSAGE_SHOWN = 800,   /* of them, escaped; the rest is "…" */
  LEVELS_SEARCHED = 24,  /* for the plugin's own line */
  SOURCE_MOST = 1 << 20, /* bytes of one source text */
  GC_PAUSE = 400,        /* collect at four times what was alive: most objects die young */
  EXIT_PANIC = 70
};

typedef struct memory {
  size_t cap, used, peak;
  uint64_t allocated;
  bool over;     /* more was really needed: final */
  bool refusing; /* the last request was refused */
  size_t refused_bytes;
  bool busy; /* within the allocator, in a test build */
  worker_page *page;
} memory;

typedef struct place {
  char file[104]; /* "": not known */
  int line;       /* 0: not known */
  bool said;      /* of an error: its text begins with it, as Lua's own do */
} place;

struct fence {
  lua_State *L; /* NULL until it is complete */
  fence_limits limits;
  memory memory;
  uint64_t spent_job, spent_call, budget;       /* budget 0: no limit a call */
  volatile sig_atomic_t counting, call, ticked; /* counting late: see fence_tick */
  fence_verdict killed;
  uint64_t passed;        /* which budget was passed: a call's, or 0 for the job's */
  place place;            /* of the plugin, lately; when a limit was passed, then */
  place raised, *raising; /* of the last error; of the innermost call, while it goes on */
  worker_page own_page;   /* when the caller gave none */
  buffer message, printed;
  size_t lines;
  bool print_full;
};

/* All that is asked of Lua here is asked by this. */
lua_State *fence_state(const fence *f) {
  assert(!f->memory.busy);
  return f->L;
}

fence *fence_of(lua_State *L) { return *(fence **)lua_getextraspace(L); }
const fence_limits *fence_limits_of(const fence *f) { return &f->limits; }
worker_page *fence_page(const fence *f) { return f->memory.page; }
uint64_t fence_allocated(const fence *f) { return f->memory.allocated; }
size_t fence_peak(const fence *f) { return f->memory.peak; }
uint64_t fence_instructions(const fence *f) { return f->spent_job; }
slice fence_printed(const fence *f) { return buffer_slice(&f->printed); }
slice fence_message(const fence *f) { return buffer_slice(&f->message); }
void fence_reserve(fence *f, size_t bytes) { f->memory.cap += bytes; }

/* Memory ---------------------------------------------------------------------- */

/* When refused, Lua collects everything and asks at once for the same again;
 * that collection only frees. So the second refusal in a row means that the
 * plugin really needs more than it may have. A text buffer of the auxiliary
 * library does not ask again: then the next wish is for something else. */
static void *grow(memory *m, void *block, size_t bytes, size_t more) {
  if (m->refusing && bytes != m->refused_bytes) m->over = true;
  size_t room = m->cap > m->used ? m->cap - m->used : 0;
  bool fits = !m->over && bytes <= m->cap && more <= room;
  void *now = fits ? realloc(block, bytes) : NULL;
  if (!now) {
    if (m->refusing) m->over = true;
    m->refusing = true;
    m->refused_bytes = bytes;
    return NULL;
  }
  m->refusing = false;
  m->used += more;
  m->allocated += more;
  if (m->used > m->peak) m->page->peak_bytes = m->peak = m->used;
  return now;
}

/* For a new block `old_bytes` is a type tag, not a size. Shrinking never fails. */
static void *give(memory *m, void *block, size_t old_bytes, size_t bytes) {
  if (!block) return bytes ? grow(m, NULL, bytes, bytes + BLOCK_OVERHEAD) : NULL;
  if (bytes > old_bytes) return grow(m, block, bytes, bytes - old_bytes);
  m->used -= old_bytes - bytes;
  if (bytes == 0) {
    m->used -= BLOCK_OVERHEAD;
    free(block);
    return NULL;
  }
  void *smaller = realloc(block, bytes);
  if (!smaller) return block; /* which is large enough as it is */
  return smaller;
}

/* lua_Alloc */
static void *allocate(void *ud, void *block, size_t old_bytes, size_t bytes) {
#ifdef WAYMARK_TESTS
  ((memory *)ud)->busy = true;
  void *given = give(ud, block, old_bytes, bytes);
  ((memory *)ud)->busy = false;
  return given;
#else
  return give(ud, block, old_bytes, bytes);
#endif
}

/* The kill -------------------------------------------------------------------- */

static void count(lua_State *L, lua_Debug *ar);

/* Trusted chunks are named with '=' and are passed over. */
static bool take_place(place *to, const lua_Debug *ar, int line) {
  if (ar->source[0] != '@' || line < 0) return false;
  (void)snprintf(to->file, sizeof to->file, "%.100s", ar->source + 1);
  to->line = line;
  return true;
}

/* The innermost line of a plugin's own source. */
static void note_line(fence *f, int levels) {
  lua_State *L = fence_state(f);
  lua_Debug ar;
  for (int level = 0; level < levels && lua_getstack(L, level, &ar); level++)
    if (lua_getinfo(L, "Sl", &ar) && ar.currentline > 0 &&
        take_place(&f->place, &ar, ar.currentline))
      return;
}

/* The first limit that is passed is the verdict. */
static void kill_plugin(fence *f, fence_verdict why) {
  f->killed = why;
  if (why == FENCE_BUDGET) f->place = (place){0};
  if (!f->place.file[0]) note_line(f, LEVELS_SEARCHED);
  lua_sethook(fence_state(f), count, LUA_MASKCOUNT, 1);
}

fence_verdict fence_killed(fence *f) {
  if (!f->killed && f->memory.over) kill_plugin(f, FENCE_MEMORY);
  return f->killed;
}

fence_verdict fence_caught(fence *f) {
  if (f->memory.refusing) f->memory.over = true;
  return fence_killed(f);
}

int fence_raise_again(lua_State *L) {
  lua_pushliteral(L, "limit passed");
  return lua_error(L);
}

static void count(lua_State *L, lua_Debug *ar) {
  (void)ar;
  fence *f = fence_of(L);
  if (!fence_killed(f)) {
    f->spent_job += COUNT_STEP;
    f->spent_call += COUNT_STEP;
    f->memory.page->instructions = f->spent_job;
    bool call_over = f->budget && f->spent_call > f->budget;
    if (!call_over && f->spent_job <= f->limits.job_instructions) {
      note_line(f, 2);
      return;
    }
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

/* Life ------------------------------------------------------------------------ */

/* Reached only by a bug of ours: all work is done in protected calls. */
static int panic(lua_State *L) {
  (void)L;
  _exit(EXIT_PANIC);
}

status fence_new(const fence_limits *limits, worker_page *page, lua_CFunction open, fence **out,
                 problem *p) {
  fence *f = mem_new(1, sizeof *f);
  if (!f) return problem_no_memory(p);
  f->limits = *limits;
  f->memory = (memory){.cap = limits->memory, .page = page ? page : &f->own_page};
  lua_State *L = lua_newstate(allocate, &f->memory);
  if (L) {
    *(fence **)lua_getextraspace(L) = f;
    (void)lua_atpanic(L, panic);
    lua_setwarnf(L, NULL, NULL);
    (void)lua_gc(L, LUA_GCINC, GC_PAUSE, 0, 0);
    lua_pushcfunction(L, open);
    if (lua_pcall(L, 0, 0, 0) == LUA_OK && !f->memory.over) {
      f->L = L;
      f->memory.refusing = false;
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

/* Calls ----------------------------------------------------------------------- */

/* Message handler: notes where an error was raised, and leaves it as it is. Its text may begin
 * with any of the plugin lines that led there: error(text, 2) names who called. What begins with
 * another place is an author's own words, and the place is the innermost line. */
static int note_raised(lua_State *L) {
  fence *f = fence_of(L);
  place at = {0}, inner = {0};
  lua_Debug ar;
  slice text = {0};
  if (lua_type(L, 1) == LUA_TSTRING) text.at = lua_tolstring(L, 1, &text.length);
  for (int level = 1; level < LEVELS_SEARCHED && lua_getstack(L, level, &ar); level++) {
    char begin[128];
    if (!lua_getinfo(L, "Sl", &ar) || ar.currentline <= 0) continue;
    if (!take_place(&at, &ar, ar.currentline)) continue;
    if (!inner.file[0]) inner = at;
    int n = snprintf(begin, sizeof begin, "%s:%d: ", at.file, at.line);
    if (n > 0 && text.length >= (size_t)n && memcmp(text.at, begin, (size_t)n) == 0) {
      inner = at;
      inner.said = true;
      break;
    }
  }
  if (f->raising) *f->raising = inner;
  return 1;
}

bool fence_raised(const fence *f, const char **file, int *line) {
  *file = f->raised.file;
  *line = f->raised.line;
  return f->raised.said;
}

int fence_pcall(fence *f, int arguments, int results) {
  lua_State *L = fence_state(f);
  lua_Debug ar;
  int function = lua_gettop(L) - arguments;
  place raised = {0}, *outer = f->raising;
  lua_pushvalue(L, function); /* kept below the call, to say which it was */
  lua_insert(L, function);
  lua_pushcfunction(L, note_raised);
  lua_insert(L, function + 1);
  f->place.file[0] = '\0';
  f->raising = &raised;
  int code = lua_pcall(L, arguments, results, function + 1);
  f->raising = outer;
  if (code != LUA_OK) f->raised = raised;
  lua_remove(L, function + 1);
  if (code != LUA_OK && !f->killed && f->memory.refusing && !f->place.file[0]) {
    lua_pushvalue(L, function);
    if (lua_getinfo(L, ">S", &ar)) (void)take_place(&f->place, &ar, ar.linedefined);
  }
  lua_remove(L, function);
  return code;
}

/* The message of a call that failed: of a limit, or else the error value on top, which is
 * read raw and never converted. Cut at a whole character; an escape may lose a part. */
static void set_message(fence *f) {
  buffer *m = &f->message;
  lua_State *L = fence_state(f);
  if (f->killed) {
    if (f->killed == FENCE_MEMORY)
      buffer_printf(m, "needed more than %zu MB of memory", f->limits.memory >> 20);
    else
      buffer_printf(m, "used more than %llu instructions%s",
                    (unsigned long long)(f->passed ? f->passed : f->limits.job_instructions),
                    f->passed ? " in one call" : "");
    if (f->place.file[0]) buffer_add_text(m, " at ");
    text_add_escaped(m, slice_of(f->place.file));
    if (f->place.file[0] && f->place.line > 0) buffer_printf(m, ":%d", f->place.line);
    return;
  }
  if (lua_type(L, -1) != LUA_TSTRING) {
    buffer_printf(m, "error object of type %s", luaL_typename(L, -1));
    return;
  }
  slice text;
  text.at = lua_tolstring(L, -1, &text.length);
  if (text.length > MESSAGE_TAKEN) text.length = MESSAGE_TAKEN;
  text_add_escaped(m, text);
  if (m->failed || m->length <= MESSAGE_SHOWN) return;
  m->length = text_utf8_prefix((slice){m->bytes, MESSAGE_SHOWN});
  buffer_add_text(m, "…");
}

fence_verdict fence_call(fence *f, int arguments, int results, uint64_t budget) {
  lua_State *L = fence_state(f);
  uint64_t outer_spent = f->spent_call, outer_budget = f->budget;
  f->spent_call = 0;
  f->budget = budget;
  f->call = (f->call + 1) & 0xFFFF;
  if (f->counting && !f->killed) { /* late: this call has not lasted yet */
    lua_sethook(L, NULL, 0, 0);
    f->counting = 0;
  }
  int base = lua_gettop(L) - arguments - 1;
  int code = fence_pcall(f, arguments, results);
  fence_verdict verdict = code == LUA_OK ? fence_killed(f) : fence_caught(f);
  if (code != LUA_OK && !verdict) verdict = FENCE_FAILED;
  buffer_clear(&f->message);
  if (verdict) set_message(f);
  f->spent_call = outer_spent;
  f->budget = outer_budget;
  if (verdict) lua_settop(L, base);
  return verdict;
}

/* The report -------------------------------------------------------------------- */

/* Line by line: tabs kept, everything else that could move a cursor escaped. */
void fence_print(fence *f, slice text) {
  buffer *to = &f->printed;
  while (!f->print_full) {
    const char *end = text.length ? memchr(text.at, '\n', text.length) : NULL;
    slice line = {text.at, end ? (size_t)(end - text.at) : text.length};
    size_t before = to->length, used = line.length + (end != NULL);
    bool fits = f->lines < f->limits.print_lines && line.length <= f->limits.print_bytes;
    while (fits && line.length) {
      const char *tab = memchr(line.at, '\t', line.length);
      size_t length = tab ? (size_t)(tab - line.at) : line.length;
      text_add_escaped(to, (slice){line.at, length});
      if (tab) buffer_add_char(to, '\t');
      line = (slice){line.at + length + (tab != NULL), line.length - length - (tab != NULL)};
    }
    if (fits) {
      buffer_add_char(to, '\n');
      f->lines++;
      fits = to->length <= f->limits.print_bytes;
    }
    if (!fits) {
      to->length = before;
      f->print_full = true;
      buffer_add_text(to, "[what was printed after this was dropped: too much]\n");
    }
    if (!end) return;
    text = (slice){text.at + used, text.length - used};
  }
}

/* Source text -------------------------------------------------------------------- */

static const char *why_not_source(slice text) {
  if (text.length > SOURCE_MOST) return "the file is larger than 1 MiB";
  if (text.length && text.at[0] == '\x1b') return "this is compiled Lua; only source text is run";
  if (text.length && text.at[0] == '#') return "a first line with # is not taken";
  if (text.length >= 3 && memcmp(text.at, "\xEF\xBB\xBF", 3) == 0)
    return "the file begins with a byte-order mark; save it as UTF-8 without one";
  if (!text_is_utf8(text)) return "the file is not UTF-8 text";
  for (size_t i = 0; i < text.length;
       i++) { /* controls that show it in another order than it runs */
    const unsigned char *c = (const unsigned char *)text.at + i; /* whole characters follow */
    if ((c[0] == 0xD8 && c[1] == 0x9C) ||
        (c[0] == 0xE2 && c[1] == 0x80 && (c[2] == 0x8E || c[2] == 0x8F)) ||
        (c[0] == 0xE2 && c[1] == 0x80 && c[2] >= 0xAA && c[2] <= 0xAE) ||
        (c[0] == 0xE2 && c[1] == 0x81 && c[2] >= 0xA6 && c[2] <= 0xA9))
      return "the file has hidden controls of writing direction";
  }
  return NULL;
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
  if (code != LUA_OK) { /* the compiler's message quotes the text, so it is escaped */
    slice message = slice_of(name);
    buffer shown = {0};
    if (lua_type(L, -1) == LUA_TSTRING) message.at = lua_tolstring(L, -1, &message.length);
    text_add_escaped(&shown, message);
    buffer_add_char(&shown, '\0');
    (void)problem_set(p, STATUS_SYNTAX, NULL, "%s", shown.failed ? name : shown.bytes);
    buffer_free(&shown);
    lua_pop(L, 1);
    return STATUS_SYNTAX;
  }
  lua_pushvalue(L, environment);
  if (!lua_setupvalue(L, -2, 1)) lua_pop(L, 1);
  return STATUS_OK;
}
