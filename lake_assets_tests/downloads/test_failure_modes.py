"""What can go wrong at the vendor: each a typed error, or a documented success.

After each: no file of the raw folder is half, nothing was paid beyond one job, the key is nowhere;
and once the vendor is well again the same command lands the session without paying twice.
"""

import io
import json
import socket
from decimal import Decimal

import pytest
import zstandard

from lake_assets import errors
from lake_assets.sources.inventory import scan_raw
from lake_assets_tests.gateway.server import CANARY, Reply, page, refusal
from lake_assets_tests.gateway.shop import files_with_key

ASKING = ("condition", "count", "size", "cost", "jobs")
PRICE = Decimal("0.25")
BUSY, ENDLESS = refusal(429), refusal(429, **{"Retry-After": "86400"})
STALLED = Reply(stall_s=60.0)
DRIPPING = Reply(body=b" " * 4_000, drip_s=0.05)
CLOSED_EARLY = Reply(body=b"[", declared=1_000)
HUNG_UP = Reply(hang_up=True)
BRIEF = {"deadline_s": 0.6, "timeout_s": 0.3}


def check(shop, error=None):
    """What must hold whatever has happened."""
    inventory = scan_raw(shop.raw)
    assert inventory.faults == ()
    folders = {name.split("/")[0] for name in shop.visible()}
    assert folders <= {job.job_id for job in shop.gateway.jobs}
    assert list(files_with_key(shop.raw.parent)) == []
    if error is not None:
        assert CANARY not in f"{error!r} {error} {error.__cause__!r} {error.__context__!r}"


def check_recovery(shop, *, jobs=1):
    """Once the vendor is well the session lands, and nothing is paid twice."""
    shop.gateway.recover()
    shop.buy()
    assert len(shop.gateway.jobs) == jobs
    assert shop.held() == PRICE * jobs
    assert shop.lacking() == []
    assert any(name.endswith("trades.dbn.zst") for name in shop.visible())
    check(shop)


@pytest.mark.parametrize(
    ("reply", "kind", "asked"),
    [
        pytest.param(refusal(401, f"unknown key {CANARY}"), errors.VendorKeyError, 1, id="401"),
        pytest.param(refusal(402), errors.VendorPaymentError, 1, id="402"),
        pytest.param(refusal(403), errors.VendorKeyError, 1, id="403"),
        pytest.param(refusal(404), errors.VendorRefusalError, 1, id="404"),
        pytest.param(refusal(422, "no such symbol"), errors.VendorRefusalError, 1, id="422"),
        pytest.param(BUSY, errors.VendorBusyError, 6, id="429 without Retry-After"),
        pytest.param(ENDLESS, errors.VendorBusyError, 1, id="429 until tomorrow"),
        pytest.param(refusal(500), errors.VendorUnavailableError, 6, id="500"),
        pytest.param(refusal(503), errors.VendorUnavailableError, 6, id="503"),
        pytest.param(Reply(500, b"<html>"), errors.VendorUnavailableError, 6, id="500, a page"),
        pytest.param(Reply(500, b"[]"), errors.VendorAnswerError, 1, id="500, other JSON"),
        pytest.param(page(), errors.VendorAnswerError, 1, id="a sign-in page"),
        pytest.param(Reply(body=b'{"x": 1}'), errors.VendorAnswerError, 1, id="other JSON"),
        pytest.param(CLOSED_EARLY, errors.VendorUnavailableError, 6, id="early close"),
        pytest.param(HUNG_UP, errors.VendorUnavailableError, 6, id="hung up"),
    ],
)
def test_a_question_that_fails_requests_nothing(shop, reply, kind, asked):
    shop.gateway.fail_always("cost", reply)
    with pytest.raises(kind) as caught:
        shop.buy()
    assert shop.gateway.asked["cost"] == asked
    assert shop.gateway.bytes_bought == shop.gateway.asked["submit"] == 0
    assert (shop.visible(), shop.held()) == ([], 0)
    check(shop, caught.value)
    check_recovery(shop)


@pytest.mark.parametrize(
    ("route", "reply"),
    [("condition", STALLED), ("cost", DRIPPING), ("jobs", DRIPPING)],
    ids=["stalled", "a byte at a time", "a list, a byte at a time"],
)
def test_a_question_ends_at_its_deadline(shop, route, reply):
    shop.gateway.fail_always(route, reply)
    with pytest.raises(errors.VendorUnavailableError) as caught:
        shop.buy(**BRIEF)
    assert shop.gateway.bytes_bought == 0
    check(shop, caught.value)
    check_recovery(shop)


@pytest.mark.parametrize("reply", [BUSY, refusal(500), refusal(503), CLOSED_EARLY, HUNG_UP])
def test_what_passes_is_waited_out(shop, reply):
    routes = (*ASKING, "details", "files", "download")
    for route in routes:
        shop.gateway.fail(route, reply, reply)
    shop.buy()
    assert all(shop.gateway.asked[route] >= 3 for route in routes)
    check_recovery(shop)


def test_retry_after_is_honoured(shop):
    shop.gateway.fail("cost", refusal(429, **{"Retry-After": "0.4"}))
    shop.buy(backoff_s=300.0)  # any other wait would be longer than the deadline
    first, second = shop.gateway.moments["cost"]
    assert second - first >= 0.4
    check_recovery(shop)


def test_a_closed_port_is_said_to_be_one(shop):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address, shop.gateway.address = (
            shop.gateway.address,
            (f"https://127.0.0.1:{taken.getsockname()[1]}"),
        )
        with pytest.raises(errors.VendorUnavailableError, match="refused") as caught:
            shop.buy()
    check(shop, caught.value)
    shop.gateway.address = address
    check_recovery(shop)


@pytest.mark.parametrize("told", ["NaN", "-1.0", '"free"', "null", "true"])
def test_a_price_that_is_none_buys_nothing(shop, told):
    shop.gateway.fail("cost", Reply(body=told.encode()))
    with pytest.raises(errors.VendorAnswerError):
        shop.buy()
    assert (shop.gateway.bytes_bought, shop.held()) == (0, 0)
    check_recovery(shop)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("pending", errors.DayPendingError),
        ("intraday", errors.DayPendingError),
        ("missing", errors.DayMissingError),
        (None, errors.DayMissingError),
        ("a new word", errors.DayMissingError),
    ],
)
def test_a_day_the_vendor_does_not_have_is_not_paid_for(shop, word, kind):
    shop.gateway.condition = lambda _, day: word if str(day) == shop.day else "available"
    with pytest.raises(kind, match=shop.day):
        shop.buy()
    assert (shop.gateway.bytes_bought, shop.held()) == (0, 0)
    shop.gateway.condition = lambda *_: "available"
    check_recovery(shop)


def test_an_evening_the_vendor_does_not_list_is_no_missing_day(shop):
    shop.gateway.condition = lambda _, day: "available" if str(day) == shop.day else None
    shop.buy()
    check_recovery(shop)


def test_a_day_without_records_is_not_paid_for(shop):
    shop.gateway.fail("count", Reply(body=b"0"))
    with pytest.raises(errors.DayMissingError, match="0 records"):
        shop.buy()
    assert shop.gateway.bytes_bought == 0


def test_a_degraded_day_lands_and_says_so(shop):
    shop.gateway.condition = lambda *_: "degraded"
    (landed,) = shop.buy()
    told = json.loads((landed.folder / "condition.json").read_text())
    assert {each["condition"] for each in told} == {"degraded"}
    check_recovery(shop)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (refusal(402), errors.VendorPaymentError),
        (refusal(422), errors.VendorRefusalError),
        (refusal(503), errors.VendorUnavailableError),
        (refusal(429), errors.VendorBusyError),
    ],
    ids=["402", "422", "503", "429"],
)
def test_a_purchase_that_is_refused_gives_its_money_back(shop, reply, kind):
    shop.gateway.fail_always("submit", reply)
    with pytest.raises(kind):
        shop.buy()
    assert (shop.gateway.bytes_bought, shop.held()) == (0, 0)
    check_recovery(shop)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(hang_up=True, after=True),
        Reply(body=b"{", declared=1_000, after=True),
        Reply(500, after=True),
        Reply(504, after=True),
        Reply(body=b"<html>", after=True),
    ],
    ids=["hung up", "early close", "500", "504", "a page"],
)
def test_a_purchase_whose_answer_is_lost_is_found_and_not_repeated(shop, reply):
    shop.gateway.fail("submit", reply)
    shop.buy()
    assert shop.gateway.asked["submit"] == 1
    check_recovery(shop)


def test_a_purchase_that_stalls_is_found_and_not_repeated(shop):
    shop.gateway.fail("submit", Reply(stall_s=60.0, after=True))
    shop.buy(timeout_s=3.0)
    assert shop.gateway.asked["submit"] == 1
    check_recovery(shop)


@pytest.mark.parametrize("reply", [HUNG_UP, refusal(504)], ids=["hung up", "504"])
def test_nobody_knows_of_a_purchase_that_does_not_show(shop, reply):
    shop.gateway.fail("submit", reply)
    with pytest.raises(errors.UnknownPurchaseError) as caught:
        shop.buy()
    assert shop.gateway.asked["submit"] == 1
    assert shop.held() == PRICE  # it may have been bought
    check(shop, caught.value)
    check_recovery(shop)


@pytest.mark.parametrize("state", ["expired", "failed"])
def test_a_lost_job_is_paid_again_only_when_asked(shop, state):
    shop.gateway.new_states = ["queued", state]
    for _ in range(2):
        with pytest.raises(errors.JobLostError, match="buy-again"):
            shop.buy()
    assert len(shop.gateway.jobs) == 1
    check(shop)
    shop.gateway.new_states = ["queued", "done"]
    buyer = shop.buyer()
    buyer.give_up(shop.lacking())
    check_recovery(shop, jobs=2)


def test_a_job_that_is_well_is_not_given_up(shop):
    shop.gateway.fail_always("download", refusal(500))
    with pytest.raises(errors.VendorUnavailableError):
        shop.buy()
    shop.buyer().give_up(shop.lacking())
    check_recovery(shop)


def test_a_job_that_is_not_done_in_time_goes_on(shop):
    shop.gateway.new_states = ["processing"]
    with pytest.raises(errors.VendorUnavailableError, match="processing"):
        shop.buy(wait_s=0.2)
    shop.gateway.jobs[0].states = ["done"]
    check_recovery(shop)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        pytest.param(page(), errors.CorruptFileError, id="a page"),
        pytest.param(Reply(body=b"x" * 10), errors.CorruptFileError, id="wrong length"),
        pytest.param(Reply(body=b"x" * 10_000_000), errors.CorruptFileError, id="longer"),
        pytest.param(
            Reply(body=b"x", declared=99), errors.VendorUnavailableError, id="early close"
        ),
        pytest.param(HUNG_UP, errors.VendorUnavailableError, id="hung up"),
        pytest.param(refusal(401, CANARY), errors.VendorKeyError, id="401"),
        pytest.param(refusal(404), errors.VendorRefusalError, id="404"),
        pytest.param(refusal(500), errors.VendorUnavailableError, id="500"),
    ],
)
def test_a_file_that_does_not_come_whole_does_not_land(shop, reply, kind):
    shop.gateway.fail_always("download", reply)
    with pytest.raises(kind) as caught:
        shop.buy()
    assert shop.visible() == []
    check(shop, caught.value)
    check_recovery(shop)


@pytest.mark.parametrize("reply", [STALLED, DRIPPING], ids=["stalled", "a byte at a time"])
def test_a_file_ends_at_its_deadline(shop, reply):
    shop.gateway.fail_always("download", reply)
    with pytest.raises(errors.VendorUnavailableError) as caught:
        shop.buy(wait_s=0.6, timeout_s=0.3)
    assert shop.visible() == []
    check(shop, caught.value)
    check_recovery(shop)


def test_a_file_is_continued_where_it_broke_off(shop):
    content = first_file(shop).content
    half = len(content) // 2
    shop.gateway.fail("download", Reply(body=content[:half], declared=len(content)))
    shop.buy()
    # Each file once, the first a second time: that continued, or its hash would not fit.
    assert shop.gateway.asked["download"] == 4
    assert shop.gateway.ranges == [half]
    check_recovery(shop)


def test_a_file_is_continued_by_the_next_run(shop):
    content = first_file(shop).content
    half = len(content) // 2
    shop.gateway.fail("download", Reply(body=content[:half], declared=len(content)))
    shop.gateway.fail_always("download", refusal(403))
    with pytest.raises(errors.VendorKeyError):
        shop.buy()
    assert shop.visible() == []
    check_recovery(shop)
    assert shop.gateway.ranges == [half, half]


def test_a_vendor_that_starts_over_is_followed(shop):
    content = first_file(shop).content
    half = len(content) // 2
    shop.gateway.fail(
        "download", Reply(body=content[:half], declared=len(content)), Reply(body=content)
    )
    shop.buy()
    check_recovery(shop)


def flipped(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def fewer_records(content):
    plain = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(content)).read()
    return zstandard.ZstdCompressor().compress(plain[: -48 * 3])


def half_a_record(content):
    plain = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(content)).read()
    return zstandard.ZstdCompressor().compress(plain[:-7])


@pytest.mark.parametrize(
    "spoil",
    [lambda content: content[: len(content) * 2 // 3], fewer_records, half_a_record],
    ids=["a cut frame", "records short", "half a record"],
)
def test_a_file_that_is_cut_as_its_hash_says_does_not_land(shop, spoil):
    """The vendor's own copy is damaged: length and hash fit, the content does not."""
    shop.gateway.spoil = lambda name, content: spoil(content) if ".dbn" in name else content
    with pytest.raises(errors.CorruptFileError):
        shop.buy()
    assert shop.visible() == []
    shop.gateway.spoil = lambda _, content: content
    check_recovery(shop)


def test_a_hash_that_does_not_fit_is_downloaded_again(shop):
    shop.gateway.fail("download", Reply(body=flipped(first_file(shop).content)))
    shop.buy()
    check_recovery(shop)


def first_file(shop):
    """The first data file of the session's trades."""
    request = shop.lacking()[0]
    return next(
        f for f in shop.gateway.stock if f.schema == "trades" and f.span.overlaps(request.interval)
    )


def test_a_hash_that_never_fits_does_not_land(shop):
    lies = [
        {
            "filename": first_file(shop).name,
            "size": 5,
            "hash": f"sha256:{'0' * 64}",
            "urls": {"https": f"{shop.gateway.address}/v0/batch/download/U/X/y"},
        }
    ]
    shop.gateway.fail("files", Reply(body=json.dumps(lies).encode()))
    shop.gateway.fail_always("download", Reply(body=b"12345"))
    with pytest.raises(errors.CorruptFileError, match="0000"):
        shop.buy()
    assert shop.visible() == []
    check_recovery(shop)


def test_files_of_something_else_do_not_land(shop):
    book = next(f for f in shop.gateway.stock if f.schema == "mbp-10")
    shop.gateway.spoil = lambda name, content: book.content if ".dbn" in name else content
    with pytest.raises(errors.WrongContentError, match="mbp-10"):
        shop.buy()
    assert shop.visible() == []


@pytest.mark.parametrize(
    "change",
    [
        {"filename": "../../evil.dbn.zst"},
        {"filename": "/etc/passwd.dbn.zst"},
        {"size": -1},
        {"hash": "md5:0"},
        {"urls": {"https": "https://example.org/x.dbn.zst"}},
        {"urls": {"https": "https://evildatabento.com/x.dbn.zst"}},
        {"urls": {}},
    ],
    ids=str,
)
def test_a_list_of_files_is_not_believed_blindly(shop, change):
    good = {
        "filename": "a.dbn.zst",
        "size": 1,
        "hash": f"sha256:{'0' * 64}",
        "urls": {"https": f"{shop.gateway.address}/a.dbn.zst"},
    }
    shop.gateway.fail("files", Reply(body=json.dumps([good | change]).encode()))
    with pytest.raises(errors.VendorAnswerError):
        shop.buy()
    assert shop.gateway.asked["download"] == 0  # the key went nowhere
    check_recovery(shop)


def test_a_job_whose_name_is_a_path_is_none(shop):
    shop.gateway.fail("submit", Reply(body=b'{"id": "../x", "state": "done"}'))
    with pytest.raises(errors.UnknownPurchaseError):
        shop.buy()
    check_recovery(shop)
