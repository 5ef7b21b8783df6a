-- expect: over-memory
local text = "aaaaaaaa"
while true do text = text:gsub("a", "aaaa") end
