-- expect: failed fills: a name has letters
-- as: consult
-- what: fills
return step { title = "Visit", principle = "listen", records = { amount = "number", agreed = { type = "actions" } },
  fills = function() return { "x" } end }
