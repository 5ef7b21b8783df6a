-- expect: failed|over-budget
local function nest()
  local _ <close> = setmetatable({}, { __close = function() nest() end })
end
nest()
