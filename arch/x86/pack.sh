#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# pack.sh PACK ELF_AT_0 ELF_AT_1000000 OUT: turn the payload, linked at two bases, into OUT.packed and OUT.defs, with the program PACK (pack.c).
set -eu
pack=$1 low=$2 high=$3 out=$4

objcopy -O binary "$low" "$out.0"
objcopy -O binary "$high" "$out.1"
exec "$pack" "$out.0" "$out.1" "$(nm "$low" | awk '$3 == "payload_end" { print "0x" $1 }')" "$out"
