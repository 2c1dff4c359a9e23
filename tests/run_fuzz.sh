#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Run fuzz targets: run_fuzz.sh check NAME... (the same inputs every time), run_fuzz.sh SECONDS NAME... (on from the last run).
# What makes a target fail is kept as build/fuzz/NAME-crash-*; give that file to build/fuzz/bin/NAME to see it again.
how=$1 passed=0 failed=0
shift
export ASAN_OPTIONS=abort_on_error=0:allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1
for name; do
	seeds=tests/fuzz/corpus/$name
	log=build/fuzz/$name.log
	[ -d "$seeds" ] || seeds=
	if [ "$how" = check ]; then
		corpus=build/fuzz/check/$name
		rm -rf "$corpus"
		limit="-seed=1 -runs=20000"
	else
		corpus=build/fuzz/corpus/$name
		limit="-max_total_time=$how"
	fi
	mkdir -p "$corpus"
	# The first folder is where it writes; the seeds are only read.
	if "build/fuzz/bin/$name" $limit -timeout=20 -rss_limit_mb=3000 -artifact_prefix="build/fuzz/$name-" "$corpus" $seeds >"$log" 2>&1; then
		passed=$((passed + 1))
		echo "$name: $(sed -n 's/^Done \([0-9]*\) runs.*/\1 inputs/p' "$log")$(grep -o 'cov: [0-9]*' "$log" | tail -1 | sed 's/cov:/, edges covered:/')"
	else
		failed=$((failed + 1))
		echo "FAILED $name"
		tail -60 "$log"
	fi
done
echo "fuzz: $passed passed, $failed failed"
[ $failed -eq 0 ]
