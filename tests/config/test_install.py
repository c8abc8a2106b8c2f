"""``make setup``: mends what an earlier run left half done, and does nothing twice."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.embedded.places import CHECKOUT


@pytest.fixture(scope="module")
def install():
    spec = importlib.util.spec_from_file_location("install", CHECKOUT / "requirements" / "install.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def project(tmp_path: Path, install, monkeypatch) -> Path:
    """A checkout whose list of requirements is empty, so that installing it needs no network."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "local.txt").write_text("# nothing\n")
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "make", make_without_pip)
    return tmp_path


def make_without_pip(environment: Path) -> bool:
    subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", environment], check=True)
    (environment / "bin" / "pip").write_text("")
    package = next((environment / "lib").glob("python*")) / "site-packages" / "pip"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text("import sys\nprint('Collecting nothing==1', *sys.argv[1:])\n")
    return True


def test_a_second_setup_does_nothing(install, project, capsys):
    assert install.main("local") == 0
    assert "Installed in" in capsys.readouterr().out

    assert install.main("local") == 0
    assert capsys.readouterr().out == ""


def test_a_changed_list_is_installed_again(install, project, capsys):
    install.main("local")
    (project / "requirements" / "local.txt").write_text("# something else\n")
    capsys.readouterr()

    install.main("local")

    assert "Installed in" in capsys.readouterr().out


def test_a_virtualenv_that_was_moved_here_is_not_trusted(install, project, tmp_path):
    install.main("local")
    assert install.works(project / ".venv")

    (project / ".venv").rename(tmp_path / "moved")
    (tmp_path / "moved" / "pyvenv.cfg").unlink()

    assert not install.works(tmp_path / "moved")


def test_a_virtualenv_that_was_made_by_half_does_not_count(install, tmp_path):
    (tmp_path / ".venv" / "bin").mkdir(parents=True)

    assert not install.works(tmp_path / ".venv")


def test_a_failed_installation_shows_pips_words_and_leaves_no_stamp(install, project, capsys):
    install.main("local")
    package = next((project / ".venv" / "lib").glob("python*")) / "site-packages" / "pip"
    (package / "__main__.py").write_text("import sys\nprint('there is no matching distribution')\nsys.exit(1)\n")
    (project / "requirements" / "local.txt").write_text("# other\n")

    assert install.main("local") == 1

    assert "no matching distribution" in capsys.readouterr().err
    assert not install.is_installed(project / ".venv", project / "requirements" / "local.txt")


def test_an_old_python_is_told_what_is_needed(install, project, monkeypatch, capsys):
    monkeypatch.setattr(install, "OLDEST", (99, 0))

    assert install.main("local") == 1
    assert "Mainstay needs Python 99.0 or newer" in capsys.readouterr().err


def test_make_tells_when_there_is_no_python():
    run = subprocess.run(["make", "run", "PYTHON="], cwd=CHECKOUT, capture_output=True, text=True, check=False)

    assert run.returncode != 0
    assert run.stderr.startswith("Mainstay needs Python 3.11 to 3.14 and finds none")


def test_a_benchmark_that_does_not_exist_is_told(monkeypatch):
    command = [sys.executable, "-m", "benchmarks", "no_such_figure"]
    run = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False, env={**os.environ})

    assert run.returncode == 2
    assert "No benchmark is called no_such_figure" in run.stderr
