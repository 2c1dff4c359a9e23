# SPDX-License-Identifier: BSD-2-Clause
# fPXE. `make` builds the ROMs, `make list` shows which there are, `make demo` boots an installer, `make check` tests everything.
#
#   CONFIG_ROOT=dir   a site's own config/ files come first from dir/config/      EMBED=file   a script to run instead of autoboot
#                     (those of the small ROMs from dir/config/small/config/)
#   CC=clang          another compiler                                            V=1          show commands

.DELETE_ON_ERROR:
CONFIG_ROOT ?= .
EMBED ?=
V ?= 0
Q := $(if $(filter 1,$(V)),,@)
ifeq ($(origin CC),default)
CC := gcc
endif

# ---- What there is. Adding a file is adding a word.

CORE_SOURCES   := $(addprefix core/,chacha.c command_line.c crc.c cursor.c digest.c errors.c gzip.c heap.c inflate.c lineedit.c list.c \
                    log.c lzma2.c math64.c math_divide.c md5.c mix.c overlay.c print.c printf.c random.c setting_list.c setting_name.c \
                    setting_types.c settings.c sha1.c sha256.c string.c text.c unpack.c uri.c x86_calls.c x86_code.c xz.c xz_block.c)
NET_SOURCES    := $(addprefix net/,arp.c boot_server.c checksum.c dhcp.c dhcp_cache.c dhcp_message.c dhcp_offers.c dhcp_port.c \
                    dhcp_request.c dns.c dns_message.c download.c download_growth.c download_lane.c download_part.c download_retry.c download_room.c \
                    download_share.c download_watch.c eth.c file_stream.c http.c http_ahead.c http_connection.c http_exchange.c \
                    http_fields.c http_parse.c http_request.c http_validator.c icmp.c ipv4.c net.c netif.c pkt.c pxe_answers.c \
                    pxe_options.c ranges.c reassembly.c schemes.c tcp.c tcp_ack.c tcp_close.c tcp_mtu.c tcp_rx.c tcp_segment.c tcp_tx.c \
                    tftp.c tftp_data.c tftp_message.c tftp_window.c udp.c)
IMAGE_SOURCES  := $(addprefix image/,bzimage.c cpio.c describe.c disk.c disk_geometry.c disk_options.c disk_shape.c disk_window.c el_torito.c elf.c executable.c \
                    formats.c image.c initrd.c memory_disk.c multiboot.c nbp.c plan.c script.c space.c)
USR_SOURCES    := $(addprefix usr/,autoboot.c boot.c boot_choice.c boot_file.c cmd_basic.c cmd_digest.c cmd_image.c cmd_net.c \
                    cmd_san.c cmd_settings.c cmd_unpack.c command.c commands.c complete.c digest.c disk.c expect.c fetch.c fetch_job.c handed.c ifmgmt.c \
                    live.c main.c progress.c prompt.c pxemenu.c remote_cache.c remote_disk.c running.c san.c script.c shell.c unpack.c wait.c)
DRIVER_SOURCES := $(addprefix drivers/net/,e1000.c list.c probe.c skeleton.c undi.c virtio_net.c virtio_pci.c virtio_queue.c)
ARCH_SOURCES   := $(addprefix arch/x86/,start.c parent.c undi.c bios.c cpu.c io.c clock.c entropy.c console.c bios_console.c serial.c pci.c memmap.c \
                    e820.c pmm.c post.c execute.c system.c acpi.c smbios.c hooks.c base_memory.c drives.c pxe.c pxe_program.c)
# no word of assembly in these: they run on the host, too
PXE_SOURCES    := $(addprefix arch/x86/,hidden_map.c int13.c int13_cd.c int13_edd.c int13_transfer.c parent_stack.c pxe_file.c pxe_isr.c \
                    pxe_preboot.c pxe_table.c pxe_tftp.c pxe_transport.c pxe_udp.c pxe_undi.c)
ARCH_ASM       := $(addprefix arch/x86/,entry.asm copy.asm sum.asm)
LOADER_SOURCES := arch/x86/loader.c arch/x86/pmm.c arch/x86/e820.c core/mix.c core/x86_calls.c core/x86_code.c core/string.c
LOADER_ASM     := arch/x86/loader_start.asm arch/x86/copy.asm

# ---- ROMs: VVVVDDDD.rom for each PCI ID in drivers/net/*_ids.h, fpxe.rom with all drivers. VVVVDDDD.small.rom is configured by
# config/small/config/ first: it leaves out what 56 KiB cannot hold.

DRIVERS  := $(patsubst drivers/net/%_ids.h,%,$(wildcard drivers/net/*_ids.h))
ROM_IDS  := $(shell for d in $(DRIVERS); do awk -F '0x|,' -v d=$$d '/^NIC_ID/ { print $$2 $$4 ":" d }' drivers/net/$${d}_ids.h; done)
COMMON   := 8086100e 1af41000 1af41041
IS_CLANG := $(findstring clang,$(shell $(CC) --version 2>/dev/null | head -1))
ROMS     := $(COMMON:%=bin/%.rom) $(COMMON:%=bin/%.small.rom) bin/fpxe.rom

# Other containers: bin/NAME.KIND of a driver, a card's ID, fpxe (all drivers), or undionly (the UNDI of the PXE stack that loads it).
KINDS      := pxe kpxe kkpxe lkrn usb dsk iso
CONTAINERS := $(addprefix bin/,fpxe.pxe undionly.kpxe undionly.kkpxe fpxe.lkrn fpxe.usb fpxe.dsk fpxe.iso)

# What is in front of the name's ".rom" and ".small.rom"; the driver in it; the ID in its header; its most bytes, which are: of a small
# one what VirtualBox takes, of another one what leaves room for others, of the one with all drivers what SeaBIOS takes.
card_of    = $(firstword $(subst ., ,$(notdir $(1))))
variant_of = $(if $(filter %.small.rom,$(1)),small,rom)
driver_of  = $(or $(lastword $(subst :, ,$(filter $(card_of):%,$(ROM_IDS)))),$(if $(filter fpxe,$(card_of)),all),$(if $(filter undionly.k%,$(notdir $(1))),undi),\
             $(if $(filter %.rom,$(1)),,$(filter $(card_of),$(filter-out undi,$(DRIVERS)))),$(error $(1): no such driver or PCI ID: see `make list'))
id_of      = $(if $(filter fpxe,$(card_of)),8086100e,$(card_of))
limit_of   = $(if $(filter %.small.rom,$(1)),57344,$(if $(filter fpxe,$(card_of)),124928,98304))

.PHONY: all list clean
all: $(ROMS) $(CONTAINERS)

list:
	@for id in $(ROM_IDS); do echo "bin/$${id%%:*}.rom  bin/$${id%%:*}.small.rom  $${id##*:}"; done
	@echo "bin/fpxe.rom  bin/fpxe.small.rom  all drivers"
	@echo "For each of these IDs, for the drivers $(filter-out undi,$(DRIVERS)), and for fpxe (all drivers), as bin/NAME.KIND:"
	@echo "  .pxe .kpxe .kkpxe   loaded by a PXE ROM, of which nothing, the UNDI, or all stays"
	@echo "  .lkrn               loaded as a Linux kernel: GRUB, Syslinux, qemu -kernel"
	@echo "  .usb .dsk .iso      a stick or hard disk; a floppy of 1.44 MB; a CD, which also boots from a stick"
	@echo "bin/undionly.kpxe  bin/undionly.kkpxe  the UNDI of the PXE ROM that loads it"

clean:
	rm -rf bin build

# ---- Flags. A change of them rebuilds (build/flags; build/embed: the script inside), a change of nothing builds nothing.

FREESTANDING := -std=gnu11 -ffreestanding -m32 -march=i386 -mtune=i386 -mregparm=3 -mno-sse -mno-mmx -mno-80387 -fno-pic -fno-pie \
                -fno-stack-protector -fno-asynchronous-unwind-tables -fno-unwind-tables -fno-strict-aliasing -fno-common -Oz \
                -fomit-frame-pointer -ffunction-sections -fdata-sections -ffile-prefix-map=$(CURDIR)=. -I$(CONFIG_ROOT) -I.
FREESTANDING += $(if $(IS_CLANG),-mstack-alignment=4 -fno-jump-tables -Wno-unused-command-line-argument,-mpreferred-stack-boundary=2)
# Of what -Oz does, these make code that packs worse. Found by trial: each makes build/rom/payload_*.packed smaller.
PACKS_WELL   := $(if $(IS_CLANG),-fno-optimize-sibling-calls -mllvm -regalloc=basic,-fno-tree-tail-merge -fno-if-conversion -fno-if-conversion2 \
                -fno-inline-functions-called-once -fno-thread-jumps -fno-optimize-sibling-calls -fno-shrink-wrap -fno-tree-dominator-opts -fno-ipa-sra -fno-ipa-cp)
# The loader is not packed, and unpacks: an emulator takes a third less time for it when it is made for speed, within -Oz.
LOADER_FLAGS := -mtune=i586 -fno-jump-tables $(if $(IS_CLANG),-fno-builtin,-fno-tree-loop-distribute-patterns)
WARNINGS     := -Wall -Wextra -Werror -Wshadow -Wvla -Wno-unused-parameter
ROM_CFLAGS   := $(FREESTANDING) $(WARNINGS) -MMD -MP
HOST_CC      ?= gcc
NASM         := nasm -Wall -Werror -I.
GENERAL_H    := $(firstword $(wildcard $(CONFIG_ROOT)/config/general.h) config/general.h)
PRODUCT      := $(shell awk '$$2 == "CONFIG_PRODUCT_NAME" || $$2 == "CONFIG_PRODUCT_VERSION" { gsub("\"", "", $$3); printf "%s ", $$3 }' $(GENERAL_H))(PCI 00:00.0)

FLAGS_NOW    := $(CC) $(subst $(CURDIR),,$(ROM_CFLAGS) $(PACKS_WELL) $(LOADER_FLAGS))
keep = printf '%s\n' '$(2)' | cmp -s - $(1) || printf '%s\n' '$(2)' > $(1)
ifeq ($(filter clean list,$(MAKECMDGOALS)),)
$(shell mkdir -p build bin; $(call keep,build/flags,$(FLAGS_NOW)); $(call keep,build/embed,$(EMBED)))
endif

# ---- Objects

build/layout.h: arch/x86/layout.inc
	$(Q)awk 'BEGIN { print "/* from arch/x86/layout.inc */" } $$2 == "equ" { print "#define " $$1 " " $$3 }' $< > $@

build/rom/%.o: %.asm build/flags
	@mkdir -p $(@D)
	$(Q)$(NASM) -f elf32 -MD $(@:.o=.d) -o $@ $<

build/rom/arch/x86/data.o: arch/x86/data.asm build/rom/mover.bin build/rom/int13_hook.bin build/flags build/embed $(EMBED)
	$(Q)$(NASM) -f elf32 -DMOVER='"build/rom/mover.bin"' -DINT13='"build/rom/int13_hook.bin"' $(if $(EMBED),-DEMBED='"$(EMBED)"') -o $@ $<

build/rom/mover.bin: arch/x86/mover.asm arch/x86/copy.inc arch/x86/layout.inc
build/rom/int13_hook.bin: arch/x86/int13_hook.asm arch/x86/layout.inc
build/rom/mover.bin build/rom/int13_hook.bin:
	@mkdir -p $(@D)
	$(Q)$(NASM) -f bin -o $@ $<

# The resident part without the PXE API's entries, where that is not in
features_of = $(firstword $(wildcard $(CONFIG_ROOT)/$(1)config/features.h $(1)config/features.h))
pxe_of      = $(shell awk '$$2 == "CONFIG_PXE" { print $$3 }' $(call features_of,$(1)))
build/rom/lowmem.bin: PXE = $(call pxe_of,)
build/small/lowmem.bin: PXE = $(call pxe_of,config/small/)
build/%/lowmem.bin: arch/x86/lowmem.asm $(addprefix arch/x86/,mode.asm realcall.asm pxe_entry.asm int_hooks.asm verify.asm layout.inc) build/flags \
		$(call features_of,) $(call features_of,config/small/)
	@mkdir -p $(@D)
	$(Q)$(NASM) -f bin -DPXE=$(PXE) -o $@ $<

# ---- Payload: linked at two bases, whose differences are its addresses. It is compiled twice, for the ROMs and for the small ones.

PAYLOAD_C   := $(ARCH_SOURCES) $(PXE_SOURCES) $(CORE_SOURCES) $(NET_SOURCES) $(IMAGE_SOURCES) $(USR_SOURCES) \
                 $(filter-out drivers/net/list.c drivers/net/skeleton.c,$(DRIVER_SOURCES))
PAYLOAD_ASM := $(ARCH_ASM:%.asm=build/rom/%.o) build/rom/arch/x86/data.o
LINK := ld -m elf_i386 -z noexecstack --no-warn-rwx-segments --gc-sections --fatal-warnings

# $(1): the folder below build/   $(2): where its configuration is looked for first
define payload_rules
build/$(1)/%.o: %.c build/layout.h build/flags
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $(2) $$(ROM_CFLAGS) $$(PACKS_WELL) -c -o $$@ $$<

# string.c is what the compiler calls for loops it recognises: they must stay loops there
build/$(1)/core/string.o: ROM_CFLAGS += $(if $(IS_CLANG),-fno-builtin,-fno-tree-loop-distribute-patterns)

# The array of drivers: all of them, or one
build/$(1)/list_all.o: build/$(1)/drivers/net/list.o
	$$(Q)cp $$< $$@
build/$(1)/list_%.c: drivers/net/%_ids.h
	@mkdir -p $$(@D)
	$$(Q)printf '#include "net/nic.h"\nextern const struct nic_driver $$*_driver;\nconst struct nic_driver *const nic_drivers[] = { &$$*_driver, NULL };\n' > $$@
build/$(1)/list_%.o: build/$(1)/list_%.c build/flags
	$$(Q)$$(CC) $(2) $$(ROM_CFLAGS) $$(PACKS_WELL) -c -o $$@ $$<

build/$(1)/payload_%.0.elf: $(PAYLOAD_C:%.c=build/$(1)/%.o) $(PAYLOAD_ASM) build/$(1)/list_%.o arch/x86/payload.lds
	$$(Q)$$(LINK) -T arch/x86/payload.lds --defsym=BASE=0 -Map=$$@.map -o $$@ $$(filter %.o,$$^)
build/$(1)/payload_%.1.elf: $(PAYLOAD_C:%.c=build/$(1)/%.o) $(PAYLOAD_ASM) build/$(1)/list_%.o arch/x86/payload.lds
	$$(Q)$$(LINK) -T arch/x86/payload.lds --defsym=BASE=0x1000000 -o $$@ $$(filter %.o,$$^)
build/$(1)/payload_%.packed: build/$(1)/payload_%.0.elf build/$(1)/payload_%.1.elf arch/x86/pack.sh build/pack
	$$(Q)sh arch/x86/pack.sh build/pack $$(filter %.elf,$$^) $$(@:.packed=)
build/$(1)/image_%.bin: build/loader/loader.bin build/$(1)/payload_%.packed arch/x86/image.asm
	$$(Q)$$(NASM) -f bin -DLOADER='"$$<"' -DPACKED='"build/$(1)/payload_$$*.packed"' $$$$(cat build/$(1)/payload_$$*.defs) -o $$@ arch/x86/image.asm
-include $(PAYLOAD_C:%.c=build/$(1)/%.d)
endef
$(eval $(call payload_rules,rom,))
$(eval $(call payload_rules,small,-I$(CONFIG_ROOT)/config/small -Iconfig/small))

build/pack: arch/x86/pack.c core/mix.c core/x86_calls.c core/x86_code.c core/mix.h core/x86_calls.h core/x86_code.h
	$(Q)$(HOST_CC) -std=gnu11 -O2 -Wall -Wextra -Werror -I. -o $@ $(filter %.c,$^)

# ---- Loader: linked at two bases, which must make no difference

LOADER_OBJECTS := $(LOADER_SOURCES:%.c=build/loader/%.o) $(LOADER_ASM:%.asm=build/loader/%.o)
build/loader/%.o: %.c build/layout.h build/flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(ROM_CFLAGS) $(LOADER_FLAGS) -c -o $@ $<
build/loader/%.o: %.asm build/flags
	@mkdir -p $(@D)
	$(Q)$(NASM) -f elf32 -DLOADER -MD $(@:.o=.d) -o $@ $<
build/loader/loader.bin: $(LOADER_OBJECTS) arch/x86/loader.lds
	$(Q)for base in 0 0x1000000; do \
		$(LINK) -T arch/x86/loader.lds --defsym=BASE=$$base -o build/loader/$$base.elf $(LOADER_OBJECTS) && \
		objcopy -O binary build/loader/$$base.elf build/loader/$$base.bin || exit 1; done
	$(Q)cmp build/loader/0.bin build/loader/0x1000000.bin || { echo "the loader holds addresses: it must run anywhere" >&2; exit 1; }
	$(Q)cp build/loader/0.bin $@

# ---- Containers

# CRC-32 of the image: the last eight bytes of a gzip file are the CRC and the length of what is in it (RFC 1952)
# $(1): the ROM's file   $(2): the image in it   $(3): its PCI ID   $(4): its most bytes
define rom_rule
$(1): $(2) $(dir $(2))lowmem.bin $(addprefix arch/x86/,rom.asm install.inc previous.inc layout.inc fix_rom.sh) $(GENERAL_H)
	$$(Q)$$(NASM) -f bin -DVENDOR=0x$(shell echo $(3) | cut -c1-4) -DDEVICE=0x$(shell echo $(3) | cut -c5-8) \
		-DPRODUCT='"$(PRODUCT)"' -DLOWMEM='"$(dir $(2))lowmem.bin"' -DIMAGE='"$$<"' -DIMAGE_LEN=$$$$(wc -c < $$<) \
		-DIMAGE_CRC=0x$$$$(gzip -c $$< | tail -c 8 | od -An -tx4 -N4 | tr -d ' ') -o $$@.tmp arch/x86/rom.asm
	$$(Q)sh arch/x86/fix_rom.sh $$@.tmp 0x40 6
	$$(Q)sh arch/x86/report_rom.sh $$@.tmp $(1) $(4)
	$$(Q)mv $$@.tmp $$@
endef

# What a container other than the ROM is given, and is made of
IMAGE_IS = -DLOWMEM='"build/rom/lowmem.bin"' -DIMAGE='"$<"' -DIMAGE_LEN=$$(wc -c < $<) \
           -DIMAGE_CRC=0x$$(gzip -c $< | tail -c 8 | od -An -tx4 -N4 | tr -d ' ')
PARTS   := build/rom/lowmem.bin $(addprefix arch/x86/,container.inc install.inc previous.inc layout.inc)
DISK    := $(addprefix arch/x86/,boot_sector.inc layout.inc)
NBP      = $(Q)$(NASM) -f bin $(IMAGE_IS) -DUNDI=$(if $(filter undi,$*),1,0) -o $@ arch/x86/nbp.asm -DKEEP=

build/rom/%.pxe: build/rom/image_%.bin arch/x86/nbp.asm $(PARTS)
	$(NBP)KEEP_NOTHING
build/rom/%.kpxe: build/rom/image_%.bin arch/x86/nbp.asm $(PARTS)
	$(NBP)KEEP_UNDI
build/rom/%.kkpxe: build/rom/image_%.bin arch/x86/nbp.asm $(PARTS)
	$(NBP)KEEP_ALL
build/rom/setup_%.bin: build/rom/image_%.bin arch/x86/lkrn_setup.asm $(PARTS)
	$(Q)$(NASM) -f bin $(IMAGE_IS) -o $@ arch/x86/lkrn_setup.asm
build/rom/%.lkrn: build/rom/image_%.bin build/rom/setup_%.bin arch/x86/lkrn.asm
	$(Q)$(NASM) -f bin -DIMAGE='"$<"' -DSETUP='"build/rom/setup_$*.bin"' -o $@ arch/x86/lkrn.asm
build/rom/body_%.bin: build/rom/image_%.bin arch/x86/disk_body.asm $(PARTS)
	$(Q)$(NASM) -f bin $(IMAGE_IS) -o $@ arch/x86/disk_body.asm
build/rom/%.usb: build/rom/body_%.bin arch/x86/disk.asm $(DISK)
	$(Q)$(NASM) -f bin -DBODY='"$<"' -DSIZE=1048576 -o $@ arch/x86/disk.asm
build/rom/%.dsk: build/rom/body_%.bin arch/x86/disk.asm $(DISK)
	$(Q)$(NASM) -f bin -DBODY='"$<"' -DSIZE=1474560 -o $@ arch/x86/disk.asm
build/rom/%.iso: build/rom/body_%.bin arch/x86/iso.asm $(DISK)
	$(Q)$(NASM) -f bin -DBODY='"$<"' -o $@ arch/x86/iso.asm

# $(1): the file   $(2): the same by its driver   $(3): the image in it
define container_rule
$(1): build/rom/$(2) build/rom/$(3) arch/x86/report.sh
	$$(Q)sh arch/x86/report.sh $$< $$@ build/rom/$(3)
	$$(Q)cp $$< $$@
endef
$(foreach file,$(sort $(CONTAINERS) $(filter $(addprefix bin/%.,$(KINDS)),$(MAKECMDGOALS))),$(eval $(call \
	container_rule,$(file),$(call driver_of,$(file))$(suffix $(file)),image_$(call driver_of,$(file)).bin)))
$(foreach rom,$(sort $(ROMS) $(filter bin/%.rom,$(MAKECMDGOALS))),$(eval $(call \
	rom_rule,$(rom),build/$(call variant_of,$(rom))/image_$(call driver_of,$(rom)).bin,$(call id_of,$(rom)),$(call limit_of,$(rom)))))

.SECONDARY:
-include $(PAYLOAD_ASM:.o=.d) $(LOADER_OBJECTS:.o=.d)

include tests/host.mk
