-- expect: failed why complete cannot be should be a text of at most 500 bytes
-- as: consult
-- what: complete
return step { title = "Visit", principle = "listen", records = { amount = "number", agreed = { type = "actions" } },
  complete = function() return nil, ("no"):rep(300) end }
