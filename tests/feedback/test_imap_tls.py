"""A mailbox is read from the server that was named, and from nobody who only says so."""

import pytest

from feedback import imap
from feedback.imap import Account, ImapError
from tests.factories.certificates import certificates
from tests.factories.imap import PASSWORD, imap_server


def test_a_mailbox_is_read_where_the_server_proves_its_name_and_nowhere_else(tmp_path_factory, monkeypatch):
    files = certificates(tmp_path_factory.mktemp("certificates"))
    with imap_server(files) as server:
        ways = {"tls": server.tls_port, "starttls": server.port}

        def newest(host: str, way: str) -> int:
            with imap.opened(Account(host, ways[way], way, "support", PASSWORD)) as folder:
                return folder.next_uid

        for way in ways:
            with pytest.raises(ImapError, match="certificate verify failed: unable to get local issuer"):
                newest("localhost", way)  # whose authority nobody knows
        monkeypatch.setenv("SSL_CERT_FILE", str(files.authority))
        for way in ways:
            with pytest.raises(ImapError, match="not valid for '127"):
                newest("127.0.0.1", way)
            assert newest("localhost", way) == 1
