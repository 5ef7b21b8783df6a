-- api/pupil: the declaration of pupils and what they hold. See api/init.lua.

local period = "the first day, instead of the rule's own period"
local last = "the last day"

local function measure(name, gives, text, example, takes, since)
  return { "pupil:" .. name, gives = { gives }, text = text, example = example, grant = "registers",
    since = since, takes = takes or { { "rule", "rule", ("made by %s { … }"):format(name) } } }
end

local function dated(kind)
  return { { "rule", "rule", ("made by %s { … }"):format(kind) }, { "from", "date?", period }, { "to", "date?", last } }
end

return {
  title = "pupil", where = "plugin", script = true, run = "step",
  about = "A pupil at one school: the first argument of a step's `suggest` and `gate`, the second of a hook, and what "
    .. "`pupils { … }` gives to scripts. A field that was not granted raises and names the grant; so does an unknown "
    .. "one, with the nearest name. What is not granted is not sent to the worker at all. Every method reads marks, "
    .. "and needs the grant `registers`.",
  choices = {
    half = { "AM", "PM" },
    class = { "missing", "present", "educational", "authorised", "unauthorised", "not-possible", "administrative" },
  },
  entries = {
    { "pupil", class = true, text = "What is known of a pupil.",
      example = [[
pupil.name              --> "Ada Byron"
pupil.form              --> "5A"
pupil.school.phase      --> "primary"
#pupil.contacts         --> 1
pupil.as_of             --> "2026-03-20"]],
      fields = {
        { "upn", "text", "unique pupil number", grant = "pupil.upn" },
        { "name", "text", "forename and surname", grant = "pupil.name" },
        { "surname", "text", nil, grant = "pupil.name" },
        { "forename", "text", nil, grant = "pupil.name" },
        { "year", "text?", "the year group", grant = "pupil.groups" },
        { "form", "text?", nil, grant = "pupil.groups" },
        { "groups", "map of text", "further columns of the list of pupils, by heading: those that waymark.lua names as "
          .. "`groups`, and with the grant `sensitive` all", grant = "pupil.groups" },
        { "dob", "date?", "date of birth", grant = "pupil.dob" },
        { "sex", "text?", nil, grant = "pupil.sex" },
        { "sen", "text?", "as the school's system gives it", grant = "sensitive" },
        { "fsm", "text?", "as the school's system gives it", grant = "sensitive" },
        { "details", "list of mark_detail", "what came with marks beside their codes, in order", grant = "sensitive",
          since = 3 },
        { "contacts", "list of contact", "in the order of their priority", grant = "contacts" },
        { "case", "list of entry", "what was recorded; steps have the object `case`", grant = "cases" },
        { "school", "school", "the school of this enrolment" },
        { "calendar", "calendar", "the school's planned days" },
        { "as_of", "date", "the day looked at" },
        { "id", "integer", "the number of the enrolment" },
      } },
    measure("rate", "rate_evidence", "Attendance: attended of possible sessions. Without a rule, of the academic year "
      .. "to date.", 'pupil:rate().absent     --> 3', { { "rule", "rule?", "made by rate { … }" },
        { "from", "date?", period }, { "to", "date?", last } }),
    measure("count", "count_evidence", "How many sessions bear one of the rule's codes.", [[
local away = count { name = "away", codes = "O", weeks = 4 }

pupil:count(away).count                                    --> 3
pupil:count(away, "2026-03-17", "2026-03-17").count        --> 1]], dated "count"),
    measure("streak", "run_evidence", "The run that goes on now. It takes no dates: a run is as long as it is.", [[
local away = streak { name = "away-now", codes = "O" }

pupil:streak(away).met                                     --> false]]),
    measure("longest", "run_evidence", "The longest run of the period.", [[
local away = longest { name = "away-longest", codes = "O" }

pupil:longest(away).first                                  --> "2026-03-16 AM"
pupil:longest(away).count                                  --> 3]], dated "longest"),
    measure("rolling", "rolling_evidence", "How many sessions within a rolling number of school weeks, and when that "
      .. "was ever enough. It takes no dates.", [[
local england = require "england"

pupil:rolling(england.national).count                      --> 3
pupil:rolling(england.national).met                        --> false]]),
    measure("missing", "evidence", "Open sessions without a mark, up to the last that came in.", [[
local unmarked = missing { name = "unmarked" }

pupil:missing(unmarked, "2026-03-02", "2026-03-06").count  --> 0]], dated "missing"),
    measure("trend", "trend_evidence", "Attendance of the last school weeks beside that of the weeks before them. It "
      .. "takes no dates.", [[
local dip = trend { name = "dip", weeks = 3, before = 9, points = 10 }

pupil:trend(dip).fall           --> 1000
pupil:trend(dip):describe()     --> "attendance fell from 100.0 % to 90.0 % in the last 3 school weeks"]], nil, 2),
    measure("weekday", "weekday_evidence", "The weekday on which the pupil is absent most beyond the other days, and "
      .. "beyond what the school shares. It takes no dates.", [[
local fixed = weekday { name = "fixed", weeks = 12, points = 20, at_least = 3 }

pupil:weekday(fixed).weekday    --> "monday"
pupil:weekday(fixed).met        --> false]], nil, 2),
    measure("measure", "evidence", "As the method of the rule's kind, whatever that is.", [[
local england = require "england"

pupil:measure(england.national).kind                       --> "rolling"]],
      { { "rule", "rule", "of any kind" }, { "from", "date?", period }, { "to", "date?", last } }),
    { "pupil:persistent", takes = {}, gives = { "boolean" }, grant = "registers", in_lua = true,
      text = "Whether absence reaches the rate rule called \"persistent\": in England 10 % of the pupil's own "
        .. "possible sessions, in the academic year to date.", raises = "when no plugin in use declares a rule of "
        .. "that name",
      example = "pupil:persistent()      --> false" },
    { "pupil:severe", takes = {}, gives = { "boolean" }, grant = "registers", in_lua = true,
      text = "Whether absence reaches the rate rule called \"severe\": in England 50 % of the pupil's own possible "
        .. "sessions, in the academic year to date.", raises = "when no plugin in use declares a rule of that name",
      example = "pupil:severe()          --> false" },
    { "pupil:mark", takes = { { "date", "date" }, { "half", "half" } }, grant = "registers",
      gives = { { "text?", "code" }, { "class?", "class" } },
      text = "The code of one session, and its class. The code is \"\" without a mark; nothing at all comes back when "
        .. "the school is closed then or the day lies after `as_of`.",
      example = [[
pupil:mark("2026-03-16", "AM")     --> "O", "unauthorised"
pupil:mark("2026-03-21", "AM")     --> nil]] },
    { "pupil:marks", takes = { { "from", "date?", "the first day on roll if absent" }, { "to", "date?",
        "the day looked at if absent" } }, gives = { "list of mark" }, grant = "registers",
      text = "The open sessions to `as_of` with their marks, in order.",
      example = 'pupil:marks("2026-03-16", "2026-03-17")[4].code    --> "/"' },
    { "mark", class = true, text = "One open session and its mark.", fields = {
      { "date", "date" },
      { "session", "half" },
      { "code", "text", "\"\" when there is none" },
      { "class", "class" },
    }, example = 'pupil:marks("2026-03-16")[1].class    --> "unauthorised"' },
    { "mark_detail", class = true, grant = "sensitive", since = 3,
      text = "What came with a mark beside its code. One that was replaced is not told of.", fields = {
        { "date", "date", nil, since = 3 },
        { "session", "half", nil, since = 3 },
        { "code", "text", nil, since = 3 },
        { "minutes_late", "integer?", nil, since = 3 },
        { "sub_code", "text?", "the code of the school's own system", since = 3 },
        { "comment", "text?", "as the school's system has it: for staff, never for a page that a family gets",
          since = 3 },
      }, example = '#pupil.details          --> 0' },
    { "school", class = true, text = "The school that a pupil is at.", fields = {
      { "id", "integer" },
      { "key", "text", "how the settings name it" },
      { "name", "text" },
      { "phase", "text?" },
      { "la", "text?", "the local authority's number" },
      { "reach", "date?", "the last day that registers came in for" },
      { "reach_session", "half?", "and the session of that day" },
    }, example = 'pupil.school.reach      --> "2026-03-20"' },
    { "contact", class = true, grant = "contacts", text = "Somebody to be asked about a pupil.", fields = {
      { "id", "integer", "stays over imports" },
      { "title", "text?" },
      { "forename", "text?" },
      { "surname", "text?" },
      { "relationship", "text?" },
      { "parental_responsibility", "boolean?" },
      { "lives_with", "boolean?" },
      { "parent", "text", "`yes`, `no` or `unknown`: a parent has parental responsibility or care of the child "
        .. "(Education Act 1996 s.576); of whom neither is known, a relationship such as mother says yes", since = 3 },
      { "no_contact", "boolean?", "nobody may write to or ring this person" },
      { "confidential_address", "boolean?" },
      { "priority", "integer?", "1 is asked first" },
      { "email", "text?" },
      { "phone", "text?" },
      { "address", "text?", "never one that is marked confidential" },
      { "language", "text?" },
      { "dob", "date?", "date of birth", since = 2 },
      { "communication_needs", "text?", "large print, an interpreter", since = 2 },
      { "checked_on", "date?", "when these details were last checked", since = 2 },
    }, example = 'pupil.contacts[1].relationship     --> "mother"' },
  },
}
