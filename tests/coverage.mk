# SPDX-License-Identifier: BSD-2-Clause
# Line coverage of the parsers, by gcc and gcovr: the unit and simulated-network tests, 64-bit, and the seeds of the fuzz targets.
#   make coverage        build, run, and say what is reached: a line a file; fails where a parser is below COVERAGE_MIN %
#   make coverage-line   the last line of the last run again
# The figures stay in build/coverage/files.csv, the lines that nothing reached in build/coverage/missed.

COVERAGE_MIN    := 95
# What reads bytes that others wrote: from the wire, from a file, from a disk, from a program that calls, or from whoever writes scripts and
# URLs. Their error paths are what an attacker meets first and a user last. What reads nothing (queues, clocks, the sending half) is not here.
COVERAGE_PARSERS := $(addprefix net/,eth.c arp.c ipv4.c reassembly.c icmp.c udp.c tcp_segment.c tcp_rx.c tcp_ack.c dhcp_message.c dhcp.c \
                      dhcp_cache.c dhcp_offers.c pxe_options.c pxe_answers.c boot_server.c dns.c dns_message.c http_parse.c http_fields.c \
                      http_exchange.c http_validator.c tftp_message.c tftp_data.c tftp_window.c) \
                    $(addprefix core/,uri.c settings.c setting_list.c setting_name.c setting_types.c command_line.c gzip.c inflate.c xz.c \
                      xz_block.c lzma2.c mix.c unpack.c cursor.c) \
                    $(addprefix image/,bzimage.c cpio.c disk_geometry.c disk_options.c disk_shape.c el_torito.c elf.c executable.c \
                      initrd.c multiboot.c nbp.c script.c) \
                    $(addprefix arch/x86/,int13.c int13_cd.c int13_edd.c int13_transfer.c pxe_file.c pxe_isr.c pxe_preboot.c pxe_table.c \
                      pxe_tftp.c pxe_transport.c pxe_udp.c pxe_undi.c) \
                    $(addprefix usr/,boot_file.c command.c expect.c pxemenu.c script.c)

# Warnings are the other builds' business: without optimisation gcc sees less, and suspects more.
COVERAGE_CFLAGS := $(filter-out -O1 -W% -fno-sanitize-recover=undefined,$(HOST_CFLAGS)) -O0 -w --coverage
COVERAGE_UNIT   := $(patsubst tests/unit/%.c,build/coverage/unit/%,$(wildcard tests/unit/*/*.c))
COVERAGE_FUZZ   := $(patsubst tests/fuzz/%.c,build/coverage/fuzz/%,$(wildcard tests/fuzz/*.c))
COVERAGE_OBJECTS := $(HOST_SOURCES:%.c=build/coverage/obj/%.o) $(PLATFORM_SOURCES:%.c=build/coverage/obj/%.o)

build/coverage/obj/%.o: %.c | build/layout.h
	@mkdir -p $(@D)
	$(Q)gcc -m64 $(COVERAGE_CFLAGS) -c -o $@ $<
# What tests is not measured
build/coverage/obj/tests/%.o: COVERAGE_CFLAGS := $(filter-out --coverage,$(COVERAGE_CFLAGS))
build/coverage/libfpxe.a: $(COVERAGE_OBJECTS)
	$(Q)rm -f $@; ar rcs $@ $^
build/coverage/unit/%: build/coverage/obj/tests/unit/%.o build/coverage/obj/tests/unit/test.o build/coverage/libfpxe.a
	@mkdir -p $(@D)
	$(Q)gcc -m64 --coverage -o $@ $^
build/coverage/fuzz/%: build/coverage/obj/tests/fuzz/%.o build/coverage/obj/tests/coverage/replay.o build/coverage/libfpxe.a
	@mkdir -p $(@D)
	$(Q)gcc -m64 --coverage -o $@ $^
-include $(COVERAGE_OBJECTS:.o=.d)
-include $(patsubst tests/%.c,build/coverage/obj/tests/%.d,$(wildcard tests/unit/*/*.c tests/fuzz/*.c))

.PHONY: coverage coverage-line
coverage: deps $(COVERAGE_UNIT) $(COVERAGE_FUZZ)
	@COVERAGE_MIN=$(COVERAGE_MIN) COVERAGE_PARSERS='$(COVERAGE_PARSERS)' tests/run_coverage.sh $(COVERAGE_UNIT) $(COVERAGE_FUZZ)
coverage-line:
	@tail -1 build/coverage/summary
