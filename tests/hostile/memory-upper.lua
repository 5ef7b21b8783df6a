-- expect: over-memory
local kept, text = {}, ("x"):rep(8 << 20)
for i = 1, 100 do
  text = i % 2 == 0 and text:upper() or text:lower():reverse() .. i
  kept[i] = text
end
