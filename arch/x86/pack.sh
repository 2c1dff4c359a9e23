#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# pack.sh ELF_AT_0 ELF_AT_1000000 OUT: turn the payload, linked at two bases, into OUT.packed and OUT.defs.
#
# An address in it differs between the two by one in its top byte; all else is the same. So no table of addresses is needed: each one's
# top byte becomes a mark that the loader looks for, a byte chosen so that nothing else in the payload looks like a marked address.
set -eu
low=$1 high=$2 out=$3

objcopy -O binary "$low" "$out.0"
objcopy -O binary "$high" "$out.1"
size=$(wc -c < "$out.0")
[ "$size" -eq "$(wc -c < "$out.1")" ] || { echo "$out: the two links differ in size" >&2; exit 1; }
end=$(nm "$low" | awk '$3 == "payload_end" { print "0x" $1 }')

# First the differences (cmp: position from 1, two octal bytes), then the bytes. The mark goes to $out.mark, the marked payload to $out.db.
{ cmp -l "$out.0" "$out.1" || :; echo bytes; od -An -v -tu1 "$out.0"; } | awk -v memory=$((end)) -v out="$out" '
	function octal(s,  i, v) { for (i = 1; i <= length(s); i++) v = v * 8 + substr(s, i, 1); return v }
	/bytes/ { reading = 1; next }
	!reading { if (octal($3) - octal($2) != 1) exit bad = 1; address[$1 - 4] = 1; next }
	{ for (i = 1; i <= NF; i++) byte[n++] = $i }
	# would the loader, marking with m, find just the addresses?
	function unique(m,  i, found) {
		for (i = 0; i + 3 < n; i++) {
			found = at(i + 3, m) == m && low(i, m) < memory
			if (found != (i in address)) return 0
			if (found) i += 3
		}
		return 1
	}
	function at(i, m) { return i in marked ? m : byte[i] }
	function low(i, m) { return at(i, m) + 256 * at(i + 1, m) + 65536 * at(i + 2, m) }
	END {
		if (bad) exit 1
		for (i in address) marked[i + 3] = 1
		for (m = 255; m > 0 && !unique(m); m--);
		if (m == 0) exit 1
		print m > (out ".mark")
		for (i = 0; i < n; i++) printf "%s%d%s", i % 16 ? "," : "db ", at(i, m), i % 16 == 15 || i == n - 1 ? "\n" : "" > (out ".db")
	}' || { echo "$out: a difference is no address, or no byte marks them all" >&2; exit 1; }
nasm -f bin -o "$out.marked" "$out.db"

# xz obeys these two variables: the same bytes must come out for everyone
env -u XZ_OPT -u XZ_DEFAULTS xz -T1 --format=raw --x86 --lzma1=preset=9e,lc=3,lp=0,pb=0,mf=bt2,depth=4000 -c "$out.marked" > "$out.packed"

echo "-DADDRESS_MARK=$(cat "$out.mark") -DBINARY_LEN=$size -DMEMORY_LEN=$end" > "$out.defs"
