---@meta
-- hooks: what the declaration (lua/sdk/api/hooks.lua) says, for editors with the Lua language
-- server. Made by `make api`; never run, not to be edited.
-- luacheck: ignore

---@alias waymark.event_kind "suggestion.made"|"suggestion.lapsed"|"threshold.met"|"threshold.undone"|"review.due"|"evidence.changed"|"entry.recorded"|"entry.bypassed"|"entry.put-off"|"entry.held"|"entry.corrected"|"period.exceeded"

---Be told of an event; called while the plugin loads. Raises inside a step or a hook.
---@param event waymark.event_kind
---@param fn fun(event: waymark.event, pupil: waymark.pupil?): waymark.effect|waymark.effect[]|nil gives nil, one effect, or a list of at most 20
function on(event, fn) end

---What happened. A field that was not granted raises; so does an unknown one, with the nearest.
---@class waymark.event
---@field kind waymark.event_kind
---@field on waymark.date
---@field school string its key
---@field step string?
---@field title string? of the step
---@field principle waymark.principle? of the step
---@field review_on waymark.date?
---@field concern string? of a suggestion; grant registers
---@field reason string? of a suggestion; grant registers
---@field evidence waymark.event_evidence[]? of a suggestion; grant registers
---@field why string? why a suggestion lapsed; of a threshold: from when to when, by which mark, which import; grant registers
---@field rule string? of a threshold; grant registers
---@field since waymark.session? of a threshold; of a period, since when there is more absence than was agreed; grant registers
---@field count integer? half days, of a period with more absence than was agreed; grant registers
---@field tolerated integer? half days that were agreed to, of a period; grant registers
---@field sessions string[]? of evidence that changed; of a threshold: "2025-09-08 AM O"; grant registers
---@field figures table[]? of evidence that changed: { rule, was, now, of, met }; grant registers
---@field entry waymark.event_entry? what was recorded; grant cases
local event = {}

---One item of `event.evidence`. Grant: registers.
---@class waymark.event_evidence
---@field rule string
---@field kind waymark.kind
---@field count integer
---@field of integer
---@field met boolean
---@field words string
---@field from waymark.date?
---@field to waymark.date?
local event_evidence = {}

---`event.entry`. Grant: cases.
---@class waymark.event_entry
---@field outcome string?
---@field with string?
---@field reason string?
---@field note string?
---@field fields table<string, any>? what the step records
---@field why string? of an entry that was struck out
---@field [string] any
local event_entry = {}
