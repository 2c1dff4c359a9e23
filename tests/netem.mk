# SPDX-License-Identifier: BSD-2-Clause
# The network emulator of the boot tests and the bench: build/netem/netem, a program of the host (tests/netem/netem.c says how it is used).

NETEM_CC      ?= gcc
NETEM_CFLAGS  := -std=gnu11 -O2 -g -D_GNU_SOURCE -I. -Wall -Wextra -Werror -Wshadow -Wvla -Wno-unused-parameter -MMD -MP
NETEM_SOURCES := $(wildcard tests/netem/*.c)
NETEM_OBJECTS := $(NETEM_SOURCES:tests/netem/%.c=build/netem/%.o)

build/netem/%.o: tests/netem/%.c
	@mkdir -p $(@D)
	$(Q)$(NETEM_CC) $(NETEM_CFLAGS) -c -o $@ $<
build/netem/netem: $(NETEM_OBJECTS)
	$(Q)$(NETEM_CC) -o $@ $^
-include $(NETEM_OBJECTS:.o=.d)

.PHONY: netem
netem: build/netem/netem
