/* lua_system: the few things the host's Lua needs of the machine beyond Lua's own libraries:
 * functions of core.system. The clock is read here and nowhere else, and handed on as an argument.
 * What cannot be done is nil and a message. */
#ifndef WAYMARK_LUA_SYSTEM_H
#define WAYMARK_LUA_SYSTEM_H

#include <lua.h>
#include <stdbool.h>

int lua_system_now(lua_State *L);         /* -> UTC seconds */
int lua_system_time(lua_State *L);        /* (text) -> UTC seconds; see time_parse */
int lua_system_time_text(lua_State *L);   /* (seconds) -> "…Z" */
int lua_system_local_text(lua_State *L);  /* (seconds) -> local time, as text */
int lua_system_sha256(lua_State *L);      /* (text) -> 64 hex digits */
int lua_system_is_terminal(lua_State *L); /* ("stdout" | "stderr" | "stdin") */
int lua_system_processors(lua_State *L);  /* -> how many, at most 8 */
int lua_system_width(lua_State *L);       /* -> columns of the terminal, or 80 */
/* (text, most) -> the columns that it takes at a terminal, the bytes of what fits into so many from
 * its beginning on */
int lua_system_columns(lua_State *L);
/* (prompt [, complete]) -> line | nothing at the end; complete(word) -> list of what the word
 * before the cursor can become */
int lua_system_readline(lua_State *L);
/* (path) -> whether it could be done; what is saved is for the owner alone */
int lua_system_history_load(lua_State *L);
int lua_system_history_save(lua_State *L);
/* (path) -> true: for the owner alone; a folder that is there already is fine */
int lua_system_make_folder(lua_State *L);
int lua_system_private(lua_State *L); /* (path) -> whether its owner alone may read it now */
/* (path, most) -> text: all of an ordinary file of at most so many bytes */
int lua_system_read(lua_State *L);
/* (path, text, replace) -> true: it is there whole, for the owner alone */
int lua_system_write(lua_State *L);
int lua_system_place(lua_State *L); /* (from, to, replace) -> true: renamed, the folder synced */
/* (path) -> a file of Lua's, made if need be, that nobody else can lock until it is closed or the
 * process ends | false: another has it. A link is not followed, nothing in it is changed. */
int lua_system_lock(lua_State *L);
/* (bytes, function, …) -> true, its results | false, its error: called so that it can add no more
 * than so many bytes to what the state has; beyond, "not enough memory" */
int lua_system_bounded(lua_State *L);
/* (words, environment, seconds) -> exit status, the first 4 KB that it said: another program of
 * PATH, without a shell (see spawn.h); `words` its name and arguments as they are, `environment` a
 * list of "NAME=VALUE" */
int lua_system_run(lua_State *L);

/* Ctrl-C, from here on: an error is raised in the Lua that runs, so that what is half done is
 * undone and cleared away; a second one ends the program at once. NULL before the
 * state is closed. */
void lua_system_watch(lua_State *L);
int lua_system_hold(lua_State *L);       /* (whether) Ctrl-C waits until it is given false */
int lua_system_is_stopped(lua_State *L); /* -> whether Ctrl-C was typed */

/* Something was changed for good: a commit, a file. What fails from here on does not undo it, and
 * is told so; a reader of the output who has gone does not end the program any more. */
void lua_system_changed(void);
bool lua_system_is_changed(void);
/* A transaction was committed; or is undone, and files that were written for it are not done
 * without it, unless one was committed before. */
void lua_system_committed(void);
void lua_system_rolled_back(void);
/* () -> nothing: what was changed is removed again, and nothing was done. */
int lua_system_taken_back(lua_State *L);

#endif
