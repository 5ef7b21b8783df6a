---@meta
-- case: what the declaration (lua/sdk/api/case.lua) says, for editors with the Lua language
-- server. Made by `make api`; never run, not to be edited.
-- luacheck: ignore

---@alias waymark.audience "staff"|"referral"|"family"
---@alias waymark.entry_kind "recorded"|"bypassed"|"put-off"|"held"|"attached"|"noted"|"follow-up"|"rendered"

---What was begun, and what came of it. Grant: cases.
---@class waymark.run
---@field entry waymark.entry? the latest version; nil of an outcome that nothing was begun for
---@field outcome waymark.entry? the latest entry that says what came of it; nil while it runs
---@field outcomes waymark.entry[] all of these, in order
---@field parent string? the parent that it is for
---@field contact integer? the number of that contact
local run = {}

---Has the questions, and no fields. Grant: cases.
---@class waymark.case
local case = {}

---The entries of a step; all of them without a name. Grant: cases.
---@param step string? of this step only
---@return waymark.entry[]
function case:entries(step) end

---The latest of them, or nil. Grant: cases.
---@param step string? of this step only
---@return waymark.entry?
function case:last(step) end

---The entries with one of these outcomes. Grant: cases.
---@param outcomes string[]
---@return waymark.entry[]
function case:tried(outcomes) end

---What of a step runs now: entries without an outcome that none with one has ended; of several versions the latest, of a step for each parent one for each. Grant: cases.
---@param step string
---@return waymark.entry[]
function case:running(step) end

---What of a step was begun and stands, each with what came of it: of several versions the latest, of a step for each parent one for each. An outcome with `of` belongs to that entry; one without to what runs for the same parent, or where one names none; when nothing does, to that parent's latest. Of what stands `apart` it belongs to the latest that runs. Grant: cases.
---@param step string
---@return waymark.run[]
function case:runs(step) end

---The entry that holds what came of another one. Grant: cases.
---@param entry table one of these
---@return waymark.entry?
function case:outcome_of(entry) end

---One thing that was recorded. Grant: cases.
---@class waymark.entry
---@field kind waymark.entry_kind
---@field on waymark.date the day it is about
---@field step string? its name
---@field school string the school's key
---@field outcome string?
---@field attempt boolean? the outcome was one of the step's attempts
---@field with string? whom it was done with
---@field reason string? a code of the road map's reasons
---@field note string?
---@field audience waymark.audience? who may see it, as it was changed last
---@field readers integer[]? the contacts (ids) who may, where that was said when it was changed
---@field review_on waymark.date?
---@field fields table<string, any>? what the step records, by name
---@field despite string? why it was done past its gate
---@field gate string? what the gate said
---@field history boolean? from `import entries`
---@field id integer its number
---@field version integer? of a plan: 1, and one more with each version
---@field of integer? the id of the entry that this is the outcome of
---@field replaces integer? the id of the version before
---@field apart boolean? it stands alone, as a penalty notice does: a further one takes nobody's place
---@field contacts table<string, integer>? the ids of the contacts that its fields name, by field
---@field as string? of a file: as what it was kept
---@field file_name string? of a file
---@field principle waymark.principle? of the step, in the road map of the school that recorded it
---@field refused boolean? the outcome is one of the step's `refused`: what was offered was not taken up, or did not work
---@field described boolean? it says what was offered or agreed: a note, actions, a record of these roles
---@field goes_on boolean? the outcome is one of the step's `goes_on`: the plan goes on
---@field adds boolean? it was added to the entry `of`, and begins nothing
---@field support boolean? support was offered or given: the step facilitates it, or is a plan that formalises it
---@field [string] any
local entry = {}
