-- expect: killed a malformed answer
-- as: init
codes { { "O", "unauthorised", "Unauthorised", physical = { deep = {} } } }
return { road_map = {} }
