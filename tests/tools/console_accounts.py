#!/usr/bin/env python3
"""Makes an account for each role of the bureau's console the way its administrators would, and prints them as JSON:
account, password, secret of the second factor, recovery codes. console_accounts.py URL TOKEN [COUNTY]
TOKEN: of `hub console setup-link`; COUNTY: that of a second officer, who sees it alone."""
import base64
import hashlib
import hmac
import json
import struct
import sys
import time
import urllib.error
import urllib.request

URL, FIRST = sys.argv[1], sys.argv[2]
COUNTY = sys.argv[3] if len(sys.argv) > 3 else "610423"
# Account, name, role, counties. Units by account; who has more than one role beside it.
UNITS = {"zhaomin": "ecology", "gaowen": "transport", "weilan": "ecology", "jiaojing": "police", "jianguan": "market_regulation"}
MORE = [("zhaomin", "acceptor")]
PEOPLE = [("ligong", "李工", "system_admin", []), ("chenan", "陈安", "security_admin", []), ("wujing", "吴静", "auditor", []),
          ("zhaomin", "赵敏", "officer", []), ("gaowen", "高文", "officer", [COUNTY]), ("jucheng", "局长", "viewer", []),
          ("weilan", "魏岚", "acceptor", []), ("jiaojing", "交警", "receiver", []), ("jianguan", "监管", "checker", []),
          ("mengjia", "孟佳", "policy", []), ("suyun", "苏云", "policy_approver", [])]


class Visitor:
    cookie = csrf = ""

    def ask(self, method, path, body=None):
        request = urllib.request.Request(URL + "/api/v1" + path, method=method,
                                         data=None if body is None else json.dumps(body).encode())
        request.add_header("Cookie", "__Host-imloop=" + self.cookie)
        request.add_header("X-CSRF", self.csrf)
        try:
            with urllib.request.urlopen(request) as answer:
                if cookie := answer.headers.get("Set-Cookie", "").partition("=")[2].split(";")[0]:
                    self.cookie = cookie
                    self.csrf = self.ask("GET", "/me")["csrf"]
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            sys.exit(f"{method} {path}: {refused.read().decode()}")


def otp(secret):
    counter = struct.pack(">Q", int(time.time()) // 30)
    mac = hmac.new(base64.b32decode(secret + "=" * (-len(secret) % 8)), counter, hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7FFFFFFF) % 1000000:06d}"


def begin(account, name, token):
    visitor = Visitor()
    password = f"demo {hashlib.sha256(account.encode()).hexdigest()[:4]} loop county {account[::-1]}"
    visitor.ask("POST", "/setup", {"token": token, "account": account, "name": name, "password": password})
    secret = visitor.ask("POST", "/me/second-factor", {})["secret"]
    codes = visitor.ask("PUT", "/me/second-factor", {"otp": otp(secret)})["recovery_codes"]
    return visitor, {"account": account, "name": name, "password": password, "secret": secret, "recovery_codes": codes}


made, visitors = [], {}
for account, name, role, counties in PEOPLE:
    admin = visitors.get("ligong")
    token = admin.ask("POST", "/accounts", {"account": account, "name": name, "unit": UNITS.get(account, "")})["token"] if admin else FIRST
    visitors[account], person = begin(account, name, token)
    if admin:
        grant = admin.ask("POST", f"/accounts/{account}/grants", {"role": role, "counties": counties} if counties else {"role": role})
        if grant["waits"]:
            visitors["chenan"].ask("POST", f"/grants/{grant['grant_id']}/confirm", {})
    made.append({**person, "role": role, "counties": counties})
for account, role in MORE:
    grant = visitors["ligong"].ask("POST", f"/accounts/{account}/grants", {"role": role})
    visitors["chenan"].ask("POST", f"/grants/{grant['grant_id']}/confirm", {})
for visitor in visitors.values():
    visitor.ask("DELETE", "/sessions/all")
print(json.dumps(made, ensure_ascii=False, indent=1))
