---@meta
-- step: what the declaration (lua/sdk/api_step.lua) says, for editors with the Lua language
-- server. Made by `make api`; never run, not to be edited.
-- luacheck: ignore

---@alias waymark.field_type "text"|"date"|"contact"|"number"|"yes-no"
---@alias waymark.principle "expect"|"monitor"|"listen"|"facilitate"|"formalise"|"enforce"
---@alias waymark.scope "pupil"|"school"

---A step, checked. `suggest` is asked for each pupil, `gate` when it gave a reason.
---@class waymark.step_fields
---@field title string? as people read it
---@field principle waymark.principle?
---@field about string? one sentence for people
---@field scope waymark.scope? "school": about no one pupil, and without `suggest`; "pupil" if absent
---@field period waymark.duration? how long it runs
---@field documents string[]? its documents, by name
---@field outcomes string[]? what may come of it: what `--outcome` takes
---@field attempts string[]? which of these answer nothing
---@field records table<string, waymark.field_type>? what is written down besides, by name: what `--set` takes
---@field audience waymark.audience? who may see an entry, if nobody says otherwise; "referral" if absent
---@field gate (fun(pupil: waymark.pupil, case: waymark.case): string?)? nil, or why it should not be, in words
---@field suggest (fun(pupil: waymark.pupil, case: waymark.case): waymark.reason?)? nil, or a reason: `evidence:because "…"`

---A step, checked. `suggest` is asked for each pupil, `gate` when it gave a reason.
---@param fields waymark.step_fields
---@return waymark.step
function step(fields) end

---What `step { … }` gives: its fields, and `with`.
---@class waymark.step : waymark.step_fields
local a_step = {}

---A changed copy, with the fields that are given and the rest as they are: how a plugin that extends another changes one thing. No field is needed here.
---@param changes waymark.step_fields
---@return waymark.step
function a_step:with(changes) end
