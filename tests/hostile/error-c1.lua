-- expect: failed \u{009B}31m
error("\u{9B}31m\u{9D}0;title\u{9C}", 0)
