import json
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core import schema
from core.errors import PluginError, ProjectError, WishError
from core.expression.keyframes import Envelope
from core.storage import ProjectFile, is_project
from tests.document.toy import Tint, project, same


def tinted(p, *strengths):
    layers = tuple(Tint(Envelope.constant(1.0), strength=s) for s in strengths)
    return p.with_take(0, replace(p.takes[0], layers=layers))


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a project ü.facestudio"
    ProjectFile.create(path, project(), "Track").close()
    return path


def test_every_edit_is_on_disk_at_once(path):
    with ProjectFile(path) as file:
        for i in range(5):
            file.push(f"Edit {i}", tinted(file.project, i))
        file.undo()
        wanted = file.project
    with ProjectFile(path) as file:
        assert same(file.project, wanted)
        assert file.history.head == 4
        assert file.labels == ("Track", *(f"Edit {i}" for i in range(5)))
        assert file.redo().takes[0].layers[0].strength == 4
    assert [f.name for f in path.parent.iterdir()] == [path.name]


def test_arrays_are_written_once_and_shared(path):
    with ProjectFile(path) as file:
        size = path.stat().st_size
        for i in range(50):
            file.push("Edit", tinted(file.project, i))
        assert file.at(50).takes[0].landmarks is file.at(1).takes[0].landmarks
    assert path.stat().st_size < size + 50 * 3000
    with ProjectFile(path) as file:
        assert file.at(3).takes[0].landmarks is file.at(40).takes[0].landmarks
        assert not file.project.takes[0].landmarks.flags.writeable


def test_what_was_just_written_is_not_read_again(tmp_path):
    made = project()
    x = np.random.default_rng(0).random((len(made.takes[0].track), 478, 3), np.float32)
    made = replace(made, takes=(replace(made.takes[0], landmarks=x[:, :, :2]),))
    with ProjectFile.create(tmp_path / "view.facestudio", made) as file:
        assert file.project.takes[0].landmarks is made.takes[0].landmarks
    with ProjectFile(tmp_path / "view.facestudio") as file:
        assert np.array_equal(file.project.takes[0].landmarks, x[:, :, :2])


def test_a_gesture_is_one_row(path):
    with ProjectFile(path) as file:
        for i in range(9):
            file.push("Drag", tinted(file.project, i), gesture="g")
        file.push("Drag", tinted(file.project, 99), gesture="h")
    with ProjectFile(path) as file:
        assert file.labels == ("Track", "Drag", "Drag")
        assert file.at(1).takes[0].layers[0].strength == 8


def test_a_refused_edit_leaves_everything_as_it_was(path):
    with ProjectFile(path) as file:
        with pytest.raises(PluginError):
            file.push(
                "No",
                file.project.with_take(0, replace(file.project.takes[0], layers=(object(),))),
            )
        assert file.labels == ("Track",)
        file.push("Yes", tinted(file.project, 1))
    with ProjectFile(path) as file:
        assert file.labels == ("Track", "Yes")


def test_a_second_program_is_told_that_it_is_open(path):
    code = (
        "import sys, pathlib; from core.storage import ProjectFile;"
        "ProjectFile(pathlib.Path(sys.argv[1]))"
    )
    with ProjectFile(path):
        with pytest.raises(ProjectError, match="open in another window"):
            ProjectFile(path)  # in this process ...
        child = subprocess.run(
            [sys.executable, "-c", code, path], capture_output=True, text=True, check=False
        )
        assert "open in another window" in child.stderr  # ... and its refusal keeps the lock
    ProjectFile(path).close()


def test_a_project_of_a_newer_version_is_refused(path):
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    db.close()
    with pytest.raises(
        ProjectError, match=r"A newer facestudio made this project; .*ü.facestudio"
    ):
        ProjectFile(path)


def test_what_is_no_project_is_refused(tmp_path):
    text, other, empty = (
        tmp_path / "a.facestudio",
        tmp_path / "b.facestudio",
        tmp_path / "c.facestudio",
    )
    text.write_text("hello " * 1000)
    empty.touch()
    db = sqlite3.connect(other)
    db.execute("CREATE TABLE bookmarks (x)")
    db.close()
    for path in (text, other, empty):
        before = path.read_bytes()
        with pytest.raises(ProjectError, match="not a facestudio project, or it is damaged"):
            ProjectFile(path)
        assert path.read_bytes() == before
    with pytest.raises(ProjectError, match="no such project"):
        ProjectFile(tmp_path / "none.facestudio")
    with pytest.raises(ProjectError, match="no such project"):
        ProjectFile(tmp_path)
    assert sorted(f.name for f in tmp_path.iterdir()) == [
        "a.facestudio",
        "b.facestudio",
        "c.facestudio",
    ]


def test_a_trigger_smuggled_in_is_refused(path):
    db = sqlite3.connect(path)
    db.execute("CREATE TRIGGER t AFTER UPDATE ON head BEGIN DELETE FROM documents; END")
    db.close()
    with pytest.raises(ProjectError, match="not a facestudio project"):
        ProjectFile(path)


@pytest.mark.parametrize("cut", [0.02, 0.3, 0.6, 0.95])
def test_a_truncated_project_is_refused(path, cut):
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * cut)])
    with pytest.raises(ProjectError, match="damaged"):
        ProjectFile(path)


def test_changed_bytes_of_an_array_are_noticed(path):
    with ProjectFile(path) as file:
        values = file.project.takes[0].track.values.tobytes()
    data = path.read_bytes()
    at = data.index(values[:64])
    path.write_bytes(data[: at + 8] + bytes([data[at + 8] ^ 1]) + data[at + 9 :])
    with pytest.raises(ProjectError, match="An array of this project is damaged"):
        ProjectFile(path)


def test_damage_anywhere_is_a_sentence_or_harmless(path):
    data = path.read_bytes()
    rng = np.random.default_rng(7)
    refused = 0
    for _ in range(200):
        at, length = int(rng.integers(len(data))), int(rng.integers(1, 200))
        noise = rng.integers(0, 256, length, np.uint8).tobytes()
        path.write_bytes(data[:at] + noise + data[at + length :])
        try:
            ProjectFile(path).close()
        except ProjectError as e:
            refused += 1
            assert str(e).endswith(str(path)), e  # noqa: PT017
    assert refused > 100  # the rest fell on spare bytes


def test_create_never_writes_over_a_file(path):
    with pytest.raises(ProjectError, match="a file of that name"):
        ProjectFile.create(path, project())


def test_create_in_a_missing_folder_leaves_nothing(tmp_path):
    with pytest.raises(ProjectError, match="cannot be opened"):
        ProjectFile.create(tmp_path / "none" / "p.facestudio", project())
    assert list(tmp_path.iterdir()) == []


def test_save_as_takes_the_history_along(path, tmp_path):
    folder = tmp_path / "other"
    folder.mkdir()
    copy = folder / "copy.facestudio"
    with ProjectFile(path) as file:
        file.push("Edit", tinted(file.project, 1))
        file.save_as(copy)
        file.save_as(copy)  # over the old copy
        with pytest.raises(ProjectError, match="open in another window"):
            file.save_as(path)
        wanted = file.project
    with ProjectFile(copy) as file:
        assert same(file.project, wanted)
        assert file.labels == ("Track", "Edit")
    assert [f.name for f in folder.iterdir()] == ["copy.facestudio"]
    db = sqlite3.connect(copy)
    body = db.execute("SELECT body FROM documents").fetchone()[0]
    db.close()
    assert json.loads(body)["clips"][0]["path"].startswith("../")


def test_vacuum_drops_only_what_no_document_names(path):
    with ProjectFile(path) as file:
        file.push("Another clip", project(1))
        file.push("And its edit", tinted(project(1), 1))
        assert file.vacuum() == 0
        file.move(0)
        file.push("Edit", tinted(file.project, 1))
        wanted = file.project
        assert file.vacuum() > 40_000
    with ProjectFile(path) as file:
        assert same(file.project, wanted)
        assert file.labels == ("Track", "Edit")
        file.push("The other again", project(1))
    with ProjectFile(path) as file:
        assert same(file.project, project(1))


def test_a_full_disk_keeps_the_last_edit(path):
    with ProjectFile(path) as file:
        file.push("Good", tinted(file.project, 1))
        pages = file._db.execute("PRAGMA page_count").fetchone()[0]
        file._db.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(ProjectError, match="disk is full"):
            file.push("Too much", project(5))
        assert file.labels == ("Track", "Good")
        file._db.execute("PRAGMA max_page_count = 1073741823")
        file.push("Room again", project(5))
    with ProjectFile(path) as file:
        assert same(file.project, project(5))


def test_undo_at_the_ends(path):
    with ProjectFile(path) as file:
        with pytest.raises(WishError, match="nothing to undo"):
            file.undo()
        with pytest.raises(WishError, match="nothing to redo"):
            file.redo()


def test_a_name_that_is_no_text_may_stand_in_a_label(path):
    with ProjectFile(path) as file:
        file.push("Track \udcff.mp4", file.project)
    with ProjectFile(path) as file:
        assert file.labels[-1] == "Track ?.mp4"


def test_is_project(path, tmp_path):
    odd = tmp_path / "odd name"
    odd.write_bytes(path.read_bytes())
    video = tmp_path / "v.mp4"
    video.write_bytes(b"\0\0\0\x18ftypmp42")
    assert is_project(path)
    assert is_project(odd)
    assert not is_project(video)
    assert not is_project(tmp_path / "none.mp4")
    assert is_project(Path("none.facestudio"))
