-- expect: failed \u{202E}
error("\u{202E}dlrow\u{2066}", 0)
