#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Run unit-test programs, as many at a time as there are processors, and add up what they say: run_unit.sh SUITE RUNNER PROGRAM...
# A program that ends without its line "N passed, N failed" (a crash, a sanitizer's report, ten minutes) counts as one failure.
one() {         # FOLDER RUNNER PROGRAM: its counts go into a file of the folder
	said=$1/$(echo "$3" | tr / -)
	timeout 600 $2 "./$3" >"$said.log" 2>&1
	rc=$?
	counts=$(sed -n '$s/^\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed$/\1 \2/p' "$said.log")
	if [ -z "$counts" ] || { [ $rc -ne 0 ] && [ "${counts#* }" -eq 0 ]; }; then
		counts="0 1"
		echo "FAILED $3: exit status $rc" >>"$said.log"
	fi
	echo "$counts" >"$said.counts"
	if [ "${counts#* }" -ne 0 ]; then
		printf '%s\n%s\n' "$3" "$(cat "$said.log")"
	else
		echo "$3: ${counts% *} passed"
	fi
}

if [ "$1" = one ]; then
	shift
	one "$@"
	exit 0
fi
suite=$1 runner=$2 passed=0 failed=0
shift 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
printf '%s\n' "$@" | xargs -P "$(nproc)" -I {} "$0" one "$folder" "$runner" {}
for program; do
	counts=$(cat "$folder/$(echo "$program" | tr / -).counts" 2>/dev/null || echo 0 1)
	passed=$((passed + ${counts% *})) failed=$((failed + ${counts#* }))
done
echo "$suite: $passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
