-- expect: over-budget hostile.lua:3
local t = setmetatable({}, { __concat = function()
  while true do end
end })
return pcall(function() return "a" .. t end)
