# Waymark. On a fresh Debian 12: make demo, make test. `make help` lists the rest.

PREFIX  ?= /usr/local
DESTDIR ?=
CC      = gcc
BUILD   ?= build
SAN     ?=

LUA      = lua5.4
CSTD     = -std=c11 -D_GNU_SOURCE
WARN     = -Wall -Wextra -Wpedantic -Wshadow -Wconversion
CFLAGS  ?= -O2 -g
INCLUDE  = -Icore $(shell pkg-config --cflags lua5.4 libxml-2.0 2>/dev/null)
HARDEN   = -fPIC -fvisibility=hidden -fstack-protector-strong
ifneq ($(SAN),)
BUILD    = build-san
CFLAGS   = -O1 -g -fno-omit-frame-pointer -fsanitize=$(SAN) -fno-sanitize-recover=all -DWAYMARK_SANITIZED -DWAYMARK_TESTS
else
HARDEN  += -D_FORTIFY_SOURCE=2
endif
COMPILE  = $(CC) $(CSTD) $(WARN) $(INCLUDE) $(HARDEN) $(CFLAGS)

LIBDIR       = $(shell pkg-config --variable=libdir lua5.4 2>/dev/null)
WORKER_LIBS  = $(LIBDIR)/liblua5.4.a -ljansson -lseccomp -lm
HOST_LIBS    = -pthread -lsqlite3 -lcsv -ljansson -lcrypto -lreadline -lgumbo -lxml2 -larchive -lical -lm
PROGRAM_LIBS = -llua5.4 $(HOST_LIBS)

# What a fresh Debian 12 needs to build and run (of what files are read by: libcsv is LGPL 2.1, libxml2 and jansson are
# MIT, libarchive is BSD, libical is LGPL 2.1 or MPL 2.0); what the specs add (documents as PDF), and those
# in full (a browser); what the lints and fuzzers add.
PACKAGES       = gcc libc6-dev pkg-config lua5.4 liblua5.4-dev libsqlite3-dev libcsv-dev \
                 libjansson-dev libssl-dev libseccomp-dev libreadline-dev libgumbo-dev \
                 libxml2-dev libarchive-dev libical-dev \
                 lua-argparse lua-filesystem lua-lpeg lua-busted
TEST_PACKAGES  = weasyprint fontconfig poppler-utils fonts-liberation2 fonts-dejavu-core
SLOW_PACKAGES  = chromium
CHECK_PACKAGES = clang clang-tidy clang-format cppcheck lua-check valgrind libclang-rt-14-dev

sources = $(shell find $(addprefix core/,$(1)) -name "*.c" | LC_ALL=C sort)
objects = $(patsubst core/%.c,$(BUILD)/o/%.o,$(call sources,$(1)))
SHARED  := $(call objects,base attendance script) $(BUILD)/o/sdk_chunks.o
WORKER  := $(SHARED) $(call objects,worker)
HOST    := $(SHARED) $(call objects,store) $(BUILD)/o/worker/frame.o \
          $(filter-out %/main.o,$(call objects,host))
SDK     = $(wildcard lua/sdk/*.lua lua/sdk/*/*.lua)
MODULES = $(shell find lua/waymark -name "*.lua" ! -name "*.d.lua")

.DELETE_ON_ERROR: # what was not written to its end is no newer than what it is made of

all: $(BUILD)/waymark $(BUILD)/waymark-worker $(BUILD)/lua/waymark/core.so

$(BUILD)/waymark: $(HOST) $(BUILD)/o/host/main.o $(BUILD)/o/host_chunks.o
	$(COMPILE) -Wl,-E -o $@ $^ $(PROGRAM_LIBS)

$(BUILD)/waymark-worker: $(WORKER)
	$(COMPILE) -o $@ $^ $(WORKER_LIBS)

$(BUILD)/lua/waymark/core.so: $(HOST)
	@mkdir -p $(@D)
	$(COMPILE) -shared -o $@ $^ $(HOST_LIBS)

$(BUILD)/o/%.o: core/%.c
	@mkdir -p $(@D)
	$(COMPILE) -MMD -MP -c -o $@ $<

# Lua that stands compiled in the programs: of workers too; of the host, with what reads its command line.
$(BUILD)/o/sdk_chunks.c: core/script/embed.lua $(SDK)
	@mkdir -p $(@D)
	@$(LUA) core/script/embed.lua $@ chunk_sdk lua/sdk $(SDK)

$(BUILD)/o/host_chunks.c: core/script/embed.lua $(MODULES)
	@mkdir -p $(@D)
	@$(LUA) core/script/embed.lua $@ chunk_host lua $(MODULES) argparse

$(BUILD)/o/%_chunks.o: $(BUILD)/o/%_chunks.c core/script/chunk.h
	$(COMPILE) -Wno-overlength-strings -c -o $@ $<

-include $(shell find $(BUILD)/o -name "*.d" 2>/dev/null)

# The rest ---------------------------------------------------------------------

C_FILES   = $(shell find core -name "*.c")

# Install what is missing of $(1), as root or with sudo; otherwise name it and stop.
define install_packages
@missing=""; for p in $(1); do \
  dpkg-query -W -f='$${db:Status-Status}' $$p 2>/dev/null | grep -qx installed || missing="$$missing $$p"; \
done; \
[ -z "$$missing" ] && exit 0; \
if [ "$$(id -u)" = 0 ]; then as=""; elif sudo -n true 2>/dev/null || [ -t 0 ]; then as=sudo; else \
  echo "These Debian packages are missing; please have them installed:$$missing" >&2; exit 1; fi; \
echo "Installing:$$missing"; \
$$as apt-get update -q && \
$$as env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing
endef

deps:
	$(call install_packages,$(PACKAGES))

test-deps: deps
	$(call install_packages,$(TEST_PACKAGES))

check-deps: deps
	$(call install_packages,$(CHECK_PACKAGES))

# Installing may be what makes pkg-config known, so the build is a make of its own.
build: deps
	@$(MAKE) --no-print-directory -j$$(nproc) all

demo: build
	@BUILD=$(BUILD) sh examples/demo.sh

test: test-deps build
	@BUILD=$(BUILD) sh tests/run.sh $(SPECS)

# Specs that show nothing of C that others do not: of texts, of Lua alone, of what is printed.
NO_C  = bench docs example first_plugin floors manual mustache printed templates words
# Its faults stand in the allocator's place, where the sanitizer's is; `memory` has those of the core.
NO_SAN = fault
WITH_C = $(filter-out $(NO_C) $(NO_SAN),$(patsubst %_spec.lua,%,$(notdir $(wildcard tests/spec/*/*_spec.lua))))

san: test-deps build
	$(MAKE) --no-print-directory -j$$(nproc) all SAN=address,undefined
	$(MAKE) --no-print-directory run-specs SAN=address,undefined SPECS="$(or $(SPECS),$(WITH_C))"

run-specs:
	@BUILD=$(BUILD) ASAN_OPTIONS=detect_leaks=0:malloc_context_size=8 \
	  PRELOAD="$(if $(SAN),$(shell $(CC) -print-file-name=libasan.so) $(shell $(CC) -print-file-name=libubsan.so))" \
	  sh tests/run.sh $(SPECS)

check: check-deps
	luacheck -q lua plugins tests examples core
	clang-format --dry-run -Werror $$(find core -name "*.[ch]")
	cppcheck -q -j $$(nproc) --std=c11 --error-exitcode=1 --inline-suppr --suppress=missingIncludeSystem \
	  --enable=warning,performance,portability -Icore core
	echo $(C_FILES) | xargs -P $$(nproc) -n 8 sh -c \
	  'clang-tidy --quiet "$$@" -- $(CSTD) $(INCLUDE) 2>/dev/null' tidy

FAULT = SEED=$(SEED) LUA_PATH="./?.lua;lua/?.lua;lua/?/init.lua;;" LUA_CPATH="$(BUILD)/lua/?.so;;" \
        WAYMARK_BUILD=$(BUILD) ROUNDS=$(ROUNDS) $(LUA)
ROUNDS ?= 100
EVERY  ?= 1
SEED   ?= 1

fault: build
	$(FAULT) tests/fault/loops.lua
	$(FAULT) tests/fault/kill_import.lua
	$(FAULT) tests/fault/flips.lua
	@BUILD=$(BUILD) EVERY=$(EVERY) sh tests/run.sh memory

# What the fuzzers reach: all of the host. Two of them read its Lua, which loads lpeg.
FUZZED   = $(patsubst $(BUILD)/o/%,build-fuzz/o/%,$(HOST))
FUZZERS  = $(patsubst tests/fuzz/%.c,build-fuzz/%,$(wildcard tests/fuzz/*.c))
FUZZING  = clang $(CSTD) $(INCLUDE) -g -O1 -DFUZZING -fno-sanitize-recover=all
SECONDS ?= 30

build-fuzz/o/%.o: core/%.c
	@mkdir -p $(@D)
	$(FUZZING) -fsanitize=fuzzer-no-link,address,undefined -c -o $@ $<

build-fuzz/o/%_chunks.o: $(BUILD)/o/%_chunks.c
	@mkdir -p $(@D)
	$(FUZZING) -c -o $@ $<

build-fuzz/%: tests/fuzz/%.c $(FUZZED)
	@mkdir -p build-fuzz/corpus-$*
	$(FUZZING) -fsanitize=fuzzer,address,undefined -o $@ $^ $(PROGRAM_LIBS)

.SECONDARY: $(FUZZED)

# As many at once as there are processors; what each says stands together.
fuzz: check-deps build
	@$(MAKE) --no-print-directory -j$$(nproc) $(FUZZERS)
	@printf '%s\n' $(FUZZERS) | xargs -P $$(nproc) -I{} sh -c 'name=$$(basename {}); \
	  {} -max_total_time=$(SECONDS) -max_len=65536 -print_final_stats=1 -verbosity=0 \
	    -artifact_prefix=build-fuzz/ build-fuzz/corpus-$$name \
	    $$(ls tests/fuzz/$$name.dict 2>/dev/null | sed "s/^/-dict=/") \
	    $$(ls -d tests/fuzz/seeds/$$name 2>/dev/null) >build-fuzz/$$name.log 2>&1; status=$$?; \
	  echo "fuzzing {} for $(SECONDS) s"; cat build-fuzz/$$name.log; exit $$status'

# Benchmarks: programs to compare with; what two of them use of the core is linked from its build.
BENCH_PEERS  = $(addprefix $(BUILD)/bench/,run data count memory rows clock.so)
BENCH_CORE   = $(call objects,base attendance)
SCALE       ?= trust

$(BUILD)/bench/memory $(BUILD)/bench/rows: $(BENCH_CORE) $(wildcard tests/bench/*.h) $(shell find core -name "*.h")

$(BUILD)/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(COMPILE) -o $@ $(filter %.c %.o,$^) -lsqlite3 -lcsv

$(BUILD)/bench/forms: tests/bench/forms.c $(HOST)
	@mkdir -p $(@D)
	$(COMPILE) -o $@ $^ $(PROGRAM_LIBS)

$(BUILD)/bench/clock.so: tests/bench/clock.c
	@mkdir -p $(@D)
	$(COMPILE) -shared -o $@ $<

bench-peers: $(BENCH_PEERS)

bench: build
	@BUILD=$(BUILD) SCALE=$(SCALE) ROUNDS=$(if $(filter file,$(origin ROUNDS)),,$(ROUNDS)) sh tests/bench/bench.sh

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/waymark \
	  $(DESTDIR)$(PREFIX)/lib/lua/5.4/waymark
	install -m 755 $(BUILD)/waymark $(DESTDIR)$(PREFIX)/bin/
	install -m 755 $(BUILD)/waymark-worker $(DESTDIR)$(PREFIX)/lib/waymark/
	install -m 644 $(BUILD)/lua/waymark/core.so $(DESTDIR)$(PREFIX)/lib/lua/5.4/waymark/
	for f in $$(find lua/waymark -type f); do \
	  install -D -m 644 $$f $(DESTDIR)$(PREFIX)/share/lua/5.4/$${f#lua/}; done
	for f in $$(find lua/types -type f); do \
	  install -D -m 644 $$f $(DESTDIR)$(PREFIX)/share/waymark/$${f#lua/}; done
	for f in $$(find plugins -type f); do \
	  install -D -m 644 $$f $(DESTDIR)$(PREFIX)/share/waymark/$$f; done
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/waymark lua/manual/*.md
	find $(DESTDIR)$(PREFIX)/share/lua/5.4/waymark $(DESTDIR)$(PREFIX)/share/waymark \
	  $(DESTDIR)$(PREFIX)/share/doc/waymark -type d -exec chmod 755 {} +

# The specs that the plugins that ship have of their own.
plugins: build
	@for folder in plugins/*/; do \
	  printf '%s\n' "$$folder"; $(BUILD)/waymark plugin test "$$folder" || failed=1; done; test -z "$$failed"

# What the specs shorten in full: longer loops, and every command started anew.
slow: test-deps build
	$(call install_packages,$(SLOW_PACKAGES))
	@SLOW=1 EXEC=1 BUILD=$(BUILD) sh tests/run.sh $(SPECS)

valgrind: check-deps build
	@BUILD=$(BUILD) sh tests/valgrind.sh

# The shape of the tree.
house: all
	@$(LUA) tests/house.lua . $(BUILD)

# What is made from the declaration of the API: checks, types for editors, the manual.
api: $(BUILD)/lua/waymark/core.so
	LUA_PATH="lua/?.lua;lua/sdk/?.lua;lua/sdk/?/init.lua" LUA_CPATH="$(BUILD)/lua/?.so" $(LUA) lua/make/api.lua

clean:
	rm -rf build build-san build-fuzz demo

help:
	@echo "make            build the program, the worker and the Lua module in build/"
	@echo "make demo       build, make the example school and walk through it"
	@echo "make test       build and run the specs"
	@echo "make plugins    the specs that the plugins that ship have of their own"
	@echo "make check      lints: luacheck, clang-format, cppcheck, clang-tidy"
	@echo "make san        the specs that reach C, on a build with address and undefined-behaviour sanitizers"
	@echo "make fuzz       fuzz what reads files, templates, settings, workers' answers and plugins' values (SECONDS=30)"
	@echo "make fault      kill commands, let calls and allocations fail, races, damaged files, over every command (ROUNDS=100 EVERY=1 SEED=1)"
	@echo "make slow       the specs in their long form, every command started anew"
	@echo "make valgrind   an import and a suggest of a small school under valgrind"
	@echo "make house      the shape of the tree: files, functions, what is used once, circles"
	@echo "make api        what is made from the declaration of the API, lua/sdk/api"
	@echo "make bench      beside DuckDB and others: SCALE=school|trust|authority|england (ROUNDS=)"
	@echo "make install    PREFIX=$(PREFIX) DESTDIR="
	@echo "make clean      remove everything that was built"

.PHONY: all api deps test-deps check-deps build demo test plugins san run-specs slow valgrind check fuzz fault house bench bench-peers \
        install clean help
