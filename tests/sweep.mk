# SPDX-License-Identifier: BSD-2-Clause
# Downloads over every kind of path, on the simulated network (tests/sweep/), optimised and not sanitized.
#   make sweep-check     a thousand points by their seeds; a line for each is in build/sweep/check.txt
#   make sweep           every point of the matrix, on from where it ended last; a line for each is in build/sweep/all.txt

SWEEP_OBJECTS := $(patsubst %.c,build/linux64/%.o,$(filter core/% net/%,$(HOST_SOURCES)) $(PLATFORM_SOURCES) $(wildcard tests/sweep/*.c))
build/sweep/sweep: $(SWEEP_OBJECTS)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) -m64 -o $@ $^ -lm
-include $(SWEEP_OBJECTS:.o=.d)

.PHONY: sweep sweep-check
sweep-check: build/sweep/sweep
	@build/sweep/sweep check build/sweep/check.txt
sweep: build/sweep/sweep
	@build/sweep/sweep all build/sweep/all.txt
