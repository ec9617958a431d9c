"""Makes the calls that standard input lists as JSON with boto3, and prints what came of each as JSON."""

import json
import sys

import boto3
from botocore.exceptions import ClientError


def attempt(client, arguments):
    try:
        answer = client.invoke(**arguments)
    except ClientError as error:
        return {
            "error": error.response["Error"],
            "type": type(error).__name__,
            "status": error.response["ResponseMetadata"]["HTTPStatusCode"],
            "headers": error.response["ResponseMetadata"]["HTTPHeaders"],
        }
    metadata = answer.pop("ResponseMetadata")
    return {
        **answer,
        "Payload": answer["Payload"].read().decode(),
        "requestId": metadata["RequestId"],
    }


client = boto3.client("lambda")
print(json.dumps([attempt(client, arguments) for arguments in json.load(sys.stdin)]))
