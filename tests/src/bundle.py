"""Verifies a log bundle by docs/log-bundle.md alone (points 1 to 5), sharing no code with the service.

Usage: bundle.py FILE VKEY. Prints entries, notes and signatures verified; fails on the first thing that does not hold.
"""

import base64
import hashlib
import json
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def root(peaks):
    """Peaks: (height, hash), largest first."""
    folded = None
    for _, peak in reversed(peaks):
        folded = peak if folded is None else sha256(b"\x01", peak, folded)
    return folded


def append(peaks, leaf):
    peaks.append((0, leaf))
    while len(peaks) > 1 and peaks[-1][0] == peaks[-2][0]:
        (height, left), (_, right) = peaks[-2:]
        peaks[-2:] = [(height + 1, sha256(b"\x01", left, right))]


def check_note(note, vkey, epoch, size, tree_root):
    name, _, key = vkey.split("+", 2)
    public = base64.b64decode(key)
    assert public[0] == 1, "not Ed25519"
    name = name if epoch == 0 else f"{name}/epoch/{epoch}"
    text, signatures = note.rsplit("\n\n", 1)
    text += "\n"
    lines = [line[2:].rsplit(" ", 1) for line in signatures.strip().split("\n")]
    identity = sha256(name.encode(), b"\n", public)[:4]
    signed = [base64.b64decode(blob) for who, blob in lines if who == name]
    assert signed, "not signed by the log"
    for blob in signed:
        assert blob[:4] == identity
        ed25519.Ed25519PublicKey.from_public_bytes(public[1:]).verify(blob[4:], text.encode())
    origin, told_size, told_root = text.split("\n")[:3]
    assert origin == name and int(told_size) == size, "another log or size"
    assert base64.b64decode(told_root) == tree_root, f"root of size {size}"


def main(path, vkey):
    peaks, size, epoch, notes, signatures, covered = [], 0, 0, 0, 0, 0
    terminals = {}
    with open(path, encoding="utf-8") as lines:
        header = json.loads(next(lines))
        assert header["format"] == "madoguchi-log/1" and header["log_key"] == vkey
        for line in lines:
            line = json.loads(line)
            if "note" in line:
                check_note(line["note"], vkey, epoch, size, root(peaks))
                notes, covered = notes + 1, size
                continue
            raw = base64.b64decode(line["entry"])
            entry = json.loads(raw)
            assert entry["institution"] == header["institution"]
            for event in (told["event"] for told in entry["events"]):
                if event["type"] == "epoch_opened":
                    assert event["size"] == size and base64.b64decode(event["root"]) == root(peaks)
                    epoch = event["epoch"]
                if event["type"] == "log_opened":
                    assert size == 0 and event["log_key"] == vkey
                if event["type"] == "terminal_enrolled":
                    key = serialization.load_der_public_key(base64.b64decode(event["public_key"]))
                    terminals[entry["subject"]["id"]] = key
            assert entry["epoch"] == epoch
            if "attachment" in line:
                assert hashlib.sha256(base64.b64decode(line["attachment"])).hexdigest() == entry["attachment"]
            if entry["envelope"] is not None:
                envelope = base64.b64decode(entry["envelope"])
                message = b"madoguchi-envelope-v1\n" + envelope
                key = terminals[entry["actor"]["terminal"]]
                key.verify(base64.b64decode(entry["signature"]), message, ec.ECDSA(hashes.SHA256()))
                signatures += 1
            append(peaks, sha256(b"\x00", raw))
            size += 1
    assert size == header["size"] and covered == size
    print(size, notes, signatures)


main(*sys.argv[1:])
