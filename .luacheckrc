-- The files of services/store/redis/functions become one Redis library: they share the table
-- "baton", which the generated prelude declares; everything else is local to its file.
std = "lua51"
max_line_length = 100
globals = {"baton"}
read_globals = {"redis", "cmsgpack"}

-- Scripts of EVAL, where keys and arguments are global.
files["tests/bench/bare"] = {read_globals = {"KEYS", "ARGV"}}
