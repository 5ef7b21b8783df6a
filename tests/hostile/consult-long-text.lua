-- expect: failed fills: a should be a text of at most 16384 bytes
-- as: consult
-- what: fills
return step { title = "Visit", principle = "listen", records = { amount = "number", agreed = { type = "actions" } },
  fills = function() return { a = ("x"):rep(16385) } end }
