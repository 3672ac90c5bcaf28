"""Spark's own daemon of Python processes, but that what they use is counted: it ignores how they end, and then the system
forgets their times. So they wait for whoever adopts them (`processors.adopt`)."""

import signal

from pyspark import daemon

set_signal = signal.signal


def counted(number, action):
    is_forgetting = number == signal.SIGCHLD and action == signal.SIG_IGN
    return set_signal(number, signal.SIG_DFL if is_forgetting else action)


signal.signal = counted

if __name__ == "__main__":
    daemon.manager()
