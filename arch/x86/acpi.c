/* SPDX-License-Identifier: BSD-2-Clause */
/* Entering S5: the sleep types stand in the DSDT's object \_S5 and go to the registers PM1a_CNT and PM1b_CNT that the FADT names.
 * The object is found by its name and the shape every BIOS gives it; AML is not interpreted. */
#include "arch/x86/acpi.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "arch/x86/bios.h"
#include "core/clock.h"
#include "core/io.h"
#include "core/string.h"

#define EBDA_SEGMENT (*(const volatile uint16_t *)bios_data(0x40e))
#define SLEEP_ENABLE 0x2000
#define SLEEP_TYPE_SHIFT 10
#define TABLES_MAX 64

struct table { char signature[4]; uint32_t length; uint8_t rest[28]; };
enum { FADT_DSDT = 40, FADT_SMI_CMD = 48, FADT_ACPI_ENABLE = 52, FADT_PM1A_CNT = 64, FADT_PM1B_CNT = 68 };

static uint32_t field32(const struct table *t, unsigned offset)
{
	uint32_t value;

	memcpy(&value, (const uint8_t *)t + offset, 4);
	return value;
}

/** The RSDT's address from the root pointer, looked for where 5.2.5.1 says. */
static const struct table *rsdt_in(uint32_t start, uint32_t end)
{
	for (uint32_t at = start & ~15u; at < end; at += 16) {
		const uint8_t *p = (const uint8_t *)at;
		uint8_t sum = 0;

		if (memcmp(p, "RSD PTR ", 8) != 0)
			continue;
		for (unsigned i = 0; i < 20; i++)
			sum = (uint8_t)(sum + p[i]);
		if (sum == 0)
			return (const struct table *)field32((const struct table *)p, 16);
	}
	return NULL;
}

static const struct table *find_fadt(void)
{
	uint32_t ebda = (uint32_t)EBDA_SEGMENT << 4;
	const struct table *rsdt = rsdt_in(ebda, ebda + 1024);

	if (!rsdt)
		rsdt = rsdt_in(0xe0000, 0x100000);
	for (unsigned i = 0; rsdt && i < TABLES_MAX && 36 + 4 * i < rsdt->length; i++) {
		const struct table *t = (const struct table *)field32(rsdt, 36 + 4 * i);

		if (memcmp(t->signature, "FACP", 4) == 0)
			return t;
	}
	return NULL;
}

/** One element of the package: a byte constant, or Zero or One. */
static unsigned package_number(const uint8_t **at)
{
	if (**at == 0x0a) {                    /* BytePrefix */
		*at += 2;
		return (*at)[-1];
	}
	return *(*at)++;
}

/** NameOp? "_S5_" PackageOp length count, then the two sleep types. */
static bool find_s5(const struct table *dsdt, unsigned type[2])
{
	for (uint32_t i = 36; i + 16 < dsdt->length; i++) {
		const uint8_t *at = (const uint8_t *)dsdt + i;

		if (memcmp(at, "_S5_", 4) != 0 || at[4] != 0x12)
			continue;
		at += 5;
		at += (*at >> 6) + 2;              /* package length, element count */
		type[0] = package_number(&at) & 7;
		type[1] = package_number(&at) & 7;
		return true;
	}
	return false;
}

static void enter(uint32_t port, unsigned type)
{
	if (port)
		io_out16((uint16_t)port, (uint16_t)((io_in16((uint16_t)port) & 0xc3ff) | type << SLEEP_TYPE_SHIFT | SLEEP_ENABLE));
}

void acpi_poweroff(void)
{
	const struct table *fadt = find_fadt();
	unsigned type[2];

	if (!fadt || !find_s5((const struct table *)field32(fadt, FADT_DSDT), type))
		return;
	if (field32(fadt, FADT_SMI_CMD) && ((const uint8_t *)fadt)[FADT_ACPI_ENABLE]) {
		io_out8((uint16_t)field32(fadt, FADT_SMI_CMD), ((const uint8_t *)fadt)[FADT_ACPI_ENABLE]);
		clock_delay_us(100000);
	}
	enter(field32(fadt, FADT_PM1A_CNT), type[0]);
	enter(field32(fadt, FADT_PM1B_CNT), type[1]);
	clock_delay_us(500000);
}
