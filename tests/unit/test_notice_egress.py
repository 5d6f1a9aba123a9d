"""The way out: no private network, by whatever writing, one resolution, nothing followed, no byte of a page read."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tipline.domain.egress import Policy, choose, reason_against
from tipline.platform import outside
from tipline.platform.outside import NoAnswer, NotAllowed, Way
from tipline.programs.notices import fetcher
from tipline.programs.notices.adapters import rdap
from tipline.programs.notices.rules.moves import Seen

SOURCE = Path(__file__).parents[2] / "src"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
        "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd12::1",
        "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b:1::1", "2002:7f00:1::", "2001:0:7f00:1::", "::127.0.0.1", "fec0::1", "no address", "",
    ],
)  # fmt: skip
def test_no_address_that_is_not_public_passes(address: str) -> None:
    assert reason_against(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450::1"])
def test_public_addresses_pass(address: str) -> None:
    assert reason_against(address) == ""


def test_one_private_answer_among_public_ones_refuses_the_name() -> None:
    assert choose(["8.8.8.8", "10.0.0.1"], 443) == ("", "private")
    assert choose(["8.8.8.8", "1.1.1.1"], 443) == ("8.8.8.8", "")
    assert choose(["8.8.8.8"], 22) == ("", "port")
    assert choose([], 443) == ("", "no_name")


@dataclass
class Server:
    """A loopback server that answers every connection alike and remembers what it was asked."""

    port: int
    asked: list[str] = field(default_factory=list)
    unsent: list[int] = field(default_factory=list)


@contextmanager
def serving(*answers: bytes, body: int = 0) -> Iterator[Server]:
    """One answer a connection, the last one for all further ones; `body`: bytes offered behind it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Server(listening.getsockname()[1])
        stop = threading.Event()
        listening.settimeout(0.1)

        def run() -> None:
            number = 0
            while not stop.is_set():
                try:
                    line, _ = listening.accept()
                except TimeoutError:
                    continue
                with line:
                    line.settimeout(2)
                    server.asked.append(line.recv(4096).decode())
                    _offer(line, answers[min(number, len(answers) - 1)] + b"x" * body, server)
                number += 1

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield server
        finally:
            stop.set()
            thread.join()


def _offer(line: socket.socket, content: bytes, server: Server) -> None:
    sent = 0
    try:
        while sent < len(content):
            sent += line.send(content[sent : sent + 65536])
    except OSError:
        pass
    server.unsent.append(len(content) - sent)


def way(server: Server) -> Way:
    return Way(Policy(ports=(server.port,), let_through=("127.0.0.0/8",)))


def url(server: Server, path: str = "/p/1001?a=b") -> str:
    return f"http://127.0.0.1:{server.port}{path}"


def test_head_first_with_the_right_host_line_and_nothing_that_tells_who_asks() -> None:
    with serving(b"HTTP/1.1 200 OK\r\n\r\n") as server:
        assert fetcher.look(url(server), way(server)) == (Seen.ANSWERS, 200)
    [asked] = server.asked
    assert asked.startswith(f"HEAD /p/1001?a=b HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n")
    assert "Cookie" not in asked
    assert "Referer" not in asked


def test_a_server_that_does_not_know_head_is_asked_with_get_and_its_body_is_never_read() -> None:
    refused = b"HTTP/1.1 405 Method Not Allowed\r\n\r\n"
    with serving(refused, b"HTTP/1.1 404 Not Found\r\nContent-Length: 99999999\r\n\r\n", body=30_000_000) as server:
        assert fetcher.look(url(server), way(server)) == (Seen.GONE, 404)
    assert [asked.split()[0] for asked in server.asked] == ["HEAD", "GET"]
    assert server.unsent[1] > 20_000_000


def test_a_redirect_is_noted_and_not_followed() -> None:
    with serving(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n") as server:
        assert fetcher.look(url(server), way(server)) == (Seen.MOVED, 302)
    assert len(server.asked) == 1


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 abc\r\n", b"H" * 4096])
def test_what_is_no_http_is_nothing_seen(answer: bytes) -> None:
    with serving(answer) as server:
        assert fetcher.look(url(server), way(server)) == (Seen.UNREACHABLE, 0)


def test_loopback_is_refused_before_any_connection() -> None:
    with serving(b"HTTP/1.1 200 OK\r\n\r\n") as server:
        assert fetcher.look(url(server), Way(Policy(ports=(server.port,)))) == (Seen.NOT_ALLOWED, 0)
        with pytest.raises(NotAllowed) as refused:
            outside.ask_status(f"http://127.0.0.1:{server.port}/", "HEAD")
        assert refused.value.reason == "port"
    assert server.asked == []


def test_the_name_is_resolved_once_and_the_connection_goes_to_that_very_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    monkeypatch.setattr(outside, "resolve", lambda host, port: answers.pop(0))
    with serving(b"HTTP/1.1 200 OK\r\n\r\n") as server:
        address = f"http://photos.example:{server.port}/"
        assert outside.ask_status(address, "HEAD", way(server)) == 200
    assert answers == [["10.0.0.1"]]
    assert f"Host: photos.example:{server.port}\r\n" in server.asked[0]


def test_a_document_that_comes_too_slowly_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = b"HTTP/1.1 200 OK\r\n\r\n{}"
    with serving(answer) as server:
        assert outside.fetch_body(url(server), "*/*", 100, way(server)) == (200, b"{}")
        monkeypatch.setattr(outside, "WHOLE_SECONDS", -1.0)
        with pytest.raises(NoAnswer):
            outside.fetch_body(url(server), "*/*", 100, way(server))


def run_fetcher(address: str) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-E", "-s", "-m", "tipline.programs.notices.fetcher"],
        input=json.dumps({"url": address}), env={}, cwd=SOURCE, capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]"])
def test_the_process_itself_refuses_every_range_and_knows_no_option_that_lets_one_through(host: str) -> None:
    found = run_fetcher(f"http://{host}/")
    assert (found["seen"], found["status_class"]) == ("NOT_ALLOWED", "")


@pytest.mark.parametrize("module", ["notices.fetcher", "telling.sender"])
def test_the_process_loads_neither_django_nor_a_database_driver_and_cannot_write_a_file(
    tmp_path: Path, module: str
) -> None:
    code = (
        "import json, sys\n"
        f"from tipline.programs.{module} import confine\n"
        "confine()\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "try:\n"
        f"    open({str(tmp_path / 'kept')!r}, 'w', buffering=1).write('x\\n'); wrote = 'no error'\n"
        "except OSError: wrote = 'refused'\n"
        "names = ('django', 'psycopg', 'procrastinate')\n"
        "loaded = [name for name in sys.modules if name in names or name.startswith('tipline.platform.')]\n"
        "print(json.dumps([wrote, loaded]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-E", "-s", "-c", code], env={}, cwd=SOURCE, capture_output=True, text=True, timeout=30,
        check=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == ["refused", ["tipline.platform.outside"]]


RDAP = {
    "objectClassName": "domain",
    "entities": [
        {
            "roles": ["registrar"],
            "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Example Registrar"]]],
            "entities": [
                {
                    "roles": ["abuse"],
                    "vcardArray": ["vcard", [["email", {}, "text", "abuse@registrar.example"], ["odd"]]],
                }
            ],
        },
        {"roles": ["registrant"], "vcardArray": ["vcard", [["email", {}, "text", "person@photos.example"]]]},
        {"roles": ["abuse"], "vcardArray": ["vcard", [["email", {}, "text", "not a mail address"]]]},
        "odd",
    ],
}


def http(body: bytes, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def test_the_registry_names_the_abuse_contact_of_the_registrar_and_no_private_person() -> None:
    with serving(http(json.dumps(RDAP).encode())) as server:
        found = rdap.find_contacts(f"http://127.0.0.1:{server.port}/rdap", "cdn.photos.example", way(server))
    assert found == (rdap.Found("REGISTRAR", "Example Registrar", "abuse@registrar.example"),)
    assert server.asked[0].startswith("GET /rdap/domain/photos.example HTTP/1.1")


def test_an_unknown_name_is_asked_with_one_label_more_and_then_has_no_contacts() -> None:
    with serving(http(b"{}", "404 Not Found")) as server:
        assert rdap.find_contacts(f"http://127.0.0.1:{server.port}", "a.photos.co.example", way(server)) == ()
    assert [asked.split()[1] for asked in server.asked] == ["/domain/co.example", "/domain/photos.co.example"]


@pytest.mark.parametrize("body", [b"no json", b"[1, 2]", b'{"entities": 7}', b'{"entities": [{"roles": 1}]}'])
def test_an_odd_registry_breaks_nothing(body: bytes) -> None:
    with serving(http(body)) as server:
        try:
            found = rdap.find_contacts(f"http://127.0.0.1:{server.port}", "198.51.100.7", way(server))
        except OSError:
            found = ()
    assert found == ()


def test_a_registry_on_a_private_network_is_not_asked() -> None:
    with pytest.raises(OSError, match="cannot be asked"):
        rdap.find_contacts("http://127.0.0.1", "photos.example")
