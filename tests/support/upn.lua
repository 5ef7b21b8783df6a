-- upn.lua: the check letter of a unique pupil number, for specs and generated schools.
--
-- Σ position × digit over positions 2 to 13, modulo 23, in an alphabet without I, O and S.

local upn = {}

local ALPHABET = "ABCDEFGHJKLMNPQRTUVWXYZ"

-- The letter for the twelve digits that follow it.
function upn.letter(digits)
  local position, sum = 1, 0
  for digit in digits:gmatch "%d" do
    position = position + 1
    sum = sum + position * math.tointeger(digit)
  end
  return ALPHABET:sub(sum % 23 + 1, sum % 23 + 1)
end

return upn
