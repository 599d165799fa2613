"""Runs the unmodified huggingface_hub client against a Broadsheet at HF_ENDPOINT; prints one line a check and a closing count."""

import json
import os
import shutil
import subprocess
import sys
from datetime import datetime

from huggingface_hub import HfApi, __version__

api = HfApi()
passed, failed = 0, 0


def check(name, holds, detail=""):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        print(f"not ok: {name} {detail}")


def attempt(name, call):
    try:
        return call()
    except Exception as error:  # a client that raises is the finding
        check(name, False, f"raised {type(error).__name__}: {error}")
        return None


def command(*words):
    hf = shutil.which("hf", path=os.path.dirname(sys.executable))
    run = subprocess.run([hf, *words], capture_output=True, text=True, timeout=120)
    return run.returncode, run.stdout, run.stderr


daily = attempt("list_daily_papers", lambda: list(api.list_daily_papers(limit=100))) or []
check("the latest edition has its 81 papers", len(daily) == 81, f"got {len(daily)}")
if daily:
    first = daily[0]
    check("first title", first.title == "From One to More: Contextual Part Latents for 3D Generation", first.title)
    check("upvotes is a number", first.upvotes == 0 or (isinstance(first.upvotes, int) and first.upvotes > 0), repr(first.upvotes))
    check("comments as imported", first.comments == 3, repr(first.comments))
    check("published date", isinstance(first.published_at, datetime) and first.published_at.date().isoformat() == "2025-07-11", repr(first.published_at))
    check("summary", first.summary.startswith("Recent advances in 3D generation"), first.summary[:60])
    check("source", first.id != "", repr(first.id))
    check("an organisation is read", any(p.organization for p in daily))

check("default limit is 50", len(attempt("default", lambda: list(api.list_daily_papers())) or []) == 50)
check("limit", len(attempt("limit", lambda: list(api.list_daily_papers(limit=7))) or []) == 7)
pages = [attempt("p", lambda p=p: list(api.list_daily_papers(limit=50, p=p))) or [] for p in (0, 1, 2)]
check("pages", [len(p) for p in pages] == [50, 31, 0], str([len(p) for p in pages]))
check("pages do not overlap", len({x.id for p in pages for x in p}) == 81)
for name, params in {
    "date": {"date": "2026-04-20"},
    "week": {"week": "2026-W17"},
    "month": {"month": "2026-04"},
    "sort trending": {"sort": "trending"},
    "sort publishedAt": {"sort": "publishedAt"},
}.items():
    found = attempt(name, lambda params=params: list(api.list_daily_papers(limit=100, **params))) or []
    check(name, len(found) == 81, f"got {len(found)}")
newest = attempt("sort publishedAt", lambda: list(api.list_daily_papers(limit=100, sort="publishedAt"))) or []
check("a day without an edition is empty", attempt("empty day", lambda: list(api.list_daily_papers(date="2020-01-01"))) == [])

found = attempt("list_papers", lambda: list(api.list_papers(query="panoramic lidar generation", limit=5))) or []
check("search finds", bool(found) and found[0].title.startswith("Veila"), str([p.title for p in found][:2]))
check("search limit", 0 < len(found) <= 5, str(len(found)))
if found:
    info = attempt("paper_info", lambda: api.paper_info(found[0].id))
    check("paper_info", info is not None and info.title == found[0].title and info.id == found[0].id)
    if hasattr(api, "read_paper"):
        text = attempt("read_paper", lambda: api.read_paper(found[0].id))
        check("read_paper", isinstance(text, str) and "Veila" in text and "LiDAR" in text, repr(text)[:80])
    code, out, err = command("papers", "info", found[0].id)
    check("hf papers info", code == 0 and "Veila" in out, err[-300:])
    code, out, err = command("papers", "read", found[0].id)
    check("hf papers read", code == 0 and "LiDAR" in out, err[-300:])

code, out, err = command("papers", "ls", "--limit", "5")
check("hf papers ls", code == 0 and "Knot Forcing" in out, (out + err)[-300:])
code, out, err = command("papers", "ls", "--date", "2026-04-20", "--format", "json")
check("hf papers ls --format json", code == 0 and len(json.loads(out)) > 0, (out + err)[-300:])
code, out, err = command("papers", "search", "lidar")
check("hf papers search", code == 0 and "Veila" in out, (out + err)[-300:])

try:
    api.paper_info("9999.99999")
    check("a missing paper raises", False)
except Exception as error:
    status = getattr(getattr(error, "response", None), "status_code", None)
    check("a missing paper is a plain 404", status == 404, f"{type(error).__name__} {status}")

print(f"huggingface_hub {__version__}: {passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
