/* fence: one Lua state in which a plugin runs, with what it may call and use.
 *
 * The fence is for determinism and good messages; safety is the jail's. It
 * offers an allow-list of functions, compiles source text only, caps memory,
 * counts instructions, and gives every run the same order and random numbers.
 *
 * 1. A limit that was passed is final: the flag stays, every later instruction
 *    and every `pcall` raises again, and the verdict comes from the flag, never
 *    from an error's text.
 * 2. Memory is counted with 16 bytes a block for the allocator. The cap holds
 *    for Lua alone; C memory of the worker is the jail's business.
 * 3. Plugin code is called through `fence_call` and `fence_pcall` only, with no message
 *    handler of its own (one would run without the count).
 * 4. There are no coroutines, finalisers or debug functions, so the main state
 *    is the only thread.
 *
 * What one C function does by itself (patterns, table.concat) is not counted;
 * the jail's processor limit ends it. */
#ifndef WAYMARK_FENCE_H
#define WAYMARK_FENCE_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/status.h"
#include "base/text.h"
#include "worker/page.h"

typedef enum fence_verdict { FENCE_OK, FENCE_FAILED, FENCE_BUDGET, FENCE_MEMORY } fence_verdict;

typedef struct fence_limits {
  size_t memory;              /* bytes */
  uint64_t call_instructions; /* each fence.call from trusted Lua */
  uint64_t job_instructions;  /* all together */
  size_t print_lines, print_bytes;
  uint64_t seed; /* of math.random */
  bool late;     /* count only calls that last: needs fence_tick */
} fence_limits;

typedef struct fence fence;

/* A state ready for use, filled by `open`, which is called protected and uncounted (see
 * fence_lib_open). `page` may be NULL; it is the caller's and must live as long as the
 * fence. A fence is never closed: its process ends. STATUS_RANGE: too little memory. */
status fence_new(const fence_limits *limits, worker_page *page, lua_CFunction open, fence **out,
                 problem *p);

lua_State *fence_state(const fence *f);
fence *fence_of(lua_State *L);
const fence_limits *fence_limits_of(const fence *f);
worker_page *fence_page(const fence *f);

/* Call the function and `arguments` on top of the stack, as lua_pcall does.
 * `budget` is a fresh count of instructions for this call (the outer call's
 * goes on afterwards); 0 leaves only the job's. On FENCE_OK the results are on
 * the stack (LUA_MULTRET allowed); otherwise nothing is, and fence_message
 * says why. */
fence_verdict fence_call(fence *f, int arguments, int results, uint64_t budget);

/* As lua_pcall, on behalf of a plugin that then catches what was raised: notes where that was,
 * and where memory ran out. What fence_killed and fence_caught say must follow. */
int fence_pcall(fence *f, int arguments, int results);

/* Where the error of the last call that failed was raised: the plugin's file ("": in none) and
 * line. Whether its text begins with it, as "FILE:LINE: "; else what it begins with is an author's
 * choice, and no place. The file is lent until the next call. */
bool fence_raised(const fence *f, const char **file, int *line);

/* One line, escaped for any reader, of at most 803 bytes. Of a plugin's error: its
 * text, or "error object of type X". Of a limit: the host's own words, with the plugin's
 * file and the line that was running; of memory the last one that was counted, or the
 * function that was called. Lent until the next call. */
slice fence_message(const fence *f);

/* FENCE_OK while no limit was passed. */
fence_verdict fence_killed(fence *f);
/* The same after an error was caught: if memory was refused on the way to it, that is
 * final too. What is not FENCE_OK must be raised again. */
fence_verdict fence_caught(fence *f);
int fence_raise_again(lua_State *L);

size_t fence_peak(const fence *f);           /* bytes */
uint64_t fence_instructions(const fence *f); /* counted in thousands */

/* Bytes that were asked for since the beginning, however soon they were given back. */
uint64_t fence_allocated(const fence *f);

/* Counting every instruction makes plain Lua code about 1.7 times slower. With
 * limits.late a call runs uncounted until it has lasted from one tick to the
 * next but one, and only then is counted against its budget; fence_instructions
 * then tells of long calls only. To be called some hundred times a second of
 * processor time, from a signal handler if need be. */
void fence_tick(fence *f);

/* More room for the worker's own work (turning a result into JSON). */
void fence_reserve(fence *f, size_t bytes);

/* The report: lines without line ends, each ended by \n, escaped and capped.
 * `fence_print` adds text, which may have several lines. */
slice fence_printed(const fence *f);
void fence_print(fence *f, slice text);

/* Load source text as a function with the table at `environment` as its _ENV.
 * Pushes the function and returns STATUS_OK; or pushes nothing and returns
 * STATUS_REFUSED (not acceptable as text: larger than 1 MiB, not UTF-8,
 * bytecode, a first line with '#', a byte-order mark, hidden bidirectional
 * controls) or STATUS_SYNTAX (does not compile). May raise (memory). */
status fence_compile(lua_State *L, const char *name, slice text, int environment, problem *p);

#endif
