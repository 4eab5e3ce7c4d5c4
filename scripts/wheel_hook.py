"""Refuses to build a wheel without the front-end packages and the compiled translations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsPresent(BuildHookInterface):
    """`pip install -e .` works without them; a wheel that others install does not."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Stops the build and says which command mends it."""
        if version == "editable":
            return
        package = Path(self.root, "src/guanjia")
        missing = [
            str(path.relative_to(package).with_suffix(".mo"))
            for path in package.glob("locale/*/LC_MESSAGES/*.po")
            if not path.with_suffix(".mo").exists()
        ]
        if not list(package.glob("web/static/vendor/*.js")):
            missing.append("web/static/vendor/*.js")
        if missing:
            raise SystemExit(
                f"Not in the tree yet: {', '.join(missing)}. Run `make wheel`, which makes them."
            )
