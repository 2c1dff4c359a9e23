# SPDX-License-Identifier: BSD-2-Clause
# What a turn of the loop that waits costs at most (tests/turns/), counted in instructions of code as small as the ROM's.
#   make turns     each input of tests/turns/turns.c, and the most that a turn took

TURNS_OBJECTS := $(patsubst %.c,build/counted/%.o,core/string.c $(filter-out $(DRIVER_SOURCES) $(PXE_SOURCES),$(HOST_SOURCES)) drivers/net/probe.c \
                   $(PLATFORM_SOURCES) tests/unit/test.c tests/turns/turns.c)
build/counted/turns: $(TURNS_OBJECTS)
	$(Q)$(HOST_CC) -m64 -o $@ $^
-include $(TURNS_OBJECTS:.o=.d)

.PHONY: turns
turns: build/counted/turns
	@$(PYTHON) -B tests/turns/turns.py
