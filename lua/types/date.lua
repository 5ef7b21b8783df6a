---@meta
-- date: what the declaration (lua/sdk/api/date.lua) says, for editors with the Lua language
-- server. Made by `make api`; never run, not to be edited.
-- luacheck: ignore

date = {}

---The day so many days later.
---@param d waymark.date
---@param days integer below 0: earlier
---@return waymark.date
function date.add(d, days) end

---The number of days from one to the other; below 0 when `to` is earlier.
---@param from waymark.date
---@param to waymark.date
---@return integer
function date.between(from, to) end

---1 (Monday) to 7.
---@param d waymark.date
---@return integer
function date.weekday(d) end

---The Monday of that week.
---@param d waymark.date
---@return waymark.date
function date.monday(d) end

---The day in words.
---@param d waymark.date
---@return string
function date.english(d) end

---The day in short words.
---@param d waymark.date
---@return string
function date.short(d) end

---The academic year of a day, its first day and its last.
---@param d waymark.date
---@return string year
---@return waymark.date first
---@return waymark.date last
function date.academic_year(d) end

---A day out of a text; nil and a message when it is none.
---@param text string also as people write it: "20/03/2026"
---@return waymark.date? day
---@return string? message
function date.parse(text) end
