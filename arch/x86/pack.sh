#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# pack.sh ELF_AT_0 ELF_AT_1000000 OUT: turn the payload, linked at two bases, into OUT.packed and OUT.defs.
#
# An address in it differs between the two by one in its top byte; everything else is the same. The differences are the relocation
# table: the bytes from one address to the next, 255 for a step without an address, 0 at the end.
set -eu
low=$1 high=$2 out=$3

objcopy -O binary "$low" "$out.0"
objcopy -O binary "$high" "$out.1"
size=$(wc -c < "$out.0")
[ "$size" -eq "$(wc -c < "$out.1")" ] || { echo "$out: the two links differ in size" >&2; exit 1; }

{ cmp -l "$out.0" "$out.1" || :; } | awk '
	function octal(s,  i, v) { for (i = 1; i <= length(s); i++) v = v * 8 + substr(s, i, 1); return v }
	octal($3) - octal($2) != 1 { bad = 1 }
	{ step = $1 - 4 - at; at = $1 - 4
	  for (; step >= 255; step -= 255) print "db 255"
	  if (step == 0 && NR > 1) bad = 1
	  print step == 0 ? "db 0" : "db " step }
	END { print "db 0"; exit bad }' > "$out.relocs" || { echo "$out: a difference is no address" >&2; exit 1; }
nasm -f bin -o "$out.table" "$out.relocs"
cat "$out.0" "$out.table" > "$out.unpacked"

# xz obeys these two variables: the same bytes must come out for everyone
env -u XZ_OPT -u XZ_DEFAULTS xz -T1 --format=raw --x86 --lzma1=preset=9e,lc=3,lp=0,pb=0 -c "$out.unpacked" > "$out.packed"

end=$(nm "$low" | awk '$3 == "payload_end" { print "0x" $1 }')
echo "-DUNPACKED_LEN=$(wc -c < "$out.unpacked") -DBINARY_LEN=$size -DMEMORY_LEN=$end" > "$out.defs"
