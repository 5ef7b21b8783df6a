-- expect: failed
-- as: consult
-- what: fills
return step { title = "Visit", principle = "listen", records = { amount = "number", agreed = { type = "actions" } },
  fills = function() error(setmetatable({}, { __tostring = function() while true do end end })) end }
