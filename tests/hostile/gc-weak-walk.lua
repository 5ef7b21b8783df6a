-- expect: finished
-- Fields go away while they are walked and sorted.
local t = setmetatable({}, { __mode = "v" })
for i = 1, 2000 do t[i] = { i } t["k" .. i] = { i } end
local n = 0
for _, value in pairs(t) do n = n + #value local _ = ("x"):rep(10000) .. n end
pcall(table.sort, t, function(a, b) local _ = ("y"):rep(1000) return a[1] < b[1] end)
