"""Convert the API's description from Swagger 2.0, which drf-yasg writes, to OpenAPI 3.0."""

from typing import Any

JSON = "application/json"
# Keys of a parameter or header in Swagger 2.0 that belong to its schema in OpenAPI 3.0.
OUTSIDE_SCHEMA = {"name", "in", "description", "required", "x-example", "collectionFormat"}
METHODS = ("get", "post")


def to_openapi3(swagger: dict[str, Any]) -> dict[str, Any]:
    """Return the same description as OpenAPI 3.0. The argument is not changed."""
    description: dict[str, Any] = {"openapi": "3.0.3", "info": swagger["info"]}
    if "host" in swagger:
        base = swagger["basePath"].rstrip("/")
        description["servers"] = [{"url": f"{scheme}://{swagger['host']}{base}"} for scheme in swagger["schemes"]]
    paths = {
        path: {method: operation(item[method], swagger) for method in METHODS if method in item}
        for path, item in swagger["paths"].items()
    }
    return {
        **description,
        "tags": swagger["tags"],
        "security": swagger["security"],
        "paths": paths,
        "components": {
            "schemas": {name: schema(definition) for name, definition in swagger["definitions"].items()},
            "securitySchemes": swagger["securityDefinitions"],
        },
    }


def operation(old: dict[str, Any], swagger: dict[str, Any]) -> dict[str, Any]:
    new = {key: old[key] for key in ("operationId", "summary", "description", "tags", "security") if key in old}
    new["parameters"] = [parameter(each) for each in old["parameters"] if each["in"] not in ("body", "formData")]
    body = request_body(old["parameters"], old.get("consumes", swagger["consumes"]))
    if body:
        new["requestBody"] = body
    kinds = old.get("produces", swagger["produces"])
    new["responses"] = {status: response(each, kinds, status) for status, each in old["responses"].items()}
    return new


def parameter(old: dict[str, Any]) -> dict[str, Any]:
    new = {key: old[key] for key in ("name", "in", "description", "required") if key in old}
    new["schema"] = inner_schema(old)
    if old.get("type") == "array":
        # Swagger's default: the values are separated by commas.
        new.update(style="form", explode=False)
    if "x-example" in old:
        new["example"] = old["x-example"]
    return new


def inner_schema(old: dict[str, Any]) -> dict[str, Any]:
    return schema({key: value for key, value in old.items() if key not in OUTSIDE_SCHEMA})


def request_body(parameters: list[dict[str, Any]], kinds: list[str]) -> dict[str, Any] | None:
    for body in parameters:
        if body["in"] == "body":
            content = {kind: {"schema": schema(body["schema"])} for kind in kinds}
            return {"required": body["required"], "content": content}
    fields = [each for each in parameters if each["in"] == "formData"]
    if not fields:
        return None
    form = {
        "type": "object",
        "required": [field["name"] for field in fields if field["required"]],
        "properties": {field["name"]: {**inner_schema(field), "description": field["description"]} for field in fields},
    }
    return {"required": True, "content": {kind: {"schema": form} for kind in kinds}}


def response(old: dict[str, Any], kinds: list[str], status: str) -> dict[str, Any]:
    new: dict[str, Any] = {"description": old["description"]}
    if "headers" in old:
        new["headers"] = {
            name: {"description": header["description"], "schema": inner_schema(header)}
            for name, header in old["headers"].items()
        }
    examples = old.get("examples", {})
    new["content"] = {}
    # JSON comes first, since generated clients take the first type. Errors are always JSON.
    for kind in sorted(kinds, key=lambda kind: kind != JSON) if status == "200" else [JSON]:
        media = {"schema": schema(old["schema"]) if kind == JSON else {"type": "string"}}
        if kind in examples:
            media["example"] = examples[kind]
        new["content"][kind] = media
    return new


def schema(old: dict[str, Any]) -> dict[str, Any]:
    """Return a schema, and the schemas inside it, in the words of OpenAPI 3.0."""
    if "$ref" in old:
        return {"$ref": old["$ref"].replace("#/definitions/", "#/components/schemas/")}
    new = {key: value for key, value in old.items() if key not in ("x-nullable", "x-page")}
    for key in ("items", "additionalProperties"):
        if isinstance(new.get(key), dict):
            new[key] = schema(new[key])
    if "properties" in new:
        new["properties"] = {name: schema(inner) for name, inner in new["properties"].items()}
    if old.get("x-nullable"):
        new["nullable"] = True
    if "x-page" in old:
        # The response is a page of the list if the request asks for one.
        return {"oneOf": [new, schema(old["x-page"])]}
    return new
