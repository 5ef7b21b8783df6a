-- people: which of a pupil's contacts is a parent. One answer, for the host and for plugins,
-- which have it as the field `parent` of each contact.
--
--   people.parent(contact) -> "yes" | "no" | "unknown"
--
-- A parent is who has parental responsibility for the child, or care of them: with whom the
-- child lives (Education Act 1996 s.576). Where a school keeps neither, the relationship tells
-- of mothers, fathers, carers and guardians. Of everybody else it is not known, and what is not
-- known opens nothing: no letter, no route, no name in a page that leaves the school, until
-- somebody finds out, or says why.

local people = {}

local parental = { "mother", "father", "mum", "dad", "parent", "carer", "guardian" }

local function is_parental(relationship)
  local low = (relationship or ""):lower()
  for _, word in ipairs(parental) do
    if low:find("%f[%w]" .. word .. "s?%f[%W]") then return true end
  end
  return false
end

function people.parent(contact)
  if contact.parental_responsibility or contact.lives_with then return "yes" end
  if contact.parental_responsibility == false then return "no" end
  if contact.lives_with == nil and is_parental(contact.relationship) then return "yes" end
  return "unknown"
end

return people
