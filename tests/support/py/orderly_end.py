"""A plugin of pytest: SIGTERM ends it as Ctrl-C does, so that fixtures end the servers that they
started, which live in sessions of their own."""

import signal


def pytest_configure():
    signal.signal(signal.SIGTERM, signal.default_int_handler)
