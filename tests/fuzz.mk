# SPDX-License-Identifier: BSD-2-Clause
# Fuzz targets: each tests/fuzz/NAME.c is a program (LLVMFuzzerTestOneInput) with its seeds in tests/fuzz/corpus/NAME/ and
# its words in tests/fuzz/NAME.dict. A seed's name says what it shows; what a run found and was mended stays there as one.
#   make fuzz-check      its seeds and 20,000 inputs from a fixed seed, the same every time
#   make fuzz TIME=60    each target for so many seconds, from where the last run ended (build/fuzz/corpus/)      FUZZ=uri: that one

FUZZ_CC       ?= clang
FUZZ_CFLAGS   := -std=gnu11 -g -O1 -I$(CONFIG_ROOT) -I. -Wall -Wextra -Werror -Wshadow -Wvla -Wno-unused-parameter \
                 -fno-omit-frame-pointer -fno-sanitize-recover=undefined -MMD -MP
FUZZ_SAN      := address,undefined
FUZZ          ?= $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c))
TIME          ?= 60
FUZZ_OBJECTS  := $(HOST_SOURCES:%.c=build/fuzz/obj/%.o) $(PLATFORM_SOURCES:%.c=build/fuzz/obj/%.o)
FUZZ_PROGRAMS := $(FUZZ:%=build/fuzz/bin/%)

build/fuzz/obj/%.o: %.c | build/layout.h
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link,$(FUZZ_SAN) -c -o $@ $<
build/fuzz/libfpxe.a: $(FUZZ_OBJECTS)
	$(Q)rm -f $@; ar rcs $@ $^
build/fuzz/bin/%: build/fuzz/obj/tests/fuzz/%.o build/fuzz/libfpxe.a
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) -fsanitize=fuzzer,$(FUZZ_SAN) -o $@ $< build/fuzz/libfpxe.a
-include $(FUZZ_OBJECTS:%.o=%.d) $(FUZZ:%=build/fuzz/obj/tests/fuzz/%.d)

.PHONY: fuzz fuzz-check
fuzz-check: $(FUZZ_PROGRAMS)
	@tests/run_fuzz.sh check $(FUZZ)
fuzz: $(FUZZ_PROGRAMS)
	@tests/run_fuzz.sh $(TIME) $(FUZZ)
