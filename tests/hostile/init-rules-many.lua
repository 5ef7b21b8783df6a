-- expect: killed a malformed answer
-- as: init
for i = 1, 501 do count { name = "rule-" .. i, codes = "O", at_least = 1, weeks = 4 } end
return { road_map = {} }
