"""A plugin of pytest: SIGTERM or SIGHUP ends it as Ctrl-C does, so that fixtures end the servers
that they started, which live in sessions of their own. Another one does not keep them from it."""

import signal


ENDING = signal.SIGTERM, signal.SIGHUP


def end(number, frame):
    for one in ENDING:
        signal.signal(one, signal.SIG_IGN)
    signal.default_int_handler(number, frame)


def pytest_configure():
    for one in ENDING:
        if signal.getsignal(one) != signal.SIG_IGN:  # as by nohup
            signal.signal(one, end)
