"""Uploaded lists: checked by content and size, kept between the dry run and the commit. Nothing is taken on its name."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from guanjia.estate.models import Office
from guanjia.kernel.moments import require_aware
from guanjia.kernel.problem import Problem

XLSX, CSV = "xlsx", "csv"
KEPT_FOR = timedelta(days=1)
_UNPACKED_LIMIT = 200 * 1024 * 1024
_WORKBOOK = "xl/workbook.xml"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_SHA256 = re.compile(r"[0-9a-f]{64}")


def sha256_of(content: bytes) -> str:
    """SHA-256 in hex: what ties a commit to its dry run."""
    return hashlib.sha256(content).hexdigest()


def check(filename: str, content: bytes) -> str:
    """`xlsx` or `csv`, told by the content. Raises Problem UPLOAD_EMPTY, UPLOAD_TOO_LARGE, UPLOAD_TYPE, UPLOAD_DAMAGED."""
    if not content:
        raise Problem("UPLOAD_EMPTY", "文件是空的。", "请重新选择文件。", field="file")
    if len(content) > settings.UPLOAD_LIMIT_BYTES:
        most = settings.UPLOAD_LIMIT_BYTES // 1024 // 1024
        raise Problem("UPLOAD_TOO_LARGE", f"文件超过 {most} 兆。", "请分成几个文件导入。", field="file")
    suffix = Path(filename).suffix.lower()
    if content.startswith(_OLD_EXCEL) or suffix == ".xls":
        raise Problem(
            "UPLOAD_TYPE", "这是旧式 Excel 文件。", "请在 Excel 里另存为 .xlsx 再导入。", field="file"
        )
    if content.startswith(b"PK"):
        _check_workbook(content)
        return XLSX
    if suffix in (".csv", ".txt", "") and b"\x00" not in content:
        return CSV
    raise Problem(
        "UPLOAD_TYPE",
        f"「{Path(filename).name}」不是 Excel 或 CSV 文件。",
        "请用 .xlsx 或 .csv。",
        field="file",
    )


def _check_workbook(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile:
        raise Problem("UPLOAD_DAMAGED", "文件损坏，打不开。", "请重新保存后再导入。", field="file") from None
    names = {entry.filename for entry in entries}
    if _WORKBOOK not in names or any(name.endswith("vbaProject.bin") for name in names):
        raise Problem("UPLOAD_TYPE", "这不是普通的 .xlsx 工作簿。", "请另存为不带宏的 .xlsx。", field="file")
    if sum(entry.file_size for entry in entries) > _UNPACKED_LIMIT:
        raise Problem("UPLOAD_TOO_LARGE", "工作簿展开后太大。", "请删去多余的工作表和格式。", field="file")


def keep(office: Office, filename: str, content: bytes) -> str:
    """Keep a checked file for the commit; its SHA-256, under which `kept` gives it back to the same office."""
    kind = check(filename, content)
    digest = sha256_of(content)
    folder = _folder(office)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{digest}.{kind}").write_bytes(content)
    return digest


def kept(office: Office, sha256: str) -> tuple[str, bytes]:
    """Name and content of a file that the office uploaded. Raises Problem UPLOAD_GONE."""
    found = _find(office, sha256)
    if found is None:
        raise Problem("UPLOAD_GONE", "上传的文件已清除。", "请重新上传并试导入。", field="file", status=404)
    content = found.read_bytes()
    if sha256_of(content) != sha256:
        raise Problem("UPLOAD_GONE", "上传的文件已改变。", "请重新上传并试导入。", field="file", status=404)
    return found.name, content


def forget(office: Office, sha256: str) -> None:
    """Remove a kept file, if there is one."""
    found = _find(office, sha256)
    if found is not None:
        found.unlink(missing_ok=True)


def sweep(now: datetime) -> int:
    """Remove files kept longer than a day, of every office; how many."""
    oldest = (require_aware(now) - KEPT_FOR).timestamp()
    old = [path for path in _root().glob("*/*") if path.stat().st_mtime < oldest]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _root() -> Path:
    return Path(settings.MEDIA_ROOT) / "imports"


def _folder(office: Office) -> Path:
    return _root() / str(office.pk)


def _find(office: Office, sha256: str) -> Path | None:
    if not _SHA256.fullmatch(sha256):
        return None
    return next(
        (path for kind in (XLSX, CSV) if (path := _folder(office) / f"{sha256}.{kind}").exists()), None
    )
