# SPDX-License-Identifier: BSD-2-Clause
"""Builds of their own, out of the way of the tree's."""
import os
import pathlib
import shutil
import subprocess

from machine import TOP


def copy_tree(where):
    """The sources as they are now, without what was built."""
    where = pathlib.Path(where)
    files = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard'], cwd=TOP, capture_output=True, text=True, check=True)
    for name in files.stdout.splitlines():
        source = os.path.join(TOP, name)
        if name.startswith('tests/boot/') or not os.path.isfile(source):
            continue
        (where / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, where / name)
    return where


def make(where, *arguments, **environment):
    """Run make in @where; its output. What the outer make said is not passed on."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(('MAKE', 'MFLAGS'))}
    done = subprocess.run(['make', *arguments], cwd=where, env={**env, **environment}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def build_tree(where, *arguments, **environment):
    copy_tree(where)
    make(where, '-j2', *arguments, **environment)
    return pathlib.Path(where)
