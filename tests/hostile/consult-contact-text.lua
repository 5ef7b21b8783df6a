-- expect: failed routes, item 1 should be { contact = (the id of a contact), route =, open = }
-- as: consult
-- what: routes
return step { title = "Visit", principle = "listen", records = { amount = "number", agreed = { type = "actions" } },
  routes = function() return { { contact = "1; DROP", route = "x", open = true } } end }
