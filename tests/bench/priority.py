# SPDX-License-Identifier: BSD-2-Clause
"""Going before what else the host does, so that a busy one measures nearly the same as a quiet one: everybody's machines and servers alike."""
import os

NICE = -15


def come_first(pid=0):
    """A process and, where the kernel schedules by session (sched(7): autogroups), its session. True: it worked, or nobody groups."""
    try:
        os.setpriority(os.PRIO_PROCESS, pid, NICE)
        with open(f'/proc/{pid or os.getpid()}/autogroup', 'w') as f:
            f.write(str(NICE))
    except FileNotFoundError:
        pass
    except OSError:
        return False
    return True
