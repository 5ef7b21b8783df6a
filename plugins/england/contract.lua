-- contract: what makes an attendance contract one. Anti-social Behaviour Act 2003 s.19(4): it has a
-- statement by the parents that they agree to comply with its requirements for a period, and one by
-- the school (or the authority) that it agrees to give support for that, and both sign it (s.19(5)
-- and (6); DfE, "Working together to improve school attendance", attendance contracts).
--
--   contract.checklist(pupil, case, entry)   is everything there? Of an entry, else of the latest
--                                            that runs

local items = require "england.item"
local people = require "england.people"

local contract = {}

local item = items.new

local step_name = "attendance-contract"

local function has(list) return type(list) == "table" and #list > 0 end

-- The version that an entry is, or that an outcome is of; else the latest that runs.
local function fields_of(case, entry)
  local running = case:running(step_name)
  entry = entry or running[#running]
  for _, each in ipairs(entry and entry.of and case:entries(step_name) or {}) do
    if each.id == entry.of then entry = each end
  end
  return entry and entry.fields or {}
end

-- Whether somebody of the family, or of the school, has something to do.
local function has_action(pupil, fields, of_family)
  for _, each in ipairs(fields.actions or {}) do
    if people.is_family(pupil, fields.parties, each.owner or "") == of_family then return true end
  end
  return false
end

local function period(fields)
  local from, to = fields.starts_on, fields.ends_on
  return item("The period for which it holds", from ~= nil and to ~= nil, from and to and ("%s to %s"):format(
    date.english(from), date.english(to)) or "give starts_on and ends_on")
end

function contract.checklist(pupil, case, entry)
  local fields = fields_of(case, entry)
  local parties, signed = has(fields.parties), has(fields.signatures)
  local required = has(fields.requirements) or has_action(pupil, fields, true)
  local supported = has(fields.school_support) or has_action(pupil, fields, false)
  return {
    item("The parties: each parent, by name", parties,
      parties and table.concat(fields.parties, ", ") or "give parties, one each"),
    period(fields),
    item("What the parents agree to do", required, not required and "give requirements, or actions of theirs" or nil),
    item("The support that the school agrees to give for that", supported,
      not supported and "give school_support, or actions of the school" or nil),
    item("The parents' statement that they agree to comply for that period (s.19(4)(a))", true,
      "printed in every contract"),
    item("The school's statement that it agrees to give support for that purpose (s.19(4)(b))", true,
      "printed in every contract"),
    item("The signatures of both", signed, not signed and "give signatures once it is signed" or nil, false),
  }
end

return contract
