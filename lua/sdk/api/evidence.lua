-- api/evidence: the declaration of a rule's answer and of reasons. See api/init.lua.
-- luacheck: no max line length

local national = 'local england = require "england"\n\n'
local trend = 'local dip = trend { name = "dip-shown", weeks = 3, before = 9, points = 10 }\n\n'
local weekday = 'local fixed = weekday { name = "weekday-shown", weeks = 12, points = 20 }\n\n'

-- The kinds of rules, and those that came after level 1.
local kinds, newer = {}, {}
for _, entry in ipairs(require "api.rules".entries) do
  if entry.takes then kinds[#kinds + 1], newer[entry[1]] = entry[1], entry.since end
end

return {
  title = "evidence", where = "plugin", script = true, run = "step",
  about = "A rule's answer for one pupil. `print(e)` shows it in words. Which fields it has hangs on the kind of the "
    .. "rule; another kind's field raises.",
  choices = { kind = kinds },
  newer = { kind = newer },
  entries = {
    { "evidence", class = true, text = "What every rule answers.", example = national .. [[
local e = pupil:rolling(england.national)
e.met             --> false
e.count           --> 3
e.of              --> 10]],
      fields = {
        { "rule", "text", "its name" },
        { "kind", "kind" },
        { "met", "boolean" },
        { "count", "integer", "sessions counted; of a rate: absent" },
        { "of", "integer", "asked for; of a rate: possible" },
        { "weeks", "integer", "0 when the rule has none" },
        { "from", "date?", "the period looked at; of a run, its own first day" },
        { "to", "date?", "… and last day" },
        { "as_of", "date", "the day looked at" },
        { "asked_from", "date?", "the dates that a caller gave" },
        { "asked_to", "date?" },
        { "concern", "text", "what makes it the same concern: see below" },
        { "age_unknown", "boolean", "the rule counts by age, and no date of birth is known: taken as of compulsory "
          .. "school age" },
      } },
    { "rate_evidence", class = true, is = "evidence", text = "Of a rate, besides.", fields = {
      { "attended", "integer" },
      { "possible", "integer" },
      { "absent", "integer" },
      { "authorised", "integer" },
      { "unauthorised", "integer" },
      { "present", "integer" },
      { "educational", "integer" },
      { "not_possible", "integer" },
      { "percent", "number?", "nil when nothing was possible" },
      { "hundredths", "integer?", "9125 is 91.25 %" },
      { "band", "integer?", "the lowest band that is reached" },
      { "too_few", "boolean", "fewer possible sessions than the rule wants" },
    }, example = "pupil:rate().unauthorised    --> 3" },
    { "count_evidence", class = true, is = "evidence", text = "Of a count, besides.", fields = {
      { "since", "session?", "when the present spell of \"met\" began; nil when not met, or without `weeks`" },
      { "unit", "count_unit", "what `count` and `of` are counted in", since = 3 },
    }, example = 'local away = count { name = "away-since", codes = "O", weeks = 4 }\n\n'
      .. 'pupil:count(away).since      --> "2026-03-16 AM"' },
    { "rolling_evidence", class = true, is = "evidence", text = "Of a rolling count, besides.", fields = {
      { "first_met", "session?", "when ever first met" },
      { "since", "session?", "when the present spell of \"met\" began" },
      { "largest", "integer", "the largest count in any window" },
    }, example = national .. "pupil:rolling(england.national).largest    --> 3" },
    { "run_evidence", class = true, is = "evidence", text = "Of a streak or the longest run, besides.", fields = {
      { "first", "session?", "the run's first session" },
      { "last", "session?", "… and its last" },
      { "unit", "count_unit", "what `count` and `of` are counted in", since = 3 },
    }, example = 'local away = longest { name = "away-run", codes = "O" }\n\n'
      .. 'pupil:longest(away).last     --> "2026-03-17 AM"' },
    { "trend_evidence", class = true, is = "evidence", since = 2, text = "Of a trend, besides: the last school weeks "
      .. "(`from`, `to`, `count` absent of `of` possible) beside those before them.", fields = {
      { "attended", "integer", "in the last weeks" },
      { "possible", "integer" },
      { "attended_before", "integer", "in the weeks before" },
      { "possible_before", "integer" },
      { "before_from", "date?", "the first day of the weeks before" },
      { "before_to", "date?", "… and their last" },
      { "fall", "integer", "in hundredths of a percentage point: 1620 is 16.2 points; below 0 it rose" },
      { "school_fall", "integer?", "that of the rest of the school; nil when it is not looked at, or nobody else is "
        .. "there" },
      { "since", "date?", "the Monday of the school week in which the present spell of \"met\" began" },
      { "too_few", "boolean", "fewer possible sessions than the rule wants" },
      { "before", "integer", "the rule's own; so are the three that follow" },
      { "points", "integer" },
      { "was_at_least", "integer?" },
      { "least_possible", "integer" },
    }, example = trend .. "pupil:trend(dip).fall          --> 1000" },
    { "weekday_evidence", class = true, is = "evidence", since = 2, text = "Of a weekday, besides: absence on it "
      .. "(`count` of `of` possible) beside that on the other days of the same school weeks.", fields = {
      { "weekday", "weekday?", "the one that stands out most; nil without possible sessions to compare" },
      { "absent", "integer", "sessions on that weekday" },
      { "possible", "integer" },
      { "others_absent", "integer", "sessions on the other days" },
      { "others_possible", "integer" },
      { "school_absent", "integer", "the same of the rest of the school" },
      { "school_possible", "integer" },
      { "school_others_absent", "integer" },
      { "school_others_possible", "integer" },
      { "days", "integer", "such weekdays with an absence" },
      { "of_days", "integer", "… and with a possible session" },
      { "difference", "integer", "in hundredths of a percentage point: 5500 is 55 points" },
      { "school_difference", "integer?", "that of the rest of the school; nil when nobody else is there" },
      { "too_few", "boolean", "fewer possible sessions than the rule wants" },
      { "points", "integer", "the rule's own; so are the two that follow" },
      { "at_least", "integer" },
      { "least_possible", "integer" },
    }, example = weekday .. 'pupil:weekday(fixed).weekday   --> "monday"' },
    { "evidence:because", in_lua = true, gives = { "reason?" },
      takes = { { "words", "text", "why, in words for people" }, { "more", "evidence...", "further evidence" } },
      text = "A reason to suggest, which a step's `suggest` returns; nil when the rule is not met.",
      raises = "when the words are empty",
      example = 'local away = count { name = "away-because", codes = "O", weeks = 4 }\n\n'
        .. 'pupil:count(away):because("absent without leave").words    --> "absent without leave"' },
    { "evidence:why_not", in_lua = true, takes = {}, gives = { "text?" },
      text = "nil when the rule is met, else what is missing, in words: what a gate returns.",
      example = national
        .. 'pupil:rolling(england.national):why_not()    --> "3 of 10 half days in 10 school weeks"' },
    { "evidence:describe", in_lua = true, takes = {}, gives = { "text" },
      text = "One line for people; `tostring` gives the same.",
      example = national
        .. 'pupil:rolling(england.national):describe()   --> "3 of 10 half days in 10 school weeks"' },
    { "evidence:sessions", takes = {}, gives = { "list of mark" }, text = "The sessions that were counted, in order.",
      example = national .. 'pupil:rolling(england.national):sessions()[3].date    --> "2026-03-17"' },
    { "evidence:unresolved", takes = {}, gives = { "list of mark" },
      text = "The sessions that would count if they were decided so: those with a code of the rule's `unresolved`.",
      example = national .. "#pupil:rolling(england.national):unresolved()          --> 0" },
    { "reason", class = true, text = "What `suggest` returns. Only `because` makes one; `concern` may be "
      .. "set.", fields = {
      { "words", "text" },
      { "evidence", "list of evidence" },
      { "concern", "text?", "another text that makes it the same concern: at most 64 bytes" },
    }, example = 'local away = count { name = "away-reason", codes = "O", weeks = 4 }\n\n'
      .. [[
local reason = pupil:count(away):because "absent without leave"
if reason then reason.concern = "absent in " .. pupil.as_of:sub(1, 7) end
return reason]] },
  },
  notes = [[
The concern is the session where the present spell began (`rolling`, and `count` over school weeks),
the first session of the run (`streak`, `longest`), the Monday of the school week in which the spell
began (`trend`), else the rule, the weekday, the academic year and the band.

    $ waymark -C demo/oakfield -e 'for p in pupils { upn = "N881234525046" } do print(p:rolling(england.national):why_not()) end'
    4 of 10 half days in 10 school weeks]],
}
