/* lua_registers: registers, questions and cases as methods of a Lua store.
 * Bindings only; what they do is in store/{fill,sweep,query,find,events,
 * suggestions,runs,declarations,check}.h.
 *
 * Days are ISO texts, times UTC seconds (known_at also a text that names a
 * time), schools row numbers or keys. What cannot be done is nil and a message;
 * a wrong argument raises; a list that breaks half-way raises its message.
 *
 *   for block in s:batches { as_of =, diary =, known_at =, first_day =, school =, year =,
 *       form =, upn =, enrolment =, fields = {"registers", "pupil.name", …},
 *       everyone =, on_roll = } do … end         batches of core/attendance/batch.h, as
 *       texts; without `fields` everything, with it what it lists and no more
 *   for row in s:figures { as_of =, known_at =, school =, year =, form =, upn =,
 *       enrolment =, everyone =, rules = {rule, …} } do … end
 *       row: school, enrolment, pupil, upn, forename, surname, year, form,
 *       possible, attended, absent, present, educational, authorised,
 *       unauthorised, missing, percent (hundredths, nil when nothing was
 *       possible), thresholds = {{date =, session =,
 *       largest =, since = the present spell ("2025-11-18 AM")}, …} in the order of the rules,
 *       without date if never met
 *     further options: from =, to = (a period), threads =, met = true (only those of whom a
 *       rule is met now; no names), measures = {rule of any kind, …}: row.measures = {{met, count,
 *       of, largest, band, too_few, since, first_met}, …}. Rows come in the order imported.
 *   s:write_figures { as figures without measures and met, heading =, school_column =,
 *       persistent =, severe = (percent), out = an open file } -> true     CSV; see store/figures.h
 *   s:sweep { as figures without measures and met } -> {pupils, possible, attended, authorised,
 *       unauthorised, rules = {{met, ever, count, largest, first_met = sum of day * 2 + half}, …}}
 *   columns, rows = s:query(sql)      names; rows are lists, NULL is nil
 *   s:find_pupils(text) -> {{enrolment, pupil, upn, name, school, school_name,
 *       year, form, joined, left}, …}
 *   s:check() -> {sentence, …}
 *
 * and, in lua_events.c:
 *
 *   s:add_event { at =, on =, kind =, enrolment = or pupil = and school =, plugin =,
 *       version =, digest =, step =, concern =, by =, data = } -> id
 *   s:events { pupil =, upn =, school =, kind =, as_of =, known_at = } -> {event, …}
 *   s:suggestions { state =, school =, enrolment = } -> {suggestion, …}
 *   s:make_suggestion { at =, on =, enrolment =, step =, concern =, … as an event }
 *       -> id of the event that made it, whether it is new
 *   s:lapse_suggestion { the same } -> id
 *   s:amendments { enrolment =, since = seconds, since_event = id } -> {amendment, …}
 *   s:record_run { at =, as_of =, made =, lapsed =, failures = {{plugin =, version =,
 *       step =, enrolment =, verdict =, message =}, …} } -> id
 *   s:last_run() -> {id, at, as_of, made, lapsed} | nil
 *   s:add_plugin_state { at =, plugin =, state = "on" | "failed" | "off", why =, by = } -> true
 *   s:plugin_states() -> {{plugin, at, state, why, by}, …} in order
 *
 * in lua_cases.c:
 *
 *   s:add_entry { as an event (kind "entry.…"), body = table or JSON } -> id
 *       data.answers = {{enrolment, step, concern}, …}: what it ends
 *   s:strike_entry { of = id, and as an event without kind; data = {of =, why =} } -> id
 *   s:entries { pupil =, upn =, school =, kind =, as_of =, known_at = } -> {entry, …}
 *       with `data` and `body` decoded; see store/entries.h
 *
 * in lua_school_events.c:
 *
 *   s:add_school_event { at =, on =, school =, step =, plugin =, version =, digest =, by =,
 *       body = table or JSON } -> id
 *   s:school_events { school =, as_of =, known_at = } -> {event, …}; see store/events.h
 *
 * in lua_lists.c:
 *
 *   s:make_list { at =, as_of = } -> id
 *   s:add_list_row { list =, number =, enrolment =, step = } -> true
 *   s:list_rows { list = id | nil: the last, number = } -> {{list, at, as_of, number,
 *       step, and as of find_pupils}, …}
 *   s:add_action(key, event) -> true
 *   s:actions(beginning of a key) -> {{key, event, on, struck}, …}
 *
 * in lua_outbox.c:
 *
 *   s:add_effect { plugin =, version =, event =, number =, kind =, body = table or JSON,
 *       at =, state =, note = } -> id, whether it is new (its key enters once)
 *   s:mark_effect { id =, state =, path =, note = } -> true; of a waiting one only
 *   s:forget_effects() -> how many lost their body with the entry they were about
 *   s:effects { id =, state =, plugin =, path = } -> {effect, …}; see store/outbox.h
 *   s:hook_place(plugin) -> event | nil;  s:put_hook_place(plugin, event) -> true
 *   s:last_event([at]) -> the last event not learnt at that time, or 0
 *   s:hook_events(after) -> {event, …}, with `data` and `body` decoded
 *
 * and in lua_events.c again:
 *
 *   s:declaration(key) -> text | nil;  s:put_declaration(key, text, at) -> true
 */
#ifndef WAYMARK_LUA_REGISTERS_H
#define WAYMARK_LUA_REGISTERS_H

#include <lua.h>

#include "store/case/events.h"
#include "store/db/query.h"

/* Add all of them to the stores of this state. The stack is as before. */
void lua_registers_add(lua_State *L);

/* Within core/host: the methods of lua_query.c and lua_events.c; and all rows of a query as a
 * list of records by column name (a column `data` is decoded from JSON). The
 * query is held by `held`, which is on top of the stack. Returns 1, or 2 with
 * nil and a message. */
void lua_queries_add(lua_State *L);
void lua_events_add(lua_State *L);
void lua_cases_add(lua_State *L);
void lua_lists_add(lua_State *L);
void lua_school_events_add(lua_State *L);
void lua_outbox_add(lua_State *L);
int lua_push_records(lua_State *L, query *rows);
void lua_free_query(void *held);

/* The options at 2 as an event; `known` names them all (NULL: those of an event).
 * The texts are lent by the options, the data by the stack. */
status lua_event_options(lua_State *L, store *s, const char *const *known, event *out, problem *p);

/* Give the events that the options ask for, as a lister finds them; `known` names the
 * options (NULL: those of events). */
typedef status lua_event_lister(store *s, const event_filter *filter, query **out, problem *p);
int lua_give_events(lua_State *L, const char *const *known, lua_event_lister *lister);

#endif
