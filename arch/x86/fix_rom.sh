#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# fix_rom.sh ROM PNP_OFFSET CHECKSUM_OFFSET: make the PnP header's 32 bytes, and then the whole ROM, add up to zero.
set -eu
rom=$1 pnp=$2 checksum=$3

# sum OFFSET COUNT: the bytes there, modulo 256
sum() {
	od -An -v -tu1 -j "$1" -N "$2" "$rom" | awk '{ for (i = 1; i <= NF; i++) s += $i } END { print s % 256 }'
}
# poke OFFSET VALUE
poke() {
	printf "\\$(printf %03o "$2")" | dd of="$rom" bs=1 seek="$1" conv=notrunc status=none
}

poke $((pnp + 9)) 0
poke $((pnp + 9)) $(((256 - $(sum $((pnp)) 32)) % 256))
poke $((checksum)) 0
poke $((checksum)) $(((256 - $(sum 0 "$(wc -c < "$rom")")) % 256))
