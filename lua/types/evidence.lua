---@meta
-- evidence: what the declaration (lua/sdk/api/evidence.lua) says, for editors with the Lua language
-- server. Made by `make api`; never run, not to be edited.
-- luacheck: ignore

---@alias waymark.kind "rate"|"count"|"streak"|"longest"|"rolling"|"missing"|"trend"|"weekday"

---What every rule answers.
---@class waymark.evidence
---@field rule string its name
---@field kind waymark.kind
---@field met boolean
---@field count integer sessions counted; of a rate: absent
---@field of integer asked for; of a rate: possible
---@field weeks integer 0 when the rule has none
---@field from waymark.date? the period looked at; of a run, its own first day
---@field to waymark.date? … and last day
---@field as_of waymark.date the day looked at
---@field asked_from waymark.date? the dates that a caller gave
---@field asked_to waymark.date?
---@field concern string what makes it the same concern: see below
---@field age_unknown boolean the rule counts by age, and no date of birth is known: taken as of compulsory school age
local evidence = {}

---A reason to suggest, which a step's `suggest` returns; nil when the rule is not met. Raises when the words are empty.
---@param words string why, in words for people
---@param ... waymark.evidence further evidence
---@return waymark.reason?
function evidence:because(words, ...) end

---nil when the rule is met, else what is missing, in words: what a gate returns.
---@return string?
function evidence:why_not() end

---One line for people; `tostring` gives the same.
---@return string
function evidence:describe() end

---The sessions that were counted, in order.
---@return waymark.mark[]
function evidence:sessions() end

---The sessions that would count if they were decided so: those with a code of the rule's `unresolved`.
---@return waymark.mark[]
function evidence:unresolved() end

---Of a rate, besides.
---@class waymark.rate_evidence : waymark.evidence
---@field attended integer
---@field possible integer
---@field absent integer
---@field authorised integer
---@field unauthorised integer
---@field present integer
---@field educational integer
---@field not_possible integer
---@field percent number? nil when nothing was possible
---@field hundredths integer? 9125 is 91.25 %
---@field band integer? the lowest band that is reached
---@field too_few boolean fewer possible sessions than the rule wants
local rate_evidence = {}

---Of a count, besides.
---@class waymark.count_evidence : waymark.evidence
---@field since waymark.session? when the present spell of "met" began; nil when not met, or without `weeks`
---@field unit waymark.count_unit what `count` and `of` are counted in
local count_evidence = {}

---Of a rolling count, besides.
---@class waymark.rolling_evidence : waymark.evidence
---@field first_met waymark.session? when ever first met
---@field since waymark.session? when the present spell of "met" began
---@field largest integer the largest count in any window
local rolling_evidence = {}

---Of a streak or the longest run, besides.
---@class waymark.run_evidence : waymark.evidence
---@field first waymark.session? the run's first session
---@field last waymark.session? … and its last
---@field unit waymark.count_unit what `count` and `of` are counted in
local run_evidence = {}

---Of a trend, besides: the last school weeks (`from`, `to`, `count` absent of `of` possible) beside those before them.
---@class waymark.trend_evidence : waymark.evidence
---@field attended integer in the last weeks
---@field possible integer
---@field attended_before integer in the weeks before
---@field possible_before integer
---@field before_from waymark.date? the first day of the weeks before
---@field before_to waymark.date? … and their last
---@field fall integer in hundredths of a percentage point: 1620 is 16.2 points; below 0 it rose
---@field school_fall integer? that of the rest of the school; nil when it is not looked at, or nobody else is there
---@field since waymark.date? the Monday of the school week in which the present spell of "met" began
---@field too_few boolean fewer possible sessions than the rule wants
---@field before integer the rule's own; so are the three that follow
---@field points integer
---@field was_at_least integer?
---@field least_possible integer
local trend_evidence = {}

---Of a weekday, besides: absence on it (`count` of `of` possible) beside that on the other days of the same school weeks.
---@class waymark.weekday_evidence : waymark.evidence
---@field weekday waymark.weekday? the one that stands out most; nil without possible sessions to compare
---@field absent integer sessions on that weekday
---@field possible integer
---@field others_absent integer sessions on the other days
---@field others_possible integer
---@field school_absent integer the same of the rest of the school
---@field school_possible integer
---@field school_others_absent integer
---@field school_others_possible integer
---@field days integer such weekdays with an absence
---@field of_days integer … and with a possible session
---@field difference integer in hundredths of a percentage point: 5500 is 55 points
---@field school_difference integer? that of the rest of the school; nil when nobody else is there
---@field too_few boolean fewer possible sessions than the rule wants
---@field points integer the rule's own; so are the two that follow
---@field at_least integer
---@field least_possible integer
local weekday_evidence = {}

---What `suggest` returns. Only `because` makes one; `concern` may be set.
---@class waymark.reason
---@field words string
---@field evidence waymark.evidence[]
---@field concern string? another text that makes it the same concern: at most 64 bytes
local reason = {}
