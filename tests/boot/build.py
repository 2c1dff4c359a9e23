# SPDX-License-Identifier: BSD-2-Clause
"""Builds of their own, out of the way of the tree's."""
import atexit
import functools
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from machine import TOP

BUILT = ['flags', 'embed', 'layout.h', 'loader', 'rom', 'small']


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


def built_tree(where):
    """The sources and what was built of them here: only what is changed is built again."""
    copy_tree(where)
    os.makedirs(os.path.join(where, 'build'))
    for name in BUILT:
        subprocess.run(['cp', '-a', os.path.join(TOP, 'build', name), os.path.join(where, 'build')], check=True)
    return pathlib.Path(where)


@functools.lru_cache(maxsize=None)
def site_tree():
    """One a process: most of a site's ROM is the same whatever its values are."""
    where = tempfile.mkdtemp(prefix='fpxe-site-')
    atexit.register(shutil.rmtree, where, ignore_errors=True)
    tree = copy_tree(where)
    (tree / 'mysite' / 'config').mkdir(parents=True)
    return tree


def site_rom(where, name='8086100e', **values):
    """The ROM @name of a site whose config/general.h has other @values: site_rom(tmp_path, CONFIG_POST_PROMPT_S=0). CONFIG_ROOT: a file
    there replaces the tree's of the same name."""
    tree = site_tree()
    site = tree / 'mysite' / 'config'
    text = (tree / 'config/general.h').read_text()
    for key, value in values.items():
        text, found = re.subn(rf'(#define {key}\s+)[^\n]+', rf'\g<1>{value}', text)
        assert found == 1, f'{key} is not in config/general.h'
    (site / 'general.h').write_text(text)
    make(tree, '-j2', 'CONFIG_ROOT=mysite', f'bin/{name}.rom')
    return shutil.copy2(tree / 'bin' / f'{name}.rom', where)
