# SPDX-License-Identifier: BSD-2-Clause
# Host builds: the same .c files as the ROM's, for tests under ASan and UBSan, 64-bit and (under qemu-i386-static) 32-bit.
#   build/host64/libfpxe.a   core net image usr drivers, host-built      build/host64/unit/core/uri   one program a test file
#   make unit      all unit and simulator tests, 64-bit        make unit T=core/uri   one of them
#   make unit32    the same, 32-bit width

HOST_CC      ?= gcc
HOST_CFLAGS  := -std=gnu11 -g -O1 -I$(CONFIG_ROOT) -I. -Wall -Wextra -Werror -Wshadow -Wvla -Wno-unused-parameter \
                -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined -MMD -MP
HOST_SOURCES := $(filter-out core/string.c core/math64.c,$(CORE_SOURCES)) $(NET_SOURCES) $(IMAGE_SOURCES) $(USR_SOURCES) $(DRIVER_SOURCES)
PLATFORM_SOURCES := $(wildcard tests/host/*.c) $(wildcard tests/sim/*.c)
TEST_SOURCES := $(if $(T),tests/unit/$(T).c,$(filter-out tests/unit/test.c,$(wildcard tests/unit/*/*.c)))

define host_rules
build/host$(1)/%.o: %.c
	@mkdir -p $$(@D)
	$$(Q)$$(HOST_CC) -m$(1) $$(HOST_CFLAGS) -c -o $$@ $$<
build/host$(1)/libfpxe.a: $$(HOST_SOURCES:%.c=build/host$(1)/%.o) $$(PLATFORM_SOURCES:%.c=build/host$(1)/%.o)
	$$(Q)rm -f $$@; ar rcs $$@ $$^
build/host$(1)/unit/%: build/host$(1)/tests/unit/%.o build/host$(1)/tests/unit/test.o build/host$(1)/libfpxe.a
	@mkdir -p $$(@D)
	$$(Q)$$(HOST_CC) -m$(1) $$(HOST_CFLAGS) -o $$@ $$< build/host$(1)/tests/unit/test.o build/host$(1)/libfpxe.a
-include $$(HOST_SOURCES:%.c=build/host$(1)/%.d) $$(PLATFORM_SOURCES:%.c=build/host$(1)/%.d) $$(TEST_SOURCES:%.c=build/host$(1)/%.d)
endef
$(eval $(call host_rules,64))
$(eval $(call host_rules,32))

.PHONY: unit unit32
.SECONDARY:
unit: $(TEST_SOURCES:tests/unit/%.c=build/host64/unit/%)
	@rc=0; for t in $^; do echo "$$t"; ./$$t || rc=1; done; exit $$rc
unit32: $(TEST_SOURCES:tests/unit/%.c=build/host32/unit/%)
	@rc=0; for t in $^; do echo "$$t"; ASAN_OPTIONS=detect_leaks=0 qemu-i386-static ./$$t || rc=1; done; exit $$rc
