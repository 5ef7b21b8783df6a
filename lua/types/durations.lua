---@meta
-- durations: what the declaration (lua/sdk/api/durations.lua) says, for editors with the Lua language
-- server. Made by `make api`; never run, not to be edited.
-- luacheck: ignore

---@alias waymark.unit "school_weeks"|"school_days"|"calendar_days"|"sessions"

---So many weeks with school, from 1 to 1000.
---@param n integer 1 to 1000
---@return waymark.duration
function school_weeks(n) end

---So many days of school, from 1 to 1000.
---@param n integer 1 to 1000
---@return waymark.duration
function school_days(n) end

---So many days of any kind, from 1 to 1000.
---@param n integer 1 to 1000
---@return waymark.duration
function calendar_days(n) end

---So many half days of school, from 1 to 1000.
---@param n integer 1 to 1000
---@return waymark.duration
function sessions(n) end

---Whichever of two is over sooner; neither is one of two itself.
---@param a waymark.duration
---@param b waymark.duration
---@return waymark.duration
function sooner_of(a, b) end

---What these give: a plain table.
---@class waymark.duration
---@field unit waymark.unit
---@field n integer
---@field or_sooner waymark.duration? the other one of two
local duration = {}
