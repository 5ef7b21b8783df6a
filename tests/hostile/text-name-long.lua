-- expect: failed boo
-- name: ("\u{20AC}"):rep(3000)
error "boo"
