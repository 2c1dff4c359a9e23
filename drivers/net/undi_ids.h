/* SPDX-License-Identifier: BSD-2-Clause */
/* No PCI ID: the UNDI driver takes the card of whoever loaded us. `make` looks here for the drivers there are. */
