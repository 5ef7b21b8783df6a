-- expect: finished
-- output: 1
for _ = 1, 1 do print(("\27[2J"):rep(3), "\r", "\8\127\u{9b}\u{202e}") end
