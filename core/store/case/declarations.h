/* declarations: what plugins declared, kept by a key of plugin, settings and
 * engine, so that figures need no plugin to run. Only a cache: anything may be
 * gone the next time. */
#ifndef WAYMARK_DECLARATIONS_H
#define WAYMARK_DECLARATIONS_H

#include "store/store.h"

enum { DECLARATIONS_KEPT = 64 };

/* Append the body kept under `key` to `out`; *found is false, and nothing
 * appended, when there is none. */
status declaration_get(store *s, slice key, buffer *out, bool *found, problem *p);

/* Keep a body, replacing the older one; the newest DECLARATIONS_KEPT stay. A
 * store opened for reading keeps nothing, and that is no failure. */
status declaration_put(store *s, slice key, slice body, int64_t at, problem *p);

#endif
