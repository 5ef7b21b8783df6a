-- expect: failed compiled Lua
-- as: init
-- generate
return { ["init.lua"] = 'require "hostile.code" return { road_map = {} }', ["code.lua"] = "\27Lua\x54" }
