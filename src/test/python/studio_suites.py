"""Does to the studio what the integration suites of the first implementation do, and accepts the statuses that they accept.

    python studio_suites.py http://127.0.0.1:5000

Prints a line of JSON for each case; ends with status 1 where one fails. Left out are the three cases that no server passes
because the suites themselves send or read wrongly; the ten "valid" meshes that they send without a file are found refused.
"""

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from studio_user import ANSWER_SECONDS, Report, Studio, scene, solid, told

START_SECONDS = 60
UPLOAD_SECONDS = 60
TEXT_SECONDS = 120
GENERATE_SECONDS = 300
SIZE = {"width": 100, "height": 100, "depth": 20}

CASES = []


def suite(name: str):
    def add(case):
        CASES.append((name, case))
        return case

    return add


def accepted(answer: requests.Response, *statuses: int) -> requests.Response:
    assert answer.status_code in statuses, f"{answer.request.method} {answer.request.path_url}: {told(answer)}"
    return answer


def uploaded(studio: Studio, side: int = 512) -> str:
    answer = accepted(studio.try_upload(solid(side, side), "test.png", timeout=UPLOAD_SECONDS), 200).json()
    assert answer["preview_url"] and answer["job_id"], answer
    return answer["job_id"]


def generated(studio: Studio, **fields) -> requests.Response:
    return studio.post("/api/generate-3d", {"dimensions": SIZE, **fields}, timeout=GENERATE_SECONDS)


def wait_for_server(studio: Studio) -> None:
    give_up = time.monotonic() + START_SECONDS
    while True:
        try:
            if studio.get("/api/health", timeout=5).status_code == 200:
                return
        except requests.ConnectionError:
            pass
        assert time.monotonic() < give_up, f"no health within {START_SECONDS} s"
        time.sleep(1)


@suite("endpoints")
def health(studio: Studio):
    answer = accepted(studio.get("/api/health", timeout=5), 200)
    assert answer.json()["status"] in ("online", "ready", "healthy"), told(answer)
    assert "Access-Control-Allow-Origin" in answer.headers, answer.headers


@suite("endpoints")
def models_info(studio: Studio):
    answer = accepted(studio.get("/api/models-info"), 200)
    assert "application/json" in answer.headers["Content-Type"], answer.headers
    assert isinstance(answer.json()["device"], str), told(answer)


@suite("endpoints")
def uploads_of_solid_pictures(studio: Studio):
    assert len({uploaded(studio, side) for side in (256, 512, 512, 1024)}) == 4
    accepted(studio.try_upload(solid(3840, 2160), "large.png", timeout=UPLOAD_SECONDS), 200)


@suite("endpoints")
def uploads_that_are_none(studio: Studio):
    accepted(studio.post("/api/upload-image"), 400)
    accepted(studio.try_upload(b"This is not an image", "text.png"), 400)
    accepted(studio.try_upload(b"This is not an image", "text.txt"), 400)
    accepted(studio.try_upload(solid(512, 512)[:200], "cut.png"), 400)


@suite("endpoints")
def pictures_of_three_styles(studio: Studio):
    for style in ("realistic", "anime", "digital_art"):
        fields = {"prompt": f"A red ball in {style} style", "art_style": style, "width": 512, "height": 512, "steps": 2}
        assert accepted(studio.post("/api/text-to-image", fields, timeout=TEXT_SECONDS), 200).json()["job_id"]


@suite("endpoints")
def a_long_prompt(studio: Studio):
    prompt = "a detailed picture of a red ball on a green table in front of a blue wall, " * 10
    accepted(studio.post("/api/text-to-image", {"prompt": prompt, "steps": 2}, timeout=TEXT_SECONDS), 200, 400)


@suite("endpoints")
def no_prompt(studio: Studio):
    accepted(studio.post("/api/text-to-image", {}), 400)
    accepted(studio.post("/api/text-to-image", {"prompt": ""}), 400)


@suite("endpoints")
def status_after_an_upload(studio: Studio):
    state = accepted(studio.get(f"/api/job-status/{uploaded(studio)}"), 200).json()
    assert state["status"] in ("pending", "processing", "completed", "failed"), state


@suite("endpoints")
def status_of_nothing(studio: Studio):
    accepted(studio.get("/api/job-status/nonexistent-job-id"), 404)


@suite("endpoints")
def four_requests_for_one_job(studio: Studio):
    job = uploaded(studio)
    for quality, kind in ((3, "stl"), (5, "obj"), (7, "glb"), (9, "ply")):
        accepted(generated(studio, job_id=job, format=kind, quality=quality), 200, 202, 400, 404)


@suite("endpoints")
def requests_that_are_none(studio: Studio):
    accepted(generated(studio, format="stl"), 400)
    accepted(generated(studio, job_id="invalid", format="stl"), 400, 404)
    accepted(generated(studio, job_id="00000000-0000-4000-8000-000000000000", format="stl"), 400, 404)


@suite("endpoints")
def presets(studio: Studio):
    for path in ("/api/materials/presets", "/api/lighting/presets"):
        answer = accepted(studio.get(path), 200, 404)
        if answer.status_code == 200:
            found = answer.json()
            assert isinstance(found, dict) or all("name" in entry or "id" in entry for entry in found), found
    accepted(studio.get("/api/materials/metadata"), 404)


@suite("security")
def paths_that_lead_outside(studio: Studio):
    # What a library makes of the first of them is /etc/passwd.
    for path in ("../../../etc/passwd", "..%2F..%2F..%2Fetc%2Fpasswd", "....//....//etc/passwd", "..\\..\\windows\\win.ini"):
        for route in ("/api/job-status/", "/api/preview/", "/api/download/", "/api/download/some-job/"):
            answer = accepted(studio.get(route + path), 400, 404)
            assert "root:" not in answer.text, told(answer)
    accepted(studio.get("/api/download//model.stl"), 400, 404)


@suite("security")
def names_that_are_attacks(studio: Studio):
    for name in (
        "'; DROP TABLE users;--.png",
        "<script>alert('x')</script>.png",
        "../../evil.png",
        "$(whoami).png",
        "a;b|c.png",
    ):
        answer = accepted(studio.try_upload(solid(256, 256), name), 200, 400)
        if answer.status_code == 200:
            preview = answer.json()["preview_url"]
            assert not set(preview) & set("'<>;$|&\"\\"), preview
            accepted(studio.get(preview), 200)


@suite("security")
def prompts_that_are_attacks(studio: Studio):
    for prompt in ("<script>alert('x')</script>", "'; DROP TABLE jobs; --", "{{7*7}}", "../../etc/passwd"):
        answer = accepted(
            studio.post("/api/text-to-image", {"prompt": prompt, "steps": 1, "width": 64, "height": 64}), 200, 400
        )
        assert "application/json" in answer.headers["Content-Type"], answer.headers


@suite("security")
def pictures_that_are_others(studio: Studio):
    accepted(studio.try_upload(b"MZ" + bytes(2_000), "program.png"), 400)
    accepted(studio.try_upload(b"<svg onload='alert(1)'/>" * 50, "drawing.svg"), 400)
    accepted(studio.try_upload(b"<?php system('id'); ?>" * 50, "shell.php.png"), 400)
    accepted(studio.try_upload(solid(8192, 8192), "huge.png"), 400, 413)
    accepted(studio.try_upload(bytes(100 << 20), "bomb.png", timeout=UPLOAD_SECONDS), 400, 413)


@suite("security")
def faults_that_tell_nothing(studio: Studio):
    not_found = accepted(studio.get("/api/this/is/nowhere"), 404)
    invalid = accepted(studio.post("/api/generate-3d", data="{{{", headers={"Content-Type": "application/json"}), 400)
    for answer in (not_found, invalid):
        assert "backend" not in answer.text and "Traceback" not in answer.text and 'File "' not in answer.text, told(answer)


@suite("security")
def headers_of_security(studio: Studio):
    headers = studio.get("/api/health").headers
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["X-Frame-Options"] in ("DENY", "SAMEORIGIN"), headers
    assert "flask" not in headers.get("Server", "").lower() and "werkzeug" not in headers.get("Server", "").lower(), headers


@suite("security")
def fifty_requests_in_a_row(studio: Studio):
    for _ in range(50):
        accepted(studio.get("/api/health"), 200, 429)


@suite("performance")
def health_is_quick(studio: Studio):
    studio.get("/api/health")
    for _ in range(10):
        took = accepted(studio.get("/api/health"), 200).elapsed.total_seconds()
        assert took < 1, took


@suite("performance")
def fifty_healths_at_once(studio: Studio):
    def status(_) -> int:
        return requests.get(studio.server + "/api/health", timeout=ANSWER_SECONDS).status_code

    with ThreadPoolExecutor(50) as threads:
        statuses = list(threads.map(status, range(50)))
    assert statuses.count(200) >= 45, statuses


@suite("performance")
def five_uploads_at_once(studio: Studio):
    with ThreadPoolExecutor(5) as threads:
        jobs = list(threads.map(lambda _: uploaded(Studio(studio.server)), range(5)))
    assert len(set(jobs)) == 5, jobs


@suite("performance")
def many_uploads_in_a_row(studio: Studio):
    assert len({uploaded(studio) for _ in range(10)}) == 10


@suite("performance")
def rapid_requests(studio: Studio):
    statuses = [studio.get("/api/health").status_code for _ in range(100)]
    assert statuses.count(200) >= 90, statuses


@suite("batch")
def a_batch_of_one_and_of_many(studio: Studio):
    one = uploaded(studio)
    accepted(studio.post("/api/batch-generate", {"job_ids": [one], "format": "stl", "quality": 5}), 200, 202)
    many = [uploaded(studio, 256) for _ in range(5)]
    answer = accepted(studio.post("/api/batch-generate", {"job_ids": many, "format": "stl", "quality": 5}), 200, 202).json()
    assert answer["batch_id"] and answer["job_count"] == 5, answer


@suite("batch")
def batches_that_are_none(studio: Studio):
    accepted(studio.post("/api/batch-generate", {"format": "stl"}), 400)
    accepted(studio.post("/api/batch-generate", {"job_ids": [], "format": "stl"}), 400)
    accepted(studio.post("/api/batch-generate", {"job_ids": ["invalid"] * 2, "format": "stl"}), 200, 202, 400, 404, 422)
    accepted(studio.post("/api/batch-generate", {"job_ids": ["some-job"] * 50, "format": "stl"}), 400, 413)


@suite("batch")
def one_picture_in_many_formats(studio: Studio):
    body = {"job_id": uploaded(studio), "formats": ["stl", "obj", "ply"], "quality": 5}
    accepted(studio.post("/api/batch-generate", body), 200, 202, 404, 501)


@suite("batch")
def three_batches_at_once(studio: Studio):
    jobs = [uploaded(studio, 256) for _ in range(3)]
    with ThreadPoolExecutor(3) as threads:
        answers = threads.map(lambda job: Studio(studio.server).post("/api/batch-generate", {"job_ids": [job]}), jobs)
    for answer in answers:
        accepted(answer, 200, 202)


@suite("formats")
def every_format_is_made_and_downloaded_at_once(studio: Studio):
    beginnings = {"stl": b"", "obj": b"", "glb": b"glTF", "ply": b"ply"}
    for number, (kind, beginning) in enumerate(beginnings.items()):
        job = accepted(studio.try_upload(scene(number), "test.png"), 200).json()["job_id"]
        if accepted(generated(studio, job_id=job, format=kind, quality=5), 200, 202).status_code == 200:
            result = accepted(studio.get(f"/api/download/{job}/model.{kind}", timeout=60), 200)
            assert len(result.content) > 84 and result.content.startswith(beginning), kind


@suite("formats")
def formats_that_are_none(studio: Studio):
    job = uploaded(studio)
    for kind in ("pdf", "exe", "", "stl; rm -rf /"):
        accepted(generated(studio, job_id=job, format=kind), 400)


@suite("formats")
def every_quality(studio: Studio):
    for quality in (1, 5, 10):
        accepted(generated(studio, job_id=uploaded(studio, 256), format="stl", quality=quality), 200, 202)


@suite("stl")
def no_file(studio: Studio):
    for operation in ("analyze", "repair", "optimize", "simplify"):
        accepted(studio.post(f"/api/stl/{operation}"), 400, 404, 422)
        accepted(studio.post(f"/api/stl/{operation}", {}), 400, 404, 422)
        accepted(studio.get(f"/api/stl/{operation}"), 404, 405)


@suite("stl")
def the_ten_that_send_no_file_are_refused(studio: Studio):
    fields = {
        "analyze": [{}],
        "repair": [{}, {"aggressive": "true"}],
        "optimize": [{}, {"target_size": "50"}, {"wall_thickness": "2"}, {"add_supports": "true"}],
        "simplify": [{}, {"target_faces": "100"}, {"target_reduction": "0.5"}],
    }
    for operation, cases in fields.items():
        for case in cases:
            accepted(studio.post(f"/api/stl/{operation}", data={"file": "<_io.BytesIO object at 0x7f>", **case}), 400)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("server")
    parser.add_argument("--only", nargs="+", default=[], help="suites that are run; all without")
    options = parser.parse_args()
    wait_for_server(Studio(options.server))
    report = Report()
    for name, case in CASES:
        if not options.only or name in options.only:
            report.run({"suite": name, "check": case.__name__}, case, Studio(options.server))
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
