# SPDX-License-Identifier: BSD-2-Clause
"""A machine worked as a person works it, whoever's ROM is in it: a screen, read every 20 ms, a keyboard, no serial port.

Times are the host's clock from Enter to the next prompt."""
import re
import time

from machine import Machine
from priority import come_first

SHELL = r'^\wPXE>$'             # the last line of the screen, with nothing behind it
ASKED_AT_BOOT = r'Ctrl-B (for|opens) the (iPXE |gPXE )?command line'
LOOK_S = 0.02
MEMORY_MIB = 1024
ANSWER_S = 60                   # a prompt that does not come within so long after Ctrl-C, or after a short command, never does


class Stopped(Exception):
    """The command took longer than it may, and was broken off."""


class Screen:
    def __init__(self, candidate, netdev, options=()):
        # The machine's memory is the host's before power-on: else what is measured is how fast the host clears pages as they are touched.
        self.machine = Machine(nic=candidate.device, rom=candidate.rom, memory=MEMORY_MIB, serial=False, net=netdev,
                               machine='pc,memory-backend=ram',
                               options=['-object', f'memory-backend-ram,id=ram,size={MEMORY_MIB}M,prealloc=on', *options])
        self.began = time.monotonic()
        come_first(self.machine.console.pid)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.machine.close()

    def wait(self, seen, seconds):
        end = time.monotonic() + seconds
        while not seen(self.machine.screen()):
            if time.monotonic() > end:
                raise TimeoutError(self.machine.screen())
            time.sleep(LOOK_S)

    def wait_for_text(self, pattern, seconds=ANSWER_S):
        self.wait(lambda text: re.search(pattern, text), seconds)

    def wait_for_prompt(self, seconds):
        self.wait(lambda text: re.search(SHELL, text.rstrip().split('\n')[-1]), seconds)

    def shell(self):
        """From power-on to the shell; seconds until POST's question came."""
        self.wait_for_text('Press Ctrl-B')
        seconds = time.monotonic() - self.began
        self.wait_for_text(ASKED_AT_BOOT)
        self.machine.key('ctrl', 'b')
        self.wait_for_prompt(ANSWER_S)
        return seconds

    def command(self, line, seconds=ANSWER_S):
        """Type @line; how long it took, in seconds, and the last line that it printed. Stopped: that were more than @seconds, and it runs
        still."""
        self.machine.type(line)
        self.wait_for_text(re.escape(line[-20:]))
        began = time.monotonic()
        self.machine.type('\n')
        try:
            self.wait_for_prompt(seconds)
        except TimeoutError as error:
            raise Stopped from error
        return time.monotonic() - began, self.last_line()

    def last_line(self):
        """The one before the prompt."""
        return self.machine.screen().rstrip().split('\n')[-2]

    def break_off(self):
        self.machine.key('ctrl', 'c')
        self.wait_for_prompt(ANSWER_S)
