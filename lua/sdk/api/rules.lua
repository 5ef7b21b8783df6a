-- api/rules: the declaration of rules and their constructors. See api/init.lua.

local fields = {
  name = { "name", "text", "up to 39 letters, digits, - and _; its own among the plugins loaded "
    .. "together", required = true },
  codes = { "codes", "text|list of text", "\"GNOU\", each character a code, or { \"G\", \"Y1\" }" },
  classes = { "classes", "class|list of class", "one or several classes of marks (never \"missing\")" },
  unresolved = { "unresolved", "text|list of text", "codes that would count if they were decided so" },
  at_least = { "at_least", "integer", "how many make it \"met\"", least = 1, most = 10000, default = "1" },
  period = { "period", "period", "\"year\" (the academic year to date), \"all\", or \"weeks\"", default = '"year"' },
  weeks = { "weeks", "integer", "the last so many school weeks to date, that of the day "
    .. "included", least = 1, most = 520 },
  since = { "since", "date", "sessions before this date do not count" },
  ages = { "ages", "ages", "on which days a pupil counts by age, such as `england.compulsory`" },
  unit = { "unit", "count_unit", "\"days\": school days that have one; of a run, school days of which every half day "
    .. "counts, and any other mark ends it", default = '"sessions"', since = 3 },
  after = { "after", "text|list of text", "only a run just after one of these codes", since = 3 },
  bands = { "bands", "list of integer", "whole percentages, the highest first; met when attendance is at or under "
    .. "one" },
  least_possible = { "least_possible", "integer", "with fewer possible sessions a rate says nothing", least = 1,
    most = 10000 },
  points = { "points", "integer", "how many percentage points make it \"met\"", least = 1, most = 100,
    required = true },
  lately = { "weeks", "integer", "the last so many school weeks to date, that of the day included", least = 1,
    most = 520, required = true },
  before = { "before", "integer", "beside so many school weeks before them", least = 1, most = 520, required = true },
  was_at_least = { "was_at_least", "integer", "only a pupil whose attendance was so many percent or more in the weeks "
    .. "before", least = 1, most = 100 },
  least_in_both = { "least_possible", "integer", "with fewer possible sessions, before or lately, a trend says nothing",
    least = 1, most = 10000, default = "20" },
  least_in_all = { "least_possible", "integer", "with fewer possible sessions in all a weekday says nothing", least = 1,
    most = 10000, default = "20" },
  beside_school = { "beside_school", "boolean", "what the rest of the school fell over the same weeks is taken off",
    default = "true" },
  absence = { "classes", "class|list of class", "what is an absence: \"authorised\", \"unauthorised\", or both",
    default = "both" },
  such_days = { "at_least", "integer", "on how many such days the pupil was away", least = 1, most = 10000,
    default = "3" },
  edition = { "edition", "text", "where the rule is from, as `explain` and `plugin info` say it: the edition of the "
    .. "guidance, the regulation, a setting; a line of at most 200 bytes", since = 3 },
  window = { "weeks", "integer", "the width of the window in school weeks", least = 1, most = 520, required = true },
}

local function form(...)
  local list = {}
  for i, name in ipairs { ... } do list[i] = fields[name] end
  return list
end

local function newer(since, entry)
  entry.since = since
  return entry
end

local function kind(name, text, example, ...)
  local own = form("name", ...)
  own[#own + 1] = fields.edition
  return { name, takes = { { "fields", name .. " fields" } }, gives = { "rule" }, form = own, text = text,
    example = example, run = "load", raises = "inside a step or a hook of a plugin: rules are made when it loads" }
end

return {
  title = "rules", where = "plugin", script = true, run = "load",
  about = "A rule is a value, made once when a plugin loads: `rolling { name = \"national\", codes = \"GNOU\", … }`. "
    .. "A pupil's method of the same name measures it. Rules that count need `codes` or `classes`.",
  choices = { period = { "year", "weeks", "all" }, count_unit = { "sessions", "days" },
    weekday = { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" } },
  newer = { count_unit = { sessions = 3, days = 3 } },
  entries = {
    kind("rate", "Attended of possible sessions.", [[
local low = rate { name = "low", bands = { 95, 90 }, least_possible = 20 }
low.kind                --> "rate"]], "bands", "least_possible", "period", "weeks", "since", "ages"),
    kind("count", "How many sessions bear one of the codes.", [[
local late = count { name = "late", codes = "LU", weeks = 6, at_least = 4 }
late.at_least           --> 4]], "codes", "classes", "at_least", "unit", "period", "weeks", "since", "ages"),
    kind("streak", "The run of them that goes on now, however long it is.", [[
local ill = streak { name = "ill", codes = "I", at_least = 6 }
ill.name                --> "ill"]], "codes", "classes", "at_least", "since", "ages"),
    kind("longest", "The longest such run of the period.", [[
local run = longest { name = "longest-ill", codes = "I", period = "all" }
run.kind                --> "longest"]], "codes", "classes", "at_least", "unit", "after", "period",
      "weeks", "since", "ages"),
    kind("rolling", "How many within a rolling number of school weeks, and when ever met.", [[
local ten = rolling { name = "ten-in-ten", classes = "unauthorised", at_least = 10, weeks = 10 }
ten.weeks               --> 10]], "codes", "classes", "unresolved", "at_least", "window", "since", "ages"),
    kind("missing", "Open sessions up to the reach without a mark.", [[
local gaps = missing { name = "gaps", weeks = 2 }
tostring(gaps)          --> 'missing "gaps"']], "at_least", "period", "weeks", "since"),
    newer(2, kind("trend", "Attendance of the last school weeks beside the school weeks before them: met when it fell "
      .. "by so many percentage points.", [[
local dip = trend { name = "dip-rule", weeks = 3, before = 9, points = 10, was_at_least = 95 }
dip.weeks               --> 3]], "lately", "before", "points", "was_at_least", "least_in_both", "beside_school")),
    newer(2, kind("weekday", "Absence on one weekday beside the other days of the same school weeks: met when it is so "
      .. "many percentage points more, beyond what the rest of the school shares.", [[
local fixed = weekday { name = "fixed-rule", classes = "unauthorised", weeks = 12, points = 20 }
fixed.kind              --> "weekday"]], "absence", "lately", "points", "such_days", "least_in_all")),
    { "rule", class = true, text = "What the constructors give. Besides these it shows the fields that it was made "
      .. "from.",
      fields = {
        { "name", "text" },
        { "kind", "kind" },
        { "at_least", "integer" },
        { "weeks", "integer?" },
        { "since", "date?" },
      }, example = 'count { name = "shown", codes = "L" }.at_least    --> 1' },
    { "ages", form = {
        { "from_age", "integer", "the age from which a pupil counts", least = 1, most = 30, required = true },
        { "from_on", "list of text", "\"08-31\": counts from the first of these on or after that birthday",
          required = true },
        { "to_age", "integer", "the age in whose school year it ends", least = 1, most = 30, required = true },
        { "year_begins", "text", "\"09-01\": when a school year begins", required = true },
        { "to_month", "integer", "the month in which it ends", least = 1, most = 12, required = true },
        { "to_last", "weekday", "its last such weekday is the last day", required = true },
      }, text = "On which days a pupil counts by age: the table that a rule takes as `ages`.", example = [[
local ages = { from_age = 5, from_on = { "03-31", "08-31", "12-31" }, to_age = 16, year_begins = "09-01",
  to_month = 6, to_last = "friday" }
local compulsory = rate { name = "of-age", ages = ages }]] },
  },
  notes = [[
A run passes over sessions that were not possible or have not come in; a missing mark ends it. A run by
days passes over what is no school at all, and a day that has not come in whole does not count yet. A
window is the session's school week and the school weeks before it, over holidays, terms and years.
Windows and runs do not cross schools.

A trend and a weekday are read beside the rest of the school: what fell with everybody (snow, an
illness that goes round) or is worse for everybody (Fridays) is taken off; where the others went the
other way, nothing is added. Half days are compared, by counts, never by rounded percentages.

    $ waymark -C demo/oakfield -e 'print(rolling { name = "x", codes = "G", week = 3 })'
    waymark: -e:1: rolling { name = "x" }: it has no field "week"; did you mean "weeks"?]],
}
