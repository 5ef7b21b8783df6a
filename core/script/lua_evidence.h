/* lua_evidence: a rule's answer as a Lua value.
 *
 * pupil:rolling(rule) and the other measures give one. Fields:
 *   rule (name), kind, met, count, of, from, to (dates), concern
 *   rate:     attended possible absent authorised unauthorised present
 *             educational missing percent (91.25, or nil) hundredths (9125)
 *             band too_few
 *   rolling:  first_met since (sessions, "2025-11-18 AM") largest
 *   streak, longest: first last (sessions)
 *   trend:    attended possible attended_before possible_before before_from before_to
 *             (dates) fall school_fall (hundredths of a point; nil without others)
 *             since (the Monday of the week in which the spell began) too_few, and
 *             what is asked: before points was_at_least least_possible
 *   weekday:  weekday ("friday", or nil) absent possible others_absent others_possible
 *             school_absent school_possible school_others_absent
 *             school_others_possible days of_days difference school_difference
 *             too_few, and what is asked: points at_least least_possible
 *   age_unknown: the rule counts by age, and no date of birth is known
 *   asked_from, asked_to: the period a caller gave, or nil
 * Methods: sessions() counted, unresolved() those that would count; and what
 * lua/sdk adds (because, why_not). Evidence keeps its pupil alive. */
#ifndef WAYMARK_LUA_EVIDENCE_H
#define WAYMARK_LUA_EVIDENCE_H

#include <lua.h>
#include <stdbool.h>

#include "attendance/measure.h"

/* Measure the pupil at one index by the rule at another (`by`), over the rule's own period
 * (DAY_NONE twice) or that from one day to another, and push the evidence. Raises when the
 * rule names a code that the pupil's codes lack. */
void lua_evidence_push(lua_State *L, int pupil, int by, day from, day to);

/* The evidence at `index`, or raises; and what it was measured of. Both lent by the value. */
const evidence *lua_evidence_check(lua_State *L, int index, const span **pupil);

/* Push the sessions of the evidence at `index` (with `watched` the unresolved ones) as
 * raw JSON, [["2025-09-08", "AM", "N"], …]: for the host, which keeps long lists of them. */
void lua_evidence_push_list(lua_State *L, int index, bool watched);

/* Register the type, add the measures to the table of pupil methods at
 * `methods`, and push the table of evidence methods. */
int lua_evidence_open(lua_State *L, int methods);

#endif
