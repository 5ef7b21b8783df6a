-- expect: failed attempt to call a nil value (global 'load')
return load(function() return "\27Lua" end)
