"""One baton on real Redis and Kafka, as its users meet it: addresses, files and nothing else."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

TOP = Path(os.environ["BATON_TOP"])
BIN = Path(os.environ["BATON_BIN"])


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Stack:
    """Starts servers and baton in `folder`; stop() ends every process it started."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.process = None
        self.start_servers()
        self.env = dict(os.environ)
        for line in (self.folder / "env").read_text().splitlines():
            line = line.removeprefix("export ").strip()
            if line.startswith("BATON_") and "=" in line:
                name, value = line.split("=", 1)
                self.env[name] = value.strip("'\"")
        self.brokers = self.env["BATON_KAFKA_BROKERS"]
        for name in ("BATON_TOP", "BATON_BIN"):
            self.env.pop(name, None)
        subprocess.run([BIN / "batonctl", "topics", "apply", "--file",
                        TOP / "deploy/kafka/topics.yaml", "--brokers", self.brokers],
                       check=True, env=self.env, stdout=subprocess.DEVNULL)
        self.grpc_port, self.http_port = free_port(), free_port()
        self.start()

    @property
    def baton(self):
        return BIN / "baton"

    def redis(self, *command):
        """One Redis command, answer ignored."""
        port = self.env["BATON_REDIS_URL"].rsplit(":", 1)[1]
        subprocess.run(["redis-cli", "-p", port, *command], check=True, stdout=subprocess.DEVNULL)

    @property
    def address(self):
        return f"127.0.0.1:{self.grpc_port}"

    def start(self):
        self.log = open(self.folder / "baton.log", "ab")
        self.process = subprocess.Popen(
            [BIN / "baton", "all", "--grpc-address", self.address, "--http-address",
             f"127.0.0.1:{self.http_port}", "--grpc-reflection"],
            env=self.env, stdout=self.log, stderr=self.log)
        self.wait_ready(30)

    def wait_ready(self, seconds):
        deadline = time.monotonic() + seconds
        last = "no answer"
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"baton ended with {self.process.returncode}: {self.tail()}")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}/readyz",
                                            timeout=1) as answer:
                    if answer.status == 200:
                        return
            except urllib.error.HTTPError as error:
                last = error.read().decode()
            except OSError as error:
                last = str(error)
            time.sleep(0.1)
        raise AssertionError(f"baton did not become ready: {last}; {self.tail()}")

    def tail(self):
        return (self.folder / "baton.log").read_text(errors="replace")[-2000:]

    def kill(self):
        """The process dies as in a power cut."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def terminate(self):
        """A polite stop; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def stop_server(self, name):
        """Ends redis or kafka, its data kept; start_servers() brings it back on the same port."""
        self.local(f'stop_process "{self.folder}/{name}"')

    def start_servers(self):
        subprocess.run([TOP / "deploy/local/up", "--dir", self.folder], check=True,
                       stdout=subprocess.DEVNULL)

    @staticmethod
    def local(command):
        subprocess.run(["bash", "-euo", "pipefail", "-c",
                        f'source "{TOP}/deploy/local/lib/local.sh"; {command}'], check=True)

    def readiness(self):
        """What /readyz says: (ready, reasons by service)."""
        try:
            answer = urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}/readyz", timeout=5)
        except urllib.error.HTTPError as error:
            answer = error
        said = json.loads(answer.read())
        return said["ready"], {one["name"]: one.get("reason", "") for one in said["services"]
                               if not one["ready"]}

    def batonctl(self, *args):
        """Runs batonctl with JSON output and returns what it printed, parsed."""
        done = subprocess.run([BIN / "batonctl", "--server", self.address, "-o", "json", *args],
                              env=self.env, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, f"batonctl {args}: {done.returncode}: {done.stderr}"
        return json.loads(done.stdout) if done.stdout.strip() else None

    def stop(self):
        if self.process and self.process.poll() is None:
            self.terminate()
        subprocess.run([TOP / "deploy/local/down", "--dir", self.folder], check=True,
                       stdout=subprocess.DEVNULL)
