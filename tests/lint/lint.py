#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the compiler does not check: layers, includes, licences, tests that are missing, text that must not stay.

Each check prints the lines it objects to; at the end stand the longest functions and files (a report, never a failure) and
"lint: N passed, N failed". Run from the top of the tree.
"""
import os
import re
import subprocess
import sys

# Folder: what its files may include ("core/" a folder, "net/nic.h" a file). The table of the design; the longest prefix wins.
LAYERS = {
    'config/': [],
    'core/': ['core/', 'config/'],
    'net/': ['core/', 'net/', 'config/'],
    'image/': ['core/', 'image/', 'config/'],
    'drivers/net/': ['core/', 'drivers/net/', 'net/nic.h', 'net/pkt.h', 'config/'],
    'usr/': ['core/', 'net/', 'image/', 'usr/', 'config/', 'drivers/net/'],
    'arch/x86/': ['arch/x86/', 'build/', 'core/', 'image/plan.h', 'config/'],
    # The platform gives the packet pool its memory and enters main.
    'arch/x86/start.c': ['arch/x86/', 'build/', 'core/', 'image/plan.h', 'config/', 'usr/main.h', 'net/pkt.h'],
    # The PXE API is a user of the stack and of the shell.
    'arch/x86/pxe': ['arch/x86/', 'build/', 'core/', 'image/plan.h', 'config/', 'net/', 'usr/'],
    'tests/': [''],
}
BUILD_PROGRAMS = {'arch/x86/pack.c'}    # run where the build runs
FREESTANDING = {'stdint.h', 'stddef.h', 'stdbool.h', 'stdarg.h'}
# Named arrays of what is in the build may use #if with a value of config/.
LISTS = {'core/unpack.c', 'drivers/net/list.c', 'image/formats.c', 'net/schemes.c', 'usr/commands.c'}
# A clock, the console and printing are not for these folders; the files named are the seams' own users.
PURE = ('core/', 'net/', 'image/')
PURE_EXCEPT = {'core/print.c', 'core/log.c'}
IMPURE_CALL = re.compile(r'\b(clock_ms|clock_us|clock_delay_us|print|vprint|console_\w+|plan_execute|system_\w+)\s*\(')
# Code files without a unit test of their own, and why.
NO_TEST = {
    'arch/x86/pxe_program.c': 'calls 16-bit code: boot tests run it',
    'drivers/net/list.c': 'an array',
    'drivers/net/skeleton.c': 'a template for new drivers',
    'image/formats.c': 'an array',
    'net/schemes.c': 'an array',
    'usr/commands.c': 'an array',
}
UNFINISHED = re.compile(r'\b(TODO|FIXME|XXX|HACK)\b|not implemented')
MACHINE_PATH = re.compile(r'(?<![\w.])/(work|home|root|Users)/\w')
CODE = ('.c', '.h')
LICENSED = ('.c', '.h', '.asm', '.inc', '.py', '.sh', '.mk', '.ld', '.lds', '.awk')
LICENSED_NAMES = {'Makefile', '.ci/run'}
LINE_MAX = 150

problems = []


def problem(path, line, text):
    problems.append(f'{path}:{line}: {text}' if line else f'{path}: {text}')


def tracked_files():
    out = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard'], capture_output=True, text=True, check=True)
    return sorted(f for f in out.stdout.splitlines() if os.path.isfile(f))


def lines_of(path):
    with open(path, encoding='utf-8', errors='replace') as f:
        return f.read().split('\n')


def without_comments(lines):
    """The same lines with comments and string contents blanked out."""
    text = '\n'.join(lines)
    pattern = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.S)
    return pattern.sub(lambda m: re.sub(r'[^\n]', ' ', m.group()), text).split('\n')


def allowed_includes(path):
    key = max((k for k in LAYERS if path.startswith(k)), key=len, default=None)
    return LAYERS[key] if key else ['']


def check_layers(files):
    """Who may include whom; includes are written from the root."""
    for path in files:
        if not path.endswith(CODE):
            continue
        allowed = allowed_includes(path)
        for number, line in enumerate(lines_of(path), 1):
            m = re.match(r'\s*#\s*include\s+(["<])([^">]+)[">]', line)
            if not m:
                continue
            quote, name = m.groups()
            if quote == '<':
                if name not in FREESTANDING and not path.startswith('tests/') and path not in BUILD_PROGRAMS:
                    problem(path, number, f'<{name}> is not a freestanding header')
            elif '/' not in name or name.startswith('.'):
                problem(path, number, f'"{name}" is not written from the root')
            elif name.startswith('tests/') and not path.startswith('tests/'):
                problem(path, number, f'includes {name}: tests are included by nobody else')
            elif not any(name == a or (a.endswith('/') or a == '') and name.startswith(a) for a in allowed):
                problem(path, number, f'may not include {name}')


def check_pure(files):
    """core/, net/ and image/ read no clock, wait for nothing and print nothing."""
    for path in files:
        if not path.startswith(PURE) or not path.endswith('.c') or path in PURE_EXCEPT:
            continue
        for number, line in enumerate(without_comments(lines_of(path)), 1):
            m = IMPURE_CALL.search(line)
            if m:
                problem(path, number, f'calls {m.group(1)}(): time is an argument, and only usr/ prints')


def check_licence(files):
    """One SPDX line a file, at its top."""
    for path in files:
        if not path.endswith(LICENSED) and path not in LICENSED_NAMES:
            continue
        lines = lines_of(path)
        count = sum('SPDX-License-Identifier: BSD-2-Clause' in line for line in lines[:2])
        if count != 1:
            problem(path, 1, 'its first line is not the SPDX line')


def check_unfinished(files):
    """No word that says something is missing."""
    for path in files:
        if path.startswith('tests/lint/') or not path.endswith(LICENSED + ('.md',)):
            continue
        for number, line in enumerate(lines_of(path), 1):
            m = UNFINISHED.search(line)
            if m:
                problem(path, number, f'says "{m.group()}"')


def check_paths(files):
    """No path of somebody's machine."""
    for path in files:
        if path.startswith('tests/lint/') or not path.endswith(LICENSED + ('.md',)) and path not in LICENSED_NAMES:
            continue
        for number, line in enumerate(lines_of(path), 1):
            if MACHINE_PATH.search(line):
                problem(path, number, 'names a path of one machine')


def check_conditionals(files):
    """No #if in code but in the arrays of what is built."""
    for path in files:
        if not path.endswith(CODE) or path.startswith(('tests/', 'config/')) or path in LISTS:
            continue
        guard = re.sub(r'\W', '_', path).upper()
        for number, line in enumerate(lines_of(path), 1):
            if re.match(r'\s*#\s*(if|ifdef|elif)\b', line) or (re.match(r'\s*#\s*ifndef', line) and guard not in line):
                problem(path, number, 'a conditional: use if (CONFIG_X), or a list')


def check_layout(files):
    """Tabs, no white space at the end, lines that fit."""
    for path in files:
        if not path.endswith(CODE + ('.asm', '.inc')):
            continue
        lines = lines_of(path)
        bare = without_comments(lines)
        for number, line in enumerate(lines, 1):
            if line != line.rstrip():
                problem(path, number, 'white space at the end of the line')
            if len(line.expandtabs(8)) > LINE_MAX:
                problem(path, number, f'{len(line.expandtabs(8))} columns')
            if path.endswith(CODE) and re.match(r' {8,}\S', bare[number - 1]) and '#define' not in line:
                if not line.rstrip().endswith('\\') and not lines[number - 2].rstrip().endswith(('\\', ',', '(', '{', '|', '&&', '||')):
                    problem(path, number, 'indented by spaces')


def check_tests_exist(files):
    """A unit test for each file of code, or a reason in NO_TEST."""
    present = set(files)
    for path in files:
        m = re.match(r'(core|net|image|usr|drivers/net|arch/x86(?=/(?:pxe_|int13)))/(\w+)\.c$', path)
        if not m:
            continue
        # The folders drivers/net and arch/x86 are drivers and arch in tests/unit.
        test = f'tests/unit/{m.group(1).split("/")[0]}/{m.group(2)}.c'
        if test not in present and path not in NO_TEST:
            problem(path, 0, f'has no {test}')
        elif test in present and path in NO_TEST:
            problem(path, 0, 'has a test and stands in NO_TEST')


def check_configurations(files):
    """A configuration of our own names the same values as the file it stands for."""
    for path in files:
        m = re.match(r'config/\w+/(config/\w+\.h)$', path)
        if m:
            ours, default = (set(re.findall(r'^#define (CONFIG_\w+)\s', '\n'.join(lines_of(f)), re.M)) for f in (path, m.group(1)))
            if ours != default:
                problem(path, 1, f'differs from {m.group(1)} in {", ".join(sorted(ours ^ default))}')


def functions(path):
    """(length, name) of each function of a C file: from the line before '{' in column 0 to '}' in column 0."""
    start, name = None, ''
    for number, line in enumerate(lines_of(path)):
        if line.startswith('{'):
            start = number
        elif line.startswith('}') and start is not None:
            yield number - start - 1, name
            start = None
        elif re.match(r'[A-Za-z_].*?(\w+)\s*\(', line):
            name = re.match(r'[A-Za-z_].*?(\w+)\s*\(', line).group(1)


def report(files):
    code = [f for f in files if f.endswith('.c') and not f.startswith('tests/')]
    longest = sorted(((n, f, name) for f in code for n, name in functions(f)), reverse=True)
    lengths = sorted(n for n, _, _ in longest)
    sizes = sorted(((len(lines_of(f)), f) for f in files if f.endswith(CODE + ('.asm',)) and not f.startswith('tests/')), reverse=True)
    print('longest functions: ' + ', '.join(f'{name} ({f}) {n}' for n, f, name in longest[:5]))
    if lengths:
        print(f'median function: {lengths[len(lengths) // 2]} lines, of {len(lengths)}')
    print('longest files: ' + ', '.join(f'{f} {n}' for n, f in sizes[:5]))


CHECKS = [check_layers, check_pure, check_licence, check_unfinished, check_paths, check_conditionals, check_layout, check_tests_exist,
          check_configurations]


def main():
    files = tracked_files()
    failed = 0
    for check in CHECKS:
        problems.clear()
        check(files)
        if problems:
            failed += 1
            print(f'FAILED {check.__name__[6:]}: {check.__doc__}')
            for p in problems:
                print('  ' + p)
    report(files)
    print(f'lint: {len(CHECKS) - failed} passed, {failed} failed')
    return failed != 0


sys.exit(main())
