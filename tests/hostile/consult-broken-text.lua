-- expect: failed fills: a should be a text of at most 16384 bytes, in UTF-8
-- as: consult
-- what: fills
return step { title = "Visit", principle = "listen", records = { amount = "number", agreed = { type = "actions" } },
  fills = function() return { a = "\xff" } end }
