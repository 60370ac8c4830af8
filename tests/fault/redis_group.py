"""An installation's Redis with two replicas, and three Sentinels that promote one of them."""

import re
import subprocess
import time
from pathlib import Path

from stack import free_port

NAME = "leads"
DOWN_AFTER_MS = 1500
LIKE_THE_SITES = ["--bind", "127.0.0.1", "--appendonly", "yes", "--appendfsync", "always",
                  "--save", "", "--maxmemory-policy", "noeviction"]
# As deploy/docs/operate.md has it; the last one because replicas of a test need not wait.
OF_A_GROUP = {"min-replicas-to-write": "1", "min-replicas-max-lag": "10",
              "repl-diskless-sync-delay": "0"}


def ask(port, *command):
    """The answer's lines; none if the server is away."""
    done = subprocess.run(["redis-cli", "-p", str(port), *command], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, timeout=10, check=False)
    return done.stdout.splitlines() if done.returncode == 0 else []


def replication(port):
    """INFO replication as a dict; empty if the server is away."""
    return dict(line.split(":", 1) for line in ask(port, "INFO", "replication") if ":" in line)


def wait_for(what, condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


class Process:
    """A redis-server of ours."""

    def __init__(self, folder, arguments):
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self._command = ["setpriv", "--pdeathsig", "KILL", "redis-server", *arguments, "--port",
                         str(self.port), "--dir", folder, "--logfile", folder / "redis.log"]
        self.launch()

    def launch(self):
        self._process = subprocess.Popen(self._command)
        wait_for("redis-server answers", lambda: ask(self.port, "PING") == ["PONG"])

    def kill(self):
        self._process.kill()
        self._process.wait()


class SitesRedis:
    """That of the installation, which deploy/local starts."""

    def __init__(self, site):
        self._site, self.port = site, site.redis_port

    def launch(self):
        self._site.start_servers()
        self.set(OF_A_GROUP)

    def set(self, settings):
        for name, value in settings.items():
            ask(self.port, "CONFIG", "SET", name, value)

    def kill(self):
        self._site.kill_server("redis")


class RedisGroup:
    """While it is entered, the site's programs find their Redis by Sentinels."""

    def __init__(self, site):
        self._site = site
        self._folder = Path(site.folder) / "group"
        self._of_the_site = SitesRedis(site)
        self._started, self._sentinels = [], []

    @property
    def _nodes(self):
        return [self._of_the_site, *self._started]

    def __enter__(self):
        self._own_url = self._site.env["BATON_REDIS_URL"]
        self._of_the_site.set(OF_A_GROUP)
        settings = [word for name, value in OF_A_GROUP.items() for word in (f"--{name}", value)]
        for number in (1, 2):
            self._started.append(Process(self._folder / f"replica-{number}", [
                *LIKE_THE_SITES, *settings, "--replicaof", "127.0.0.1",
                str(self._of_the_site.port)]))
        self.await_replicas(self._of_the_site.port)
        for number in (1, 2, 3):
            self._sentinels.append(self._sentinel(self._folder / f"sentinel-{number}"))
        for sentinel in self._sentinels:
            wait_for("a Sentinel knows the group", lambda: any(
                "slaves=2,sentinels=3" in line for line in ask(sentinel.port, "INFO", "sentinel")))
        hosts = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self._sentinels)
        self._site.env["BATON_REDIS_URL"] = f"redis+sentinel://{hosts}/{NAME}"
        self._site.group = self
        return self

    def _sentinel(self, folder):
        folder.mkdir(parents=True)
        conf = folder / "sentinel.conf"
        conf.write_text(
            f"sentinel monitor {NAME} 127.0.0.1 {self._of_the_site.port} 2\n"
            f"sentinel down-after-milliseconds {NAME} {DOWN_AFTER_MS}\n"
            f"sentinel failover-timeout {NAME} 6000\n")
        return Process(folder, [conf, "--sentinel", "--bind", "127.0.0.1"])

    def primary_port(self):
        """By the first Sentinel, as Baton asks."""
        return int(ask(self._sentinels[0].port, "SENTINEL", "get-master-addr-by-name", NAME)[1])

    def await_replicas(self, primary):
        """Two that have all but the last moment."""
        def in_step():
            state = replication(primary)
            lags = re.findall(r"state=online,offset=\d+,lag=[01]\b", " ".join(state.values()))
            return len(lags) == 2
        wait_for("two replicas follow", in_step, seconds=90)

    def kill_primary(self):
        """The primary dies as by SIGKILL; returns when a Sentinel names another one that says so
        itself. What was killed is left dead."""
        port = self.primary_port()
        killed = next(node for node in self._nodes if node.port == port)
        killed.kill()
        wait_for("another primary", lambda: self.primary_port() != port and
                 replication(self.primary_port()).get("role") == "master")
        return killed

    def revive(self, killed):
        """It comes back as the primary that it was, and becomes a replica like the other one."""
        killed.launch()
        self.await_replicas(self.primary_port())

    def __exit__(self, *failure):
        """All that was written is on the site's own Redis again, if nothing failed."""
        self._site.env["BATON_REDIS_URL"], self._site.group = self._own_url, None
        for name in list(self._site.programs):
            self._site.dismiss(name)
        primary = self.primary_port()
        for sentinel in self._sentinels:
            sentinel.kill()
        own = self._of_the_site
        if failure == (None, None, None) and primary != own.port:
            wait_for("the site's Redis has everything", lambda: replication(primary).get(
                "master_repl_offset") == replication(own.port).get("slave_repl_offset"))
            ask(own.port, "REPLICAOF", "NO", "ONE")
        for process in self._started:
            process.kill()
        own.set({"min-replicas-to-write": "0"})
