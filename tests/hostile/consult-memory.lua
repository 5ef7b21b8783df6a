-- expect: over-memory
-- as: consult
-- what: fills
return step { title = "Visit", principle = "listen", records = { amount = "number", agreed = { type = "actions" } },
  fills = function() local t = {} while true do t[#t + 1] = ("x"):rep(1 << 20) .. #t end end }
