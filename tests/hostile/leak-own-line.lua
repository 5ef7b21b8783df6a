-- expect: finished
-- result: "hostile.lua:5: boo"
-- An error tells of the plugin's own lines, not of paths of this machine.
local function raise() pcall(error)
  error "boo" end
return select(2, pcall(raise))
