# SPDX-License-Identifier: BSD-2-Clause
"""Boot tests: machines that nobody touched. The whole run has a network namespace of its own where that can be had (launch.sh), so that
its servers meet nobody else's, and nothing leaves this machine."""
import contextlib
import os
import subprocess
import time

import pytest

import servers
from machine import TOP, Machine
from tftp_servers import Lan

# What takes longest begins first, so that both workers end together.
FIRST = ['test_installer', 'test_bad_input', 'test_memory']


def pytest_configure(config):
    config.addinivalue_line('markers', 'long: takes minutes; only with LONG=1 (make check-long)')
    # The controller's, not its workers': one server for all.
    if not hasattr(config, 'workerinput') and os.environ.get('FPXE_NETNS'):
        config.names = servers.Names()


def pytest_collection_modifyitems(config, items):
    def rank(item):
        name = item.module.__name__
        return FIRST.index(name) if name in FIRST else len(FIRST)
    items.sort(key=rank)
    if not os.environ.get('LONG'):
        for item in items:
            if item.get_closest_marker('long'):
                item.add_marker(pytest.mark.skip(reason='long: make check-long'))


def pytest_terminal_summary(terminalreporter):
    count = {k: len(terminalreporter.stats.get(k, [])) for k in ('passed', 'failed', 'error', 'skipped')}
    # What errors took from the cause to the words, as seen from outside, beside what we aim at. Slow machines show more.
    measured = [value for kind in ('passed', 'failed') for report in terminalreporter.stats.get(kind, [])
                for name, value in report.user_properties if name == 'time_to_error']
    if measured:
        terminalreporter.write_line(f'{"time to a clear error":40}{"aim":>8}{"measured":>10}')
    for what, aim_s, measured_s in sorted(measured, key=lambda row: row[1]):
        terminalreporter.write_line(f'{what:40}{aim_s:>6} s{measured_s:>8.1f} s')
    terminalreporter.write_line(f'boot: {count["passed"]} passed, {count["failed"] + count["error"]} failed')


@pytest.fixture(scope='session')
def web():
    server = servers.Web()
    yield server
    server.close()


@pytest.fixture
def lan():
    """A tap and the servers that are started on it."""
    if not os.environ.get('FPXE_NETNS'):
        pytest.skip('no network namespace can be made here')
    network = Lan()
    yield network
    network.close()


@pytest.fixture
def mortal():
    """A web server of the test's own, which it may kill."""
    server = servers.Web()
    yield server
    server.close()


@pytest.fixture
def machine():
    """machine(...) starts one; it ends with the test, and its console is shown where the test failed."""
    machines = []

    def start(**options):
        m = Machine(**options)
        machines.append(m)
        return m
    yield start
    for m in machines:
        m.__exit__(None, None, None)


@pytest.fixture
def m(machine):
    """A shell with an address."""
    box = machine()
    box.shell()
    box.dhcp()
    return box


@pytest.fixture
def time_to_error(record_property):
    """with time_to_error('refused', 1): ... adds a row to the table at the end of the run."""
    @contextlib.contextmanager
    def measure(what, aim_s):
        begin = time.monotonic()
        yield
        record_property('time_to_error', [what, aim_s, time.monotonic() - begin])
    return measure


@pytest.fixture
def faulty():
    """faulty(behaviour) starts one of servers.py's."""
    running = []

    def start(behave):
        running.append(servers.Faulty(behave))
        return running[-1]
    yield start
    for s in running:
        s.close()


@pytest.fixture(scope='session')
def disk(tmp_path_factory):
    """A disk that says so when it boots."""
    path = tmp_path_factory.mktemp('disk') / 'disk.img'
    subprocess.run(['nasm', '-f', 'bin', '-o', path, os.path.join(TOP, 'tests/boot/disk.asm')], check=True)
    with open(path, 'r+b') as f:
        f.truncate(1 << 20)
    return str(path)


@pytest.fixture
def names():
    """The DNS server that answers at 10.0.2.2."""
    if not os.environ.get('FPXE_NETNS'):
        pytest.skip('no network namespace can be made here: port 53 is not ours')
    return '10.0.2.2'
