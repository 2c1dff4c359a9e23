#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# report_rom.sh FILE NAME LIMIT: one line about a ROM: its size, what stays after POST, the room left below LIMIT bytes. Fails above it.
set -eu
size=$(wc -c < "$1")
kept=$(od -An -tu1 -j 59 -N 1 "$1")      # ROM_STATE_KEPT
awk -v name="$2" -v size="$size" -v kept="$kept" -v limit="$3" 'BEGIN {
	printf "%-23s %5.1f KiB, %.1f KiB kept after POST, %.1f KiB room left\n", name, size / 1024, kept / 2, (limit - size) / 1024
	if (size > limit) { print name " is larger than " limit " bytes" > "/dev/stderr"; exit 1 }
	if (kept > 8) { print name " keeps more than 8 sectors after POST" > "/dev/stderr"; exit 1 } }'
