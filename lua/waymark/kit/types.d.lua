---@meta waymark.kit
-- The test kit for authors of plugins, for editors with the Lua language server. Never
-- run. The manual is plugins/README.md.
-- luacheck: ignore

local kit = {}

---The `year` blocks that a school has if it says nothing.
---@type string
kit.years = nil

---@class waymark.kit.contact
---@field forename string?
---@field surname string?
---@field relationship string?
---@field parental_responsibility boolean?
---@field lives_with boolean?
---@field no_contact boolean?
---@field confidential_address boolean?
---@field phone string?
---@field email string?
---@field title string?
---@field address string?
---@field language string?
---@field communication_needs string?
---@field dob string?
---@field checked_on string?
---@field priority integer?

---A pupil: weeks such as "2025-09-08: // NN /- // [C1]/" or "2025-09-08 to 2025-10-24: // // // // //".
---@class waymark.kit.pupil_fields
---@field [integer] string
---@field dob string?
---@field year string|integer|nil
---@field form string?
---@field sex string?
---@field sen string?
---@field fsm string?
---@field contacts waymark.kit.contact[]?

---@param name string                  "Ada", or "Ada Byron"
---@return fun(fields: waymark.kit.pupil_fields): table
function kit.pupil(name) end

---@class waymark.kit.school_fields
---@field [integer] table              kit.pupil "Ada" { … }
---@field use string?                  the `use` lines
---@field day string?                  the day to begin with
---@field years string?                other `year` blocks
---@field staff string?                another `staff` block
---@field settings string?             all of waymark.lua
---@field plugins string?              the folder of plugins to use

---@param what waymark.kit.school_fields
---@return waymark.kit.school
function kit.school(what) end

---Compare with golden/NAME beside the spec, or write it (`waymark plugin test --update`).
---@param name string
---@param value any                    a text, or what is written as JSON
function kit.golden(name, value) end

---@class waymark.kit.school
---@field day string
local school = {}

---@class waymark.kit.suggestion
---@field pupil string                 the name in the spec
---@field upn string
---@field step string
---@field plugin string
---@field version string
---@field concern string
---@field reason string
---@field evidence table[]

---@class waymark.kit.event
---@field kind string
---@field on string
---@field pupil string
---@field step string?
---@field concern string?
---@field data table

---@class waymark.kit.effect
---@field id integer
---@field plugin string
---@field kind "mail"|"note"|"follow-up"
---@field about string                 the event's kind
---@field on string
---@field pupil string
---@field step string?
---@field to string
---@field state "waiting"|"written"|"withdrawn"|"failed"
---@field why string?
---@field message string?              the text of a mail
---@field text string?                 of a note
---@field [string] any                 the other fields of the effect

---@class waymark.kit.entry
---@field outcome string?
---@field on string?
---@field with string?
---@field note string?
---@field reason string?
---@field review_on string?
---@field despite string?
---@field by string?
---@field audience string?
---@field until string?
---@field ask string?
---@field of integer?                 the entry whose outcome it is
---@field fields table<string, string|string[]>?  a list: one item a --set

---Look at the school on a day; marks up to it come in.
---@param day string
---@return waymark.kit.school
function school:on(day) end

---The time that commands are given: the day's afternoon.
---@return string
function school:now() end

---Marks that are amended, or come later.
---@param who string
---@param ... string                   weeks
---@return waymark.kit.school
function school:mark(who, ...) end

---@param who string
---@return string
function school:upn(who) end

---Take in a file by `waymark import KIND`, told what else you like: the report, as it is in JSON.
---@param kind string
---@param name string the file's
---@param text string
---@param ... string words of the command
---@return table
function school:import(kind, name, text, ...) end

---The marks of a pupil that came in, by "2025-09-08 AM".
---@param who string
---@return table<string, string>
function school:marks(who) end

---What is suggested; nothing is recorded.
---@param who string?
---@return waymark.kit.suggestion[]
function school:suggested(who) end

---@param who string
---@return string[]
function school:steps(who) end

---What is suggested, recorded; hooks are told.
---@param who string?
---@return waymark.kit.suggestion[]
function school:suggest(who) end

---@param who string
---@param step string
---@return table
function school:explain(who, step) end

---@return table<string, { suggest: integer, gate: integer }>
function school:calls() end

---@param who string
---@param step string
---@param given waymark.kit.entry?
---@return waymark.kit.school
function school:record(who, step, given) end

---@param who string
---@param step string
---@param given waymark.kit.entry?
---@return waymark.kit.school
function school:bypass(who, step, given) end

---@param who string
---@param step string
---@param given waymark.kit.entry?
---@return waymark.kit.school
function school:not_now(who, step, given) end

---@param who string
---@param given waymark.kit.entry?
---@return waymark.kit.school
function school:hold(who, given) end

---A step of the school itself.
---@param step string
---@param given waymark.kit.entry?
---@return waymark.kit.school
function school:record_school(step, given) end

---What a step says of a pupil when it is asked; see waymark.consult.
---@param who string
---@param step string
---@param what "complete"|"checklist"|"routes"|"fills"
---@param given { fields: table?, entry: integer?, on: string? }?
---@return table
function school:consult(who, step, what, given) end

---@param who string
---@return waymark.contact[]
function school:contacts(who) end

---@param who string
---@return table[]
function school:entries(who) end

---@param kind string?
---@return waymark.kit.event[]
function school:events(kind) end

---@return waymark.kit.effect[]
function school:effects() end

---Any command.
---@param ... string
---@return { status: integer, out: string, err: string }
function school:run(...) end

function school:close() end

return kit
