"""guanjia manual: check, test, compare and list manuals (规程)."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from guanjia.kernel.problem import Problem
from guanjia.ops.manuals import adopted, checking, differences, places, testing
from guanjia.ops.manuals.schema import json_schema
from guanjia.ops.replay import replaying
from guanjia.policy import lint
from guanjia.policy.schema import Manual

SAMPLE = Path(places.__file__).with_name("sample.toml")
FAULTY = 1
PATH_HELP = "规程的文件、目录或代码"


class Command(BaseCommand):
    """check, sample, test, diff, replay, schema, list."""

    help = "规程：检查、样本、跑情景卡、比较两版、拿过去的事项重演、列出采用情况"
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """A sub-command each."""
        verbs = parser.add_subparsers(
            dest="verb", required=True, metavar="check|sample|test|diff|replay|schema|list"
        )
        check = verbs.add_parser("check", help="检查规程写得对不对；有问题时退出码为 1")
        check.add_argument(
            "paths", nargs="*", metavar="PATH", help=f"{PATH_HELP}；不写为随程序的全部规程，各查各的"
        )
        check.add_argument("--alone", action="store_true", help="不看这几部规程能不能一起采用")
        verbs.add_parser("sample", help="打印一部小而完整、带说明的规程，照着改")
        test = verbs.add_parser("test", help="在数据库上跑情景卡，不留痕迹；有不合的退出码为 1")
        test.add_argument("path", help=f"{PATH_HELP}；卡片在它旁边的 cards 目录里")
        test.add_argument("--card", default="", help="只跑这一张：文件名，可以不写 .toml")
        diff = verbs.add_parser("diff", help="比较两版规程，说出意思上的不同")
        diff.add_argument("old", help=f"旧的：{PATH_HELP}")
        diff.add_argument("new", help=f"新的：{PATH_HELP}")
        again = verbs.add_parser(
            "replay", help="拿过去的事项照另一套规程重演：哪些应办会按时、会超时；什么也不写"
        )
        again.add_argument("paths", nargs="+", metavar="PATH", help=f"另一套：{PATH_HELP}，可写几部")
        again.add_argument("--office", default="", help="管理处的代码；只有一个时可以不写")
        again.add_argument("--since", default="", metavar="YYYY-MM-DD", help="从哪一天受理的；不写为一年前")
        again.add_argument("--until", default="", metavar="YYYY-MM-DD", help="到哪一天（含）；不写为今天")
        again.add_argument("--limit", type=int, default=30, help="列出多少件不同的事项；0 为全部（默认 30）")
        verbs.add_parser("schema", help="打印 JSON Schema，给编辑器补全和检查用")
        listing = verbs.add_parser("list", help="哪个管理处采用了哪些规程，还有哪些空白没设定")
        for verb in (check, test, diff, again, listing):
            verb.add_argument("--json", action="store_true", help="结果写成 JSON，给程序读")

    def handle(self, *args: Any, **options: Any) -> None:
        """Dispatches to the verb; exit code 1 for findings and failed cards."""
        verbs: dict[str, Callable[[dict[str, Any]], bool]] = {
            "check": self._check,
            "sample": self._sample,
            "test": self._test,
            "diff": self._diff,
            "replay": self._replay,
            "schema": self._schema,
            "list": self._list,
        }
        if not verbs[options["verb"]](options):
            sys.exit(FAULTY)

    def _check(self, options: dict[str, Any]) -> bool:
        named = [places.find(path) for path in options["paths"]]
        files = named or [path / "manual.toml" for path in places.installed()]
        asked = bool(options["paths"]) and not options["alone"]
        found = checking.check(files, together=asked and len(files) > 1)
        if options["json"]:
            self._json(found.as_dict())
            return found.well
        for finding in found.findings:
            self.stdout.write(str(finding))
        for line in found.troubles:
            self.stdout.write(f"不能一起采用：{line}")
        for line in found.notes:
            self.stdout.write(f"请留意：{line}")
        count = len(found.findings) + len(found.troubles)
        self.stdout.write(f"{len(files)} 部规程，" + (f"{count} 个问题。" if count else "没有问题。"))
        return found.well

    def _sample(self, _options: dict[str, Any]) -> bool:
        self.stdout.write(SAMPLE.read_text("utf-8"), ending="")
        return True

    def _test(self, options: dict[str, Any]) -> bool:
        path = places.find(options["path"])
        _readable(path)
        results = []
        for name in testing.chosen(path, options["card"]):
            result = testing.play(path, name)
            results.append(result)
            if not options["json"]:
                self.stdout.write(str(result))
                self.stdout.flush()
        failed = sum(not result.well for result in results)
        if options["json"]:
            self._json([result.as_dict() for result in results])
        else:
            self.stdout.write(f"{len(results)} 张卡，" + (f"{failed} 张不合。" if failed else "全部相合。"))
        return not failed

    def _diff(self, options: dict[str, Any]) -> bool:
        old, new = (_readable(places.find(options[side])) for side in ("old", "new"))
        found = differences.compare(old, new)
        if options["json"]:
            heads = {side: one.manual.version for side, one in (("old", old), ("new", new))}
            self._json({**heads, "differences": [one.as_dict() for one in found]})
            return True
        self.stdout.write(
            f"《{old.manual.title}》{old.manual.version} → 《{new.manual.title}》{new.manual.version}"
        )
        for one in found:
            self.stdout.write(str(one))
        if found and (old.manual.key, old.manual.version) == (new.manual.key, new.manual.version):
            self.stdout.write("请留意：内容变了，版本号没有换。")
        self.stdout.write(f"{len(found)} 处不同。" if found else "意思上没有不同。")
        return True

    def _replay(self, options: dict[str, Any]) -> bool:
        plan = replaying.plan(options, timezone.now())
        totals, shown = replaying.Totals(), 0
        for one in replaying.run(plan):
            totals.add(one)
            if options["json"]:
                self._json(one.as_dict())
            elif one.differing and (not options["limit"] or shown < options["limit"]):
                shown += 1
                self._lines(replaying.told(plan, one))
        if not options["json"]:
            self._lines(replaying.summary(plan, totals, shown))
        return True

    def _lines(self, lines: list[str]) -> None:
        for line in lines:
            self.stdout.write(line)

    def _schema(self, _options: dict[str, Any]) -> bool:
        self.stdout.write(json.dumps(json_schema(), ensure_ascii=False, indent=2))
        return True

    def _list(self, options: dict[str, Any]) -> bool:
        rows = adopted.rows(timezone.now())
        if options["json"]:
            self._json([row.as_dict() for row in rows])
            return True
        for row in rows:
            self.stdout.write(str(row))
        if not rows:
            self.stdout.write("还没有管理处采用规程。")
        return True

    def _json(self, data: object) -> None:
        self.stdout.write(json.dumps(data, ensure_ascii=False))


def _readable(path: Path) -> Manual:
    """A manual without findings. Raises Problem MANUAL_FAULTY with the first one."""
    manual, findings = lint.check_manual(places.text_of(path), str(path))
    if manual is None or findings:
        raise Problem(
            "MANUAL_FAULTY", str(findings[0]), f"共 {len(findings)} 个问题，先用 guanjia manual check 改好。"
        )
    return manual
