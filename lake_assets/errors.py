"""Every error the lake raises on purpose, in one tree.

LakeError
├── RawInputError              a raw vendor file cannot be used as it is
│   ├── CorruptFileError       its bytes are cut, damaged, joined or of an unknown kind
│   ├── WrongContentError      it is whole, but holds another dataset, schema or symbology
│   ├── MissingInputError      no raw file gives what the session needs
│   ├── ConflictingInputError  two files claim one range with different content
│   ├── NonSessionError        it landed under a date on which its exchange was closed
│   ├── UncoveredSessionError  the files leave a stretch of the session out
│   ├── QuarantineError        too many of its rows are unusable
└── PageError                  a part of the page is not the one it was made with
├── VendorError                the vendor did not give what was asked for
│   ├── VendorKeyError         there is no key, or the vendor does not accept it
│   ├── VendorPaymentError     the vendor's account cannot pay
│   ├── VendorRefusalError     the vendor refuses the request, and says why
│   ├── VendorBusyError        the vendor wants to be asked less often, or later
│   ├── VendorUnavailableError no answer came, or none in time
│   ├── VendorAnswerError      the answer is not one the vendor gives
│   ├── DayPendingError        the vendor's data of a day are not complete yet
│   ├── DayMissingError        the vendor has no data of a day
│   ├── JobLostError           what was bought can no longer be downloaded, or never could
│   └── UnknownPurchaseError   nobody can say whether a request was bought
├── BudgetError                the price would exceed what may be spent: nothing was requested
├── LedgerError                what was spent cannot be read or recorded: nothing is bought
├── UnknownSessionError        a date is no trading session
├── UnknownNameError           a dataset, asset, symbol or parameter nobody declared
├── ContractError              rows that break the schema of their dataset
├── UnorderedInputError        a kernel was handed times that go backwards
├── LateRowError               a stream's row came after newer ones were handed on
├── ComputationRefusedError    the inputs are sound, but the result would not be
├── LookAheadError             a row says what its past alone would not have said
├── MissingPartitionError      a dataset has no file for the partition asked for
├── DamagedPartitionError      a file is not the one its manifest describes
├── UnwritableLakeError        the disk refuses a step of a write: full, failing, read-only
├── BusyPartitionError         another process is writing the partition
├── UnlockedPartitionError     a write was tried by someone who does not hold the lock
├── MixedProvenanceError       simulated and vendor data would meet in one lake
├── UnreachableStoreError      an object store does not answer as it should
├── MissingPackageError        an optional package is needed and not installed
├── AuditUnavailableError      the audit log cannot be written, so no number may be told
├── TooMuchAskedError          a request spans more than the service gives at once
├── QueryTimeoutError          a query took longer than a request may
├── OverloadedError            the service has as much to do as it can
└── UnsafeServiceError         the service would listen where it must not as it is set up
"""

from pathlib import Path


class LakeError(Exception):
    """Base of every error the lake raises on purpose."""


class RawInputError(LakeError):
    """A raw vendor file cannot be used as it is.

    The message names the file, what was expected, what was found and the remedy.
    """

    def __init__(self, path: Path | str, *, expected: str, found: str, remedy: str) -> None:
        self.path = Path(path)
        self.expected = expected
        self.found = found
        self.remedy = remedy
        super().__init__(f"{path}: expected {expected}, found {found}; {remedy}")


class CorruptFileError(RawInputError):
    """The bytes of a file are cut, damaged, joined or of an unknown kind."""


class WrongContentError(RawInputError):
    """A file is whole, but holds another dataset, schema or symbology than asked for."""


class MissingInputError(RawInputError):
    """No raw file gives what the session needs."""


class ConflictingInputError(RawInputError):
    """Two files claim one range with different content."""


class NonSessionError(RawInputError):
    """Files landed under a date on which their exchange was closed: reason ``NON_SESSION``."""


class UncoveredSessionError(RawInputError):
    """The files leave a stretch of the session out that must be there."""


class QuarantineError(RawInputError):
    """More rows of a session are unusable than the lake accepts."""


class VendorError(LakeError):
    """The vendor did not give what was asked for.

    The message says what was asked, what was expected, what came and the remedy; never the key.
    """

    def __init__(self, asked: str, *, expected: str, found: str, remedy: str) -> None:
        self.asked = asked
        self.expected = expected
        self.found = found
        self.remedy = remedy
        super().__init__(f"{asked}: expected {expected}, found {found}; {remedy}")


class VendorKeyError(VendorError):
    """There is no key, or the vendor does not accept it."""


class VendorPaymentError(VendorError):
    """The vendor's account cannot pay."""


class VendorRefusalError(VendorError):
    """The vendor refuses the request, and says why."""


class VendorBusyError(VendorError):
    """The vendor wants to be asked less often, or later than we may wait."""


class VendorUnavailableError(VendorError):
    """No answer came, or none in time."""


class VendorAnswerError(VendorError):
    """The answer is not one the vendor gives: a web page, or numbers that cannot be."""


class DayPendingError(VendorError):
    """The vendor's data of a day are not complete yet: bought now, they would stay incomplete."""


class DayMissingError(VendorError):
    """The vendor has no data of a day."""


class JobLostError(VendorError):
    """What was bought can no longer be downloaded, or never could."""


class UnknownPurchaseError(VendorError):
    """A request was sent and its answer lost: nobody can say whether it was bought."""


class BudgetError(LakeError):
    """The price would exceed what may be spent: nothing was requested."""


class LedgerError(LakeError):
    """What was spent cannot be read or recorded: nothing is bought."""


class UnknownSessionError(LakeError, KeyError):
    """A date is no trading session of the calendar."""

    def __str__(self) -> str:
        return str(self.args[0])


class UnknownNameError(LakeError, KeyError):
    """A dataset, asset, symbol or parameter that nobody declared."""

    def __str__(self) -> str:
        return str(self.args[0])


class ContractError(LakeError, ValueError):
    """Rows break the schema of the dataset they were made for."""


class UnorderedInputError(LakeError, ValueError):
    """A kernel was handed times that go backwards."""


class LateRowError(LakeError, ValueError):
    """A row of a stream should precede rows already handed on: it must be read anew, sorted."""


class ComputationRefusedError(LakeError, ValueError):
    """The inputs are sound, but the result asked for would mislead."""


class LookAheadError(LakeError, ValueError):
    """A row says what its past alone would not have said."""


class MissingPartitionError(LakeError, LookupError):
    """A dataset has no file for the partition asked for."""


class DamagedPartitionError(LakeError):
    """A file in the lake is not the one its manifest describes."""


class UnwritableLakeError(LakeError, OSError):
    """The disk refuses a step of a write: it is full, failing, read-only or not ours."""


class BusyPartitionError(LakeError):
    """Another process is writing the partition and did not finish in time, or was faster."""


class UnlockedPartitionError(LakeError):
    """A write was tried without holding the partition's lock, or its lock was taken twice."""


class MixedProvenanceError(LakeError):
    """Simulated and vendor data would meet in one lake."""


class UnreachableStoreError(LakeError):
    """An object store cannot be reached, refuses what is asked, or lost something."""


class MissingPackageError(LakeError):
    """What is asked for needs an optional package that is not installed."""


class AuditUnavailableError(LakeError):
    """The audit log cannot be written: a query returns no number."""


class TooMuchAskedError(LakeError, ValueError):
    """A request spans more rows, cells or time than the service gives at once."""


class QueryTimeoutError(LakeError):
    """A query took longer than a request may, and was interrupted."""


class OverloadedError(LakeError):
    """The service has as much to do as it can; asking again later may succeed."""


class UnsafeServiceError(LakeError):
    """The service would listen where strangers are, without what keeps them out."""


class PageError(LakeError):
    """A part of the page is not the one it was made with."""
