-- expect: killed a malformed answer
-- as: step
return step { title = "Visit", principle = "listen", records = { ["\27[2J\u{202E}"] = "text" } }
