-- random.lua: chance that falls the same way on every machine.
--
-- Each purpose draws from its own stream, named by a seed and a label. A stream
-- yields the same numbers whatever the others have drawn, so a change to how trips
-- are made leaves every illness where it was. Only whole-number arithmetic, and
-- divisions that are exact: no machine rounds differently.
--
-- Streams: FNV-1a over the name; numbers: splitmix64 (Steele, Lea, Flood 2014).

local random = {}
random.__index = random

local function hash(text)
  local h = 0xcbf29ce484222325
  for i = 1, #text do h = (h ~ text:byte(i)) * 0x100000001b3 end
  return h
end

function random.stream(seed, label)
  return setmetatable({ state = hash(seed .. "/" .. label) }, random)
end

-- 64 random bits.
function random:bits()
  self.state = self.state + 0x9e3779b97f4a7c15
  local z = self.state
  z = (z ~ (z >> 30)) * 0xbf58476d1ce4e5b9
  z = (z ~ (z >> 27)) * 0x94d049bb133111eb
  return z ~ (z >> 31)
end

-- At least 0, below 1.
function random:fraction()
  return (self:bits() >> 11) * 0x1p-53
end

function random:chance(probability)
  return self:fraction() < probability
end

-- A whole number from low to high, both included.
function random:whole(low, high)
  return low + (self:bits() >> 1) % (high - low + 1)
end

function random:one_of(list)
  return list[self:whole(1, #list)]
end

-- One entry of a list of { weight = number, ... }.
function random:weighted(list)
  local total = 0
  for _, entry in ipairs(list) do total = total + entry.weight end
  local left = self:fraction() * total
  for _, entry in ipairs(list) do
    left = left - entry.weight
    if left < 0 then return entry end
  end
  return list[#list]
end

function random:shuffle(list)
  for i = #list, 2, -1 do
    local j = self:whole(1, i)
    list[i], list[j] = list[j], list[i]
  end
  return list
end

return random
