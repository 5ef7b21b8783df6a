-- expect: finished
-- result: "1 2 10 alpha beta false true"
local t = { beta = 1, alpha = 1, [true] = 1, [false] = 1, [10] = 1, [2] = 1, [1] = 1 }
local order, key = {}, nil
for k in pairs(t) do order[#order + 1] = tostring(k) end
for i = 1, #order do
  key = next(t, key)
  if tostring(key) ~= order[i] then return "next differs from pairs" end
end
return table.concat(order, " ")
