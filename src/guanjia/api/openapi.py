"""The description of the API: what ninja makes of the addresses, and the errors that each of them can answer."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import REF_TEMPLATE, OpenAPISchema
from ninja.operation import Operation

from guanjia.api.problems import ProblemOut

EXPECTED = {
    "401": "没有密钥或密钥无效",
    "403": "岗位不能办这件事",
    "404": "没有，或不属于您的管理处",
    "422": "填的内容不对",
    "default": "其他错误",
}


class Described(NinjaAPI):
    """Ninja's API with short names, Problems for every error, and a description that is made once."""

    _description: OpenAPISchema | None = None

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The function's own name: no two are the same."""
        return operation.view_func.__name__

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The whole description."""
        if self._description is None:
            for router in self._get_bound_routers():
                for view in router.path_operations.values():
                    for operation in view.operations:
                        operation.description = ""  # docstrings are for those who read the source
            made = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
            _add_problems(made)
            self._description = made
        return self._description


def file_of(*kinds: str) -> dict[str, Any]:
    """`openapi_extra` of an address that answers a file."""
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}
    return {"responses": {200: {"description": "文件", "content": content}}}


def _add_problems(described: OpenAPISchema) -> None:
    schema = ProblemOut.model_json_schema(ref_template=REF_TEMPLATE)
    described["components"]["schemas"].update(schema.pop("$defs"))
    described["components"]["schemas"]["Problem"] = schema
    content = {"application/json": {"schema": {"$ref": REF_TEMPLATE.format(model="Problem")}}}
    for path in described["paths"].values():
        for operation in path.values():
            for status, words in EXPECTED.items():
                operation["responses"][status] = {"description": words, "content": content}
