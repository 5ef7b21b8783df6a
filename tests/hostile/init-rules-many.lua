-- expect: failed too many: at most 100 rules
-- as: init
for i = 1, 501 do count { name = "rule-" .. i, codes = "O", at_least = 1, weeks = 4 } end
return { road_map = {} }
