---@meta
-- step: what the declaration (lua/sdk/api/step.lua) says, for editors with the Lua language
-- server. Made by `make api`; never run, not to be edited.
-- luacheck: ignore

---@alias waymark.field_type "text"|"date"|"contact"|"number"|"yes-no"|"choice"|"contacts"|"list"|"dates"|"actions"|"signatures"
---@alias waymark.item_subject "contract"|"reasons"|"contact"
---@alias waymark.principle "expect"|"monitor"|"listen"|"facilitate"|"formalise"|"enforce"
---@alias waymark.role "with"|"issued"|"period-from"|"period-to"|"check"|"review"|"support"|"agreed"|"why-no-contract"|"parents-checked"|"version"|"published"|"told"|"reviewed"|"review-by"|"views"|"meeting"|"meeting-at"|"met"
---@alias waymark.scope "pupil"|"school"
---@alias waymark.step_kind "contract"|"notice"

---A step, checked. `suggest` is asked for each pupil, `gate` when it gave a reason.
---@class waymark.step_fields
---@field title string? as people read it
---@field principle waymark.principle?
---@field about string? what it is for, in one or two sentences: said wherever the step is listed
---@field scope waymark.scope? "school": about no one pupil, and without `suggest`; "pupil" if absent
---@field period waymark.duration? how long it runs
---@field documents string[]? its documents, by name
---@field outcomes string[]? what may come of it: what `--outcome` takes
---@field attempts string[]? which of these answer nothing
---@field refused string[]? which of these say that what was offered was not taken up, or did not work
---@field goes_on string[]? which of these do not end a plan: such an entry is its next version, and what it leaves to be done and looked at comes up
---@field wrong_number string[]? which of these say that the telephone number was wrong: the list says so, and offers another, until another number of that contact comes in
---@field kind waymark.step_kind? what Waymark takes it for: a referral asks for the contract, or why there is none
---@field tells table<string, waymark.role>? outcomes that say what a record of that role says, by their day: `{ told = "told" }`
---@field records table<string, waymark.field_type>|table<string, waymark.record_field>|nil what is written down besides, by name: what `--set` takes
---@field audience waymark.audience? who may read an entry, if nobody says otherwise: `staff`; `referral`, what a referral takes along; `family`, with whom it was done too; "staff" if absent
---@field gate (fun(pupil: waymark.pupil, case: waymark.case): string?)? nil, or why it should not be, in words
---@field suggest (fun(pupil: waymark.pupil, case: waymark.case): waymark.reason?)? nil, or a reason: `evidence:because "…"`
---@field when any? a rule, a condition or a list of them: `suggest` is asked only of whom any is met; without it, everybody
---@field because string? instead of `suggest`: the reason, of the first rule of `when` that is met
---@field plan boolean? an entry without an outcome is a version of a plan: a further one is the next version and takes over what is not given anew; one with an outcome ends it, unless it is an attempt
---@field each_parent boolean? one for each parent; needs the record `parent`, a contact
---@field checks waymark.duration[]? when, from the start of the period, it is looked at in between
---@field counts waymark.rule? whose sessions count during the period; else those of the thresholds
---@field together waymark.rule? the children of one parent of whom it is met stand together in the letters to that parent, as `children`, each counted by itself
---@field tolerance string? the record, a number, that says how many sessions are tolerated
---@field adds string[]? records that are added to what runs: an entry that gives these alone (and for which parent) while one does begins nothing, and needs no gate
---@field meanwhile string? what the list says beside its period, until support is recorded in it
---@field complete (fun(pupil: waymark.pupil, case: waymark.case, items: table): table?)? what it works out of the fields that were not given, or nil; and why it cannot be, if it cannot. It sees of the case what those may who may read the entry
---@field checklist fun(pupil: waymark.pupil, case: waymark.case): waymark.checklist_item[]? what should be there, and what is; third, from level 3 on, it is given the entry that a document is about, if it is about one
---@field routes fun(pupil: waymark.pupil, case: waymark.case): waymark.route[]? which routes are open for each parent
---@field fills fun(pupil: waymark.pupil, case: waymark.case, entry: waymark.entry): table<string, string>? texts that its documents show as `words.NAME`

---A step, checked. `suggest` is asked for each pupil, `gate` when it gave a reason.
---@param fields waymark.step_fields
---@return waymark.step
function step(fields) end

---For `when`: the step was recorded for the pupil, or any step, if none is named.
---@param step string?
---@return waymark.condition
function recorded(step) end

---What `recorded` gives.
---@class waymark.condition
---@field step string?
local condition = {}

---One of a step's `records`; the name of a type alone is the same as `{ type = NAME }`. On the command line the types contacts, list, dates, actions and signatures are given one item a `--set`.
---@class waymark.record_field
---@field type waymark.field_type
---@field title string? its name as people read it; else the name itself with spaces
---@field help string? what it is for
---@field choices string[]? of a choice: what it may be
---@field required boolean? without it the step is not recorded, unless the outcome is an attempt
---@field not_before string? of a date: the record, a date too, that it does not come before
---@field least number? of a number
---@field most number? of a number
---@field default any? if nothing is given
---@field role waymark.role? what Waymark itself reads it as: the day of issue, a day of review, with whom …
---@field audience waymark.audience? who may read this of an entry that more may read; `staff`: it never leaves staff, whatever a person chooses

---One line of what `checklist` gives.
---@class waymark.checklist_item
---@field item string what it is, as people read it
---@field there boolean
---@field needed boolean without it nothing should go on
---@field words string? what there is, or what is missing
---@field covers waymark.item_subject? of a referral: it asks for the contract or the reasons, so Waymark need not; `contact`: whom the settings name to ask will do
local checklist_item = {}

---One line of what `routes` gives.
---@class waymark.route
---@field contact integer the id of the contact
---@field route string as people read it
---@field open boolean
---@field words string? why, with the arithmetic
---@field from waymark.date? the first day on which it is open
local route = {}

---What `step { … }` gives: its fields, and `with`.
---@class waymark.step : waymark.step_fields
local a_step = {}

---A changed copy, with the fields that are given and the rest as they are: how a plugin that extends another changes one thing. No field is needed here.
---@param changes waymark.step_fields
---@return waymark.step
function a_step:with(changes) end
