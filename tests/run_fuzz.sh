#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Run fuzz targets, as many at a time as there are processors: run_fuzz.sh check NAME... (the same inputs every time),
# run_fuzz.sh SECONDS NAME... (on from the last run). What words a target knows is in tests/fuzz/NAME.dict.
# What makes a target fail is kept as build/fuzz/NAME-crash-*; give that file to build/fuzz/bin/NAME to see it again.
one() {         # HOW NAME: says what came of it; build/fuzz/NAME.passed is there if it was good
	seeds=tests/fuzz/corpus/$2
	log=build/fuzz/$2.log
	[ -d "$seeds" ] || seeds=
	words=
	[ ! -f "tests/fuzz/$2.dict" ] || words=-dict=tests/fuzz/$2.dict
	if [ "$1" = check ]; then
		corpus=build/fuzz/check/$2
		rm -rf "$corpus"
		# The seeds by name, in one order on every machine; and nothing is learnt from compared values, addresses being among them.
		limit="-seed=1 -runs=20000 -reload=0 -use_cmp=0 -use_memmem=0"
		if [ "$seeds" ]; then
			find "$seeds" -type f | LC_ALL=C sort | paste -sd, >"build/fuzz/$2.seeds"
			seeds=-seed_inputs=@build/fuzz/$2.seeds
		fi
	else
		corpus=build/fuzz/corpus/$2
		limit="-max_total_time=$1"
	fi
	mkdir -p "$corpus"
	# The first folder is where it writes; the seeds are only read.
	if "build/fuzz/bin/$2" $limit $words -timeout=20 -rss_limit_mb=3000 -artifact_prefix="build/fuzz/$2-" "$corpus" $seeds >"$log" 2>&1; then
		touch "build/fuzz/$2.passed"
		echo "$2: $(sed -n 's/^Done \([0-9]*\) runs.*/\1 inputs/p' "$log")$(grep -o 'cov: [0-9]*' "$log" | tail -1 | sed 's/cov:/, edges covered:/')"
	else
		printf 'FAILED %s\n%s\n' "$2" "$(tail -60 "$log")"
	fi
}

if [ "$1" = one ]; then
	shift
	one "$@"
	exit 0
fi
how=$1 passed=0 failed=0
shift
export ASAN_OPTIONS=abort_on_error=0:allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1
for name; do
	rm -f "build/fuzz/$name.passed"
done
printf '%s\n' "$@" | xargs -P "$(nproc)" -I {} "$0" one "$how" {}
for name; do
	if [ -f "build/fuzz/$name.passed" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
done
echo "fuzz: $passed passed, $failed failed"
[ $failed -eq 0 ]
