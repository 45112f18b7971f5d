"""Encrypting, signing, deriving keys, certificates; what is random is only read back."""

import datetime

from cryptography import exceptions, fernet, x509
from cryptography.hazmat.primitives import hashes, hmac, keywrap, padding, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding as rsa_padding, rsa, x25519
from cryptography.hazmat.primitives.ciphers import Cipher, aead, algorithms, modes
from cryptography.hazmat.primitives.kdf import hkdf, pbkdf2, scrypt
from cryptography.hazmat.primitives.twofactor import totp
from cryptography.x509.oid import NameOID

key = bytes(range(32))
box = fernet.Fernet(fernet.base64.urlsafe_b64encode(key))
print(box.decrypt(box.encrypt(b"secret")))
encryptor = Cipher(algorithms.AES(key), modes.CBC(bytes(16))).encryptor()
padder = padding.PKCS7(128).padder()
print((encryptor.update(padder.update(b"text") + padder.finalize()) + encryptor.finalize()).hex())
print(aead.AESGCM(key).encrypt(bytes(12), b"data", b"extra").hex(), aead.ChaCha20Poly1305(key).encrypt(bytes(12), b"data", None).hex())
print(pbkdf2.PBKDF2HMAC(hashes.SHA256(), 16, b"salt", 1000).derive(b"pw").hex(), hkdf.HKDF(hashes.SHA256(), 8, None, b"i").derive(b"k").hex())
print(scrypt.Scrypt(b"salt", 16, 16, 1, 1).derive(b"pw").hex(), keywrap.aes_key_wrap(key, key).hex()[:16], totp.TOTP(key[:20], 6, hashes.SHA1(), 30).generate(59))
signing = ed25519.Ed25519PrivateKey.from_private_bytes(key)
print(signing.sign(b"m").hex()[:32], x25519.X25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw().hex() if hasattr(x25519.X25519PublicKey, "public_bytes_raw") else "")
mac = hmac.HMAC(key, hashes.SHA512())
mac.update(b"m")
print(mac.finalize().hex()[:32])
private = rsa.generate_private_key(65537, 2048)
signature = private.sign(b"m", rsa_padding.PSS(rsa_padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
print(len(signature))
name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "example.org")])
certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(signing.public_key()).serial_number(7)
               .not_valid_before(datetime.datetime(2020, 1, 1)).not_valid_after(datetime.datetime(2030, 1, 1))
               .add_extension(x509.SubjectAlternativeName([x509.DNSName("example.org")]), False).sign(signing, None))
print(certificate.fingerprint(hashes.SHA256()).hex(), certificate.public_bytes(serialization.Encoding.PEM).decode())
print(x509.load_pem_x509_certificate(certificate.public_bytes(serialization.Encoding.PEM)).extensions[0].value)
curve = ec.derive_private_key(12345, ec.SECP256R1())
print(curve.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint).hex())
try:
    box.decrypt(b"x")
except fernet.InvalidToken as error:
    print(type(error).__name__)
try:
    private.public_key().verify(signature, b"other", rsa_padding.PSS(rsa_padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
except exceptions.InvalidSignature as error:
    print(type(error).__name__)
