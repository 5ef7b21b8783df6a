-- expect: killed|over-budget
-- cpu: 0.3
local text = ("\u{20AC}"):rep(4 << 20)
while true do utf8.len(text) end
