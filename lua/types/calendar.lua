---@meta
-- calendar: what the declaration (lua/sdk/api/calendar.lua) says, for editors with the Lua language
-- server. Made by `make api`; never run, not to be edited.
-- luacheck: ignore

---Has the methods, and no fields.
---@class waymark.calendar
local calendar = {}

---Whether the school is open then.
---@param date waymark.date
---@param half waymark.half? of that session; else of either
---@return boolean
function calendar:is_open(date, half) end

---The number of the school week, from 1 over the whole calendar; nil in a week without school.
---@param date waymark.date
---@return integer?
function calendar:week_of(date) end

---How many school days, both included.
---@param from waymark.date
---@param to waymark.date
---@return integer
function calendar:days_between(from, to) end

---The n-th school day after a day.
---@param date waymark.date
---@param n integer how many school days; 1 to 5000
---@return waymark.date? day
---@return string? message
function calendar:days_after(date, n) end

---The last day of a period of so many school days.
---@param start waymark.date
---@param n integer how many school days; 1 to 5000
---@return waymark.date? day
---@return string? message
function calendar:days_period(start, n) end

---The last day of a period of so many school weeks.
---@param start waymark.date
---@param n integer how many school weeks; 1 to 5000
---@return waymark.date? day
---@return string? message
function calendar:weeks_period(start, n) end

---The last day of a period of so many half days of school.
---@param start waymark.date
---@param n integer how many half days of school; 1 to 5000
---@return waymark.date? day
---@return string? message
function calendar:sessions_period(start, n) end

---The last day of a period that begins on a day.
---@param start waymark.date
---@param duration waymark.duration
---@return waymark.date? day
---@return string? message
function calendar:last_day(start, duration) end

---The first school day; nil in an empty calendar.
---@return waymark.date?
function calendar:first() end

---The last school day; nil in an empty calendar.
---@return waymark.date?
function calendar:last() end
