---@meta
-- settings: what the declaration (lua/sdk/api/settings.lua) says, for editors with the Lua language
-- server. Made by `make api`; never run, not to be edited.
-- luacheck: ignore

---One school. With `use` lines inside it follows its own road map, with `year` blocks its own calendar.
---@class waymark.school_fields
---@field name string
---@field laestab string?
---@field key string? else its laestab, else its name
---@field was string? the key that it had before, when it got another: old files go on naming the school
---@field phase string?
---@field la string?
---@field address string? for letters: its parts between commas or on lines
---@field phone string? for letters
---@field email string? for letters
---@field website string? for letters
---@field head string? the head teacher's name, for letters
---@field [integer] table

---One school. With `use` lines inside it follows its own road map, with `year` blocks its own calendar.
---@param fields waymark.school_fields
function school(fields) end

---One school year, of term { … }, inset { … } and closed { … }.
---@param name string "2025-26"
---@return fun(items: table): table
function year(name) end

---Mondays to Fridays from the first day to the last are open, but for half term.
---@class waymark.term_fields
---@field [1] waymark.date its first day
---@field [2] waymark.date its last day
---@field half_term waymark.date[]? the first and the last day

---Mondays to Fridays from the first day to the last are open, but for half term.
---@param fields waymark.term_fields
---@return table
function term(fields) end

---Training days: staff are in, pupils are not.
---@param dates waymark.date[]
---@return table
function inset(dates) end

---Other days on which nobody comes.
---@param dates waymark.date[]
---@return table
function closed(dates) end

---The day on which the school began with Waymark: concerns from before it raise no line and no message.
---@param day waymark.date
function start(day) end

---Who is who. Plugins name a role, never an address.
---@param roles table<string, string> role = "Name <address>"
---@diagnostic disable-next-line: duplicate-set-field
function staff(roles) end

---Further columns of `pupils` that are plain groups: plugins see them with `pupil.groups`. All others need `sensitive`.
---@param headings string[]
function groups(headings) end

---Who records, where `--by` does not say so: one name, or a name for each login of the computer. A login that has none here is its own.
---@param names string|table<string, string> a name, or login = "Name"
function by(names) end

---A plugin to work by, and its options, in order. Of several with a road map the last one gives it.
---@param name string
---@return fun(items: table): table
function use(name) end
