-- expect: finished
return (function() local t = {} for _ = 1, 31 do t = { t } end return t end)()
