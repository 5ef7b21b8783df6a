-- expect: failed
package.loadlib("liblua5.4.so.0", "luaopen_io")
