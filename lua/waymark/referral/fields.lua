-- referral/fields: what sections of a referral form are made of: fields, each known or
-- not; and what of a pupil lies in further columns of pupils.csv.
--
--   local part = fields.section "The pupil"       { title, fields = { … } }
--   part:add(label, text)                         nil: not known
--   part:lines(label, { text, … })                none: not known
--
-- A field is { label, value, known }; `value` is its lines as one text.

local core = require "waymark.core"
local check = core.sdk "check"

local fields = {}

-- Sections ----------------------------------------------------------------------------------

local function new_field(label, lines)
  local parts = {}
  for _, line in ipairs(lines) do
    if line ~= "" then parts[#parts + 1] = line end
  end
  return { label = label, value = table.concat(parts, "\n"), known = #parts > 0 }
end

local mark = {}
mark.__index = mark

function fields.section(title) return setmetatable({ title = title, fields = {} }, mark) end

function mark:add(label, text) self:lines(label, { text ~= nil and tostring(text) or nil }) end
function mark:lines(label, lines) self.fields[#self.fields + 1] = new_field(label, lines) end

-- "4 November 2025"; nil stays nil.
function fields.day(day) return day and (core.date.english(day):gsub("^%a+ ", "")) end

function fields.yes_no(value)
  if value == nil then return nil end
  return value and "yes" or "no"
end

-- Further columns ---------------------------------------------------------------------------

-- What schools' systems call what a form asks for: columns of pupils.csv besides those
-- that Waymark knows are kept with the pupil under their heading. Compared in small
-- letters, whatever is no letter or digit as "_".
local headings = {
  address = { "address", "home_address", "pupil_address" },
  previous_school = { "previous_school", "last_school", "previous_establishment" },
  ethnicity = { "ethnicity", "ethnic_origin", "ethnic_group" },
  language = { "language", "first_language", "home_language", "languages" },
  ehcp = { "ehcp", "ehc_plan", "ehcp_number", "education_health_and_care_plan" },
  in_care = { "in_care", "looked_after", "lac", "cla", "in_lea_care", "child_looked_after" },
  child_protection = { "child_protection", "child_protection_plan", "cp", "cp_plan" },
  child_in_need = { "child_in_need", "cin", "child_in_need_plan" },
  social_worker = { "social_worker", "has_social_worker" },
}

local function plain(text) return (text:lower():gsub("[^%w]+", "_"):gsub("^_+", ""):gsub("_+$", "")) end

-- What a pupil's further columns say under one of these headings.
function fields.group(pupil, name)
  local by_heading = {}
  for _, heading in ipairs(check.names(pupil.groups)) do by_heading[plain(heading)] = pupil.groups[heading] end
  for _, heading in ipairs(headings[name]) do
    local value = by_heading[heading]
    if value and value ~= "" then return value end
  end
  return nil
end

local said = { ["1"] = "yes", y = "yes", yes = "yes", ["true"] = "yes", ["0"] = "no", n = "no", no = "no",
  ["false"] = "no" }

-- A column that says yes or no; anything else (a name, a date) says yes, and is not told.
function fields.flag(pupil, name)
  local value = fields.group(pupil, name)
  return value and (said[value:lower()] or "yes; the school has the details")
end

return fields
