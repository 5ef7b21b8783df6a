---@meta
-- What plugins, scripts and settings can use, for editors with the Lua language
-- server. Never run. The manual with the meaning of each is lua/README.md; the
-- definitions are core/script/lua_*.c and lua/sdk.
-- luacheck: ignore

---A day as text, "2025-09-08".
---@alias waymark.date string
---A session as text, "2025-09-08 AM".
---@alias waymark.session string
---@alias waymark.half "AM"|"PM"
---@alias waymark.class "missing"|"present"|"educational"|"authorised"|"unauthorised"|"not-possible"|"administrative"
---@alias waymark.principle "expect"|"monitor"|"listen"|"facilitate"|"formalise"|"enforce"
---@alias waymark.grant "registers"|"pupil.upn"|"pupil.name"|"pupil.groups"|"pupil.dob"|"pupil.sex"|"sensitive"|"contacts"|"cases"
---@alias waymark.sends "mail"|"note"|"follow-up"
---@alias waymark.audience "staff"|"referral"|"family"
---@alias waymark.field_type "text"|"date"|"contact"|"number"|"yes-no"
---@alias waymark.kind "rate"|"count"|"streak"|"longest"|"rolling"|"missing"

-- Pupils ------------------------------------------------------------------------

---One open session and its mark; the code is "" when there is none.
---@class waymark.mark
---@field date waymark.date
---@field session waymark.half
---@field code string
---@field class waymark.class

---@class waymark.school
---@field id integer
---@field key string
---@field name string
---@field phase string?
---@field la string?
---@field reach waymark.date?          the last day that registers came in for
---@field reach_session waymark.half?

---@class waymark.contact
---@field id integer
---@field title string?
---@field forename string?
---@field surname string?
---@field relationship string?
---@field parental_responsibility boolean?
---@field lives_with boolean?
---@field no_contact boolean?
---@field confidential_address boolean?
---@field priority integer?
---@field email string?
---@field phone string?
---@field address string?              never one that is marked confidential
---@field language string?

---A pupil at one school. A field that was not granted raises.
---@class waymark.pupil
---@field upn string                   grant pupil.upn
---@field name string                  grant pupil.name
---@field surname string               grant pupil.name
---@field forename string              grant pupil.name
---@field year string?                 grant pupil.groups
---@field form string?                 grant pupil.groups
---@field groups table<string, string> grant pupil.groups
---@field dob waymark.date?            grant pupil.dob
---@field sex string?                  grant pupil.sex
---@field sen string?                  grant sensitive
---@field fsm string?                  grant sensitive
---@field contacts waymark.contact[]   grant contacts
---@field case waymark.entry[]         grant cases; steps have the object `case`
---@field school waymark.school
---@field calendar waymark.calendar
---@field as_of waymark.date           the day looked at
---@field id integer                   the number of the enrolment
local pupil = {}

---Attendance: attended of possible. Without a rule, of the academic year to date.
---@param rule waymark.rule?
---@param from waymark.date?
---@param to waymark.date?
---@return waymark.rate_evidence
function pupil:rate(rule, from, to) end

---@param rule waymark.rule
---@param from waymark.date?
---@param to waymark.date?
---@return waymark.count_evidence
function pupil:count(rule, from, to) end

---The run that goes on now.
---@param rule waymark.rule
---@return waymark.run_evidence
function pupil:streak(rule) end

---The longest run of the period.
---@param rule waymark.rule
---@param from waymark.date?
---@param to waymark.date?
---@return waymark.run_evidence
function pupil:longest(rule, from, to) end

---@param rule waymark.rule
---@return waymark.rolling_evidence
function pupil:rolling(rule) end

---@param rule waymark.rule
---@param from waymark.date?
---@param to waymark.date?
---@return waymark.evidence
function pupil:missing(rule, from, to) end

---Whatever the kind of the rule.
---@param rule waymark.rule
---@param from waymark.date?
---@param to waymark.date?
---@return waymark.evidence
function pupil:measure(rule, from, to) end

---Whether absence reaches the rule "persistent".
---@return boolean
function pupil:persistent() end

---Whether absence reaches the rule "severe".
---@return boolean
function pupil:severe() end

---Nothing when the school is closed then, or the day lies after `as_of`.
---@param date waymark.date
---@param half waymark.half
---@return string? code
---@return waymark.class? class
function pupil:mark(date, half) end

---@param from waymark.date?
---@param to waymark.date?
---@return waymark.mark[]
function pupil:marks(from, to) end

-- Evidence ----------------------------------------------------------------------

---A rule's answer; tostring() gives it in words.
---@class waymark.evidence
---@field rule string                  its name
---@field kind waymark.kind
---@field met boolean
---@field count integer                sessions counted; rate: absent
---@field of integer                   asked for; rate: possible
---@field weeks integer                0 when the rule has none
---@field from waymark.date?           the period; of a run, its own
---@field to waymark.date?
---@field as_of waymark.date
---@field age_unknown boolean         the rule counts by age, and no date of birth is known
---@field asked_from waymark.date?
---@field asked_to waymark.date?
---@field concern string
local evidence = {}

---A reason to suggest; nil when the rule is not met.
---@param words string
---@param ... waymark.evidence         further evidence
---@return waymark.reason?
function evidence:because(words, ...) end

---nil when met, else what is missing.
---@return string?
function evidence:why_not() end

---@return string
function evidence:describe() end

---@return waymark.mark[]
function evidence:sessions() end

---Those that would count if they were decided so.
---@return waymark.mark[]
function evidence:unresolved() end

---@class waymark.rate_evidence : waymark.evidence
---@field attended integer
---@field possible integer
---@field absent integer
---@field authorised integer
---@field unauthorised integer
---@field present integer
---@field educational integer
---@field not_possible integer
---@field percent number?              nil when nothing was possible
---@field hundredths integer?          9125 is 91.25 %
---@field band integer?                the lowest band that is reached
---@field too_few boolean

---@class waymark.count_evidence : waymark.evidence
---@field since waymark.session?       as for rolling, when the rule has weeks

---@class waymark.rolling_evidence : waymark.evidence
---@field first_met waymark.session?
---@field since waymark.session?       when the present spell of "met" began
---@field largest integer              the largest count in any window

---@class waymark.run_evidence : waymark.evidence
---@field first waymark.session?
---@field last waymark.session?

---What `suggest` returns. `concern` may be set: at most 64 bytes.
---@class waymark.reason
---@field words string
---@field evidence waymark.evidence[]
---@field concern string?

-- Rules -------------------------------------------------------------------------

---@class waymark.rule
---@field name string
---@field kind waymark.kind
---@field at_least integer
---@field weeks integer?
---@field since waymark.date?

---@class waymark.ages
---@field from_age integer
---@field from_on string[]             "08-31": the first of these on or after that birthday
---@field to_age integer
---@field year_begins string           "09-01"
---@field to_month integer
---@field to_last "monday"|"tuesday"|"wednesday"|"thursday"|"friday"|"saturday"|"sunday"

---@class waymark.rate_fields
---@field name string
---@field bands integer[]?             percentages, the highest first
---@field least_possible integer?
---@field period "year"|"weeks"|"all"|nil
---@field weeks integer?
---@field since waymark.date?
---@field ages waymark.ages?

---@class waymark.count_fields
---@field name string
---@field codes string|string[]|nil    "GNOU", or { "G", "Y1" }
---@field classes waymark.class|waymark.class[]|nil
---@field at_least integer?            1 if absent
---@field period "year"|"weeks"|"all"|nil
---@field weeks integer?
---@field since waymark.date?
---@field ages waymark.ages?

---@class waymark.streak_fields
---@field name string
---@field codes string|string[]|nil
---@field classes waymark.class|waymark.class[]|nil
---@field at_least integer?
---@field since waymark.date?
---@field ages waymark.ages?

---@class waymark.rolling_fields
---@field name string
---@field codes string|string[]|nil
---@field classes waymark.class|waymark.class[]|nil
---@field unresolved string|string[]|nil
---@field at_least integer?
---@field weeks integer
---@field since waymark.date?
---@field ages waymark.ages?

---@class waymark.missing_fields
---@field name string
---@field at_least integer?
---@field period "year"|"weeks"|"all"|nil
---@field weeks integer?
---@field since waymark.date?

---@param fields waymark.rate_fields
---@return waymark.rule
function rate(fields) end

---@param fields waymark.count_fields
---@return waymark.rule
function count(fields) end

---@param fields waymark.streak_fields
---@return waymark.rule
function streak(fields) end

---@param fields waymark.count_fields
---@return waymark.rule
function longest(fields) end

---@param fields waymark.rolling_fields
---@return waymark.rule
function rolling(fields) end

---@param fields waymark.missing_fields
---@return waymark.rule
function missing(fields) end

-- Case ---------------------------------------------------------------------------

---@class waymark.entry
---@field kind "recorded"|"bypassed"|"put-off"|"held"|"attached"|"noted"|"follow-up"
---@field on waymark.date
---@field step string?
---@field school string                its key
---@field outcome string?
---@field attempt boolean?             the outcome was one of the step's attempts
---@field with string?
---@field reason string?               a code of the road map's reasons
---@field note string?
---@field audience waymark.audience?
---@field review_on waymark.date?
---@field fields table<string, any>?   what the step records
---@field despite string?              why it was done past its gate
---@field gate string?                 what the gate said
---@field history boolean?             from `import entries`
---@field [string] any                what else was recorded

---What was recorded for the pupil, in order. Needs the grant cases.
---@class waymark.case
local case = {}

---@param step string?
---@return waymark.entry[]
function case:entries(step) end

---@param step string?
---@return waymark.entry?
function case:last(step) end

---@param outcomes string[]
---@return waymark.entry[]
function case:tried(outcomes) end

-- Calendar, date, durations --------------------------------------------------------

---@class waymark.calendar
local calendar = {}

---@param date waymark.date
---@param half waymark.half?
---@return boolean
function calendar:is_open(date, half) end

---@param date waymark.date
---@return integer?                    nil in a week without school
function calendar:week_of(date) end

---@param from waymark.date
---@param to waymark.date
---@return integer
function calendar:days_between(from, to) end

---@param date waymark.date
---@param n integer
---@return waymark.date?, string?
function calendar:days_after(date, n) end

---@param start waymark.date
---@param n integer
---@return waymark.date?, string?
function calendar:days_period(start, n) end

---@param start waymark.date
---@param n integer
---@return waymark.date?, string?
function calendar:weeks_period(start, n) end

---@return waymark.date?
function calendar:first() end

---@return waymark.date?
function calendar:last() end

date = {}

---@param d waymark.date
---@param days integer
---@return waymark.date
function date.add(d, days) end

---@param from waymark.date
---@param to waymark.date
---@return integer
function date.between(from, to) end

---@param d waymark.date
---@return integer                     1 (Monday) to 7
function date.weekday(d) end

---@param d waymark.date
---@return waymark.date
function date.monday(d) end

---@param d waymark.date
---@return string                      "Friday 20 March 2026"
function date.english(d) end

---@param d waymark.date
---@return string                      "Fri 20 Mar 2026"
function date.short(d) end

---@param d waymark.date
---@return string year                 "2025-26"
---@return waymark.date first
---@return waymark.date last
function date.academic_year(d) end

---@param text string                  also "20/03/2026"
---@return waymark.date?, string?
function date.parse(text) end

---@class waymark.duration
---@field unit "school_weeks"|"school_days"|"calendar_days"
---@field n integer

---@param n integer
---@return waymark.duration
function school_weeks(n) end

---@param n integer
---@return waymark.duration
function school_days(n) end

---@param n integer
---@return waymark.duration
function calendar_days(n) end

-- Plugins ------------------------------------------------------------------------

---The options of this plugin, by name; another name raises.
---@type table<string, any>
config = {}

---The day looked at; in a hook the day of the event. nil while the plugin loads.
---@type waymark.date?
today = nil

---@class waymark.step_fields
---@field title string?                needed, but for `with`
---@field principle waymark.principle? needed, but for `with`
---@field about string?
---@field scope "pupil"|"school"|nil
---@field period waymark.duration?
---@field documents string[]?
---@field outcomes string[]?            what --outcome takes
---@field attempts string[]?            outcomes that answer nothing
---@field records table<string, waymark.field_type>?  what --set takes
---@field audience waymark.audience?    of an entry; "referral" if absent
---@field gate (fun(pupil: waymark.pupil, case: waymark.case): string?)?
---@field suggest (fun(pupil: waymark.pupil, case: waymark.case): waymark.reason?)?

---@class waymark.step : waymark.step_fields
local a_step = {}

---A changed copy.
---@param changes waymark.step_fields
---@return waymark.step
function a_step:with(changes) end

---@param fields waymark.step_fields
---@return waymark.step
function step(fields) end

---Each row: code, class, meaning; physical, half, from, to.
---@param list table[]
function codes(list) end

---@class waymark.road_map
---@field [integer] string
local road_map = {}

---@param place string
---@param name string
---@return waymark.road_map
function road_map:insert_after(place, name) end

---@param place string
---@param name string
---@return waymark.road_map
function road_map:insert_before(place, name) end

---@param name string
---@return waymark.road_map
function road_map:remove(name) end

---What an init.lua may return besides; without one that of the plugin it extends.
---@class waymark.module
---@field road_map waymark.road_map|string[]|nil
---@field reasons string[][]?          { { "illness", "Illness" }, … }: code, words
---@field lists waymark.lists?
---@field [string] any

---@class waymark.lists
---@field new_lines_a_week integer?    1 to 1000
---@field patience_weeks integer?      1 to 20
---@field no_reason string?            codes that mean "no reason yet"
---@field reason_within_days integer?  1 to 60, school days
---@field improved_weeks integer?      1 to 20
---@field improved_points integer?     1 to 100
---@field too_few_weeks integer?       0 to 20

---What a plugin that extends another sees of it.
---@class waymark.parent
---@field module table                 what its init.lua returns
---@field road_map waymark.road_map    a copy
---@field steps table<string, waymark.step>
parent = {}

-- Hooks --------------------------------------------------------------------------

---@alias waymark.event_kind "suggestion.made"|"suggestion.lapsed"|"threshold.met"|"threshold.undone"|"review.due"|"evidence.changed"|"entry.recorded"|"entry.bypassed"|"entry.put-off"|"entry.held"|"entry.corrected"

---@class waymark.event_evidence
---@field rule string
---@field kind waymark.kind
---@field count integer
---@field of integer
---@field met boolean
---@field words string
---@field from waymark.date?
---@field to waymark.date?

---What happened. A field that was not granted raises.
---@class waymark.event
---@field kind waymark.event_kind
---@field on waymark.date
---@field school string                its key
---@field step string?
---@field title string?                of the step
---@field principle waymark.principle?
---@field review_on waymark.date?
---@field concern string?              grant registers
---@field reason string?               grant registers: of a suggestion
---@field evidence waymark.event_evidence[]?  grant registers
---@field why string?                  grant registers: why a suggestion lapsed
---@field rule string?                 grant registers: of a threshold
---@field since waymark.session?       grant registers
---@field sessions string[]?           grant registers: of evidence that changed
---@field figures table[]?             grant registers: { rule, was, now, of, met }
---@field entry waymark.event_entry?   grant cases

---@class waymark.event_entry
---@field outcome string?
---@field reason string?
---@field note string?
---@field why string?                  of an entry that was struck out
---@field [string] any

---@class waymark.effect
---@class waymark.recipient

---Be told of an event; called while the plugin loads.
---@param event waymark.event_kind
---@param fn fun(event: waymark.event, pupil: waymark.pupil?): waymark.effect|waymark.effect[]|nil
function on(event, fn) end

---@class waymark.mail_fields
---@field to waymark.recipient
---@field template string?             templates/NAME.txt
---@field data table<string, any>?     plain values, the pupil, event.evidence, evidence
---@field digest string?               one message a day; for staff
---@field subject string?              at most 100 bytes

---@param fields waymark.mail_fields
---@return waymark.effect
function mail(fields) end

---A note for staff, kept with the case: at most 4000 bytes.
---@param fields { text: string }
---@return waymark.effect
function note(fields) end

---A review of a step, due on a day.
---@param fields { step: string, on: waymark.date }
---@return waymark.effect
function follow_up(fields) end

---Somebody of the settings' staff { … }.
---@param role string
---@return waymark.recipient
function staff(role) end

---The pupil's contacts of whom this is so.
---@param which { parental_responsibility: boolean?, lives_with: boolean? }
---@return waymark.recipient
function contacts(which) end

-- Scripts ------------------------------------------------------------------------

---@class waymark.filter
---@field school string|integer|nil
---@field as_of waymark.date?
---@field known_at string?
---@field year string|integer|nil
---@field form string?
---@field upn string?
---@field enrolment integer?
---@field everyone boolean?

---@param filter waymark.filter?
---@return fun(): waymark.pupil?
function pupils(filter) end

---@param query string
---@return fun(): any[]?
---@return string[] columns
function sql(query) end

-- Settings -----------------------------------------------------------------------

---@class waymark.school_fields
---@field name string
---@field laestab string?
---@field key string?
---@field phase string?
---@field la string?
---@field [integer] table              use "…", year "…" { … }

---@param fields waymark.school_fields
function school(fields) end

---@param name string                  "2025-26"
---@return fun(items: table[]): table
function year(name) end

---@class waymark.term_fields
---@field [1] waymark.date
---@field [2] waymark.date
---@field half_term waymark.date[]?

---@param fields waymark.term_fields
---@return table
function term(fields) end

---@param dates waymark.date[]
---@return table
function inset(dates) end

---@param dates waymark.date[]
---@return table
function closed(dates) end

---The day on which the school began with Waymark.
---@param day waymark.date
function start(day) end

---In waymark.lua: who is who, role = "Name <address>".
---@param roles table<string, string>
---@diagnostic disable-next-line: duplicate-set-field
function staff(roles) end

---@param name string
---@return fun(options: table<string, any>): table
function use(name) end
