"""The public data of Olist's marketing funnel, in the folder BATON_OLIST or beside the checkout.

It may be used for tests but not passed on, so it is no part of the project.
"""

import csv
import os
import time
import uuid
from pathlib import Path

import grpc
from stack import TOP

DATA = Path(os.environ.get("BATON_OLIST", TOP.parent / "shared/data/olist"))


def rows(name):
    with open(DATA / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


AWAY = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED)


def call(method, request):
    """As every client should: the same request again while the service is away for a moment."""
    request.request_id = uuid.uuid4().hex
    deadline = time.monotonic() + 60
    while True:
        try:
            return method(request, timeout=20)
        except grpc.RpcError as error:
            if error.code() not in AWAY or time.monotonic() > deadline:
                raise
            time.sleep(0.2)
