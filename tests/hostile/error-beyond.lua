-- expect: failed \xFD
error("\u{7FFFFFFF}", 0)
