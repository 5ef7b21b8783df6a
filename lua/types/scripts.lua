---@meta
-- scripts: what the declaration (lua/sdk/api/scripts.lua) says, for editors with the Lua language
-- server. Made by `make api`; never run, not to be edited.
-- luacheck: ignore

---Iterates pupils, in the order they were imported.
---@class waymark.pupils_fields
---@field school string|integer|nil its key or number
---@field as_of waymark.date? the day looked at; else the last that registers came in for
---@field known_at string? with what was known then: a time
---@field year string|integer|nil
---@field form string?
---@field upn string?
---@field enrolment integer? the number of one enrolment
---@field everyone boolean? leavers of earlier years too

---Iterates pupils, in the order they were imported.
---@param filter waymark.pupils_fields?
---@return fun(): waymark.pupil?
function pupils(filter) end

---Iterates the rows of a SELECT, each a list of cells; an empty cell is nil. Read-only.
---@param query string
---@return fun(): any[]? next_row
---@return string[] columns
function sql(query) end

waymark = {}

---From stock Lua, after `local waymark = require "waymark"`: opens a workspace for reading.
---@param folder string?
---@param now integer? seconds, in place of the clock
---@return waymark.waymark?
---@return waymark.problem? why not
function waymark.open(folder, now) end

---What is answered after nil when something cannot be done; `tostring` makes one line of it.
---@class waymark.problem
---@field what string what is wrong
---@field todo string? what to do
---@field where string? the file, or the name of what it is about
---@field line integer? of that file
local problem = {}

---A workspace that was opened.
---@class waymark.waymark
---@field plugins table<string, table<string, waymark.rule>> the rules that each plugin in use declares, "-" also as "_"
local a_waymark = {}

---As `pupils` in a script.
---@param filter waymark.pupils_fields?
---@return (fun(): waymark.pupil?)?
---@return waymark.problem? why not
function a_waymark:pupils(filter) end

---As `sql` in a script.
---@param query string
---@return (fun(): any[]?)? next_row
---@return string[]|waymark.problem columns, or why not
function a_waymark:sql(query) end

---Closes it.
function a_waymark:close() end
