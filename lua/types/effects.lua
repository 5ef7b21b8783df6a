---@meta
-- effects: what the declaration (lua/sdk/api/effects.lua) says, for editors with the Lua language
-- server. Made by `make api`; never run, not to be edited.
-- luacheck: ignore

---A message, written into the outbox. In `data` the pupil, `event.evidence`, one item of it and evidence of a rule cross as references, which the host renders; all else is plain values. Grant: mail.
---@class waymark.mail_fields
---@field to waymark.recipient `staff "ROLE"` or `contacts { … }`
---@field template string? `templates/NAME.txt`; without one it names the pupil and lists the data
---@field data table<string, any>? what the template fills in, by name
---@field digest string? one message a day gathers these; for staff only
---@field subject string? at most 100 bytes

---A message, written into the outbox. In `data` the pupil, `event.evidence`, one item of it and evidence of a rule cross as references, which the host renders; all else is plain values. Grant: mail.
---@param fields waymark.mail_fields
---@return waymark.effect
function mail(fields) end

---A note for staff, kept with the case. Grant: note.
---@class waymark.note_fields
---@field text string at most 4000 bytes

---A note for staff, kept with the case. Grant: note.
---@param fields waymark.note_fields
---@return waymark.effect
function note(fields) end

---A review of a step of the road map, due on a day. Grant: follow-up.
---@class waymark.follow_up_fields
---@field step string a step of the road map
---@field on waymark.date not before the day of the event

---A review of a step of the road map, due on a day. Grant: follow-up.
---@param fields waymark.follow_up_fields
---@return waymark.effect
function follow_up(fields) end

---Somebody of the settings' `staff { … }`. A plugin names people by reference and never sees an address.
---@param role string
---@return waymark.recipient
function staff(role) end

---The pupil's contacts of whom this is so when the message is written: a message each, and never anybody marked "no contact". It says whom: at least one of its fields.
---@class waymark.contacts_fields
---@field parental_responsibility boolean?
---@field lives_with boolean?

---The pupil's contacts of whom this is so when the message is written: a message each, and never anybody marked "no contact". It says whom: at least one of its fields.
---@param which waymark.contacts_fields
---@return waymark.recipient
function contacts(which) end

---What a hook returns. It shows nothing of what it holds.
---@class waymark.effect
local effect = {}

---Who a message goes to. It shows nothing of what it holds.
---@class waymark.recipient
local recipient = {}
