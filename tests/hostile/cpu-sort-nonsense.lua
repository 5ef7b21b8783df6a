-- expect: finished
-- result: 5000
-- An order that is no order: the sort still ends and loses nothing.
local t = {}
for i = 1, 5000 do t[i] = i end
table.sort(t, function() return true end)
table.sort(t, function(a, b) return (a * 7919) % 13 < (b * 104729) % 11 end)
return #t
