"""eWay-CRM's own JavaScript connector, unchanged, works against the simulated service."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from pohoda_sandbox.eway import EWay
from pohoda_sandbox.faults import Faults
from tests.sandbox.eway_client import ZERO, md5

SOURCE = Path(__file__).with_name("eway_npm")
INSTALL = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0"]
BACK, VERIFIER = "http://127.0.0.1/back", "a-verifier-of-forty-three-letters-or-more-0123456789"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the connector installed; skips with the reason when it cannot be."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("node and npm are not installed")
    folder = tmp_path_factory.mktemp("npm") / "check"
    shutil.copytree(SOURCE, folder)
    try:
        done = subprocess.run(INSTALL, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm could not install the connector within two minutes")
    if done.returncode:
        pytest.skip(f"npm could not install the connector: {done.stderr.strip().splitlines()[-1:]}")
    return folder


def sign_in(eway: EWay) -> str:
    """What a browser does at the sign-in page; the code it brings back."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": eway.client_id,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "api offline_access",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    form = {"username": eway.user, "password": eway.password}
    url = f"{eway.url}/auth/connect/authorize?{urlencode(asked)}"
    answer = requests.post(url, data=form, allow_redirects=False, timeout=20)
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


def drive(folder: Path, eway: EWay) -> dict[str, Any]:
    """The answers of every step of drive.js."""
    oauth = {
        "client_id": eway.client_id,
        "client_secret": eway.client_secret,
        "code": sign_in(eway),
        "verifier": VERIFIER,
        "redirect_uri": BACK,
    }
    env = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    env |= {
        "EWAY_URL": eway.url,
        "EWAY_USER": eway.user,
        "EWAY_HASH": md5(eway.password),
        "EWAY_ADMIN": eway.admin_url,
        "EWAY_ADMIN_TOKEN": eway.admin_token,
        "EWAY_OAUTH": json.dumps(oauth),
    }
    command = ["node", "drive.js"]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_the_connector_reads_writes_and_is_refused_as_by_the_real_service(folder: Path) -> None:
    with EWay(Faults()) as eway:
        seen = drive(folder, eway)
        assert seen["errors"] == []
        assert seen["settings"]["IsAzureAuth"] is False
        guid = seen["create"]["Guid"]
        assert [(one["ItemGUID"], one["PhoneNormalized"]) for one in seen["search"]["Data"]] == [(guid, "004212123")]
        assert seen["update"]["ReturnCode"] == seen["stale"]["ReturnCode"] == "rcSuccess"
        assert (seen["conflict"]["ReturnCode"], seen["conflict"]["Guid"]) == ("rcItemConflict", ZERO)
        assert seen["relation"]["Result"] is True
        (contact,) = seen["related"]["Data"]
        assert contact["Companies_CompanyGuid"] == guid
        assert [one["ForeignItemGUID"] for one in contact["Relations"]] == [guid]
        (company,) = seen["again"]["Data"]
        assert (company["Email"], company["Fax"], company["ItemVersion"]) == ("a@example.sk", "1", 3)
        assert [(one["ItemGUID"], one["IsRemoved"]) for one in seen["companies"]["Data"]] == [(guid, False)]
        assert [(one["ItemGUID"], one["IsRemoved"]) for one in seen["contacts"]["Data"]] == [
            (seen["contact"]["Guid"], True)
        ]
        assert seen["logout"]["ReturnCode"] == "rcSuccess"
        assert (seen["tokens"]["user"], seen["tokens"]["ws"]) == (eway.user, eway.url)
        assert seen["refreshed"]["access_token"] != seen["tokens"]["access_token"]
        assert [one["ItemGUID"] for one in seen["oauth_search"]["Data"]] == [guid]
        assert eway.sessions() == 0
        assert eway.count("LogIn") == 5  # at first, anew after the lost session, for trade, with two tokens
        assert list(seen["trade"]) == ["Goods", "Carts", "Projects", "Leads", "Payments"]
        for one in seen["trade"].values():
            guid = one["guid"]
            assert (one["conflict"], one["merged"], one["gone"]) == ("rcItemAlreadyUploaded", guid, "rcSuccess")
            assert one["found"] == [guid] and one["pages"] == [{"id": guid}]
            assert one["amount"] == one["identifiers"] == one["all"] == 1 <= one["number"]
            assert [(change["ItemGUID"], change["IsRemoved"]) for change in one["changes"]] == [(guid, True)]
        cart = seen["trade"]["Carts"]["item"]
        (line,) = cart["GoodsInCart"]
        assert (cart["PriceTotal"], cart["ItemVersion"], line["VatTotal"]) == (25.2, 2, 4.2)
        assert line["Carts_GoodsInCartGuid"] == cart["ItemGUID"] and cart["Companies_CustomerGuid"] is None
