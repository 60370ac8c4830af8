"""A Kafka and a Redis that let in only whoever proves itself, over TLS."""

import hashlib
import subprocess

from issuer import CertificateAuthority, replace
from redis_server import Redis, settings
from stack import BIN, TOP, free_port

PASSWORD = "word-of-the-tests"
MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


def write_pair(folder, name, pair):
    """(certificate, key) as NAME.crt and NAME.key."""
    for ending, text in zip(("crt", "key"), pair):
        replace(folder / f"{name}.{ending}", text)


class Kafka:
    """A broker with a listener for SASL_SSL and one for client certificates beside the plain one of
    its operator, who has declared Baton's topics."""

    def __init__(self, folder):
        self.folder, self.secure_port, self.mutual_port = folder, free_port(), free_port()
        self.plain_port, self.controller_port = free_port(), free_port()
        (folder / "kafka").mkdir()
        (folder / "ports").write_text(f"REDIS_PORT={free_port()}\nKAFKA_PORT={self.plain_port}\n"
                                      f"KAFKA_CONTROLLER_PORT={self.controller_port}\n")
        ca, clients = CertificateAuthority("kafka"), CertificateAuthority("clients")
        certificate, key = ca.issue("localhost")
        replace(folder / "broker.pem", key + certificate)
        replace(folder / "ca.pem", ca.pem)
        replace(folder / "clients.pem", clients.pem)
        write_pair(folder, "client", clients.issue())
        write_pair(folder, "stranger", CertificateAuthority("strangers").issue())
        # As `kafka-storage format --add-scram ...` makes the first users.
        (folder / "kafka" / "own.format").write_text("".join(
            f"--add-scram\n{mechanism}=[name=baton,password={PASSWORD}]\n"
            for mechanism in MECHANISMS if mechanism != "PLAIN"))
        try:
            self.start(PASSWORD)
        except BaseException:
            self.stop()
            raise

    @property
    def brokers(self):
        return f"127.0.0.1:{self.plain_port}"

    def start(self, password):
        """`password` is what PLAIN asks for."""
        (self.folder / "kafka" / "own.properties").write_text(f"""
listeners=PLAINTEXT://127.0.0.1:{self.plain_port},CONTROLLER://127.0.0.1:{self.controller_port},\
SECURE://127.0.0.1:{self.secure_port},MUTUAL://127.0.0.1:{self.mutual_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{self.plain_port},\
SECURE://localhost:{self.secure_port},MUTUAL://localhost:{self.mutual_port}
listener.security.protocol.map=\
PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL,MUTUAL:SSL
listener.name.secure.sasl.enabled.mechanisms={",".join(MECHANISMS)}
listener.name.secure.plain.sasl.jaas.config=\
org.apache.kafka.common.security.plain.PlainLoginModule required user_baton="{password}";
listener.name.secure.scram-sha-256.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.secure.scram-sha-512.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.secure.ssl.keystore.type=PEM
listener.name.secure.ssl.keystore.location={self.folder}/broker.pem
listener.name.mutual.ssl.keystore.type=PEM
listener.name.mutual.ssl.keystore.location={self.folder}/broker.pem
listener.name.mutual.ssl.client.auth=required
listener.name.mutual.ssl.truststore.type=PEM
listener.name.mutual.ssl.truststore.location={self.folder}/clients.pem
""")
        subprocess.run([TOP / "deploy/local/up", "--dir", self.folder, "--only", "kafka"],
                       check=True, stdout=subprocess.DEVNULL)

    def stop(self):
        subprocess.run([TOP / "deploy/local/down", "--dir", self.folder], check=True,
                       stdout=subprocess.DEVNULL)

    def topics(self, host="localhost", **login):
        """What `batonctl topics apply` comes to, over the listener with a login."""
        return subprocess.run(
            [BIN / "batonctl", "topics", "apply", "--file", TOP / "deploy/kafka/topics.yaml",
             "--brokers", f"{host}:{self.secure_port}",
             *self.flags("--property", {**self.login(), **login})],
            env=settings(), capture_output=True, text=True, timeout=120)

    def login(self):
        return {"security.protocol": "SASL_SSL", "ssl.ca.location": self.folder / "ca.pem",
                "sasl.mechanism": "PLAIN", "sasl.username": "baton", "sasl.password": PASSWORD}

    def certificate(self, name="client"):
        return {"security.protocol": "SSL", "ssl.ca.location": self.folder / "ca.pem",
                "ssl.certificate.location": self.folder / f"{name}.crt",
                "ssl.key.location": self.folder / f"{name}.key"}

    @staticmethod
    def flags(flag, properties):
        return [word for name, value in properties.items() for word in (flag, f"{name}={value}")]


class GuardedRedis(Redis):
    """Over TLS only, with a certificate of the client's and the users of deploy/redis/users.acl;
    who deploys has loaded Baton's functions."""

    def __init__(self, folder):
        ca, clients = CertificateAuthority("redis"), CertificateAuthority("baton")
        replace(folder / "ca.pem", ca.pem)
        replace(folder / "clients.pem", clients.pem)
        write_pair(folder, "server", ca.issue())
        write_pair(folder, "client", clients.issue())
        write_pair(folder, "stranger", CertificateAuthority("strangers").issue())
        replace(folder / "password", PASSWORD)
        replace(folder / "users.acl", users_of_baton(PASSWORD))
        super().__init__(folder, "--aclfile", folder / "users.acl", "--tls-cert-file",
                         folder / "server.crt", "--tls-key-file", folder / "server.key",
                         "--tls-ca-cert-file", folder / "clients.pem", "--tls-auth-clients", "yes",
                         tls=True)
        subprocess.run([BIN / "baton", "load-functions", *self.flags(user="baton-deploy")],
                       env=settings(), check=True, timeout=60, stderr=subprocess.DEVNULL)

    def flags(self, password="password", certificate="client", user="baton"):
        """Baton's, with the files of these names."""
        return ["--redis-url", f"rediss://{user}@localhost:{self.port}",
                "--redis-password-file", self.folder / password,
                "--redis-tls-ca-file", self.folder / "ca.pem",
                "--redis-tls-cert-file", self.folder / f"{certificate}.crt",
                "--redis-tls-key-file", self.folder / f"{certificate}.key"]


def users_of_baton(password):
    """deploy/redis/users.acl with this password for each."""
    secret = "#" + hashlib.sha256(password.encode()).hexdigest()
    return (TOP / "deploy/redis/users.acl").read_text().replace("#SHA256-OF-THE-PASSWORD", secret)
