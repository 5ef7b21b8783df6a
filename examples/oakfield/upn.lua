-- upn.lua: unique pupil numbers.
--
-- Thirteen characters: check letter, authority (3), school (4), year (2), serial (3).
-- The letter is the sum of position times digit over positions 2 to 13, modulo 23, in
-- an alphabet without I, O and S: B801200005001.

local upn = {}

local LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"

function upn.check_letter(digits)
  local sum = 0
  for i = 1, #digits do sum = sum + (i + 1) * tonumber(digits:sub(i, i)) end
  local place = sum % 23 + 1
  return LETTERS:sub(place, place)
end

function upn.make(authority, school, year, serial)
  local digits = string.format("%03d%04d%02d%03d", authority, school, year % 100, serial)
  return upn.check_letter(digits) .. digits
end

function upn.is_valid(text)
  local letter, digits = text:match "^(%u)(%d%d%d%d%d%d%d%d%d%d%d%d)$"
  return digits ~= nil and upn.check_letter(digits) == letter
end

return upn
