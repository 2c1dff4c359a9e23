#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Run programs that were compiled with --coverage and say which lines of the parsers they reached: run_coverage.sh PROGRAM...
# (build/coverage/unit/NAME: a test; build/coverage/fuzz/NAME: a fuzz target, given its seeds). COVERAGE_PARSERS: the files that must have
# COVERAGE_MIN % of their lines reached.
set -u
out=build/coverage
tests='' targets=''
for program; do
	case $program in
	"$out"/unit/*) tests="$tests $program" ;;
	*) targets="$targets $program" ;;
	esac
done

find "$out/obj" -name '*.gcda' -delete
# shellcheck disable=SC2086
if ! tests/run_unit.sh coverage '' $tests >"$out/unit.log"; then
	cat "$out/unit.log"
	exit 1
fi
tail -1 "$out/unit.log"
seeds=0
for program in $targets; do
	corpus=tests/fuzz/corpus/${program##*/}
	seeds=$((seeds + $(find "$corpus" -type f | wc -l)))
	if ! "$program" "$corpus"/* >"$out/replay.log" 2>&1; then
		echo "FAILED $program over $corpus/*"
		tail -20 "$out/replay.log"
		exit 1
	fi
done
echo "$seeds seeds of fuzz targets replayed"

gcovr --root . --object-directory "$out/obj" --csv "$out/all.csv" --txt "$out/missed" "$out/obj" 2>"$out/gcovr.log" || { cat "$out/gcovr.log"; exit 1; }
awk -F, -v parsers="$COVERAGE_PARSERS" -v min="$COVERAGE_MIN" -v kept="$out/files.csv" '
NR > 1 { total[$1] = $2; reached[$1] = $3 }
END {
	count = split(parsers, name, " ")
	lowest = 101
	for (i = 1; i <= count; i++) {
		file = name[i]
		if (!(file in total) || !total[file]) {
			printf "%-26s no line of it was compiled\n", file
			low++
			continue
		}
		percent = 100 * reached[file] / total[file]
		printf "%-26s %5d of %5d lines  %5.1f %%%s\n", file, reached[file], total[file], percent, percent < min ? "  BELOW " min " %" : ""
		printf "%s,%d,%d\n", file, total[file], reached[file] >kept
		lines += total[file]; hit += reached[file]
		if (percent < lowest) { lowest = percent; lowest_file = file }
		low += percent < min
	}
	printf "coverage: parsers %.1f %% of lines (lowest: %s %.1f %%)\n", 100 * hit / lines, lowest_file, lowest
	exit low > 0
}' "$out/all.csv" >"$out/summary"
rc=$?
cat "$out/summary"
exit $rc
