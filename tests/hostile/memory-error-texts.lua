-- expect: over-memory
-- output: none
local kept = {}
for i = 1, 100 do
  local _, message = pcall(error, ("x"):rep(4 << 20) .. i)
  kept[i] = message
end
print "there was room"
