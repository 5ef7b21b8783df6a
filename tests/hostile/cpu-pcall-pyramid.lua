-- expect: over-budget
-- output: none
local function pyramid(n)
  if n == 0 then while true do end end
  local ok = pcall(pyramid, n - 1)
  if not ok then
    print "swallowed"
    while true do end
  end
end
pyramid(150)
