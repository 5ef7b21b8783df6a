/* lua_school: the pupils of schools in Lua: batches of them, their figures, sums of rules; see
 * store/school/{batches,sweep,figures}.h. Methods of a store.
 *
 *   for block in s:batches { as_of =, diary =, known_at =, first_day =, school =, year =,
 *       form =, upn =, enrolment =, fields = {"registers", "pupil.name", …},
 *       everyone =, on_roll =, size = (pupils of each, at most as many as a batch has),
 *       rules = {rule, …} (each record says which are met),
 *       some = true (only those of whom a rule is met, or who are in
 *       also = {enrolment, …} or in
 *       open = suggestions of lua_case.h that are open) } do … end         batches of
 *       core/attendance/batch.h, as texts; without `fields` everything, with it what it lists
 *       and no more. Each comes, as does the nil at the end, with how many pupils were looked at
 *
 *   for row in s:figures { as_of =, known_at =, school =, year =, form =, upn =,
 *       enrolment =, everyone =, rules = {rule, …}, from =, to = (a period), threads =,
 *       met = true (only those of whom a rule is met now; no names),
 *       measures = {rule of any kind, …} } do … end          in the order imported
 *       row: school, enrolment, pupil, upn, forename, surname, year, form,
 *       possible, attended, absent, present, educational, authorised,
 *       unauthorised, missing, percent (hundredths, nil when nothing was possible),
 *       thresholds = {{date =, session =, largest =,
 *         since = the present spell ("2025-11-18 AM")}, …}   as the rules; no date if never met
 *       measures = {{met, count, of, largest, band, too_few, since, first_met}, …}
 *
 *   s:write_figures { as figures without measures and met, heading =, school_column =,
 *       bands = {percent or false, …}, out = an open file } -> true        CSV
 *
 *   s:sweep { as figures without measures and met } -> {pupils, possible, attended,
 *       authorised, unauthorised,
 *       rules = {{met, ever, count, largest, first_met = sum of day * 2 + half}, …}} */
#ifndef WAYMARK_LUA_SCHOOL_H
#define WAYMARK_LUA_SCHOOL_H

#include <lua.h>

int lua_school_batches(lua_State *L);
int lua_school_figures(lua_State *L);
int lua_school_write_figures(lua_State *L);
int lua_school_sweep(lua_State *L);

#endif
