#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Run unit-test programs and add up what they say: run_unit.sh SUITE RUNNER PROGRAM...
# A program that ends without its line "N passed, N failed" (a crash, a sanitizer's report, ten minutes) counts as one failure.
suite=$1 runner=$2 passed=0 failed=0
shift 2
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for program; do
	timeout 600 $runner "./$program" >"$log" 2>&1
	rc=$?
	counts=$(sed -n '$s/^\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed$/\1 \2/p' "$log")
	if [ -z "$counts" ] || { [ $rc -ne 0 ] && [ "${counts#* }" -eq 0 ]; }; then
		counts="0 1"
		echo "FAILED $program: exit status $rc" >>"$log"
	fi
	passed=$((passed + ${counts% *})) failed=$((failed + ${counts#* }))
	if [ "${counts#* }" -ne 0 ]; then
		echo "$program"
		cat "$log"
	else
		echo "$program: ${counts% *} passed"
	fi
done
echo "$suite: $passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
