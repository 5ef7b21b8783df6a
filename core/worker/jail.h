/* jail: what the worker process may do, for the rest of its life.
 *
 * 1. `jail_apply` only takes away; nothing can be given back.
 * 2. It is called once, before any plugin text is read, in a process with one
 *    thread and with nothing of value in memory.
 * 3. It fails closed: when a mandatory part cannot be done, the caller tells
 *    the host and ends.
 * 4. Optional parts are a second line; what is missing is reported by name.
 *
 * After it the process can read and write its channel, get and return memory,
 * read clocks, and end. Anything else ends it at once (SIGSYS). */
#ifndef WAYMARK_JAIL_H
#define WAYMARK_JAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { JAIL_CHANNEL = 3, JAIL_PAGE = 4 };
enum { JAIL_PARTS = 16, JAIL_WHY = 96 };

typedef struct jail_limits {
  uint64_t memory;           /* the cap of the Lua state, bytes */
  uint64_t cpu_milliseconds; /* of processor time; then SIGXCPU */
} jail_limits;

typedef struct jail_part {
  const char *name;
  bool done, mandatory;
  char why[JAIL_WHY]; /* why not, or a remark; may be empty */
} jail_part;

typedef struct jail_report {
  jail_part parts[JAIL_PARTS];
  size_t count;
} jail_report;

/* Do all parts, in an order in which each can still be done. False when a
 * mandatory one failed; the report says what became of each part that was
 * tried. Closes every file descriptor but 0 to 3. */
bool jail_apply(const jail_limits *limits, jail_report *report);

#endif
