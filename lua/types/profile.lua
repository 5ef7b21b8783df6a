---@meta
-- profile: what the declaration (lua/sdk/api/profile.lua) says, for editors with the Lua language
-- server. Made by `make api`; never run, not to be edited.
-- luacheck: ignore

---@alias waymark.date_order "day-first"|"month-first"
---@alias waymark.encoding "utf-8"|"windows-1252"|"iso-8859-1"|"utf-16le"|"utf-16be"
---@alias waymark.export_kind "marks"|"pupils"|"contacts"
---@alias waymark.quoting "doubled"|"backslash"
---@alias waymark.shape "long"|"daily"|"grid"|"string"

---A profile, checked. Nothing of it is asked by the row.
---@class waymark.profile_fields
---@field title string the system and the report, as people know them
---@field about string? how to make the export there, in a few sentences
---@field confirmed string[]? what of it was seen in real exports or is published, and where
---@field believed string[]? what is best knowledge: to be looked at with the first file
---@field marks waymark.reading_fields? of registers
---@field pupils waymark.reading_fields? of who is on roll
---@field contacts waymark.reading_fields? of parents and others
---@field read fun(file: waymark.file): waymark.reading|nil|nil asked once a file: what differs from file to file, over what is said above; nil, if nothing does

---A profile, checked. Nothing of it is asked by the row.
---@param fields waymark.profile_fields
---@return waymark.profile
function profile(fields) end

---What `profile { … }` gives: its fields.
---@class waymark.profile : waymark.profile_fields
local a_profile = {}

---How files of one kind are read.
---@class waymark.reading
---@field columns table<string, string>|string[]|nil the headings in the file, by the column that they are: `{ upn = "Unique Pupil No", code = { "Mark", "Code" } }`; capitals, spaces and signs do not matter
---@field shape waymark.shape? `long`: a row a mark; `daily`: a row a pupil and day; `grid`: a row a pupil, a column a session; `string`: one string of marks a pupil
---@field dates waymark.date_order? how 2/3/2026 is meant
---@field marks table<string, string>? odd marks as they are written, none of them a code of the register, and the code that each is; "": no mark
---@field sub_codes table<string, string>? marks of the supplier's own, and the code that each is; kept beside it
---@field encoding waymark.encoding?
---@field delimiter string? what stands between cells: a comma, a semicolon, a tab or `|`
---@field quoting waymark.quoting? how a quote within quotes is written
---@field sheet string? the name or the number of a spreadsheet's sheet, else the first
---@field records string? XML: the element that is a record; JSON: the list's name
---@field heading integer? the line of the heading row; 1 to 10000
---@field heading_rows integer? how many heading rows; 1 to 2
---@field weekends boolean? of strings: Saturdays and Sundays take places
---@field starts waymark.date? of strings: the first day, where the file does not say it
---@field school string? the school, where the file does not say it

---What `read` is given.
---@class waymark.file
---@field kind waymark.export_kind what it is taken in as
---@field name string without its folder
---@field form string `text`, `spreadsheet`, `xml`, `json`
---@field encoding string?
---@field headings string[]
---@field records integer how many
---@field columns waymark.file_column[] in the order of the headings; of at most 1,000
---@field preamble string[] the lines above the headings; grant file.rows
---@field rows string[][] the first twenty records; grant file.rows
local file = {}

---A column of a file: how many of its cells are what.
---@class waymark.file_column
---@field heading string
---@field blank integer
---@field upn integer that are UPNs
---@field numbers integer
---@field dates table<string, integer> by how they are written: `iso`, `day_first_only`, `month_first_only`, `either`, `serial`, `words`
---@field first_date waymark.date?
---@field last_date waymark.date?
---@field distinct table<string, integer>? its texts, and how many cells have each; nil of more than 64; grant file.rows
local file_column = {}
