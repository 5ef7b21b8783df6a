/* lanes_profile: the sessions of both sides are counted down the lanes, the school's once; a tally
 * counts both classes of absence, as a trend does. */
#include "attendance/lanes_profile.h"

#include "attendance/profile.h"

static size_t week_start(const lanes *l, int weeks) {
  const calendar *c = l->calendar;
  return l->end ? calendar_week_start(c, c->week[l->end - 1] - weeks + 1) : 0;
}

void lanes_trend(const compiled_rule *r, const lanes *l, const school_session *school, tally *now,
                 tally *before, bool *met) {
  size_t from = week_start(l, r->rule.weeks), first = week_start(l, r->rule.weeks + r->rule.before);
  bool beside = school && rule_needs_school(&r->rule);
  profile_counts here = {.pupil = {0}}, there = {.pupil = {0}};
  for (size_t i = first; beside && i < l->end; i++)
    profile_add_school(r, &school[i], i < from ? &there.everybody : &here.everybody);
  lanes_tally(l, from, l->end, now);
  lanes_tally(l, first, from, before);
  for (size_t i = 0; i < l->width; i++) {
    here.pupil = (share){now[i].absent, now[i].possible};
    there.pupil = (share){before[i].absent, before[i].possible};
    met[i] = profile_trend_met(r, school, &here, &there);
  }
}

static share less(share a, share b) {
  return (share){a.absent - b.absent, a.possible - b.possible};
}

void lanes_weekday(const compiled_rule *r, const lanes *l, const school_session *school,
                   lane_week *weeks, bool *met) {
  size_t from = week_start(l, r->rule.weeks);
  share all = {0}, of_all[WEEKDAYS] = {{0}};
  for (size_t i = from; school && i < l->end; i++) {
    profile_add_school(r, &school[i], &all);
    profile_add_school(r, &school[i], &of_all[date_weekday(session_day(l->calendar->at[i]))]);
  }
  lanes_weekdays(l, from, l->end, r->rule.classes, weeks);
  for (size_t i = 0; i < l->width; i++) {
    const lane_week *w = &weeks[i];
    share pupil = {0};
    for (int d = 0; d < WEEKDAYS; d++) {
      pupil.possible += w->possible[d];
      pupil.absent += w->absent[d];
    }
    met[i] = false;
    if (profile_is_short(r, school, pupil)) continue;
    for (int d = 0; !met[i] && d < WEEKDAYS; d++) {
      profile_counts on = {{w->absent[d], w->possible[d]}, of_all[d]};
      profile_counts others = {less(pupil, on.pupil), less(all, of_all[d])};
      met[i] = profile_weekday_met(r, &on, &others, w->away[d]);
    }
  }
}
