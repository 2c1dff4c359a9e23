#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# `make check`: every suite in turn, to the end whatever fails, then what was shown (results.awk), and one line that counts them all: check.sh [long]
# A suite is a make target whose output has a line "NAME: N passed, N failed"; one without it counts as one failure.
make=${MAKE:-make}
passed=0 failed=0 summary=

count() {
	passed=$((passed + $2)) failed=$((failed + $3))
	summary="$summary$(printf '%-12s %5d passed %4d failed' "$1" "$2" "$3")
"
}

suite() {
	log=build/check/$1.log
	started=$(date +%s)
	echo "== $1"
	{ $make -j"$(nproc)" --no-print-directory "$@" 2>&1; echo "exit status $?"; } </dev/null | tee "$log"
	counts=$(sed -n 's/^[a-z0-9]*: \([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed$/\1 \2/p' "$log" | tail -1)
	status=$(sed -n '$s/^exit status //p' "$log")
	if [ -z "$counts" ]; then
		counts="0 1"
	elif [ "$status" != 0 ] && [ "${counts#* }" = 0 ]; then
		counts="${counts% *} 1"
	fi
	count "$1" ${counts}
	echo "== $1: $(($(date +%s) - started)) s"
}

mkdir -p build/check
suite lint
echo "== build"
if $make -j"$(nproc)" --no-print-directory </dev/null; then count build 1 0; else count build 0 1; fi
[ "${1:-}" != long ] || export LONG=1
for target in unit unit32 turns fuzz-check; do
	suite $target
done
suite sweep-check
suite boot
if awk -f tests/results.awk build/check/unit.log build/check/turns.log build/check/sweep-check.log build/check/fuzz-check.log build/check/boot.log >build/check/results.md; then
	count results 1 0
else
	count results 0 1
fi
printf '\n%s\n' "$(cat build/check/results.md)"
printf '\n%s' "$summary"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
