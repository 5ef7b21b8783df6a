-- expect: failed essex
error("plugins/essex/plugin.lua:1: sorry", 0)
