"""The shell scripts on machines that lack things: what they install, what they say, and that they go on."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.postgresql import server

ROOT = Path(__file__).parents[2]
EVERYTHING = "[FreeTDS]\n[MDBTools]\n"


def _tools(folder: Path, **scripts: str) -> dict[str, str]:
    """An environment in which only these commands, and a few harmless ones, can be found."""
    folder.mkdir()
    for name in ("bash", "sh", "env", "grep", "sed", "awk", "mktemp", "rm", "tail", "dirname", "cat", "touch"):
        (folder / name).symlink_to(f"/usr/bin/{name}" if Path(f"/usr/bin/{name}").exists() else f"/bin/{name}")
    for name, text in scripts.items():
        file = folder / name.replace("_", "-")
        file.write_text(f"#!/bin/sh\n{text}\n")
        file.chmod(0o755)
    return {"PATH": str(folder), "HOME": str(folder)}


def _odbc(env: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    # The script adds /sbin for ldconfig; a copy without that line sees only the pretended machine.
    text = (ROOT / "scripts/odbc.sh").read_text().replace("PATH=$PATH:/sbin:/usr/sbin\n", "")
    script = Path(env["PATH"]) / "odbc.sh"
    script.write_text(text)
    return subprocess.run(
        [f"{env['PATH']}/bash", str(script), *arguments], env=env, capture_output=True, text=True, check=False
    )


def test_a_complete_machine_is_left_alone(tmp_path: Path) -> None:
    env = _tools(tmp_path / "bin", ldconfig="echo libodbc.so.2", odbcinst=f"printf '{EVERYTHING}'")
    done = _odbc(env)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("user", ["root", "sudo"])
def test_what_is_missing_is_installed(tmp_path: Path, user: str) -> None:
    installed = tmp_path / "installed"
    env = _tools(
        tmp_path / "bin",
        ldconfig=f"[ ! -e {installed} ] || echo libodbc.so.2",
        odbcinst=f"[ ! -e {installed} ] || printf '{EVERYTHING}'",
        id=f"echo {0 if user == 'root' else 1000}",
        sudo='[ "$1" = -n ] && shift && exec "$@"',
        true="exit 0",
        apt_get=f'case "$*" in *" install "*) echo "$*" >{installed};; esac',
    )
    done = _odbc(env)
    assert done.returncode == 0, done.stderr
    assert installed.read_text().split("--no-install-recommends ")[1].split() == [
        "unixodbc",
        "tdsodbc",
        "odbc-mdbtools",
    ]


@pytest.mark.parametrize("way", ["no sudo", "apt fails", "switched off"])
def test_what_cannot_be_installed_is_named(tmp_path: Path, way: str) -> None:
    env = _tools(
        tmp_path / "bin",
        ldconfig="echo libodbc.so.2",
        odbcinst="printf '[MDBTools]\\n'",
        id="echo 1000" if way == "no sudo" else "echo 0",
        sudo="echo a password is required >&2; exit 1",
        true="exit 0",
        apt_get="echo no network >&2; exit 100",
    )
    done = _odbc({**env, "ODBC": "no"} if way == "switched off" else env)
    assert done.returncode == 1
    assert "FreeTDS" in done.stderr
    assert "libodbc" not in done.stderr
    assert "apt-get install -y unixodbc tdsodbc odbc-mdbtools" in done.stderr
    assert "by XML" in done.stderr
    assert ("no network" in done.stderr) == (way == "apt fails")


PACKAGES = {
    "postgresql-common": "echo '#create_main_cluster = true' >{etc}/createcluster.conf",
    "postgresql": "/bin/cp {folder}/true {lib}/15/bin/initdb && /bin/cp {folder}/true {lib}/15/bin/postgres",
}


def _postgres(folder: Path, *arguments: str, **scripts: str) -> "subprocess.CompletedProcess[str]":
    """The script on a machine whose folders are `lib` and `etc` in this one's parent; see `_tools`."""
    etc, lib = (folder.parent / name for name in ("etc", "lib"))
    (lib / "15/bin").mkdir(parents=True, exist_ok=True)
    etc.mkdir(exist_ok=True)
    installing = "\n".join(
        f'case "$*" in *" install "*" {name}") {does.format(etc=etc, lib=lib, folder=folder)};; esac'
        for name, does in PACKAGES.items()
    )
    given = {"id": "echo 0", "true": "exit 0", "apt_get": f'echo "$*" >>{folder}/asked\n{installing}', **scripts}
    env = _tools(folder, **given)
    text = (ROOT / "scripts/postgres.sh").read_text()
    script = folder / "postgres.sh"
    script.write_text(text.replace("/usr/lib/postgresql", str(lib)).replace("/etc/postgresql-common", str(etc)))
    return subprocess.run(
        [str(folder / "bash"), str(script), *arguments], env=env, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("user", ["root", "sudo"])
def test_a_postgresql_server_is_installed_without_a_cluster_that_runs(tmp_path: Path, user: str) -> None:
    sudo = '[ "$1" = -n ] && shift && exec "$@"'
    done = _postgres(tmp_path / "bin", id=f"echo {0 if user == 'root' else 1000}", sudo=sudo)
    assert done.returncode == 0, done.stderr
    asked = (tmp_path / "bin/asked").read_text().splitlines()
    assert [line.split()[-1] for line in asked] == ["update", "postgresql-common", "postgresql"]
    assert (tmp_path / "etc/createcluster.conf").read_text() == "create_main_cluster = false\n"
    again = _postgres(tmp_path / "second", apt_get="exit 1")
    assert (again.returncode, again.stdout + again.stderr) == (0, "")


def test_a_machine_with_clusters_keeps_its_settings(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/createcluster.conf").write_text("create_main_cluster = true\n")
    assert _postgres(tmp_path / "bin").returncode == 0
    assert "postgresql-common" not in (tmp_path / "bin/asked").read_text()
    assert (tmp_path / "etc/createcluster.conf").read_text() == "create_main_cluster = true\n"


@pytest.mark.parametrize("way", ["no sudo", "apt fails", "only looked"])
def test_a_postgresql_server_that_cannot_be_installed_is_named(tmp_path: Path, way: str) -> None:
    done = _postgres(
        tmp_path / "bin",
        *(["--check"] if way == "only looked" else []),
        id="echo 1000" if way == "no sudo" else "echo 0",
        sudo="echo a password is required >&2; exit 1",
        apt_get="echo no network >&2; exit 100",
    )
    assert done.returncode == 1
    assert ("apt-get install -y postgresql" in done.stderr) == (way != "only looked")
    assert ("no network" in done.stderr) == (way == "apt fails")


def test_without_a_postgresql_server_tests_are_skipped_but_ci_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_programs", lambda: None)
    for ci, ended in (("", pytest.skip.Exception), ("true", pytest.fail.Exception)):
        monkeypatch.setenv("CI", ci)
        with pytest.raises(ended, match="make postgres"), server.server():
            pass


@pytest.mark.parametrize(
    ("python", "said"),
    [
        ("echo 3.13", "3.11 or 3.12 is needed"),
        ("echo 3.9", "3.11 or 3.12 is needed"),
        ("exit 127", "does not run"),
        ('case "$2" in *ensurepip*) exit 1;; *) echo 3.12;; esac', "apt-get install python3.12-venv"),
    ],
)
def test_a_python_that_does_not_do_is_refused(tmp_path: Path, python: str, said: str) -> None:
    env = _tools(tmp_path / "bin", python3=python)
    done = subprocess.run(
        [f"{env['PATH']}/bash", str(ROOT / "scripts/setup.sh"), "python3", str(tmp_path / "venv")],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert said in done.stderr
    assert not (tmp_path / "venv").exists()


def test_ci_hands_over_the_folders_beside_the_repository_and_the_exit_code(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / ".ci").mkdir(parents=True)
    (project / ".ci/run").write_text((ROOT / ".ci/run").read_text())
    (tmp_path / "shared/pohoda/xsd").mkdir(parents=True)
    make = 'echo "$* xsd=$POHODA_XSD_DIR samples=${POHODA_SAMPLES_DIR:-none}"; exit 3'
    env = _tools(tmp_path / "bin", make=make, realpath='cd "$1" && pwd')
    done = subprocess.run(
        [f"{env['PATH']}/bash", str(project / ".ci/run")], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert done.stdout.strip() == f"test xsd={tmp_path}/shared/pohoda/xsd samples=none"


def test_make_help_names_every_target_for_people() -> None:
    done = subprocess.run(["make", "-C", str(ROOT), "help"], capture_output=True, text=True, check=True)
    listed = {line.split()[1] for line in done.stdout.splitlines() if line.startswith("  make ")}
    assert {"setup", "demo", "test", "lint", "bench", "lock", "env", "odbc", "postgres", "clean", "help"} <= listed


def test_the_scripts_can_be_run() -> None:
    scripts = [*(ROOT / "scripts").glob("*.sh"), ROOT / ".ci/run"]
    assert len(scripts) >= 3
    assert [file.name for file in scripts if not os.access(file, os.X_OK)] == []
