-- expect: over-budget
-- output: none
-- Catching the budget's error does not help.
while true do
  pcall(function() while true do end end)
  print("caught")
end
