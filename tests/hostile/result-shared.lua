-- expect: failed too many values
-- Twenty levels of four times the same: a million million values.
local t = { 1 }
for _ = 1, 20 do t = { t, t, t, t } end
return t
