"""Uses the studio as its pages do, and checks what a client can see of the protocol's checklist.

    python studio_client.py http://127.0.0.1:8080 --only 18 28

Prints a line of JSON for each check: the number of its item in the checklist, or the section that asks for it; whether it holds;
what was found. Ends with status 1 where one does not hold.
"""

import argparse
import base64
import re
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import requests
from studio_user import (
    ANSWER_SECONDS,
    FORMATS,
    HEALTH_SECONDS,
    Events,
    Report,
    Studio,
    assert_is_printable,
    cube,
    cut_out,
    decoded,
    encoded,
    mesh,
    said,
    scene,
    size_of,
    solid,
    sphere,
    still_life,
    told,
)

PROMPT = "a red ball on a table"
# Few: it is the protocol that is checked here, and not the picture.
STEPS = 2
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TRANSPORTS = {"polling": ["polling"], "websocket": ["websocket"], "upgrade": ["polling", "websocket"]}
STL_OPERATIONS = ("analyze", "repair", "optimize", "simplify")
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-XSS-Protection": "1; mode=block",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
FRAMEWORKS = re.compile("payara|glassfish|grizzly|jersey|servlet|java|jakarta|flask|werkzeug|python", re.IGNORECASE)
INTERNALS = re.compile(r'Traceback|File "|\bat [a-z]+(\.\w+)+\(|Exception|/tmp/|/home/|/etc/passwd')

CHECKS = []


def item(number: int | str):
    """Of the checklist by its number; of a section, or of Osprey's own additions, by its name."""

    def add(check):
        CHECKS.append((number, check))
        return check

    return add


def refused(answer: requests.Response, status: int, error: str) -> None:
    assert answer.status_code == status, f"{status} expected: {told(answer)}"
    found = answer.json()["error"]
    assert re.fullmatch(error, found), f"{error!r} expected: {found!r}"
    assert not INTERNALS.search(answer.text), told(answer)


def refused_parameters(answer: requests.Response, *path: str) -> None:
    assert answer.status_code == 400, told(answer)
    fault = answer.json()
    assert fault["error"] == "Invalid request parameters", fault
    assert not INTERNALS.search(answer.text), told(answer)
    if path:
        assert list(path) in [detail["loc"] for detail in fault["details"]], fault
        assert all(detail["msg"] and detail["type"] for detail in fault["details"]), fault


def occupied(studio: Studio, seed: int) -> None:
    """Gives the server enough to do that the next job has to wait."""
    for number in range(4):
        studio.generate(studio.upload(scene(seed + number, 640, 480))["job_id"], quality=10)


# Health and information


@item(1)
def health_is_told_quickly(studio: Studio):
    answer = studio.get("/api/health", timeout=HEALTH_SECONDS)
    health = said(answer)
    assert answer.elapsed.total_seconds() < 1, answer.elapsed
    assert health["status"] == "healthy", health
    assert health["models_status"] in ("ready", "loading", "not_ready"), health
    assert health["mode"] in ("full_ai", "safe_fallback", "powerful_3d"), health
    assert isinstance(health["active_jobs"], int) and isinstance(health["gpu_info"], dict), health
    assert isinstance(health["timestamp"], str) and "processor" in health, health
    wanted = {"image_upload", "3d_generation", "stl_export", "gpu_memory_management"}
    if health["models_status"] == "ready":
        wanted.add("text_to_image")
    assert wanted <= set(health["capabilities"]), health
    return health["models_status"]


@item(2)
def a_plain_request_may_be_read_by_every_page(studio: Studio):
    return studio.get("/api/health").headers["Access-Control-Allow-Origin"]


@item(3)
def the_device_is_named(studio: Studio):
    info = said(studio.get("/api/models-info"))
    assert info["device"] in ("cpu", "cuda"), info
    assert {"mode", "gpu_stats", "processor"} <= info.keys(), info
    assert {"allocated_mb", "reserved_mb", "total_mb", "free_mb"} <= info["gpu_stats"].keys(), info
    return info["device"]


@item("3.2")
def probes_answer(studio: Studio):
    health = said(studio.get("/health"))
    assert health["status"] in ("ok", "healthy") and health["service"] and health["version"], health
    ready = said(studio.get("/ready"), 200, 503)
    assert ready["status"] in ("ready", "not_ready"), ready
    assert {"application", "gpu", "models"} <= ready["checks"].keys(), ready
    assert studio.get("/health-detailed").status_code == 200
    assert studio.get("/metrics").status_code == 200


@item("3.4")
def the_cache_tells_of_itself(studio: Studio):
    stats = said(studio.get("/api/cache/stats"))
    assert stats["status"] == "success" and stats["cache_enabled"] is True and isinstance(stats["stats"], dict), stats
    assert isinstance(said(studio.get("/api/cache/config"))["config"], dict)
    entries = said(studio.get("/api/cache/entries"))
    assert isinstance(entries["entries"], list) and isinstance(entries["total"], int), entries
    # Where it is the administrator's, who is no administrator is refused.
    unnamed = studio.post("/api/cache/config", {})
    assert unnamed.status_code in (400, 401, 403), told(unnamed)
    if unnamed.status_code == 400:
        assert unnamed.json()["error"] == "No config provided", told(unnamed)


# Uploads


@item(4)
def pictures_are_taken(studio: Studio):
    first, second = studio.upload(solid(512, 512)), studio.upload(solid(512, 512))
    assert first["job_id"] != second["job_id"], first
    for upload in (first, second):
        assert UUID.fullmatch(upload["job_id"]), upload
        assert upload["status"] == "uploaded" and upload["original_filename"] == "picture.png", upload
        assert upload["preview_url"] == upload["image_url"] == f"/api/preview/{upload['filename']}", upload
        info = upload["image_info"]
        assert info["width"] == info["height"] == 512 and info["size"] == [512, 512], info
        assert info["format"] == "PNG" and info["mode"] == "RGB" and info["has_transparency"] is False, info
        assert info["file_size"] == len(solid(512, 512)), info
    for width, height in ((256, 256), (1024, 1024), (3840, 2160)):
        assert studio.upload(solid(width, height))["image_info"]["size"] == [width, height]


@item("4.1")
def pictures_of_every_type_are_taken(studio: Studio):
    types = {"jpg": "JPEG", "jpeg": "JPEG", "gif": "GIF", "bmp": "BMP", "tiff": "TIFF", "webp": "WEBP"}
    for extension, kind in types.items():
        upload = studio.upload(encoded(still_life(1), kind), f"picture.{extension}")
        assert upload["image_info"]["format"] == kind, upload
        assert upload["image_info"]["size"] == [192, 160], upload
        assert size_of(studio.download(upload["preview_url"])) == (192, 160)


@item("4.1")
def what_is_transparent_becomes_white(studio: Studio):
    upload = studio.upload(cut_out(2))
    assert upload["image_info"]["has_transparency"] is True, upload
    corner = decoded(studio.download(upload["preview_url"])).convert("RGB").getpixel((2, 2))
    assert min(corner) >= 250, corner


@item(5)
def previews_have_harmless_names(studio: Studio):
    for name in (
        "'; DROP TABLE x;--.png",
        "../../../etc/passwd.png",
        "..\\..\\windows\\win.ini.png",
        "<script>alert(1)</script>.png",
        "Käse & Brot 日本.png",
        "a" * 300 + ".png",
    ):
        upload = studio.upload(scene(3), name)
        file = upload["preview_url"].removeprefix("/api/preview/")
        assert file == upload["filename"] and re.fullmatch(r"[A-Za-z0-9._-]+", file), upload
        assert re.match(upload["job_id"] + r"_\d{8}_\d{6}_.*\.png$", file) and ".." not in file, upload
        assert re.fullmatch(r"[A-Za-z0-9._-]+", upload["original_filename"]), upload
        preview = studio.get(upload["preview_url"])
        assert preview.headers["Content-Type"] == "image/png", preview.headers
        assert size_of(preview.content) == (192, 160)


@item(6)
def what_is_no_picture_is_refused(studio: Studio):
    unsafe = "Security validation failed: "
    refused(studio.post("/api/upload-image"), 400, "No image file provided")
    refused(studio.post("/api/upload-image", {"image": "x"}), 400, "No image file provided")
    refused(studio.post("/api/upload-image", files={"file": ("a.png", scene(1))}), 400, "No image file provided")
    refused(studio.post("/api/upload-image", files={"image": ("", scene(1))}), 400, "No file selected")
    refused(studio.try_upload(b"\x89PNG\r\n"), 400, unsafe + "File too small to be valid image")
    text = b"This is a text, and not a picture at all.\n" * 20
    for name, extension in (("a.txt", "txt"), ("a.svg", "svg"), ("a.png.exe", "exe")):
        refused(studio.try_upload(text, name), 400, unsafe + rf"Invalid file extension: \.?{extension}")
    spoofed = unsafe + r"File magic number doesn't match {} format \(possible spoofing\)"
    refused(studio.try_upload(text), 400, spoofed.format("png"))
    refused(studio.try_upload(scene(1), "a.jpg"), 400, spoofed.format("jpe?g"))
    refused(studio.try_upload(solid(20, 20)), 400, unsafe + r"Image too small: 20x20 \(min 32x32\)")
    refused(studio.try_upload(solid(8192, 8192)), 400, unsafe + r"Image too large: 8192x8192 \(max 4096x4096\)")
    whole = scene(1)
    refused(studio.try_upload(whole[: len(whole) // 2]), 400, unsafe + "Invalid or corrupted image file.*")
    refused(studio.try_upload(whole[:40]), 400, unsafe + ".*")
    one_bit = encoded(still_life(1, 2048, 2048).convert("1").point(lambda _: 0))
    refused(studio.try_upload(one_bit), 400, unsafe + "Suspicious compression ratio.*")


@item(6)
def what_is_too_large_is_refused(studio: Studio):
    huge = bytearray(100 << 20)
    huge[: len(scene(1))] = scene(1)
    answer = studio.try_upload(bytes(huge))
    assert answer.status_code in (400, 413), told(answer)
    if answer.status_code == 413:
        assert answer.json()["error"] == "File too large (max 50MB)", told(answer)
    return told(answer)


@item(7)
def an_upload_is_a_job_that_waits(studio: Studio):
    upload = studio.upload(scene(4))
    state = studio.status(upload["job_id"])
    assert state["status"] == "pending" and state["progress"] == 0 and state["step"] == "Image uploaded", state


@item(8)
def what_is_no_job_is_not_found(studio: Studio):
    answer = studio.get(f"/api/job-status/{uuid.uuid4()}")
    refused(answer, 404, "Job not found")
    refused(studio.get("/api/job-status/nonexistent"), 404, "Job not found")
    for path in ("../../etc/passwd", "..%2F..%2Fetc%2Fpasswd", "%2e%2e/%2e%2e/etc/passwd", "..%252f..%252fetc%252fpasswd"):
        status, body = studio.verbatim(f"/api/job-status/{path}")
        assert status in (400, 404) and "root:" not in body, (path, status, body[:200])
    assert "no-store" in studio.get("/api/job-status/nonexistent").headers["Cache-Control"]
    assert "no-store" in studio.get(f"/api/job-status/{studio.upload(scene(4))['job_id']}").headers["Cache-Control"]


# Pictures from words


@item(9)
def prompts_are_taken(studio: Studio):
    refused(studio.post("/api/text-to-image"), 400, "No prompt provided")
    refused(studio.post("/api/text-to-image", {}), 400, "No prompt provided")
    refused(studio.post("/api/text-to-image", {"prompt": "   "}), 400, "Prompt cannot be empty")
    small = {"steps": 1, "width": 64, "height": 64}
    jobs = []
    for style in ("realistic", "anime", "nobody has heard of it"):
        for field in ("style", "art_style"):
            answer = said(studio.post("/api/text-to-image", {"prompt": PROMPT, field: style, **small}))
            assert UUID.fullmatch(answer["job_id"]) and answer["status"] == "processing", answer
            assert answer["message"] == "Image generation started", answer
            jobs.append(answer["job_id"])
    jobs.append(studio.text_to_image("a red ball and a blue box " * 20, **small))
    for job in jobs:
        studio.completed(job)


@item("4.2")
def numbers_of_a_picture_are_checked(studio: Studio):
    ranges = {"width": (63, 2049), "height": (63, 2049), "steps": (0, 151, "many"), "guidance_scale": (0.5, 21)}
    for fields in ({name: value} for name, values in ranges.items() for value in values):
        answer = studio.post("/api/text-to-image", {"prompt": PROMPT, **fields})
        assert answer.status_code == 400, f"{fields}: {told(answer)}"
        (field,) = fields
        assert field in answer.text and "error" in answer.json(), f"{fields}: {told(answer)}"
    answer = studio.post("/api/text-to-image", data="{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 400 and "error" in answer.json(), told(answer)


@item(10)
def a_picture_that_is_given_up_fails_without_an_error(studio: Studio):
    occupied(studio, 100)
    job = studio.text_to_image(PROMPT, steps=150, width=1024, height=1024)
    (stored,) = [
        entry
        for entry in said(studio.get("/api/jobs?kind=text-to-image&limit=50"))["jobs"]
        if job in (entry["id"], entry.get("reference"))
    ]
    said(studio.post(f"/api/jobs/{stored['id']}/cancel"))
    last = studio.end(job)
    assert last["status"] == "failed", last
    assert not last.get("error"), last
    assert last["message"] and last["error_type"] and "error_details" in last, last
    assert not INTERNALS.search(str(last)), last
    return last["message"]


@item(11)
def a_picture_becomes_a_model(studio: Studio):
    job = studio.text_to_image(PROMPT, width=200, height=150, steps=40)
    # As a model's, it waits for the picture to be made.
    waited = studio.get(f"/api/download/{job}/{job}_generated.png", timeout=60)
    assert waited.status_code == 200 and size_of(waited.content) == (200, 144), told(waited)
    last = studio.completed(job)
    assert last["style"] == "realistic" and studio.download(last["preview_url"]) == waited.content, last
    assert last["job_type"] == "text-to-image" and last["type"] == "text_to_image", last
    assert last["filename"] == f"{job}_generated.png", last
    assert last["preview_url"] == last["image_url"] == f"/api/preview/{last['filename']}", last
    # Multiples of 8, rounded down.
    assert (last["width"], last["height"]) == (200, 144), last
    assert size_of(studio.download(last["preview_url"])) == (200, 144)
    assert studio.generate(job, format="ply")["job_id"] == job
    done = studio.completed(job)
    assert done["output_file"] == f"model_{job}.ply", done
    return assert_is_printable(mesh(studio.download(done["download_url"]), "ply"), 100, 100, 20)


@item("additions")
def a_seed_makes_the_same_picture_again(studio: Studio):
    def picture(seed: int) -> bytes:
        job = studio.text_to_image(PROMPT, width=64, height=64, steps=STEPS, seed=seed)
        return studio.download(studio.completed(job)["preview_url"])

    assert picture(1) == picture(1)
    assert picture(1) != picture(2)


@item("additions")
def words_that_the_model_does_not_know_are_told(studio: Studio):
    job = studio.text_to_image("a red ball and a qwrtzxcv", width=64, height=64, steps=1)
    last = studio.completed(job)
    words = last["unknown_words"]
    assert "qwrtzxcv" in words and "red" not in words, words
    assert last["cut"] == "" and last["style_applied"] is False, last
    assert last["native_width"] > 0 and last["native_height"] > 0 and last["steps"] == 1, last
    long = studio.completed(studio.text_to_image("a red ball and a blue box " * 20, width=64, height=64, steps=1))
    assert long["cut"] and long["prompt"].strip().endswith(long["cut"].strip()), long
    return ", ".join(words)


# Models from pictures


@item(12)
def faults_in_parameters_are_named(studio: Studio):
    job = studio.upload(scene(5))["job_id"]
    answer = studio.post("/api/generate-3d", {})
    refused_parameters(answer, "job_id")
    first = answer.json()["details"][0]
    assert first["loc"] == ["job_id"] and first["type"] == "missing" and first["msg"] == "Field required", first
    for field, value in (("quality", 11), ("quality", 0), ("format", "pdf"), ("job_id", "no-uuid"), ("job_id", 5)):
        refused_parameters(studio.post("/api/generate-3d", {"job_id": job, field: value}), field)
    size = {"width": 100, "height": 100, "depth": 20}
    for side, value in (("width", 0.5), ("height", 1001), ("depth", 501)):
        dimensions = {**size, side: value}
        refused_parameters(studio.post("/api/generate-3d", {"job_id": job, "dimensions": dimensions}), "dimensions", side)
    partial = {"job_id": job, "dimensions": {"width": 50, "height": 50}}
    refused_parameters(studio.post("/api/generate-3d", partial), "dimensions", "depth")
    two = studio.post("/api/generate-3d", {"quality": 11, "format": "pdf"})
    refused_parameters(two, "job_id")
    assert len(two.json()["details"]) == 3, told(two)
    for body in ("no json", "{", "[1]", ""):
        refused_parameters(studio.post("/api/generate-3d", data=body, headers={"Content-Type": "application/json"}))
    refused(studio.post("/api/generate-3d", {"job_id": str(uuid.uuid4())}), 404, "Job not found")


@item(13)
def parameters_are_repeated_with_their_defaults(studio: Studio):
    job = studio.upload(scene(6))["job_id"]
    first = studio.generate(job)
    size = {"width": 100, "height": 100, "depth": 20}
    wanted = {"job_id": job, "status": "generating_3d", "format": "stl", "dimensions": size, "quality": 7}
    assert {key: first.get(key) for key in wanted} == wanted, first
    size = {"width": 42.5, "height": 30, "depth": 7.25}
    second = studio.generate(job, format="obj", quality="4", dimensions=size)
    assert (second["format"], second["quality"], second["dimensions"]) == ("obj", 4, size), second
    studio.completed(job)
    return assert_is_printable(mesh(studio.model(job, "obj"), "obj"), 42.5, 30, 7.25)


@item(14)
def the_same_request_again_is_a_conflict(studio: Studio):
    occupied(studio, 200)
    job = studio.upload(scene(7))["job_id"]
    studio.generate(job, quality=5)
    again = studio.post("/api/generate-3d", {"job_id": job, "quality": 5})
    refused(again, 409, "Generation already in progress")
    conflict = again.json()
    assert conflict["status"] == "conflict" and conflict["job_id"] == job, conflict
    assert conflict["message"].startswith("This job is currently being processed."), conflict
    studio.completed(job)
    mesh(studio.model(job, "stl"), "stl")
    # What is done may be done again.
    studio.generate(job, quality=5)
    studio.completed(job)


@item(15)
def four_formats_in_a_row_are_four_results(studio: Studio):
    job = studio.upload(scene(8))["job_id"]
    for quality, kind in enumerate(FORMATS, 3):
        said(studio.post("/api/generate-3d", {"job_id": job, "format": kind, "quality": quality}), 200, 202)
    for kind in FORMATS:
        mesh(studio.model(job, kind), kind)
    last = studio.completed(job)
    assert last["format"] == FORMATS[-1], last
    for kind in FORMATS:
        mesh(studio.download(f"/api/download/{job}/model_{job}.{kind}"), kind)


@item(16)
def progress_never_falls(studio: Studio):
    job = studio.upload(scene(9, 640, 480))["job_id"]
    studio.generate(job, quality=10)
    states = list(studio.states(job, pause=0.02))
    progress = [state["progress"] for state in states]
    assert progress == sorted(progress), progress
    last = states[-1]
    assert last["status"] == "completed" and last["progress"] == 100, last
    assert last["output_file"] == f"model_{job}.stl" and last["format"] == "stl", last
    assert last["download_url"] == f"/api/download/{job}/{last['output_file']}", last
    assert last["file_size"] == len(studio.download(last["download_url"])), last
    return " ".join(str(value) for value in sorted(set(progress)))


@item(17)
def a_download_is_whole_and_waits_for_its_job(studio: Studio):
    job = studio.upload(scene(10))["job_id"]
    studio.generate(job, quality=8)
    by_alias = studio.get(f"/api/download/{job}/model.stl", timeout=60)
    assert by_alias.status_code == 200, told(by_alias)
    last = studio.status(job)
    assert last["status"] == "completed", last
    by_url = studio.get(last["download_url"])
    assert by_url.content == by_alias.content
    for answer, names in ((by_url, [last["output_file"]]), (by_alias, [last["output_file"], "model.stl"])):
        assert answer.headers["Content-Type"] == "application/octet-stream", answer.headers
        assert answer.headers["Content-Disposition"] in [f'attachment; filename="{name}"' for name in names], answer.headers
        assert int(answer.headers["Content-Length"]) == len(answer.content), answer.headers
        assert answer.headers["Cache-Control"] == "no-cache, no-store, must-revalidate", answer.headers
        assert answer.headers["Pragma"] == "no-cache" and answer.headers["Expires"] == "0", answer.headers
    refused(studio.get(f"/api/download/{job}/model.obj"), 404, "File not found")
    refused(studio.get(f"/api/download/{uuid.uuid4()}/model.stl"), 404, "Job not found")


@item(18)
def models_are_as_large_as_asked_and_closed(studio: Studio):
    found = []
    for number, kind in enumerate(FORMATS):
        width, height, depth = 80 + 7 * number, 60 + number, 12.5 + number
        job = studio.upload(scene(20 + number))["job_id"]
        dimensions = {"width": width, "height": height, "depth": depth}
        studio.generate(job, format=kind, dimensions=dimensions)
        studio.completed(job)
        model = studio.model(job, kind)
        found.append(assert_is_printable(mesh(model, kind), width, height, depth))
        if kind == "obj":
            # What lies beside it, by the names that it has in there.
            assert b"mtllib model.mtl" in model, model[:200]
            material = studio.download(f"/api/download/{job}/model.mtl")
            assert b"map_Kd model.jpg" in material, material
            assert decoded(studio.download(f"/api/download/{job}/model.jpg")).format == "JPEG"
    return "; ".join(found)


@item("additions")
def models_are_cut_out_and_hollow_where_that_is_asked(studio: Studio):
    job = studio.upload(scene(30))["job_id"]
    size = {"width": 60, "height": 50, "depth": 25}
    models = []
    for fields in ({"mode": "relief"}, {"mode": "relief", "hollow_mm": 2}, {"mode": "cutout"}):
        studio.generate(job, format="stl", dimensions=size, **fields)
        assert studio.completed(job)["mode"] == fields["mode"]
        models.append(mesh(studio.model(job, "stl"), "stl"))
        assert_is_printable(models[-1], 60, 50, 25)
    volumes = [model.volume for model in models]
    assert volumes[1] < volumes[0], volumes
    # A plate stands on all of its rectangle, a ball on a disc.
    stands_on = []
    for model in models:
        below = abs(model.triangles[:, :, 2] - model.bounds[0][2]).max(axis=1) < 1e-3
        stands_on.append(model.area_faces[below].sum() / (60 * 50))
    assert abs(stands_on[0] - 1) < 0.01 and 0.6 < stands_on[2] < 0.9, stands_on
    refused_parameters(studio.post("/api/generate-3d", {"job_id": job, "mode": "photograph"}), "mode")
    refused_parameters(studio.post("/api/batch-generate", {"job_ids": [job], "mode": "photograph"}), "mode")
    refused_parameters(studio.post("/api/generate-3d", {"job_id": job, "hollow_mm": -1}), "hollow_mm")
    return f"{volumes[0]:.0f} mm3 solid, {volumes[1]:.0f} mm3 hollow"


@item(19)
def nothing_but_results_is_downloaded(studio: Studio):
    job = studio.upload(scene(11))["job_id"]
    studio.generate(job)
    studio.completed(job)
    name = f"model_{job}.stl"
    up = ("..", "%2e%2e", "..%2f..", "..%5c..")
    files = [f"{job}/{dots}/{file}" for dots in up for file in (name, "etc/passwd", "model.json")]
    files += [f"{dots}/{job}/{name}" for dots in up] + [f"{dots}/model.stl" for dots in up]
    files += [f"{job}/..%2f{job}%2f{name}", f"{job}%2f{name}", f"{job}/%2fetc%2fpasswd", f"{job}/model.stl%00.png"]
    files += ["/model.stl", f"{uuid.uuid4()}/model.stl", "nonexistent/model.stl", f"{job}/", f"{job}/other.stl"]
    for route in ("download", "download-base64", "preview-output"):
        for file in files:
            status, body = studio.verbatim(f"/api/{route}/{file}")
            assert status in (400, 404), (route, file, status, body[:200])
            # A container may refuse a backslash before anybody is asked.
            assert "error" in body or (status == 400 and not body), (route, file, status, body[:200])
            assert "root:" not in body and "Traceback" not in body, (route, file, body[:200])
    for file in ("../" + name, "..%2f" + name, "%2fetc%2fpasswd", "nothing.png", "%2e%2e"):
        status, body = studio.verbatim(f"/api/preview/{file}")
        assert status in (400, 404) and "error" in body, (file, status, body[:200])


@item(20)
def a_download_in_base64_is_the_same(studio: Studio):
    job = studio.upload(scene(12))["job_id"]
    studio.generate(job, quality=2)
    studio.completed(job)
    plain = studio.model(job, "stl")
    for file in ("model.stl", f"model_{job}.stl"):
        answer = said(studio.get(f"/api/download-base64/{job}/{file}"))
        assert answer["status"] == "success" and answer["filename"].endswith(".stl"), list(answer)
        assert base64.b64decode(answer["data"], validate=True) == plain
        assert answer["original_size"] == len(plain) and answer["encoded_size"] == len(answer["data"]), list(answer)
    refused(studio.get(f"/api/download-base64/{job}/model.ply"), 404, "File not found")


@item(21)
def the_cache_knows_what_it_has_made(studio: Studio):
    # Not one that an earlier run has left there.
    picture = scene(int(time.time()))
    size = {"width": 70, "height": 50, "depth": 11}

    def made(**fields) -> tuple[dict, bytes]:
        job = studio.upload(picture)["job_id"]
        studio.generate(job, **{"format": "stl", "quality": 5, "dimensions": size, **fields})
        last = studio.completed(job)
        return last, studio.download(last["download_url"])

    first, original = made()
    assert not first.get("cached"), first
    second, again = made()
    assert second["cached"] is True and second["job_id"] != first["job_id"], second
    assert again == original
    third, larger = made(dimensions={**size, "width": 71})
    assert not third.get("cached"), third
    assert_is_printable(mesh(larger, "stl"), 71, 50, 11)
    for other in ({"quality": 6}, {"format": "ply"}):
        last, _ = made(**other)
        assert not last.get("cached"), last


@item("4.6")
def previews_have_their_types(studio: Studio):
    job = studio.upload(scene(13))["job_id"]
    types = {"stl": "model/stl", "obj": "model/obj", "glb": "model/gltf-binary", "ply": "application/ply"}
    for kind, media_type in types.items():
        studio.generate(job, format=kind, quality=2)
        studio.completed(job)
        answer = studio.get(f"/api/preview-output/{job}/model_{job}.{kind}")
        assert answer.status_code == 200 and answer.headers["Content-Type"].split(";")[0] == media_type, answer.headers
        assert not answer.headers.get("Content-Disposition", "").startswith("attachment"), answer.headers
        mesh(answer.content, kind)
    refused(studio.get("/api/preview/nothing.png"), 404, "Image not found")
    refused(studio.get(f"/api/preview-output/{job}/nothing.png"), 404, "Output not found")


@item("4.7")
def prompts_come_back_from_the_helper(studio: Studio):
    answer = said(studio.post("/api/local-llm/generate", {"prompt": PROMPT}))
    assert answer["response"], answer
    assert {"model", "source", "latency_ms"} <= answer.keys(), answer
    if answer["source"] == "passthrough":
        assert answer["response"] == PROMPT and answer["model"] == "none", answer
    assert "available" in said(studio.get("/api/local-llm/status"))


@item(38)
def presets_are_objects(studio: Studio):
    for path, names in (("materials", "materials"), ("lighting", "environments")):
        answer = studio.get(f"/api/{path}/presets")
        assert answer.status_code in (200, 404), told(answer)
        if answer.status_code == 200:
            presets = answer.json()
            assert presets["success"] is True and isinstance(presets["presets"], dict), presets
            assert isinstance(presets[names], list), presets
    assert studio.get("/api/materials/metadata").status_code == 404


# Batches


class BatchPage:
    """Sends files and subscribes to nothing: it listens, and knows its jobs by the order in which their ids are answered."""

    def __init__(self, studio: Studio, events: Events):
        self.studio = studio
        self.events = events
        self.answered_at = 0.0

    def send(self, files: list[tuple[str, bytes]], **fields) -> dict:
        parts = [("files", (name, data, "application/octet-stream")) for name, data in files]
        answer = said(self.studio.post("/api/batch-generate", files=parts, data=fields))
        self.answered_at = time.monotonic()
        return answer

    def complete(self, job: str) -> dict:
        return self.events.wait_for(lambda: self.events.named("generation_complete", job), 300)[0]


@item(22)
def a_batch_is_followed_without_a_subscription(studio: Studio):
    for name, transports in TRANSPORTS.items():
        with Events(studio.server, transports) as events:
            page = BatchPage(studio, events)
            files = [("one.png", scene(40)), ("two.png", b"no picture at all"), ("three.png", scene(41))]
            answer = page.send(files, format_type="stl", quality="low", batch_size="2")
            first, refused_one, last = answer["job_ids"]
            assert answer["success"] is True and answer["total_jobs"] == 2 and refused_one is None, answer
            assert UUID.fullmatch(first) and UUID.fullmatch(last), answer
            assert answer["estimated_time_seconds"] == 20, answer
            assert answer["message"] == "Batch generation started: 2 jobs queued", answer
            for job in (first, last):
                done = page.complete(job)
                assert done["success"] is True and done["output_file"].startswith("/"), done
                mesh(studio.download(done["output_file"]), "stl")
                times = [at for at, _, _ in events.of(job)]
                assert min(times) > page.answered_at, f"{name}: told {page.answered_at - min(times)} s before the answer"
                assert all(isinstance(update["progress"], (int, float)) for update in events.named("generation_progress", job))
                assert len(events.named("generation_complete", job)) == 1, events.of(job)
                assert studio.status(job)["status"] == "completed"
            events.wait_for(lambda: any(told["completed"] == told["total"] == 2 for told in events.named("batch_progress")))


@item("5.1")
def batches_without_pictures_are_refused(studio: Studio):
    refused(studio.post("/api/batch-generate", files={"other": ("a.png", scene(1))}), 400, "No files provided")
    refused(studio.post("/api/batch-generate", files={"files": ("", b"")}), 400, "No files selected")
    refused(studio.post("/api/batch-generate", files={"files": ("a.png", b"x" * 99)}), 400, "No valid image files provided")
    eleven = [("files", (f"{number}.png", scene(number))) for number in range(11)]
    assert studio.post("/api/batch-generate", files=eleven).status_code == 413


@item(23)
def a_batch_of_uploads_is_taken(studio: Studio):
    uploads = [studio.upload(scene(50 + number))["job_id"] for number in range(2)]
    assert studio.post("/api/batch-generate", {}).status_code == 400
    assert studio.post("/api/batch-generate", {"job_ids": []}).status_code == 400
    assert studio.post("/api/batch-generate", {"job_ids": [str(uuid.uuid4()) for _ in range(50)]}).status_code == 413
    # As the suites send them: fifty times the same.
    assert studio.post("/api/batch-generate", {"job_ids": ["some-job"] * 50}).status_code == 413
    assert studio.post("/api/batch-generate", {"job_ids": [str(uuid.uuid4())]}).status_code == 404
    for kind in (5, "pdf", ["stl"]):
        refused_parameters(studio.post("/api/batch-generate", {"job_ids": uploads, "format": kind}), "format")
    batch = said(studio.post("/api/batch-generate", {"job_ids": uploads, "format": "ply", "quality": 3}), 200, 202)
    assert batch["success"] is True and batch["batch_id"] and batch["job_count"] == 2, batch
    assert batch["job_ids"] == uploads and batch["status"] == "queued", batch
    formats = said(studio.post("/api/batch-generate", {"job_id": uploads[0], "formats": list(FORMATS[:3]), "quality": 5}), 202)
    assert formats["batch_id"] and formats["job_count"] in (1, 3), formats
    for job in uploads:
        mesh(studio.model(job, "ply"), "ply")
    for kind in FORMATS[:3]:
        mesh(studio.model(uploads[0], kind), kind)


# Files with meshes


def operated(studio: Studio, operation: str, data: bytes, name: str = "part.stl", **fields) -> dict:
    return said(studio.post(f"/api/stl/{operation}", files={"file": (name, data, "model/stl")}, data=fields))


@item(24)
def the_cube_is_analysed(studio: Studio):
    def analysed(triangles: int, **wanted) -> dict:
        answer = operated(studio, "analyze", cube(10, triangles), "Cube.STL")
        analysis = answer["analysis"]
        for key, value in wanted.items():
            close = abs(analysis[key] - value) < 1e-3 if isinstance(value, float) else analysis[key] == value
            assert close, f"{key} is {analysis[key]!r} instead of {value!r}"
        assert answer["success"] is True and answer["triangle_count"] == triangles, answer
        copies = (answer["surface_area"], answer["volume"], answer["manifold"])
        assert copies == (analysis["surface_area"], analysis["volume"], analysis["is_manifold"]), answer
        assert isinstance(analysis["recommended_actions"], list) and analysis["processing_time"] >= 0, analysis
        return analysis

    whole = analysed(
        12,
        vertex_count=8,
        face_count=12,
        edge_count=36,
        is_watertight=True,
        is_manifold=True,
        holes_count=0,
        degenerate_faces=0,
        self_intersections=6,
        volume=1000.0,
        surface_area=600.0,
        quality_score=70.0,
        printability_score=70.0,
    )
    assert whole["bounding_box"] == {"min": [0, 0, 0], "max": [10, 10, 10], "size": [10, 10, 10]}, whole
    broken = analysed(
        11,
        face_count=11,
        is_watertight=False,
        is_manifold=True,
        holes_count=1,
        self_intersections=5,
        volume=0.0,
        surface_area=550.0,
        quality_score=40.0,
    )
    assert "Make mesh watertight (fill holes)" in broken["recommended_actions"], broken


@item(25)
def a_mesh_is_repaired_optimised_and_simplified(studio: Studio):
    repair = operated(studio, "repair", cube(10, 11), aggressive="false")
    report = repair["repair_report"]
    assert repair["success"] is True and repair["output_file"] == "repaired_part.stl", repair
    assert repair["download_url"] == f"/api/download/{repair['job_id']}/{repair['output_file']}", repair
    scores = [round(report[key], 3) for key in ("initial_quality", "final_quality", "improvement")]
    assert scores == [40, 70, 30] and report["operations"], report
    closed = mesh(studio.download(repair["download_url"]), "stl")
    assert_is_printable(closed, 10, 10, 10)
    assert abs(closed.volume - 1000) < 1, closed.volume

    small = operated(studio, "optimize", cube(10))["optimization_report"]
    assert small["success"] is True and small["input_file"] == "part.stl", small
    assert small["stages"].keys() == {"initial_analysis", "auto_repair", "print_optimization", "final_analysis"}, small
    printed = small["stages"]["print_optimization"]
    assert [round(side, 3) for side in printed["final_size_mm"]] == [10, 10, 10], printed
    assert printed["printer"] == "Halot X1" and abs(printed["estimated_resin_ml"] - 1) < 1e-3, printed
    layers = printed["estimated_print_time_hours"] * 3600 / 8
    assert round(layers, 6) in (199, 200) and printed["supports_needed"] is True, printed
    large = operated(studio, "optimize", cube(400), target_size="5", add_supports="true")
    assert large["output_file"] == "optimized_part.stl", large
    fitted = mesh(studio.download(large["download_url"]), "stl")
    assert all(side <= most + 1e-3 for side, most in zip(fitted.extents, (182.4, 114, 190))), fitted.extents
    assert abs(max(fitted.extents) - 114) < 0.1 and fitted.is_watertight, fitted.extents
    assert abs(fitted.bounds[0][2]) < 1e-3 and abs(fitted.bounds[:, :2].sum(axis=0)).max() < 1e-2, fitted.bounds

    for fields, most in (({}, 2560), ({"target_reduction": "0.75"}, 1280), ({"target_faces": "1000"}, 1000)):
        simplified = operated(studio, "simplify", sphere(), **fields)
        report = simplified["simplification_report"]
        rest = mesh(studio.download(simplified["download_url"]), "stl")
        assert most * 0.8 <= len(rest.faces) <= most and rest.is_watertight, (fields, len(rest.faces))
        assert report["method"] == "quadric_decimation" and report["initial_faces"] == 5120, report
        assert report["target_faces"] == most and report["final_faces"] == len(rest.faces), report
        assert abs(report["reduction_achieved"] - (1 - len(rest.faces) / 5120)) < 1e-3, report
        assert 90 < report["quality_preserved"] <= 101, report


@item("6")
def meshes_come_as_they_are_where_that_is_asked(studio: Studio):
    for operation in STL_OPERATIONS[1:]:
        files = {"file": ("part.stl", sphere(), "model/stl")}
        for kind in ("model/stl", "application/octet-stream"):
            answer = studio.post(f"/api/stl/{operation}", files=files, headers={"Accept": kind})
            assert answer.status_code == 200 and answer.headers["Content-Type"] == "model/stl", answer.headers
            assert mesh(answer.content, "stl").is_watertight
    text = mesh(cube(10), "stl").export(file_type="stl_ascii")
    assert operated(studio, "analyze", text.encode())["analysis"]["is_watertight"] is True


@item(26)
def what_is_no_mesh_is_refused(studio: Studio):
    for operation in STL_OPERATIONS:
        path = f"/api/stl/{operation}"
        refused(studio.post(path), 400, "No STL file provided")
        refused(studio.post(path, {"file": "x"}), 400, "No STL file provided")
        refused(studio.post(path, files={"other": ("a.stl", cube(1))}), 400, "No STL file provided")
        refused(studio.post(path, files={"file": ("a.obj", cube(1))}), 400, "File must be STL format")
        # As the suites send it: the text form of a buffer in a field that is no file.
        refused(studio.post(path, data={"file": "<_io.BytesIO object>"}), 400, "No STL file provided")
        unreadable = studio.post(path, files={"file": ("a.stl", b"no mesh at all " * 20)})
        assert unreadable.status_code == 422 and unreadable.json()["error"], told(unreadable)
        assert studio.get(path).status_code in (404, 405)


# Socket.IO


@item(27)
def every_transport_is_greeted(studio: Studio):
    for name, transports in TRANSPORTS.items():
        with Events(studio.server, transports) as events:
            events.wait_for(lambda: events.named("connected"))
            (greeting,) = events.named("connected")
            assert greeting["status"].startswith("Connected") and greeting["mode"], greeting
            if name == "upgrade":
                events.wait_for(lambda: events.socket.transport() == "websocket")
            else:
                assert events.socket.transport() == name


@item(28)
def who_subscribes_is_told_to_the_end(studio: Studio):
    for transports in TRANSPORTS.values():
        with Events(studio.server, transports) as page:
            job = studio.upload(scene(int(time.time() * 1000)))["job_id"]
            assert page.subscribe(job)["status"] == "pending"
            studio.generate(job, quality=9)
            last = page.final(job)
            assert last["status"] == "completed" and last["progress"] == 100, last
            state = studio.status(job)
            assert {key: last.get(key) for key in state} == state, (last, state)
            progress = [update["progress"] for update in page.named("job_update", job)]
            assert progress == sorted(progress), progress
            # What was sent after the final update would have come before the answer to this.
            page.answered("ping", by="pong")
            assert len(page.finals(job)) == 1, page.finals(job)
            assert page.subscribe(job) == last


@item(28)
def who_comes_from_elsewhere_is_told_nothing(studio: Studio):
    with Events(studio.server, ["polling"], address="127.0.0.2") as stranger, Events(studio.server) as page:
        job = studio.upload(scene(int(time.time() * 1000)))["job_id"]
        studio.generate(job)
        page.subscribe(job)
        page.final(job)
        stranger.answered("ping", by="pong")
        told_them = stranger.of(job)
        if any(event == "job_update" for _, event, _ in told_them):
            # Each client hears it at its own pace, but to the end.
            stranger.final(job)
            return "everything is broadcast"
        assert not told_them, told_them
        return "only who it concerns is told"


@item(29)
def subscriptions_are_answered(studio: Studio):
    job = studio.upload(scene(14))["job_id"]
    with Events(studio.server) as page:
        assert page.answered("subscribe", {}, by="error")["message"] == "job_id required for subscription"
        assert page.answered("subscribe", {"job_id": job}, by="subscribed")["job_id"] == job
        assert page.answered("unsubscribe", {"job_id": job}, by="unsubscribed")["job_id"] == job
        assert "timestamp" in page.answered("ping", by="pong")
        page.socket.emit("subscribe_job", {})
        page.socket.emit("subscribe_job", {"job_id": str(uuid.uuid4())})
        page.socket.emit("subscribe_job", "no object")
        page.answered("ping", by="pong")
        assert page.socket.connected


# Limits and headers


@item("8")
def a_page_from_elsewhere_may_ask(studio: Studio):
    origin = "http://localhost:3000"
    asked = "content-type, ngrok-skip-browser-warning, cache-control, pragma"
    wish = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": asked}
    for path in ("/api/upload-image", "/api/generate-3d", "/api/job-status/x", "/api/stl/analyze", "/api/unknown"):
        answer = studio.http.options(studio.server + path, headers=wish, timeout=ANSWER_SECONDS)
        assert answer.status_code in (200, 204), f"{path}: {told(answer)}"
        assert answer.headers["Access-Control-Allow-Origin"] in (origin, "*"), answer.headers
        allowed = {name.strip().lower() for name in answer.headers["Access-Control-Allow-Headers"].split(",")}
        assert allowed >= {name.strip() for name in asked.split(",")}, answer.headers
        methods = {name.strip() for name in answer.headers["Access-Control-Allow-Methods"].split(",")}
        assert {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"} <= methods, answer.headers
    own = ("/api/health", "/ready", "/health-detailed", "/metrics", "/studio")
    for path, status in (*((path, 200) for path in own), ("/api/unknown", 404)):
        answer = studio.get(path, headers={"Origin": origin})
        assert answer.status_code == status, told(answer)
        assert answer.headers["Access-Control-Allow-Origin"] == origin and "Origin" in answer.headers["Vary"], answer.headers
        assert "Content-Disposition" in answer.headers["Access-Control-Expose-Headers"], answer.headers


@item(31)
def every_answer_has_the_security_headers(studio: Studio):
    job = studio.upload(scene(15))
    answers = [
        studio.get(path)
        for path in (
            "/api/health",
            "/health",
            "/",
            "/studio.html",
            "/nowhere",
            "/api/nowhere",
            "/api/models-info",
            "/api/job-status/nonexistent",
            f"/api/download/{job['job_id']}/other.stl",
            job["preview_url"],
            "/api/stl/analyze",
            "/api/jobs",
            "/socket.io/?EIO=4&transport=polling",
            "/socket.io/?EIO=4&transport=nothing",
        )
    ]
    answers.append(studio.post("/api/generate-3d", {}))
    answers.append(studio.post("/api/upload-image"))
    faults = []
    for answer in answers:
        where = f"{answer.status_code} {answer.request.method} {answer.request.path_url}"
        for name, value in SECURITY_HEADERS.items():
            if answer.headers.get(name) != value:
                faults.append(f"{where}: {name} is {answer.headers.get(name)}")
        for name in ("Content-Security-Policy", "Permissions-Policy"):
            if not answer.headers.get(name):
                faults.append(f"{where}: {name} is missing")
        for name in ("Server", "X-Powered-By"):
            if FRAMEWORKS.search(answer.headers.get(name, "")):
                faults.append(f"{where}: {name} is {answer.headers[name]}")
    assert not faults, "; ".join(faults)


@item(32)
def many_are_answered_at_once(studio: Studio):
    def healthy(_) -> int:
        return requests.get(studio.server + "/api/health", timeout=ANSWER_SECONDS).status_code

    with ThreadPoolExecutor(50) as threads:
        assert list(threads.map(healthy, range(50))) == [200] * 50
    with ThreadPoolExecutor(5) as threads:
        uploads = list(threads.map(lambda number: Studio(studio.server).upload(scene(60 + number)), range(5)))
    assert len({upload["job_id"] for upload in uploads}) == 5, uploads


@item(37)
def what_is_nowhere_is_not_found(studio: Studio):
    for path in ("/api/x", "/api/download", "/api/preview", "/api/job-status"):
        answer = studio.get(path)
        assert answer.status_code == 404, f"{path}: {told(answer)}"
        assert answer.json()["error"], told(answer)
        assert "backend" not in answer.text.lower() and not INTERNALS.search(answer.text), told(answer)
    for path in ("/etc/passwd", "/nowhere.html", "/nowhere/at/all", "/.env", "/WEB-INF/web.xml"):
        answer = studio.get(path)
        assert answer.status_code == 404, f"{path}: {told(answer)}"
        assert "backend" not in answer.text.lower() and "root:" not in answer.text, told(answer)


# The pages


class StudioPage:
    """The page that follows its jobs over Socket.IO, and acts on each end once."""

    def __init__(self, studio: Studio, events: Events):
        self.studio = studio
        self.events = events

    def followed(self, job: str) -> dict:
        self.events.subscribe(job)
        last = self.events.final(job)
        for update in self.events.named("job_update", job):
            assert isinstance(update["progress"], (int, float)) and update["step"], update
        assert last["status"] == "completed", last
        return last

    def shown(self, last: dict) -> bytes:
        assert last["image_url"] and last["job_type"] == "text-to-image", last
        return self.studio.download(last["image_url"])


@item(36)
def the_studio_page_works_by_events(studio: Studio):
    for transports in TRANSPORTS.values():
        with Events(studio.server, transports) as events:
            page = StudioPage(studio, events)
            upload = studio.upload(scene(int(time.time() * 1000)))
            assert upload["image_info"]["width"] == 192, upload
            studio.generate(upload["job_id"], format="stl", quality=7, dimensions={"width": 90, "height": 80, "depth": 15})
            done = page.followed(upload["job_id"])
            assert_is_printable(mesh(studio.download(done["download_url"]), "stl"), 90, 80, 15)
        # Of an own connection, as after a reload: one subscription a job, one end.
        with Events(studio.server, transports) as events:
            page = StudioPage(studio, events)
            job = studio.text_to_image(PROMPT, style="realistic", width=256, height=256, steps=STEPS, guidance_scale=2)
            assert size_of(page.shown(page.followed(job))) == (256, 256)


@item(36)
def the_other_studio_page_works_by_polling(studio: Studio):
    headers = {"ngrok-skip-browser-warning": "true", "Cache-Control": "no-cache", "Pragma": "no-cache"}
    studio.http.headers.update({**headers, "Origin": "http://localhost:3000"})
    answer = studio.get("/api/models-info")
    assert "application/json" in answer.headers["Content-Type"] and answer.json()["device"].upper() in ("CPU", "CUDA")
    helped = said(studio.post("/api/local-llm/generate", {"prompt": PROMPT, "max_tokens": 100}))["response"]
    job = studio.text_to_image(helped, width=128, height=128, steps=STEPS)
    for state in studio.states(job):
        assert not state.get("error"), state
    picture = state.get("preview_url") or state.get("filename") or state.get("image_url")
    assert state["status"] == "completed" and size_of(studio.download(picture)) == (128, 128), state
    studio.generate(job, format="glb", quality=5, dimensions={"width": 60, "height": 60, "depth": 10})
    for state in studio.states(job):
        assert state["job_id"] == job and state["message"], state
    assert state["status"] == "completed", state
    assert_is_printable(mesh(studio.download(state["download_url"]), "glb"), 60, 60, 10)
    mesh(studio.model(job, "glb"), "glb")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("server")
    parser.add_argument("--only", nargs="+", default=[], help="items that are checked; all without")
    options = parser.parse_args()
    report = Report()
    for number, check in CHECKS:
        if not options.only or str(number) in options.only:
            report.run({"item": number, "check": check.__name__}, check, Studio(options.server))
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
