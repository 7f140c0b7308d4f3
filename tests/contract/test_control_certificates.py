"""Keys are kept where only their owner reads them, and certificates say no more than they must."""

import stat
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from foyer_coordinator.adapters.certificate_files import (
    RENEW_WITHIN,
    open_authority,
    open_server_identity,
    write_secret,
)
from foyer_coordinator.adapters.certificates import (
    BACKDATE,
    SERVER_LIFETIME,
    create_authority,
    fingerprint,
    institution_of,
)
from foyer_node import enrolment
from foyer_node.enrolment import make_certificate_key, request_certificate
from foyer_protocol.errors import ConfigError, EnrolmentRefused

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOSTS = ("coordinator.example", "192.0.2.7")


@pytest.fixture(scope="module")
def authority():
    return create_authority("kulturnet", NOW)


def client(authority, institution="mak"):
    pem = authority.issue(request_certificate(make_certificate_key()), institution, NOW)
    return x509.load_pem_x509_certificate(pem.encode())


def test_a_client_certificate_can_be_a_client_and_nothing_else(authority):
    extensions = client(authority).extensions
    usage = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert not extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign


def test_the_name_in_a_client_certificate_is_ours_and_not_the_requests(authority):
    certificate = client(authority)
    assert [name.value for name in certificate.subject][-1] == "mak"
    assert "applicant" not in certificate.subject.rfc4514_string()
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [name.value for name in names] == ["foyer:kulturnet:mak"]


def test_a_server_certificate_names_every_host_and_localhost(authority):
    pem = authority.issue_server(HOSTS, NOW).certificate_pem
    extensions = x509.load_pem_x509_certificate(pem).extensions
    names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name.value) for name in names] == ["localhost", *HOSTS]
    usage = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]


def test_a_clock_up_to_an_hour_behind_accepts_a_new_certificate(authority):
    certificate = client(authority)
    assert certificate.not_valid_before_utc == NOW - BACKDATE
    assert timedelta(hours=1) <= BACKDATE


def test_an_authority_signs_leaves_only(authority):
    limits = authority.certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (limits.value.ca, limits.value.path_length, limits.critical) == (True, 0, True)


@pytest.mark.parametrize("network", ["othernet", "kulturnet2", "kultur"])
def test_a_certificate_is_of_one_network_only(authority, network):
    pem = authority.issue(request_certificate(make_certificate_key()), "mak", NOW).encode()
    assert institution_of(pem, "kulturnet") == "mak"
    with pytest.raises(EnrolmentRefused, match=f"no institution of the network {network}"):
        institution_of(pem, network)


def test_a_certificate_without_our_name_is_nobodys(authority):
    for pem in (authority.certificate_pem.encode(), authority.issue_server((), NOW)):
        shown = pem if isinstance(pem, bytes) else pem.certificate_pem
        with pytest.raises(EnrolmentRefused, match="names no institution"):
            institution_of(shown, "kulturnet")


def test_both_sides_take_the_same_fingerprint(authority):
    pem = authority.issue_server((), NOW).certificate_pem
    der = x509.load_pem_x509_certificate(pem).public_bytes(enrolment.Encoding.DER)
    assert enrolment.fingerprint(der) == fingerprint(pem)
    assert len(fingerprint(pem)) * 4 == 128


def test_a_network_with_an_impossible_name_gets_no_authority():
    with pytest.raises(ConfigError, match="'Kultur Netz'"):
        create_authority("Kultur Netz", NOW)


def test_the_authority_is_made_once_and_read_after_that(tmp_path):
    made = open_authority(tmp_path / "keys", "kulturnet", NOW)
    kept = open_authority(tmp_path / "keys", "kulturnet", NOW + timedelta(days=99))
    assert kept.certificate_pem == made.certificate_pem
    client(kept).verify_directly_issued_by(made.certificate)


def test_the_authority_of_another_network_is_not_used(tmp_path):
    open_authority(tmp_path, "kulturnet", NOW)
    with pytest.raises(ConfigError, match=r"CN=kulturnet.*othernet"):
        open_authority(tmp_path, "othernet", NOW)


@pytest.mark.parametrize(
    "content", [b"", b"not a key", b"no key\n-----BEGIN CERTIFICATE-----\nAAAA\n"]
)
def test_a_damaged_authority_file_is_refused_and_not_replaced(tmp_path, content):
    path = tmp_path / "authority.pem"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"authority\.pem"):
        open_authority(tmp_path, "kulturnet", NOW)
    assert path.read_bytes() == content


def test_key_files_are_their_owners_only(tmp_path):
    folder = tmp_path / "keys"
    authority = open_authority(folder, "kulturnet", NOW)
    open_server_identity(folder, authority, HOSTS, NOW)
    assert sorted(path.name for path in folder.iterdir()) == ["authority.pem", "server.pem"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_file_that_cannot_be_written_leaves_the_old_one_and_no_rest(tmp_path):
    path = tmp_path / "secret.pem"
    write_secret(path, b"old")
    with pytest.raises(TypeError):
        write_secret(path, "not bytes")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_servers_certificate_is_kept_while_it_fits(tmp_path, authority):
    first = open_server_identity(tmp_path, authority, HOSTS, NOW)
    assert open_server_identity(tmp_path, authority, HOSTS, NOW + timedelta(days=300)) == first


@pytest.mark.parametrize("change", ["hosts", "authority", "time"])
def test_the_servers_certificate_is_made_anew_when_it_no_longer_fits(tmp_path, authority, change):
    first = open_server_identity(tmp_path, authority, HOSTS, NOW)
    late = NOW + SERVER_LIFETIME - RENEW_WITHIN if change == "time" else NOW
    signer = create_authority("kulturnet", NOW) if change == "authority" else authority
    hosts = (*HOSTS, "new.example") if change == "hosts" else HOSTS
    assert open_server_identity(tmp_path, signer, hosts, late) != first


def test_the_subject_of_an_authority_names_its_network(authority):
    (name,) = authority.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert name.value == "kulturnet"
