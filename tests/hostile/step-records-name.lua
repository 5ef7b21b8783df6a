-- expect: failed hostile/steps/visit.lua: step: records: "\x1B[2J\u{202E}"
-- as: step
return step { title = "Visit", principle = "listen", records = { ["\27[2J\u{202E}"] = "text" } }
