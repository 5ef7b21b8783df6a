-- expect: finished
-- as: consult
-- what: routes
-- consulted: {"routes":[]}
return step { title = "Visit", principle = "listen", records = { amount = "number", agreed = { type = "actions" } },
  routes = function() return setmetatable({}, { __len = function() return 1 << 60 end }) end }
