# SPDX-License-Identifier: BSD-2-Clause
# Host builds: the same .c files as the ROM's, for tests. 64-bit under ASan and UBSan; 32-bit under UBSan, run by qemu-i386-static (whose
# address space has no room for ASan's shadow).
#   build/host64/libfpxe.a   core net image usr drivers and the host's platform      build/host64/unit/core/uri   one program a test file
#   make unit      all unit and simulated-network tests, 64-bit        make unit T=core/uri   one of them (T="core/uri net/tcp": some)
#   make unit32    the same, 32-bit width
#   make bin/fpxe-host    fPXE as a Linux program on a tap (tests/linux/)
# tests/unit32/ holds what only 32 bits can run.

HOST_CFLAGS   := -std=gnu11 -g -O1 -I$(CONFIG_ROOT) -I. -Wall -Wextra -Werror -Wshadow -Wvla -Wno-unused-parameter \
                 -fno-omit-frame-pointer -fno-sanitize-recover=undefined -MMD -MP
HOST_SAN_64   := -fsanitize=address,undefined
HOST_SAN_32   := -fsanitize=undefined
HOST_RUN_32   := qemu-i386-static
# libc has the firmware's own string functions, libgcc its 64-bit division.
HOST_SOURCES  := $(filter-out core/string.c core/math64.c,$(CORE_SOURCES)) $(NET_SOURCES) $(IMAGE_SOURCES) $(USR_SOURCES) $(DRIVER_SOURCES) $(PXE_SOURCES)
PLATFORM_SOURCES := $(wildcard tests/host/*.c) $(wildcard tests/sim/*.c)
TEST_SOURCES  := $(if $(T),$(T:%=tests/unit/%.c),$(wildcard tests/unit/*/*.c))

define host_rules
build/host$(1)/%.o: %.c | build/layout.h
	@mkdir -p $$(@D)
	$$(Q)$$(HOST_CC) -m$(1) $$(HOST_CFLAGS) $$(HOST_SAN_$(1)) -c -o $$@ $$<
build/host$(1)/libfpxe.a: $$(HOST_SOURCES:%.c=build/host$(1)/%.o) $$(PLATFORM_SOURCES:%.c=build/host$(1)/%.o)
	$$(Q)rm -f $$@; ar rcs $$@ $$^
build/host$(1)/unit/%: build/host$(1)/tests/unit/%.o build/host$(1)/tests/unit/test.o build/host$(1)/libfpxe.a
	@mkdir -p $$(@D)
	$$(Q)$$(HOST_CC) -m$(1) $$(HOST_SAN_$(1)) -o $$@ $$< build/host$(1)/tests/unit/test.o build/host$(1)/libfpxe.a
-include $$(HOST_SOURCES:%.c=build/host$(1)/%.d) $$(PLATFORM_SOURCES:%.c=build/host$(1)/%.d) $$(TEST_SOURCES:%.c=build/host$(1)/%.d)
UNIT_$(1) := $$(TEST_SOURCES:tests/unit/%.c=build/host$(1)/unit/%)
endef
$(eval $(call host_rules,64))
$(eval $(call host_rules,32))

# The firmware's own memory routines are 32-bit assembly; beside libc's they go by other names
build/host32/copy.o: build/rom/arch/x86/copy.o
	@mkdir -p $(@D)
	$(Q)objcopy --redefine-sym memcpy=fw_memcpy --redefine-sym memmove=fw_memmove $< $@
build/host32/sum.o: build/rom/arch/x86/sum.o
	@mkdir -p $(@D)
	$(Q)objcopy --redefine-sym sum_words=fw_sum_words $< $@
build/host32/unit/arch/%: tests/unit32/arch/%.c build/host32/%.o build/host32/tests/unit/test.o build/host32/tests/host/sum.o
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) -m32 -no-pie $(filter-out -MMD -MP,$(HOST_CFLAGS)) $(HOST_SAN_32) -o $@ $^
ifeq ($(T),)
UNIT_32 += build/host32/unit/arch/copy build/host32/unit/arch/sum
endif

.PHONY: unit unit32
.SECONDARY:
unit: $(UNIT_64)
	@tests/run_unit.sh unit '' $^
unit32: $(UNIT_32)
	@tests/run_unit.sh unit32 $(HOST_RUN_32) $^

# fPXE as a Linux program on a tap: the same files, optimised and not sanitized, to be profiled
LINUX_CFLAGS  := $(HOST_CFLAGS:-O1=-O2) -Wno-nonnull      # -O2 inlines so far that it sees paths which no caller takes
LINUX_SOURCES := $(filter-out $(DRIVER_SOURCES) $(PXE_SOURCES),$(HOST_SOURCES)) drivers/net/probe.c tests/host/sum.c $(wildcard tests/linux/*.c)
build/linux64/%.o: %.c | build/layout.h
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) -m64 $(LINUX_CFLAGS) -c -o $@ $<
bin/fpxe-host: $(LINUX_SOURCES:%.c=build/linux64/%.o)
	$(Q)$(HOST_CC) -m64 -o $@ $^
-include $(LINUX_SOURCES:%.c=build/linux64/%.d)

# The firmware for callgrind: 64-bit, for that is what valgrind runs here, but as small as the ROM's
COUNTED_CFLAGS := $(HOST_CFLAGS:-O1=-Oz) -fomit-frame-pointer -fno-builtin -Wno-nonnull -ffile-prefix-map=$(CURDIR)=.
COUNTED_OBJECTS := $(patsubst %.c,build/counted/%.o,core/string.c $(filter core/% net/%,$(HOST_SOURCES)) $(PLATFORM_SOURCES) tests/bench/instructions.c)
build/counted/%.o: %.c | build/layout.h
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) -m64 $(COUNTED_CFLAGS) -c -o $@ $<
build/counted/instructions: $(COUNTED_OBJECTS)
	$(Q)$(HOST_CC) -m64 -o $@ $^
-include $(COUNTED_OBJECTS:.o=.d)

include tests/fuzz.mk tests/coverage.mk tests/netem.mk tests/sweep.mk tests/turns.mk tests/check.mk
