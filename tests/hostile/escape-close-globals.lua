-- expect: finished
-- result: 0
local reached = 0
do
  local _ <close> = setmetatable({}, { __close = function()
    for _, name in ipairs { "debug", "io", "os", "package", "require", "load", "_G", "fence", "json", "core" } do
      if _ENV[name] ~= nil then reached = reached + 1 end
    end
  end })
end
return reached
