"""What commands say where they have nothing to show, and what they refuse."""

import functools
import http.client
import http.server
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from support.browser import CHROMIUM
from support.examples import VALID
from support.messages import message_of
from support.project import ROOT

from ontrial import __main__
from ontrial.commands import compare, draw, publish, report, serve, verdicts
from ontrial.errors import InputError
from ontrial.judge import checks
from ontrial.storage import files
from ontrial.study import configuration
from ontrial_judge.core.verdict_files import to_json
from ontrial_judge.core.verdicts import Conclusion, Verdict, Verdicts


@pytest.fixture
def study(tmp_path, monkeypatch) -> str:
    """A study without a docket, whose site is a single page."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.yaml").write_text(VALID)
    (tmp_path / "results/mine/site").mkdir(parents=True)
    (tmp_path / "results/mine/site/index.html").write_text("")
    return "c.yaml"


def test_an_abbreviated_option_is_refused(study, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["ontrial", "verdicts", "--stud", study])
    with pytest.raises(SystemExit):
        __main__.main()
    assert "unrecognized arguments: --stud c.yaml" in capsys.readouterr().err


def test_verdicts_of_claims_that_have_changed_since_say_so(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    study = configuration.read_study(ROOT / "config/smoke.yaml")
    claims = [claim for claim in checks.read_docket(study.docket, study).claims.values() if claim.estimand]
    judged = tuple(
        Verdict(claim.id, claim.kind, claim.hash, claim.hash, Conclusion.SUPPORTED, "points", (10,), 1.0)
        for claim in claims
    )
    for changed in ((), (replace(judged[0], hash="0" * 64),)):
        content = Verdicts("smoke", (*changed, *judged[len(changed) :]))
        files.write_text("results/smoke/verdicts.json", to_json(content))
        verdicts.verdicts(str(ROOT / "config/smoke.yaml"))
        written = capsys.readouterr()
        assert claims[0].id in written.out
        assert (claims[0].id in written.err) == bool(changed)


def test_a_study_without_a_docket_has_no_verdicts(study):
    with pytest.raises(InputError, match=r"c\.yaml: this study tests no claims"):
        verdicts.verdicts(study)


PUBLISHING = {
    "publish": publish.publish,
    "compare": lambda study: compare.compare(Path("results/smoke"), Path("results/reference")),
    "compare before": lambda study: compare.compare(Path("results/reference"), Path("results/smoke")),
}
READING = {
    "serve": lambda study: serve.serve(study, 0),
    "verdicts": verdicts.verdicts,
    "report": report.write_report,
}


@pytest.mark.parametrize(
    ("link", "call"),
    [
        *(("results/smoke/timing", call) for call in (PUBLISHING | READING).values()),
        *(("results/reference/time.json", call) for call in PUBLISHING.values()),
    ],
    ids=[*PUBLISHING, *READING, *(f"{name} in published" for name in PUBLISHING)],
)
def test_commands_refuse_results_with_links(tmp_path, monkeypatch, link, call):
    monkeypatch.chdir(tmp_path)
    for folder in ("results/smoke/site", "results/reference"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "results/smoke/site/index.html").write_text("")
    (tmp_path / "secret").write_text("secret")
    (tmp_path / link).symlink_to(tmp_path / "secret")
    assert message_of(call, str(ROOT / "config/smoke.yaml")).startswith(f"{link}: this is a link")


def test_a_report_rebuilds_damaged_files_first_and_needs_a_finished_study(study, tmp_path, monkeypatch, capsys):
    provenance, runs = tmp_path / "results/mine/provenance.json", []

    def run(study_file, *arguments, **_):
        runs.append((arguments[:2], provenance.exists()))
        if "--report" in arguments:
            raise InputError("enough")

    monkeypatch.setattr(report.workflow, "run", run)
    assert "results/mine: the study is not finished." in message_of(report.write_report, study)
    provenance.write_text("{")
    assert message_of(report.write_report, study) == "enough"
    assert runs == [(("--cores", "all"), False), (("--cores", "1"), False)]
    assert "results/mine/provenance.json: broken JSON. It was renamed" in capsys.readouterr().err


@pytest.fixture
def server(tmp_path):
    """The port of a site with a folder without a page, links to what is elsewhere, and one to a file of the site."""
    (tmp_path / "site/folder").mkdir(parents=True)
    (tmp_path / "site/index.html").write_text("home")
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "site/leak").symlink_to(tmp_path / "secret")
    (tmp_path / "site/up").symlink_to(tmp_path)
    (tmp_path / "site/loop").symlink_to(tmp_path / "site/loop")
    (tmp_path / "site/inside").symlink_to(tmp_path / "site/index.html")
    handler = functools.partial(serve.SiteHandler, directory=tmp_path / "site")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize(("path", "host", "status"), [
    ("/", "127.0.0.1:{}", 200), ("/index.html?q=1", "localhost:{}", 200), ("/inside", "127.0.0.1:{}", 200),
    ("/", "evil.example:{}", 403), ("/", "127.0.0.1.evil.example:{}", 403), ("/", "", 403),
    ("/", "localhost:{}:x.evil", 403), ("/%00", "localhost:{}", 404), ("/loop", "localhost:{}", 404),
    ("/" + "a" * 5000, "localhost:{}", 404), ("/folder/", "127.0.0.1:{}", 404), ("/leak", "127.0.0.1:{}", 404),
    ("/up/secret", "127.0.0.1:{}", 404), ("/../secret", "127.0.0.1:{}", 404),
])  # fmt: skip
def test_only_the_site_is_served_and_only_to_this_machine(server, path, host, status):
    for method in ("GET", "HEAD"):
        connection = http.client.HTTPConnection("127.0.0.1", server, timeout=10)
        connection.putrequest(method, path, skip_host=True)
        if host:
            connection.putheader("Host", host.format(server))
        connection.endheaders()
        answer = connection.getresponse()
        assert answer.status == status
        assert answer.getheader("Cross-Origin-Resource-Policy") == "same-origin"
        assert b"secret" not in answer.read()


@pytest.mark.parametrize(("site", "mode", "dest", "status"), [
    ("cross-site", "no-cors", "script", 403), ("same-site", "cors", "empty", 403),
    ("cross-site", "navigate", "iframe", 403), ("cross-site", "navigate", "document", 200),
    ("same-origin", "no-cors", "script", 200), ("none", "navigate", "document", 200),
])  # fmt: skip
def test_a_page_of_another_site_may_only_link_to_the_served_one(server, site, mode, dest, status):
    connection = http.client.HTTPConnection("127.0.0.1", server, timeout=10)
    connection.request("GET", "/", headers={"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": dest})
    assert connection.getresponse().status == status


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="needs Chromium: install chromium")
def test_a_browser_gives_no_script_of_the_served_site_to_another_origin(server, tmp_path, served, chromium):
    (tmp_path / "site/data.js").write_text("globalThis.DATA = 1")
    page = chromium.new_page()
    for origin, data in ((f"http://127.0.0.1:{server}", 1), (served(tmp_path / "site"), None)):
        page.goto(f"{origin}/index.html")
        page.set_content(f"<script src='http://127.0.0.1:{server}/data.js'></script>")
        assert page.evaluate("globalThis.DATA ?? null") == data
    page.close()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("curves", r'c\.yaml: unknown figure "curves"\.'),
        ("descent", r"results/mine/study\.json: there is no such file yet\. Run the study first: "),
    ],
)
def test_a_figure_is_drawn_of_a_study_that_has_it_and_has_run(study, name, message):
    Path(study).write_text(f"book: ontrial_book\n{VALID}")
    with pytest.raises(InputError, match=message):
        draw.draw([name], study)


def test_a_figure_of_a_study_with_code_needs_a_switch(study):
    Path(study).write_text(f"book: json.tool\n{VALID}")
    with pytest.raises(InputError, match=r"json\.tool.* If you trust it, add: --trust-code$"):
        draw.draw(["descent"], study)
