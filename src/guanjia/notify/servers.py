"""Speaking with mail servers: whose certificates are believed, how long is waited, and troubles in plain words."""

from __future__ import annotations

import imaplib
import smtplib
import socket
import ssl

from django.conf import settings

from guanjia.kernel.problem import Problem

WAIT = 20  # seconds that a mail server may take to answer
# what goes wrong between us and a mail server; a Problem is ours (no password, no certificate file)
TROUBLES = (imaplib.IMAP4.error, smtplib.SMTPException, OSError, ValueError, Problem)


def context() -> ssl.SSLContext:
    """Certificates and host names are always checked, against the system's authorities and the file of
    GUANJIA_MAIL_CA. Raises Problem MAIL_CA_FILE when that file cannot be read."""
    made = ssl.create_default_context()
    if settings.MAIL_CA:
        try:
            made.load_verify_locations(cafile=settings.MAIL_CA)
        except (OSError, ssl.SSLError):
            raise Problem(
                "MAIL_CA_FILE",
                f"GUANJIA_MAIL_CA 指的文件 {settings.MAIL_CA} 读不出证书。",
                "请写 PEM 文件的完整路径，本程序的账号要能读。",
            ) from None
    return made


def in_words(trouble: BaseException, server: str) -> str:
    """What went wrong with a server (host:port), for the person who set it up; what the server said stands behind."""
    if isinstance(trouble, Problem):
        return f"{trouble.message}{trouble.hint}"
    said = _said(trouble)
    return f"{server} {_plain(trouble, said)}" + (f"（{said}）" if said else "")


def _plain(trouble: BaseException, said: str) -> str:
    if isinstance(trouble, ssl.SSLCertVerificationError):
        return _certificate(trouble)
    if isinstance(trouble, ssl.SSLError):
        return "没谈成加密：多半是端口和加密方式不相配，TLS 与 STARTTLS 用的端口不同。"
    if isinstance(trouble, socket.gaierror):
        return "找不到这台主机，请核对主机名。"
    if isinstance(trouble, ConnectionRefusedError):
        return "没有邮件服务在听，请核对主机和端口。"
    if isinstance(trouble, TimeoutError) or "timed out" in said:
        return f"{WAIT} 秒没有回答：请核对端口和加密方式，或防火墙没有放行。"
    if isinstance(trouble, smtplib.SMTPAuthenticationError) or "AUTHENTICATIONFAILED" in said.upper():
        return "不认账号或密码；许多邮箱要用它另发的授权码。"
    if isinstance(trouble, smtplib.SMTPNotSupportedError) or "TLS not supported" in said:
        return "不支持所选的加密方式，请换一种。"
    if isinstance(trouble, smtplib.SMTPRecipientsRefused):
        return "不收这个收信地址。"
    if isinstance(trouble, (smtplib.SMTPServerDisconnected, imaplib.IMAP4.abort, ConnectionError)):
        return "把连接断开了：请核对端口和加密方式。"
    return "没有照办。"


def _certificate(trouble: ssl.SSLCertVerificationError) -> str:
    """The codes are OpenSSL's (X509_V_ERR_...)."""
    if trouble.verify_code == 10:
        return "的证书过期了，没有往下连。"
    if trouble.verify_code in (62, 64):
        return "的证书写的不是这个主机名，没有往下连：请照证书上的名字填主机。"
    return "的证书不是认得的机构签的，没有往下连：单位自己的机构，请让运行人员把它的证书文件写进 GUANJIA_MAIL_CA。"


def _said(trouble: BaseException) -> str:
    """The server's own words, in one line, without our Python around them."""
    if isinstance(trouble, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(trouble.recipients.values()))
        return f"{code} {_text(text)}"
    if isinstance(trouble, smtplib.SMTPResponseException):
        return f"{trouble.smtp_code} {_text(trouble.smtp_error)}"
    if isinstance(trouble, ssl.SSLError):
        return str(getattr(trouble, "verify_message", "") or trouble.reason or "")
    if isinstance(trouble, OSError) and not isinstance(trouble, smtplib.SMTPException):
        return trouble.strerror or (_text(trouble.args[0]) if trouble.args else "")
    return _text(trouble.args[0]) if trouble.args else ""


def _text(part: object) -> str:
    plain = part.decode("utf-8", "replace") if isinstance(part, bytes) else str(part)
    return " ".join(plain.split())[:90]
