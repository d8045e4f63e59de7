"""Where every backend is chosen, once."""

import sys
from functools import cache

from archive.fixity import FixityPlan
from archive.signing import SigningKey
from archive.signing.keys import holder_of
from archive.signing.revocation import RevocationSource
from archive.vault import Vault
from catalogue.services import current_catalogue
from classify.policy import Promise
from classify.shelf import FieldShelf, HandShelf, ModelShelf, nobody
from config.broker import build_doorbell
from config.finding import build_index
from config.keys import build_keys
from config.options import Options, read_options
from config.reading import build_engine, build_review, build_spare_engine, mode_of
from config.seeing import watch_runs, way_to_broker
from config.sharing import build_mirror, open_authority
from config.strongroom import build_archive, build_vault, build_work
from config.trust import build_profile, build_stamp, build_trust
from proof.trust import Trust
from workers.examples import ExampleBook
from workers.house import House, Signers
from workers.mirror import nobody_else
from workers.originals import Originals
from workers.signing_desk import SigningDesk


def build_house() -> House:
    """Furnish the house by the operator's options."""
    options = read_options()
    vault = build_vault(options)
    stores = build_work(options, vault)
    models = options.home / "models"
    mirror = build_mirror(options, vault)
    watch = mirror.refresh if mirror else nobody
    return House(
        work=stores.work,
        originals=Originals(stores.work),
        archive=build_archive(options),
        vault=vault,
        index=build_index(options.home, options.elastic),
        doorbell=build_doorbell(options.home, options.broker),
        engine=cache(lambda: build_engine(options)),
        review=cache(lambda: build_review(mode_of(options), options.tessdata)),
        signers=cache(lambda: build_signers(options, vault)),
        # With every version of places and bodies: a paper names the body of its own day.
        catalogue=current_catalogue,
        confirm_account=options.confirm_account,
        mode=mode_of(options),
        promise=Promise(options.promise),
        kind_models=ModelShelf(models, watch),
        field_models=FieldShelf(models / "fields", watch),
        hand_models=HandShelf(models / "hands", watch),
        examples=ExampleBook(models, stores.examples),
        learning=mirror.changing if mirror else nobody_else,
        signing=SigningDesk(options.home / "run", (sys.executable, "-m", "config.signing")),
        spare_engine=cache(lambda: build_spare_engine(options)),
        stamp=cache(lambda: build_stamp(options.trust, options.home)),
        encrypt_all=options.store.encrypt_all,
        fixity=FixityPlan(options.store.fixity_days, options.store.fixity_mb_s),
        watch=watch_runs,
        reach_broker=way_to_broker(options.broker),
    )


def build_signers(options: Options, vault: Vault) -> Signers:
    """Return the configured keys; where there is none, those of a test CA of this house."""
    if options.keys:
        digitiser, agency = build_keys(options.keys, options.home)
        return _signers(digitiser, agency, options, build_trust(options.home))
    authority = open_authority(options, vault)
    trust = build_trust(options.home, (authority.root,))
    return _signers(authority.digitiser, authority.agency, options, trust)


def _signers(digitiser: SigningKey, agency: SigningKey, options: Options, trust: Trust) -> Signers:
    return Signers(
        digitiser=digitiser,
        agency=agency,
        agency_name=holder_of(agency) if agency.is_test else options.agency_name,
        is_test=agency.is_test,
        trust=trust,
        profile=build_profile(options.trust, trust),
        revocation=RevocationSource() if options.trust.revocation == "online" else None,
        renew_days=options.trust.renew_days,
    )
