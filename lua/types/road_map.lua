---@meta
-- road map: what the declaration (lua/sdk/api/road_map.lua) says, for editors with the Lua language
-- server. Made by `make api`; never run, not to be edited.
-- luacheck: ignore

---@alias waymark.return_period "year"|"weeks"|"asked"|"half-term"

---What an `init.lua` may return.
---@class waymark.module
---@field road_map waymark.road_map|string[]|nil the names of the steps, in order
---@field reasons string[][]? the short list for `--reason`: { { "illness", "Illness" }, … }
---@field lists waymark.lists? what the list that people work from goes by
---@field further string[]? steps that can be recorded and are no stops of the road map: never suggested
---@field returns waymark.return_list[]? the lists that are sent to the authority: `waymark returns`
---@field law waymark.law_row[]? what the law says from a day on, or will: `waymark plugin info`
---@field referral_form waymark.form_row[]? what the form of a referral asks for: `waymark referral`
---@field bank_holidays waymark.date[]? days on which no school is open: those that a calendar has open are named by `waymark calendar show` and `check`
---@field [string] any

---What the list that people work from goes by; each field on its own.
---@class waymark.lists
---@field new_lines_a_week integer? new lines (children) a week; further ones wait, calls never do; 1 to 1000
---@field patience_weeks integer? after so many weeks who waits comes before who is new, among those with the same need; 1 to 20
---@field need_attendance integer? points of need for each point of attendance lost in the school year: the greatest need is listed first, and nobody waits while less need is listed; 1 to 100
---@field need_codes string? codes of which each half day in the school year is a point of need
---@field need_called string? what half days with these codes are called; "of those that count" if absent
---@field need_untried integer? points of need while nothing was recorded for the pupil in the school year, attempts aside; 1 to 1000
---@field no_reason string? the codes that mean "no reason yet"
---@field calls string? the codes of an absence in a row that is rung about at once: of a step that listens or monitors it is a call then, which never waits, up to `reason_within_days` after it; `no_reason` if absent
---@field reason_within_days integer? in how many school days there should be one; 1 to 60
---@field improved_weeks integer? over how many school weeks somebody has improved; 1 to 20
---@field improved_points integer? … and by how many points; 1 to 100
---@field too_few_weeks integer? in how many first school weeks of a year there is too little to say; 0 to 20

---One list for the authority, of the pupils who meet a rule in a period.
---@class waymark.return_list
---@field name string what `waymark returns NAME` takes
---@field title string as people read it
---@field rule waymark.rule
---@field period waymark.return_period? the academic year to date, the rule's own weeks, as asked, or the half term of the last day: a list of nobody is then a return too; "year" if absent
---@field expected string? a step: whoever has an entry of it in the academic year, the last without an outcome, is expected to meet the rule, and listed too
---@field lasting boolean? of a run: only one that goes on to the last mark
---@field plan string? a step that is a plan: whoever has one in force in the period is listed too
---@field shows string[]? which records of that plan are said, by name
---@field words string? one sentence: whom it lists, and where the rule comes from

---What the law says from a day on. Without a day it is not in force yet.
---@class waymark.law_row
---@field title string what it is about
---@field words string one sentence: what it says
---@field edition string the section or regulation
---@field from waymark.date? from which day it holds

---One line of the form of a referral, and where its answer is found. Without one it is "not known"; where a step or a file would say it, "none is recorded".
---@class waymark.form_row
---@field section string the heading that it stands under
---@field title string what the form asks for
---@field steps string[]? steps that say it: words of their names
---@field kinds waymark.step_kind[]? … or steps of a kind
---@field principle waymark.principle? … or all steps of a principle that no other line asks for
---@field fields string[]? records that say it, by name
---@field named boolean? each of these with its step and its name
---@field file string? a word in the name of a kept file that says it
---@field needed boolean? "none is recorded" is no answer

---The names of the steps in order, a list; of `parent.road_map` a copy.
---@class waymark.road_map
---@field [integer] string
local road_map = {}

---Puts a step after another, and gives the road map. Raises when there is no step of the name `place`, with the nearest.
---@param place string the name of a step that is there
---@param name string the step that comes to it
---@return waymark.road_map
function road_map:insert_after(place, name) end

---Puts a step before another, and gives the road map. Raises when there is no step of the name `place`, with the nearest.
---@param place string the name of a step that is there
---@param name string the step that comes to it
---@return waymark.road_map
function road_map:insert_before(place, name) end

---Takes a step away, and gives the road map. Raises when there is no step of that name, with the nearest.
---@param name string the name of a step that is there
---@return waymark.road_map
function road_map:remove(name) end
