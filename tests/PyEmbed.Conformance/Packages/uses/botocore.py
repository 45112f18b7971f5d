"""Clients from the descriptions of services in the package's data: listing, paginators, waiters, signed requests, stubs."""

import botocore.session
import botocore.stub
from botocore.awsrequest import AWSRequest
from botocore.auth import SigV4Auth
from botocore.config import Config
from botocore.credentials import Credentials

session = botocore.session.get_session()
session.set_credentials("key", "secret")
services = session.get_available_services()
print(len(services) > 200, [name for name in services if name.startswith("s")][:6], session.get_available_regions("s3")[:3])
client = session.create_client("s3", region_name="eu-central-1", config=Config(signature_version="s3v4", s3={"addressing_style": "path"}))
print(client.meta.service_model.operation_names[:4], client.can_paginate("list_objects_v2"), client.waiter_names)
url = client.generate_presigned_url("get_object", {"Bucket": "b", "Key": "k ä"})
print(url.partition("?")[0], sorted(part.partition("=")[0] for part in url.partition("?")[2].split("&")))
with botocore.stub.Stubber(client) as stubber:
    stubber.add_response("list_objects_v2", {"Contents": [{"Key": "a", "Size": 3}], "IsTruncated": False}, {"Bucket": "b"})
    print([page["Contents"] for page in client.get_paginator("list_objects_v2").paginate(Bucket="b")])
    stubber.add_client_error("get_object", "NoSuchKey", "none", 404)
    try:
        client.get_object(Bucket="b", Key="x")
    except client.exceptions.NoSuchKey as error:
        print(error)
try:
    client.put_object(Bucket="b", Key=3)
except botocore.exceptions.ParamValidationError as error:
    print(error)
try:
    session.create_client("no-such-service", region_name="x")
except botocore.exceptions.UnknownServiceError as error:
    print(type(error).__name__)
request = AWSRequest("GET", "https://example.org/", data=b"")
request.context["timestamp"] = "20200101T000000Z"
SigV4Auth(Credentials("k", "s"), "sqs", "us-east-1").add_auth(request)
print(request.headers["Authorization"].partition("Signature")[0][-60:])
print(session.create_client("dynamodb", region_name="us-east-1").meta.endpoint_url, session.get_service_model("ec2").shape_for("Instance").type_name)
