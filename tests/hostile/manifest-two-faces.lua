-- expect: killed|failed
-- as: manifest
-- Says one thing when it is checked and another when it is read.
local asked = 0
return setmetatable({ name = "hostile", api = 1 }, { __index = function(_, name)
  if name == "version" then return "1" end
  if name ~= "title" then return nil end
  asked = asked + 1
  return asked > 1 and { "not a text" } or nil
end })
