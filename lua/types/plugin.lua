---@meta
-- in a plugin's files: what the declaration (lua/sdk/api/plugin.lua) says, for editors with the Lua language
-- server. Made by `make api`; never run, not to be edited.
-- luacheck: ignore

---The plugin's options, and those of the plugin that it extends: the default, then what a plugin that extends it configures, then what the settings say. An option that both have is the extending plugin's. Another name raises, with the nearest.
---@type table<string, any>
config = {}

---The day looked at, inside a step; in a hook, the day of the event. nil while the plugin loads: rules may not hang on the day on which they were read.
---@type waymark.date?
today = nil

---What another plugin's `init.lua` returns, or a file of one's own. Only plugins that `requires` or `extends` names. Raises when it cannot be required, or there is no such file.
---@param name string a plugin, or "NAME.file" for a file of one's own
---@return any
function require(name) end

---A text as names are compared here, in every script: without case, accents and the form of its apostrophes. `lower` knows English letters alone.
---@param text string
---@return string
function fold(text) end

---Declares codes of attendance, with `codes = true` in `plugin.lua` (which level 1 has not). What two plugins say of a code has to be the same, and the class of a code that a workspace has stays. Raises inside a step or a hook: codes are declared when a plugin loads.
---@param list waymark.code[]
function codes(list) end

---One row of `codes`.
---@class waymark.code
---@field [1] string the code, one or two characters
---@field [2] waymark.class
---@field [3] string its meaning
---@field physical boolean? the pupil was in school
---@field late boolean? it says that the pupil came late
---@field half waymark.half? for mornings or for afternoons only
---@field from waymark.date? the first day in force
---@field to waymark.date? the last day in force

---What a plugin that `extends` another sees of it; nil without one.
---@type waymark.parent?
parent = {}

---The fields of `parent`.
---@class waymark.parent
---@field module any what its `init.lua` returns
---@field road_map waymark.road_map a copy of its road map, to be changed
---@field steps table<string, waymark.step> its steps, for `:with { … }`
local parent = {}
