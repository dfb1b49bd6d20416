#!/usr/bin/env python3
"""Checks the proofs in an evidence file of the hub, sharing no code with it: verify_evidence.py FILE.html
For each record: its line's digest, the chain up to the seal, the station's signature, the hub's receipt. Exit code 1
where one does not hold. The keys are those in the file: compare their kid with the ones the bureau published."""
import base64
import json
import re
import sys

from verify_journal import Key, sha256, sm3


def unbase64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def check(p):
    h = sm3 if p["alg"] == "SM2-SM3" else sha256
    key, hub = Key(base64.b64decode(p["spki"])), Key(base64.b64decode(p["receipt_spki"]))
    if key.kid != p["kid"]:
        return "seal: another key"
    if h(p["line"].encode()).hex() != p["digests"][p["seq"] - p["first"]]:
        return "line: not the one in the chain"
    at = bytes.fromhex(p["prev"])
    for digest in p["digests"]:
        at = h(at + bytes.fromhex(digest))
    if at.hex() != p["head"] or p["first"] + len(p["digests"]) - 1 != p["last"]:
        return "chain: does not lead to the head"
    message = f"imloop/seal/v1\n{p['source']}\n{p['epoch']}\n{p['last']}\n{p['head']}\n".encode()
    if not key.verify(message, unbase64url(p["sig"])):
        return "seal: signature does not hold"
    line, seal = p["receipt"].rstrip("\n").split("\n")
    seal = json.loads(seal)
    digest = sha256(line.encode()).hex()
    if not hub.verify(f"imloop/receipt/v1\n{digest}\n".encode(), unbase64url(seal["sig"])):
        return "receipt: signature does not hold"
    if json.loads(line)["head"] != p["head"]:
        return "receipt: of another segment"
    return None


if __name__ == "__main__":
    page = open(sys.argv[1], encoding="utf-8").read()
    proofs = json.loads(re.search(r'<script type="application/json" id="proof">(.*?)</script>', page, re.S)[1])["proofs"]
    bad = 0
    for p in proofs:
        wrong = check(p)
        bad += wrong is not None
        print(json.loads(p["line"])["record_id"], wrong or f"holds; station key {p['kid']}")
    print(f"{len(proofs) - bad} of {len(proofs)} hold")
    sys.exit(1 if bad or not proofs else 0)
