-- expect: failed \x1B[31m
-- name: "a\27[31m\nwaymark: all is well.lua"
error "boo"
