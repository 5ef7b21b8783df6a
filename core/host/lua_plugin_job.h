/* lua_plugin_job: plugin_job for the host's Lua. No logic.
 *
 *   job | nil, outcome = worker.start{ worker = PATH, memory = BYTES,
 *                                      cpu = SECONDS, wall = SECONDS }
 *   kind, payload | nil, outcome = job:request(kind, payload [, seconds])
 *   outcome = job:finish()
 *   outcome | nil = job:outcome()
 *   job.jail   the text of READY (JSON: {api, jail = [{name, done, mandatory, why}]})
 *
 * Kinds in small letters: "load", "batch", "events", "try", "end"; "declared",
 * "suggested", "effects", "result". An outcome is a table {verdict, message, record, step,
 * peak_bytes, instructions, seconds}. Memory 64 MiB, cpu 2 s and wall 3 s unless
 * said otherwise. A job is ended when it is collected or closed. */
#ifndef WAYMARK_LUA_PLUGIN_JOB_H
#define WAYMARK_LUA_PLUGIN_JOB_H

#include <lua.h>

/* Pushes the table {start}. */
int lua_plugin_job_open(lua_State *L);

#endif
