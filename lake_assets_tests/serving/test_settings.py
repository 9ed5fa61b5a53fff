"""Who may connect: this machine, or who has the token."""

import socket

import pytest

from lake_assets.errors import UnsafeServiceError
from lake_assets.serving.settings import Settings, is_loopback, token_from
from lake_assets_tests.serving.servers import DAY, NIFTY, serving

# pragma: allowlist nextline secret
TOKEN = "3f9c0a5be1d24786b8a1c2d3e4f5061728394a5b6c7d8e9f00112233aabbccdd"  # noqa: S105


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", "", "127.1"])  # noqa: S104
def test_without_a_token_only_this_machine_may_connect(host):
    with pytest.raises(UnsafeServiceError, match="can be reached from other machines"):
        Settings(host=host)
    assert Settings(host=host, token=TOKEN).host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_loopback_needs_no_token(host):
    assert is_loopback(host)
    assert Settings(host=host).token is None


@pytest.mark.parametrize(
    "token", ["", "secret", "a" * 64, "0123456789" * 3, TOKEN[:31], TOKEN + "é", TOKEN + " x"]
)
def test_a_token_that_is_no_secret_is_refused(token):
    with pytest.raises(UnsafeServiceError, match="openssl rand"):
        Settings(token=token)


def test_a_token_file_is_for_its_owner_alone(tmp_path):
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    for mode in (0o644, 0o640, 0o604, 0o620):
        file.chmod(mode)
        with pytest.raises(UnsafeServiceError, match="`chmod 600` it"):
            token_from({"LAKE_API_TOKEN_FILE": str(file)})
    file.chmod(0o600)
    assert token_from({"LAKE_API_TOKEN_FILE": str(file)}) == TOKEN


def test_a_token_comes_from_one_place():
    assert token_from({}) is None
    assert token_from({"LAKE_API_TOKEN": TOKEN}) == TOKEN
    with pytest.raises(UnsafeServiceError, match="both set"):
        token_from({"LAKE_API_TOKEN": TOKEN, "LAKE_API_TOKEN_FILE": "/nowhere"})
    with pytest.raises(FileNotFoundError):
        token_from({"LAKE_API_TOKEN_FILE": "/nowhere"})


@pytest.fixture(scope="module")
def guarded(served_root):
    with serving(served_root, token=TOKEN) as client:
        yield client


ROUTES = [
    "/ready",
    "/openapi.json",
    "/v1/days",
    "/v1/datasets",
    f"/v1/signals/{DAY}",
    f"/v1/day/{NIFTY}/{DAY}/summary",
    "/v1/nothing",
]


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN.upper()}",
        f"Basic {TOKEN}",
        TOKEN,
    ],
)
def test_nothing_is_told_without_the_token(guarded, path, authorization):
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = guarded.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert TOKEN not in answer.text


@pytest.mark.parametrize("path", ROUTES[:-1])
def test_with_the_token_all_is_as_without_one(guarded, path):
    answer = guarded.get(path, headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200


def test_a_token_that_is_not_ascii_is_merely_wrong(guarded):
    answer = guarded.get("/v1/days", headers={"Authorization": "Bearer é".encode()})
    assert answer.status_code == 401


def test_whether_it_lives_is_no_secret(guarded):
    assert guarded.get("/health").status_code == 200


def test_a_port_that_is_taken_says_so(served_root):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"), serving(served_root, port=port):
            pass
