"""What an identity provider and a certificate authority do, with foreign libraries only."""

import datetime
import ipaddress
import json
import os
import time

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

ISSUER, AUDIENCE = "https://id.acme.example", "baton"
PUBLISHERS = {"RS256": RSAAlgorithm, "ES256": ECAlgorithm, "EdDSA": OKPAlgorithm}


def replace(path, text):
    """As operators and Kubernetes do: the new file takes the old one's place at once."""
    new = path.with_suffix(".new")
    new.write_bytes(text if isinstance(text, bytes) else text.encode())
    os.replace(new, path)
    return path


def make_key(algorithm):
    if algorithm == "RS256":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    if algorithm == "ES256":
        return ec.generate_private_key(ec.SECP256R1())
    return ed25519.Ed25519PrivateKey.generate()


def pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                             serialization.NoEncryption())


class Issuer:
    """Signs tokens by keys that its key set publishes, one for each algorithm."""

    def __init__(self):
        self.keys = {algorithm: make_key(algorithm) for algorithm in PUBLISHERS}

    def key_set(self, kids=None):
        keys = []
        for algorithm, key in self.keys.items():
            public = json.loads(PUBLISHERS[algorithm].to_jwk(key.public_key()))
            keys.append(public | {"kid": algorithm, "use": "sig", "alg": algorithm})
        return json.dumps({"keys": [key for key in keys if not kids or key["kid"] in kids]})

    @staticmethod
    def claims(**changes):
        """Of Ada, who may do everything in workspace acme; a change to None leaves a claim out."""
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada@acme.example",
                  "exp": int(time.time()) + 300, "workspaces": ["acme"],
                  "roles": ["marketing", "sales", "admin"], **changes}
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, algorithm="EdDSA", headers=None, key=None, alg=None, **changes):
        return jwt.encode(self.claims(**changes), key or self.keys[algorithm],
                          algorithm=alg or algorithm, headers={"kid": algorithm, **(headers or {})})


def bearer(token):
    return (("authorization", f"Bearer {token}"),)


def key_usage(is_authority):
    return x509.KeyUsage(
        digital_signature=not is_authority, key_cert_sign=is_authority, crl_sign=is_authority,
        content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, encipher_only=False, decipher_only=False)


class CertificateAuthority:
    """Makes certificates for servers on loopback and for clients with names."""

    def __init__(self, name):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        self.certificate = self._sign(self.name, self.key, [], True, 1)

    @property
    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def _sign(self, subject, key, names, is_authority, days):
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(self.name)
                   .public_key(key.public_key()).serial_number(x509.random_serial_number())
                   .not_valid_before(now - datetime.timedelta(days=2))
                   .not_valid_after(now + datetime.timedelta(days=days))
                   .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
                   # What strict readers (RFC 5280), such as Python from 3.13 on, want to see.
                   .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()),
                                  critical=False)
                   .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(
                       self.key.public_key()), critical=False)
                   .add_extension(key_usage(is_authority), critical=True))
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def issue(self, *names, days=1):
        """(certificate, key) in PEM for dns names and URIs; none: the loopback."""
        key = ec.generate_private_key(ec.SECP256R1())
        alternative = [x509.UniformResourceIdentifier(name) if "://" in name else x509.DNSName(name)
                       for name in names]
        if not names:
            alternative = [x509.DNSName("localhost"),
                           x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "leaf")])
        certificate = self._sign(subject, key, alternative, False, days)
        return certificate.public_bytes(serialization.Encoding.PEM), pem(key)
