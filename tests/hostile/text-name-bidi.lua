-- expect: failed \u{202E}
-- name: "x\u{202E}aul.lua"
error "boo"
