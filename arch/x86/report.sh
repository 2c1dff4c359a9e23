#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# report.sh FILE NAME IMAGE: one line about a container that is no ROM: its size, and that of the image in it. Fails where base memory would
# not hold what is loaded there, beside a PXE stack's 128 KiB and our own.
set -eu
awk -v name="$2" -v size="$(wc -c < "$1")" -v image="$(wc -c < "$3")" -v limit=401408 'BEGIN {
	printf "%-23s %5.1f KiB, %.1f KiB of it the image\n", name, size / 1024, image / 1024
	if (image > limit) { print name ": its image is larger than " limit " bytes" > "/dev/stderr"; exit 1 } }'
