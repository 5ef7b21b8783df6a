-- expect: failed \u{FEFF}\u{200E}\u{200F}x
error("\u{FEFF}\u{200E}\u{200F}x", 0)
