-- expect: failed €€€
error(("\u{20AC}"):rep(4000), 0)
