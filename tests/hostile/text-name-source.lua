-- expect: failed boo
-- name: "=stdin"
error "boo"
