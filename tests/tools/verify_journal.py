#!/usr/bin/env python3
"""A second verifier of exported journals: chains, seals and receipts, in plain Python.

  verify_journal.py FILE… [--key PEM…]      journals as `hub export` writes them; keys are also taken from the credential
                                            lines of hub journals among the files (a hub's first on its own word)
Prints JSON by source and epoch; exit code 1 where something does not hold. Shares no code with the programs: P-256 and SM2
(GB/T 32918.2) over Python's integers, SM3 (GB/T 32905) written out.
"""
import argparse
import base64
import hashlib
import json
import re
import sys

P256 = dict(
    p=0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF, a=-3,
    n=0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    g=(0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
       0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5),
    b=0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B)
SM2 = dict(
    p=0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF, a=-3,
    n=0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123,
    g=(0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
       0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0),
    b=0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93)


def sm3(data):
    def rotl(x, n):
        n %= 32
        return ((x << n) | (x >> (32 - n))) & 0xFFFFFFFF
    state = [0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600, 0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E]
    padded = data + b"\x80" + b"\0" * ((55 - len(data)) % 64) + (8 * len(data)).to_bytes(8, "big")
    for at in range(0, len(padded), 64):
        w = [int.from_bytes(padded[at + 4 * i:at + 4 * i + 4], "big") for i in range(16)]
        for j in range(16, 68):
            x = w[j - 16] ^ w[j - 9] ^ rotl(w[j - 3], 15)
            w.append(x ^ rotl(x, 15) ^ rotl(x, 23) ^ rotl(w[j - 13], 7) ^ w[j - 6])
        a, b, c, d, e, f, g, h = state
        for j in range(64):
            t = 0x79CC4519 if j < 16 else 0x7A879D8A
            ss1 = rotl((rotl(a, 12) + e + rotl(t, j)) & 0xFFFFFFFF, 7)
            ss2 = ss1 ^ rotl(a, 12)
            ff = a ^ b ^ c if j < 16 else (a & b) | (a & c) | (b & c)
            gg = e ^ f ^ g if j < 16 else (e & f) | (~e & g)
            tt1 = (ff + d + ss2 + (w[j] ^ w[j + 4])) & 0xFFFFFFFF
            tt2 = (gg + h + ss1 + w[j]) & 0xFFFFFFFF
            a, b, c, d, e, f, g, h = tt1, a, rotl(b, 9), c, tt2 ^ rotl(tt2, 9) ^ rotl(tt2, 17), e, rotl(f, 19), g
        state = [x ^ y for x, y in zip(state, (a, b, c, d, e, f, g, h))]
    return b"".join(x.to_bytes(4, "big") for x in state)


def sha256(data):
    return hashlib.sha256(data).digest()


class Curve:
    """Points in Jacobian coordinates; None is infinity."""

    def __init__(self, c):
        self.__dict__.update(c)

    def double(self, q):
        if q is None or q[1] == 0:
            return None
        x, y, z = q
        p = self.p
        delta, gamma = z * z % p, y * y % p
        beta = x * gamma % p
        alpha = 3 * (x - delta) * (x + delta) % p
        x3 = (alpha * alpha - 8 * beta) % p
        return x3, (alpha * (4 * beta - x3) - 8 * gamma * gamma) % p, ((y + z) * (y + z) - gamma - delta) % p

    def add(self, q, r):
        if q is None:
            return r
        if r is None:
            return q
        p = self.p
        z1z1, z2z2 = q[2] * q[2] % p, r[2] * r[2] % p
        u1, u2 = q[0] * z2z2 % p, r[0] * z1z1 % p
        s1, s2 = q[1] * r[2] * z2z2 % p, r[1] * q[2] * z1z1 % p
        if u1 == u2:
            return self.double(q) if s1 == s2 else None
        h, t = (u2 - u1) % p, (s2 - s1) % p
        hh = h * h % p
        hhh, v = h * hh % p, u1 * hh % p
        x = (t * t - hhh - 2 * v) % p
        return x, (t * (v - x) - s1 * hhh) % p, q[2] * r[2] * h % p

    def two_products(self, a, first, b, second):
        both, out = self.add(first, second), None
        for i in range(max(a.bit_length(), b.bit_length()) - 1, -1, -1):
            out = self.double(out)
            bits = (a >> i & 1, b >> i & 1)
            if bits != (0, 0):
                out = self.add(out, {(1, 0): first, (0, 1): second, (1, 1): both}[bits])
        return out

    def x_of(self, q):
        inverse = pow(q[2], -1, self.p)
        return q[0] * inverse * inverse % self.p


class Key:
    def __init__(self, spki):
        self.kid = hashlib.sha256(spki).hexdigest()[:32]
        self.alg = "SM2-SM3" if bytes.fromhex("06082a811ccf5501822d") in spki else "ES256"
        self.curve = Curve(SM2 if self.alg == "SM2-SM3" else P256)
        raw = spki[-64:]
        self.x, self.y = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")

    def verify(self, message, signature):
        if len(signature) != 64:
            return False
        c, r, s = self.curve, int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        if not (0 < r < c.n and 0 < s < c.n):
            return False
        g, q = (*c.g, 1), (self.x, self.y, 1)
        if self.alg == "ES256":
            e, w = int.from_bytes(sha256(message), "big"), pow(s, -1, c.n)
            point = c.two_products(e * w % c.n, g, r * w % c.n, q)
            return point is not None and c.x_of(point) % c.n == r
        name = b"1234567812345678"
        field = lambda v: (v % c.p).to_bytes(32, "big")
        z = sm3((8 * len(name)).to_bytes(2, "big") + name + field(c.a) + field(c.b) + field(c.g[0]) + field(c.g[1]) + field(self.x) + field(self.y))
        e, t = int.from_bytes(sm3(z + message), "big"), (r + s) % c.n
        point = c.two_products(s, g, t, q)
        return t != 0 and point is not None and (e + c.x_of(point)) % c.n == r


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def pieces(lines):
    """(header, records, seal, receipt lines or None) one after the other."""
    at = 0
    while at < len(lines):
        header = json.loads(lines[at])
        end = at + 1
        while True:
            if end >= len(lines):
                raise ValueError(f"line {at + 1}: a segment without a seal")
            if lines[end].startswith(b'{"last":') and json.loads(lines[end])["last"] == header["first"] + end - at - 2:
                break
            end += 1
        seal, receipt, after = json.loads(lines[end]), None, end + 1
        if after < len(lines) and lines[after].startswith(b'{"receipt":'):
            receipt, after = lines[after:after + 2], after + 2
        yield header, lines[at + 1:end], seal, receipt
        at = after


class Verifier:
    def __init__(self, keys):
        self.keys, self.hub_keys, self.chains = dict(keys), set(keys), {}

    def learn(self, source, records):
        for line in records:
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict) and record.get("schema") == "imloop/credential/1":
                key = Key(base64.b64decode(record["spki"]))
                self.keys[key.kid] = key
                if record["source_id"].startswith("H"):
                    self.hub_keys.add(key.kid)

    def file(self, name):
        for header, records, seal, receipt in pieces(open(name, "rb").read().split(b"\n")[:-1]):
            source = header["source"]
            if source.startswith("H"):
                self.learn(source, records)
            chain = self.chains.setdefault((source, header["epoch"]), dict(first=header["first"], last=0, head=None, lines=0, receipts=0, errors=[]))
            say = lambda what: chain["errors"].append(f"{header['first']}: {what}")
            hash_of = sm3 if seal["alg"] == "SM2-SM3" else sha256
            start = hash_of(f"imloop/journal/v1\n{source}\n{header['epoch']}\n".encode()).hex()
            if header["prev"] != (start if header["first"] == 1 else chain["head"] or header["prev"]) or (chain["last"] and header["first"] > chain["last"] + 1):
                say("does not follow")
            head = bytes.fromhex(header["prev"])
            for line in records:
                head = hash_of(head + hash_of(line))
            key = self.keys.get(seal["kid"])
            message = f"imloop/seal/v1\n{source}\n{header['epoch']}\n{seal['last']}\n{seal['head']}\n".encode()
            if head.hex() != seal["head"]:
                say("head differs")
            if key is None or key.alg != seal["alg"] or not key.verify(message, from_base64url(seal["sig"])):
                say("seal does not hold")
            if receipt:
                self.receipt(receipt, header, seal, records, say)
                chain["receipts"] += 1
            chain.update(last=seal["last"], head=seal["head"], lines=chain["lines"] + len(records))

    def receipt(self, lines, header, seal, records, say):
        body, sealed = json.loads(lines[0]), json.loads(lines[1])
        message = b"imloop/receipt/v1\n" + hashlib.sha256(lines[0]).hexdigest().encode() + b"\n"
        key = self.keys.get(sealed["kid"])
        if key is None or sealed["kid"] not in self.hub_keys or not key.verify(message, from_base64url(sealed["sig"])):
            say("receipt's seal does not hold")
        if (body["source"], body["epoch"], body["first"], body["last"], body["head"]) != (header["source"], header["epoch"], header["first"], seal["last"], seal["head"]):
            say("receipt of another segment")
        if [o["seq"] for o in body["outcomes"]] != list(range(header["first"], header["first"] + len(records))):
            say("receipt's outcomes are not one a line")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--key", nargs="*", default=[])
    args = parser.parse_args()
    keys = {}
    for name in args.key:
        key = Key(base64.b64decode(re.sub("-----[A-Z ]+-----|\\s", "", open(name).read())))
        keys[key.kid] = key
    verifier = Verifier(keys)
    # Hub journals bring the keys of all others.
    for name in sorted(args.files, key=lambda n: not n.rsplit("/", 1)[-1].startswith("H")):
        try:
            verifier.file(name)
        except (ValueError, KeyError) as e:
            print(f"{name}: {e}", file=sys.stderr)
            return 1
    print(json.dumps([dict(source=s, epoch=e, **c) for (s, e), c in verifier.chains.items()], indent=1))
    return 1 if any(c["errors"] for c in verifier.chains.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
