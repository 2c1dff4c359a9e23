/* SPDX-License-Identifier: BSD-2-Clause */
/* Seam: what the firmware says about the machine (SMBIOS, DMTF DSP0134). */
#ifndef CORE_SMBIOS_H
#define CORE_SMBIOS_H

#include <stdbool.h>
#include <stdint.h>

#define SMBIOS_STRING_MAX 64

/** Strings of the System Information (7.2) and System Enclosure (7.4) structures; "" where there is none. */
struct smbios_system {
	char manufacturer[SMBIOS_STRING_MAX], product[SMBIOS_STRING_MAX], serial[SMBIOS_STRING_MAX], asset[SMBIOS_STRING_MAX];
	bool has_uuid;
	uint8_t uuid[16];              /* network order (RFC 4122) */
};

/** False, and nothing known, where there are no such tables. */
bool smbios_read(struct smbios_system *system);

#endif
