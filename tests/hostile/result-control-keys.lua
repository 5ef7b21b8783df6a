-- expect: failed
return { ["\27[2J\u{202E}"] = print }
