/* result: how a binding answers: a value, or `nil, message`, the one way out to Lua for a problem
 * of C; and fields of a table that it gives.
 *
 * The result_… functions push what the binding returns and give how many values that is, so that
 * a binding ends with `return result_true(L, s, &p)`. */
#ifndef WAYMARK_RESULT_H
#define WAYMARK_RESULT_H

#include <lua.h>
#include <stdint.h>

#include "base/date.h"
#include "base/status.h"
#include "base/text.h"

/* nil and "sentence; remedy" (the sentence alone without a remedy); then true, where the machine,
 * the file or Waymark is at fault and not what was asked. */
int result_problem(lua_State *L, const problem *p);
/* nil and the sentence alone: to who is told elsewhere what to send. */
int result_sentence(lua_State *L, const problem *p);
/* true, or the problem of a status that is not STATUS_OK. */
int result_true(lua_State *L, status s, const problem *p);
int result_integer(lua_State *L, status s, int64_t value, const problem *p);
/* Raise the message instead; in the host as a problem of waymark.base.problem, whose metatable has
 * this name in the registry, so that nobody takes the world's fault for ours. */
#define RESULT_PROBLEM "waymark.problem"
int result_raise(lua_State *L, const problem *p);

/* Fields of the table on top; a text that is empty and DAY_NONE leave the field out. */
void result_set_text(lua_State *L, const char *name, slice text);
void result_set_integer(lua_State *L, const char *name, int64_t value);
void result_set_flag(lua_State *L, const char *name, bool value);
void result_set_day(lua_State *L, const char *name, day value);

#endif
