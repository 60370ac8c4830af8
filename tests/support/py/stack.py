"""Baton on real Redis and Kafka, as its users meet it: addresses, files and nothing else."""

import fcntl
import functools
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

TOP = Path(os.environ["BATON_TOP"])
BIN = Path(os.environ["BATON_BIN"])


@functools.cache
def port_claims():
    """(a file, ports): this process has locked the file's byte N for each N of its ports."""
    return open(Path(tempfile.gettempdir(), f"baton-test-ports-{os.getuid()}"), "ab"), set()


def free_port():
    """Below the range of deploy/local's servers and that of the kernel for outgoing connections,
    and of no other test while this process lives: a program that is started again finds its port
    free."""
    claims, own = port_claims()
    while True:
        port = random.SystemRandom().randrange(10_000, 20_000)
        if port in own:
            continue
        try:
            fcntl.lockf(claims, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        own.add(port)
        return port


def folder_in_memory(path):
    """Makes `path` a link to a folder in memory, where there is enough of it; returns that folder,
    or None. Where other tests keep the disk busy, a sync takes seconds at times, and a Redis that
    waits for it answers nobody."""
    memory = Path("/dev/shm")
    available = re.search(r"MemAvailable: +(\d+) kB", Path("/proc/meminfo").read_text())
    if path.exists() or not os.access(memory, os.W_OK) or int(available[1]) < 3_000_000 or \
            shutil.disk_usage(memory).free < 1_000_000_000:
        return None
    for left in memory.glob("baton-tests-*"):  # by a run that was killed
        if not Path("/proc", left.name.split("-")[2]).exists():
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"baton-tests-{os.getpid()}-", dir=memory))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(folder)
    return folder


class Servers:
    """A Redis and a Kafka of `folder`, with Baton's topics; stop() ends them."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self._in_memory = folder_in_memory(self.folder / "redis" / "data")
        try:
            self.start_servers()
        except BaseException:
            Servers.stop(self)
            raise
        self.env = dict(os.environ)
        for line in (self.folder / "env").read_text().splitlines():
            line = line.removeprefix("export ").strip()
            if line.startswith("BATON_") and "=" in line:
                name, value = line.split("=", 1)
                self.env[name] = value.strip("'\"")
        self.brokers = self.env["BATON_KAFKA_BROKERS"]
        for name in ("BATON_TOP", "BATON_BIN", "BATON_OLIST"):
            self.env.pop(name, None)
        try:
            subprocess.run([BIN / "batonctl", "topics", "apply", "--file",
                            TOP / "deploy/kafka/topics.yaml", "--brokers", self.brokers],
                           check=True, env=self.env, stdout=subprocess.DEVNULL)
        except BaseException:
            Servers.stop(self)
            raise

    @property
    def redis_port(self):
        return int(self.env["BATON_REDIS_URL"].rsplit(":", 1)[1])

    def redis(self, *command):
        """One Redis command; the answer's lines. One that slept in the midst of a function is BUSY
        until it has gone on."""
        deadline = time.monotonic() + 10
        while True:
            done = subprocess.run(["redis-cli", "-p", str(self.redis_port), *command], check=True,
                                  stdout=subprocess.PIPE, text=True)
            lines = done.stdout.splitlines()
            if not lines or not lines[0].startswith("BUSY "):
                return lines
            assert time.monotonic() < deadline, lines[0]
            time.sleep(0.05)

    def stop_server(self, name):
        """Ends redis or kafka, its data kept; start_servers() brings it back on the same port."""
        self.local(f'stop_process "{self.folder}/{name}"')

    def kill_server(self, name):
        """redis or kafka dies as by SIGKILL, its data as they are."""
        self.local(f'kill_process "{self.folder}/{name}"')

    def signal_server(self, name, what):
        """STOP or CONT for redis or kafka."""
        self.local(f'signal_process "{self.folder}/{name}" {what}')

    def start_servers(self):
        subprocess.run([TOP / "deploy/local/up", "--dir", self.folder], check=True,
                       stdout=subprocess.DEVNULL)

    @staticmethod
    def local(command):
        subprocess.run(["bash", "-euo", "pipefail", "-c",
                        f'source "{TOP}/deploy/local/lib/local.sh"; {command}'], check=True)

    def stop(self):
        subprocess.run([TOP / "deploy/local/down", "--dir", self.folder], check=True,
                       stdout=subprocess.DEVNULL)
        if self._in_memory:
            shutil.rmtree(self._in_memory, ignore_errors=True)


BELIEVING = ("--grpc-insecure", "loopback")  # callers are who they say


def as_user(uid):
    """Options of setpriv; None: stay who you are."""
    return [] if uid is None else [f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]


class Program:
    """One process of baton in `role`, with its own ports and a log in `folder`. `front_door` says
    who may call it, `uid` as whom it runs (by root; None: as the test does)."""

    def __init__(self, role, folder, env, flags=(), name=None, front_door=BELIEVING, uid=None):
        self.name, self.role, self.uid = name or role, role, uid
        self.env, self.flags, self.front_door = env, tuple(flags), tuple(front_door)
        self.log_path = Path(folder) / f"{self.name}.log"
        self.grpc_port, self.http_port, self.connect_port = free_port(), free_port(), free_port()
        self.process = None

    @property
    def address(self):
        return f"127.0.0.1:{self.grpc_port}"

    @property
    def alive(self):
        return self.process is not None and self.process.poll() is None

    def launch(self):
        """Starts it and does not wait."""
        with open(self.log_path, "ab") as log:
            # It does not outlive the test, however that ends.
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *as_user(self.uid), BIN / "baton", self.role,
                 "--grpc-address", self.address, "--http-address",
                 f"127.0.0.1:{self.http_port}", "--connect-address",
                 f"127.0.0.1:{self.connect_port}", *self.flags, *self.front_door],
                env=self.env, stdout=log, stderr=log)

    def wait_ready(self, seconds):
        deadline = time.monotonic() + seconds
        last = "no answer"
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"baton {self.name} ended with {self.process.returncode}: "
                                     f"{self.tail()}")
            try:
                with self.http("/readyz", 1) as answer:
                    if answer.status == 200:
                        return
            except urllib.error.HTTPError as error:
                last = error.read().decode()
            except OSError as error:
                last = str(error)
            time.sleep(0.1)
        raise AssertionError(f"baton {self.name} did not become ready: {last}; {self.tail()}")

    def http(self, path, seconds):
        return urllib.request.urlopen(f"http://127.0.0.1:{self.http_port}{path}", timeout=seconds)

    def readiness(self):
        """What /readyz says: (ready, reasons by service)."""
        try:
            answer = self.http("/readyz", 5)
        except urllib.error.HTTPError as error:
            answer = error
        said = json.loads(answer.read())
        return said["ready"], {one["name"]: one.get("reason", "") for one in said["services"]
                               if not one["ready"]}

    def metrics(self):
        """All samples by their name with labels; empty while there is no answer."""
        try:
            with self.http("/metrics", 2) as answer:
                text = answer.read().decode()
        except OSError:
            return {}
        samples = re.findall(r"^([a-z_]+(?:\{[^}]*\})?) (\S+)$", text, re.MULTILINE)
        return {name: float(value) for name, value in samples}

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def tail(self):
        return self.log()[-2000:]

    def kill(self):
        """The process dies as in a power cut."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def terminate(self):
        """A polite stop; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


class Stack(Servers):
    """Servers and one `baton all` with these flags; stop() ends every process it started."""

    def __init__(self, folder, flags=()):
        super().__init__(folder)
        self.killed = False
        self.program = Program("all", folder, self.env, ["--grpc-reflection", *flags], "baton")
        try:
            self.start()
        except BaseException:
            super().stop()
            raise

    @property
    def baton(self):
        return BIN / "baton"

    @property
    def process(self):
        return self.program.process

    @property
    def address(self):
        return self.program.address

    def start(self):
        self.program.launch()
        self.killed = False
        self.program.wait_ready(30)

    def kill(self):
        self.killed = True
        self.program.kill()

    def terminate(self):
        return self.program.terminate()

    def readiness(self):
        return self.program.readiness()

    def batonctl(self, *args):
        """Runs batonctl with JSON output and returns what it printed, parsed."""
        done = subprocess.run([BIN / "batonctl", "--server", self.address, "-o", "json", *args],
                              env=self.env, capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, f"batonctl {args}: {done.returncode}: {done.stderr}"
        return json.loads(done.stdout) if done.stdout.strip() else None

    def verify(self, *args):
        """All that these servers hold agrees, once it has come to rest. Returns what it said."""
        done = subprocess.run([BIN / "batonctl", "verify", "--wait", "60s", *args], env=self.env,
                              capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def stop(self):
        """Ends all. A program that a test has not killed ends in order: a crash is none."""
        code = None
        try:
            code = self.terminate() if self.program.alive else self.process.returncode
        finally:
            super().stop()
        assert code == 0 or self.killed, f"exit code {code}: {self.program.tail()}"
