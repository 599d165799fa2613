"""Reads every kind of feed of a Broadsheet at ORIGIN with feedparser, beside the same feed's JSON; prints one line a check and a closing count."""

import json
import os
import sys
import urllib.error
import urllib.request
import xml.sax
from datetime import datetime, timezone
from xml.sax.handler import ContentHandler

import feedparser

ORIGIN = os.environ["ORIGIN"]
PAGES = json.loads(os.environ["PAGES"])
passed, failed = 0, 0


def check(name, holds, detail=""):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"not ok: {name} {detail}")


def get(path, headers=None):
    with urllib.request.urlopen(urllib.request.Request(ORIGIN + path, headers=headers or {})) as answer:
        return answer.read(), answer.headers


def address(page, ending):
    path, _, query = page.partition("?")
    return path + ending + (f"?{query}" if query else "")


def moment(parsed):
    return datetime(*parsed[:6], tzinfo=timezone.utc)


def said(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


for page in PAGES:
    want = json.loads(get(address(page, ".feed.json"))[0])
    check(f"{page} has entries", len(want["items"]) > 0)
    for ending in (".atom", ".rss"):
        name = page + ending
        body, headers = get(address(page, ending))
        try:
            xml.sax.parseString(body, ContentHandler())
            check(f"{name} is well-formed", True)
        except xml.sax.SAXException as error:
            check(f"{name} is well-formed", False, str(error))
        # As it is written: what feedparser would make safe is not what is compared.
        feed = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False)
        check(f"{name} is read without complaint", not feed.bozo, repr(feed.get("bozo_exception")))
        check(f"{name} version", feed.version == ("atom10" if ending == ".atom" else "rss20"), feed.version)
        check(f"{name} title", feed.feed.title == want["title"], feed.feed.get("title"))
        check(f"{name} home", feed.feed.link == want["home_page_url"], feed.feed.get("link"))
        check(f"{name} count", len(feed.entries) == len(want["items"]), str(len(feed.entries)))
        for got, item in zip(feed.entries, want["items"]):
            one = f"{name} {item['id']}"
            check(f"{one} id", got.id == item["id"], got.id)
            check(f"{one} title", got.title == item["title"], got.title)
            check(f"{one} link", got.link == item["url"], got.link)
            html = got.content[0].value if "content" in got else got.summary
            check(f"{one} text", html == item["content_html"], html[:200])
            check(f"{one} published", moment(got.published_parsed) == said(item["date_published"]), got.published)
            check(f"{one} updated", moment(got.updated_parsed) == said(item["date_modified"]), got.updated)
            check(f"{one} categories", [tag.term for tag in got.get("tags", [])] == item.get("tags", []))
            names = [author.name for author in got.get("authors", []) if author.get("name") not in (None, "Unknown")]
            wanted = [author["name"] for author in item.get("authors", [])]
            # feedparser keeps the last of several dc:creator elements of RSS, and folds them into one name.
            check(f"{one} authors", names == wanted or (ending == ".rss" and set(names) <= set(wanted) | {", ".join(wanted)}), f"{names} {wanted}")
            files = [(link.href, link.type) for link in got.enclosures]
            check(f"{one} file", files == [(a["url"], a["mime_type"]) for a in item.get("attachments", [])], str(files))
        try:
            get(address(page, ending), {"If-None-Match": headers["etag"]})
            check(f"{name} 304 by tag", False)
        except urllib.error.HTTPError as error:
            check(f"{name} 304 by tag", error.code == 304, str(error.code))

print(f"feedparser {feedparser.__version__}, Python {sys.version.split()[0]}: {passed} passed, {failed} failed")
sys.exit(0 if failed == 0 else 1)
