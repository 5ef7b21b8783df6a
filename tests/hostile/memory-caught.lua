-- expect: over-memory
-- output: none
-- Running out cannot be caught and tried again.
for _ = 1, 1000 do
  pcall(function() local t = {} while true do t[#t + 1] = ("x"):rep(100000) .. #t end end)
  print("again")
end
