---@meta
-- pupil: what the declaration (lua/sdk/api/pupil.lua) says, for editors with the Lua language
-- server. Made by `make api`; never run, not to be edited.
-- luacheck: ignore

---A day as text, "2025-09-08".
---@alias waymark.date string
---A session as text, "2025-09-08 AM".
---@alias waymark.session string

---@alias waymark.class "missing"|"present"|"educational"|"authorised"|"unauthorised"|"not-possible"|"administrative"
---@alias waymark.half "AM"|"PM"

---What is known of a pupil.
---@class waymark.pupil
---@field upn string unique pupil number; grant pupil.upn
---@field name string forename and surname; grant pupil.name
---@field surname string grant pupil.name
---@field forename string grant pupil.name
---@field year string? the year group; grant pupil.groups
---@field form string? grant pupil.groups
---@field groups table<string, string> further columns of the list of pupils, by heading: those that waymark.lua names as `groups`, and with the grant `sensitive` all; grant pupil.groups
---@field dob waymark.date? date of birth; grant pupil.dob
---@field sex string? grant pupil.sex
---@field sen string? as the school's system gives it; grant sensitive
---@field fsm string? as the school's system gives it; grant sensitive
---@field details waymark.mark_detail[] what came with marks beside their codes, in order; grant sensitive
---@field contacts waymark.contact[] in the order of their priority; grant contacts
---@field case waymark.entry[] what was recorded; steps have the object `case`; grant cases
---@field school waymark.school the school of this enrolment
---@field calendar waymark.calendar the school's planned days
---@field as_of waymark.date the day looked at
---@field id integer the number of the enrolment
local pupil = {}

---Attendance: attended of possible sessions. Without a rule, of the academic year to date. Grant: registers.
---@param rule waymark.rule? made by rate { … }
---@param from waymark.date? the first day, instead of the rule's own period
---@param to waymark.date? the last day
---@return waymark.rate_evidence
function pupil:rate(rule, from, to) end

---How many sessions bear one of the rule's codes. Grant: registers.
---@param rule waymark.rule made by count { … }
---@param from waymark.date? the first day, instead of the rule's own period
---@param to waymark.date? the last day
---@return waymark.count_evidence
function pupil:count(rule, from, to) end

---The run that goes on now. It takes no dates: a run is as long as it is. Grant: registers.
---@param rule waymark.rule made by streak { … }
---@return waymark.run_evidence
function pupil:streak(rule) end

---The longest run of the period. Grant: registers.
---@param rule waymark.rule made by longest { … }
---@param from waymark.date? the first day, instead of the rule's own period
---@param to waymark.date? the last day
---@return waymark.run_evidence
function pupil:longest(rule, from, to) end

---How many sessions within a rolling number of school weeks, and when that was ever enough. It takes no dates. Grant: registers.
---@param rule waymark.rule made by rolling { … }
---@return waymark.rolling_evidence
function pupil:rolling(rule) end

---Open sessions without a mark, up to the last that came in. Grant: registers.
---@param rule waymark.rule made by missing { … }
---@param from waymark.date? the first day, instead of the rule's own period
---@param to waymark.date? the last day
---@return waymark.evidence
function pupil:missing(rule, from, to) end

---Attendance of the last school weeks beside that of the weeks before them. It takes no dates. Grant: registers.
---@param rule waymark.rule made by trend { … }
---@return waymark.trend_evidence
function pupil:trend(rule) end

---The weekday on which the pupil is absent most beyond the other days, and beyond what the school shares. It takes no dates. Grant: registers.
---@param rule waymark.rule made by weekday { … }
---@return waymark.weekday_evidence
function pupil:weekday(rule) end

---As the method of the rule's kind, whatever that is. Grant: registers.
---@param rule waymark.rule of any kind
---@param from waymark.date? the first day, instead of the rule's own period
---@param to waymark.date? the last day
---@return waymark.evidence
function pupil:measure(rule, from, to) end

---Whether absence reaches the rate rule called "persistent": in England 10 % of the pupil's own possible sessions, in the academic year to date. Grant: registers. Raises when no plugin in use declares a rule of that name.
---@return boolean
function pupil:persistent() end

---Whether absence reaches the rate rule called "severe": in England 50 % of the pupil's own possible sessions, in the academic year to date. Grant: registers. Raises when no plugin in use declares a rule of that name.
---@return boolean
function pupil:severe() end

---The code of one session, and its class. The code is "" without a mark; nothing at all comes back when the school is closed then or the day lies after `as_of`. Grant: registers.
---@param date waymark.date
---@param half waymark.half
---@return string? code
---@return waymark.class? class
function pupil:mark(date, half) end

---The open sessions to `as_of` with their marks, in order. Grant: registers.
---@param from waymark.date? the first day on roll if absent
---@param to waymark.date? the day looked at if absent
---@return waymark.mark[]
function pupil:marks(from, to) end

---One open session and its mark.
---@class waymark.mark
---@field date waymark.date
---@field session waymark.half
---@field code string "" when there is none
---@field class waymark.class
local mark = {}

---What came with a mark beside its code. One that was replaced is not told of. Grant: sensitive.
---@class waymark.mark_detail
---@field date waymark.date
---@field session waymark.half
---@field code string
---@field minutes_late integer?
---@field sub_code string? the code of the school's own system
---@field comment string? as the school's system has it: for staff, never for a page that a family gets
local mark_detail = {}

---The school that a pupil is at.
---@class waymark.school
---@field id integer
---@field key string how the settings name it
---@field name string
---@field phase string?
---@field la string? the local authority's number
---@field reach waymark.date? the last day that registers came in for
---@field reach_session waymark.half? and the session of that day
local school = {}

---Somebody to be asked about a pupil. Grant: contacts.
---@class waymark.contact
---@field id integer stays over imports
---@field title string?
---@field forename string?
---@field surname string?
---@field relationship string?
---@field parental_responsibility boolean?
---@field lives_with boolean?
---@field parent string `yes`, `no` or `unknown`: a parent has parental responsibility or care of the child (Education Act 1996 s.576); of whom neither is known, a relationship such as mother says yes
---@field no_contact boolean? nobody may write to or ring this person
---@field confidential_address boolean?
---@field priority integer? 1 is asked first
---@field email string?
---@field phone string?
---@field address string? never one that is marked confidential
---@field language string?
---@field dob waymark.date? date of birth
---@field communication_needs string? large print, an interpreter
---@field checked_on waymark.date? when these details were last checked
local contact = {}
