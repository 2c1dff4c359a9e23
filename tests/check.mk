# SPDX-License-Identifier: BSD-2-Clause
# What a person types: each installs what it needs first (tests/deps.sh; nothing where all is there).
#   make check         lint, unit and simulated-network tests (64 and 32 bits), turns, fuzz targets, the sweep, boots in QEMU: "N passed, N failed"
#   make check-long    the same, with the boot tests that take long
#   make sweep         the simulated network over every kind of path: hours; a thousand points of it are part of make check
#   make lint          make boot [K=expression]      make bench [PEER=other.rom] [ROWS="lan clean"]
#   make instructions  instructions of the network stack per MiB of HTTP, counted by callgrind
#   make memory        MB/s of the firmware's copy and checksum under emulation
#   make demo          the ROM boots the Debian installer in QEMU; KERNEL= INITRD= NIC= ROM= choose others
#   make run           the same machine, stopping at the fPXE> prompt

PYTHON := /usr/bin/python3
# What the boot tests want beside `all`
CHAINED := bin/8086100e.pxe bin/8086100e.kpxe bin/8086100e.kkpxe
# Two QEMUs at a time; K chooses tests as pytest's -k does.
PYTEST := $(PYTHON) -B -m pytest -p no:cacheprovider -q -n 2 --tb=short -rfs --durations=12
DEMO_OPTIONS = $(if $(KERNEL),--kernel=$(KERNEL)) $(if $(INITRD),--initrd=$(INITRD)) $(if $(NIC),--nic=$(NIC)) $(if $(ROM),--rom=$(ROM))

.PHONY: check check-long lint boot bench instructions memory demo run deps
deps:
	@tests/deps.sh check
check: deps
	@MAKE='$(MAKE)' tests/check.sh
check-long: deps
	@MAKE='$(MAKE)' tests/check.sh long
lint: deps
	@$(PYTHON) -B tests/lint/lint.py
boot: deps
	@$(MAKE) --no-print-directory all netem bin/fpxe-host $(CHAINED)
	@LONG=$(LONG) tests/boot/launch.sh $(PYTEST) $(if $(K),-k '$(K)') tests/boot
demo run:
	@tests/deps.sh demo
	@$(MAKE) --no-print-directory all
	@$(PYTHON) -B tests/demo.py $(if $(filter run,$@),--prompt) $(DEMO_OPTIONS)
bench: deps
	@$(MAKE) --no-print-directory all netem build/bench/memory.img
	@$(PYTHON) -B tests/bench/bench.py $(if $(PEER),--peer $(PEER)) $(if $(ROWS),--rows $(ROWS))
instructions: deps
	@$(PYTHON) -B tests/bench/instructions.py

# A floppy with the firmware's memory routines, linked in as they are
build/bench/memory.o: tests/bench/memory.asm
	@mkdir -p $(@D)
	$(Q)$(NASM) -f elf32 -o $@ $<
build/bench/memory.img: build/bench/memory.o build/rom/arch/x86/copy.o build/rom/arch/x86/sum.o
	$(Q)$(filter-out --gc-sections,$(LINK)) -N -Ttext=0x7c00 -e start --oformat binary -o $@ $^
	$(Q)truncate -s 1440K $@
memory: deps
	@$(MAKE) --no-print-directory build/bench/memory.img
	@$(PYTHON) -B tests/bench/memory.py
