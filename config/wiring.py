"""Where every backend is chosen, once."""

from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID

from archive.fixity import FixityPlan
from archive.signing import Pkcs12Key, SigningKey, open_test_ca
from archive.signing.revocation import RevocationSource
from archive.stores import LocalWorkStore
from archive.vault import NodeKeys
from catalogue.services import current_catalogue
from classify.policy import Promise
from classify.shelf import FieldShelf, ModelShelf
from config.options import Options, read_options
from config.reading import build_engine, build_review, build_spare_engine, mode_of
from config.strongroom import build_archive, build_vault
from config.trust import build_profile, build_stamp, build_trust
from proof.trust import Trust
from search import Fts5Index
from workers.doorbell import PipeDoorbell
from workers.examples import ExampleBook
from workers.house import House, Signers
from workers.originals import Originals


def build_house() -> House:
    """Furnish the house by the operator's options."""
    options = read_options()
    vault = build_vault(options)
    node_keys = NodeKeys(vault)
    work = LocalWorkStore(options.home / "work", node_keys)
    return House(
        work=work,
        originals=Originals(work),
        archive=build_archive(options),
        vault=vault,
        index=Fts5Index(options.home / "index.sqlite"),
        doorbell=PipeDoorbell(options.home / "run" / "bell"),
        engine=cache(lambda: build_engine(options)),
        review=cache(lambda: build_review(mode_of(options), options.tessdata)),
        signers=cache(lambda: build_signers(options)),
        # With every version of places and bodies: a paper names the body of its own day.
        catalogue=current_catalogue,
        confirm_account=options.confirm_account,
        mode=mode_of(options),
        promise=Promise(options.promise),
        kind_models=ModelShelf(options.home / "models"),
        field_models=FieldShelf(options.home / "models" / "fields"),
        examples=ExampleBook(
            options.home / "models",
            LocalWorkStore(options.home / "models" / "examples", node_keys),
        ),
        spare_engine=cache(lambda: build_spare_engine(options)),
        stamp=cache(lambda: build_stamp(options.trust, options.home)),
        encrypt_all=options.store.encrypt_all,
        fixity=FixityPlan(options.store.fixity_days, options.store.fixity_mb_s),
    )


def build_signers(options: Options) -> Signers:
    """Return the configured keys; where there is none, those of a test CA of this data folder."""
    if options.signing_p12 and options.agency_p12:
        digitiser = _key(options.signing_p12, options.signing_p12_password_file)
        agency = _key(options.agency_p12, options.agency_p12_password_file)
        return _signers(digitiser, agency, options, build_trust(options.home))
    authority = open_test_ca(options.home / "keys" / "test-ca")
    trust = build_trust(options.home, (authority.root,))
    return _signers(authority.digitiser, authority.agency, options, trust)


def _signers(digitiser: SigningKey, agency: SigningKey, options: Options, trust: Trust) -> Signers:
    return Signers(
        digitiser=digitiser,
        digitiser_name=_holder(digitiser),
        agency=agency,
        agency_name=_holder(agency) if agency.is_test else options.agency_name,
        is_test=agency.is_test,
        trust=trust,
        profile=build_profile(options.trust, trust),
        revocation=RevocationSource() if options.trust.revocation == "online" else None,
        renew_days=options.trust.renew_days,
    )


def _key(path: Path, password_file: Path | None) -> SigningKey:
    passphrase = password_file.read_text(encoding="utf-8").strip() if password_file else None
    return Pkcs12Key(path, passphrase)


def _holder(key: SigningKey) -> str:
    """Return the common name in a key's certificate."""
    certificate = x509.load_der_x509_certificate(key.certificate)
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()
