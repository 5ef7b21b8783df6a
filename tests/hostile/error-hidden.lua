-- expect: failed fin\u{200B}ished\u{2060}\u{E0041}\u{00AD}
error("fin\u{200B}ished\u{2060}\u{E0041}\u{AD}", 0)
