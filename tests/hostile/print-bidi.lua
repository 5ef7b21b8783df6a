-- expect: finished
-- output: 2
print "\u{202E}desrever\u{2066}\n\u{2028}"
