-- case/addresses: the ways in which people write an address in a note, for
-- waymark.discretion to take out.
--
--   addresses.add(list, address, with, is_confidential)   adds { phrase, with } to a list, the
--   longest first
--
-- The whole of it, and the street with the number. Of one that is confidential also the street
-- or the house by its name, and the postcode; the town stays, since a whole school lives there.

local addresses = {}

local least = 6 -- bytes; less is found everywhere

local function add(list, phrase, with)
  if phrase and #phrase >= least then list[#list + 1] = { phrase, with } end
end

-- "14 Quiet Court" -> "Quiet Court"; nil when that is no name of two words
local function without_number(street)
  local name = street:match "^[%d/-]+%a?%s+(.+)$"
  return name and name:find "%S%s+%S" and name or nil
end

function addresses.add(list, address, with, is_confidential)
  if not address then return end
  add(list, address, with)
  local street = address:match "^%s*([^,\r\n]-)%s*[,\r\n]"
  local has_number = street and street:find "%d" and street:find "%a"
  if has_number or is_confidential and street and street:find "%S%s+%S" then add(list, street, with) end
  if not is_confidential then return end
  add(list, without_number(street or address), with)
  local postcode = address:match "%u%u?%d[%w]? ?%d%u%u"
  add(list, postcode, with)
  add(list, postcode and (postcode:gsub(" ", "")), with)
end

return addresses
