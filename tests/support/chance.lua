-- chance.lua: numbers for generated tests, the same for a seed on every machine.
--
-- splitmix64 (Steele, Lea, Flood 2014). `fork` gives a stream of its own for a part of
-- the work, so that one part can change without moving the others.

local chance = {}
chance.__index = chance

function chance.new(seed)
  return setmetatable({ state = seed }, chance)
end

function chance:bits()
  self.state = self.state + 0x9e3779b97f4a7c15
  local z = self.state
  z = (z ~ (z >> 30)) * 0xbf58476d1ce4e5b9
  z = (z ~ (z >> 27)) * 0x94d049bb133111eb
  return z ~ (z >> 31)
end

function chance:fork()
  return chance.new(self:bits())
end

-- True in `percent` of a hundred cases; the percentage may be a fraction.
function chance:in_hundred(percent)
  return (self:bits() >> 11) * 0x1p-53 * 100 < percent
end

-- A whole number from low to high, both included.
function chance:whole(low, high)
  return low + (self:bits() >> 1) % (high - low + 1)
end

function chance:one_of(list)
  return list[self:whole(1, #list)]
end

function chance:shuffle(list)
  for i = #list, 2, -1 do
    local j = self:whole(1, i)
    list[i], list[j] = list[j], list[i]
  end
  return list
end

return chance
