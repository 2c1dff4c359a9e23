/* SPDX-License-Identifier: BSD-2-Clause */
/* Switching off by ACPI: the one thing we want of it. */
#ifndef ARCH_X86_ACPI_H
#define ARCH_X86_ACPI_H

/** Enter sleeping state S5 (ACPI 6.x, 7.4.2). Returns if the tables are missing or it did not work. */
void acpi_poweroff(void);

#endif
