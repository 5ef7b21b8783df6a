/* lua_worker: worker processes for the host's Lua. No logic.
 *
 *   job | nil, outcome = worker.start{ worker = PATH, memory = BYTES,
 *                                      cpu = SECONDS, request = SECONDS, wall = SECONDS,
 *                                      ahead = true: it need not be in its jail yet }
 *   true | nil, outcome = job:ready()             of one that was started ahead, before it is asked
 *   true | nil, outcome = job:send(kind, payload)
 *   kind, answer | nil, outcome = job:receive()
 *   findings, costs, held | nil, outcome = job:receive(form, batch [, suggestions[, counted]])
 *   kind, answer | nil, outcome = job:request(kind, payload)   send, receive
 *   outcome = job:refuse(why)     the answer was not in its form: the worker is killed
 *   outcome = job:finish()
 *   outcome | nil = job:outcome()
 *   A payload that is too long for its kind is not sent: nil, outcome; the job goes on.
 *   job.jail   what READY said: {api, jail = [{name, done, mandatory, why}]}
 *
 * Kinds in small letters: "load", "batch", "events", "consult", "try", "end"; "declared",
 * "suggested", "effects", "consulted", "result". Payloads are bytes, an answer is a table of
 * plain values that only envelope.h has looked at, or of "suggested" the bytes. An outcome is a
 * table {verdict, message, record, step, peak_bytes, instructions, seconds}, with machine = true
 * when the machine is at fault. `cpu` is processor time in all, `request` that of each request,
 * `wall` how long one is waited for. Memory 64 MiB, cpu 2 s, request as cpu and wall 60 s unless
 * said otherwise. A job is ended when it is collected or closed.
 *
 *   form = worker.form { steps = {name, …}, rules = {rule, …}, codes = codes[,
 *     silent = {place of a step that suggests nothing, …}, swept = {place of a rule, …},
 *     own = {{place of a step, words, rules = {place in swept, …}}, …}] }
 *   findings, nil, held = form:answers(batch [, suggestions[, counted]])
 *
 * `own` are the steps that no worker is asked about: what is suggested, in these words, of whom
 * one of these rules is met, as the batch says of the rules of `swept`. `answers` gives those.
 *
 * With a form and the batch that was sent, `receive` reads suggestions (answer.h):
 *   finding { record, enrolment, pupil, step = its place, verdict, words, gate, concern,
 *     concern_on, measured = {evidence, …}, asked = the same, of every rule that was asked }
 *     Words are escaped. The evidence is measured here, once. `concern` is the plugin's or
 *     that of the first evidence, `concern_on` the day that one began. Of a rate by whose band
 *     the concern is named also bands = {{band =, concern =}, …}, the highest first: what the
 *     concern would be called in each of them. `open`: it is an open one of the suggestions of a
 *     school (lua_case.h), by its concern or, with their `lower`, as a rate that rose a band.
 *   costs {{calls =, nanoseconds =, instructions =, bytes =, asked = pupils}, …} by step, or nil:
 *     what that worker has spent so far, when a profile was asked for.
 *   held { steps = {number, …}, pupils = {[record] = true}, asked = {[step] = true} }: with
 *     `counted` those that are open and not to be looked at give no finding, are held and
 *     counted here; `asked` are the steps that were asked of somebody, if the worker said so.
 *
 *   worker.listed(evidence[, unresolved]) -> its sessions as a value that is written as
 *     JSON and looked at by nobody; the bytes that it takes */
#ifndef WAYMARK_LUA_WORKER_H
#define WAYMARK_LUA_WORKER_H

#include <lua.h>

/* Pushes the table {start, form, listed}. */
int lua_worker_open(lua_State *L);

#endif
