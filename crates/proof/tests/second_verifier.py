#!/usr/bin/env python3
"""Checks a Commonwatch bundle. Written from docs/bundle.md alone; standard library only.

    second_verifier.py FOLDER VERIFIER-KEY [KEPT-CHECKPOINT-FILE]

Prints "PASS ..." (exit 0) or "FAIL: " and the first thing that is wrong (exit 1). It shares no
code with the Rust crate: two programs from one text must agree on good and on bad bundles.
"""

import base64
import binascii
import datetime
import hashlib
import json
import pathlib
import re
import struct
import sys

EPOCH = datetime.datetime(1970, 1, 1)
U64 = 2**64


class Wrong(Exception):
    """The first thing that is wrong, in words."""


# --- Ed25519, RFC 8032 section 5.1 (verification only; slow and simple) --------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(a, b):
    """Extended coordinates (X, Y, Z, T), RFC 8032 section 5.1.4."""
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    e, g, i, j = f - e, h - g, h + g, f + e
    return (e * g % P, i * j % P, g * i % P, e * j % P)


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def decompress(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * SQRT_MINUS_ONE % P
    if (x * x - x2) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def small_order(point):
    return same(multiply(8, point), (0, 1, 1, 0))


BASE = decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_verifies(public, message, signature):
    if len(signature) != 64:
        return False
    a, r = decompress(public), decompress(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L or small_order(a) or small_order(r):
        return False
    k = hashlib.sha512(signature[:32] + public + message).digest()
    k = int.from_bytes(k, "little") % L
    return same(multiply(s, BASE), add(r, multiply(k, a)))


# --- Spellings ----------------------------------------------------------------------------------


def from_base64(text, what):
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Wrong(f"{what} is not padded base64") from error
    if base64.b64encode(data).decode() != text:
        raise Wrong(f"{what} is base64 in a second spelling")
    return data


def from_hex(text, what):
    if not isinstance(text, str) or not re.fullmatch("[0-9a-f]{64}", text):
        raise Wrong(f"{what} is not 64 lower-case hex digits")
    return bytes.fromhex(text)


def read_json(text, where, keys):
    """One JSON object with exactly these keys, whole numbers without a sign, no key twice."""

    def once(pairs):
        if len({key for key, _ in pairs}) != len(pairs):
            raise Wrong(f"{where}: a key stands twice")
        return dict(pairs)

    def natural(digits):
        if digits.startswith("-"):
            raise Wrong(f"{where}: a number is negative")
        return int(digits)

    def refuse(number):
        raise Wrong(f"{where}: {number} is not a whole number")

    try:
        value = json.loads(
            text,
            object_pairs_hook=once,
            parse_int=natural,
            parse_float=refuse,
            parse_constant=refuse,
        )
    except (ValueError, RecursionError) as error:
        raise Wrong(f"{where}: {error}") from error
    if not isinstance(value, dict) or set(value) != set(keys):
        raise Wrong(f"{where}: it should be an object with the keys {', '.join(keys)}")
    return value


def text_of(value, where):
    if not isinstance(value, str):
        raise Wrong(f"{where} is not a string")
    return value


def number_of(value, below, where):
    if type(value) is not int or value >= below:
        raise Wrong(f"{where} is not a whole number below {below}")
    return value


# --- Signed notes and checkpoints ---------------------------------------------------------------


def read_key(text):
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise Wrong("the verifier key is not name+id+key")
    name, key_id, key = parts[0], parts[1], from_base64(parts[2], "the verifier key")
    if len(key) != 33 or key[0] != 1:
        raise Wrong("the verifier key is not an Ed25519 key")
    expected = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
    if key_id != expected.hex():
        raise Wrong("the verifier key's id does not belong to its name and key")
    return name, expected, key[1:]


def proper_name(name):
    return name and "+" not in name and not any(c.isspace() or ord(c) < 32 for c in name)


def open_note(data, key, where):
    """The note's text, if the key signed it."""
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Wrong(f"{where}: it is not UTF-8") from error
    if any(ord(c) < 32 and c != "\n" for c in note):
        raise Wrong(f"{where}: it holds a control character")
    at = note.rfind("\n\n")
    if at < 0 or not note.endswith("\n") or at + 2 >= len(note):
        raise Wrong(f"{where}: it has no signature lines after a blank line")
    text, lines = note[: at + 1], note[at + 2 : -1].split("\n")
    name, key_id, public = key
    signed = False
    for line in lines:
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014" or not proper_name(parts[1]):
            raise Wrong(f"{where}: a signature line is malformed")
        data = from_base64(parts[2], f"{where}: a signature")
        if len(data) < 5:
            raise Wrong(f"{where}: a signature is too short")
        if (parts[1], data[:4]) != (name, key_id):
            continue
        if not ed25519_verifies(public, text.encode(), data[4:]):
            raise Wrong(f"{where}: the signature of {name} does not fit the text")
        signed = True
    if not signed:
        raise Wrong(f"{where}: it is not signed by {name} with the pinned key")
    return text


def open_checkpoint(data, key, where):
    """(origin, size, root)"""
    lines = open_note(data, key, where)[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise Wrong(f"{where}: it has fewer than three lines, or an empty one")
    if not re.fullmatch("0|[1-9][0-9]*", lines[1]) or int(lines[1]) >= U64:
        raise Wrong(f"{where}: its size is not a plain number")
    root = from_base64(lines[2], f"{where}: the root")
    if len(root) != 32:
        raise Wrong(f"{where}: the root is not 32 bytes")
    return lines[0], int(lines[1]), root


# --- Leaves and tree ----------------------------------------------------------------------------

LEAF_KEYS = (
    "seq",
    "stream",
    "version",
    "kind",
    "revision",
    "valid_on",
    "recorded_at",
    "fact",
    "private_hash",
    "leaf_hash",
)


def read_leaf(text, number):
    where = f"log.ndjson, line {number}"
    leaf = read_json(text, where, LEAF_KEYS)
    number_of(leaf["seq"], U64, f"{where}: seq")
    number_of(leaf["version"], U64, f"{where}: version")
    number_of(leaf["revision"], 2**16, f"{where}: revision")
    for key in ("stream", "kind"):
        try:
            name = text_of(leaf[key], f"{where}: {key}").encode()
        except UnicodeEncodeError as error:
            raise Wrong(f"{where}: {key} is not Unicode") from error
        if not 1 <= len(name) <= 65535:
            raise Wrong(f"{where}: {key} is empty or too long")
    date, instant = text_of(leaf["valid_on"], where), text_of(leaf["recorded_at"], where)
    try:
        if not all("0001" <= text[:4] <= "9998" for text in (date, instant)):
            raise ValueError
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", date):
            raise ValueError
        leaf["valid_on"] = datetime.date.fromisoformat(date)
        form = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"
        if not re.fullmatch(form, instant):
            raise ValueError
        since = datetime.datetime.fromisoformat(instant[:-1]) - EPOCH
        leaf["recorded_at"] = (since.days * 86400 + since.seconds) * 10**6 + since.microseconds
    except ValueError as error:
        raise Wrong(f"{where}: a date or time is not in its form") from error
    if leaf["fact"] is not None:
        leaf["fact"] = from_base64(text_of(leaf["fact"], where), f"{where}: fact")
    leaf["private_hash"] = from_hex(leaf["private_hash"], f"{where}: private_hash")
    leaf["leaf_hash"] = from_hex(leaf["leaf_hash"], f"{where}: leaf_hash")
    return leaf


def name(text):
    data = text.encode()
    return struct.pack(">I", len(data)) + data


def leaf_record(log, leaf):
    date, fact = leaf["valid_on"], leaf["fact"]
    return b"".join(
        (
            b"commonwatch/leaf/v1\n",
            name(log),
            struct.pack(">Q", leaf["seq"]),
            name(leaf["stream"]),
            struct.pack(">Q", leaf["version"]),
            name(leaf["kind"]),
            struct.pack(">H", leaf["revision"]),
            struct.pack(">hBB", date.year, date.month, date.day),
            struct.pack(">q", leaf["recorded_at"]),
            b"\x00" if fact is None else b"\x01" + hashlib.sha256(fact).digest(),
            leaf["private_hash"],
        )
    )


def private_hash(salt, body):
    return hashlib.sha256(b"commonwatch/private/v1\n" + salt + body).digest()


def leaf_hash(record):
    return hashlib.sha256(b"\x00" + record).digest()


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves):
    """RFC 6962 section 2.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return node(root(leaves[:k]), root(leaves[k:]))


def consistent(first, first_root, second, second_root, proof):
    """RFC 9162 section 2.1.4.2; 0 and equal sizes as docs/bundle.md says."""
    if first == 0:
        return not proof and first_root == root([])
    if first == second:
        return not proof and first_root == second_root
    proof = list(proof)
    if first & (first - 1) == 0:
        proof.insert(0, first_root)
    if not proof:
        return False
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = proof[0]
    for c in proof[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root


# --- The bundle ---------------------------------------------------------------------------------

MANIFEST_KEYS = ("format", "origin", "log", "agreement", "month", "town", "public_key")


def read_file(folder, file):
    try:
        return (folder / file).read_bytes()
    except FileNotFoundError as error:
        raise Wrong(f"{file}: the file is missing") from error


def read_text(folder, file):
    try:
        return read_file(folder, file).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Wrong(f"{file}: it is not UTF-8") from error


def read_log(folder):
    lines = read_text(folder, "log.ndjson").split("\n")
    if lines.pop() != "":
        raise Wrong("log.ndjson: it does not end in a newline")
    return [read_leaf(line, number) for number, line in enumerate(lines, 1)]


def read_previous(folder):
    present = [(folder / f).exists() for f in ("previous-checkpoint", "consistency.json")]
    if not any(present):
        return None
    if not all(present):
        raise Wrong("previous-checkpoint and consistency.json come together; one is missing")
    text = read_text(folder, "consistency.json")
    proof = read_json(text, "consistency.json", ("from", "to", "hashes"))
    for key in ("from", "to"):
        number_of(proof[key], U64, f"consistency.json: {key}")
    if not isinstance(proof["hashes"], list):
        raise Wrong("consistency.json: hashes is not an array")
    proof["hashes"] = [from_hex(h, "consistency.json: a hash") for h in proof["hashes"]]
    return read_file(folder, "previous-checkpoint"), proof


def check_leaves(log, leaves, size):
    """Steps 4 to 7; gives the recomputed leaf hashes."""
    for due, leaf in enumerate(leaves, 1):
        if leaf["seq"] != due:
            raise Wrong(f"leaf {due}: line {due} of log.ndjson holds leaf {leaf['seq']}")
    if len(leaves) != size:
        raise Wrong(f"the log has {len(leaves)} leaves, the checkpoint {size}")
    hashes = [leaf_hash(leaf_record(log, leaf)) for leaf in leaves]
    for leaf, computed in zip(leaves, hashes):
        if leaf["leaf_hash"] != computed:
            raise Wrong(f"leaf {leaf['seq']}: its contents give another leaf hash")
    for ahead, leaf in zip(leaves, leaves[1:]):
        if leaf["recorded_at"] < ahead["recorded_at"]:
            raise Wrong(f"leaf {leaf['seq']}: it was recorded before the leaf ahead of it")
    versions = {}
    for leaf in leaves:
        due = versions.get(leaf["stream"], 0) + 1
        if leaf["version"] != due:
            raise Wrong(f"leaf {leaf['seq']}: version {due} of its stream is due")
        versions[leaf["stream"]] = due
    return hashes


def check(folder, pinned, kept):
    manifest = read_json(read_text(folder, "manifest.json"), "manifest.json", MANIFEST_KEYS)
    for key in MANIFEST_KEYS:
        text_of(manifest[key], f"manifest.json: {key}")
    if manifest["format"] != "commonwatch/bundle/v1":
        raise Wrong(f"manifest.json: the format is {manifest['format']}")
    leaves, signed = read_log(folder), read_file(folder, "checkpoint")
    previous = read_previous(folder)
    for file in ("statement.json", "statement.csv"):
        read_file(folder, file)

    key = read_key(pinned)
    origin, size, signed_root = open_checkpoint(signed, key, "checkpoint")
    if manifest["public_key"] != pinned:
        raise Wrong("manifest.json: it names another key than the pinned one")
    if origin != manifest["origin"]:
        raise Wrong("checkpoint: its origin is not that of manifest.json")
    log, agreement = manifest["log"], manifest["agreement"]
    if not log or not origin.endswith("/" + log):
        raise Wrong("manifest.json: the origin does not end in the log")
    if not agreement or not log.endswith("/" + agreement):
        raise Wrong("manifest.json: the log does not end in the agreement")
    hashes = check_leaves(log, leaves, size)
    if root(hashes) != signed_root:
        raise Wrong("log.ndjson: its leaves do not give the signed root")
    if previous:
        note, proof = previous
        earlier = open_checkpoint(note, key, "previous-checkpoint")
        if earlier[0] != origin:
            raise Wrong("previous-checkpoint: it is of another log")
        if (proof["from"], proof["to"]) != (earlier[1], size):
            raise Wrong("consistency.json: its sizes are not those of the checkpoints")
        if earlier[1] <= size and root(hashes[: earlier[1]]) != earlier[2]:
            raise Wrong("previous-checkpoint: it is of another history")
        if earlier[1] > size or not consistent(
            earlier[1], earlier[2], size, signed_root, proof["hashes"]
        ):
            raise Wrong("consistency.json: it does not lead from one checkpoint to the other")
    if kept is None:
        return f"{size} leaves of {origin}; earlier history unchecked"
    ours = open_checkpoint(kept, key, "the checkpoint you kept")
    if ours[0] != origin:
        raise Wrong("the checkpoint you kept is of another log")
    if ours[1] > size:
        raise Wrong("the log is shorter than the checkpoint you kept")
    if root(hashes[: ours[1]]) != ours[2]:
        raise Wrong("the checkpoint you kept is of another history")
    return f"{size} leaves of {origin}; the first {ours[1]} are those of the kept checkpoint"


def main(arguments):
    if len(arguments) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        kept = pathlib.Path(arguments[2]).read_bytes() if len(arguments) == 3 else None
        print("PASS:", check(pathlib.Path(arguments[0]), arguments[1], kept))
        return 0
    except Wrong as wrong:
        print(f"FAIL: {wrong}")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
