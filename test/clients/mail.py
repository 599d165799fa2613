"""Reads one delivered digest (the file MAIL) with Python's own parser, strictly, and verifies its signature with dkimpy; prints one line a failed check and a closing count."""

import os
import re
import sys
from datetime import timedelta, timezone, datetime
from email import message_from_bytes, policy
from importlib.metadata import version

import dkim

with open(os.environ["MAIL"], "rb") as file:
    raw = file.read()
TO, FROM, PUBLIC_URL = os.environ["TO"], os.environ["FROM"], os.environ["PUBLIC_URL"]
passed, failed = 0, 0


def check(name, holds, detail=""):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"not ok: {name} {detail}")


# A defect of the structure is raised; those of header fields are found as each is read.
mail = message_from_bytes(raw, policy=policy.strict)
for part in mail.walk():
    check("no defects of structure", part.defects == [], part.defects)
    for name, value in part.items():
        check(f"{name} has no defects", value.defects == (), value.defects)

for name in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted", "DKIM-Signature"):
    check(f"{name} stands once", len(mail.get_all(name, [])) == 1, mail.get_all(name))
check("From", [a.addr_spec for a in mail["From"].addresses] == [FROM], mail["From"])
check("To", [a.addr_spec for a in mail["To"].addresses] == [TO], mail["To"])
check("Subject", str(mail["Subject"]) == os.environ["SUBJECT"], mail["Subject"])
check("Date", abs(datetime.now(timezone.utc) - mail["Date"].datetime) < timedelta(hours=1), mail["Date"])
check("Message-ID", re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", str(mail["Message-ID"])) is not None, mail["Message-ID"])
check("List-Id", re.search(r"<[A-Za-z0-9.-]+>$", str(mail["List-Id"])) is not None, mail["List-Id"])
check("Auto-Submitted", mail["Auto-Submitted"] == "auto-generated", mail["Auto-Submitted"])
check("List-Unsubscribe-Post", mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click", mail["List-Unsubscribe-Post"])
ways = re.findall(r"<([^>]+)>", str(mail["List-Unsubscribe"]))
check("List-Unsubscribe is HTTPS", any(way.startswith(f"{PUBLIC_URL}/mail/") for way in ways), ways)
received = mail.get_all("Received", [])
check("came by the server alone", len(received) == 1 and "OpenSMTPD" in str(received[0]), received)
check("came over TLS where it can", ("TLS" in str(received[0])) == (os.environ["TLS"] == "yes"), received)

check("alternatives", mail.get_content_type() == "multipart/alternative", mail.get_content_type())
kinds = [part.get_content_type() for part in mail.iter_parts()]
check("plain, then HTML", kinds == ["text/plain", "text/html"], kinds)
for kind in ("plain", "html"):
    text = mail.get_body((kind,)).get_content()
    for words in ("שלום", "😀", "Gödel", "Łukasz"):
        check(f"{kind} has {words}", words in text)
    check(f"{kind} has the way to unsubscribe", f"{PUBLIC_URL}/mail/" in text)
    check(f"{kind} has nothing unreadable", "\ufffd" not in text)
check("nothing is fetched", re.search(r"<(img|link|script|iframe)\b|url\(", mail.get_body(("html",)).get_content()) is None)

lines = re.split(rb"\r?\n", raw)
check("lines of at most 998 bytes", max(map(len, lines)) <= 998, max(map(len, lines)))
check("ASCII only on the wire", raw.isascii())


def key_of(name, timeout=5):
    return b"v=DKIM1; k=rsa; p=" + os.environ["DKIM_KEY"].encode() if name == os.environ["DKIM_NAME"].encode() else None


def verified(message):
    try:
        return dkim.verify(message, dnsfunc=key_of)
    except dkim.DKIMException:
        return False


check("DKIM holds", verified(raw))
signed = re.search(r"\bh=([^;]*);", re.sub(r"\s", "", str(mail["DKIM-Signature"])))
names = {name.lower() for name in signed.group(1).split(":")} if signed else set()
check("DKIM signs what RFC 8058 asks", {"from", "subject", "date", "message-id", "list-unsubscribe", "list-unsubscribe-post"} <= names, names)
changed = {
    "another subject": re.sub(rb"(?m)^Subject: ", b"Subject: Not ", raw, count=1),
    "another way to unsubscribe": re.sub(rb"(?m)^List-Unsubscribe:\s*<", b"List-Unsubscribe: <x", raw, count=1),
    "a second From": b"From: other@example.net\n" + raw,
    "another body": raw.rstrip() + b"\nmore\n",
}
for what, message in changed.items():
    check(f"DKIM does not hold with {what}", message != raw and not verified(message))

print(f"dkimpy {version('dkimpy')}, Python {sys.version.split()[0]}: {passed} passed, {failed} failed")
sys.exit(0 if failed == 0 else 1)
