"""Leads a function through its life with boto3 and prints, as JSON, what came of each step."""

import base64
import json
import sys

import boto3
from botocore.exceptions import ClientError

packages = [base64.b64decode(each) for each in json.load(sys.stdin)]
client = boto3.client("lambda")
name = "from-boto3"
steps = {}


def run(qualifier="$LATEST"):
    answer = client.invoke(FunctionName=name, Qualifier=qualifier)
    return json.loads(answer["Payload"].read())


def error_of(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return {
            "type": type(error).__name__,
            "status": error.response["ResponseMetadata"]["HTTPStatusCode"],
            "message": error.response["Error"]["Message"],
        }
    return None


settings = {
    "FunctionName": name,
    "Role": "arn:aws:iam::000000000000:role/r",
    "Runtime": "nodejs24.x",
    "Handler": "index.handler",
}
created = client.create_function(**settings, Code={"ZipFile": packages[0]}, Tags={"a": "1"})
steps["created"] = [created["ResponseMetadata"]["HTTPStatusCode"], created["State"]]
client.get_waiter("function_active_v2").wait(FunctionName=name)
steps["first"] = run()
steps["again"] = error_of(client.create_function, **settings, Code={"ZipFile": packages[0]})

client.publish_version(FunctionName=name)
client.get_waiter("published_version_active").wait(FunctionName=name, Qualifier="1")
updated = client.update_function_code(FunctionName=name, ZipFile=packages[1])
steps["updating"] = updated["LastUpdateStatus"]
client.get_waiter("function_updated_v2").wait(FunctionName=name)
client.update_function_configuration(FunctionName=name, Environment={"Variables": {"LEVEL": "high"}})
client.get_waiter("function_updated_v2").wait(FunctionName=name)
steps["second"] = [run(), run("1")]

for index in range(60):
    client.create_function(**{**settings, "FunctionName": f"many-{index:02}"}, Code={"ZipFile": packages[0]})
pages = list(client.get_paginator("list_functions").paginate())
steps["pages"] = [len(page["Functions"]) for page in pages]
versions = client.list_versions_by_function(FunctionName=name)["Versions"]
steps["versions"] = [each["Version"] for each in versions]

arn = created["FunctionArn"]
client.tag_resource(Resource=arn, Tags={"b": "2"})
client.untag_resource(Resource=arn, TagKeys=["a"])
steps["tags"] = client.list_tags(Resource=arn)["Tags"]
steps["concurrency"] = client.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions")
steps["account"] = client.get_account_settings()["AccountUsage"]["FunctionCount"]

stale = {"FunctionName": name, "Timeout": 5, "RevisionId": created["RevisionId"]}
steps["stale"] = error_of(client.update_function_configuration, **stale)
steps["garbage"] = error_of(client.update_function_code, FunctionName=name, ZipFile=b"no zip")
deleted = client.delete_function(FunctionName=name)
steps["deleted"] = deleted["ResponseMetadata"]["HTTPStatusCode"]
steps["gone"] = error_of(client.get_function, FunctionName=name)
print(json.dumps(steps))
