"""Files that readers have from others: certificates of their authority, keys and a token of their
identity provider, and who the certificates are."""

from issuer import CertificateAuthority, Issuer

CLIENTS = '''clients:
  - {name: "dns:crm.acme.internal", principal: crm, roles: [service], workspaces: [demo]}
'''


def give(folder):
    """Writes them into `folder`, under the names that the documents use; the token is that of Ada,
    who may do everything in every workspace for an hour."""
    servers, services = CertificateAuthority('servers'), CertificateAuthority('services')
    issuer = Issuer()
    (folder / 'ca.pem').write_bytes(servers.pem)
    (folder / 'services-ca.pem').write_bytes(services.pem)
    for name, pair in (('tls', servers.issue()), ('crm', services.issue('crm.acme.internal'))):
        for ending, pem in zip(('crt', 'key'), pair):
            (folder / f'{name}.{ending}').write_bytes(pem)
    (folder / 'clients.yaml').write_text(CLIENTS)
    (folder / 'jwks.json').write_text(issuer.key_set())
    (folder / 'token').write_text(issuer.token(workspaces=['*']))
