---@meta
-- rules: what the declaration (lua/sdk/api/rules.lua) says, for editors with the Lua language
-- server. Made by `make api`; never run, not to be edited.
-- luacheck: ignore

---@alias waymark.count_unit "sessions"|"days"
---@alias waymark.period "year"|"weeks"|"all"
---@alias waymark.weekday "monday"|"tuesday"|"wednesday"|"thursday"|"friday"|"saturday"|"sunday"

---Attended of possible sessions. Raises inside a step or a hook of a plugin: rules are made when it loads.
---@class waymark.rate_fields
---@field name string up to 39 letters, digits, - and _; its own among the plugins loaded together
---@field bands integer[]? whole percentages, the highest first; met when attendance is at or under one
---@field least_possible integer? with fewer possible sessions a rate says nothing; 1 to 10000
---@field period waymark.period? "year" (the academic year to date), "all", or "weeks"; "year" if absent
---@field weeks integer? the last so many school weeks to date, that of the day included; 1 to 520
---@field since waymark.date? sessions before this date do not count
---@field ages waymark.ages? on which days a pupil counts by age, such as `england.compulsory`
---@field edition string? where the rule is from, as `explain` and `plugin info` say it: the edition of the guidance, the regulation, a setting; a line of at most 200 bytes

---Attended of possible sessions. Raises inside a step or a hook of a plugin: rules are made when it loads.
---@param fields waymark.rate_fields
---@return waymark.rule
function rate(fields) end

---How many sessions bear one of the codes. Raises inside a step or a hook of a plugin: rules are made when it loads.
---@class waymark.count_fields
---@field name string up to 39 letters, digits, - and _; its own among the plugins loaded together
---@field codes string|string[]|nil "GNOU", each character a code, or { "G", "Y1" }
---@field classes waymark.class|waymark.class[]|nil one or several classes of marks (never "missing")
---@field at_least integer? how many make it "met"; 1 to 10000; 1 if absent
---@field unit waymark.count_unit? "days": school days that have one; of a run, school days of which every half day counts, and any other mark ends it; "sessions" if absent
---@field period waymark.period? "year" (the academic year to date), "all", or "weeks"; "year" if absent
---@field weeks integer? the last so many school weeks to date, that of the day included; 1 to 520
---@field since waymark.date? sessions before this date do not count
---@field ages waymark.ages? on which days a pupil counts by age, such as `england.compulsory`
---@field edition string? where the rule is from, as `explain` and `plugin info` say it: the edition of the guidance, the regulation, a setting; a line of at most 200 bytes

---How many sessions bear one of the codes. Raises inside a step or a hook of a plugin: rules are made when it loads.
---@param fields waymark.count_fields
---@return waymark.rule
function count(fields) end

---The run of them that goes on now, however long it is. Raises inside a step or a hook of a plugin: rules are made when it loads.
---@class waymark.streak_fields
---@field name string up to 39 letters, digits, - and _; its own among the plugins loaded together
---@field codes string|string[]|nil "GNOU", each character a code, or { "G", "Y1" }
---@field classes waymark.class|waymark.class[]|nil one or several classes of marks (never "missing")
---@field at_least integer? how many make it "met"; 1 to 10000; 1 if absent
---@field since waymark.date? sessions before this date do not count
---@field ages waymark.ages? on which days a pupil counts by age, such as `england.compulsory`
---@field edition string? where the rule is from, as `explain` and `plugin info` say it: the edition of the guidance, the regulation, a setting; a line of at most 200 bytes

---The run of them that goes on now, however long it is. Raises inside a step or a hook of a plugin: rules are made when it loads.
---@param fields waymark.streak_fields
---@return waymark.rule
function streak(fields) end

---The longest such run of the period. Raises inside a step or a hook of a plugin: rules are made when it loads.
---@class waymark.longest_fields
---@field name string up to 39 letters, digits, - and _; its own among the plugins loaded together
---@field codes string|string[]|nil "GNOU", each character a code, or { "G", "Y1" }
---@field classes waymark.class|waymark.class[]|nil one or several classes of marks (never "missing")
---@field at_least integer? how many make it "met"; 1 to 10000; 1 if absent
---@field unit waymark.count_unit? "days": school days that have one; of a run, school days of which every half day counts, and any other mark ends it; "sessions" if absent
---@field after string|string[]|nil only a run just after one of these codes
---@field period waymark.period? "year" (the academic year to date), "all", or "weeks"; "year" if absent
---@field weeks integer? the last so many school weeks to date, that of the day included; 1 to 520
---@field since waymark.date? sessions before this date do not count
---@field ages waymark.ages? on which days a pupil counts by age, such as `england.compulsory`
---@field edition string? where the rule is from, as `explain` and `plugin info` say it: the edition of the guidance, the regulation, a setting; a line of at most 200 bytes

---The longest such run of the period. Raises inside a step or a hook of a plugin: rules are made when it loads.
---@param fields waymark.longest_fields
---@return waymark.rule
function longest(fields) end

---How many within a rolling number of school weeks, and when ever met. Raises inside a step or a hook of a plugin: rules are made when it loads.
---@class waymark.rolling_fields
---@field name string up to 39 letters, digits, - and _; its own among the plugins loaded together
---@field codes string|string[]|nil "GNOU", each character a code, or { "G", "Y1" }
---@field classes waymark.class|waymark.class[]|nil one or several classes of marks (never "missing")
---@field unresolved string|string[]|nil codes that would count if they were decided so
---@field at_least integer? how many make it "met"; 1 to 10000; 1 if absent
---@field weeks integer the width of the window in school weeks; 1 to 520
---@field since waymark.date? sessions before this date do not count
---@field ages waymark.ages? on which days a pupil counts by age, such as `england.compulsory`
---@field edition string? where the rule is from, as `explain` and `plugin info` say it: the edition of the guidance, the regulation, a setting; a line of at most 200 bytes

---How many within a rolling number of school weeks, and when ever met. Raises inside a step or a hook of a plugin: rules are made when it loads.
---@param fields waymark.rolling_fields
---@return waymark.rule
function rolling(fields) end

---Open sessions up to the reach without a mark. Raises inside a step or a hook of a plugin: rules are made when it loads.
---@class waymark.missing_fields
---@field name string up to 39 letters, digits, - and _; its own among the plugins loaded together
---@field at_least integer? how many make it "met"; 1 to 10000; 1 if absent
---@field period waymark.period? "year" (the academic year to date), "all", or "weeks"; "year" if absent
---@field weeks integer? the last so many school weeks to date, that of the day included; 1 to 520
---@field since waymark.date? sessions before this date do not count
---@field edition string? where the rule is from, as `explain` and `plugin info` say it: the edition of the guidance, the regulation, a setting; a line of at most 200 bytes

---Open sessions up to the reach without a mark. Raises inside a step or a hook of a plugin: rules are made when it loads.
---@param fields waymark.missing_fields
---@return waymark.rule
function missing(fields) end

---Attendance of the last school weeks beside the school weeks before them: met when it fell by so many percentage points. Raises inside a step or a hook of a plugin: rules are made when it loads.
---@class waymark.trend_fields
---@field name string up to 39 letters, digits, - and _; its own among the plugins loaded together
---@field weeks integer the last so many school weeks to date, that of the day included; 1 to 520
---@field before integer beside so many school weeks before them; 1 to 520
---@field points integer how many percentage points make it "met"; 1 to 100
---@field was_at_least integer? only a pupil whose attendance was so many percent or more in the weeks before; 1 to 100
---@field least_possible integer? with fewer possible sessions, before or lately, a trend says nothing; 1 to 10000; 20 if absent
---@field beside_school boolean? what the rest of the school fell over the same weeks is taken off; true if absent
---@field edition string? where the rule is from, as `explain` and `plugin info` say it: the edition of the guidance, the regulation, a setting; a line of at most 200 bytes

---Attendance of the last school weeks beside the school weeks before them: met when it fell by so many percentage points. Raises inside a step or a hook of a plugin: rules are made when it loads.
---@param fields waymark.trend_fields
---@return waymark.rule
function trend(fields) end

---Absence on one weekday beside the other days of the same school weeks: met when it is so many percentage points more, beyond what the rest of the school shares. Raises inside a step or a hook of a plugin: rules are made when it loads.
---@class waymark.weekday_fields
---@field name string up to 39 letters, digits, - and _; its own among the plugins loaded together
---@field classes waymark.class|waymark.class[]|nil what is an absence: "authorised", "unauthorised", or both; both if absent
---@field weeks integer the last so many school weeks to date, that of the day included; 1 to 520
---@field points integer how many percentage points make it "met"; 1 to 100
---@field at_least integer? on how many such days the pupil was away; 1 to 10000; 3 if absent
---@field least_possible integer? with fewer possible sessions in all a weekday says nothing; 1 to 10000; 20 if absent
---@field edition string? where the rule is from, as `explain` and `plugin info` say it: the edition of the guidance, the regulation, a setting; a line of at most 200 bytes

---Absence on one weekday beside the other days of the same school weeks: met when it is so many percentage points more, beyond what the rest of the school shares. Raises inside a step or a hook of a plugin: rules are made when it loads.
---@param fields waymark.weekday_fields
---@return waymark.rule
function weekday(fields) end

---What the constructors give. Besides these it shows the fields that it was made from.
---@class waymark.rule
---@field name string
---@field kind waymark.kind
---@field at_least integer
---@field weeks integer?
---@field since waymark.date?
local rule = {}

---On which days a pupil counts by age: the table that a rule takes as `ages`.
---@class waymark.ages
---@field from_age integer the age from which a pupil counts; 1 to 30
---@field from_on string[] "08-31": counts from the first of these on or after that birthday
---@field to_age integer the age in whose school year it ends; 1 to 30
---@field year_begins string "09-01": when a school year begins
---@field to_month integer the month in which it ends; 1 to 12
---@field to_last waymark.weekday its last such weekday is the last day
