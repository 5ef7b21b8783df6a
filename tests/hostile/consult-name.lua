-- expect: failed fills: a name has letters, digits, _ and -
-- as: consult
-- what: fills
return step { title = "Visit", principle = "listen", records = { amount = "number", agreed = { type = "actions" } },
  fills = function() return { ["\27[2J\u{202E}"] = "x" } end }
