"""A plugin of pytest: the one line that a summary has for a failed test says what a call was
answered, not that it was answered."""

import grpc
import pytest


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(call):
    report = (yield).get_result()
    error = call.excinfo and call.excinfo.value
    if isinstance(error, grpc.RpcError) and hasattr(error, "details") and report.failed:
        report.longrepr.reprcrash.message = f"{error.code().name}: {error.details()}"
