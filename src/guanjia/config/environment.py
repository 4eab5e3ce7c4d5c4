"""The one table of settings: environment name, default, help. docs/operators.md is tested against it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Setting:
    """One environment variable. `default` is its text form."""

    name: str
    default: str
    help: str
    secret: bool = False


TABLE = (
    Setting(
        "DATABASE_URL",
        "",
        "数据库地址，如 postgres://user:password@host/guanjia；留空用内置 SQLite。",
        secret=True,
    ),
    Setting("GUANJIA_HOME", "var", "数据目录：内置数据库、上传文件、密钥。"),
    Setting("GUANJIA_PRODUCTION", "0", "1 为正式运行：必须设密钥、主机名、HTTPS，否则拒绝启动。"),
    Setting("GUANJIA_SECRET_KEY", "", "会话与链接签名的密钥；留空时在数据目录里生成一个。", secret=True),
    Setting("GUANJIA_HOSTS", "localhost,127.0.0.1,[::1]", "允许的主机名，逗号分隔。"),
    Setting("GUANJIA_ORIGIN", "", "对外的网址，如 https://kf.example.com；业户链接与 CSRF 用它。"),
    Setting("PORT", "8000", "网页服务的端口。"),
    Setting("GUANJIA_BIND", "127.0.0.1", "网页服务监听的地址；同一局域网的其他机器要用时设 0.0.0.0。"),
    Setting("GUANJIA_WEB_WORKERS", "2", "网页服务的进程数。"),
    Setting("GUANJIA_TICK_SECONDS", "1", "计时器两次查看之间的秒数。"),
    Setting("GUANJIA_TIME_ZONE", "Asia/Shanghai", "新建管理处的默认时区。"),
    Setting("GUANJIA_SANDBOX", "0", "1 为沙盘：可以用 guanjia tick --until 把时间往前拨。"),
    Setting("GUANJIA_CHANNELS", "", "外发消息的 Apprise 地址，逗号分隔；留空只在站内显示。", secret=True),
    Setting(
        "GUANJIA_MAIL_PASSWORD",
        "",
        "邮箱的密码；留空读数据目录里 guanjia mailbox password 存下的密码文件。",
        secret=True,
    ),
    Setting(
        "GUANJIA_MAIL_CA",
        "",
        "单位自己的证书机构的证书（PEM 文件的路径），与系统的一起用来核对邮件服务器；留空只用系统的。",
    ),
    Setting("GUANJIA_UPLOAD_MB", "10", "单个上传文件的上限，兆字节。"),
    Setting("GUANJIA_LOG_LEVEL", "INFO", "日志级别：DEBUG、INFO、WARNING、ERROR。"),
)
_BY_NAME = {setting.name: setting for setting in TABLE}


def text(name: str) -> str:
    """The value of a setting that stands in the table."""
    return os.environ.get(name, "") or _BY_NAME[name].default


def flag(name: str) -> bool:
    """True for 1, true, yes, on."""
    return text(name).lower() in ("1", "true", "yes", "on")


def number(name: str) -> int:
    """A whole number; a wrong one stops the start with the name of the setting."""
    try:
        return int(text(name))
    except ValueError:
        raise SystemExit(f"{name}={text(name)!r} 不是整数。请改成如 {_BY_NAME[name].default}。") from None


def words(name: str) -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def home() -> Path:
    """The data folder, made when missing."""
    folder = Path(text("GUANJIA_HOME")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
