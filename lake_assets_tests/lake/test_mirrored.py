"""A lake in an object store: one put decides, and no byte is used unhashed."""

import pytest

from lake_assets.catalog import LEVELS, OPTION_SNAPSHOTS
from lake_assets.errors import (
    BusyPartitionError,
    DamagedPartitionError,
    MissingPartitionError,
    MixedProvenanceError,
    UnreachableStoreError,
)
from lake_assets.lake.lake import Lake
from lake_assets.market.vocabulary import Provenance
from lake_assets_tests.lake.machines import edit, keys
from lake_assets_tests.lake.tables import DAY, MADE_FROM, SIMULATED, levels, publish

MANIFEST = f"_manifests/{LEVELS.stem(DAY)}.json"
OTHER_DAY = "2025-12-16"


def generation_of(lake):
    """The one generation a partition's rows are of."""
    (generation,) = set(lake.read(LEVELS, DAY)["level_e"])
    return generation


def staged(lake, generation):
    return lake.stage(LEVELS, DAY, levels(generation), fingerprint=MADE_FROM, provenance=SIMULATED)


def test_the_bytes_are_those_of_a_lake_in_a_folder(machines, tmp_path):
    local = publish(Lake(tmp_path / "local"), LEVELS, levels(1))
    remote = publish(machines("one").lake(), LEVELS, levels(1))

    assert remote.current.sha256 == local.current.sha256
    assert machines("two").lake().read(LEVELS, DAY).equals(levels(1))


def test_another_machine_sees_what_was_published_and_lists_it(machines):
    one, two = machines("one").lake(), machines("two").lake()
    assert two.partitions(LEVELS) == []
    assert two.provenance is None

    for generation in (1, 2, 3):
        made = publish(one, LEVELS, levels(generation))
        assert two.in_force(LEVELS, DAY).sha256 == made.current.sha256
        assert generation_of(two) == generation
    assert two.partitions(LEVELS) == [DAY]
    assert two.provenance is SIMULATED
    assert two.verify() == []


def test_what_a_process_published_its_other_lakes_see_at_once(machines, monkeypatch):
    monkeypatch.setenv("LAKE_FRESH_S", "3600")
    writer, reader = machines("one").lake(), machines("one").lake()
    assert reader.in_force(LEVELS, DAY) is None
    assert reader.partitions(LEVELS) == []

    for generation in (1, 2):
        made = publish(writer, LEVELS, levels(generation))
        assert reader.in_force(LEVELS, DAY).sha256 == made.current.sha256
        assert generation_of(reader) == generation
        assert reader.partitions(LEVELS) == [DAY]


def test_looking_brings_no_file(machines):
    publish(machines("one").lake(), LEVELS, levels(1))
    other = machines("two")
    lake = other.lake()
    assert lake.partitions(LEVELS) == [DAY]
    assert lake.in_force(LEVELS, DAY).rows == 3
    assert not list(other.home.rglob("*.parquet"))


def test_a_mirror_is_a_lake_of_its_own(machines):
    for generation in (1, 2):
        publish(machines("one").lake(), LEVELS, levels(generation))
        generation_of(machines("two").lake())
    assert Lake(machines("two").home).read(LEVELS, DAY).equals(levels(2))


def test_an_open_file_stays_the_generation_it_was(machines):
    one, two = machines("one").lake(), machines("two").lake()
    publish(one, LEVELS, levels(1))
    with two.pinned(LEVELS, DAY) as pin:
        publish(one, LEVELS, levels(2))
        assert generation_of(two) == 2
        assert pin.scan().collect().equals(levels(1))


def test_a_question_brings_only_what_it_names(machines):
    publish(machines("one").lake(), LEVELS, levels(1))
    other = machines("two")
    rows = other.lake().open_sql("select 1 from gold.signals").sql("select * from silver.levels")
    assert rows.fetchall() == []
    assert not list(other.home.rglob("*.parquet"))
    asked = "select sum(level_e) from silver.levels"
    assert other.lake().open_sql(asked).sql(asked).fetchall() == [(3,)]


def test_holdings_follow_the_store(machines):
    one, seen = machines("one").lake(), machines("two").lake().holdings()
    assert seen.of(LEVELS) == ()
    for generation in (1, 2):
        made = publish(one, LEVELS, levels(generation))
        (holding,) = seen.of(LEVELS)
        assert holding.sha256 == made.current.sha256 == seen.sha256_of(holding.path)


def test_two_machines_that_made_the_same_agree(machines):
    one, two = machines("one").lake(), machines("two").lake()
    with one.lock(LEVELS, DAY), two.lock(LEVELS, DAY):
        first, second = staged(one, 1), staged(two, 1)
        won, reused = one.commit(first), two.commit(second)
    assert reused == won
    assert len(keys(two.remote.store, "silver/")) == 1
    assert generation_of(two) == 1
    assert two.verify() == []


def test_of_two_that_made_different_things_the_slower_is_refused(machines):
    one, two = machines("one").lake(), machines("two").lake()
    with one.lock(LEVELS, DAY), two.lock(LEVELS, DAY):
        first, second = staged(one, 1), staged(two, 2)
        one.commit(first)
        with pytest.raises(BusyPartitionError, match="published by another machine"):
            two.commit(second)
    assert generation_of(one) == generation_of(two) == 1
    assert one.verify() == []


def test_who_looks_after_the_other_published_builds_upon_that(machines):
    one, two = machines("one").lake(), machines("two").lake()
    with two.lock(LEVELS, DAY):
        publish(one, LEVELS, levels(1))
        assert two.in_force(LEVELS, DAY).rows == 3
        two.commit(staged(two, 2))
    assert generation_of(one) == 2


def test_of_two_first_writers_of_different_kinds_one_is_refused(machines):
    one, two = machines("one").lake(), machines("two").lake()
    with one.lock(LEVELS, DAY), two.lock(LEVELS, OTHER_DAY):
        first = staged(one, 1)
        second = two.stage(
            LEVELS, OTHER_DAY, levels(1), fingerprint=MADE_FROM, provenance=Provenance.VENDOR
        )
        one.commit(first)
        with pytest.raises(MixedProvenanceError, match="LAKE_ROOT"):
            two.commit(second)
    assert two.partitions(LEVELS) == [DAY]


def test_what_replaced_it_takes_the_old_objects_away_but_the_last(machines):
    lake = machines("one").lake()
    for generation in (1, 2, 3):
        publish(lake, LEVELS, levels(generation))
    assert len(keys(lake.remote.store, "silver/")) == 2


def test_the_same_bytes_again_are_not_put_again(machines):
    lake = machines("one").lake()
    publish(lake, LEVELS, levels(1))
    before = keys(lake.remote.store, "silver/")
    publish(lake, LEVELS, levels(1))
    assert keys(lake.remote.store, "silver/") == before
    assert lake.verify() == []


FAULTS = {
    "the file": ("PUT", ".parquet"),
    "the manifest": ("PUT", MANIFEST),
    "the lake's kind": ("PUT", "_manifests/lake.json"),
}


@pytest.mark.parametrize("which", FAULTS)
def test_a_put_whose_answer_is_lost_counts_as_what_it_did(machines, object_server, which):
    lake = machines("one").lake()
    object_server.spoil((*FAULTS[which], "do, then fail", 1))
    publish(lake, LEVELS, levels(1))
    assert generation_of(machines("two").lake()) == 1
    assert lake.verify() == []


def test_a_swap_that_is_never_answered_is_known_by_its_text(machines, object_server):
    lake = machines("one").lake()
    publish(lake, LEVELS, levels(1))
    object_server.spoil(("PUT", MANIFEST, "do, then fail", 1), ("PUT", MANIFEST, "fail", 1))
    publish(lake, LEVELS, levels(2))
    assert generation_of(machines("two").lake()) == 2


@pytest.mark.parametrize("which", FAULTS)
@pytest.mark.parametrize("old", [True, False], ids=["over an old one", "the first one"])
def test_a_store_that_fails_leaves_what_was(machines, object_server, which, old):
    lake = machines("one").lake()
    if old:
        publish(lake, LEVELS, levels(1))
    if old and which == "the lake's kind":
        return  # which is told once
    object_server.spoil((*FAULTS[which], "fail", 99))
    with pytest.raises(UnreachableStoreError, match="told to"):
        publish(lake, LEVELS, levels(2))
    object_server.spoil()

    seen = machines("two").lake()
    assert seen.partitions(LEVELS) == ([DAY] if old else [])
    if old:
        assert generation_of(seen) == 1
    publish(lake, LEVELS, levels(3))
    assert generation_of(seen) == 3
    assert lake.verify() == []


@pytest.mark.parametrize("what", ["flip", "cut"])
def test_a_spoilt_download_is_not_used(machines, object_server, what):
    publish(machines("one").lake(), LEVELS, levels(1))
    lake = machines("two").lake()
    object_server.spoil(("GET", ".parquet", what, 99))
    with pytest.raises((DamagedPartitionError, UnreachableStoreError)):
        lake.read(LEVELS, DAY)
    assert not list(machines("two").home.rglob("*.parquet"))
    object_server.spoil(("GET", ".parquet", "flip", 1))
    assert generation_of(lake) == 1  # whole the second time


def test_a_spoilt_manifest_is_named(machines, object_server):
    publish(machines("one").lake(), LEVELS, levels(1))
    lake = machines("two").lake()
    object_server.spoil(("GET", MANIFEST, "flip", 99))
    with pytest.raises(DamagedPartitionError, match=r"levels_2025-12-17\.json"):
        lake.read(LEVELS, DAY)


def flipped(data):
    return data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]


@pytest.mark.parametrize("change", [flipped, lambda data: data[:-1], lambda _: b""])
def test_an_edited_object_is_no_partition_and_is_made_again(machines, change):
    lake, other = machines("one").lake(), machines("two").lake()
    publish(lake, LEVELS, levels(1))
    (key,) = keys(lake.remote.store, "silver/")
    edit(lake.remote.store, key, change)

    assert [(f.kind, f.path) for f in lake.verify()] == [("edited", key)]
    assert lake.in_force(LEVELS, DAY) is None
    with pytest.raises(DamagedPartitionError, match="SHA-256"):
        other.read(LEVELS, DAY)
    publish(other, LEVELS, levels(1))
    assert generation_of(lake) == 1
    assert lake.verify() == []


def test_an_edited_manifest_is_named_and_made_again(machines):
    lake = machines("one").lake()
    publish(lake, LEVELS, levels(1))
    edit(lake.remote.store, MANIFEST, lambda text: text.replace(b'"rows": 3', b'"rows": 4'))

    assert ("wrong_manifest", MANIFEST) in [(f.kind, f.path) for f in lake.verify()]
    assert lake.in_force(LEVELS, DAY) is None
    with pytest.raises(DamagedPartitionError, match="seal"):
        lake.read(LEVELS, DAY)
    publish(lake, LEVELS, levels(1))
    assert lake.verify() == []


def test_a_deleted_object_is_missing(machines):
    lake = machines("one").lake()
    publish(lake, LEVELS, levels(1))
    (key,) = keys(lake.remote.store, "silver/")
    lake.remote.store.delete(key)
    assert [(f.kind, f.path) for f in lake.verify()] == [("missing", key)]
    assert lake.in_force(LEVELS, DAY) is None
    with pytest.raises(DamagedPartitionError, match="gone"):
        machines("two").lake().read(LEVELS, DAY)


def test_a_deleted_manifest_leaves_no_partition(machines):
    lake, other = machines("one").lake(), machines("two").lake()
    publish(lake, LEVELS, levels(1))
    assert generation_of(other) == 1
    lake.remote.store.delete(MANIFEST)
    assert other.partitions(LEVELS) == []
    assert other.holdings().of(LEVELS) == ()
    with pytest.raises(MissingPartitionError):
        other.read(LEVELS, DAY)
    assert [f.kind for f in lake.verify()] == ["leftover"]


@pytest.mark.parametrize(
    "key", ["silver/levels/levels_2025-12-17.parquet", "gold/notes.txt", f"silver/x.{'0' * 16}.a"]
)
def test_an_added_object_is_named(machines, key):
    lake = machines("one").lake()
    publish(lake, LEVELS, levels(1))
    lake.remote.store.replace_text(key, b"PAR1")
    assert [(f.kind, f.path) for f in lake.verify()] == [("added", key)]
    assert generation_of(lake) == 1


def test_verify_takes_one_partition(machines):
    lake = machines("one").lake()
    for day in (DAY, OTHER_DAY):
        publish(lake, LEVELS, levels(1), day)
    for key in keys(lake.remote.store, "silver/"):
        edit(lake.remote.store, key, flipped)
    assert len(lake.verify()) == 2
    (finding,) = lake.verify(LEVELS, DAY)
    assert DAY in finding.path
    assert lake.verify(OPTION_SNAPSHOTS) == []


def test_a_changed_mirror_is_mended(machines):
    publish(machines("one").lake(), LEVELS, levels(1))
    other = machines("two")
    assert generation_of(other.lake()) == 1
    (file,) = other.home.glob("silver/levels/*.parquet")
    file.write_bytes(flipped(file.read_bytes()))
    assert generation_of(other.lake()) == 1


def test_tables_of_facts_come_along_and_go(machines):
    store = machines("one").store
    store.replace_text("config/liquidity_tiers.csv", b"symbol,tier\nSPY,1\n")
    own = machines("two").home / "config" / "liquidity_tiers.csv"
    machines("two").lake()
    assert own.read_bytes() == b"symbol,tier\nSPY,1\n"
    store.delete("config/liquidity_tiers.csv")
    machines("two").lake()
    assert not own.exists()
